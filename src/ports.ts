import type { AgentSettings } from './core/agent.ts'
import type { AttemptEnd, AttemptStart, WrapUp } from './core/call.ts'
import type { CampaignCounters, CampaignSettings } from './core/campaign.ts'
import type { Clearance } from './core/compliance/clearance.ts'
import type { VerdictFacts } from './core/compliance/facts.ts'
import type { Place } from './core/compliance/rules.ts'
import type { ConnectOrder, EngineEvent, OriginateOrder, RejectionCode } from './core/effects.ts'
import type { AgentId, CallId, CampaignId, InstantMs, LeadId, NodeId, PhoneNumber } from './core/ids.ts'
import type { Command, TelephonyEvent } from './core/inputs.ts'
import type { HopperLead } from './core/lead.ts'
import type { PacerMemory, PacingDecision } from './core/pacing/pacer.ts'
import type { EngineState } from './core/state.ts'
import type { Disposition } from './core/words.ts'
import type { AbandonmentStore } from './ports/abandonment.ts'
import type { CensusStore } from './ports/census.ts'
import type { DoNotCallImportReport, DoNotCallImportRequest, DoNotCallStore } from './ports/doNotCall.ts'
import type {
  LeadImportReport,
  LeadImportRequest,
  MoveInReport,
  MoveInRequest,
  NewLeadOrigin,
  PermissionImportRequest,
} from './ports/imports.ts'
import type { LeadRelease, LeadUpkeepStore } from './ports/leadUpkeep.ts'
import type { LedgerStore } from './ports/ledger.ts'
import type { PersonStore } from './ports/people.ts'

export type * from './ports/abandonment.ts'
export type * from './ports/census.ts'
export type * from './ports/doNotCall.ts'
export type * from './ports/imports.ts'
export type * from './ports/leadUpkeep.ts'
export type * from './ports/ledger.ts'
export type * from './ports/people.ts'

/** Time, and waiting for it. The system's in production, a scheduler's in simulation. */
export interface Clock {
  /** Milliseconds; monotonic within a run. */
  now(): InstantMs
  /** Calls back once at or after `at`; the function returned cancels. */
  wakeAt(at: InstantMs, wake: () => void): () => void
}

/** One PBX node. Every promise settles within a bounded time; a rejection is a {@link TelephonyError} of errors.ts. */
export interface Telephony {
  readonly nodeId: NodeId
  /**
   * Begins to link up, for ever. `node-up` (with the picture of what lives there) comes after every successful resync,
   * `node-down` when the link is lost; between the two no event is lost.
   */
  start(listener: (event: TelephonyEvent) => void): void
  /** Tells the adapter which agents are ours, so that their registrations and legs are followed. */
  watchAgents(agents: readonly AgentSettings[]): void
  /** Resolves when the PBX has taken the order; what becomes of it comes as events. */
  originate(order: OriginateOrder): Promise<void>
  /** Joins the legs, with a beep that only the agent hears. The result comes as `call-connected` or `connect-failed`. */
  connect(order: ConnectOrder): Promise<void>
  /** Plays the campaign's message to an answered person, then ends the call. */
  playMessage(callId: CallId): Promise<void>
  /** Ends a customer's leg; one that is gone already is no error. */
  hangUp(callId: CallId): Promise<void>
  /** Rings the agent's phone; `agent-leg-up` or `agent-leg-down` follows. */
  callAgent(order: { readonly agentId: AgentId; readonly endpoint: string }): Promise<void>
  /** Ends the agent's leg. */
  releaseAgent(agentId: AgentId): Promise<void>
  /** Forgets the PBX's durable records of calls that have been counted. */
  acknowledgeUnattended(callIds: readonly CallId[]): Promise<void>
  /** For `doctor` and the board. */
  health(): Promise<PbxHealth>
  /** Idempotent; leaves the PBX's calls alone. */
  close(): Promise<void>
}

/** What `doctor` looks at. */
export interface PbxHealth {
  readonly version: string
  readonly currentCalls: number
  readonly uptimeSec: number
  /** Modules that the engine needs, with whether they are loaded. */
  readonly modules: Readonly<Record<string, boolean>>
  /** PJSIP endpoints by name: device state and whether a contact is registered. */
  readonly endpoints: Readonly<Record<string, { readonly deviceState: string; readonly registered: boolean }>>
  /** Dialplan contexts that the engine needs, with whether they exist. */
  readonly contexts: Readonly<Record<string, boolean>>
}

/** What the engine keeps. Asynchronous: SQLite today, a database server later. A rejection is a {@link StoreError}. */
export interface Store
  extends LeadStore,
    AttemptStore,
    AbandonmentStore,
    DoNotCallStore,
    CampaignStore,
    PersonStore,
    LedgerStore,
    LeadUpkeepStore,
    CensusStore {
  /** Copies the whole database to a file while in use. */
  backup(file: string): Promise<void>
  /** Idempotent; waits for what was accepted to be on disk. */
  close(): Promise<void>
}

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
  /** All leads with this number, for `explain`. */
  leadsByNumber(number: PhoneNumber): Promise<readonly LeadRecord[]>
  listLeads(query: {
    readonly campaignId?: CampaignId
    readonly limit: number
    readonly after?: LeadId
  }): Promise<readonly LeadRecord[]>
  leadCounts(
    campaignId: CampaignId,
  ): Promise<{ readonly total: number; readonly dialable: number; readonly finished: number }>
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

