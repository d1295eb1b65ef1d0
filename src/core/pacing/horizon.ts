import type { DurationEstimate } from './durations.ts'
import type { Estimates } from './estimate.ts'

/** At how many moments the future is looked at: quantiles of the ring time, each as likely as the others to be the answer. */
export const points = 12

/** Elapsed times are put into buckets: seconds up to here, then each 3 % longer than the last. */
const fineBuckets = 120
const bucketGrowth = Math.log(1.03)
const elapsedMaxSec = 3_600
/** Number of buckets of elapsed time. */
export const buckets = bucketOf(elapsedMaxSec) + 1

/** The bucket of an elapsed time in seconds; whatever is not a time counts as 0. */
export function bucketOf(sec: number): number {
  if (!(sec > 0)) return 0
  if (sec < fineBuckets) return Math.floor(sec)
  return fineBuckets + Math.floor(Math.log(Math.min(sec, elapsedMaxSec) / fineBuckets) / bucketGrowth)
}

/** The elapsed time that stands for a bucket, in seconds. */
function middleOf(bucket: number): number {
  return bucket < fineBuckets ? bucket + 0.5 : fineBuckets * Math.exp((bucket - fineBuckets + 0.5) * bucketGrowth)
}

/** A ringing call's future, whatever its answer probability. */
export interface RingRow {
  /** Fa(e + t) - Fa(e) at each point. */
  readonly answers: Float64Array
  /** 1 - Fa(e): an answered call has not been answered yet. */
  readonly answeredLater: number
  /** 1 - Ff(e): a call that is never answered has not ended yet. */
  readonly failsLater: number
}

/** A duration that has lasted beyond everything seen ends with this mean from now on, in seconds. */
const strangeMeanSec = 60
const strangeSurvival = 1e-9

/**
 * The tables one decision looks up: for every bucket of elapsed time, what will have happened at each point. Rows are made
 * when first asked for and forgotten when the estimates have changed.
 */
export class Horizon {
  /** When the new call would answer, seconds from now, at each point. */
  readonly times = new Float64Array(points)
  /** P(a new call's answer has come) at each point, given that it comes. */
  readonly freshRing = new Float64Array(points)
  #waitSec = -1
  #estimates: Estimates
  #talk: (Float64Array | undefined)[] = []
  #wrapUp: (Float64Array | undefined)[] = []
  #ring: (RingRow | undefined)[] = []

  constructor(estimates: Estimates) {
    this.#estimates = estimates
  }

  /** Makes the tables follow the estimates and the longest wait. */
  refresh(waitSec: number): void {
    const { ring } = this.#estimates
    if (!this.#estimates.refresh() && waitSec === this.#waitSec) return
    this.#waitSec = waitSec
    for (let point = 0; point < points; point += 1) {
      const time = ring.quantile((point + 0.5) / points)
      this.times[point] = time
      this.freshRing[point] = ring.at(time)
    }
    this.#talk = []
    this.#wrapUp = []
    this.#ring = []
  }

  /** P(free again by each point plus the wait) of an agent who has talked for so long. */
  talk(bucket: number): Float64Array {
    const known = this.#talk[bucket]
    if (known !== undefined) return known
    const { talk, wrapUp } = this.#estimates
    const elapsed = middleOf(bucket)
    const row = this.times.map(time => freeAfterTalk({ talk, wrapUp }, elapsed, time + this.#waitSec))
    this.#talk[bucket] = row
    return row
  }

  /** The same of an agent in wrap-up. */
  wrapUp(bucket: number): Float64Array {
    const known = this.#wrapUp[bucket]
    if (known !== undefined) return known
    const { wrapUp } = this.#estimates
    const elapsed = middleOf(bucket)
    const row = this.times.map(time => endsWithin(wrapUp, elapsed, time + this.#waitSec))
    this.#wrapUp[bucket] = row
    return row
  }

  /** A ringing call's future. */
  ring(bucket: number): RingRow {
    const known = this.#ring[bucket]
    if (known !== undefined) return known
    const { ring, unanswered } = this.#estimates
    const elapsed = middleOf(bucket)
    const answered = ring.at(elapsed)
    const row: RingRow = {
      answers: this.times.map(time => ring.at(elapsed + time) - answered),
      answeredLater: 1 - answered,
      failsLater: 1 - unanswered.at(elapsed),
    }
    this.#ring[bucket] = row
    return row
  }
}

/** P(duration <= elapsed + within | duration > elapsed). */
function endsWithin(duration: DurationEstimate, elapsed: number, within: number): number {
  const before = duration.at(elapsed)
  const survival = 1 - before
  if (survival < strangeSurvival) return 1 - Math.exp(-within / strangeMeanSec)
  return Math.min(1, (duration.at(elapsed + within) - before) / survival)
}

/** P(talk and the wrap-up after it both end within so many seconds | talked for `elapsed`): a convolution in steps of a second. */
function freeAfterTalk(
  { talk, wrapUp }: { readonly talk: DurationEstimate; readonly wrapUp: DurationEstimate },
  elapsed: number,
  within: number,
): number {
  const survival = 1 - talk.at(elapsed)
  if (survival < strangeSurvival) return 1 - Math.exp(-within / strangeMeanSec)
  let sum = 0
  let before = talk.at(elapsed)
  for (let from = 0; from < within; from += 1) {
    const to = Math.min(within, from + 1)
    const ended = talk.at(elapsed + to)
    sum += (ended - before) * wrapUp.at(within - (from + to) / 2)
    before = ended
  }
  return Math.min(1, sum / survival)
}
