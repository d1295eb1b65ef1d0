import { parentPort, workerData } from 'node:worker_threads'
import { Defect, errorCode, errorMessage, StoreError } from '../errors.ts'
import { stepBack } from '../threads/threads.ts'
import type { FromImport, ToImport } from './importThread.ts'

/** So many batches may be on their way to the store. */
const batchesAheadMax = 2

/** What an import's thread works with. */
export interface ImportWork<Data, Batch> {
  readonly data: Data
  readonly stream: AsyncIterable<Uint8Array>
  /** Sends a batch; resolves when another may be made. */
  send(batch: Batch): Promise<void>
}

/** The worker's side of {@link runImportThread}: reads the stream, sends batches, ends with a result. */
export function serveImport<Data, Batch, Result>(work: (work: ImportWork<Data, Batch>) => Promise<Result>): void {
  const port = parentPort
  if (port === null) throw new Defect('this file is run in a worker thread only')
  stepBack()
  const post = (message: FromImport<Batch, Result>) => port.postMessage(message)
  const chunks: (Uint8Array | 'end')[] = []
  let ahead = 0
  // The reader of the stream and the sender of batches may both be waiting.
  const waiting: (() => void)[] = []
  const changed = () => new Promise<void>(resolve => waiting.push(resolve))

  port.on('message', (message: ToImport) => {
    if (message.kind === 'taken') ahead -= 1
    else chunks.push(message.kind === 'end' ? 'end' : message.bytes)
    for (const wake of waiting.splice(0)) wake()
  })

  async function* stream(): AsyncIterable<Uint8Array> {
    for (;;) {
      const chunk = chunks.shift()
      if (chunk === 'end') return
      if (chunk === undefined) await changed()
      else {
        post({ kind: 'more' })
        yield chunk
      }
    }
  }

  async function send(batch: Batch): Promise<void> {
    ahead += 1
    post({ kind: 'batch', batch })
    while (ahead >= batchesAheadMax) await changed()
  }

  // Both ends are called with the same types: by the pair of files that name each other.
  work({ data: workerData as Data, stream: stream(), send }).then(
    result => post({ kind: 'done', result }),
    error => {
      const by = error instanceof StoreError ? 'store' : 'input'
      post({ kind: 'problem', by, code: errorCode(error), message: errorMessage(error) })
    },
  )
}