/** What came of an import. */
export interface ImportSummary {
  readonly source: string
  readonly rows: number
  readonly imported: number
  readonly duplicates: number
  readonly invalid: number
}

/** See {@link ImportSummary}. */
export interface LeadImportSummary extends ImportSummary {
  /** Name of the list; absent: `leads`. */
  readonly list?: string
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

/** Attempts and call records. */
export interface AttemptStore {
  /** On disk (synchronous=FULL) when it resolves, with what it was cleared on: the originate may leave. */
  beginAttempt(attempt: AttemptStart, clearance?: Clearance): Promise<void>
  /**
   * Exactly once an attempt (a second end rejects with `already-ended` and changes nothing); moves the lead and counts for
   * the campaign in the same transaction.
   */
  endAttempt(end: AttemptEnd): Promise<void>
  /**
   * The agent's word, before or after the end, a later one replacing it but for its instant; the campaign's counters are
   * corrected (`machine` is no person) and a call-back, a retry or a refusal moves the lead.
   */
  recordWrapUp(wrapUp: WrapUpRecord): Promise<void>
  /** Attempts begun and not ended: what a crash left. */
  openAttempts(): Promise<readonly AttemptStart[]>
  calls(query: CallQuery): Promise<readonly CallRecord[]>
  call(callId: CallId): Promise<CallRecord | undefined>
}

/** Which call records; they come newest first. */
export interface CallQuery {
  readonly campaignId?: CampaignId
  readonly number?: PhoneNumber
  readonly since?: InstantMs
  readonly limit: number
  /** Continue behind this call. */
  readonly after?: CallId
}

/** One attempt with its end and the agent's word, where they exist. */
export interface CallRecord extends AttemptStart {
  readonly end?: AttemptEnd
  readonly wrapUp?: WrapUpRecord
}

/** The agent's word as kept. `at`: when the first word came; absent where it is not known. */
export interface WrapUpRecord extends WrapUp {
  readonly at?: InstantMs
}

/** Campaigns and agents as applied, with what they must remember over a restart. */
export interface CampaignStore {
  saveCampaign(settings: CampaignSettings): Promise<void>
  /** The campaign's run state and what its pacer learned; written every few seconds and at every change of state. */
  saveCampaignProgress(progress: SavedProgress): Promise<void>
  campaigns(): Promise<
    readonly {
      readonly settings: CampaignSettings
      readonly progress?: SavedProgress
      readonly counters: CampaignCounters
    }[]
  >
  saveAgent(settings: AgentSettings): Promise<void>
  agents(): Promise<readonly AgentSettings[]>
}

/** What survives of a campaign beside its counters, which follow from the call records. */
export interface SavedProgress {
  readonly campaignId: CampaignId
  readonly running: boolean
  readonly memory?: PacerMemory
}

/** The running engine as the API sees it. */
export interface EngineGateway {
  /** Enters a command; answers after the step that took it, and after what must be durable is on disk. */
  command(command: Command): Promise<CommandAnswer>
  /**
   * Leads that were put off for these reasons are looked at again: begins, and goes on by itself behind whatever is being
   * dialed. A campaign whose settings change releases its own.
   */
  release(release: LeadRelease): void
  /** The live state. For reading only, and not to be kept: it changes with the next step. */
  state(): EngineState
  /** The last decisions of a campaign, newest first (bounded). Equal neighbours are folded into one with a count. */
  decisions(campaignId: CampaignId): readonly RecordedDecision[]
  /** Told of every engine event until the function returned is called. */
  subscribe(listener: (event: EngineEvent, at: InstantMs) => void): () => void
  now(): InstantMs
}

/** Whether a command was obeyed. `message` is one line that says what to do. */
export type CommandAnswer =
  | { readonly accepted: true }
  | { readonly accepted: false; readonly code: RejectionCode; readonly message: string }

/** A pacing decision as kept for `pacing explain`. */
export interface RecordedDecision {
  readonly at: InstantMs
  readonly decision: PacingDecision
  /** How many equal decisions (same reason, nothing originated) stand behind this one, itself included. */
  readonly times: number
}

/** Bulk imports, carried out in worker threads while dialing goes on. A rejection is an {@link InputError}. */
export interface Importer {
  importLeads(request: LeadImportRequest): Promise<LeadImportReport>
  importDoNotCall(request: DoNotCallImportRequest): Promise<DoNotCallImportReport>
  importPermissions(request: PermissionImportRequest): Promise<ImportReport>
  /** Leads, call-backs, calls and refusals of another dialer; what is there already is not added again. */
  moveIn(request: MoveInRequest): Promise<MoveInReport>
}

/** A stream of bytes from a file or an upload, with what is needed to read it. */
export interface ImportRequest {
  readonly stream: AsyncIterable<Uint8Array>
  /** File name or other origin, for the record. */
  readonly source: string
  /** ISO 3166 country of numbers without a country code, `US`. */
  readonly defaultCountry: string
  /** Told now and then, with bytes read and rows so far. */
  readonly onProgress?: (progress: { readonly bytes: number; readonly rows: number }) => void
}

/** What came over and what did not, with the first problems by line number (bounded). */
export interface ImportReport extends ImportSummary {
  readonly problems: readonly { readonly line: number; readonly reason: string; readonly value: string }[]
  readonly problemsLeftOut: number
  readonly durationMs: number
}
