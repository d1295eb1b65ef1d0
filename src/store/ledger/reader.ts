import { statSync } from 'node:fs'
import Database from 'better-sqlite3'
import { StoreError } from '../../errors.ts'
import { checkSchema, readMigrations } from '../migrate.ts'
import { type LedgerLookups, prepareLedgerLookups } from '../queries/ledgerReads.ts'
import { storeErrorOf } from '../sqlite/problems.ts'

/** The ledger of a database, beside a daemon that may be writing to it or not. Nothing is written. */
export interface LedgerReader extends LedgerLookups {
  /** How many entries there are, to tell how far a reading is. */
  count(): number
  close(): void
}

/**
 * Opens a database's ledger for reading. Everything is seen as it stood then, whatever the daemon adds or moves out meanwhile.
 * @throws StoreError `no-database`, `older-schema`, and those of opening a store
 */
export function openLedger(file: string): LedgerReader {
  if (statSync(file, { throwIfNoEntry: false }) === undefined)
    throw new StoreError('no-database', `there is no database ${file} yet: the daemon makes it at its first start`)
  let database: Database.Database | undefined
  try {
    database = new Database(file, { readonly: true, fileMustExist: true })
    if (checkSchema(database, file) < readMigrations().length) {
      const text = `${file} was written by an older Dialwright: start the daemon once, it brings it up to date`
      throw new StoreError('older-schema', text)
    }
    return readerOf(database)
  } catch (error) {
    database?.close()
    throw storeErrorOf(error, file)
  }
}

function readerOf(database: Database.Database): LedgerReader {
  database.exec('BEGIN')
  const lookups = prepareLedgerLookups(database)
  return {
    ...lookups,
    count: () => (lookups.head()?.seq ?? 0) - (lookups.first()?.seq ?? 1) + 1,
    close: () => void database.close(),
  }
}
