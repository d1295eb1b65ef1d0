import type { DeedsQuery, DeedsView, DeedView } from '../../api/ledger.ts'
import { iso } from '../../api/views.ts'
import { given } from '../../core/given.ts'
import type { LedgerEntry } from '../../ports/ledger.ts'
import type { Store } from '../../ports/store.ts'
import { optionalMs } from '../context.ts'

const pageDefault = 50
/** A longer member is cut; the entry itself has all of it. */
const memberMax = 200
/** These have a place of their own in the view. */
const told: ReadonlySet<string> = new Set(['by', 'via', 'event', 'what'])

/**
 * A page of what people and programs did to the house, newest first. `summaryOf`: what an operation does, by its name.
 * @throws ApiError 422
 */
export async function listDeeds(
  store: Store,
  query: DeedsQuery,
  summaryOf: (operationId: string) => string | undefined,
): Promise<DeedsView> {
  const { kind, who: by, since, until, before, limit = pageDefault } = query
  const window = { from: optionalMs(since, 'since'), until: optionalMs(until, 'until'), beforeSeq: before }
  const found = await store.ledgerDeeds({ limit, ...given({ kind, by, ...window }) })
  const next = found.length === limit ? found.at(-1)?.seq : undefined
  return { deeds: found.map(entry => viewDeed(entry, summaryOf)), ...given({ next }) }
}

function viewDeed(
  { seq, at, kind, entry, hash }: LedgerEntry,
  summaryOf: (operationId: string) => string | undefined,
): DeedView {
  const members: Readonly<Record<string, unknown>> = JSON.parse(entry)
  const { by, via, event, what } = members
  const done = textOf(what) ?? textOf(event)
  return {
    seq,
    at: iso(at),
    kind,
    hash,
    ...given({ by: textOf(by), via: textOf(via), what: done, says: done && summaryOf(done) }),
    members: kind === 'rules' ? { version: shown(members.version) } : shownMembers(members),
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function shownMembers(members: Readonly<Record<string, unknown>>): DeedView['members'] {
  return Object.fromEntries(
    Object.entries(members)
      .filter(([key, value]) => !told.has(key) && value !== null && !isEmpty(value))
      .map(([key, value]) => [key, shown(value)]),
  )
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > memberMax ? `${text.slice(0, memberMax)}…` : text
}
