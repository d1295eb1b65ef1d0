import type Database from 'better-sqlite3'
import { type LedgerLookups, prepareLedgerLookups } from './queries/ledgerReads.ts'
import { openReadOnly } from './readOnly.ts'

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
  return openReadOnly(file, readerOf)
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
