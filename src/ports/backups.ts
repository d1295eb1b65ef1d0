import type { InstantMs } from '../core/ids.ts'
import type { Waiter } from './waiter.ts'

/** Why a store takes no attempts while a restored database waits for somebody to confirm it. */
export const restoreUnconfirmed = 'restore-unconfirmed'

/** What a backup is asked for. */
export interface BackupRequest {
  /** The folder that is to be the backup: it appears when everything is in it and has been verified. */
  readonly target: string
  /**
   * Keep so many: the folder's name gets the time behind it, and when the backup is whole, older ones of that name go. From 1 on;
   * absent: the folder is called as it says, and nothing goes.
   */
  readonly keep?: number
  readonly at: InstantMs
  readonly onProgress?: Waiter['onProgress']
}

/** A backup that is there, whole. */
export interface BackupReport {
  readonly folder: string
  readonly bytes: number
  /** Imported do-not-call lists in it. */
  readonly lists: number
  /** Segments of the ledger that had left the database. */
  readonly segments: number
  /** Entries of the ledger that follow from each other, in segments and database. */
  readonly ledgerEntries: number
  readonly durationMs: number
  /** Older backups that went, by their folders. */
  readonly removed: readonly string[]
}

/** A database that came from a backup: what was done after the backup is not in it. */
export interface Restoration {
  readonly backupAt: InstantMs
  /** Nothing was dialed from this database after this instant: whom it called between the two, nobody can tell. */
  readonly restoredAt: InstantMs
  /** Refusals, withdrawals and erasures that the journal had kept, and that were carried out again. */
  readonly replayed: number
  /** What may be missing, one line each; somebody has to sign for it. */
  readonly gaps: readonly string[]
  /** Absent: nothing is dialed until somebody confirms it. */
  readonly confirmedBy?: string
}

/** What somebody says who lets a restored database dial. */
export interface RestoreConfirmation {
  readonly by: string
  /** They answer for what may be missing. */
  readonly signsGaps: boolean
  readonly at: InstantMs
}

/** What of the journal outside the database may go. */
export interface JournalTrimRequest extends Pick<Waiter, 'onProgress'> {
  /** The oldest backup that may still be restored; or the name under which backups are made with the time behind it: the oldest of them. */
  readonly backup: string
  readonly at: InstantMs
}

/** What of the journal has gone. Lengths in bytes. */
export interface JournalTrim {
  /** The folder of the backup behind which it was trimmed, and when that was taken. */
  readonly backup: string
  readonly backupAt: InstantMs
  /** So many lines have gone. */
  readonly removed: number
  /** Erasures from before that stay. */
  readonly kept: number
  readonly bytesBefore: number
  readonly bytes: number
}

/** Backups, and what came from one. A rejection is a StoreError. */
export interface BackupStore {
  /** Copies database, imported lists and ledger segments while they are in use. */
  backup(request: BackupRequest): Promise<BackupReport>
  /** The newest restoration, with what may be missing since the last that was confirmed; `undefined`: the database has grown here. */
  restoration(): Restoration | undefined
  /** Writes that the database came from a backup: it takes no attempts from then on. */
  recordRestore(restoration: Omit<Restoration, 'confirmedBy'>): Promise<void>
  /** Lets a restored database dial. Rejects with `nothing-to-confirm`, and with `gaps-unsigned` where there are gaps. */
  confirmRestore(confirmation: RestoreConfirmation): Promise<void>
  /** Lets go of what no backup from this one on needs of the journal; nothing has changed where it rejects. */
  trimJournal(request: JournalTrimRequest): Promise<JournalTrim>
  /** Why refusals are not journalled outside the database, and since when; they bind all the same. */
  journalTrouble(): { readonly says: string; readonly since: InstantMs } | undefined
}
