import { given } from '../../core/given.ts'
import type { PhoneNumber } from '../../core/ids.ts'
import { errorCode, StoreError } from '../../errors.ts'
import type { Store } from '../../ports/store.ts'
import { isReplayable, type JournalEntry, steppedOver } from './entries.ts'
import { type JournalLine, type JournalPlace, sealOf } from './line.ts'
import { type JournalRead, readJournal } from './readJournal.ts'

/** What of a journal is to be done again on a backup, and what may be missing all the same. */
export interface Replay {
  readonly entries: readonly JournalEntry[]
  /** Opens the seals of those who were erased; absent: there is no journal. */
  readonly key?: string
  /** The last of what was read; absent: there is no journal. */
  readonly last?: JournalPlace
  /** One line each. */
  readonly gaps: readonly string[]
}

/** Of which backup. */
export interface ReplayedBackup {
  readonly databaseId: string
  readonly createdAt: number
  /** Where the journal stood. */
  readonly journal?: JournalPlace
}

/**
 * Reads a journal for a backup: what came after it. Where what lies between them is not whole, all of the journal that says no is
 * taken, and nothing of it that takes a no back.
 * @throws StoreError `journal-of-another`
 */
export function planReplay(journal: string | undefined, backup: ReplayedBackup): Replay {
  const since = new Date(backup.createdAt).toISOString()
  const lost = `who refused after the backup of ${since} is not known`
  if (journal === undefined) return { entries: [], gaps: [`no journal is configured (journal.path): ${lost}`] }
  const lines: JournalLine[] = []
  const { read, damage } = tryRead(journal, lines)
  const { begin } = read
  if (begin === undefined) return { entries: [], gaps: [damage ?? `there is no journal ${journal}: ${lost}`] }
  if (begin.databaseId !== backup.databaseId) {
    const text = `the journal ${journal} is another database's than this backup: name the right one with --journal`
    throw new StoreError('journal-of-another', text)
  }
  const { journal: place } = backup
  const isJoined = place !== undefined && isIn(place, { begin, lines })
  const torn = isJoined ? undefined : whyTorn({ journal, begin, place, since })
  const after = lines.filter(line => !isJoined || isBehind(line, place)).map(({ entry }) => entry)
  const entries = after.filter(isReplayable)
  const over = after.length - entries.length
  return {
    entries: isJoined ? entries : entries.filter(isNo),
    key: begin.key,
    ...given({ last: lastPlace(begin, lines) }),
    gaps: [damage, torn, over > 0 ? steppedOver(journal, over) : undefined].filter(gap => gap !== undefined),
  }
}

type Begin = Extract<JournalEntry, { kind: 'begin' }>

interface JournalLines {
  readonly begin: Begin
  readonly lines: readonly JournalLine[]
}

/** Whether all that stood behind a place is there. */
function isIn(place: JournalPlace, { begin, lines }: JournalLines): boolean {
  const places = [begin.trimmed, ...lines.filter(({ kept }) => kept === undefined)]
  return places.some(one => one?.seq === place.seq && one.hash === place.hash)
}

function isBehind({ seq, kept }: JournalLine, place: JournalPlace): boolean {
  return kept === undefined && seq > place.seq
}

function whyTorn(of: {
  readonly journal: string
  readonly begin: Begin
  readonly place: JournalPlace | undefined
  readonly since: string
}): string {
  const { journal, begin, place, since } = of
  if (place === undefined)
    return `the backup was taken without a journal: who refused before ${new Date(begin.at).toISOString()} may be missing`
  const { trimmed } = begin
  if (trimmed !== undefined && place.seq < trimmed.seq)
    return `the journal ${journal} was trimmed on ${new Date(trimmed.at).toISOString()} behind a later backup: who refused between the backup of ${since} and that one is not known`
  return `the journal ${journal} is not the one that was kept when the backup was taken: who refused after the backup of ${since} is not known`
}

/** Where what could be read of it ends. */
function lastPlace({ trimmed }: Begin, lines: readonly JournalLine[]): JournalPlace | undefined {
  const { seq, hash } = lines.findLast(({ kept }) => kept === undefined) ?? {}
  if (trimmed !== undefined && (seq === undefined || seq < trimmed.seq)) return { seq: trimmed.seq, hash: trimmed.hash }
  return seq === undefined || hash === undefined ? undefined : { seq, hash }
}

function tryRead(
  journal: string,
  lines: JournalLine[],
): { readonly read: Pick<JournalRead, 'begin'>; readonly damage?: string } {
  const take = (line: JournalLine) => void lines.push(line)
  try {
    return { read: readJournal(journal, take) }
  } catch (error) {
    if (errorCode(error) !== 'journal-damaged') throw error
    const entry = lines[0]?.entry
    const damage = `the journal ${journal} is damaged behind line ${lines.length}: what stood there is not known`
    return { read: entry?.kind === 'begin' ? { begin: entry } : {}, damage }
  }
}

function isNo(entry: JournalEntry): boolean {
  if (entry.kind === 'hours') return entry.days !== null
  return entry.kind !== 'refusal-removed' && entry.kind !== 'prefix-removed'
}

/** What a replay does to a store. */
type ReplayStore = Pick<
  Store,
  | 'addDoNotCall'
  | 'removeDoNotCall'
  | 'addDoNotCallPrefix'
  | 'removeDoNotCallPrefix'
  | 'withdrawPermission'
  | 'setPersonHours'
  | 'erasePerson'
  | 'eraseSubject'
  | 'doNotCallLists'
  | 'openAttempts'
  | 'endAttempt'
  | 'numbersOfPerson'
>

/** How a replay came out. */
export interface Replayed {
  readonly replayed: number
  readonly gaps: readonly string[]
}

