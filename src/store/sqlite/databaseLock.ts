import { accessSync, constants, statSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import { errorCode, StoreError } from '../../errors.ts'
import { storeErrorOf } from './problems.ts'

/**
 * Makes this process the only owner of a database: two daemons would dial the same leads. The lock is the operating
 * system's on a file beside the database, so that a killed daemon leaves none behind. The function returned gives it up;
 * the empty file stays, because removing it would race with the next owner.
 * @throws StoreError `in-use`, `cannot-open`, `read-only`
 */
export function lockDatabase(file: string): () => void {
  checkPlace(file)
  try {
    const lock = new Database(`${file}-owner`, { timeout: 0 })
    lock.pragma('locking_mode = EXCLUSIVE')
    lock.exec('BEGIN EXCLUSIVE')
    return () => lock.close()
  } catch (error) {
    if (!errorCode(error).startsWith('SQLITE_BUSY')) throw storeErrorOf(error, file)
    throw new StoreError(
      'in-use',
      `${file} is in use by another Dialwright daemon: stop that one, or name another file`,
    )
  }
}

/** SQLite says the same of a missing folder, a folder in the file's place and a disk that may not be written. */
function checkPlace(file: string): void {
  try {
    const folder = statSync(dirname(file), { throwIfNoEntry: false })
    if (folder === undefined || !folder.isDirectory()) throw storeErrorOf({ code: folder ? 'ENOTDIR' : 'ENOENT' }, file)
    const found = statSync(file, { throwIfNoEntry: false })
    if (found?.isDirectory()) throw storeErrorOf({ code: 'EISDIR' }, file)
    for (const path of found === undefined ? [dirname(file)] : [dirname(file), file]) accessSync(path, constants.W_OK)
  } catch (error) {
    throw storeErrorOf(error, file)
  }
}
