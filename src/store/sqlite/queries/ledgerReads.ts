import type { Database } from 'better-sqlite3'
import type { InstantMs, PhoneNumber } from '../../../core/ids.ts'
import { numberToInteger } from '../../../numbers/e164.ts'
import {
  type DeedsQuery,
  deedKinds,
  type LedgerEntry,
  type LedgerHead,
  type LedgerKind,
  type LedgerSubject,
} from '../../../ports/ledger.ts'
import { ledgerEntriesMax } from '../../ledger/problems.ts'

/** A number's row of secrets. */
export interface SubjectRow {
  readonly subjectId: Buffer
  readonly key: Buffer
  readonly seal: Buffer
}

interface LedgerRow {
  readonly seq: number
  readonly at: number
  readonly kind: LedgerKind
  readonly entry: string
  readonly hash: Buffer
}

/** Kinds that the ledger finds without reading everything. */
export type RareKind = Exclude<LedgerKind, 'originate' | 'outcome' | 'wrap-up'>

/** Look-ups in the ledger. */
export interface LedgerLookups {
  head(): LedgerHead | undefined
  /** Entries behind `afterSeq`, at most `limit`. */
  entries(afterSeq: number, limit: number): readonly LedgerEntry[]
  /** From the first entry behind `afterSeq` to the last, one by one. */
  all(afterSeq: number): Iterable<LedgerEntry>
  subject(number: PhoneNumber): LedgerSubject | undefined
  /** The first entry, an anchor or the genesis. */
  first(): LedgerEntry | undefined
  /** The newest entry before the first one that happened at or after the instant. */
  headBefore(at: InstantMs): LedgerHead | undefined
  /** Entries that happened in [from, until). */
  between(from: InstantMs, until: InstantMs): Iterable<LedgerEntry>
  ofKind(kind: RareKind): readonly LedgerEntry[]
  /** What people did, newest first. */
  deeds(query: DeedsQuery): readonly LedgerEntry[]
}

const columns = 'SELECT seq, at, kind, entry, hash FROM ledger'
/** As the index says it, so that it is used. */
const rare = `kind <> 'originate' AND kind <> 'outcome' AND kind <> 'wrap-up'`

interface DeedsAsked {
  readonly kind: string | null
  readonly by: string | null
  readonly from: number
  readonly until: number
  readonly before: number
  readonly limit: number
}

const kindsOfDeeds = deedKinds.map(kind => `'${kind}'`).join(', ')
/** Behind every entry and every instant. */
const never = Number.MAX_SAFE_INTEGER

/** Prepares the look-ups on a connection. */
export function prepareLedgerLookups(database: Database): LedgerLookups {
  const head = database.prepare<[], LedgerRow>(`${columns} ORDER BY seq DESC LIMIT 1`)
  const first = database.prepare<[], LedgerRow>(`${columns} ORDER BY seq LIMIT 1`)
  const page = database.prepare<[number, number], LedgerRow>(`${columns} WHERE seq > ? ORDER BY seq LIMIT ?`)
  const all = database.prepare<[number], LedgerRow>(`${columns} WHERE seq > ? ORDER BY seq`)
  const between = database.prepare<[number, number], LedgerRow>(`${columns} WHERE at >= ? AND at < ? ORDER BY at, seq`)
  const ofKind = database.prepare<[string], LedgerRow>(`${columns} WHERE kind = ? AND ${rare} ORDER BY seq`)
  const deeds = database.prepare<[DeedsAsked], LedgerRow>(
    `SELECT seq, at, kind, entry, hash FROM ledger INDEXED BY ledgerOfKind
     WHERE ${rare} AND kind IN (${kindsOfDeeds}) AND (@kind IS NULL OR kind = @kind)
       AND seq < @before AND at >= @from AND at < @until AND (@by IS NULL OR json_extract(entry, '$.by') = @by)
     ORDER BY seq DESC LIMIT @limit`,
  )
  const before = database.prepare<[number], LedgerRow>(
    `${columns} WHERE seq < coalesce((SELECT min(seq) FROM ledger WHERE at >= ?), 9007199254740991) ORDER BY seq DESC LIMIT 1`,
  )
  const subject = database.prepare<[number], SubjectRow>('SELECT subjectId, key, seal FROM subject WHERE number = ?')
  const headOf = (row: LedgerRow | undefined) => row && { seq: row.seq, hash: row.hash.toString('hex'), at: row.at }
  return {
    head: () => headOf(head.get()),
    first() {
      const row = first.get()
      return row && entryOf(row)
    },
    entries: (afterSeq, limit) => page.all(afterSeq, limit).map(entryOf),
    *all(afterSeq) {
      for (const row of all.iterate(afterSeq)) yield entryOf(row)
    },
    *between(from, until) {
      for (const row of between.iterate(from, until)) yield entryOf(row)
    },
    ofKind: kind => ofKind.all(kind).map(entryOf),
    deeds({ kind = null, by = null, from = 0, until = never, beforeSeq = never, limit }) {
      const asked = { kind, by, from, until, before: beforeSeq, limit: Math.min(limit, ledgerEntriesMax) }
      return deeds.all(asked).map(entryOf)
    },
    headBefore: at => headOf(before.get(at)),
    subject(number) {
      const row = subject.get(numberToInteger(number))
      return row && subjectOfRow(row)
    },
  }
}

/** A subject as stored. */
export function subjectOfRow({ subjectId, key, seal }: SubjectRow): LedgerSubject {
  return { subject: subjectId.toString('hex'), key: key.toString('hex'), seal: seal.toString('hex') }
}

function entryOf({ seq, at, kind, entry, hash }: LedgerRow): LedgerEntry {
  return { seq, at, kind, entry, hash: hash.toString('hex') }
}
