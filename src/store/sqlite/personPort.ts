import type { Database } from 'better-sqlite3'
import type { Store } from '../../ports/store.ts'
import { preparePersonLookups } from './queries/people/personReads.ts'
import type { Writing } from './writing/writing.ts'

type PersonReads = Pick<Store, 'permissionsOf' | 'numbersOfPerson' | 'personHoursOf' | 'personData'>

/** What is read of what people permitted and asked for. */
export function personPort(database: Database, writes: Writing): PersonReads {
  const lookups = preparePersonLookups(database)

  async function settled<Answer>(read: () => Answer): Promise<Answer> {
    await writes.settled()
    return read()
  }

  return {
    permissionsOf: number => settled(() => lookups.permissionsOf(number)),
    numbersOfPerson: number => settled(() => lookups.numbersOf(number)),
    personHoursOf: number => settled(() => lookups.hoursOf(number)),
    personData: number => settled(() => lookups.data(number)),
  }
}
