import { basename, resolve } from 'node:path'
import type { Database } from 'better-sqlite3'
import { StoreError } from '../../errors.ts'
import { isOwnList } from '../../ports/bulkLists.ts'
import type { FileStore } from '../../ports/files.ts'
import { startAnswering, workerAt } from '../../threads/threads.ts'
import type { BulkListFiles } from './bulkListFiles.ts'
import { ledgerRotation } from './ledgerRotation.ts'
import type { BackupData } from './workers/backupWorker.ts'
import type { Writing } from './writing/writing.ts'

/** What the store has that lies in files. */
export interface FileParts {
  readonly database: Database
  /** Of the database; its lists and its ledger's segments lie beside it. */
  readonly file: string
  readonly lists: BulkListFiles
}

/** The side of the SQLite store that is a matter of files. */
export function filePort({ database, file, lists }: FileParts, writes: Writing): FileStore {
  return {
    async backup(target) {
      await writes.settled()
      const thread = await startAnswering<string, void>(workerAt('./workers/backupWorker', import.meta.url), {
        file,
      } satisfies BackupData)
      try {
        await thread.ask(resolve(target))
      } finally {
        await thread.close()
      }
    },
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
