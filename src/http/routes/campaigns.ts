import {
  campaignAppliedView,
  campaignBody,
  campaignCheckBody,
  campaignCheckView,
  campaignListView,
  campaignSoundsView,
  campaignView,
  decisionListQuery,
  decisionListView,
  decisionRecordView,
  pacingView,
  stopBody,
} from '../../api/campaigns.ts'
import { whatIfBody, whatIfView } from '../../api/foresight/whatIf.ts'
import { answers, idParams as params } from '../../api/schemas.ts'
import { done, doneView } from '../../api/views.ts'
import {
  applyCampaign,
  changePacing,
  checkCampaignDocument,
  lastRecord,
  listCampaigns,
  listDecisions,
  runCampaign,
  showCampaign,
  showPacing,
  stopCampaign,
} from '../../app/campaigns.ts'
import { createWhatIf } from '../../app/foresight/whatIf.ts'
import { checkSounds } from '../../app/sounds.ts'
import type { Api, ApiContext } from '../context.ts'
import { waiterOf } from '../working.ts'

/** Campaigns: apply, list, show, start, pause, stop. */
export function campaignRoutes(app: Api, context: ApiContext): void {
  const tags = ['campaigns']

  app.get('/v1/campaigns', { schema: { tags, response: answers(campaignListView) } }, async () => ({
    campaigns: [...listCampaigns(context)],
  }))

  app.get('/v1/campaigns/:id', { schema: { tags, params, response: answers(campaignView) } }, async request =>
    showCampaign(context, request.params.id),
  )

  app.put(
    '/v1/campaigns/:id',
    { schema: { tags, params, body: campaignBody, response: answers(campaignAppliedView) } },
    async request => applyCampaign(context, request.params.id, request.body),
  )

  app.post(
    '/v1/campaigns/:id/check',
    {
      schema: {
        tags,
        description: 'Changes nothing: all that is wrong with the settings by their paths, or what they would change.',
        params,
        body: campaignCheckBody,
        response: answers(campaignCheckView),
      },
    },
    async request => checkCampaignDocument(context, request.params.id, { ...request.body }),
  )

  app.get(
    '/v1/campaigns/:id/sounds',
    {
      schema: {
        tags,
        description: 'Asks the PBXs over whose trunks it dials; one that is away is named, and not waited for.',
        params,
        response: answers(campaignSoundsView),
      },
    },
    async request => checkSounds(context, request.params.id),
  )

  for (const kind of ['start', 'pause'] as const) {
    app.post(`/v1/campaigns/:id/${kind}`, { schema: { tags, params, response: answers(doneView) } }, async request => {
      await runCampaign(context, request.params.id, kind)
      return done
    })
  }

  app.post(
    '/v1/campaigns/:id/stop',
    { schema: { tags, params, body: stopBody, response: answers(doneView) } },
    async request => {
      await stopCampaign(context, request.params.id, request.body)
      return done
    },
  )
}

/** Pacing: show, change while dialing, explain. */
export function pacingRoutes(app: Api, context: ApiContext): void {
  const tags = ['pacing']

  app.get('/v1/campaigns/:id/pacing', { schema: { tags, params, response: answers(pacingView) } }, async request =>
    showPacing(context, request.params.id),
  )

  app.patch(
    '/v1/campaigns/:id/pacing',
    {
      schema: {
        tags,
        description: 'Takes effect at the next decision, while calls ring.',
        params,
        body: pacingView,
        response: answers(pacingView),
      },
    },
    async request => changePacing(context, request.params.id, request.body),
  )

  const { whatIf } = createWhatIf(context)
  app.post(
    '/v1/campaigns/:id/pacing/what-if',
    {
      schema: {
        tags,
        description:
          'Simulates the pacing in force and this one, by the campaign’s own records where they are enough; changes nothing. One at a time, up to 20 s in a thread of its own; ends with the connection.',
        params,
        body: whatIfBody,
        response: answers(whatIfView),
      },
    },
    async request => whatIf(request.params.id, request.body, waiterOf(request)),
  )

  app.get(
    '/v1/campaigns/:id/pacing/record',
    {
      schema: {
        tags,
        description:
          'The newest decision with everything it rested on: `dialwright pacing recompute` works it out again.',
        params,
        response: answers(decisionRecordView),
      },
    },
    async request => ({ ...lastRecord(context, request.params.id) }),
  )

  app.get(
    '/v1/campaigns/:id/pacing/decisions',
    {
      schema: {
        tags,
        description: 'The last decisions in words, newest first.',
        params,
        querystring: decisionListQuery,
        response: answers(decisionListView),
      },
    },
    async request => ({ decisions: [...listDecisions(context, request.params.id, request.query.limit)] }),
  )
}