/** Does again what a journal has kept. `knownNumbers`: everybody of whom the store has something, for those who were erased. */
export async function replay(
  store: ReplayStore,
  { entries, key, gaps }: Replay,
  knownNumbers: () => Iterable<PhoneNumber>,
): Promise<Replayed> {
  const sealed = sealBook(entries, key, knownNumbers)
  const standing = lastRefusals(entries)
  let replayed = 0
  for (const entry of entries) if (await doAgain(store, entry, { sealed, standing })) replayed += 1
  return { replayed, gaps: [...gaps, ...(await missingLists(store, entries))] }
}

interface Known {
  readonly sealed: (seal: string) => PhoneNumber | undefined
  /** When a number was last put on a list. */
  readonly standing: ReadonlyMap<string, number>
}

/** In the journal's own words, so that nobody takes it for what was said. */
export const fromJournal = 'from the journal'

async function doAgain(store: ReplayStore, entry: JournalEntry, { sealed, standing }: Known): Promise<boolean> {
  switch (entry.kind) {
    case 'refusal': {
      const { number, list, source, at } = entry
      await store.addDoNotCall({ number, list, source, at })
      return true
    }
    case 'refusal-removed': {
      const { number, list, by, at } = entry
      // Who refused again in that moment has refused.
      if ((standing.get(nameOf(entry)) ?? Number.NEGATIVE_INFINITY) >= at) return false
      return (await store.removeDoNotCall(number, by, list)) !== undefined
    }
    case 'prefix': {
      const { prefix, source, at } = entry
      await store.addDoNotCallPrefix({ prefix, source, at })
      return true
    }
    case 'prefix-removed':
      if ((standing.get(nameOf(entry)) ?? Number.NEGATIVE_INFINITY) >= entry.at) return false
      return store.removeDoNotCallPrefix(entry.prefix, entry.by)
    case 'withdrawal': {
      const { number, topic, at } = entry
      await store.withdrawPermission({ number, at, how: fromJournal, ...(topic !== undefined && { topic }) })
      return true
    }
    case 'hours': {
      const { number, days, at } = entry
      await store.setPersonHours(days === null ? { number, days } : { number, days, how: fromJournal, recordedAt: at })
      return true
    }
    case 'erasure':
      return eraseAgain(store, sealed(entry.seal), entry)
    case 'subject-erasure': {
      const number = sealed(entry.seal)
      return number !== undefined && store.eraseSubject(number, entry.at)
    }
    case 'begin':
    case 'list-import':
      return false
  }
}

async function eraseAgain(
  store: ReplayStore,
  number: PhoneNumber | undefined,
  { at, by }: { readonly at: number; readonly by: string },
): Promise<boolean> {
  if (number === undefined) return false
  const numbers = new Set(await store.numbersOfPerson(number))
  // A call that was under way when the backup was taken has long ended.
  for (const attempt of await store.openAttempts()) {
    if (attempt.number === undefined || !numbers.has(attempt.number)) continue
    const { callId, campaignId, origin, leadId, originatedAt } = attempt
    const about = { callId, campaignId, origin, number: attempt.number, ...(leadId !== undefined && { leadId }) }
    await store.endAttempt({
      ...about,
      disposition: 'failed',
      detail: 'recovered',
      endedAt: originatedAt,
      countsAsAttempt: true,
    })
  }
  await store.erasePerson({ number, at, by })
  return true
}

/** Whose seal it is, of everybody whom the store or the journal knows; looked for only where somebody was erased. */
function sealBook(
  entries: readonly JournalEntry[],
  key: string | undefined,
  knownNumbers: () => Iterable<PhoneNumber>,
): Known['sealed'] {
  const seals = new Set(entries.flatMap(entry => ('seal' in entry ? [entry.seal] : [])))
  const book = new Map<string, PhoneNumber>()
  if (key === undefined || seals.size === 0) return seal => book.get(seal)
  const add = (number: PhoneNumber) => {
    const seal = sealOf(key, number)
    if (seals.has(seal)) book.set(seal, number)
  }
  for (const number of knownNumbers()) add(number)
  for (const entry of entries) if ('number' in entry) add(entry.number)
  return seal => book.get(seal)
}

/** When each was said last, by its name. */
export function lastRefusals(entries: readonly JournalEntry[]): Known['standing'] {
  const last = new Map<string, number>()
  const add = (name: string, at: number) => void last.set(name, Math.max(at, last.get(name) ?? at))
  for (const entry of entries) {
    if (entry.kind === 'refusal' || entry.kind === 'prefix') add(nameOf(entry), entry.at)
  }
  return last
}

/** Under which name a refusal or a prefix and what takes it back belong together. */
export function nameOf(
  entry: Extract<JournalEntry, { kind: 'refusal' | 'refusal-removed' | 'prefix' | 'prefix-removed' }>,
): string {
  return 'prefix' in entry ? entry.prefix : `${entry.list} ${entry.number}`
}

/** Lists that came in after the backup: a journal has their names, not their numbers. */
async function missingLists(store: ReplayStore, entries: readonly JournalEntry[]): Promise<readonly string[]> {
  const last = new Map<string, Extract<JournalEntry, { kind: 'list-import' }>>()
  for (const entry of entries) if (entry.kind === 'list-import') last.set(entry.list, entry)
  const known = new Map((await store.doNotCallLists()).map(({ name, version }) => [name, version]))
  return [...last.values()]
    .filter(({ list, version }) => known.get(list) !== version)
    .map(
      ({ list, at }) => `the do-not-call list "${list}" of ${new Date(at).toISOString()} is not there: import it again`,
    )
}
