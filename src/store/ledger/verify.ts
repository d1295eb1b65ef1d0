import type { LedgerEntry, LedgerHead } from '../../ports/ledger.ts'
import { chainHash, noHash } from './chain.ts'

/** The first entry that is not as it was written, and what is wrong with it. */
export interface LedgerProblem {
  readonly seq: number
  readonly says: string
}

/** Follows a chain entry by entry. */
export interface ChainCheck {
  /** The next entry; what is wrong with it, where something is. After a problem it is of no more use. */
  take(entry: LedgerEntry): LedgerProblem | undefined
  /** At the end: a head that was never reached, an anchor that nobody vouches for. */
  finish(): LedgerProblem | undefined
  last(): LedgerEntry | undefined
  /** Where it began: an anchor, or the genesis. */
  first(): LedgerEntry | undefined
  /** How many were taken, anchors not counted. */
  readonly entries: () => number
}

interface Options {
  /** Heads kept elsewhere: the chain must reach them and have their hashes. */
  readonly heads?: readonly Pick<LedgerHead, 'seq' | 'hash'>[]
  /** A piece of a chain may begin at an anchor that no rotation in it speaks of. */
  readonly partial?: boolean
}

interface Wanted {
  readonly hash: string
  readonly why: string
}

/** Begins to follow a chain: a ledger from its genesis or an anchor, or segments in their order and then the database. */
export function createChainCheck({ heads = [], partial = false }: Options = {}): ChainCheck {
  const wanted = new Map<number, Wanted>()
  for (const { seq, hash } of heads) wanted.set(seq, { hash, why: `the head ${hash} was published` })
  let first: LedgerEntry | undefined
  let last: LedgerEntry | undefined
  let count = 0
  let vouched = false
  let begun = 0

  function check(entry: LedgerEntry): string | undefined {
    if (last === undefined) return checkFirst(entry)
    if (entry.kind === 'anchor') {
      // A rotation that a crash stopped leaves entries in both places: both must come to the same end.
      if (entry.seq < last.seq) wanted.set(last.seq, { hash: last.hash, why: `a segment ends with it as ${last.hash}` })
      return checkJoint(last, entry)
    }
    return checkNext(last, entry)
  }

  function vouch({ kind, entry }: LedgerEntry): void {
    if (kind !== 'rotation' || first?.kind !== 'anchor') return
    const { fromSeq, toSeq, hash } = membersOf(entry)
    const within = Number(fromSeq) <= begun && begun <= Number(toSeq)
    if (within && (begun < Number(toSeq) || hash === first.hash)) vouched = true
  }

  return {
    take(entry) {
      const says = check(entry)
      if (says !== undefined) return { seq: entry.seq, says }
      const head = wanted.get(entry.seq)
      if (head !== undefined && head.hash !== entry.hash)
        return { seq: entry.seq, says: `it has another hash, but ${head.why}: it or an earlier entry was rewritten` }
      wanted.delete(entry.seq)
      first ??= entry
      if (begun === 0) begun = entry.seq
      last = entry
      if (entry.kind !== 'anchor') count += 1
      vouch(entry)
      return undefined
    },
    finish() {
      if (last === undefined) return { seq: 1, says: 'there is no entry at all' }
      for (const [seq, { why }] of [...wanted].sort(([one], [other]) => one - other)) {
        if (seq > last.seq) return { seq: last.seq + 1, says: `cut off before entry ${seq}: ${why}` }
        if (!partial && seq < begun) return { seq, says: `it stands in a segment: name the segment files as well` }
      }
      if (first?.kind === 'anchor' && !partial && !vouched)
        return { seq: begun, says: 'entries up to it were removed, and no rotation says so' }
      return undefined
    },
    first: () => first,
    last: () => last,
    entries: () => count,
  }
}

function membersOf(entry: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(entry)
  } catch {
    return {}
  }
}

function checkFirst(entry: LedgerEntry): string | undefined {
  if (entry.kind === 'anchor') return undefined
  if (entry.seq !== 1) return gap(0, entry.seq)
  if (entry.kind !== 'genesis') return 'the first entry is no genesis'
  return checkHash(noHash, entry)
}

/** Where one piece ends and the next begins: the anchor repeats the last entry's place and hash. */
function checkJoint(last: LedgerEntry, anchor: LedgerEntry): string | undefined {
  if (anchor.seq > last.seq) return gap(last.seq, anchor.seq + 1)
  if (anchor.seq < last.seq) return undefined
  return anchor.hash === last.hash ? undefined : 'its hash is not that of the piece before: entries were changed'
}

function checkNext(last: LedgerEntry, entry: LedgerEntry): string | undefined {
  if (entry.seq <= last.seq) return `it comes after entry ${last.seq}: entries were inserted, repeated or reordered`
  if (entry.seq > last.seq + 1) return gap(last.seq, entry.seq)
  return checkHash(last.hash, entry)
}

function gap(before: number, after: number): string {
  const [from, to] = [before + 1, after - 1]
  return from === to ? `entry ${from} is missing` : `entries ${from} to ${to} are missing`
}

function checkHash(previous: string, entry: LedgerEntry): string | undefined {
  if (chainHash(previous, entry) === entry.hash) return undefined
  return 'it does not follow from the entry before: it was changed, or entries were removed, inserted or reordered'
}
