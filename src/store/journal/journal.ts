import { randomBytes } from 'node:crypto'
import { type FileHandle, open, rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { PhoneNumber } from '../../core/ids.ts'
import { errorCode, StoreError } from '../../errors.ts'
import type { Waiter } from '../../ports/waiter.ts'
import type { JournalEntry } from './entries.ts'
import { type JournalLine, type JournalPlace, lineAfter, sealOf } from './line.ts'
import { readJournal } from './readJournal.ts'
import { createSender, type Sender } from './sender.ts'
import { flushName, replaceBy, writeTrimmed } from './trim.ts'
import type { TrimmedFile } from './trimWorker.ts'

/** Lines that are on their way to a journal. */
export interface Journalling {
  /** Resolves when they are on the journal's disk, or cannot be brought there now: they bind all the same. */
  readonly written: Promise<void>
  /** The database has what they say. */
  done(): void
}

/** What people said, kept outside the database. */
export interface Journal {
  append(entries: readonly JournalEntry[]): Journalling
  seal(number: PhoneNumber): string
  /** Everything up to here is in the database. */
  settled(): JournalPlace
  /** Why lines cannot be written, and since when; they are kept and tried again every second. */
  trouble(): { readonly says: string; readonly since: number } | undefined
  /**
   * Lets go of what stands up to a place, erasures aside; lines that come meanwhile are in it. It must be settled. One at a time.
   * @throws StoreError `not-in-journal`, `journal-unwritable`; the journal is as it was
   */
  trim(trimming: Trimming): Promise<Trimmed>
  close(): Promise<void>
}

/** Up to where a journal is to be trimmed, and when that is. */
export interface Trimming extends Pick<Waiter, 'onProgress'> {
  readonly upTo: JournalPlace
  readonly at: number
}

/** What has gone; lengths in bytes. */
export interface Trimmed extends Pick<TrimmedFile, 'removed' | 'kept'> {
  readonly bytesBefore: number
  readonly bytes: number
}

interface JournalOptions {
  readonly file: string
  readonly databaseId: string
  readonly now?: () => number
  /** Told of each line that stands there. */
  readonly onLine?: (line: JournalLine) => void
}

/** So many lines are known again: what is tried once more is not written once more. */
const knownMax = 10_000

/**
 * Opens the journal of a database, and begins one where there is none. What a crash cut off at its end goes.
 * @throws StoreError `journal-damaged`, `journal-of-another`, `cannot-open`
 */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  const { databaseId, now = Date.now } = options
  const file = resolve(options.file)
  const found = readJournal(file, options.onLine)
  if (found.begin !== undefined && found.begin.databaseId !== databaseId)
    throw new StoreError(
      'journal-of-another',
      `the journal ${file} is another database's: name another file under journal.path, or move this one away`,
    )
  const begin = found.begin ?? { kind: 'begin', format: 1, databaseId, key: randomBytes(32).toString('hex'), at: now() }
  const handle = await openFile(file, found.wholeBytes)
  const lines = createLines(found.last)
  const sender = createSender(handle, { file, now })
  if (found.begin === undefined) {
    const { text } = lines.add(begin)
    await sender.send(text)
    const trouble = sender.trouble()
    if (trouble !== undefined) {
      await sender.close()
      throw new StoreError('cannot-open', trouble.says)
    }
    lines.done(1)
  }
  return {
    append(entries) {
      const added = entries.map(lines.add)
      const text = added.map(line => line.text).join('')
      return {
        written: text === '' ? Promise.resolve() : sender.send(text),
        done: () => {
          for (const { seq } of added) lines.done(seq)
        },
      }
    },
    seal: number => sealOf(begin.key, number),
    settled: lines.settled,
    trouble: sender.trouble,
    trim: trimming => trim({ file, sender }, trimming),
    close: sender.close,
  }
}

async function trim(
  { file, sender }: { readonly file: string; readonly sender: Sender },
  { upTo, at, onProgress }: Trimming,
): Promise<Trimmed> {
  const part = `${file}.trimmed`
  const { removed, kept, readBytes } = await writeTrimmed({ file, part, upTo, at }, onProgress)
  if (removed === 0) {
    await rm(part, { force: true })
    return { removed, kept, bytesBefore: readBytes, bytes: readBytes }
  }
  return { removed, kept, ...(await sender.replace(size => replaceBy({ part, readBytes }, { file, size }))) }
}

async function openFile(file: string, wholeBytes: number): Promise<FileHandle> {
  try {
    const handle = await open(file, 'a', 0o600)
    await handle.truncate(wholeBytes)
    await handle.sync()
    flushName(file)
    return handle
  } catch (cause) {
    const text = `the journal ${file} cannot be written (${errorCode(cause)}): make its folder, and let this user write there`
    throw new StoreError('cannot-open', text, { cause })
  }
}

/** The chain, and which of its lines the database has. */
function createLines(from: JournalPlace) {
  let last = from
  /** Lines that the database has not, with the place before each. */
  const open = new Map<number, JournalPlace>()
  const known = new Map<string, number>()

  return {
    /** Of an entry that was added before, there is no text: it stands in the journal. */
    add(entry: JournalEntry): { readonly seq: number; readonly text: string } {
      const same = JSON.stringify(entry)
      const seq = known.get(same)
      if (seq !== undefined) return { seq, text: '' }
      const line = lineAfter(last, entry)
      open.set(line.seq, last)
      last = { seq: line.seq, hash: line.hash }
      known.set(same, line.seq)
      if (known.size > knownMax) for (const oldest of known.keys()) if (known.delete(oldest)) break
      return line
    },
    done: (seq: number) => void open.delete(seq),
    settled(): JournalPlace {
      const [oldest = last] = open.values()
      return oldest
    },
  }
}
