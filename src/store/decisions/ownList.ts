import type { DoNotCallHit } from '../../core/compliance/doNotCall.ts'
import type { PhoneNumber } from '../../core/ids.ts'
import { createPrefixSet, type PrefixSet } from '../../numberSet/prefixes.ts'
import { integerToNumber } from '../../numbers/e164.ts'
import { companyList, ownVersion, retiredList } from '../../ports/bulkLists.ts'
import type { DoNotCallEntry, DoNotCallPrefix } from '../../ports/doNotCall.ts'

/** What an entry of the company's own lists says of its number. */
export function ownHit({ list, at }: Pick<DoNotCallEntry, 'list' | 'at'>): DoNotCallHit {
  return { list, kind: list === retiredList ? 'retired' : 'company', version: ownVersion, importedAt: at, asOf: at }
}

/** The wildcards of the company's own list, in memory. */
export interface OwnPrefixes {
  add(entry: DoNotCallPrefix): void
  remove(prefix: string): boolean
  /** The longest with which the number begins. */
  match(integer: number): DoNotCallPrefix | undefined
  all(): readonly DoNotCallPrefix[]
}

/** Makes them of what is on disk. */
export function createOwnPrefixes(stored: readonly DoNotCallPrefix[]): OwnPrefixes {
  const entries = new Map(stored.map(entry => [entry.prefix, entry]))
  let set: PrefixSet | undefined
  const prefixSet = () => {
    set ??= createPrefixSet([...entries.keys()].map(prefix => prefix.slice(1)))
    return set
  }
  return {
    add(entry) {
      if (!entries.has(entry.prefix)) entries.set(entry.prefix, entry)
      set = undefined
    },
    remove(prefix) {
      set = undefined
      return entries.delete(prefix)
    },
    match(integer) {
      const found = prefixSet().match(integer)
      return found === undefined ? undefined : entries.get(integerToNumber(found))
    },
    all: () => [...entries.values()].sort((one, other) => (one.prefix < other.prefix ? -1 : 1)),
  }
}

/** All hits of the company's own lists, where an entry wins over a wildcard. */
export function ownHits(
  entries: readonly Pick<DoNotCallEntry, 'list' | 'at'>[],
  wildcard: DoNotCallPrefix | undefined,
): readonly DoNotCallHit[] {
  const hits = entries.map(ownHit)
  if (wildcard === undefined || entries.some(({ list }) => list === companyList)) return hits
  return [ownHit({ list: companyList, at: wildcard.at }), ...hits]
}

/** What a number's entry follows from. */
export interface ListedBy {
  /** The company's own, then the retired one. */
  readonly entries: readonly DoNotCallEntry[]
  readonly wildcard: DoNotCallPrefix | undefined
  /** Of imported lists by their name; asked last. */
  imported(): readonly DoNotCallHit[]
}

/** The entry that is told of a number: the company's own, else a wildcard of the company's, the retired one, an imported list's. */
export function firstEntry(
  number: PhoneNumber,
  { entries: [entry], wildcard, imported }: ListedBy,
): DoNotCallEntry | undefined {
  if (wildcard !== undefined && entry?.list !== companyList) return prefixEntry(number, wildcard)
  const [hit] = entry === undefined ? imported() : []
  return entry ?? (hit && { number, list: hit.list, source: 'import', at: hit.importedAt })
}

function prefixEntry(number: PhoneNumber, { source, at, note, prefix }: DoNotCallPrefix): DoNotCallEntry {
  const why = note === undefined ? `begins with ${prefix}` : `begins with ${prefix}: ${note}`
  return { number, list: companyList, source, at, note: why }
}
