import type { Database } from 'better-sqlite3'
import type { PersonStore } from '../../ports/people.ts'
import type { WriteAnswers, WriteOperation } from '../operations.ts'
import { preparePersonLookups } from './queries/people/personReads.ts'

/** The way to the writer, as much of it as people need. */
interface Writing {
  write(operation: WriteOperation): Promise<void>
  writeFor<Kind extends keyof WriteAnswers>(
    operation: Extract<WriteOperation, { kind: Kind }>,
  ): Promise<WriteAnswers[Kind]>
  settled(): Promise<void>
}

/** An import row set larger than this is written in several transactions. */
const importRowsMax = 100

/** The side of the SQLite store that knows what people permitted and asked for. */
export function personPort(database: Database, writes: Writing): PersonStore {
  const lookups = preparePersonLookups(database)

  async function settled<Answer>(read: () => Answer): Promise<Answer> {
    await writes.settled()
    return read()
  }

  return {
    addPermission: permission => writes.writeFor({ kind: 'add-permission', permission }),
    withdrawPermission: withdrawal => writes.writeFor({ kind: 'withdraw-permission', withdrawal }),
    permissionsOf: number => settled(() => lookups.permissionsOf(number)),
    numbersOfPerson: number => settled(() => lookups.numbersOf(number)),
    setPersonHours: hours => writes.write({ kind: 'set-person-hours', hours }),
    personHoursOf: number => settled(() => lookups.hoursOf(number)),
    personData: number => settled(() => lookups.data(number)),
    erasePerson: ({ number, at, by }) => writes.writeFor({ kind: 'erase-person', number, at, by }),
    async importPermissions(importId, rows) {
      const duplicates: number[] = []
      for (let from = 0; from < Math.max(1, rows.length); from += importRowsMax) {
        const permissions = JSON.stringify(rows.slice(from, from + importRowsMax))
        const answer = await writes.writeFor({ kind: 'import-permissions', importId, permissions })
        for (const position of answer.duplicates) duplicates.push(from + position)
      }
      return { duplicates }
    },
    activatePermissions: (importId, { source, imported: permissions, at }) =>
      writes.write({ kind: 'activate-permissions', importId, source, permissions, at }),
    discardPermissions: importId => writes.write({ kind: 'discard-permissions', importId }),
  }
}
