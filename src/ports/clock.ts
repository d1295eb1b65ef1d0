import type { InstantMs } from '../core/ids.ts'

/** What is the matter with a clock that shows the date. */
export interface ClockTrouble {
  readonly code: 'clock-jumped' | 'clock-ahead'
  /** One line that says what it is and what to do. */
  readonly says: string
  /** It is not known which time is right: hours cannot be judged. */
  readonly isDoubtful: boolean
}

/** Time, and waiting for it. The system's in production, a scheduler's in simulation. */
export interface Clock {
  /** Milliseconds; monotonic within a run. */
  now(): InstantMs
  /** Calls back once at or after `at`; the function returned cancels. */
  wakeAt(at: InstantMs, wake: () => void): () => void
  /**
   * The date as well as it is known, for calling hours and whatever else a law measures by the calendar: it may step, either way.
   * Absent: `now`, as where time is simulated.
   */
  readonly calendar?: Calendar
}

/** The date beside a clock that only runs forward. */
export interface Calendar {
  now(): InstantMs
  /** What is the matter with it; absent: nothing. */
  trouble(): ClockTrouble | undefined
  /** Told when trouble comes, changes or goes, and when the date has stepped, until the function returned is called. */
  onChange(listener: (change: { readonly steppedByMs?: number }) => void): () => void
}

/** The date by this clock. */
export function dateOf({ now, calendar }: Pick<Clock, 'now' | 'calendar'>): InstantMs {
  return calendar === undefined ? now() : calendar.now()
}
