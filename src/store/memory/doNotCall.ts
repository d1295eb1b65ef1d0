import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { InstantMs, PhoneNumber } from '../../core/ids.ts'
import { dayMs } from '../../core/time.ts'
import { StoreError } from '../../errors.ts'
import { createNumberSet } from '../../numberSet/builder.ts'
import { numbersOf } from '../../numberSet/groups.ts'
import { createPrefixSet, type PrefixSet } from '../../numberSet/prefixes.ts'
import { openNumberSet } from '../../numberSet/read.ts'
import { writeNumberSet } from '../../numberSet/write.ts'
import { integerToNumber, numberToInteger } from '../../numbers/e164.ts'
import {
  type BulkListStore,
  type BulkListVersion,
  companyList,
  hitOf,
  listState,
  retiredList,
} from '../../ports/bulkLists.ts'
import type { DoNotCallEntry, DoNotCallStore } from '../../ports/doNotCall.ts'
import { createOwnPrefixes, ownHits, prefixEntry } from '../decisions/ownList.ts'

/** The do-not-call side of the store in memory. */
export interface MemoryDoNotCall extends DoNotCallStore, BulkListStore {
  /** Replaces a bulk list whole, as of kind `other`; in memory nothing has to be built aside. */
  replaceBulkList(list: string, numbers: Iterable<PhoneNumber>, importedAt: InstantMs): void
  /** The company's own entry, then the retired one. */
  ownEntries(number: PhoneNumber): readonly DoNotCallEntry[]
  /** Removes the words of the own entries; gives how many there are. */
  forgetNotes(number: PhoneNumber): number
}

interface MemoryList {
  readonly version: BulkListVersion
  readonly numbers: ReadonlySet<number>
  readonly prefixes: readonly string[]
  readonly prefixSet: PrefixSet
}

/** Nothing is listed. */
export function createMemoryDoNotCall(): MemoryDoNotCall {
  const lists = new Map<string, MemoryList>()
  const files = createTemporaryFiles()
  const keep = (version: BulkListVersion, numbers: ReadonlySet<number>, prefixes: readonly string[]) => {
    lists.set(version.list, { version, numbers, prefixes, prefixSet: createPrefixSet(prefixes) })
  }
  return {
    ...createEntries(lists),
    async dropDoNotCallList(list) {
      return lists.delete(list)
    },
    async verifyDoNotCallList(list) {
      if (!lists.has(list)) throw new StoreError('unknown-list', `there is no do-not-call list "${list}"`)
    },
    replaceBulkList(list, numbers, importedAt) {
      const integers = new Set([...numbers].map(numberToInteger))
      const dates = { importedAt, asOf: importedAt }
      const version = { list, file: '', source: list, kind: 'other', version: 'memory', ...dates } as const
      keep({ ...version, numbers: integers.size }, integers, [])
    },
    newBulkListFile: async () => files.next(),
    async bulkListFile(list) {
      const found = lists.get(list)
      return found && writeList(found, files.next())
    },
    async installBulkList(version) {
      const file = await openNumberSet(version.file)
      const numbers = new Set<number>()
      for (const group of file.groups()) for (const number of numbersOf(group)) numbers.add(number)
      await file.close()
      files.clear()
      keep(version, numbers, file.prefixes)
    },
  }
}

type Entries = Omit<
  MemoryDoNotCall,
  'dropDoNotCallList' | 'verifyDoNotCallList' | 'replaceBulkList' | keyof BulkListStore
>

function createEntries(lists: ReadonlyMap<string, MemoryList>): Entries {
  const own = {
    [companyList]: new Map<PhoneNumber, DoNotCallEntry>(),
    [retiredList]: new Map<PhoneNumber, DoNotCallEntry>(),
  }
  const prefixes = createOwnPrefixes([])
  const ordered = () => [...lists.values()].sort((one, other) => (one.version.list < other.version.list ? -1 : 1))
  const entriesOf = (number: PhoneNumber) =>
    [own.company.get(number), own.retired.get(number)].filter(entry => entry !== undefined)
  const bulkHits = (integer: number) =>
    ordered()
      .filter(({ numbers, prefixSet }) => numbers.has(integer) || prefixSet.match(integer) !== undefined)
      .map(({ version }) => hitOf(version))
  return {
    doNotCall: {
      hitsOf: integer => [
        ...ownHits(entriesOf(integerToNumber(integer)), prefixes.match(integer)),
        ...bulkHits(integer),
      ],
      lists: () => ordered().map(({ version }) => listState(version)),
    },
    ownEntries: entriesOf,
    forgetNotes(number) {
      const entries = entriesOf(number)
      for (const { note: _, ...bare } of entries)
        (bare.list === retiredList ? own.retired : own.company).set(number, {
          ...bare,
          at: bare.at - (bare.at % dayMs),
        })
      return entries.length
    },
    async addDoNotCall(entry) {
      const list = entry.list === retiredList ? own.retired : own.company
      if (!list.has(entry.number)) list.set(entry.number, entry)
    },
    async removeDoNotCall(number) {
      return own.retired.delete(number) || own.company.delete(number)
    },
    async doNotCallEntry(number) {
      const [entry] = entriesOf(number)
      const wildcard = entry?.list === companyList ? undefined : prefixes.match(numberToInteger(number))
      if (wildcard !== undefined) return prefixEntry(number, wildcard)
      const [hit] = bulkHits(numberToInteger(number))
      return entry ?? (hit && { number, list: hit.list, source: 'import', at: hit.importedAt })
    },
    addDoNotCallPrefix: async entry => prefixes.add(entry),
    removeDoNotCallPrefix: async prefix => prefixes.remove(prefix),
    doNotCallPrefixes: async () => prefixes.all(),
  }
}

/** Imports run one at a time: when one is in, its files have served. */
function createTemporaryFiles(): { next(): string; clear(): void } {
  let folder: string | undefined
  let made = 0
  return {
    next() {
      folder ??= mkdtempSync(join(tmpdir(), 'dialwright-list-'))
      made += 1
      return join(folder, `${made}.numbers`)
    },
    clear() {
      if (folder !== undefined) rmSync(folder, { force: true, recursive: true })
      folder = undefined
    },
  }
}

/** For an import that changes the list: its thread reads a file. */
function writeList({ numbers, prefixes }: MemoryList, file: string): string {
  const set = createNumberSet()
  for (const number of numbers) set.add(number)
  writeNumberSet(file, set.groups(), prefixes)
  return file
}
