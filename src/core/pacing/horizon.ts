import type { DurationEstimate } from './durations.ts'
import type { Estimates } from './estimate.ts'
import { valueAt } from './math.ts'
import { type PreparedRow, prepared } from './sums.ts'

/** At how many moments the future is looked at: quantiles of the ring time, each as likely as the others to be the answer. */
export const points = 12

/** Elapsed times are put into buckets: seconds up to here, then each 5 % longer than the last. */
const fineBuckets = 40
const bucketGrowth = Math.log(1.05)
const elapsedMaxSec = 3_600
/** The bucket of each whole second: a decision on a thousand agents looks up thousands. */
const bucketOfSecond = Uint8Array.from({ length: elapsedMaxSec + 1 }, (_, sec) =>
  sec < fineBuckets ? sec : fineBuckets + Math.floor(Math.log(sec / fineBuckets) / bucketGrowth),
)
/** Number of buckets of elapsed time. */
export const buckets = bucketOf(elapsedMaxSec) + 1

/** The bucket of an elapsed time in seconds; whatever is not a time counts as 0. */
export function bucketOf(sec: number): number {
  if (!(sec > 0)) return 0
  return bucketOfSecond[Math.floor(Math.min(sec, elapsedMaxSec))] ?? 0
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
  #waitSec = Number.NaN
  readonly #estimates: Estimates
  /** Versions of the estimates that the tables were made of: of none yet. */
  #ringVersion = Number.NaN
  #unansweredVersion = Number.NaN
  #talkVersion = Number.NaN
  #wrapUpVersion = Number.NaN
  /** P(wrap-up <= n + 1/2 seconds), n = 0, 1, ... */
  #wrapUpMiddles = Float64Array.of()
  #talk: (PreparedRow | undefined)[] = []
  #wrapUp: (PreparedRow | undefined)[] = []
  #rest: (PreparedRow | undefined)[] = []
  #ring: (RingRow | undefined)[] = []
  readonly #talkSoon = new Float64Array(buckets)
  readonly #wrapUpSoon = new Float64Array(buckets)

  constructor(estimates: Estimates) {
    this.#estimates = estimates
  }

  /** Makes the tables follow the estimates and the longest wait. */
  refresh(waitSec: number): void {
    const { ring, unanswered, talk, wrapUp } = this.#estimates
    const timesMoved = ring.version !== this.#ringVersion || waitSec !== this.#waitSec
    if (timesMoved) {
      this.#setTimes(waitSec)
      this.#rest = []
    }
    if (timesMoved || unanswered.version !== this.#unansweredVersion) this.#ring = []
    if (timesMoved || wrapUp.version !== this.#wrapUpVersion) {
      this.#wrapUp = []
      const last = Math.ceil(valueAt(this.times, points - 1) + waitSec)
      this.#wrapUpMiddles = Float64Array.from({ length: last + 1 }, (_, second) => wrapUp.at(second + 0.5))
    }
    if (timesMoved || wrapUp.version !== this.#wrapUpVersion || talk.version !== this.#talkVersion) this.#talk = []
    this.#unansweredVersion = unanswered.version
    this.#wrapUpVersion = wrapUp.version
    this.#talkVersion = talk.version
  }

  #setTimes(waitSec: number): void {
    const { ring } = this.#estimates
    this.#waitSec = waitSec
    this.#ringVersion = ring.version
    for (let point = 0; point < points; point += 1) {
      const time = ring.quantile((point + 0.5) / points)
      this.times[point] = time
      this.freshRing[point] = ring.at(time)
    }
  }

  /** P(free again by each point plus the wait) of an agent who has talked for so long. */
  talk(bucket: number): PreparedRow {
    const known = this.#talk[bucket]
    if (known !== undefined) return known
    const freed = freeAfterTalk(this.#estimates.talk, this.#wrapUpMiddles, middleOf(bucket))
    const row = prepared(this.times.map(time => interpolated(freed, time + this.#waitSec)))
    this.#talk[bucket] = row
    this.#talkSoon[bucket] = interpolated(freed, this.#waitSec)
    return row
  }

  /** P(free again within the wait from now) of an agent who has talked for so long. */
  talkSoon(bucket: number): number {
    this.talk(bucket)
    return valueAt(this.#talkSoon, bucket)
  }

  /** The same of an agent in wrap-up. */
  wrapUpSoon(bucket: number): number {
    this.wrapUp(bucket)
    return valueAt(this.#wrapUpSoon, bucket)
  }

  /** The same of an agent in wrap-up. */
  wrapUp(bucket: number): PreparedRow {
    const known = this.#wrapUp[bucket]
    if (known !== undefined) return known
    const { wrapUp } = this.#estimates
    const elapsed = middleOf(bucket)
    const row = prepared(this.times.map(time => endsWithin(wrapUp, elapsed, time + this.#waitSec)))
    this.#wrapUp[bucket] = row
    this.#wrapUpSoon[bucket] = endsWithin(wrapUp, elapsed, this.#waitSec)
    return row
  }

  /** The same of an agent who has so much rest left: certain. */
  rest(bucket: number): PreparedRow {
    const known = this.#rest[bucket]
    if (known !== undefined) return known
    const left = middleOf(bucket)
    const row = prepared(this.times.map(time => (left <= time + this.#waitSec ? 1 : 0)))
    this.#rest[bucket] = row
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

/**
 * P(talk and the wrap-up after it both end within n seconds | talked for `elapsed`), n = 0, 1, ...: a convolution in steps of a
 * second. `wrapUpMiddles`: P(wrap-up <= n + 1/2 seconds).
 */
function freeAfterTalk(talk: DurationEstimate, wrapUpMiddles: Float64Array, elapsed: number): Float64Array {
  const seconds = wrapUpMiddles.length
  const freed = new Float64Array(seconds)
  const survival = 1 - talk.at(elapsed)
  if (survival < strangeSurvival) return freed.map((_, within) => 1 - Math.exp(-within / strangeMeanSec))
  let before = talk.at(elapsed)
  for (let from = 0; from < seconds; from += 1) {
    const ended = talk.at(elapsed + from + 1)
    const share = (ended - before) / survival
    for (let within = from + 1; within < seconds; within += 1)
      freed[within] = valueAt(freed, within) + share * valueAt(wrapUpMiddles, within - from - 1)
    before = ended
  }
  return freed
}

/** The value between two whole seconds, at most 1. */
function interpolated(bySecond: Float64Array, sec: number): number {
  const second = Math.floor(sec)
  const below = valueAt(bySecond, second)
  return Math.min(1, below + (valueAt(bySecond, second + 1) - below) * (sec - second))
}
