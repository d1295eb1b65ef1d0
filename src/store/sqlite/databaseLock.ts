import { accessSync, constants, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout } from 'node:timers/promises'
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
  let lock: Database.Database | undefined
  try {
    lock = new Database(`${file}-owner`, { timeout: 0 })
    lock.pragma('locking_mode = EXCLUSIVE')
    lock.exec('BEGIN EXCLUSIVE')
    const held = lock
    return () => held.close()
  } catch (error) {
    lock?.close()
    if (!errorCode(error).startsWith('SQLITE_BUSY')) throw storeErrorOf(error, file)
    throw new StoreError(
      'in-use',
      `${file} is in use by another Dialwright daemon: stop that one, or name another file`,
    )
  }
}

/** A look takes a third of a millisecond. */
const lookEveryMs = 10

/** As {@link lockDatabase}, and waits up to `limitMs` for the owner that there is. @throws StoreError as it does */
export async function lockWhenFree(file: string, limitMs: number): Promise<() => void> {
  for (const until = performance.now() + limitMs; ; await setTimeout(lookEveryMs)) {
    try {
      return lockDatabase(file)
    } catch (error) {
      if (errorCode(error) !== 'in-use' || performance.now() >= until) throw error
    }
  }
}

/** Whether a daemon has the database now. @throws StoreError `cannot-open`, `read-only` */
export function isOwned(file: string): boolean {
  try {
    lockDatabase(file)()
    return false
  } catch (error) {
    if (errorCode(error) === 'in-use') return true
    throw error
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
