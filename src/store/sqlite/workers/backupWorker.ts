import { closeSync, copyFileSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { StoreError } from '../../../errors.ts'
import { serveAnswers } from '../../../threads/threads.ts'
import { bulkListFolder } from '../bulkListFiles.ts'
import { storeErrorOf } from '../problems.ts'
import { prepareDoNotCallLookups } from '../queries/people/doNotCall.ts'

/** What a backup's thread is started with. */
export interface BackupData {
  readonly file: string
}

serveAnswers<BackupData, string, void>(({ file }) => {
  const database = new Database(file, { readonly: true, fileMustExist: true })
  return {
    answer(target) {
      if (existsSync(target)) {
        throw new StoreError('file-exists', `${target} exists already: a backup overwrites nothing; name another file`)
      }
      try {
        backUp(database, file, target)
      } catch (error) {
        rmSync(bulkListFolder(target), { force: true, recursive: true })
        throw storeErrorOf(error, target)
      } finally {
        rmSync(partial(target), { force: true })
      }
    },
    close: () => void database.close(),
  }
})

function partial(target: string): string {
  return `${target}.partial`
}

/** The database as it stands now, compacted; then the lists it names. The name appears when everything is there. */
function backUp(database: Database.Database, file: string, target: string): void {
  rmSync(partial(target), { force: true })
  database.prepare('VACUUM INTO ?').run(partial(target))
  const copy = new Database(partial(target), { readonly: true })
  const lists = prepareDoNotCallLookups(copy).bulkLists()
  copy.close()
  if (lists.length > 0) mkdirSync(bulkListFolder(target), { recursive: true })
  for (const list of lists) {
    copyFileSync(join(bulkListFolder(file), list.file), join(bulkListFolder(target), list.file))
    flush(join(bulkListFolder(target), list.file))
  }
  flush(partial(target))
  renameSync(partial(target), target)
}

function flush(file: string): void {
  const descriptor = openSync(file, 'r')
  fsyncSync(descriptor)
  closeSync(descriptor)
}
