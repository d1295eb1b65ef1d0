import type { InstantMs } from '../../core/ids.ts'
import { hourMs } from '../../core/time.ts'
import type { Dialer } from '../../dialer/dialer.ts'
import type { Scenario } from '../scenarios/scenario.ts'
import type { CarrierTally } from '../world/carrierTally.ts'
import type { VirtualClock } from '../world/scheduler.ts'
import type { Timeline } from './results.ts'

/** What sampling looks at. */
export interface SamplingOptions {
  readonly scenario: Scenario
  readonly clock: VirtualClock
  readonly dialer: Dialer
  readonly tally: CarrierTally
  /** How many samples over all working hours; 0: none. */
  readonly samples: number
  hoursAt(now: InstantMs): number
}

const nightStepMs = 10_000

/** Samples a run at equal steps of working time, from now on. */
export function startSampling(options: SamplingOptions): { timeline(): Timeline } {
  const { scenario, clock, dialer, tally, samples, hoursAt } = options
  const hours = scenario.horizon.hours * scenario.horizon.days
  const stepMs = (hours * hourMs) / Math.max(1, samples)
  const rows: (readonly number[])[] = []
  let lastHours = -1

  function sample(): void {
    const at = hoursAt(clock.now())
    if (rows.length >= samples) return
    // Nights stand still, and are not worth many looks.
    const night = at <= lastHours
    clock.wakeAt(clock.now() + (night ? Math.max(stepMs, nightStepMs) : stepMs), sample)
    if (night) return
    lastHours = at
    const { agents, calls } = dialer.gateway.board()
    const inFlight = calls.originating + calls.ringing + calls.screening + calls.waiting
    const rate = tally.persons > 0 ? (tally.persons - tally.connected) / tally.persons : 0
    const talking = agents['on-call'] + agents.reserved
    rows.push([at, agents.available, talking, agents['wrap-up'], agents.paused, inFlight, rate])
  }

  if (samples > 0) clock.wakeAt(clock.now() + stepMs, sample)
  const column = (index: number): readonly number[] => rows.map(row => row[index] ?? 0)
  return {
    timeline: () => ({
      hours: column(0),
      available: column(1),
      onCall: column(2),
      wrapUp: column(3),
      paused: column(4),
      inFlight: column(5),
      abandonmentRate: column(6),
    }),
  }
}
