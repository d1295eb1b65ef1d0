import { InputError } from '../../errors.ts'
import type { Foresee, Foresight, ForesightQuestion } from '../../ports/foresight/foresee.ts'
import type { Waiter } from '../../ports/waiter.ts'
import { startWorker, workerAt } from '../../threads/threads.ts'
import type { ForesightAnswer, ForesightData } from './foresightWorker.ts'

/** How long a what-if may take beside the dialing, milliseconds. */
interface Patience {
  /** No round is begun that would end later. */
  readonly plannedMs: number
  /** Then it is ended without an answer. */
  readonly maxMs: number
}

const usual: Patience = { plannedMs: 15_000, maxMs: 20_000 }

/**
 * Foresees in a thread that lives as long as the question, and ends with whoever waits. It reads the past from the database itself.
 * Where all runs would take too long there are fewer.
 */
export function createForesee(file: string, { plannedMs, maxMs } = usual): Foresee {
  return (question, waiter = {}) => ask({ file, question: plain(question), plannedMs, maxMs }, waiter)
}

/** Settings may carry what cannot be copied to a thread; nothing of that is in their JSON. */
function plain(question: ForesightQuestion): ForesightQuestion {
  return JSON.parse(JSON.stringify(question))
}

function ask(data: ForesightData & Patience, { signal, onProgress }: Waiter): Promise<Foresight> {
  const worker = startWorker(workerAt('./foresightWorker', import.meta.url), data)
  const end = (): void => void worker.terminate()
  const timer = setTimeout(end, data.maxMs)
  signal?.addEventListener('abort', end)
  if (signal?.aborted) end()
  const foreseen = new Promise<Foresight>((resolve, reject) => {
    worker.on('message', (answer: ForesightAnswer) => {
      if (answer.kind === 'progress') {
        onProgress?.({ what: 'runs', done: answer.done, total: answer.total })
        return
      }
      if (answer.kind === 'foresight') resolve(answer.foresight)
      else reject(new InputError(answer.code, answer.message))
      end()
    })
    worker.once('error', reject)
    worker.once('exit', () => reject(tooLong(data)))
  })
  return foreseen.finally(() => {
    clearTimeout(timer)
    signal?.removeEventListener('abort', end)
  })
}

function tooLong({ question: { agents, present }, maxMs }: ForesightData & Patience): InputError {
  const how = `dialwright pacing set ${present.campaignId} ... --what-if`
  const message = `simulating ${agents} agents takes longer than ${maxMs / 1000} s beside the dialing: name fewer, or use \`${how}\` on another machine`
  return new InputError('foresight-too-long', message)
}
