import { ApiError, obeyed } from '../api/apiError.ts'
import type { CallFilters, CallListView, CallShowView, DigitsBody, TransferBody } from '../api/calls.ts'
import { type CallView, callColumns, viewCall, viewProvenance } from '../api/views.ts'
import type { TransferTarget } from '../config/transfersSection.ts'
import { given } from '../core/given.ts'
import type { CallQuery, CallRecord } from '../ports/attempts.ts'
import type { Store } from '../ports/store.ts'
import { type AppContext, instantMs } from './context.ts'
import { csvLine } from './csv.ts'

type CallValue = CallView[keyof CallView]

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

/** Puts the person of a conversation on hold, or takes them back; what is so already stays so. */
export async function holdCall({ gateway }: AppContext, callId: string, on: boolean): Promise<void> {
  obeyed(await gateway.command({ kind: 'call-hold', callId, on }))
}

/** Targets to whom the people of a campaign may be given. */
export function targetsOf({ transfers = [] }: AppContext, campaignId: string): readonly TransferTarget[] {
  return transfers.filter(({ campaigns }) => campaigns === undefined || campaigns.includes(campaignId))
}

/** Rings a target for the person of a conversation, who is on hold meanwhile. @throws ApiError 404 for one that is not permitted */
export async function transferCall(context: AppContext, callId: string, body: TransferBody): Promise<void> {
  const { gateway } = context
  const call = gateway.call(callId)
  if (call === undefined) throw unknownCall(callId)
  const permitted = targetsOf(context, call.campaignId)
  const target = permitted.find(({ targetId }) => targetId === body.targetId)
  if (target === undefined) {
    const known = permitted.map(({ targetId }) => targetId).join(', ')
    const message =
      known === ''
        ? `nobody of ${call.campaignId} may be transferred: name targets under transfers: in the configuration`
        : `people of ${call.campaignId} may not be transferred to ${body.targetId}: use one of ${known}`
    throw new ApiError(404, 'unknown-target', message)
  }
  const { targetId, endpoint } = target
  const command = { kind: 'call-transfer', callId, target: { targetId, endpoint }, blind: body.blind ?? false } as const
  obeyed(await gateway.command(command))
}

/** The agent leaves the person with the target, or takes them back. */
export async function endTransfer({ gateway }: AppContext, callId: string, how: 'complete' | 'return'): Promise<void> {
  obeyed(await gateway.command({ kind: 'call-transfer-end', callId, how }))
}

/** Presses keys on the line of the person. */
export async function sendDigits({ gateway }: AppContext, callId: string, { digits }: DigitsBody): Promise<void> {
  obeyed(await gateway.command({ kind: 'call-digits', callId, digits }))
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
      return csvLine(callColumns.map(column => cellOf(values.get(column))))
    })
    yield lines.join('')
  }
}

/** What is a group of its own stands in its cell as JSON. */
function cellOf(value: CallValue): string | number | boolean | undefined {
  return typeof value === 'object' ? JSON.stringify(value) : value
}

async function* jsonLines(store: Store, query: Omit<CallQuery, 'limit' | 'after'>): AsyncGenerator<string> {
  for await (const calls of pages(store, query)) {
    yield calls.map(call => `${JSON.stringify(viewCall(call))}\n`).join('')
  }
}
