import type { Provenance } from '../../core/compliance/provenance.ts'
import type { PermissionBasis, Place } from '../../core/compliance/rules.ts'
import type { AgentId, CampaignId, InstantMs, PhoneNumber } from '../../core/ids.ts'
import type { Disposition } from '../../core/vocabulary.ts'
import type { ImportReport, ImportRequest } from './importReports.ts'

/** A CSV of leads. */
export interface LeadImportRequest extends ImportRequest {
  readonly campaignId: CampaignId
  /** Which column holds what, by header; absent: by the usual names (`phone`, `timezone`, `priority`, `person_id` ...). */
  readonly columns?: LeadColumns
  /** Name of the list in the campaign; imports of one name are one list. Absent: `leads`. */
  readonly list?: string
  /** Where the numbers come from, for rows that do not say it themselves. */
  readonly provenance?: Partial<Provenance>
  /** Rows without origin and legal basis are taken; the leads say so for ever. */
  readonly withoutOrigin?: boolean
}

/** The beginning of a CSV of leads, which is read and not kept. */
export type LeadPreviewRequest = Pick<
  LeadImportRequest,
  'stream' | 'source' | 'defaultCountry' | 'columns' | 'provenance' | 'withoutOrigin'
>

/** What a column is taken for; `data`: kept as it is. */
export const columnUses = [
  ...['number', 'other-number', 'timeZone', 'priority', 'personId', 'origin', 'obtainedAt', 'legalBasis'],
  ...['country', 'region', 'postcode', 'refusal', 'data'],
] as const
/** What a column is taken for. */
export type ColumnUse = (typeof columnUses)[number]

/** How a file would be understood, from its beginning. */
export interface LeadPreview {
  readonly delimiter: string
  readonly columns: readonly {
    readonly name: string
    readonly use: ColumnUse
    /** The first values that are not empty. */
    readonly samples: readonly string[]
  }[]
  /** Rows that were read: the first ones of the file. */
  readonly rows: number
  /** Leads that they would become. */
  readonly leads: number
  readonly invalid: number
  readonly refused: number
  /** The first leads. */
  readonly examples: readonly {
    readonly line: number
    readonly number: string
    readonly timeZones: readonly string[]
    readonly places: readonly Place[]
    readonly data: Readonly<Record<string, string>>
  }[]
  readonly problems: readonly { readonly line: number; readonly reason: string; readonly value: string }[]
  /** What was recognised and ought to be looked at, one line each. */
  readonly warnings: readonly string[]
  /** What must be said before the file can be taken. */
  readonly lacking: readonly { readonly code: string; readonly says: string }[]
}

/** A number that an agent has typed, with where it came from. */
export interface TypedLead {
  readonly campaignId: CampaignId
  readonly number: PhoneNumber
  readonly provenance: Provenance
  /** Who has typed it, in words. */
  readonly source: string
}

/** Which column of a CSV of leads holds what, by header. */
export interface LeadColumns {
  readonly number?: string
  /** Every column with a number of the person, the first to be called first; takes the place of `number`. */
  readonly numbers?: readonly string[]
  readonly timeZone?: string
  readonly priority?: string
  /** Columns whose yes means that the person refuses calls, beside those that are known by their usual names. */
  readonly doNotCall?: readonly string[]
  /** Columns that look as if they said who refuses or what country a number is of, and do not. */
  readonly data?: readonly string[]
}

/** What became of an import of leads. `rows` are the file's, `imported` are leads: a row may have several numbers. */
export interface LeadImportReport extends ImportReport {
  readonly list: string
  /** Rows that say themselves that the person wants no calls: no leads; their numbers are on the company's list. */
  readonly refused: number
  /** Rows with a refusal, or what may be one, that could not be read whole. */
  readonly refusalsUnread: number
  readonly warnings: readonly string[]
}

/** A CSV of permissions. Columns of the file win over what is given for all rows. */
export interface PermissionImportRequest extends ImportRequest {
  /** Absent: rows that name no topic are refused; `*` in the file is every topic. */
  readonly topics?: readonly string[]
  /** Absent: `call`. */
  readonly channels?: readonly string[]
  readonly basis?: PermissionBasis
  /** The evidence: where it was given and in which words. */
  readonly how?: string
  readonly givenAt?: InstantMs
  readonly expiresAt?: InstantMs
  /** To whom the permissions of rows were given that do not say it. */
  readonly seller?: string
  /** For whom campaigns call; where there are several, a row must say whose it is. Absent: nobody asks. */
  readonly sellers?: readonly string[]
}

/** Where a lead stood in the dialer that it was moved in from. */
export interface LeadPast {
  readonly state: 'new' | 'retry' | 'finished'
  readonly attempts: number
  /** Not before; absent: at once. */
  readonly dialableAt?: InstantMs
  readonly reason?: string
  readonly lastDisposition?: Disposition
  readonly callbackAgentId?: AgentId
}

/** What is stored of a lead beside its number, when it is new. */
export interface NewLeadOrigin {
  /** Places where the person may be, by address. */
  readonly places?: readonly Place[]
  /** Absent: the import was allowed without. */
  readonly provenance?: Provenance
  /** As the operator's systems name the person; absent: the number is the person. */
  readonly personId?: string
  /** Of leads that are moved in from another dialer. */
  readonly past?: LeadPast
}

/** What is moved in from VICIdial. */
export const moveInParts = ['callbacks', 'leads', 'calls', 'dnc'] as const
/** A part of what is moved in; they are read in this order, so that a lead comes in with its call-back. */
export type MoveInPart = (typeof moveInParts)[number]

/**
 * Tables of another dialer, as files one behind the other: before each stands one line of JSON,
 * `{"part":"leads","file":"vicidial_list.csv","bytes":1234}`, and after that line so many bytes.
 */
export interface MoveInRequest extends ImportRequest {
  readonly campaignId: CampaignId
  /** IANA zone in which the files write their times. */
  readonly timeZone: string
  /** Reads and reports, writes nothing. */
  readonly dryRun?: boolean
  /** Only calls, call-backs and refusals of this campaign of the other dialer; absent: all. */
  readonly fromCampaign?: string
  /** The origin is for leads without a `source_id`; the legal basis holds for all. */
  readonly provenance?: Partial<Provenance>
  readonly withoutOrigin?: boolean
  /** What statuses mean that the product does not know, or means otherwise. */
  readonly statuses?: Readonly<Record<string, MovedStatus>>
}

/** What a status of the other dialer makes of a lead. */
export const movedStatuses = ['retry', 'finished', 'do-not-call'] as const
/** What a status of the other dialer makes of a lead, in one word. */
export type MovedStatus = (typeof movedStatuses)[number]

/** What became of one table; `skipped`: rows that are of no use here, by reason. */
export interface MoveInPartReport extends ImportReport {
  readonly part: MoveInPart
  readonly skipped: Readonly<Record<string, number>>
  readonly warnings: readonly string[]
}

/** What came over and what did not. */
export interface MoveInReport {
  readonly parts: readonly MoveInPartReport[]
  readonly durationMs: number
}
