import { createHash } from 'node:crypto'
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import Database from 'better-sqlite3'
import type { InstantMs } from '../../../core/ids.ts'
import { StoreError } from '../../../errors.ts'
import type { LedgerEntry } from '../../../ports/ledger.ts'
import { serveAnswers } from '../../../threads/threads.ts'
import type { Rotation } from '../../ledger/rotation.ts'
import { entryOfLine, lineOf, segmentFolder, segmentName } from '../../ledger/segments.ts'
import { createChainCheck } from '../../ledger/verify.ts'
import { storeErrorOf } from '../problems.ts'
import { type LedgerLookups, prepareLedgerLookups } from '../queries/ledgerReads.ts'

/** What a segment's thread is started with. */
export interface SegmentData {
  readonly file: string
}

/** Entries from before the instant, up to this one, go to a segment. */
export interface SegmentOrder {
  readonly before: InstantMs
  readonly upToSeq: number
  readonly at: InstantMs
}

/** A segment's text is held in memory to be read back; this many entries are some 100 MB. */
const segmentEntriesMax = 50_000
/** Entries are packed in members of this many. */
const memberEntries = 5_000

serveAnswers<SegmentData, SegmentOrder, Rotation | undefined>(({ file }) => {
  const database = new Database(file, { readonly: true, fileMustExist: true })
  const lookups = prepareLedgerLookups(database)
  return {
    answer(order) {
      try {
        return writeSegment(lookups, { ...order, folder: segmentFolder(file) })
      } catch (error) {
        throw storeErrorOf(error, file)
      }
    },
    close: () => void database.close(),
  }
})

/** A written segment, ready for its name. */
interface Written {
  readonly first: LedgerEntry
  readonly last: LedgerEntry
  readonly sha256: string
}

/** The segment appears under its name when it is whole, on disk, and has been read back entry by entry. */
function writeSegment(
  lookups: LedgerLookups,
  { before, upToSeq, at, folder }: SegmentOrder & { readonly folder: string },
): Rotation | undefined {
  const toSeq = lastOf(lookups, { before, upToSeq })
  if (toSeq === undefined) return undefined
  mkdirSync(folder, { recursive: true })
  for (const name of readdirSync(folder)) if (name.endsWith('.part')) rmSync(join(folder, name))
  const part = join(folder, `${process.pid}.part`)
  const { first, last, sha256 } = writePart(lookups, part, toSeq)
  checkPart(part, last)
  const name = segmentName(first.seq, last.seq)
  renameSync(part, join(folder, name))
  flush(folder)
  const { seq: fromSeq, at: firstAt } = first
  return { file: name, fromSeq, toSeq, hash: last.hash, sha256, firstAt, lastAt: last.at, at }
}

/** The newest entry that goes. */
function lastOf(lookups: LedgerLookups, { before, upToSeq }: Omit<SegmentOrder, 'at'>): number | undefined {
  const first = lookups.first()
  const old = lookups.headBefore(before)
  if (first === undefined || old === undefined) return undefined
  const toSeq = Math.min(old.seq, upToSeq, first.seq + segmentEntriesMax)
  return toSeq <= first.seq ? undefined : toSeq
}

function writePart(lookups: LedgerLookups, part: string, toSeq: number): Written {
  const descriptor = openSync(part, 'w')
  const hash = createHash('sha256')
  let first: LedgerEntry | undefined
  let last: LedgerEntry | undefined
  let lines: string[] = []
  const pack = () => {
    const packed = gzipSync(lines.join(''))
    hash.update(packed)
    writeFileSync(descriptor, packed)
    lines = []
  }
  try {
    for (const entry of lookups.all(0)) {
      if (entry.seq > toSeq) break
      lines.push(`${lineOf(entry)}\n`)
      if (entry.kind !== 'anchor') first ??= entry
      last = entry
      if (lines.length === memberEntries) pack()
    }
    if (lines.length > 0) pack()
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
  if (first === undefined || last === undefined) throw broken('it is empty')
  return { first, last, sha256: hash.digest('hex') }
}

/** What will be deleted on the strength of this file is read from it first. */
function checkPart(part: string, last: LedgerEntry): void {
  const check = createChainCheck({ partial: true })
  for (const line of gunzipSync(readFileSync(part)).toString('utf8').split('\n').slice(0, -1)) {
    const entry = entryOfLine(line)
    const problem = entry === undefined ? { seq: 0, says: 'a line is no entry' } : check.take(entry)
    if (problem !== undefined) throw broken(`entry ${problem.seq}: ${problem.says}`)
  }
  if (check.last()?.hash !== last.hash) throw broken('its end differs')
}

function broken(why: string): StoreError {
  return new StoreError('ledger-broken', `the ledger is not rotated, ${why}: run \`dialwright ledger verify\``)
}

function flush(path: string): void {
  const descriptor = openSync(path, 'r')
  fsyncSync(descriptor)
  closeSync(descriptor)
}
