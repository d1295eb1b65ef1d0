import type { InstantMs } from '../core/ids.ts'

/** Time, and waiting for it. The system's in production, a scheduler's in simulation. */
export interface Clock {
  /** Milliseconds; monotonic within a run. */
  now(): InstantMs
  /** Calls back once at or after `at`; the function returned cancels. */
  wakeAt(at: InstantMs, wake: () => void): () => void
}
