import { StoreError } from '../../errors.ts'
import type { CampaignCensus, CensusQuestion, CensusStore } from '../../ports/census.ts'
import type { Waiter } from '../../ports/waiter.ts'
import { startWorker, workerAt } from '../../threads/threads.ts'
import type { CensusAnswer, CensusData } from './workers/censusWorker.ts'

/** Counts in a thread that lives as long as the question. `settled`: what was asked for before is on disk. */
export function censusPort(file: string, settled: () => Promise<void>): CensusStore {
  return {
    async census(question, waiter = {}) {
      await settled()
      return ask({ file, question: plain(question) }, waiter)
    },
  }
}

/** Settings may carry what cannot be copied to a thread; nothing of that is in their JSON. */
function plain(question: CensusQuestion): CensusQuestion {
  return JSON.parse(JSON.stringify(question))
}

function ask(asked: Omit<CensusData, 'gone'>, { signal, onProgress }: Waiter): Promise<CampaignCensus> {
  // A thread that counts reads no messages: it looks at this number.
  const gone = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  const leave = () => void Atomics.store(gone, 0, 1)
  if (signal?.aborted) leave()
  signal?.addEventListener('abort', leave)
  const counted = new Promise<CampaignCensus>((resolve, reject) => {
    const data: CensusData = { ...asked, gone }
    const worker = startWorker(workerAt('./workers/censusWorker', import.meta.url), data)
    worker.on('message', (answer: CensusAnswer) => {
      if (answer.kind === 'progress') {
        onProgress?.({ what: 'leads', done: answer.done, total: answer.total })
        return
      }
      if (answer.kind === 'census') resolve(answer.census)
      else reject(new StoreError(answer.code, answer.message))
      void worker.terminate()
    })
    worker.once('error', reject)
    worker.once('exit', () => reject(new StoreError('census-ended', 'the count ended without a result: ask again')))
  })
  return counted.finally(() => signal?.removeEventListener('abort', leave))
}
