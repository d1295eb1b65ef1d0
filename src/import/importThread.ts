import type { Worker } from 'node:worker_threads'
import { Defect, InputError, type OperatingError, StoreError } from '../errors.ts'
import { startWorker } from '../threads/threads.ts'

/** What the worker sends. */
export type FromImport<Batch, Result> =
  | { readonly kind: 'more' }
  | { readonly kind: 'batch'; readonly batch: Batch }
  | { readonly kind: 'done'; readonly result: Result }
  | { readonly kind: 'problem'; readonly by: 'input' | 'store'; readonly code: string; readonly message: string }

/** What the worker is sent. */
export type ToImport =
  | { readonly kind: 'chunk'; readonly bytes: Uint8Array }
  | { readonly kind: 'end' }
  | { readonly kind: 'taken' }

/** One import's thread. */
export interface ImportThread<Batch> {
  /** File of the worker. */
  readonly file: URL
  readonly data: unknown
  readonly stream: AsyncIterable<Uint8Array>
  /** Told of every piece of the stream that was sent. */
  onBytes(bytes: number): void
  /** Takes a batch; the worker goes on when it has been taken, and at most one batch ahead. */
  onBatch(batch: Batch): Promise<void>
}

/** So many pieces of the stream may wait in the worker. */
const chunksAheadMax = 4
/** A piece: copying one must not hold up the loop. */
const chunkMaxBytes = 64 * 1024

/**
 * Runs an import in a thread of its own: bytes go there, batches come back, and each side waits for the other. Gives what
 * the worker made of it; on any failure the thread is gone and the stream closed.
 * @throws InputError, StoreError
 */
export async function runImportThread<Batch, Result>(thread: ImportThread<Batch>): Promise<Result> {
  const worker = startWorker(thread.file, thread.data)
  const gate = createGate(chunksAheadMax)
  const outcome = new Promise<Result>((resolve, reject) => {
    const obey = async (message: FromImport<Batch, Result>): Promise<void> => {
      if (message.kind === 'more') gate.open()
      else if (message.kind === 'done') resolve(message.result)
      else if (message.kind === 'problem') reject(problemOf(message))
      else {
        await thread.onBatch(message.batch)
        post(worker, { kind: 'taken' })
      }
    }
    worker.on('message', message => void obey(message).catch(reject))
    worker.on('error', reject)
    worker.on('exit', () => reject(new Defect(`the thread ${thread.file.pathname} ended without a result`)))
  })
  try {
    // A problem that the worker finds ends the feeding, and a stream that breaks ends the worker.
    const fed = feed(worker, thread, gate).then(() => outcome)
    return await Promise.race([outcome, fed])
  } finally {
    gate.close()
    await worker.terminate()
  }
}

function problemOf({ by, code, message }: { by: 'input' | 'store'; code: string; message: string }): OperatingError {
  return by === 'store' ? new StoreError(code, message) : new InputError(code, message)
}

function post(worker: Worker, message: ToImport, transfer: readonly ArrayBuffer[] = []): void {
  worker.postMessage(message, transfer)
}

async function feed<Batch>(worker: Worker, thread: ImportThread<Batch>, gate: Gate): Promise<void> {
  let bytes = 0
  try {
    for await (const piece of thread.stream) {
      for (let from = 0; from < piece.length; from += chunkMaxBytes) {
        if (!(await gate.pass())) return
        // A copy of our own: a Node buffer may share its memory with others and cannot be handed over.
        const copy = new Uint8Array(piece.subarray(from, from + chunkMaxBytes))
        bytes += copy.length
        post(worker, { kind: 'chunk', bytes: copy }, [copy.buffer])
        thread.onBytes(bytes)
      }
    }
  } catch (error) {
    const message = `the upload broke off after ${bytes} bytes: nothing was imported; send the file again`
    throw new InputError('stream-broken', message, { cause: error })
  }
  post(worker, { kind: 'end' })
}

interface Gate {
  /** Resolves when one more may pass; false when the gate is closed for good. */
  pass(): Promise<boolean>
  open(): void
  close(): void
}

/** Lets so many pass, and one more whenever it is opened. */
function createGate(free: number): Gate {
  let closed = false
  let wake: (() => void) | undefined
  const change = (by: number) => {
    free += by
    wake?.()
  }
  return {
    async pass() {
      while (free === 0 && !closed) {
        await new Promise<void>(resolve => {
          wake = resolve
        })
      }
      free -= 1
      return !closed
    },
    open: () => change(1),
    close() {
      closed = true
      change(0)
    },
  }
}
