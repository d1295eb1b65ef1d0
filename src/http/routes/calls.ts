import { Readable } from 'node:stream'
import { Type } from 'typebox'
import {
  callColumns,
  callView,
  done,
  doneView,
  errorView,
  instant,
  provenanceView,
  viewCall,
  viewProvenance,
} from '../../api/views.ts'
import { idSchema } from '../../config/campaignFile.ts'
import { complaintCode, isRefusal, machineCode, refusedCode } from '../../core/agents/wrapUp.ts'
import type { Call } from '../../core/calls/call.ts'
import type { CallQuery, CallRecord } from '../../ports/attempts.ts'
import type { Store } from '../../ports/store.ts'
import { ApiError, obeyed } from '../apiError.ts'
import type { Api, ApiContext } from '../context.ts'
import { csvLine } from '../csv.ts'
import { blockNumber } from './doNotCall.ts'
import { pageMax } from './leads.ts'

const closed = { additionalProperties: false }
const failures = { '4xx': errorView, '5xx': errorView }
const text = Type.String({ minLength: 1, maxLength: 50 })
const params = Type.Object({ id: text })
/** Rows that an export reads at once: a page must not hold up the event loop. */
const exportPage = 100

/** A page of call records. */
export const callListView = Type.Object({ calls: Type.Array(callView), next: Type.Optional(Type.String()) })

/** One call, with where its number came from. */
export const callShowView = Type.Object({ ...callView.properties, provenance: Type.Optional(provenanceView) })

const filters = {
  campaign: Type.Optional(idSchema),
  number: Type.Optional(text),
  since: Type.Optional(instant),
}

const wrapUpBody = Type.Object(
  {
    code: Type.String({ minLength: 1, maxLength: 40 }),
    note: Type.Optional(Type.String({ maxLength: 4000 })),
    callbackAt: Type.Optional(instant),
    /** The call-back is the agent's own: made when he is free, with him held for it. */
    callbackOwn: Type.Optional(Type.Boolean()),
    refusal: Type.Optional(Type.Boolean()),
  },
  closed,
)

/** An instant as sent, in milliseconds. @throws ApiError 422 */
export function instantMs(written: string, name: string): number {
  const at = /^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:?\d\d)$/.test(written) ? Date.parse(written) : Number.NaN
  if (Number.isFinite(at)) return at
  throw new ApiError(422, 'invalid-request', `${name} must be an instant like 2026-01-31T14:30:00Z, not "${written}"`)
}

function callQuery(
  context: ApiContext,
  query: { campaign?: string; number?: string; since?: string },
): Omit<CallQuery, 'limit' | 'after'> {
  return {
    ...(query.campaign === undefined ? {} : { campaignId: query.campaign }),
    ...(query.number === undefined ? {} : { number: context.readNumber(query.number) }),
    ...(query.since === undefined ? {} : { since: instantMs(query.since, 'since') }),
  }
}

