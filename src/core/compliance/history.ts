import type { CampaignId, InstantMs } from '../ids.ts'
import type { Disposition } from '../vocabulary.ts'
import type { Purpose, RuleScope } from './rules.ts'

/** An earlier attempt on the same number or on another number of the same person. */
export interface PastAttempt {
  /** On this very number; false: on another number of the person. */
  readonly sameNumber: boolean
  readonly campaignId: CampaignId
  readonly purpose: Purpose
  readonly topic: string
  readonly originatedAt: InstantMs
  /** Costs an attempt: somebody's phone rang, or may have. One that has not ended counts. */
  readonly counts: boolean
  readonly answeredAt?: InstantMs
  readonly connectedAt?: InstantMs
  readonly endedAt?: InstantMs
  /** Absent: it has not ended. */
  readonly disposition?: Disposition
  /** The agent said that a machine had answered. */
  readonly machine: boolean
  /** The person asked not to be called again, by key or to the agent. */
  readonly refusal: boolean
  readonly complaint: boolean
  /** The person agreed to be called back. */
  readonly promised?: true
}

/** What a scope is seen from: the campaign that wants to call. */
export interface Viewpoint {
  readonly campaignId: CampaignId
  readonly purpose: Purpose
  readonly topic: string
  /** For whom it calls; absent: for whoever gave no name either. */
  readonly sellerId?: string
}

/** In their last conversation with the campaign the person has agreed to be called back. `history`: the newest first. */
export function isPromised(history: readonly PastAttempt[], { campaignId }: Viewpoint): boolean {
  return history.find(past => past.campaignId === campaignId && past.disposition === 'connected')?.promised === true
}

/** That conversation was the campaign's last attempt: nobody has tried yet to keep what was promised in it. */
export function isOwed(history: readonly PastAttempt[], { campaignId }: Viewpoint): boolean {
  return history.find(past => past.campaignId === campaignId && past.counts)?.promised === true
}

/** Whether an earlier attempt is among those that a rule of this scope looks at. */
export function inScope(past: PastAttempt, { per, across }: RuleScope, of: Viewpoint): boolean {
  if (per === 'number' && !past.sameNumber) return false
  switch (across) {
    case 'all':
      return true
    case 'purpose':
      return past.purpose === of.purpose
    case 'topic':
      return past.topic === of.topic
    case 'campaign':
      return past.campaignId === of.campaignId
  }
}
