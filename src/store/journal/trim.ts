import { closeSync, fsyncSync, openSync } from 'node:fs'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { StoreError } from '../../errors.ts'
import type { Waiter } from '../../ports/waiter.ts'
import { startWorker, workerAt } from '../../threads/threads.ts'
import type { TrimAnswer, TrimmedFile, TrimOrder } from './trimWorker.ts'

/** Writes beside a journal what it is to be, in a thread of its own. @throws StoreError `not-in-journal`, `journal-damaged` */
export function writeTrimmed(order: TrimOrder, onProgress: Waiter['onProgress']): Promise<TrimmedFile> {
  return new Promise((resolve, reject) => {
    const worker = startWorker(workerAt('./trimWorker', import.meta.url), order)
    worker.on('message', (answer: TrimAnswer) => {
      if (answer.kind === 'progress') onProgress?.({ what: answer.what, done: answer.done })
      else if (answer.kind === 'done') resolve(answer.trimmed)
      else reject(new StoreError(answer.code, answer.message))
    })
    worker.once('error', reject)
    worker.once('exit', () =>
      reject(new StoreError('trimming-ended', 'the trimming ended without a result: try again')),
    )
  })
}

/** A journal that is open to be written, and how long it is. */
export interface OpenFile {
  readonly handle: FileHandle
  readonly size: number
}

/**
 * Puts the part in the journal's place, with what has come into the journal since it was read; nobody may write meanwhile. What
 * fails leaves the journal as it was.
 */
export async function replaceBy(
  { part, readBytes }: { readonly part: string; readonly readBytes: number },
  { file, size }: { readonly file: string; readonly size: number },
): Promise<OpenFile> {
  const handle = await open(part, 'a', 0o600)
  try {
    await handle.appendFile(await readFrom(file, readBytes, size))
    await handle.sync()
    const { size: length } = await handle.stat()
    await rename(part, file)
    flushName(file)
    return { handle, size: length }
  } catch (error) {
    await handle.close()
    await rm(part, { force: true })
    throw error
  }
}

async function readFrom(file: string, from: number, to: number): Promise<Uint8Array> {
  const handle = await open(file, 'r')
  try {
    const piece = Buffer.alloc(to - from)
    for (let done = 0; done < piece.length; ) {
      const { bytesRead } = await handle.read(piece, done, piece.length - done, from + done)
      if (bytesRead === 0)
        throw new StoreError('journal-damaged', `the journal ${file} was cut off while it was trimmed`)
      done += bytesRead
    }
    return piece
  } finally {
    await handle.close()
  }
}

/** A file's name is to be on the disk as well. */
export function flushName(file: string): void {
  const folder = openSync(dirname(file), 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}
