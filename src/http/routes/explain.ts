import { campaignExplainView } from '../../api/campaigns.ts'
import { explainQuery, explainView } from '../../api/leads.ts'
import { answers, idParams } from '../../api/schemas.ts'
import { createCampaignExplainer, explainNumber } from '../../app/explain.ts'
import type { Api, ApiContext } from '../context.ts'
import { waiterOf } from '../working.ts'

/** Leads: explain. */
export function leadExplainRoute(app: Api, context: ApiContext): void {
  app.get(
    '/v1/leads/explain',
    {
      schema: {
        tags: ['leads'],
        description: 'Every check that a dial of this number passes, with its answer now.',
        querystring: explainQuery,
        response: answers(explainView),
      },
    },
    async request => explainNumber(context, request.query.number),
  )
}

/** Campaigns: explain. */
export function campaignExplainRoute(app: Api, context: ApiContext): void {
  const explainer = createCampaignExplainer(context)
  app.get(
    '/v1/campaigns/:id/explain',
    {
      schema: {
        tags: ['campaigns'],
        description:
          'Asks the gate about every lead, in a thread of its own: up to a minute for a million. Ends with the connection of the last who waits.',
        params: idParams,
        response: answers(campaignExplainView),
      },
    },
    async request => explainer.explain(request.params.id, waiterOf(request)),
  )
}
