import { basename } from 'node:path'
import type { Database } from 'better-sqlite3'
import { StoreError } from '../../errors.ts'
import type { ArchiveRequest } from '../../ports/archives.ts'
import type { BackupRequest, JournalTrimRequest } from '../../ports/backups.ts'
import { isOwnList } from '../../ports/bulkLists.ts'
import type { FileStore } from '../../ports/files.ts'
import type { Journal } from '../journal/journal.ts'
import { makeArchive } from './archive/makeArchive.ts'
import { makeBackup } from './backup/makeBackup.ts'
import { trimJournal } from './backup/trimJournal.ts'
import type { BulkListFiles } from './bulkListFiles.ts'
import type { StoreWatcher } from './keeping/storeWatch.ts'
import { ledgerRotation } from './ledgerRotation.ts'
import { prepareRestorationLookups } from './queries/restorations.ts'
import type { Writing } from './writing/writing.ts'

/** What the store has that lies in files. */
export interface FileParts {
  readonly database: Database
  /** Of the database; its lists and its ledger's segments lie beside it. */
  readonly file: string
  readonly lists: BulkListFiles
  readonly databaseId: string
  readonly journal: Pick<Journal, 'settled' | 'trouble' | 'trim'> | undefined
  readonly watcher: Pick<StoreWatcher, 'awaitConfirmation'>
}

/** Two at once would only share the disk. */
function oneAtATime<Request, Report>(
  what: 'backup' | 'archive' | 'trimming',
  make: (request: Request) => Promise<Report>,
): (request: Request) => Promise<Report> {
  let underWay = false
  return async request => {
    if (underWay) throw new StoreError(`${what}-running`, `a ${what} is being made: wait until it is there`)
    underWay = true
    try {
      return await make(request)
    } finally {
      underWay = false
    }
  }
}

/** The side of the SQLite store that is a matter of files. */
export function filePort(parts: FileParts, writes: Writing): FileStore {
  const { database, file, databaseId, lists, journal, watcher } = parts
  const restorations = prepareRestorationLookups(database)
  return {
    archive: oneAtATime('archive', (request: ArchiveRequest) => makeArchive({ database, file, writes }, request)),
    backup: oneAtATime('backup', async (request: BackupRequest) => {
      // What the journal has up to here, the database has when everything that was asked for before is written.
      const place = journal?.settled()
      await writes.settled()
      return makeBackup({ file, journal: place }, request)
    }),
    trimJournal: oneAtATime('trimming', (request: JournalTrimRequest) =>
      trimJournal({ databaseId, journal, writes }, request),
    ),
    restoration: () => restorations.newest(),
    async recordRestore(restoration) {
      await writes.write({ kind: 'record-restore', restoration })
      watcher.awaitConfirmation(restorations.newest())
    },
    async confirmRestore(confirmation) {
      await writes.write({ kind: 'confirm-restore', confirmation })
      watcher.awaitConfirmation(restorations.newest())
    },
    journalTrouble: () => journal?.trouble(),
    rotateLedger: ledgerRotation({ database, file }, writes),
    verifyDoNotCallList: list => lists.verify(list),
    async newBulkListFile(list) {
      if (isOwnList(list))
        throw new StoreError('reserved-name', `"${list}" is one of the company's own lists: name another`)
      return lists.newFile(list)
    },
    bulkListFile: async list => lists.fileOf(list),
    installBulkList: version =>
      lists.swap(version, () =>
        writes.write({ kind: 'install-bulk-list', version: { ...version, file: basename(version.file) } }),
      ),
  }
}
