import type { CallId, CampaignId, InstantMs, PhoneNumber } from '../core/ids.ts'
import type { LeadRecord } from './leads.ts'
import type { Waiter } from './waiter.ts'

/** What an archive is asked for. */
export interface ArchiveRequest {
  /** The file that is to be the archive; it must not be there. */
  readonly target: string
  /** Only what ended before this; absent: all that no rule asks for any more. */
  readonly before?: InstantMs
  /** Only says what would leave. */
  readonly dryRun: boolean
  readonly at: InstantMs
  /**
   * Whoever asks is another process, which may see another folder under the same name. `mark`: 32 hexadecimal digits; they have put an
   * empty file beside the target that is named as it is, with a dot and the mark behind. Absent: this process asks.
   */
  readonly asker?: { readonly mark?: string }
  readonly onProgress?: Waiter['onProgress']
}

/** What of one campaign is in an archive. */
export interface ArchivedCampaign {
  readonly campaignId: CampaignId
  readonly attempts: number
  readonly leads: number
}

/** What is in an archive. */
export interface ArchiveContent {
  readonly attempts: number
  readonly leads: number
  /** By the campaigns' ids. */
  readonly campaigns: readonly ArchivedCampaign[]
  /** When the oldest and the newest attempt in it were begun; absent: it has none. */
  readonly oldestAt?: InstantMs
  readonly newestAt?: InstantMs
}

/** What an archive did, or would do. */
export interface ArchiveReport extends ArchiveContent {
  readonly file: string
  /** Everything in it ended before this. */
  readonly before: InstantMs
  /** Of the file, packed. */
  readonly bytes: number
  /** 64 hexadecimal digits; absent: nothing was written. */
  readonly sha256?: string
  /** What left the database; less than what is in the file where a row was changed meanwhile: it stays. */
  readonly left: { readonly attempts: number; readonly leads: number }
  /** Archives of an earlier run that had been broken off, which was ended first. */
  readonly resumed: readonly string[]
  readonly durationMs: number
}

/** An archive as the ledger names it. */
export interface ArchiveRecord {
  /** Name of the file, without its folder. */
  readonly file: string
  readonly sha256: string
  readonly bytes: number
  readonly attempts: number
  readonly leads: number
  readonly before: InstantMs
  readonly oldestAt?: InstantMs
  readonly newestAt?: InstantMs
}

/** What the ledger is told of an archive: that it is whole, before anything leaves; and what has left, at the end. */
export type ArchiveStep =
  | ({ readonly event: 'written' } & ArchiveRecord)
  | {
      readonly event: 'left'
      readonly file: string
      readonly sha256: string
      readonly attempts: number
      readonly leads: number
    }

/** What may leave the database, at most 100 of each. */
export interface LeavingRows {
  /** Everything that leaves ended before this. */
  readonly before: InstantMs
  readonly attempts: readonly {
    readonly callId: CallId
    /** The agent's last word as it was read; a call with another one stays. */
    readonly code?: string
  }[]
  /** As they were read; one that differs by now, was recycled or released say, stays. */
  readonly leads: readonly Pick<LeadRecord, 'leadId' | 'state' | 'attempts' | 'dialableAt'>[]
}

/** How an archive changes a store. A rejection is a StoreError. */
export interface ArchiveWrites {
  /** Gives those of these numbers, at most 100, that still have a call or a lead their names in the ledger: their rows are sealed with them. */
  nameSubjects(numbers: readonly PhoneNumber[]): Promise<void>
  /**
   * Lets rows go that are in an archive. What a rule may still ask for stays (`decisions/archive.ts`); how many attempts a number
   * has had in a campaign is kept. Gives how many of each left.
   */
  letRowsGo(rows: LeavingRows): Promise<ArchiveReport['left']>
  /** Tells the ledger. */
  recordArchive(step: ArchiveStep, at: InstantMs): Promise<void>
}
