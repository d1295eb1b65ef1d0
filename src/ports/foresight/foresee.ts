import type { CampaignSettings } from '../../core/campaigns/campaign.ts'
import type { Waiter } from '../waiter.ts'

/** What a team would reach. Ratios 0..1. */
export interface Forecast {
  readonly occupancy: { readonly mean: number; readonly ci95: number }
  readonly abandonmentRate: { readonly pooled: number; readonly max: number }
  readonly attemptsPerHour: number
  /** Conversations with persons. */
  readonly connectedPerHour: number
}

/** A forecast with what becomes of the list. */
export interface Expected extends Forecast {
  /** Hours of dialing until every lead is finished, rests between attempts not counted; absent: never. */
  readonly hoursToFinish?: number
}

/** What it rests on: the campaign's own records, or a scenario where these are too few. */
export type ForesightBasis =
  | { readonly kind: 'history'; readonly attempts: number }
  | { readonly kind: 'assumption'; readonly scenario: string; readonly because: string }

/** A campaign as it is and as it might be. */
export interface ForesightQuestion {
  readonly present: CampaignSettings
  readonly changed: CampaignSettings
  readonly agents: number
  /** Leads that are not finished. */
  readonly openLeads: number
  /** The capacity of the campaign's trunks together. */
  readonly trunk: { readonly channels: number; readonly callsPerSecond: number }
}

/** What the simulator expects of both. */
export interface Foresight {
  readonly basis: ForesightBasis
  /** Simulated runs of each. */
  readonly runs: number
  /** Hours of one run. */
  readonly hours: number
  readonly present: Expected
  readonly changed: Expected
}

/**
 * Simulates a campaign as it is and as it might be, in a thread behind the dialing.
 * @throws OperatingError `foresight-too-long`: a single run of each takes longer than anybody should wait beside the dialing
 */
export type Foresee = (question: ForesightQuestion, waiter?: Waiter) => Promise<Foresight>
