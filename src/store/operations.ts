import type { AgentSettings } from '../core/agents/agent.ts'
import type { AgentImport } from '../core/agents/agentFile.ts'
import type { AttemptEnd, AttemptStart } from '../core/calls/call.ts'
import type { LineFigures } from '../core/calls/lineFigures.ts'
import type { CampaignSettings } from '../core/campaigns/campaign.ts'
import type { Clearance } from '../core/compliance/clearance.ts'
import type { RuleBook } from '../core/compliance/rules.ts'
import type { AgentId, CallId, CampaignId, InstantMs, LeadId, PhoneNumber } from '../core/ids.ts'
import type { ArchiveReport, ArchiveStep, LeavingRows } from '../ports/archives.ts'
import type { WrapUpRecord } from '../ports/attempts.ts'
import type { Restoration, RestoreConfirmation } from '../ports/backups.ts'
import type { BulkListVersion } from '../ports/bulkLists.ts'
import type { SavedProgress } from '../ports/campaigns.ts'
import type { DoNotCallEntry, DoNotCallPrefix } from '../ports/doNotCall.ts'
import type { LeadImportSummary } from '../ports/importing/importReports.ts'
import type { PackedLeads } from '../ports/importing/packedLeads.ts'
import type { PackedMoved } from '../ports/importing/packedMoved.ts'
import type { LeadRelease } from '../ports/leadUpkeep.ts'
import type { ErasureReport, NewPermission, PermissionWithdrawal, PersonHoursRecord } from '../ports/people.ts'
import type { Act, ApiTokenRecord, SessionRecord, UserChange } from '../ports/users.ts'
import type { DroppedSegment, Rotation, RotationStep } from './ledger/rotation.ts'

/** One step of a release: so many leads as fit into one transaction. `begin`: from the first lead on; else where the last step stopped. */
export type ReleaseStep = Pick<LeadRelease, 'campaignId' | 'reasons'> & { readonly begin: boolean }

/** What a step came to. `more`: there may be others behind it. */
export interface ReleaseProgress {
  readonly released: number
  readonly more: boolean
}

/**
 * Everything that a store can be asked to write: the one language of all stores. The model in `memory/` says in plain code
 * what each operation means; the others carry it out, and a test holds them against the model.
 */
