import type { SimulationPool } from '../../../sim/study/pool.ts'
import type { SimulationResult } from '../../../sim/study/run.ts'
import type { Cli } from '../../cli.ts'
import { createProgressBar, inRuns } from '../../terminal/progressBar.ts'

/** What a shell shows of a program that was ended by Ctrl-C: 128 and the signal's number. */
const stoppedExitCode = 130

/** What simulating work is given. */
export interface Simulating {
  readonly pool: SimulationPool
  onExpected(runs: number): void
  onRun(result: SimulationResult): void
}

/** What simulating took. */
export interface Effort {
  readonly runs: number
  readonly eventsPerSecond: number
  readonly wallSec: number
}

/**
 * Simulates on every core with a bar on a terminal. Ctrl-C lets go of the threads and ends with exit code 130; then there is no
 * answer.
 */
export async function simulating<Answer>(
  cli: Cli,
  { what, threads }: { readonly what: string; readonly threads?: number | undefined },
  work: (tools: Simulating) => Promise<Answer>,
): Promise<{ readonly answer: Answer; readonly effort: Effort } | undefined> {
  // Loaded here alone: the other commands start faster without the engine.
  const { createSimulationPool } = await import('../../../sim/study/pool.ts')
  const startedAt = performance.now()
  const pool = createSimulationPool(threads)
  const bar = createProgressBar(cli.terminal, { what, total: 0, unit: inRuns })
  const stop = { asked: false }
  const counts = { runs: 0, events: 0 }
  const unlisten = cli.terminal.onStop(() => {
    stop.asked = true
    void pool.close()
  })
  try {
    const answer = await work({
      pool,
      onExpected(runs) {
        bar.expect(runs)
        bar.add(0)
      },
      onRun({ events }) {
        counts.runs += 1
        counts.events += events
        bar.add(1)
      },
    })
    const wallSec = (performance.now() - startedAt) / 1000
    return { answer, effort: { runs: counts.runs, wallSec, eventsPerSecond: Math.round(counts.events / wallSec) } }
  } catch (error) {
    // What fails after that fails because the threads are gone.
    if (!stop.asked) throw error
    cli.setExitCode(stoppedExitCode)
    return undefined
  } finally {
    unlisten()
    bar.end()
    await pool.close()
  }
}
