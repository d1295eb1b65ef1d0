import { type DoNotCallHit, type DoNotCallKind, personKinds } from '../../core/compliance/doNotCall.ts'
import { given } from '../../core/given.ts'
import type { PhoneNumber } from '../../core/ids.ts'
import { createPrefixSet, type PrefixSet } from '../../numberSet/prefixes.ts'
import { integerToNumber } from '../../numbers/e164.ts'
import { companyList, isOwnList, ownLists, ownVersion, sellerOfList } from '../../ports/bulkLists.ts'
import type { DoNotCallEntry, DoNotCallPrefix } from '../../ports/doNotCall.ts'

/** What an entry of the company's own lists says of its number. */
export function ownHit({ list, at }: Pick<DoNotCallEntry, 'list' | 'at'>): DoNotCallHit {
  return {
    list,
    kind: ownKind(list),
    version: ownVersion,
    importedAt: at,
    asOf: at,
    ...given({ seller: sellerOfList(list) }),
  }
}

function ownKind(list: string): DoNotCallKind {
  return sellerOfList(list) === undefined ? (ownLists.find(one => one === list) ?? companyList) : 'seller'
}

/** In this order a number leaves own lists: what is about the number before what its person has said, what binds most last. */
const leaving: readonly DoNotCallKind[] = ['wrong-person', 'retired', 'deceased', 'seller', 'company']

/** Off which of the own lists that hold it a number comes: the one that is asked for, else the next by meaning, then by name. */
export function nextOff(lists: readonly string[], asked?: string): string | undefined {
  if (asked !== undefined) return lists.find(list => list === asked)
  const rank = (list: string) => leaving.indexOf(ownKind(list))
  return lists.toSorted((one, other) => rank(one) - rank(other) || (one < other ? -1 : 1))[0]
}

/** What entries of a number say that bind its person. */
export function ownRefusals(entries: readonly Pick<DoNotCallEntry, 'list' | 'at'>[]): readonly DoNotCallHit[] {
  return entries.map(ownHit).filter(({ kind }) => personKinds.has(kind))
}

/** Whether what stands on an own list binds the person. */
export function isOfPerson(list: string): boolean {
  return personKinds.has(ownKind(list))
}

/** Whether a hit is of an imported list. */
export function isImported({ list }: Pick<DoNotCallHit, 'list'>): boolean {
  return !isOwnList(list)
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
  /** Of the company's own lists, by their names. */
  readonly entries: readonly DoNotCallEntry[]
  readonly wildcard: DoNotCallPrefix | undefined
  /** What the person has said at other numbers, by them. */
  through(): readonly DoNotCallEntry[]
  /** Of imported lists by their name; asked last. */
  imported(): readonly DoNotCallHit[]
}

/** The entry that is told of a number: see `DoNotCallStore.doNotCallEntry`. */
export function firstEntry(
  number: PhoneNumber,
  { entries: [entry], wildcard, through, imported }: ListedBy,
): DoNotCallEntry | undefined {
  if (wildcard !== undefined && entry?.list !== companyList) return prefixEntry(number, wildcard)
  if (entry !== undefined) return entry
  const [said] = through()
  if (said !== undefined) return { ...said, number, through: said.number }
  const [hit] = imported()
  return hit && { number, list: hit.list, source: 'import', at: hit.importedAt, ...given({ through: hit.through }) }
}

function prefixEntry(number: PhoneNumber, { source, at, note, prefix }: DoNotCallPrefix): DoNotCallEntry {
  const why = note === undefined ? `begins with ${prefix}` : `begins with ${prefix}: ${note}`
  return { number, list: companyList, source, at, note: why }
}

/** A PBX tells a refusal of a call again at each of our starts: told twice it was said once. */
export function isToldAgain(
  known: { readonly source: string; readonly note?: string | null } | undefined,
  { source, note }: Pick<DoNotCallEntry, 'source' | 'note'>,
): boolean {
  const isOfCall = note?.startsWith('call ') === true
  return isOfCall && known?.note === note && known?.source === source
}
