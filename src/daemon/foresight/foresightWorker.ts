import { parentPort, workerData } from 'node:worker_threads'
import { errorCode, errorMessage } from '../../errors.ts'
import type { Foresight, ForesightQuestion } from '../../ports/foresight/foresee.ts'
import { pastAttemptOf } from '../../sim/scenarios/history.ts'
import { createSimulationPool } from '../../sim/study/pool.ts'
import { prepareWhatIf, type WhatIfRound, whatIfPlan } from '../../sim/study/whatIf.ts'
import { openHistory } from '../../store/sqlite/history.ts'
import { stepBack } from '../../threads/threads.ts'

/** What the thread is started with: it answers one question and ends. */
export interface ForesightData {
  readonly file: string
  readonly question: ForesightQuestion
  /** No round is begun that would end later than so long after the start, milliseconds. */
  readonly plannedMs: number
}

/** What the thread says: how far it is, and at its end one of the others. */
export type ForesightAnswer =
  | { readonly kind: 'progress'; readonly done: number; readonly total: number }
  | { readonly kind: 'foresight'; readonly foresight: Foresight }
  | { readonly kind: 'problem'; readonly code: string; readonly message: string }

/** Older records than these tell little of tomorrow. */
const recordsMax = 100_000

function say(answer: ForesightAnswer): void {
  parentPort?.postMessage(answer)
}

/** Runs go one after the other: the other cores are the dialing's. */
async function answer({ file, question, plannedMs }: ForesightData): Promise<Foresight> {
  const startedAt = performance.now()
  const whatIf = prepareWhatIf({ ...question, past: readPast(file, question.present.campaignId) })
  const pool = createSimulationPool(0)
  const total = whatIfPlan.seeds * 2
  let done = 0
  const onRun = (): void => {
    done += 1
    say({ kind: 'progress', done, total })
  }
  const rounds: WhatIfRound[] = []
  say({ kind: 'progress', done, total })
  for (let round = 0; round < whatIfPlan.seeds; round += 1) {
    const usedMs = performance.now() - startedAt
    if (round > 0 && usedMs * (1 + 1 / round) > plannedMs) break
    rounds.push(await whatIf.run(round, { pool, onRun }))
  }
  return whatIf.answer(rounds)
}

function readPast(file: string, campaignId: string) {
  const reader = openHistory(file)
  try {
    const calls = reader.calls({ campaignId, limit: recordsMax })
    return [...calls].flatMap(call => pastAttemptOf(call) ?? [])
  } finally {
    reader.close()
  }
}

stepBack()
// Started with this type by foresee.ts only.
answer(workerData as ForesightData).then(
  foresight => say({ kind: 'foresight', foresight }),
  (error: unknown) => say({ kind: 'problem', code: errorCode(error), message: errorMessage(error) }),
)
