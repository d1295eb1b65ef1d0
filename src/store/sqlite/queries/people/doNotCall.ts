import type { Database } from 'better-sqlite3'
import type { PhoneNumber } from '../../../../core/ids.ts'
import { integerToNumber, numberToInteger } from '../../../../numbers/e164.ts'
import type { BulkListVersion } from '../../../../ports/bulkLists.ts'
import type { DoNotCallEntry, DoNotCallPrefix } from '../../../../ports/doNotCall.ts'
import { isToldAgain, nextOff } from '../../../decisions/ownList.ts'

/** Look-ups in the company's lists, and which bulk lists there are. */
export interface DoNotCallLookups {
  /** Of the company's own lists, by their names. */
  entriesOf(integer: number): readonly DoNotCallEntry[]
  prefixes(): readonly DoNotCallPrefix[]
  /** Here `file` is a name in the folder of the lists. */
  bulkLists(): readonly BulkListVersion[]
}

interface EntryRow {
  readonly number: number
  readonly list: string
  readonly source: DoNotCallEntry['source']
  readonly at: number
  readonly note: string | null
}

type PrefixRow = Omit<EntryRow, 'number' | 'list'> & { readonly prefix: number }

type ListRow = Omit<BulkListVersion, 'place' | 'campaignId'> & {
  readonly place: string | null
  readonly campaignId: string | null
}

/** Prepares the look-ups on a connection. */
export function prepareDoNotCallLookups(database: Database): DoNotCallLookups {
  const entries = database.prepare<[number], EntryRow>('SELECT * FROM doNotCall WHERE number = ? ORDER BY list')
  const prefixes = database.prepare<[], PrefixRow>('SELECT * FROM doNotCallPrefix ORDER BY CAST(prefix AS TEXT)')
  const bulkLists = database.prepare<[], ListRow>('SELECT * FROM bulkList ORDER BY list')
  return {
    entriesOf: integer => entries.all(integer).map(row => withNote(row, { number: integerToNumber(row.number) })),
    prefixes: () => prefixes.all().map(row => withNote(row, { prefix: integerToNumber(row.prefix) })),
    bulkLists: () =>
      bulkLists.all().map(({ place, campaignId, ...row }) => ({
        ...row,
        ...(place === null ? {} : { place }),
        ...(campaignId === null ? {} : { campaignId }),
      })),
  }
}

/** The row with its key in E.164, and without a note where there is none. */
function withNote<Row extends { readonly note: string | null }, Key extends object>(row: Row, key: Key) {
  const { note, ...rest } = row
  return { ...rest, ...key, ...(note === null ? {} : { note }) }
}

/** Everything that changes do-not-call lists; in the writer's transaction. */
export interface DoNotCallWrites {
  /** False: the same call has told it already. */
  add(entry: DoNotCallEntry): boolean
  /** Gives the list off which it came. */
  remove(number: PhoneNumber, asked?: string): string | undefined
  addPrefix(entry: DoNotCallPrefix): void
  removePrefix(prefix: string): boolean
  install(version: BulkListVersion): void
  drop(list: string): void
}

/** Prepares the writes on the writer's connection. */
export function prepareDoNotCallWrites(database: Database): DoNotCallWrites {
  const add = database.prepare(
    `INSERT INTO doNotCall (number, list, source, at, note) VALUES (@integer, @list, @source, @at, @note)
     ON CONFLICT DO NOTHING`,
  )
  const known = database.prepare<[number, string], { source: string; note: string | null }>(
    'SELECT source, note FROM doNotCall WHERE number = ? AND list = ?',
  )
  const listsOf = database.prepare<[number], string>('SELECT list FROM doNotCall WHERE number = ?').pluck()
  const remove = database.prepare<[number, string]>('DELETE FROM doNotCall WHERE number = ? AND list = ?')
  const addPrefix = database.prepare(
    `INSERT INTO doNotCallPrefix (prefix, source, at, note) VALUES (@integer, @source, @at, @note)
     ON CONFLICT DO NOTHING`,
  )
  const removePrefix = database.prepare<[number]>('DELETE FROM doNotCallPrefix WHERE prefix = ?')
  const install = database.prepare(
    `INSERT OR REPLACE INTO bulkList
       (list, file, numbers, source, importedAt, kind, place, campaignId, version, asOf)
     VALUES (@list, @file, @numbers, @source, @importedAt, @kind, @place, @campaignId, @version, @asOf)`,
  )
  const drop = database.prepare<[string]>('DELETE FROM bulkList WHERE list = ?')
  return {
    add(entry) {
      const integer = numberToInteger(entry.number)
      const isNew = add.run({ note: null, ...entry, integer }).changes > 0
      return isNew || !isToldAgain(known.get(integer, entry.list), entry)
    },
    remove(number, asked) {
      const integer = numberToInteger(number)
      const list = nextOff(listsOf.all(integer), asked)
      if (list !== undefined) remove.run(integer, list)
      return list
    },
    addPrefix: entry => void addPrefix.run({ note: null, ...entry, integer: numberToInteger(entry.prefix) }),
    removePrefix: prefix => removePrefix.run(numberToInteger(prefix)).changes > 0,
    install: version => void install.run({ place: null, campaignId: null, ...version }),
    drop: list => void drop.run(list),
  }
}
