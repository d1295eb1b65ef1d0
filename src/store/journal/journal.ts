import { randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, openSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { PhoneNumber } from '../../core/ids.ts'
import { errorCode, errorMessage, StoreError } from '../../errors.ts'
import type { JournalEntry } from './entries.ts'
import { type JournalLine, type JournalPlace, lineAfter, sealOf } from './line.ts'
import { readJournal } from './readJournal.ts'

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
  close(): Promise<void>
}

interface JournalOptions {
  readonly file: string
  readonly databaseId: string
  readonly now?: () => number
  /** Told of each line that stands there. */
  readonly onLine?: (line: JournalLine) => void
}

const retryMs = 1_000
/** Who refused waits so long for the journal's disk, and no longer: the database has it. */
const patienceMs = 2_000
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
    close: sender.close,
  }
}

async function openFile(file: string, wholeBytes: number): Promise<FileHandle> {
  try {
    const handle = await open(file, 'a', 0o600)
    await handle.truncate(wholeBytes)
    await handle.sync()
    // Its name is to be on the disk as well.
    const folder = openSync(dirname(file), 'r')
    fsyncSync(folder)
    closeSync(folder)
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

/** Brings text to the disk, what comes meanwhile together. */
function createSender(handle: FileHandle, { file, now }: { readonly file: string; readonly now: () => number }) {
  let waiting = ''
  let underWay: Promise<void> | undefined
  let trouble: { readonly says: string; readonly since: number } | undefined
  let retry: NodeJS.Timeout | undefined
  let size: number | undefined
  let begunAt = 0

  async function write(): Promise<void> {
    const text = waiting
    waiting = ''
    begunAt = now()
    try {
      size ??= (await handle.stat()).size
      // A piece of what could not be written would be a damaged line.
      if (trouble !== undefined) await handle.truncate(size)
      await handle.appendFile(text)
      await handle.datasync()
      const { nlink } = await handle.stat()
      if (nlink === 0) throw new StoreError('journal-gone', 'it was removed: start the daemon anew')
      size += Buffer.byteLength(text)
      trouble = undefined
    } catch (error) {
      waiting = text + waiting
      const says = `refusals cannot be written to the journal ${file} (${errorMessage(error)}): they bind, and a backup alone would not have them; make room, or let this user write there`
      trouble = { says, since: trouble?.since ?? now() }
      retry ??= setTimeout(() => {
        retry = undefined
        void send('')
      }, retryMs).unref()
    }
  }

  async function send(text: string): Promise<void> {
    waiting += text
    // What is being written has gone without this.
    while (underWay !== undefined) await underWay
    if (waiting === '') return
    underWay = write().finally(() => {
      underWay = undefined
    })
    await underWay
  }

  /** Resolves when the text is on the disk, or the time is over. */
  async function sendInTime(text: string): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const over = new Promise<void>(resolve => {
      timer = setTimeout(resolve, patienceMs).unref()
    })
    await Promise.race([send(text), over])
    clearTimeout(timer)
  }

  function stalled() {
    if (underWay === undefined || now() < begunAt + patienceMs) return undefined
    return { says: `the disk of the journal ${file} does not answer: refusals bind, and wait for it`, since: begunAt }
  }

  return {
    send: sendInTime,
    trouble: () => trouble ?? stalled(),
    async close() {
      clearTimeout(retry)
      await send('')
      clearTimeout(retry)
      await handle.close()
    },
  }
}
