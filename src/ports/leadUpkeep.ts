import type { Provenance } from '../core/compliance/provenance.ts'
import type { ReleasableReason } from '../core/compliance/release.ts'
import type { CampaignId, LeadId, PhoneNumber } from '../core/ids.ts'
import type { Disposition, RefusalReason } from '../core/vocabulary.ts'
import type { LeadRecord } from './leads.ts'

/** Looks after leads that wait or are finished. */
export interface LeadUpkeepStore {
  /**
   * Makes leads due that were put off for one of these reasons and have not been tried since; the gate looks at each again.
   * Attempts go first: a million leads take a while; `told` hears after each step how many they are so far. A release that
   * a restart breaks off is carried on by itself. Gives how many leads it was.
   */
  releaseLeads(release: LeadRelease, told?: (released: number) => void): Promise<number>
  /** Makes finished leads due again, see {@link LeadRecycling}; a portion of some thousands at a time. */
  recycleLeads(recycling: LeadRecycling): Promise<RecyclingReport>
  /** The lists of a campaign by name, with how far each has come. Counts every lead: some seconds for millions. */
  leadLists(campaignId: CampaignId): Promise<readonly LeadListState[]>
  /** Leads that are put off for this reason, by their id. */
  leadsPutOff(query: {
    readonly reason: RefusalReason
    /** Absent: of all campaigns. */
    readonly campaignId?: CampaignId
    readonly limit: number
    readonly after?: LeadId
  }): Promise<readonly LeadRecord[]>
}

/** Which leads are to be looked at again before their time. */
export interface LeadRelease {
  /** Absent: of all campaigns. */
  readonly campaignId?: CampaignId
  /** Only leads with this number, and of the persons who have it; absent: all. */
  readonly number?: PhoneNumber
  readonly reasons: readonly ReleasableReason[]
}

/**
 * Which finished leads are called again. Never those whose number is on the company's do-not-call list or dead, nor where
 * the person refused or complained, nor with a call in flight. What the law counts, it goes on counting: attempts, rests.
 */
export interface LeadRecycling {
  readonly campaignId: CampaignId
  /** Only of this list; absent: of all. */
  readonly list?: string
  /** Only where the last attempt ended so; absent: however it ended. */
  readonly last?: readonly Disposition[]
  /** Leads begin at 0 attempts again. Without it, those that have had `attemptsMax` stay finished. */
  readonly resetAttempts: boolean
  /** The most attempts that the campaign makes. */
  readonly attemptsMax: number
  /** Those that a do-not-call list has finished, and no others: the list is gone, and the gate looks at each again. */
  readonly listed?: true
  /** Only counts. */
  readonly dryRun: boolean
  /** Go on behind this lead; absent: from the first. */
  readonly after?: LeadId
}

/** Counts of the leads of one portion that fit the list and the last disposition, each once. */
export interface RecyclingReport {
  /** Due again; with `dryRun`: would be. */
  readonly recycled: number
  /** Stay finished for good: refusals, do-not-call, dead and invalid numbers. */
  readonly barred: number
  /** Stay finished because they have had all their attempts. */
  readonly exhausted: number
  /** There are more leads behind this one; absent: all have been looked at. */
  readonly after?: LeadId
}

/** Leads of one name in a campaign. */
export interface LeadListState {
  readonly list: string
  readonly leads: number
  /** Not finished: due now or later. */
  readonly dialable: number
  readonly finished: number
  /** Attempts that counted, of all its leads as they stand. */
  readonly attempts: number
  /** Where its numbers come from, each origin once; none: not stated. */
  readonly origins: readonly Provenance[]
}
