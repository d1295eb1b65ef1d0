import { statSync } from 'node:fs'
import Database from 'better-sqlite3'
import { StoreError } from '../../errors.ts'
import { checkSchema, readMigrations } from './migrate.ts'
import { storeErrorOf } from './problems.ts'

/**
 * Opens a database for reading only, beside a daemon that may be writing to it or not; `prepare` makes the reader, and what it
 * throws closes the database again.
 * @throws StoreError `no-database`, `older-schema`, and those of opening a store
 */
export function openReadOnly<Reader>(file: string, prepare: (database: Database.Database) => Reader): Reader {
  if (statSync(file, { throwIfNoEntry: false }) === undefined)
    throw new StoreError('no-database', `there is no database ${file} yet: the daemon makes it at its first start`)
  let database: Database.Database | undefined
  try {
    database = new Database(file, { readonly: true, fileMustExist: true })
    if (checkSchema(database, file) < readMigrations().length) {
      const text = `${file} was written by an older Dialwright: start the daemon once, it brings it up to date`
      throw new StoreError('older-schema', text)
    }
    return prepare(database)
  } catch (error) {
    database?.close()
    throw storeErrorOf(error, file)
  }
}

/** The number of a database's schema, and the newest that this program knows; whatever SQLite says of the file is thrown as it is. */
export function readSchemaVersion(file: string): { readonly version: number; readonly newest: number } {
  const database = new Database(file, { readonly: true, fileMustExist: true })
  try {
    return { version: Number(database.pragma('user_version', { simple: true })), newest: readMigrations().length }
  } finally {
    database.close()
  }
}
