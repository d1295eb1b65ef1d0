import type { Database } from 'better-sqlite3'
import type { Store } from '../../ports/store.ts'
import { ledgerEntriesMax, ledgerProblems } from '../ledger/problems.ts'
import { prepareLedgerLookups } from './queries/ledgerReads.ts'
import type { Writing } from './writing/writing.ts'

/** What is read of the ledger. */
export function ledgerPort(
  database: Database,
  writes: Writing,
): Pick<Store, 'ledgerHead' | 'ledgerEntries' | 'ledgerDeeds' | 'ledgerSubject'> {
  const lookups = prepareLedgerLookups(database)
  return {
    async ledgerHead() {
      await writes.settled()
      const head = lookups.head()
      if (head === undefined) throw ledgerProblems.noBeginning()
      return head
    },
    ledgerEntries: (afterSeq, limit) =>
      writes.scan({ kind: 'ledger-entries', afterSeq, limit: Math.min(limit, ledgerEntriesMax) }),
    ledgerDeeds: query => writes.scan({ kind: 'ledger-deeds', query }),
    async ledgerSubject(number) {
      await writes.settled()
      return lookups.subject(number)
    },
  }
}
