import type { Database } from 'better-sqlite3'
import type { Provenance } from '../../../../core/compliance/provenance.ts'

/** Keys of where leads come from and whose they are. For the writer: it makes rows for new ones. */
export interface LeadOriginKeys {
  provenance(provenance: Provenance): number
  person(personId: string): number
}

/**
 * Prepares the keys on the writer's connection. Nothing is remembered between transactions: one that is rolled back takes its
 * keys with it.
 */
export function prepareLeadOrigins(database: Database): LeadOriginKeys {
  const findProvenance = database
    .prepare<[string, number | null, string], number>(
      'SELECT provenanceKey FROM provenance WHERE origin = ? AND obtainedAt IS ? AND legalBasis = ?',
    )
    .pluck()
  const addProvenance = database.prepare<[string, number | null, string]>(
    'INSERT INTO provenance (origin, obtainedAt, legalBasis) VALUES (?, ?, ?)',
  )
  const findPerson = database.prepare<[string], number>('SELECT personKey FROM person WHERE personId = ?').pluck()
  const addPerson = database.prepare<[string]>('INSERT INTO person (personId) VALUES (?)')
  return {
    provenance({ origin, obtainedAt = null, legalBasis }) {
      const found = findProvenance.get(origin, obtainedAt, legalBasis)
      return found ?? Number(addProvenance.run(origin, obtainedAt, legalBasis).lastInsertRowid)
    },
    person: personId => findPerson.get(personId) ?? Number(addPerson.run(personId).lastInsertRowid),
  }
}
