import { DurationTally } from '../../core/tally.ts'

/** How long a PBX takes to answer, by interface. What was broken off says nothing; what was given up took its whole time limit. */
export interface LatencyTallies {
  readonly ari: DurationTally
  readonly ami: DurationTally
}

/** From what one PBX on the same machine needs to the limit of a request; 600 ms is where the breaker opens. */
const boundsMs = [1, 2, 5, 10, 25, 50, 100, 250, 600, 1_000, 2_500, 5_000]

/** Nothing was asked yet. */
export function createLatencyTallies(): LatencyTallies {
  return { ari: new DurationTally(boundsMs), ami: new DurationTally(boundsMs) }
}
