import type { AttemptEnd } from '../core/calls/call.ts'
import type { AbandonmentCounts } from '../core/compliance/abandonment.ts'
import type { Purpose } from '../core/compliance/rules.ts'
import type { CallId, CampaignId, InstantMs, PhoneNumber } from '../core/ids.ts'

/** Whose calls: of a seller, for a purpose, of one campaign; what is absent does not matter. */
export interface AbandonmentOf {
  readonly sellerId?: string
  readonly purpose?: Purpose
  readonly campaignId?: CampaignId
}

/** What was counted for one campaign and owner in a span of time, by the instants of the answers. */
export interface AbandonmentSpan extends AbandonmentCounts {
  readonly sellerId: string
  readonly purpose: Purpose
  readonly campaignId: CampaignId
  /** The first hour of UTC in it that has an answer; it ends with its hour, day or 30 days. */
  readonly at: InstantMs
  readonly lengthMs: number
}

/** A call whose person found no agent: the evidence behind the figures. */
export interface AbandonedCall {
  readonly callId: CallId
  readonly campaignId: CampaignId
  readonly sellerId: string
  readonly purpose: Purpose
  readonly number: PhoneNumber
  readonly disposition: 'abandoned' | 'hung-up-waiting'
  /** Why, where the disposition alone does not say it. */
  readonly detail?: AttemptEnd['detail']
  readonly originatedAt: InstantMs
  readonly ringingAt?: InstantMs
  readonly answeredAt: InstantMs
  /** When the message was ordered, or the PBX began it. */
  readonly messageAt?: InstantMs
  readonly endedAt: InstantMs
}

/** Abandonment as the calls give it, kept with every call's end and corrected with every wrap-up. Seen by no dial. */
export interface AbandonmentStore {
  /**
   * Counts in the order of time: since `hoursSince` by hours, before it by days, and what is 400 days older than that by 30
   * days. Hours in which nobody answered are left out.
   * Sees every write that was asked for before it.
   */
  abandonmentSpans(query: AbandonmentOf & { readonly hoursSince: InstantMs }): Promise<readonly AbandonmentSpan[]>
  /** Abandoned calls in the order of their answers, in [since, until); `after`: continue behind this call. */
  abandonedCalls(
    query: AbandonmentOf & {
      readonly since?: InstantMs
      readonly until?: InstantMs
      readonly after?: CallId
      readonly limit: number
    },
  ): Promise<readonly AbandonedCall[]>
}
