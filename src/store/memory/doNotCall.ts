import type { DoNotCallHit } from '../../core/compliance/doNotCall.ts'
import type { PhoneNumber } from '../../core/ids.ts'
import { dayMs } from '../../core/time.ts'
import { createPrefixSet, type PrefixSet } from '../../numberSet/prefixes.ts'
import { integerToNumber, numberToInteger } from '../../numbers/e164.ts'
import { type BulkListVersion, companyList, hitOf, listState, retiredList } from '../../ports/bulkLists.ts'
import type { DoNotCallEntry } from '../../ports/doNotCall.ts'
import type { Store } from '../../ports/store.ts'
import type { DoNotCallLookup } from '../decisions/facts.ts'
import { createOwnPrefixes, firstEntry, ownHits } from '../decisions/ownList.ts'

/** What a bulk list holds. */
export interface ListContent {
  readonly numbers: Iterable<PhoneNumber>
  /** Digits with which numbers begin. */
  readonly prefixes: readonly string[]
}

interface MemoryList {
  readonly version: BulkListVersion
  readonly numbers: ReadonlySet<number>
  readonly prefixes: PrefixSet
}

type Reads = Pick<Store, 'doNotCallHits' | 'doNotCallLists' | 'doNotCallEntry' | 'doNotCallPrefixes'>

/** Whom not to call, in memory. */
export class MemoryDoNotCall {
  readonly #own = {
    [companyList]: new Map<PhoneNumber, DoNotCallEntry>(),
    [retiredList]: new Map<PhoneNumber, DoNotCallEntry>(),
  }
  readonly #lists = new Map<string, MemoryList>()
  readonly prefixes = createOwnPrefixes([])
  readonly lookup: DoNotCallLookup = {
    hitsOf: integer => [
      ...ownHits(this.ownEntries(integerToNumber(integer)), this.prefixes.match(integer)),
      ...this.#bulkHits(integer),
    ],
    lists: () => this.#ordered().map(({ version }) => listState(version)),
  }

  /** False where the number is on that list already: the first entry is the evidence. */
  add(entry: DoNotCallEntry): boolean {
    const list = this.#listOf(entry)
    if (list.has(entry.number)) return false
    list.set(entry.number, entry)
    return true
  }

  remove(number: PhoneNumber): boolean {
    return this.#own.retired.delete(number) || this.#own.company.delete(number)
  }

  /** The company's own entry, then the retired one. */
  ownEntries(number: PhoneNumber): readonly DoNotCallEntry[] {
    return [this.#own.company.get(number), this.#own.retired.get(number)].filter(entry => entry !== undefined)
  }

  /** Removes the words of the own entries, and all but the day of their time; gives how many there are. */
  forgetNotes(number: PhoneNumber): number {
    const entries = this.ownEntries(number)
    for (const { note: _, ...bare } of entries)
      this.#listOf(bare).set(number, { ...bare, at: bare.at - (bare.at % dayMs) })
    return entries.length
  }

  /** Puts a bulk list in the place of the one of its name. */
  replace(version: BulkListVersion, { numbers, prefixes }: ListContent): void {
    const integers = new Set([...numbers].map(numberToInteger))
    this.#lists.set(version.list, { version, numbers: integers, prefixes: createPrefixSet(prefixes) })
  }

  has(list: string): boolean {
    return this.#lists.has(list)
  }

  drop(list: string): void {
    this.#lists.delete(list)
  }

  #listOf({ list }: Pick<DoNotCallEntry, 'list'>): Map<PhoneNumber, DoNotCallEntry> {
    return list === retiredList ? this.#own.retired : this.#own.company
  }

  #ordered(): readonly MemoryList[] {
    return [...this.#lists.values()].sort((one, other) => (one.version.list < other.version.list ? -1 : 1))
  }

  #bulkHits(integer: number): readonly DoNotCallHit[] {
    return this.#ordered()
      .filter(({ numbers, prefixes }) => numbers.has(integer) || prefixes.match(integer) !== undefined)
      .map(({ version }) => hitOf(version))
  }

  reads(): Reads {
    return {
      doNotCallHits: async number => this.lookup.hitsOf(numberToInteger(number)),
      doNotCallLists: async () => this.lookup.lists(),
      doNotCallPrefixes: async () => this.prefixes.all(),
      doNotCallEntry: async number => {
        const integer = numberToInteger(number)
        const own = { entries: this.ownEntries(number), wildcard: this.prefixes.match(integer) }
        return firstEntry(number, { ...own, imported: () => this.#bulkHits(integer) })
      },
    }
  }
}
