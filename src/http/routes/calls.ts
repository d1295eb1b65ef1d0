import { Readable } from 'node:stream'
import { Type } from 'typebox'
import {
  callExportQuery,
  callListQuery,
  callListView,
  callShowView,
  digitsBody,
  callParams as params,
  transferBody,
  wrapUpBody,
} from '../../api/calls.ts'
import { lineSchema } from '../../api/lines.ts'
import { answers, streamed } from '../../api/schemas.ts'
import { callView, done, doneView } from '../../api/views.ts'
import {
  endTransfer,
  exportCalls,
  hangUp,
  holdCall,
  listCalls,
  sendDigits,
  showCall,
  transferCall,
} from '../../app/calls.ts'
import { recordLine } from '../../app/phones/lines.ts'
import { wrapUp } from '../../app/wrapUps.ts'
import type { Api, ApiContext } from '../context.ts'

const tags = ['calls']

/** Call records: list, export, show. */
export function callRoutes(app: Api, context: ApiContext): void {
  app.get(
    '/v1/calls',
    { schema: { tags, querystring: callListQuery, response: answers(callListView) } },
    async request => listCalls(context, request.query),
  )

  app.get(
    '/v1/calls/export',
    {
      // All records would be read for nothing.
      exposeHeadRoute: false,
      schema: {
        tags,
        description: 'Every call record as CSV or as JSON lines, streamed.',
        querystring: callExportQuery,
        response: {
          ...answers(callListView),
          200: streamed({ 'text/csv': Type.String(), 'application/x-ndjson': callView }),
        },
      },
    },
    async (request, reply) => {
      const { format = 'csv', ...filters } = request.query
      const lines = exportCalls(context, { ...filters, format })
      void reply.type(format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson')
      return reply.send(Readable.from(lines))
    },
  )

  app.get('/v1/calls/:id', { schema: { tags, params, response: answers(callShowView) } }, async request =>
    showCall(context, request.params.id),
  )
}

/** What is done to a live call: hang-up, wrap-up. */
export function callActionRoutes(app: Api, context: ApiContext): void {
  const response = answers(doneView)

  app.post('/v1/calls/:id/hang-up', { schema: { tags, params, response } }, async request => {
    await hangUp(context, request.params.id)
    return done
  })

  for (const [verb, on] of [
    ['hold', true],
    ['unhold', false],
  ] as const)
    app.post(
      `/v1/calls/:id/${verb}`,
      {
        schema: {
          tags,
          description: on
            ? 'The person hears music; neither hears the other.'
            : 'The person and their agent hear each other again.',
          params,
          response,
        },
      },
      async request => {
        await holdCall(context, request.params.id, on)
        return done
      },
    )

  app.post(
    '/v1/calls/:id/digits',
    {
      schema: { tags, description: "Presses keys on the person's line.", params, body: digitsBody, response },
    },
    async request => {
      await sendDigits(context, request.params.id, request.body)
      return done
    },
  )

  transferRoutes(app, context)

  wordRoutes(app, context)
}

/** What is said of a conversation, by its agent and by their phone. */
function wordRoutes(app: Api, context: ApiContext): void {
  const response = answers(doneView)

  app.post(
    '/v1/calls/:id/wrap-up',
    {
      schema: {
        tags,
        description:
          "The agent's word on the conversation. A refusal is on the do-not-call list before it is answered.",
        params,
        body: wrapUpBody,
        response,
      },
    },
    async request => {
      await wrapUp(context, request.params.id, request.body)
      return done
    },
  )

  app.put(
    '/v1/calls/:id/line',
    {
      schema: {
        tags,
        description: 'How the agent’s line was in the call, as their phone has counted it: once, at its end.',
        params,
        body: lineSchema,
        response,
      },
    },
    async request => {
      await recordLine(context, request.params.id, request.body)
      return done
    },
  )
}

/** Giving a person to somebody else. */
function transferRoutes(app: Api, context: ApiContext): void {
  const response = answers(doneView)

  app.post(
    '/v1/calls/:id/transfer',
    {
      schema: {
        tags,
        description:
          'Rings one of the targets that the configuration permits; the person hears music. Blind, they are given on when it answers; else the agent talks to it first, or all three together (unhold). Where nobody answers the agent has the person back.',
        params,
        body: transferBody,
        response,
      },
    },
    async request => {
      await transferCall(context, request.params.id, request.body)
      return done
    },
  )

  for (const how of ['complete', 'return'] as const)
    app.post(
      `/v1/calls/:id/transfer/${how}`,
      {
        schema: {
          tags,
          description:
            how === 'complete'
              ? 'The agent leaves the person with the target, and writes the call up.'
              : 'The target is let go, and the agent has the person back.',
          params,
          response,
        },
      },
      async request => {
        await endTransfer(context, request.params.id, how)
        return done
      },
    )
}
