import { StoreError } from '../../errors.ts'
import type { CampaignCensus, CensusQuestion, CensusStore } from '../../ports/census.ts'
import { startWorker, workerAt } from '../../threads/threads.ts'
import type { CensusData } from './workers/censusWorker.ts'

type Answer = { readonly census: CampaignCensus } | { readonly code: string; readonly message: string }

/** Counts in a thread that lives as long as the question. `settled`: what was asked for before is on disk. */
export function censusPort(file: string, settled: () => Promise<void>): CensusStore {
  return {
    async census(question) {
      await settled()
      return ask({ file, question: plain(question) })
    },
  }
}

/** Settings may carry what cannot be copied to a thread; nothing of that is in their JSON. */
function plain(question: CensusQuestion): CensusQuestion {
  return JSON.parse(JSON.stringify(question))
}

function ask(data: CensusData): Promise<CampaignCensus> {
  return new Promise((resolve, reject) => {
    const worker = startWorker(workerAt('./workers/censusWorker', import.meta.url), data)
    worker.once('message', (answer: Answer) => {
      if ('census' in answer) resolve(answer.census)
      else reject(new StoreError(answer.code, answer.message))
      void worker.terminate()
    })
    worker.once('error', reject)
    worker.once('exit', () => reject(new StoreError('census-ended', 'the count ended without a result: ask again')))
  })
}
