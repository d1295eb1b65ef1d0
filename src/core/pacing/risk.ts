import { bucketOf, buckets, type Horizon, points } from './horizon.ts'
import type { Census } from './limits.ts'
import { type Cumulants, clamp, numberOr, probabilityNotPositive, valueAt } from './math.ts'
import type { PacingSnapshot } from './pacer.ts'
import { SumsAtPoints } from './sums.ts'

/** Up to so many agents and calls that may change, the sums' distributions are computed exactly; above, approximated. */
const exactTermsMax = 44
/** The approximation of a small sum can be wrong by less than these factors: beyond them it settles the question. */
const farAbove = 4
const farBelow = 8

/**
 * The risk that one more call, if a person answers it, finds nobody: over the moments of its answer the mean of
 * P(agents free by then < persons answered before it + 1). Loaded with a snapshot, then raised call by call.
 * All memory is kept from decision to decision.
 */
export class Risk {
  readonly #horizon: Horizon
  readonly #talking = new Int32Array(buckets)
  readonly #wrapping = new Int32Array(buckets)
  /** Available agents who have their rest, by the time that is left of it. */
  readonly #resting = new Int32Array(buckets)
  readonly #ringing = new Int32Array(buckets)
  readonly #ringingProbability = new Float64Array(buckets)
  /** The buckets that hold anything. */
  readonly #talkingBuckets: number[] = []
  readonly #wrappingBuckets: number[] = []
  readonly #restingBuckets: number[] = []
  readonly #ringingBuckets: number[] = []
  /** Busy agents who are free by each point plus the wait. */
  readonly #free = new SumsAtPoints(points)
  /** Ringing calls that a person has answered by each point. */
  readonly #answers = new SumsAtPoints(points)
  /** Written before they are read. */
  readonly #difference: Cumulants = { mean: Number.NaN, variance: Number.NaN, third: Number.NaN }
  readonly #side: Cumulants = { mean: Number.NaN, variance: Number.NaN, third: Number.NaN }
  /** The probabilities of the calls that were added to the snapshot. */
  readonly #added: number[] = []
  #counts: Pick<Census, 'available' | 'leavingAvailable' | 'waiting'> = {
    available: 0,
    leavingAvailable: 0,
    waiting: 0,
  }

  constructor(horizon: Horizon) {
    this.#horizon = horizon
  }

  /** Takes up a snapshot of `now`. `probability`: that a call like the campaign's mean is answered. */
  load(snapshot: PacingSnapshot, counts: Census, at: { readonly probability: number; readonly now: number }): void {
    this.#counts = counts
    this.#sortAgents(snapshot, at.now)
    this.#sortCalls(snapshot, at)
    this.#added.length = 0
    this.#sum(false)
  }

  /**
   * The risk of one more call, 0..1. With `accepted` the sums are worked out exactly only where the approximation does not
   * settle on which side of it the risk lies.
   */
  ofOneMore(accepted?: number): number {
    if (this.#exact) return this.#mean(true)
    const approximately = this.#mean(false)
    if (this.#free.terms + this.#answers.terms > exactTermsMax) return approximately
    const settled =
      accepted !== undefined && (approximately > farAbove * accepted || approximately < accepted / farBelow)
    if (settled) return approximately
    this.#sum(true)
    return this.#mean(this.#exact)
  }

  /** Counts one more call as originated. */
  addCall(probability: number): void {
    this.#added.push(probability)
    this.#answers.add(this.#horizon.freshRing, 1, probability)
  }

  get #exact(): boolean {
    return this.#free.exact && this.#answers.exact
  }

  #sum(exact: boolean): void {
    this.#free.reset(exact)
    this.#answers.reset(exact)
    for (const bucket of this.#talkingBuckets)
      this.#free.addPrepared(this.#horizon.talk(bucket), this.#talking[bucket] ?? 0)
    for (const bucket of this.#wrappingBuckets)
      this.#free.addPrepared(this.#horizon.wrapUp(bucket), this.#wrapping[bucket] ?? 0)
    for (const bucket of this.#restingBuckets)
      this.#free.addPrepared(this.#horizon.rest(bucket), this.#resting[bucket] ?? 0)
    for (const bucket of this.#ringingBuckets) this.#addRinging(bucket)
    for (const probability of this.#added) this.#answers.add(this.#horizon.freshRing, 1, probability)
    this.#free.cumulate()
  }

  #mean(exact: boolean): number {
    let sum = 0
    for (let point = 0; point < points; point += 1) sum += exact ? this.#exactAt(point) : this.#normalAt(point)
    return clamp(numberOr(sum / points, 1), 0, 1)
  }

  /** The risk that a person who answers this very moment finds nobody within the longest wait, 0..1; of the loaded snapshot. */
  ofAnswerNow(): number {
    const { available, leavingAvailable, waiting } = this.#counts
    const needed = waiting + 1 - available - leavingAvailable
    if (needed <= 0) return 0
    if (needed > this.#free.terms) return 1
    // P(so many agents are free soon), counted up to one less than is needed.
    const free = new Float64Array(needed)
    free[0] = 1
    for (const bucket of this.#talkingBuckets) addFew(free, this.#horizon.talkSoon(bucket), this.#talking[bucket] ?? 0)
    for (const bucket of this.#wrappingBuckets)
      addFew(free, this.#horizon.wrapUpSoon(bucket), this.#wrapping[bucket] ?? 0)
    let tooFew = 0
    for (let count = 0; count < needed; count += 1) tooFew += free[count] ?? 1
    return clamp(tooFew, 0, 1)
  }

  /** Agents expected to be free, and persons expected to have answered, by the last point. */
  expected(): { readonly free: number; readonly answers: number } {
    const last = points - 1
    return {
      free: this.#counts.available + this.#counts.leavingAvailable + valueAt(this.#free.mean, last),
      answers: this.#counts.waiting + valueAt(this.#answers.mean, last),
    }
  }

  #sortAgents(snapshot: PacingSnapshot, now: number): void {
    empty(this.#talking, this.#talkingBuckets)
    empty(this.#wrapping, this.#wrappingBuckets)
    empty(this.#resting, this.#restingBuckets)
    for (const agent of snapshot.agents) {
      if (agent.leaving) continue
      if (agent.state === 'available') {
        if (agent.until === undefined || agent.until <= now) continue
        put(this.#resting, this.#restingBuckets, bucketOf((agent.until - now) / 1000))
        continue
      }
      const bucket = agent.state === 'reserved' ? 0 : bucketOf((now - agent.since) / 1000)
      if (agent.state === 'wrap-up') put(this.#wrapping, this.#wrappingBuckets, bucket)
      else put(this.#talking, this.#talkingBuckets, bucket)
    }
  }

  #sortCalls(
    snapshot: PacingSnapshot,
    { probability, now }: { readonly probability: number; readonly now: number },
  ): void {
    for (const bucket of this.#ringingBuckets) this.#ringingProbability[bucket] = 0
    empty(this.#ringing, this.#ringingBuckets)
    for (const call of snapshot.calls) {
      if (call.state === 'waiting') continue
      const bucket = bucketOf((now - call.since) / 1000)
      const p = clamp(numberOr(call.answerFactor, 1) * probability, 0, 1)
      put(this.#ringing, this.#ringingBuckets, bucket)
      this.#ringingProbability[bucket] = valueAt(this.#ringingProbability, bucket) + p
    }
  }

  /** p [Fa(e+t) - Fa(e)] / { p [1 - Fa(e)] + (1-p) [1 - Ff(e)] }, with the bucket's mean p. */
  #addRinging(bucket: number): void {
    const times = this.#ringing[bucket] ?? 0
    const row = this.#horizon.ring(bucket)
    const p = valueAt(this.#ringingProbability, bucket) / times
    const alive = p * row.answeredLater + (1 - p) * row.failsLater
    this.#answers.add(row.answers, times, alive > 1e-9 ? p / alive : 0)
  }

  /** Sum over the answers before ours of their probability times P(too few are free for one more). What is not known is risk. */
  #exactAt(point: number): number {
    const answers = this.#answers.distribution(point)
    const free = this.#free.distribution(point)
    const { available, leavingAvailable, waiting } = this.#counts
    const busy = this.#free.terms
    let risk = 0
    for (let answered = 0; answered <= this.#answers.terms; answered += 1) {
      const released = Math.max(0, answered + waiting - leavingAvailable) - available
      if (released < 0) continue
      risk += (answers[answered] ?? 1) * (free[Math.min(released, busy)] ?? 1)
    }
    return risk
  }

  #normalAt(point: number): number {
    const { available, leavingAvailable, waiting } = this.#counts
    const free = this.#side
    const difference = this.#difference
    this.#answers.cumulants(point, difference)
    this.#free.cumulants(point, free)
    difference.mean = available + leavingAvailable + free.mean - difference.mean - waiting
    difference.variance += free.variance
    difference.third = free.third - difference.third
    const nobodyLeft = probabilityNotPositive(difference)
    if (leavingAvailable === 0 || available > 0) return nobodyLeft
    return Math.max(nobodyLeft, probabilityNotPositive(free))
  }
}

/** Adds yes-or-no variables to the distribution of a sum of which only the first values are wanted. */
function addFew(pmf: Float64Array, p: number, times: number): void {
  for (let n = 0; n < times; n += 1) {
    for (let value = pmf.length - 1; value > 0; value -= 1)
      pmf[value] = valueAt(pmf, value) * (1 - p) + valueAt(pmf, value - 1) * p
    pmf[0] = valueAt(pmf, 0) * (1 - p)
  }
}

/** Counts one more in a bucket and remembers that it holds something. */
function put(counts: Int32Array, held: number[], bucket: number): void {
  const count = counts[bucket] ?? 0
  if (count === 0) held.push(bucket)
  counts[bucket] = count + 1
}

function empty(counts: Int32Array, held: number[]): void {
  for (const bucket of held) counts[bucket] = 0
  held.length = 0
}
