import type { DayCaps } from '../core/campaigns/campaign.ts'
import type { Day } from '../core/dialing/dayUse.ts'
import type { InstantMs } from '../core/ids.ts'
import type { Input } from '../core/inputs.ts'
import { dayMs } from '../core/time.ts'
import type { AttemptStore } from '../ports/attempts.ts'
import { type Clock, dateOf } from '../ports/clock.ts'

/** The caps of the whole installation, and which calendar day an instant belongs to: also for the campaigns' own caps. */
export interface DayLimits {
  readonly caps: DayCaps
  readonly dayAround: (at: InstantMs) => Day
}

const noLimits: DayLimits = {
  caps: {},
  dayAround: at => {
    const from = Math.floor(at / dayMs) * dayMs
    return { from, until: from + dayMs }
  },
}

/** The days of a running dialer. */
export interface Days {
  /** The day that goes on, with what has been used up of it: before anything is dialed, and when the date has stepped. */
  start(): Promise<void>
  /** Other caps over all campaigns, for this day too. */
  setCaps(caps: DayCaps): Promise<void>
  close(): void
}

/** Tells the engine of each day as it begins. What was dialed and talked before a restart, or a kill, is counted from the store. */
export function createDays(
  { clock, store }: { readonly clock: Clock; readonly store: Pick<AttemptStore, 'dayTotals'> },
  { caps: capsAtStart, dayAround }: DayLimits = noLimits,
  submit: (input: Extract<Input, { kind: 'day-began' }>) => unknown,
): Days {
  let caps = capsAtStart
  let cancel = (): void => {}
  const wakeNext = ({ until }: Day): void => {
    cancel = clock.wakeAt(clock.now() + until - dateOf(clock), () => {
      const day = dayAround(Math.max(dateOf(clock), until))
      submit({ kind: 'day-began', caps, day, totals: [] })
      wakeNext(day)
    })
  }
  async function start(): Promise<void> {
    cancel()
    const day = dayAround(dateOf(clock))
    submit({ kind: 'day-began', caps, day, totals: await store.dayTotals(day) })
    wakeNext(day)
  }

  return {
    start,
    async setCaps(next) {
      if (JSON.stringify(next) === JSON.stringify(caps)) return
      caps = next
      await start()
    },
    close: () => cancel(),
  }
}
