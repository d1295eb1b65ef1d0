import { performance } from 'node:perf_hooks'
import type { Clock } from '../ports/clock.ts'

/** Node's timers hold at most 2^31-1 ms. */
const timerMaxMs = 2_147_483_647

/** A wall clock that is ahead of ours by more than this was set forward: follow it. */
const jumpMs = 250

/**
 * The system's clock: whole epoch milliseconds that never run backwards within a run. A wall clock that is set forward is
 * followed; one that is set back is not, until the next start: deadlines must not stand still.
 */
export function createSystemClock(): Clock {
  let startedAt = Date.now() - performance.now()
  const now = (): number => {
    const behindMs = Date.now() - (startedAt + performance.now())
    if (behindMs > jumpMs) startedAt += behindMs
    return Math.floor(startedAt + performance.now())
  }
  return {
    now,
    wakeAt(at, wake) {
      const timer = setTimeout(wake, Math.min(timerMaxMs, Math.max(0, Math.ceil(at - now()))))
      return () => clearTimeout(timer)
    },
  }
}
