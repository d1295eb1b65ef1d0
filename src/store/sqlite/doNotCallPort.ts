import { basename } from 'node:path'
import type { Database } from 'better-sqlite3'
import type { DoNotCallHit } from '../../core/compliance/doNotCall.ts'
import type { PhoneNumber } from '../../core/ids.ts'
import { StoreError } from '../../errors.ts'
import { numberToInteger } from '../../numbers/e164.ts'
import { type BulkListStore, companyList, retiredList } from '../../ports/bulkLists.ts'
import type { DoNotCallEntry, DoNotCallStore } from '../../ports/doNotCall.ts'
import { createOwnPrefixes, ownHits, prefixEntry } from '../decisions/ownList.ts'
import type { WriteAnswers, WriteOperation } from '../operations.ts'
import type { BulkListFiles } from './bulkListFiles.ts'
import { prepareDoNotCallLookups } from './queries/people/doNotCall.ts'

/** The way to the writer, as much of it as lists need. */
interface Writing {
  write(operation: WriteOperation): Promise<void>
  writeFor<Kind extends keyof WriteAnswers>(
    operation: Extract<WriteOperation, { kind: Kind }>,
  ): Promise<WriteAnswers[Kind]>
  settledFor(number: PhoneNumber): Promise<void> | undefined
}

/** What the store has for lists. */
export interface DoNotCallParts {
  readonly database: Database
  readonly lists: BulkListFiles
}

/** The do-not-call side of the SQLite store. */
export function doNotCallPort({ database, lists }: DoNotCallParts, writes: Writing): DoNotCallStore & BulkListStore {
  const lookups = prepareDoNotCallLookups(database)
  const prefixes = createOwnPrefixes(lookups.prefixes())
  const underWay = createUnderWay()

  function hitsOf(integer: number): readonly DoNotCallHit[] {
    const own = ownHits(underWay.with(integer, lookups.entriesOf(integer)), prefixes.match(integer))
    const imported = lists.hitsOf(integer)
    return own.length === 0 ? imported : [...own, ...imported]
  }

  return {
    doNotCall: { hitsOf, lists: lists.states },
    addDoNotCall: entry => underWay.during(entry, writes.write({ kind: 'add-do-not-call', entry })),
    removeDoNotCall: number => writes.writeFor({ kind: 'remove-do-not-call', number }),
    async doNotCallEntry(number) {
      const listing = writes.settledFor(number)
      if (listing !== undefined) await listing
      const integer = numberToInteger(number)
      const [entry] = lookups.entriesOf(integer)
      const wildcard = entry?.list === companyList ? undefined : prefixes.match(integer)
      if (wildcard !== undefined) return prefixEntry(number, wildcard)
      const [hit] = entry === undefined ? lists.hitsOf(integer) : []
      return entry ?? (hit && { number, list: hit.list, source: 'import', at: hit.importedAt })
    },
    async addDoNotCallPrefix(entry) {
      await writes.write({ kind: 'add-do-not-call-prefix', entry })
      prefixes.add(entry)
    },
    async removeDoNotCallPrefix(prefix) {
      await writes.writeFor({ kind: 'remove-do-not-call-prefix', prefix })
      return prefixes.remove(prefix)
    },
    doNotCallPrefixes: async () => prefixes.all(),
    dropDoNotCallList: list => lists.drop(list, () => writes.write({ kind: 'drop-bulk-list', list })),
    verifyDoNotCallList: list => lists.verify(list),
    ...bulkListPort(lists, writes),
  }
}

function bulkListPort(lists: BulkListFiles, writes: Writing): BulkListStore {
  return {
    async newBulkListFile(list) {
      if (list === companyList || list === retiredList)
        throw new StoreError('reserved-name', `"${list}" is one of the company's own lists: name another`)
      return lists.newFile(list)
    },
    bulkListFile: async list => lists.fileOf(list),
    installBulkList: version =>
      lists.swap(version, () =>
        writes.write({ kind: 'install-bulk-list', version: { ...version, file: basename(version.file) } }),
      ),
  }
}

/** Entries on their way to the disk: whoever asks in between must not be told that the number is free. */
interface UnderWay {
  during(entry: DoNotCallEntry, written: Promise<void>): Promise<void>
  /** The entries on disk and those on their way, the company's before the retired one. */
  with(integer: number, entries: readonly DoNotCallEntry[]): readonly Pick<DoNotCallEntry, 'list' | 'at'>[]
}

function createUnderWay(): UnderWay {
  const entries = new Map<number, Set<DoNotCallEntry>>()
  return {
    async during(entry, written) {
      const integer = numberToInteger(entry.number)
      const same = entries.get(integer) ?? new Set()
      entries.set(integer, same.add(entry))
      try {
        await written
      } finally {
        same.delete(entry)
        if (same.size === 0) entries.delete(integer)
      }
    },
    with(integer, stored) {
      const coming = entries.size === 0 ? undefined : entries.get(integer)
      if (coming === undefined) return stored
      const byList = new Map([...coming, ...stored].map(entry => [entry.list, entry]))
      return [...byList.values()].sort((one, other) => (one.list < other.list ? -1 : 1))
    },
  }
}
