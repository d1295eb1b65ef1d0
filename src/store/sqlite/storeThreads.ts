import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import Database from 'better-sqlite3'
import { type LoadedThread, loadAnswering, workerAt } from '../../threads/threads.ts'
import { isOwned } from './databaseLock.ts'
import { checkSchema } from './migrate.ts'
import { storeErrorOf } from './problems.ts'

/** The threads that a database is opened with. */
export const storeWorkers = {
  writer: workerAt('./workers/writerWorker', import.meta.url),
  reader: workerAt('./workers/readerWorker', import.meta.url),
  tidy: workerAt('./workers/tidyWorker', import.meta.url),
} as const

/** Those threads with their code loaded, for one opening. */
export type StoreThreads = { readonly [Name in keyof typeof storeWorkers]: LoadedThread }

/** Loads the threads' code ahead. Whoever does not open a store with them terminates them. */
export async function loadStoreThreads(): Promise<StoreThreads> {
  const { writer, reader, tidy } = storeWorkers
  const [one, other, third] = await Promise.all([loadAnswering(writer), loadAnswering(reader), loadAnswering(tidy)])
  return { writer: one, reader: other, tidy: third }
}

/**
 * Whether a daemon has the database that whoever asks would take over from it.
 * @throws StoreError `newer-schema`, `not-a-database`, `cannot-open`, `read-only`: it could not be opened afterwards
 */
export function isInOffice(path: string): boolean {
  const file = resolve(path)
  if (!isOwned(file)) return false
  // Its first daemon may be about to make it.
  if (!existsSync(file)) return true
  try {
    const database = new Database(file, { readonly: true, fileMustExist: true })
    try {
      checkSchema(database, file)
    } finally {
      database.close()
    }
  } catch (error) {
    throw storeErrorOf(error, file)
  }
  return true
}
