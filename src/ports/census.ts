import type { CampaignSettings } from '../core/campaigns/campaign.ts'
import type { RuleBook } from '../core/compliance/rules.ts'
import type { InstantMs } from '../core/ids.ts'
import type { Waiter } from './waiter.ts'

/** Counts a campaign's leads by what the gate would say of each. */
export interface CensusStore {
  /**
   * Looks at every lead once, in a thread of its own; a million leads take up to a minute, in which dialing goes on. Stops where its
   * waiter has gone. @throws StoreError `count-stopped`
   */
  census(question: CensusQuestion, waiter?: Waiter): Promise<CampaignCensus>
}

/** Everything that the verdicts need beside the leads. */
export interface CensusQuestion {
  readonly settings: CampaignSettings
  readonly book: RuleBook
  readonly now: InstantMs
}

/** How many leads may be dialed now, and why the others may not. */
export interface CampaignCensus {
  readonly leads: number
  readonly dialable: number
  /** The most first. */
  readonly reasons: readonly CensusReason[]
}

/** Leads that one reason keeps from being dialed. */
export interface CensusReason {
  /** A refusal's word, `number-in-flight`, or why the lead is finished. */
  readonly reason: string
  readonly leads: number
  /** They will not be dialed again by themselves. */
  readonly finished: boolean
  /** When the first and the last of them may be asked again, where that is known. */
  readonly firstAt?: InstantMs
  readonly lastAt?: InstantMs
}
