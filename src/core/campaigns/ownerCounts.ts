import type { CampaignId, InstantMs } from '../ids.ts'
import type { CountedSpan } from '../pacing/pacer.ts'
import { hourMs } from '../time.ts'
import type { CampaignSettings } from './campaign.ts'

/** Seller and purpose: who owns an abandonment budget, whatever the campaigns are called. */
export type OwnerId = string

/** Who owns a campaign's budget. */
export function ownerIdOf({ seller, purpose }: Pick<CampaignSettings, 'seller' | 'purpose'>): OwnerId {
  return `${seller.sellerId} ${purpose}`
}

/** What the store has counted for one campaign of an owner, in the order of time. */
export interface CampaignSpans {
  readonly campaignId: CampaignId
  readonly spans: readonly CountedSpan[]
}

interface Span extends CountedSpan {
  answers: number
  abandoned: number
}

/**
 * All persons' calls of one owner, by campaign and hour of the answer: what the windows of a campaign are filled from when it is
 * new, renamed or restarted. Calls that are still talked with at a restart come in by the store when they have ended.
 */
export class OwnerCounts {
  readonly #spans = new Map<CampaignId, Span[]>()

  /** Counts a call by the instant of its answer. */
  settle(campaignId: CampaignId, call: { readonly abandoned: boolean; readonly answeredAt: InstantMs }): void {
    const at = Math.floor(call.answeredAt / hourMs) * hourMs
    this.#add(campaignId, { at, lengthMs: hourMs, answers: 1, abandoned: call.abandoned ? 1 : 0 })
  }

  /** Takes out a call that was a machine's, or is to be settled again; one that was never counted changes nothing. */
  uncount(campaignId: CampaignId, answeredAt: InstantMs): void {
    const span = this.#spans
      .get(campaignId)
      ?.findLast(({ at, lengthMs }) => at <= answeredAt && answeredAt < at + lengthMs)
    if (span !== undefined && span.answers > span.abandoned) span.answers -= 1
  }

  /** Adds what the store has counted. */
  add(counted: readonly CampaignSpans[]): void {
    for (const { campaignId, spans } of counted) for (const span of spans) this.#add(campaignId, span)
  }

  #add(campaignId: CampaignId, span: CountedSpan): void {
    const spans = this.#spans.get(campaignId) ?? []
    this.#spans.set(campaignId, spans)
    const index = spans.findLastIndex(({ at }) => at <= span.at)
    const found = spans[index]
    if (found === undefined || found.at !== span.at) {
      spans.splice(index + 1, 0, { ...span })
      return
    }
    found.answers += span.answers
    found.abandoned += span.abandoned
  }

  /** One campaign's calls, in the order of time. */
  own(campaignId: CampaignId): readonly CountedSpan[] {
    return (this.#spans.get(campaignId) ?? []).map(span => ({ ...span }))
  }

  /** The calls of all the owner's campaigns, in the order of time. */
  all(): readonly CountedSpan[] {
    const together = new OwnerCounts()
    for (const spans of this.#spans.values()) for (const span of spans) together.#add('', span)
    return together.own('')
  }
}
