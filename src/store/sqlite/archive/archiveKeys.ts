import type { PhoneNumber } from '../../../core/ids.ts'
import type { SealingSubject } from '../../archive/seal.ts'
import { prepareLedgerLookups } from '../queries/ledgerReads.ts'
import { openReadOnly } from '../readOnly.ts'

/** The keys that open archives, in the database that they were made from. Who was erased has none. */
export interface ArchiveKeys {
  ofNumber(number: PhoneNumber): SealingSubject | undefined
  /** Looks through all. */
  ofSubject(subject: string): SealingSubject | undefined
  close(): void
}

/**
 * Opens a database for its keys, beside a daemon that may be writing to it or not.
 * @throws StoreError `no-database`, `older-schema`, and those of opening a store
 */
export function openArchiveKeys(file: string): ArchiveKeys {
  return openReadOnly(file, database => {
    const lookups = prepareLedgerLookups(database)
    const key = database
      .prepare<[string], string>('SELECT lower(hex(key)) FROM subject WHERE subjectId = unhex(?)')
      .pluck()
    return {
      ofNumber: number => lookups.subject(number),
      ofSubject(subject) {
        const found = key.get(subject)
        return found === undefined ? undefined : { subject, key: found }
      },
      close: () => void database.close(),
    }
  })
}
