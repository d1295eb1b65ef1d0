import type { Database } from 'better-sqlite3'
import type { DoNotCallHit } from '../../core/compliance/doNotCall.ts'
import { numberToInteger } from '../../numbers/e164.ts'
import type { DoNotCallEntry, DoNotCallStore } from '../../ports/doNotCall.ts'
import type { DoNotCallLookup } from '../decisions/facts.ts'
import { createOwnPrefixes, firstEntry, isImported, isOfPerson, ownHits, ownRefusals } from '../decisions/ownList.ts'
import { hitsOfPerson } from '../decisions/personHits.ts'
import { writePort } from '../writePort.ts'
import type { BulkListFiles } from './bulkListFiles.ts'
import { prepareDoNotCallLookups } from './queries/people/doNotCall.ts'
import { prepareNumbersOf } from './queries/people/personReads.ts'
import type { Writing } from './writing/writing.ts'

/** What the store has for lists. */
export interface DoNotCallParts {
  readonly database: Database
  readonly lists: BulkListFiles
}

/** The do-not-call side of the SQLite store, and the look-up from memory and one row that the gate asks without waiting. */
export function doNotCallPort(
  { database, lists }: DoNotCallParts,
  writes: Writing,
): { readonly doNotCall: DoNotCallLookup; readonly port: DoNotCallStore } {
  const lookups = prepareDoNotCallLookups(database)
  const numbersOf = prepareNumbersOf(database)
  const prefixes = createOwnPrefixes(lookups.prefixes())
  const underWay = createUnderWay()
  const { addDoNotCall, removeDoNotCall, addDoNotCallPrefix, removeDoNotCallPrefix } = writePort(writes.write)

  function hitsOf(integer: number): readonly DoNotCallHit[] {
    const own = ownHits(underWay.with(integer, lookups.entriesOf(integer)), prefixes.match(integer))
    const imported = lists.hitsOf(integer)
    return own.length === 0 ? imported : [...own, ...imported]
  }

  function refusalsOf(integer: number): readonly DoNotCallHit[] {
    const own = ownRefusals(underWay.with(integer, lookups.entriesOf(integer)))
    const imported = lists.refusalsOf(integer)
    return own.length === 0 ? imported : [...own, ...imported]
  }

  function allHits(integer: number): readonly DoNotCallHit[] {
    return hitsOfPerson({ hitsOf, refusalsOf }, integer, numbersOf(integer).slice(1))
  }

  const port: DoNotCallStore = {
    doNotCallHits: async number => allHits(numberToInteger(number)),
    doNotCallLists: async () => lists.states(),
    addDoNotCall: entry => underWay.during(entry, addDoNotCall(entry)),
    removeDoNotCall,
    async doNotCallEntry(number) {
      const listing = writes.settledFor(number)
      if (listing !== undefined) await listing
      const integer = numberToInteger(number)
      const own = { entries: lookups.entriesOf(integer), wildcard: prefixes.match(integer) }
      const others = () => numbersOf(integer).slice(1).flatMap(lookups.entriesOf)
      const through = () => others().filter(({ list }) => isOfPerson(list))
      return firstEntry(number, { ...own, through, imported: () => allHits(integer).filter(isImported) })
    },
    async addDoNotCallPrefix(entry) {
      await addDoNotCallPrefix(entry)
      prefixes.add(entry)
    },
    async removeDoNotCallPrefix(prefix, by) {
      await removeDoNotCallPrefix(prefix, by)
      return prefixes.remove(prefix)
    },
    doNotCallPrefixes: async () => prefixes.all(),
    dropDoNotCallList: list => lists.drop(list, () => writes.write({ kind: 'drop-bulk-list', list })),
  }
  return { doNotCall: { hitsOf, refusalsOf, lists: lists.states }, port }
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
