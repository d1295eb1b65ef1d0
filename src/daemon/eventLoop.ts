import { type DurationCounts, DurationTally } from '../core/tally.ts'

/** Hears how late the event loop is. */
export interface EventLoopWatch {
  /** How late whatever was due has run since the start, looked at ten times a second. */
  lateness(): DurationCounts
  close(): void
}

const everyMs = 100
/** Nothing of ours may hold it for more than 20 ms. */
const boundsMs = [1, 2, 5, 10, 20, 50, 100, 250, 500, 1_000]

/** Begins to look; keeps no process alive. */
export function watchEventLoop(): EventLoopWatch {
  const tally = new DurationTally(boundsMs)
  let dueAt = performance.now() + everyMs
  const timer = setInterval(() => {
    const now = performance.now()
    tally.add(now - dueAt)
    dueAt = now + everyMs
  }, everyMs)
  timer.unref()
  return { lateness: () => tally.copy(), close: () => clearInterval(timer) }
}
