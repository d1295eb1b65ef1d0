import type { AttemptEnd } from '../../core/calls/call.ts'
import type { CampaignSettings } from '../../core/campaigns/campaign.ts'
import {
  type AbandonmentCounts,
  abandonmentOf,
  addCounts,
  combineCounts,
  noAbandonment,
} from '../../core/compliance/abandonment.ts'
import { given } from '../../core/given.ts'
import { hourMs } from '../../core/time.ts'
import type { AbandonedCall, AbandonmentOf, AbandonmentSpan, AbandonmentStore } from '../../ports/abandonment.ts'
import type { CallRecord } from '../../ports/attempts.ts'
import { storeProblems } from '../decisions/problems.ts'
import { spanAround, spanBorders } from '../decisions/spanLengths.ts'

type Owner = Pick<AbandonmentSpan, 'sellerId' | 'purpose' | 'campaignId'>
type Span = Owner & { readonly at: number; counts: AbandonmentCounts }

/** Abandonment in memory: sums by hour. */
export class MemoryAbandonment {
  readonly #spans = new Map<string, Span>()

  /** Counts what a call counts for now, less what it counted for before. */
  count(
    owner: Owner,
    before: { readonly end?: AttemptEnd | undefined; readonly wrapUpCode?: string | undefined },
    after: { readonly end?: AttemptEnd | undefined; readonly wrapUpCode?: string | undefined },
  ): void {
    const answeredAt = (after.end ?? before.end)?.answeredAt
    if (answeredAt === undefined) return
    const was = abandonmentOf(before.end, before.wrapUpCode)
    const change = combineCounts(abandonmentOf(after.end, after.wrapUpCode), was, (a, b) => a - b)
    if (Object.values(change).every(value => value === 0)) return
    const at = Math.floor(answeredAt / hourMs) * hourMs
    const key = `${nameOf(owner)} ${at}`
    const span = this.#spans.get(key) ?? { ...owner, at, counts: noAbandonment }
    span.counts = addCounts(span.counts, change)
    this.#spans.set(key, span)
  }

  async abandonmentSpans(
    query: Parameters<AbandonmentStore['abandonmentSpans']>[0],
  ): Promise<readonly AbandonmentSpan[]> {
    const borders = spanBorders(query.hoursSince)
    const found = new Map<string, AbandonmentSpan>()
    for (const { counts, at: hour, ...owner } of this.#spans.values()) {
      if (!isOf(owner, query) || Object.values(counts).every(count => count === 0)) continue
      const { start, lengthMs } = spanAround(hour, borders)
      const key = `${nameOf(owner)} ${start}`
      const before = found.get(key) ?? { ...noAbandonment, at: hour }
      const at = Math.min(before.at, hour)
      found.set(key, { ...owner, ...addCounts(before, counts), at, lengthMs: start + lengthMs - at })
    }
    return [...found.values()].sort((one, other) => one.at - other.at || (nameOf(one) < nameOf(other) ? -1 : 1))
  }
}

/** The evidence of an abandoned call; `undefined`: the call was none. */
export function abandonedCall(
  { end, ...start }: CallRecord,
  owner: Owner = ownerOf(start.campaignId, undefined),
): AbandonedCall | undefined {
  if (end?.answeredAt === undefined) return undefined
  const { disposition, answeredAt, detail, ringingAt, messageAt, endedAt } = end
  if (disposition !== 'abandoned' && disposition !== 'hung-up-waiting') return undefined
  const { callId, number, originatedAt } = start
  if (number === undefined) return undefined
  const times = { originatedAt, answeredAt, endedAt, ...given({ ringingAt, messageAt }) }
  return { callId, ...owner, number, disposition, ...times, ...given({ detail }) }
}

/** What is asked for of the abandoned calls, which come in the order in which they were begun. */
export function abandonedCalls(
  calls: readonly AbandonedCall[],
  query: Parameters<AbandonmentStore['abandonedCalls']>[0],
): readonly AbandonedCall[] {
  const { since = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY, after, limit } = query
  const ordered = [...calls].sort((one, other) => one.answeredAt - other.answeredAt)
  const place = ordered.findIndex(({ callId }) => callId === after)
  if (after !== undefined && place === -1) throw storeProblems.unknownCall(after)
  return ordered
    .slice(place + 1)
    .filter(call => isOf(call, query) && call.answeredAt >= since && call.answeredAt < until)
    .slice(0, limit)
}

/** Who owns a call of this campaign; nobody has applied it: what the schema says of such calls. */
export function ownerOf(campaignId: string, settings: Pick<CampaignSettings, 'seller' | 'purpose'> | undefined): Owner {
  return { campaignId, sellerId: settings?.seller.sellerId ?? 'default', purpose: settings?.purpose ?? 'sales' }
}

function nameOf({ campaignId, sellerId, purpose }: Owner): string {
  return `${campaignId} ${sellerId} ${purpose}`
}

function isOf(owner: Owner, { sellerId, purpose, campaignId }: AbandonmentOf): boolean {
  return (
    (sellerId === undefined || owner.sellerId === sellerId) &&
    (purpose === undefined || owner.purpose === purpose) &&
    (campaignId === undefined || owner.campaignId === campaignId)
  )
}
