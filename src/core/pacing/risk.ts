import { bucketOf, buckets, type Horizon, points } from './horizon.ts'
import type { Census } from './limits.ts'
import { addBernoulli, type Cumulants, clamp, cumulate, probabilityNotPositive } from './math.ts'
import type { PacingSnapshot } from './pacer.ts'

/** Up to so many agents and calls that may change, the sums' distributions are computed exactly; above, approximated. */
const exactTermsMax = 44
/** Room for the calls that one decision adds to an exact sum. */
const exactRoom = 128

/**
 * The risk that one more call, if a person answers it, finds nobody: over the moments of its answer the mean of
 * P(agents free by then < persons answered before it + 1). Loaded with a snapshot, then raised call by call.
 * All memory is kept from decision to decision.
 */
export class Risk {
  readonly #horizon: Horizon
  readonly #talking = new Int32Array(buckets)
  readonly #wrapping = new Int32Array(buckets)
  readonly #ringing = new Int32Array(buckets)
  readonly #ringingProbability = new Float64Array(buckets)
  readonly #free: Cumulants[] = cumulantsAtPoints()
  readonly #answers: Cumulants[] = cumulantsAtPoints()
  readonly #difference: Cumulants = { mean: 0, variance: 0, third: 0 }
  readonly #freeUpTo = Array.from({ length: points }, () => new Float64Array(exactRoom + 2))
  readonly #answersExactly = Array.from({ length: points }, () => new Float64Array(exactRoom + 2))
  #busyTerms = 0
  #callTerms = 0
  #exact = false
  #counts: Census = { serving: 0, available: 0, leavingAvailable: 0, inFlight: 0, waiting: 0 }

  constructor(horizon: Horizon) {
    this.#horizon = horizon
  }

