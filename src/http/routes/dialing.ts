import {
  dialBody,
  dialedView,
  lookedUpView,
  lookUpBody,
  offerCallBody,
  offerSkipBody,
  offerView,
} from '../../api/agents/dialing.ts'
import { answers, idParams as params } from '../../api/schemas.ts'
import { done, doneView } from '../../api/views.ts'
import { dial, lookUp } from '../../app/desk/dial.ts'
import { callOffered, showOffer, skipOffered } from '../../app/desk/offer.ts'
import { given } from '../../core/given.ts'
import type { Api, ApiContext } from '../context.ts'

const tags = ['agents']

/** Agents who dial by themselves: the lead that they are shown, and numbers that they type. */
export function dialingRoutes(app: Api, context: ApiContext): void {
  app.get(
    '/v1/agents/:id/offer',
    {
      schema: {
        tags,
        description: "In the mode `preview`: the lead that the agent may call, with the gate's answer now.",
        params,
        response: answers(offerView),
      },
    },
    async request => given({ offer: await showOffer(context, request.params.id) }),
  )

  app.post(
    '/v1/agents/:id/offer/call',
    { schema: { tags, params, body: offerCallBody, response: answers(doneView) } },
    async request => {
      await callOffered(context, request.params.id, request.body.leadId)
      return done
    },
  )

  app.post(
    '/v1/agents/:id/offer/skip',
    { schema: { tags, params, body: offerSkipBody, response: answers(doneView) } },
    async request => {
      await skipOffered(context, request.params.id, request.body)
      return done
    },
  )

  // No number of a person in a path.
  app.post(
    '/v1/agents/:id/dial/look',
    {
      schema: {
        tags,
        description:
          'In the mode `manual`: whether somebody may be called, why not and when, and what is wanted first.',
        params,
        body: lookUpBody,
        response: answers(lookedUpView),
      },
    },
    async request => lookUp(context, request.params.id, request.body),
  )

  app.post(
    '/v1/agents/:id/dial',
    {
      schema: {
        tags,
        description:
          'In the mode `manual`: the agent is reserved for the call until it ends. A number that the campaign does not know needs origin, legalBasis and purpose.',
        params,
        body: dialBody,
        response: answers(dialedView),
      },
    },
    async request => dial(context, request.params.id, request.body),
  )
}