export type WriteOperation =
  | { readonly kind: 'begin-attempt'; readonly attempt: AttemptStart; readonly clearance?: Clearance }
  | { readonly kind: 'end-attempt'; readonly end: AttemptEnd }
  | { readonly kind: 'record-wrap-up'; readonly wrapUp: WrapUpRecord }
  | { readonly kind: 'record-line'; readonly callId: CallId; readonly line: LineFigures }
  | { readonly kind: 'defer-lead'; readonly leadId: LeadId; readonly until: InstantMs | null; readonly reason: string }
  | { readonly kind: 'add-do-not-call'; readonly entry: DoNotCallEntry }
  | {
      readonly kind: 'remove-do-not-call'
      readonly number: PhoneNumber
      readonly by?: string
      readonly list?: string
    }
  | { readonly kind: 'add-do-not-call-prefix'; readonly entry: DoNotCallPrefix }
  | { readonly kind: 'remove-do-not-call-prefix'; readonly prefix: string; readonly by?: string }
  | { readonly kind: 'save-campaign'; readonly settings: CampaignSettings }
  | { readonly kind: 'save-progress'; readonly progress: SavedProgress }
  | { readonly kind: 'save-agent'; readonly settings: AgentSettings }
  | { readonly kind: 'remove-agent'; readonly agentId: AgentId }
  /** At most 100. */
  | { readonly kind: 'import-agents'; readonly agents: readonly AgentImport[] }
  | { readonly kind: 'install-bulk-list'; readonly version: BulkListVersion }
  | { readonly kind: 'drop-bulk-list'; readonly list: string }
  | {
      readonly kind: 'import-leads'
      readonly importId: string
      readonly campaignId: CampaignId
      /** At most 100. */
      readonly leads: PackedLeads
    }
  | { readonly kind: 'activate-import'; readonly importId: string; readonly summary: LeadImportSummary }
  | { readonly kind: 'discard-import'; readonly importId: string }
  | { readonly kind: 'add-permission'; readonly permission: NewPermission }
  | { readonly kind: 'withdraw-permission'; readonly withdrawal: PermissionWithdrawal }
  | {
      readonly kind: 'set-person-hours'
      readonly hours: PersonHoursRecord | { readonly number: PhoneNumber; readonly days: null }
    }
  | { readonly kind: 'erase-person'; readonly number: PhoneNumber; readonly at: InstantMs; readonly by: string }
  /** At most 100, as JSON: they pass through the main thread. */
  | { readonly kind: 'import-permissions'; readonly importId: string; readonly permissions: string }
  | {
      readonly kind: 'activate-permissions'
      readonly importId: string
      readonly source: string
      /** How many there are. */
      readonly permissions: number
      readonly at: InstantMs
    }
  | { readonly kind: 'discard-permissions'; readonly importId: string }
  | { readonly kind: 'move-in'; readonly campaignId: CampaignId; readonly moved: PackedMoved }
  | { readonly kind: 'take-back-calls'; readonly campaignId: CampaignId; readonly callIds: readonly string[] }
  | { readonly kind: 'release-leads'; readonly step: ReleaseStep }
  | {
      readonly kind: 'release-number'
      readonly number: PhoneNumber
      readonly reasons: LeadRelease['reasons']
    }
  /** At most 100. */
  | {
      readonly kind: 'recycle-leads'
      readonly leadIds: readonly LeadId[]
      readonly resetAttempts: boolean
      /** Those that a list has finished, and no others. */
      readonly listed?: true
    }
  | { readonly kind: 'record-rules'; readonly book: RuleBook; readonly at: InstantMs }
  | { readonly kind: 'erase-subject'; readonly number: PhoneNumber; readonly at: InstantMs }
  | { readonly kind: 'rotate-ledger'; readonly rotation: Rotation }
  | { readonly kind: 'ledger-dropped'; readonly segment: DroppedSegment; readonly at: InstantMs }
  | { readonly kind: 'record-restore'; readonly restoration: Omit<Restoration, 'confirmedBy'> }
  | { readonly kind: 'confirm-restore'; readonly confirmation: RestoreConfirmation }
  | { readonly kind: 'save-user'; readonly change: UserChange }
  | { readonly kind: 'remove-user'; readonly name: string; readonly by: string; readonly at: InstantMs }
  | { readonly kind: 'save-user-session'; readonly session: SessionRecord }
  | { readonly kind: 'end-user-sessions'; readonly sessionIds: readonly string[] }
  | { readonly kind: 'add-api-token'; readonly token: ApiTokenRecord }
  | { readonly kind: 'revoke-api-token'; readonly tokenId: string; readonly by: string; readonly at: InstantMs }
  | { readonly kind: 'record-act'; readonly act: Act }
  | { readonly kind: 'keep-journal-place'; readonly place: { readonly seq: number; readonly hash: string } }
  /** At most 100. */
  | { readonly kind: 'name-subjects'; readonly numbers: readonly PhoneNumber[] }
  | { readonly kind: 'let-rows-go'; readonly rows: LeavingRows }
  | { readonly kind: 'record-archive'; readonly step: ArchiveStep; readonly at: InstantMs }

/** The name of an operation. */
export type WriteKind = WriteOperation['kind']

/** The operation of one kind. */
export type OperationOf<Kind extends WriteKind> = Extract<WriteOperation, { kind: Kind }>

/** What a store answers to an operation that was carried out; those that are not named here answer nothing. */
export interface WriteAnswers {
  readonly 'import-leads': { readonly duplicates: readonly number[] }
  /** False: there is a word already, or nobody whom it is about. */
  readonly 'record-line': boolean
  /** False: the same call has told it already. */
  readonly 'add-do-not-call': boolean
  /** The list off which it came. */
  readonly 'remove-do-not-call': string | undefined
  readonly 'add-permission': number
  readonly 'withdraw-permission': number
  readonly 'erase-person': ErasureReport
  readonly 'import-permissions': { readonly duplicates: readonly number[] }
  readonly 'move-in': { readonly duplicates: readonly number[] }
  readonly 'release-leads': ReleaseProgress
  readonly 'release-number': number
  readonly 'recycle-leads': number
  readonly 'record-rules': boolean
  readonly 'erase-subject': boolean
  readonly 'rotate-ledger': RotationStep
  readonly 'remove-do-not-call-prefix': boolean
  /** False: there was none. */
  readonly 'remove-user': boolean
  readonly 'revoke-api-token': boolean
  readonly 'let-rows-go': ArchiveReport['left']
}