  /** Takes up a snapshot. `probability`: that a call without its own is answered. */
  load(snapshot: PacingSnapshot, counts: Census, probability: number): void {
    this.#counts = counts
    this.#sortAgents(snapshot)
    this.#sortCalls(snapshot, probability)
    reset(this.#free)
    reset(this.#answers)
    this.#exact = this.#busyTerms + this.#callTerms <= exactTermsMax
    const busy = this.#busyTerms
    const calls = this.#callTerms
    this.#busyTerms = 0
    this.#callTerms = 0
    if (this.#exact) clear(this.#freeUpTo)
    if (this.#exact) clear(this.#answersExactly)
    for (let bucket = 0, left = busy; left > 0 && bucket < buckets; bucket += 1) left -= this.#addBusy(bucket)
    for (let bucket = 0, left = calls; left > 0 && bucket < buckets; bucket += 1) left -= this.#addRinging(bucket)
    if (this.#exact) for (const distribution of this.#freeUpTo) cumulate(distribution, this.#busyTerms)
  }

  /** The risk of one more call, 0..1. */
  ofOneMore(): number {
    let sum = 0
    for (let point = 0; point < points; point += 1) sum += this.#exact ? this.#exactAt(point) : this.#normalAt(point)
    return clamp(sum / points, 0, 1, 1)
  }

  /** Counts one more call as originated. */
  addCall(probability: number): void {
    if (this.#callTerms >= exactRoom) this.#exact = false
    for (let point = 0; point < points; point += 1) {
      const p = probability * this.#horizon.answeredBy(point)
      this.#addTerm(this.#answers, this.#answersExactly, { point, p, times: 1, terms: this.#callTerms })
    }
    this.#callTerms += 1
  }

  /** Agents expected to be free, and persons expected to have answered, by the last point. */
  expected(): { readonly free: number; readonly answers: number } {
    const last = points - 1
    return {
      free: this.#counts.available + this.#counts.leavingAvailable + (this.#free[last]?.mean ?? 0),
      answers: this.#counts.waiting + (this.#answers[last]?.mean ?? 0),
    }
  }

  #sortAgents(snapshot: PacingSnapshot): void {
    this.#talking.fill(0)
    this.#wrapping.fill(0)
    let terms = 0
    for (const agent of snapshot.agents) {
      if (agent.leaving || agent.state === 'available') continue
      const bucket = agent.state === 'reserved' ? 0 : bucketOf(agent.elapsedMs / 1000)
      const sorted = agent.state === 'wrap-up' ? this.#wrapping : this.#talking
      sorted[bucket] = (sorted[bucket] ?? 0) + 1
      terms += 1
    }
    this.#busyTerms = terms
  }

  #sortCalls(snapshot: PacingSnapshot, probability: number): void {
    this.#ringing.fill(0)
    this.#ringingProbability.fill(0)
    let terms = 0
    for (const call of snapshot.calls) {
      if (call.state === 'waiting') continue
      const bucket = bucketOf(call.elapsedMs / 1000)
      const own = call.answerProbability
      const p = own === undefined ? probability : clamp(own, 0, 1, probability)
      this.#ringing[bucket] = (this.#ringing[bucket] ?? 0) + 1
      this.#ringingProbability[bucket] = (this.#ringingProbability[bucket] ?? 0) + p
      terms += 1
    }
    this.#callTerms = terms
  }

  #addBusy(bucket: number): number {
    const talking = this.#talking[bucket] ?? 0
    const wrapping = this.#wrapping[bucket] ?? 0
    if (talking > 0) this.#addFree(this.#horizon.talk(bucket), talking)
    if (wrapping > 0) this.#addFree(this.#horizon.wrapUp(bucket), wrapping)
    return talking + wrapping
  }

  #addFree(row: Float64Array, times: number): void {
    for (let point = 0; point < points; point += 1)
      this.#addTerm(this.#free, this.#freeUpTo, { point, p: row[point] ?? 0, times, terms: this.#busyTerms })
    this.#busyTerms += times
  }

  /** p [Fa(e+t) - Fa(e)] / { p [1 - Fa(e)] + (1-p) [1 - Ff(e)] }, with the bucket's mean p. */
  #addRinging(bucket: number): number {
    const times = this.#ringing[bucket] ?? 0
    if (times === 0) return 0
    const row = this.#horizon.ring(bucket)
    const p = (this.#ringingProbability[bucket] ?? 0) / times
    const alive = p * row.answeredLater + (1 - p) * row.failsLater
    const scale = alive > 1e-9 ? p / alive : 0
    for (let point = 0; point < points; point += 1) {
      const answered = Math.min(1, scale * (row.answers[point] ?? 0))
      this.#addTerm(this.#answers, this.#answersExactly, { point, p: answered, times, terms: this.#callTerms })
    }
    this.#callTerms += times
    return times
  }

  #addTerm(
    sums: Cumulants[],
    distributions: Float64Array[],
    term: { readonly point: number; readonly p: number; readonly times: number; readonly terms: number },
  ): void {
    const { point, p, times, terms } = term
    const sum = sums[point]
    const distribution = distributions[point]
    if (sum === undefined || distribution === undefined) return
    const variance = times * p * (1 - p)
    sum.mean += times * p
    sum.variance += variance
    sum.third += variance * (1 - 2 * p)
    if (this.#exact) for (let n = 0; n < times; n += 1) addBernoulli(distribution, terms + n, p)
  }

  /** Sum over the answers before ours of their probability times P(too few are free for one more). */
  #exactAt(point: number): number {
    const answers = this.#answersExactly[point]
    const free = this.#freeUpTo[point]
    if (answers === undefined || free === undefined) return 1
    const { available, leavingAvailable, waiting } = this.#counts
    let risk = 0
    for (let answered = 0; answered <= this.#callTerms; answered += 1) {
      const released = Math.max(0, answered + waiting - leavingAvailable) - available
      if (released < 0) continue
      risk += (answers[answered] ?? 0) * (released >= this.#busyTerms ? 1 : (free[released] ?? 1))
    }
    return risk
  }

  #normalAt(point: number): number {
    const free = this.#free[point]
    const answers = this.#answers[point]
    if (free === undefined || answers === undefined) return 1
    const { available, leavingAvailable, waiting } = this.#counts
    const difference = this.#difference
    difference.mean = available + leavingAvailable + free.mean - answers.mean - waiting
    difference.variance = free.variance + answers.variance
    difference.third = free.third - answers.third
    const nobodyLeft = probabilityNotPositive(difference)
    if (leavingAvailable === 0 || available > 0) return nobodyLeft
    return Math.max(nobodyLeft, probabilityNotPositive(free))
  }
}

function cumulantsAtPoints(): Cumulants[] {
  return Array.from({ length: points }, () => ({ mean: 0, variance: 0, third: 0 }))
}

function reset(sums: Cumulants[]): void {
  for (const sum of sums) {
    sum.mean = 0
    sum.variance = 0
    sum.third = 0
  }
}

function clear(distributions: Float64Array[]): void {
  for (const distribution of distributions) {
    distribution.fill(0)
    distribution[0] = 1
  }
}
