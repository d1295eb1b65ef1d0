import type { HopperLead } from '../core/campaigns/lead.ts'
import type { VerdictFacts } from '../core/compliance/facts.ts'
import type { Place } from '../core/compliance/rules.ts'
import type { AgentId, CampaignId, InstantMs, LeadId, PhoneNumber } from '../core/ids.ts'
import type { Disposition } from '../core/vocabulary.ts'
import type { LeadImportSummary } from './importing/importReports.ts'
import type { NewLeadOrigin } from './importing/imports.ts'

/** Leads by campaign. */
export interface LeadStore {
  /**
   * Leads of the campaign that are due, best first (highest priority, then longest due, then lowest id), without the
   * excluded ones and those with an open attempt. `moreAt`: when the next is due, where there are fewer than asked.
   * Sees every write that was asked for before it.
   */
  dialableLeads(query: {
    readonly campaignId: CampaignId
    readonly limit: number
    readonly exclude: readonly LeadId[]
    /** Only of this list; absent: of all. */
    readonly list?: string
    readonly now: InstantMs
  }): Promise<{ readonly leads: readonly DialableLead[]; readonly moreAt?: InstantMs }>
  /** The facts of one lead for the verdict, in microseconds when warm. */
  facts(query: {
    readonly campaignId: CampaignId
    readonly leadId: LeadId
    /** The row's own columns too: for campaigns with a filter. */
    readonly columns?: boolean
    readonly now: InstantMs
  }): Promise<VerdictFacts>
  /**
   * A verdict that refused with a later time or for ever moves the lead, so that the hopper does not offer it again. A
   * lead that is finished or unknown stays as it is.
   */
  deferLead(leadId: LeadId, until: InstantMs | null, reason: string): Promise<void>
  lead(leadId: LeadId): Promise<LeadRecord | undefined>
  /** A lead as the hopper would have it, whether or not it is due. */
  callableLead(leadId: LeadId): Promise<HopperLead | undefined>
  /** All leads with this number, for `explain`. */
  leadsByNumber(number: PhoneNumber): Promise<readonly LeadRecord[]>
  /** Leads that wait for the call-back which this agent has promised, the next first. */
  callBacksOf(agentId: AgentId): Promise<readonly LeadRecord[]>
  listLeads(query: {
    readonly campaignId?: CampaignId
    readonly limit: number
    readonly after?: LeadId
  }): Promise<readonly LeadRecord[]>
  leadCounts(
    campaignId: CampaignId,
  ): Promise<{ readonly total: number; readonly dialable: number; readonly finished: number }>
  /** Every place where a person of the campaign's unfinished leads may be, in the order of the letters. Seen by no dial. */
  placesOfLeads(campaignId: CampaignId): Promise<readonly Place[]>
  /**
   * Adds leads in batches of at most 100 under an import that does not exist for dialing until it is activated.
   * Numbers that the campaign already has are not added; the answer names them by their position.
   */
  importLeads(
    importId: string,
    campaignId: CampaignId,
    rows: readonly NewLead[],
  ): Promise<{ readonly duplicates: readonly number[] }>
  /** Makes an import dialable, in one row. */
  activateImport(importId: string, summary: LeadImportSummary): Promise<void>
  /** Forgets a broken import and its rows. */
  discardImport(importId: string): Promise<void>
}

/** A lead that is due, with its place in the order. */
export interface DialableLead extends HopperLead {
  readonly priority: number
}

/** A lead to be imported: its number is valid E.164 already. */
export interface NewLead extends NewLeadOrigin {
  readonly number: PhoneNumber
  /** IANA zones in which the person may be: all must permit. */
  readonly timeZones: readonly string[]
  /** Whole number -100..100; the highest is dialed first. */
  readonly priority: number
  /** The row's other columns by header, for the agent's screen. */
  readonly data: Readonly<Record<string, string>>
}

/** A lead as stored. */
export interface LeadRecord extends Omit<NewLead, 'past'> {
  readonly leadId: LeadId
  readonly campaignId: CampaignId
  readonly attempts: number
  readonly state: 'new' | 'retry' | 'finished'
  readonly dialableAt: InstantMs
  readonly lastDisposition?: Disposition
  /** Why it rests or is finished, in the closed words. */
  readonly reason?: string
  readonly list: string
  readonly places: readonly Place[]
  /** The agent who promised the call-back that it waits for. */
  readonly callbackAgentId?: AgentId
}
