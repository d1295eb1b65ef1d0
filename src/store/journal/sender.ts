import type { FileHandle } from 'node:fs/promises'
import { errorMessage, StoreError } from '../../errors.ts'
import type { OpenFile } from './trim.ts'

/** The one who writes to a journal's file. */
export interface Sender {
  /** Resolves when the text is on the disk, or cannot be brought there in time; it is tried again every second. */
  send(text: string): Promise<void>
  /** Why the file cannot be written, and since when. */
  trouble(): Trouble | undefined
  /**
   * Puts another file in the place of this one, which has so many bytes; what is sent meanwhile goes there. Where `by` rejects, or the
   * file cannot be written, it stays.
   * @throws StoreError `journal-unwritable`
   */
  replace(by: (size: number) => Promise<OpenFile>): Promise<{ readonly bytesBefore: number; readonly bytes: number }>
  close(): Promise<void>
}

interface Trouble {
  readonly says: string
  readonly since: number
}

const retryMs = 1_000
/** Who refused waits so long for the journal's disk, and no longer: the database has it. */
const patienceMs = 2_000

/** The file that is written to, whichever it is. */
function createTarget(opened: FileHandle) {
  let handle = opened
  let size: number | undefined

  async function sizeNow(): Promise<number> {
    size ??= (await handle.stat()).size
    return size
  }

  return {
    /** `anew`: the last text could not be written, and a piece of it would be a damaged line. */
    async append(text: string, { anew }: { readonly anew: boolean }): Promise<void> {
      const before = await sizeNow()
      if (anew) await handle.truncate(before)
      await handle.appendFile(text)
      await handle.datasync()
      const { nlink } = await handle.stat()
      if (nlink === 0) throw new StoreError('journal-gone', 'it was removed: start the daemon anew')
      size = before + Buffer.byteLength(text)
    },
    async put(by: (size: number) => Promise<OpenFile>) {
      const bytesBefore = await sizeNow()
      const next = await by(bytesBefore)
      await handle.close()
      ;({ handle, size } = next)
      return { bytesBefore, bytes: next.size }
    },
    close: () => handle.close(),
  }
}

/** Brings text to the disk, what comes meanwhile together. */
export function createSender(
  opened: FileHandle,
  { file, now }: { readonly file: string; readonly now: () => number },
): Sender {
  const target = createTarget(opened)
  let waiting = ''
  let underWay: Promise<void> | undefined
  let trouble: Trouble | undefined
  let retry: NodeJS.Timeout | undefined
  let begunAt = 0

  async function write(): Promise<void> {
    const text = waiting
    waiting = ''
    try {
      await target.append(text, { anew: trouble !== undefined })
      trouble = undefined
    } catch (error) {
      waiting = text + waiting
      trouble = { says: unwritable(file, error), since: trouble?.since ?? now() }
      retry ??= setTimeout(() => {
        retry = undefined
        void send('')
      }, retryMs).unref()
    }
  }

  /** One after the other: whoever comes meanwhile waits until nothing is under way. */
  function begin(work: Promise<unknown>): Promise<void> {
    begunAt = now()
    const over = () => {
      underWay = undefined
    }
    underWay = work.then(over, over)
    return underWay
  }

  async function send(text: string): Promise<void> {
    waiting += text
    // What is being written has gone without this.
    while (underWay !== undefined) await underWay
    if (waiting !== '') await begin(write())
  }

  return {
    send: text => inTime(send(text)),
    trouble() {
      if (trouble !== undefined || underWay === undefined || now() < begunAt + patienceMs) return trouble
      const says = `the disk of the journal ${file} does not answer: refusals bind, and wait for it`
      return { says, since: begunAt }
    },
    async replace(by) {
      while (underWay !== undefined) await underWay
      if (trouble !== undefined) throw new StoreError('journal-unwritable', trouble.says)
      const putting = target.put(by)
      void begin(putting)
      return putting
    },
    async close() {
      clearTimeout(retry)
      await send('')
      clearTimeout(retry)
      await target.close()
    },
  }
}

function unwritable(file: string, error: unknown): string {
  return `refusals cannot be written to the journal ${file} (${errorMessage(error)}): they bind, and a backup alone would not have them; make room, or let this user write there`
}

/** Resolves when the work is done, or the time is over. */
async function inTime(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const over = new Promise<void>(resolve => {
    timer = setTimeout(resolve, patienceMs).unref()
  })
  await Promise.race([work, over])
  clearTimeout(timer)
}
