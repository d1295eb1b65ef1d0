import type { AttemptEnd, AttemptStart } from '../../core/calls/call.ts'
import type { CampaignSettings } from '../../core/campaigns/campaign.ts'
import {
  type AbandonmentCounts,
  abandonmentOf,
  addCounts,
  combineCounts,
  noAbandonment,
} from '../../core/compliance/abandonment.ts'
import type { CallId } from '../../core/ids.ts'
import { hourMs } from '../../core/time.ts'
import type { AbandonedCall, AbandonmentOf, AbandonmentSpan, AbandonmentStore } from '../../ports/abandonment.ts'
import { storeProblems } from '../decisions/problems.ts'
import { spanAround, spanBorders } from '../decisions/spanLengths.ts'

type Owner = Pick<AbandonmentSpan, 'sellerId' | 'purpose' | 'campaignId'>
type Span = Owner & { readonly at: number; counts: AbandonmentCounts }

/** Abandonment in memory: sums by hour, and the abandoned calls. */
export class MemoryAbandonment implements AbandonmentStore {
  readonly #spans = new Map<string, Span>()
  readonly #calls: AbandonedCall[] = []

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
    const key = `${owner.sellerId} ${owner.purpose} ${owner.campaignId} ${at}`
    const span = this.#spans.get(key) ?? { ...owner, at, counts: noAbandonment }
    span.counts = addCounts(span.counts, change)
    this.#spans.set(key, span)
  }

  /** Keeps an abandoned call's evidence at its end. */
  ended(owner: Owner, start: AttemptStart, end: AttemptEnd): void {
    const { disposition, answeredAt, detail, ringingAt, messageAt, endedAt } = end
    if (answeredAt === undefined || (disposition !== 'abandoned' && disposition !== 'hung-up-waiting')) return
    const { callId, number, originatedAt } = start
    if (number === undefined) return
    const call = {
      ...{ callId, ...owner, number, disposition, originatedAt, answeredAt, endedAt },
      ...(detail === undefined ? {} : { detail }),
      ...(ringingAt === undefined ? {} : { ringingAt }),
      ...(messageAt === undefined ? {} : { messageAt }),
    }
    const before = this.#calls.findLastIndex(other => other.answeredAt <= answeredAt)
    this.#calls.splice(before + 1, 0, call)
  }

  async abandonmentSpans(
    query: Parameters<AbandonmentStore['abandonmentSpans']>[0],
  ): Promise<readonly AbandonmentSpan[]> {
    const borders = spanBorders(query.hoursSince)
    const found = new Map<string, AbandonmentSpan>()
    for (const { counts, at: hour, ...owner } of this.#spans.values()) {
      if (!isOf(owner, query)) continue
      const { start, lengthMs } = spanAround(hour, borders)
      const key = `${owner.sellerId} ${owner.purpose} ${owner.campaignId} ${start}`
      const before = found.get(key) ?? { ...noAbandonment, at: hour }
      const at = Math.min(before.at, hour)
      found.set(key, { ...owner, ...addCounts(before, counts), at, lengthMs: start + lengthMs - at })
    }
    return [...found.values()].sort((one, other) => one.at - other.at)
  }

  async abandonedCalls(query: Parameters<AbandonmentStore['abandonedCalls']>[0]): Promise<readonly AbandonedCall[]> {
    const { since = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY, after, limit } = query
    const from = after === undefined ? 0 : this.#placeBehind(after)
    return this.#calls
      .slice(from)
      .filter(call => isOf(call, query) && call.answeredAt >= since && call.answeredAt < until)
      .slice(0, limit)
  }

  #placeBehind(callId: CallId): number {
    const place = this.#calls.findIndex(call => call.callId === callId)
    if (place === -1) throw storeProblems.unknownCall(callId)
    return place + 1
  }
}

/** Who owns a call of this campaign; nobody has applied it: what the schema says of such calls. */
export function ownerOf(campaignId: string, settings: Pick<CampaignSettings, 'seller' | 'purpose'> | undefined): Owner {
  return { campaignId, sellerId: settings?.seller.sellerId ?? 'default', purpose: settings?.purpose ?? 'sales' }
}

function isOf(owner: Owner, { sellerId, purpose, campaignId }: AbandonmentOf): boolean {
  return (
    (sellerId === undefined || owner.sellerId === sellerId) &&
    (purpose === undefined || owner.purpose === purpose) &&
    (campaignId === undefined || owner.campaignId === campaignId)
  )
}
