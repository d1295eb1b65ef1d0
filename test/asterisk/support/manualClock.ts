import type { Clock } from '../../../src/ports/clock.ts'

/** A clock that moves when told to. */
export interface ManualClock extends Clock {
  /** Moves on, waking in order whoever is due. */
  advance(durationMs: number): void
  /** How many wait. */
  readonly waiting: number
}

export function createManualClock(startAt = 1_000_000): ManualClock {
  let now = startAt
  const timers = new Set<{ readonly at: number; readonly wake: () => void }>()
  return {
    now: () => now,
    wakeAt(at, wake) {
      const timer = { at, wake }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    advance(durationMs) {
      const end = now + durationMs
      for (;;) {
        const [next] = [...timers].filter(timer => timer.at <= end).sort((a, b) => a.at - b.at)
        if (next === undefined) break
        timers.delete(next)
        now = Math.max(now, next.at)
        next.wake()
      }
      now = end
    },
    get waiting() {
      return timers.size
    },
  }
}