type Nothing = ReturnType<() => void>

/** The answer to an operation of one kind. */
export type AnswerOf<Kind extends WriteKind> = Kind extends keyof WriteAnswers ? WriteAnswers[Kind] : Nothing

/** How a store carries out each of these kinds. */
export type WriteHandlers<Kinds extends WriteKind = WriteKind> = {
  readonly [Kind in Kinds]: (operation: OperationOf<Kind>) => AnswerOf<Kind>
}

/** Has an operation carried out; resolves when it is kept. */
export type Write = <Kind extends WriteKind>(operation: OperationOf<Kind>) => Promise<AnswerOf<Kind>>

/** An operation's answer on its way between threads: what it gives, or the error of a StoreError, which has no class on its way between threads. */
export type WriteResult =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly code: string; readonly message: string }

/**
 * How an operation is written. `durable`: commits with synchronous=FULL. `bulk`: waits behind everything that is not, a
 * batch of at most 100 rows at a time.
 */
export const writeModes: { readonly [Kind in WriteKind]: { readonly durable: boolean; readonly bulk: boolean } } = {
  'begin-attempt': { durable: true, bulk: false },
  'end-attempt': { durable: true, bulk: false },
  'record-wrap-up': { durable: true, bulk: false },
  // What a power cut takes of it nobody misses.
  'record-line': { durable: false, bulk: false },
  'defer-lead': { durable: false, bulk: false },
  'add-do-not-call': { durable: true, bulk: false },
  'remove-do-not-call': { durable: true, bulk: false },
  'add-do-not-call-prefix': { durable: true, bulk: false },
  'remove-do-not-call-prefix': { durable: true, bulk: false },
  'save-campaign': { durable: true, bulk: false },
  // A campaign that was stopped must not dial again, whatever becomes of the machine.
  'save-progress': { durable: true, bulk: false },
  'save-agent': { durable: true, bulk: false },
  'remove-agent': { durable: true, bulk: false },
  'import-agents': { durable: true, bulk: false },
  'install-bulk-list': { durable: true, bulk: false },
  'drop-bulk-list': { durable: true, bulk: false },
  'import-leads': { durable: false, bulk: true },
  // Its rows are in already; several that are asked for together become visible together.
  'activate-import': { durable: true, bulk: false },
  'discard-import': { durable: true, bulk: true },
  'add-permission': { durable: true, bulk: false },
  'withdraw-permission': { durable: true, bulk: false },
  'set-person-hours': { durable: true, bulk: false },
  'erase-person': { durable: true, bulk: false },
  'import-permissions': { durable: false, bulk: true },
  'activate-permissions': { durable: true, bulk: true },
  'discard-permissions': { durable: true, bulk: true },
  'move-in': { durable: false, bulk: true },
  'take-back-calls': { durable: false, bulk: true },
  'release-leads': { durable: false, bulk: true },
  'release-number': { durable: false, bulk: false },
  'recycle-leads': { durable: false, bulk: true },
  'record-rules': { durable: true, bulk: false },
  'erase-subject': { durable: true, bulk: false },
  'rotate-ledger': { durable: true, bulk: true },
  'ledger-dropped': { durable: true, bulk: false },
  'record-restore': { durable: true, bulk: false },
  'confirm-restore': { durable: true, bulk: false },
  'keep-journal-place': { durable: true, bulk: false },
  'save-user': { durable: true, bulk: false },
  'remove-user': { durable: true, bulk: false },
  // Whoever loses a session with the machine's power logs in again.
  'save-user-session': { durable: false, bulk: false },
  'end-user-sessions': { durable: true, bulk: false },
  'add-api-token': { durable: true, bulk: false },
  'revoke-api-token': { durable: true, bulk: false },
  'record-act': { durable: true, bulk: false },
  // What is sealed under a name must find it again, whatever becomes of the machine.
  'name-subjects': { durable: true, bulk: true },
  // They are in a file that is on the disk: what comes back after a crash leaves again.
  'let-rows-go': { durable: false, bulk: true },
  'record-archive': { durable: true, bulk: false },
}
