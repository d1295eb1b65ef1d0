import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { errorCode, errorMessage, StoreError } from '../../errors.ts'
import { stepBack } from '../../threads/threads.ts'
import { type JournalEntry, outlivesTrimming } from './entries.ts'
import { type JournalLine, type JournalPlace, lineAfter, nothingBefore } from './line.ts'
import { readJournal } from './readJournal.ts'

/** What the thread is started with: it writes beside a journal what it is to be, and ends. */
export interface TrimOrder {
  readonly file: string
  readonly part: string
  /** What stands up to here goes. */
  readonly upTo: JournalPlace
  readonly at: number
}

/** What was written. */
export interface TrimmedFile {
  readonly removed: number
  readonly kept: number
  /** So many bytes of the journal are in it; what came later is not. */
  readonly readBytes: number
  readonly bytes: number
}

/** What the thread says: how far it is, now and then, and at its end one of the others. */
export type TrimAnswer =
  | { readonly kind: 'progress'; readonly what: string; readonly done: number }
  | { readonly kind: 'done'; readonly trimmed: TrimmedFile }
  | { readonly kind: 'problem'; readonly code: string; readonly message: string }

/** Progress is told no more often than this. */
const tellEveryMs = 200
const pieceLength = 256 * 1024

function say(answer: TrimAnswer): void {
  parentPort?.postMessage(answer)
}

/** A new file that its owner alone may read. */
function createText(path: string) {
  const descriptor = openSync(path, 'wx', 0o600)
  let waiting = ''
  let bytes = 0
  function write(): void {
    const piece = Buffer.from(waiting)
    for (let done = 0; done < piece.length; ) done += writeSync(descriptor, piece, done)
    bytes += piece.length
    waiting = ''
  }
  return {
    add(text: string): void {
      waiting += text
      if (waiting.length >= pieceLength) write()
    },
    end(): number {
      write()
      fsyncSync(descriptor)
      return bytes
    },
    close: () => closeSync(descriptor),
  }
}

/** The first line of what stays, and what is kept behind it. */
function beginning(begin: JournalEntry, kept: readonly JournalEntry[], { upTo, at }: TrimOrder): string {
  const trimmed = { seq: upTo.seq, hash: upTo.hash, at, kept: kept.length }
  let last: JournalPlace = nothingBefore
  let text = ''
  for (const entry of [{ ...begin, format: 2, trimmed } as JournalEntry, ...kept]) {
    const line = lineAfter(last, entry)
    text += line.text
    last = line
  }
  return text
}

function isAt(place: JournalPlace | undefined, { seq, hash }: JournalPlace): boolean {
  return place?.seq === seq && place.hash === hash
}

/** Goes through a journal: what stands up to the place is counted, and gone but for what outlives it; what stands behind it is copied. */
function createTrimming(order: TrimOrder, text: ReturnType<typeof createText>) {
  const kept: JournalEntry[] = []
  let begin: Extract<JournalEntry, { kind: 'begin' }> | undefined
  let removed = 0
  /** The line before, once the place has been passed. */
  let behind: JournalPlace | undefined

  function passed(): void {
    behind = order.upTo
    if (begin !== undefined) text.add(beginning(begin, kept, order))
  }

  return {
    take(line: JournalLine): void {
      if (behind !== undefined) {
        text.add(lineAfter(behind, line.entry).text)
        behind = line
        return
      }
      if (line.entry.kind === 'begin') begin = line.entry
      else if (outlivesTrimming(line.entry)) kept.push(line.entry)
      else removed += 1
      if (line.kept === undefined && isAt(line, order.upTo)) passed()
    },
    found(): Pick<TrimmedFile, 'removed' | 'kept'> {
      if (behind !== undefined) return { removed, kept: kept.length }
      // It was trimmed there before.
      if (isAt(begin?.trimmed, order.upTo)) return { removed: 0, kept: kept.length }
      throw new StoreError(
        'not-in-journal',
        `the journal ${order.file} does not have the place of that backup: it is not the one that was kept when the backup was taken`,
      )
    },
  }
}

function trim(order: TrimOrder): TrimmedFile {
  rmSync(order.part, { force: true })
  const text = createText(order.part)
  const trimming = createTrimming(order, text)
  const told = teller()
  try {
    const { wholeBytes: readBytes } = readJournal(order.file, line => {
      trimming.take(line)
      told()
    })
    return { ...trimming.found(), readBytes, bytes: text.end() }
  } finally {
    text.close()
  }
}

function teller(): () => void {
  let [done, toldAt] = [0, performance.now()]
  return () => {
    done += 1
    if (performance.now() < toldAt + tellEveryMs) return
    toldAt = performance.now()
    say({ kind: 'progress', what: 'lines of the journal read', done })
  }
}

stepBack()
// Started with this type by trim.ts only.
const order = workerData as TrimOrder
try {
  say({ kind: 'done', trimmed: trim(order) })
} catch (error) {
  rmSync(order.part, { force: true })
  say({ kind: 'problem', code: errorCode(error), message: errorMessage(error) })
}
