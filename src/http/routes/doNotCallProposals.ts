import { acceptBody, acceptedView, proposalsQuery, proposalsView } from '../../api/doNotCall.ts'
import { answers } from '../../api/schemas.ts'
import { acceptProposals, listProposals } from '../../app/proposals.ts'
import type { Api, ApiContext } from '../context.ts'

const tags = ['do-not-call']

/** Do-not-call: what fatigue proposes. */
export function proposalRoutes(app: Api, context: ApiContext): void {
  app.get(
    '/v1/do-not-call/proposals',
    {
      schema: {
        tags,
        description:
          'Numbers that have reached their campaign’s limit of fatigue: put them on do-not-call, or let them rest.',
        querystring: proposalsQuery,
        response: answers(proposalsView),
      },
    },
    async request => listProposals(context, request.query),
  )

  app.post(
    '/v1/do-not-call/proposals/accept',
    {
      schema: {
        tags,
        description: 'Puts proposed numbers on the company’s list: all of them, or none where one is not proposed.',
        body: acceptBody,
        response: answers(acceptedView),
      },
    },
    async request => acceptProposals(context, request.body.numbers),
  )
}
