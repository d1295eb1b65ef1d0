import type { Database } from 'better-sqlite3'
import type { PhoneNumber } from '../../core/ids.ts'
import { integerToNumber, numberToInteger } from '../../numbers/e164.ts'
import type { DoNotCallEntry } from '../../ports.ts'
import type { BulkListVersion } from '../bulkLists.ts'

/** A bulk list's version as the table names it: `file` is a name in the folder of the lists. */
export type BulkListRow = BulkListVersion

/** Look-ups in the company's list. */
export interface DoNotCallLookups {
  entry(number: PhoneNumber): DoNotCallEntry | undefined
  /** The list that holds the number, without the rest. */
  listOf(integer: number): string | undefined
  bulkLists(): readonly BulkListRow[]
}

interface EntryRow {
  readonly number: number
  readonly list: string
  readonly source: DoNotCallEntry['source']
  readonly at: number
  readonly note: string | null
}

/** Prepares the look-ups on a connection. */
export function prepareDoNotCallLookups(database: Database): DoNotCallLookups {
  const entry = database.prepare<[number], EntryRow>('SELECT * FROM doNotCall WHERE number = ?')
  const list = database.prepare<[number], string>('SELECT list FROM doNotCall WHERE number = ?').pluck()
  const bulkLists = database.prepare<[], BulkListRow>('SELECT * FROM bulkList ORDER BY list')
  return {
    entry(number) {
      const row = entry.get(numberToInteger(number))
      if (row === undefined) return undefined
      const { note, ...rest } = row
      return { ...rest, number: integerToNumber(row.number), ...(note === null ? {} : { note }) }
    },
    listOf: integer => list.get(integer),
    bulkLists: () => bulkLists.all(),
  }
}

/** Everything that changes do-not-call lists; in the writer's transaction. */
export interface DoNotCallWrites {
  add(entry: DoNotCallEntry): void
  remove(number: PhoneNumber): boolean
  install(version: BulkListVersion): void
  forget(list: string): void
}

/** Prepares the writes on the writer's connection. */
export function prepareDoNotCallWrites(database: Database): DoNotCallWrites {
  const add = database.prepare(
    `INSERT INTO doNotCall (number, list, source, at, note) VALUES (@integer, @list, @source, @at, @note)
     ON CONFLICT DO NOTHING`,
  )
  const remove = database.prepare<[number]>('DELETE FROM doNotCall WHERE number = ?')
  const install = database.prepare(
    `INSERT OR REPLACE INTO bulkList (list, file, numbers, source, importedAt)
     VALUES (@list, @file, @numbers, @source, @importedAt)`,
  )
  const forget = database.prepare<[string]>('DELETE FROM bulkList WHERE list = ?')
  return {
    add: entry => void add.run({ note: null, ...entry, integer: numberToInteger(entry.number) }),
    remove: number => remove.run(numberToInteger(number)).changes > 0,
    install: version => void install.run(version),
    forget: list => void forget.run(list),
  }
}