/** Call records: list, export, show. */
export function callRoutes(app: Api, context: ApiContext): void {
  const { store } = context

  const listQuery = Type.Object(
    { ...filters, limit: Type.Optional(Type.Integer({ minimum: 1, maximum: pageMax })), after: Type.Optional(text) },
    closed,
  )
  app.get(
    '/v1/calls',
    { schema: { tags: ['calls'], querystring: listQuery, response: { 200: callListView, ...failures } } },
    async request => {
      const { limit = 100, after } = request.query
      const page = { limit, ...(after === undefined ? {} : { after }) }
      const calls = await store.calls({ ...callQuery(context, request.query), ...page })
      const last = calls.at(-1)
      const more = calls.length === limit && last !== undefined ? { next: last.callId } : {}
      return { calls: calls.map(viewCall), ...more }
    },
  )

  const exportQuery = Type.Object({ ...filters, format: Type.Optional(Type.Enum(['csv', 'jsonl'])) }, closed)
  app.get(
    '/v1/calls/export',
    {
      schema: {
        tags: ['calls'],
        description: 'Every call record as CSV or as JSON lines, streamed.',
        querystring: exportQuery,
      },
    },
    async (request, reply) => {
      const { format = 'csv' } = request.query
      const query = callQuery(context, request.query)
      const lines = format === 'csv' ? csvLines(store, query) : jsonLines(store, query)
      void reply.type(format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson')
      return reply.send(Readable.from(lines))
    },
  )

  app.get(
    '/v1/calls/:id',
    { schema: { tags: ['calls'], params, response: { 200: callShowView, ...failures } } },
    async request => {
      const call = await store.call(request.params.id)
      if (call === undefined) throw unknownCall(request.params.id)
      const provenance = call.leadId === undefined ? undefined : (await store.lead(call.leadId))?.provenance
      return { ...viewCall(call), ...(provenance === undefined ? {} : { provenance: viewProvenance(provenance) }) }
    },
  )
}

/** What is done to a live call: hang-up, wrap-up. */
export function callActionRoutes(app: Api, context: ApiContext): void {
  const { gateway } = context

  app.post(
    '/v1/calls/:id/hang-up',
    { schema: { tags: ['calls'], params, response: { 200: doneView, ...failures } } },
    async request => {
      obeyed(await gateway.command({ kind: 'call-hang-up', callId: request.params.id }))
      return done
    },
  )

  app.post(
    '/v1/calls/:id/wrap-up',
    {
      schema: {
        tags: ['calls'],
        description:
          "The agent's word on the conversation. A refusal is on the do-not-call list before it is answered.",
        params,
        body: wrapUpBody,
        response: { 200: doneView, ...failures },
      },
    },
    async request => {
      const { code, note, callbackAt, callbackOwn = false, refusal: refused = false } = request.body
      const callId = request.params.id
      const refusal = isRefusal({ code, refusal: refused })
      const call = findCall(context, callId)
      checkCode(context, call, code)
      const callback =
        callbackAt === undefined ? {} : { callbackAt: callbackMs(callbackAt, gateway.now()), callbackOwn }
      // A refusal counts whatever else becomes of the wrap-up, so it is written first.
      const { number } = call
      if (refusal && number !== undefined)
        await blockNumber(context, { number, source: 'agent', note: `call ${callId}` })
      const words = { code, refusal, ...(note === undefined ? {} : { note }), ...callback }
      obeyed(await gateway.command({ kind: 'wrap-up', callId, ...words }))
      return done
    },
  )
}

/** There is no call of this id. */
export function unknownCall(callId: string): ApiError {
  return new ApiError(404, 'unknown-call', `no call ${callId}: see GET /v1/calls`)
}

function findCall({ gateway }: ApiContext, callId: string): Call {
  const state = gateway.state()
  const call = state.calls.get(callId) ?? state.recentCalls.get(callId)?.call
  if (call === undefined) throw new ApiError(404, 'unknown-call', `no conversation ${callId} waits for a wrap-up`)
  return call
}

/** A wrap-up code is one of the campaign's, or one of the three that every campaign knows. */
function checkCode({ gateway }: ApiContext, call: Call, code: string): void {
  const own = Object.values(gateway.state().campaigns.get(call.campaignId)?.settings.wrapUpCodes ?? {})
  const known = [...new Set([...own, machineCode, refusedCode, complaintCode])]
  if (!known.includes(code)) {
    throw new ApiError(
      422,
      'unknown-wrap-up-code',
      `"${code}" is no wrap-up code of ${call.campaignId}: use one of ${known.join(', ')}`,
    )
  }
}

function callbackMs(written: string, now: number): number {
  const at = instantMs(written, 'callbackAt')
  if (at > now) return at
  throw new ApiError(422, 'callback-in-the-past', `callbackAt ${written} has passed: name a later time`)
}

async function* pages(store: Store, query: Omit<CallQuery, 'limit' | 'after'>): AsyncGenerator<readonly CallRecord[]> {
  let after: { after?: string } = {}
  for (;;) {
    const calls = await store.calls({ ...query, limit: exportPage, ...after })
    yield calls
    const last = calls.at(-1)
    if (calls.length < exportPage || last === undefined) return
    after = { after: last.callId }
  }
}

async function* csvLines(store: Store, query: Omit<CallQuery, 'limit' | 'after'>): AsyncGenerator<string> {
  yield csvLine(callColumns)
  for await (const calls of pages(store, query)) {
    const lines = calls.map(call => {
      const values = new Map(Object.entries(viewCall(call)))
      return csvLine(callColumns.map(column => values.get(column)))
    })
    yield lines.join('')
  }
}

async function* jsonLines(store: Store, query: Omit<CallQuery, 'limit' | 'after'>): AsyncGenerator<string> {
  for await (const calls of pages(store, query)) {
    yield calls.map(call => `${JSON.stringify(viewCall(call))}\n`).join('')
  }
}
