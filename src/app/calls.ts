import { ApiError, obeyed } from '../api/apiError.ts'
import type { CallFilters, CallListView, CallShowView, WrapUpBody } from '../api/calls.ts'
import { callColumns, viewCall, viewProvenance } from '../api/views.ts'
import {
  complaintCode,
  deceasedCode,
  type EndingWord,
  isRefusal,
  machineCode,
  refusedCode,
  wordsOf,
  wrongPersonCode,
} from '../core/agents/wrapUp.ts'
import { given } from '../core/given.ts'
import type { CallQuery, CallRecord } from '../ports/attempts.ts'
import type { CallSnapshot } from '../ports/engine.ts'
import type { Store } from '../ports/store.ts'
import { type AppContext, instantMs } from './context.ts'
import { csvLine } from './csv.ts'

/** Rows that an export reads at once: a page must not hold up the event loop. */
const exportPage = 100

/** A page of call records, newest first. */
export async function listCalls(
  context: AppContext,
  filters: CallFilters & { readonly limit?: number; readonly after?: string },
): Promise<CallListView> {
  const { limit = 100, after } = filters
  const calls = await context.store.calls({ ...callQuery(context, filters), limit, ...given({ after }) })
  const next = calls.length === limit ? calls.at(-1)?.callId : undefined
  return { calls: calls.map(viewCall), ...given({ next }) }
}

/** Every call record that the filters let pass, as lines of text. */
export function exportCalls(
  context: AppContext,
  { format, ...filters }: CallFilters & { readonly format: 'csv' | 'jsonl' },
): AsyncGenerator<string> {
  const query = callQuery(context, filters)
  return format === 'csv' ? csvLines(context.store, query) : jsonLines(context.store, query)
}

/** One call record, with where its number came from. */
export async function showCall({ store }: AppContext, callId: string): Promise<CallShowView> {
  const call = await store.call(callId)
  if (call === undefined) throw unknownCall(callId)
  const provenance = call.leadId === undefined ? undefined : (await store.lead(call.leadId))?.provenance
  return { ...viewCall(call), ...given({ provenance: provenance && viewProvenance(provenance) }) }
}

/** Ends a conversation; one that is over is ended. */
export async function hangUp({ gateway, store }: AppContext, callId: string): Promise<void> {
  const answer = await gateway.command({ kind: 'call-hang-up', callId })
  const isOver = !answer.accepted && (gateway.call(callId)?.ended || (await store.call(callId))?.end !== undefined)
  if (!isOver) obeyed(answer)
}

/** Takes the agent's word on a conversation. A refusal, a wrong person and a death are on their lists before this resolves. */
export async function wrapUp(context: AppContext, callId: string, body: WrapUpBody): Promise<void> {
  const { gateway } = context
  const { wrapUpCode: code, note, callbackAt, callbackOwn = false } = body
  const refusal = isRefusal({ code, refusal: body.refusal ?? false })
  const call = findCall(context, callId)
  const ending = wordsOf({ code, refusal })
  const everybody = given({ everybody: body.everybody === true ? (true as const) : undefined })
  await keepEnding(context, { ...call, ...everybody }, ending)
  checkCode(context, call, code)
  if (body.everybody === true && !ending.includes('refusal')) {
    const message = `everybody says how far a refusal goes, and "${code}" is none: add refusal: true, or leave everybody out`
    throw new ApiError(422, 'contradiction', message)
  }
  if (callbackAt !== undefined && ending.length > 0) {
    const message = `"${code}" ends the calls to this person or number, which is written down; callbackAt promises another: leave it out`
    throw new ApiError(422, 'contradiction', message)
  }
  const callback = callbackAt !== undefined && { callbackAt: callbackMs(callbackAt, gateway.now()), callbackOwn }
  obeyed(
    await gateway.command({ kind: 'wrap-up', callId, code, refusal, ...given({ note }), ...everybody, ...callback }),
  )
}

/** What ends calls counts whatever else becomes of the wrap-up, so it is written first. */
async function keepEnding(
  { gateway }: AppContext,
  { number, callId, everybody }: CallSnapshot & { readonly everybody?: true },
  ending: readonly EndingWord[],
): Promise<void> {
  if (number === undefined) return
  for (const word of ending) {
    const says = word === 'refusal' ? undefined : word
    await gateway.refuse({ way: 'wrap-up', number, callId, ...given({ says, everybody }) })
  }
}

/** There is no call of this id. */
export function unknownCall(callId: string): ApiError {
  return new ApiError(404, 'unknown-call', `no call ${callId}: see GET /v1/calls`)
}

function callQuery(
  { readNumber }: AppContext,
  { campaignId, number, since }: CallFilters,
): Omit<CallQuery, 'limit' | 'after'> {
  return given({
    campaignId,
    number: number === undefined ? undefined : readNumber(number),
    since: since === undefined ? undefined : instantMs(since, 'since'),
  })
}

function findCall({ gateway }: AppContext, callId: string): CallSnapshot {
  const call = gateway.call(callId)
  if (call === undefined) throw new ApiError(404, 'unknown-call', `no conversation ${callId} waits for a wrap-up`)
  return call
}

/** A wrap-up code is one of the campaign's, or one of those that every campaign knows. */
function checkCode({ gateway }: AppContext, { campaignId }: CallSnapshot, code: string): void {
  const own = Object.values(gateway.campaign(campaignId)?.settings.wrapUpCodes ?? {})
  const known = [...new Set([...own, machineCode, refusedCode, complaintCode, wrongPersonCode, deceasedCode])]
  if (known.includes(code)) return
  throw new ApiError(
    422,
    'unknown-wrap-up-code',
    `"${code}" is no wrap-up code of ${campaignId}: use one of ${known.join(', ')}`,
  )
}

function callbackMs(written: string, now: number): number {
  const at = instantMs(written, 'callbackAt')
  if (at > now) return at
  throw new ApiError(422, 'callback-in-the-past', `callbackAt ${written} has passed: name a later time`)
}

async function* pages(store: Store, query: Omit<CallQuery, 'limit' | 'after'>): AsyncGenerator<readonly CallRecord[]> {
  let after: string | undefined
  for (;;) {
    const calls = await store.calls({ ...query, limit: exportPage, ...given({ after }) })
    yield calls
    after = calls.at(-1)?.callId
    if (calls.length < exportPage || after === undefined) return
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
