import { type DoNotCallHit, personKinds } from '../../core/compliance/doNotCall.ts'
import type { PhoneNumber } from '../../core/ids.ts'
import { dayMs } from '../../core/time.ts'
import { createPrefixSet, type PrefixSet } from '../../numberSet/prefixes.ts'
import { integerToNumber, numberToInteger } from '../../numbers/e164.ts'
import { type BulkListVersion, companyList, hitOf, listState, ownLists, sellerOfList } from '../../ports/bulkLists.ts'
import type { DoNotCallEntry } from '../../ports/doNotCall.ts'
import type { Store } from '../../ports/store.ts'
import type { DoNotCallLookup } from '../decisions/facts.ts'
import {
  createOwnPrefixes,
  firstEntry,
  isImported,
  isOfPerson,
  isToldAgain,
  nextOff,
  ownHits,
  ownRefusals,
} from '../decisions/ownList.ts'
import { hitsOfPerson } from '../decisions/personHits.ts'

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
  readonly #own = new Map(ownLists.map(list => [list as string, new Map<PhoneNumber, DoNotCallEntry>()]))
  /** By name. */
  #ownNames: readonly string[] = ownLists
  readonly #lists = new Map<string, MemoryList>()
  readonly prefixes = createOwnPrefixes([])
  readonly lookup: DoNotCallLookup = {
    hitsOf: integer => [
      ...ownHits(this.ownEntries(integerToNumber(integer)), this.prefixes.match(integer)),
      ...this.#bulkHits(integer),
    ],
    refusalsOf: integer => [
      ...ownRefusals(this.ownEntries(integerToNumber(integer))),
      ...this.#ordered()
        .filter(({ version, numbers }) => personKinds.has(version.kind) && numbers.has(integer))
        .map(({ version }) => hitOf(version)),
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

  /** As `add`; false: the same call has told it already. */
  tell(entry: DoNotCallEntry): boolean {
    const known = this.#listOf(entry).get(entry.number)
    return this.add(entry) || !isToldAgain(known, entry)
  }

  /** Gives the list off which it came. */
  remove(number: PhoneNumber, asked?: string): string | undefined {
    const list = nextOff(
      this.ownEntries(number).map(entry => entry.list),
      asked,
    )
    if (list !== undefined) this.#listOf({ list }).delete(number)
    return list
  }

  /** Of the company's own lists, by their names. */
  ownEntries(number: PhoneNumber): readonly DoNotCallEntry[] {
    return this.#ownNames.map(list => this.#own.get(list)?.get(number)).filter(entry => entry !== undefined)
  }

  /** Before the numbers of a person are torn apart: what was said at one of them stands at each. */
  spreadRefusals(numbers: readonly PhoneNumber[]): void {
    const said = numbers.flatMap(number => this.ownEntries(number)).filter(({ list }) => isOfPerson(list))
    for (const number of numbers) for (const { note: _, ...entry } of said) this.add({ ...entry, number })
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
    const known = this.#own.get(list)
    if (known !== undefined) return known
    if (sellerOfList(list) === undefined) return this.#listOf({ list: companyList })
    const made = new Map<PhoneNumber, DoNotCallEntry>()
    this.#own.set(list, made)
    this.#ownNames = [...this.#own.keys()].sort()
    return made
  }

  #ordered(): readonly MemoryList[] {
    return [...this.#lists.values()].sort((one, other) => (one.version.list < other.version.list ? -1 : 1))
  }

  #bulkHits(integer: number): readonly DoNotCallHit[] {
    return this.#ordered()
      .filter(({ numbers, prefixes }) => numbers.has(integer) || prefixes.match(integer) !== undefined)
      .map(({ version }) => hitOf(version))
  }

  reads(numbersOf: (number: PhoneNumber) => readonly PhoneNumber[]): Reads {
    return {
      doNotCallHits: async number => {
        const [integer = 0, ...others] = numbersOf(number).map(numberToInteger)
        return hitsOfPerson(this.lookup, integer, others)
      },
      doNotCallLists: async () => this.lookup.lists(),
      doNotCallPrefixes: async () => this.prefixes.all(),
      doNotCallEntry: async number => {
        const integer = numberToInteger(number)
        const own = { entries: this.ownEntries(number), wildcard: this.prefixes.match(integer) }
        const others = numbersOf(number).slice(1)
        const through = () => others.flatMap(one => this.ownEntries(one)).filter(({ list }) => isOfPerson(list))
        const imported = () => hitsOfPerson(this.lookup, integer, others.map(numberToInteger)).filter(isImported)
        return firstEntry(number, { ...own, through, imported })
      },
    }
  }
}
