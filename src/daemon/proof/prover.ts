import { errorCode, StoreError } from '../../errors.ts'
import type { AuditProof, ChainProof, LedgerProver } from '../../ports/ledger.ts'
import type { Waiter } from '../../ports/waiter.ts'
import { startWorker, workerAt } from '../../threads/threads.ts'
import type { ProofAnswer, ProofData } from './proofWorker.ts'

/** What an audit holds in memory beside the dialing; a ledger that takes more is audited by the command line. */
const memoryMaxMb = 1_024

/** Proves the ledger of a database file, each time in a thread of its own. */
export function createProver(file: string): LedgerProver {
  return {
    // Each question has its own kind of answer; the worker keeps them together.
    verify: (heads, waiter) => ask({ file, question: { kind: 'verify', heads } }, waiter) as Promise<ChainProof>,
    audit: waiter => ask({ file, question: { kind: 'audit' } }, waiter) as Promise<AuditProof>,
  }
}

function ask(asked: Omit<ProofData, 'gone'>, { signal, onProgress }: Waiter): Promise<ChainProof | AuditProof> {
  // A thread that reads hears no messages: it looks at this number.
  const gone = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  const leave = () => void Atomics.store(gone, 0, 1)
  if (signal?.aborted) leave()
  signal?.addEventListener('abort', leave)
  const proved = new Promise<ChainProof | AuditProof>((resolve, reject) => {
    const data: ProofData = { ...asked, gone }
    const worker = startWorker(workerAt('./proofWorker', import.meta.url), data, { oldMaxMb: memoryMaxMb })
    worker.on('message', (answer: ProofAnswer) => {
      if (answer.kind === 'progress') return onProgress?.({ what: 'entries', done: answer.done, total: answer.total })
      if (answer.kind === 'proof') resolve(answer.proof)
      else reject(new StoreError(answer.code, answer.message))
      void worker.terminate()
    })
    worker.once('error', error => reject(errorCode(error) === 'ERR_WORKER_OUT_OF_MEMORY' ? tooLarge(error) : error))
    worker.once('exit', () => reject(new StoreError('proof-ended', 'it ended without a result: ask again')))
  })
  return proved.finally(() => signal?.removeEventListener('abort', leave))
}

function tooLarge(cause: unknown): StoreError {
  const text = `the ledger takes more than ${memoryMaxMb} MB to audit beside the dialing: use \`dialwright ledger audit\` on the machine`
  return new StoreError('ledger-too-large', text, { cause })
}
