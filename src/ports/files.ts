import type { InstantMs } from '../core/ids.ts'
import type { ArchiveReport, ArchiveRequest } from './archives.ts'
import type { BackupStore } from './backups.ts'
import type { BulkListStore } from './bulkLists.ts'
import type { LedgerRotation } from './ledger.ts'

/**
 * What a store that lies in files of this machine can do beside. A store in memory has none, and what a database server keeps
 * is backed up and archived by its own tools. A rejection is a StoreError, or an InputError `retention`.
 */
export interface FileStore extends BulkListStore, BackupStore {
  /**
   * Moves ledger entries older than `before` to a segment file beside the database. `dropBefore`: segments that end before it
   * are thrown away, which is refused (InputError `retention`) while a rule still demands them. `segmentsMax`: so many
   * segments are written at most; all that is old enough has moved when none was.
   */
  rotateLedger(request: {
    readonly before: InstantMs
    readonly dropBefore?: InstantMs
    readonly segmentsMax?: number
    readonly at: InstantMs
  }): Promise<LedgerRotation>
  /**
   * Lets attempts and leads go that no rule asks for any more, into a file that holds nothing of a person but sealed with their own
   * key. Rejects with InputError `retention`, StoreError `file-exists`, `archive-running` and those of a disk.
   */
  archive(request: ArchiveRequest): Promise<ArchiveReport>
  /** Reads the file of an imported list whole and holds it against its checksum: StoreError `list-damaged`, `unknown-list`. */
  verifyDoNotCallList(list: string): Promise<void>
}
