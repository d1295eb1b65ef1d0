import { availableParallelism } from 'node:os'
import { type AnsweringThread, startAnswering, workerAt } from '../../../threads/threads.ts'
import { type Answers, answerLines, askerOf } from './askAnswers.ts'
import type { AskWorkerData } from './askWorker.ts'
import type { FileLine } from './caseLines.ts'

/** So many cases are answered before threads are worth their start. */
const aloneMax = 4_000

/** Answers lines of a file of cases. */
export interface AskPool {
  /** So many questions keep every thread busy. */
  readonly depth: number
  answer(lines: readonly FileLine[]): Promise<Answers>
  isThreaded(): boolean
  close(): Promise<void>
}

/** A few cases are answered in this thread, more of them on every core. What is answered does not depend on it. */
export function createAskPool(data: AskWorkerData, threads = availableParallelism()): AskPool {
  const asker = askerOf(data.asker)
  let alone = 0
  let started: Promise<readonly AnsweringThread<readonly FileLine[], Answers>[]> | undefined
  let next = 0
  const start = () =>
    Promise.all(
      Array.from({ length: threads }, () =>
        startAnswering<readonly FileLine[], Answers>(workerAt('./askWorker', import.meta.url), data),
      ),
    )
  return {
    depth: 2 * threads,
    async answer(lines) {
      alone += lines.length
      if (threads < 2 || alone <= aloneMax) return answerLines(asker, lines, data.defaults)
      started ??= start()
      const running = await started
      next += 1
      // As many as were started, and more than none.
      const thread = running[next % threads] as (typeof running)[number]
      return thread.ask(lines)
    },
    isThreaded: () => started !== undefined,
    async close() {
      for (const thread of (await started) ?? []) await thread.close()
    },
  }
}
