import { addBernoulli, type Cumulants, cumulate, valueAt } from './math.ts'

const nothing = Float64Array.of()

/** An exact sum has room for so many terms. */
export const exactRoom = 128

/** One yes-or-no variable at each point: probability and the cumulants that follow from it. */
export interface PreparedRow {
  readonly mean: Float64Array
  readonly variance: Float64Array
  readonly third: Float64Array
}

/** Prepares a row of probabilities 0..1. */
export function prepared(mean: Float64Array): PreparedRow {
  return { mean, variance: mean.map(p => p * (1 - p)), third: mean.map(p => p * (1 - p) * (1 - 2 * p)) }
}

/**
 * Sums of independent yes-or-no variables, one sum at each of several moments: cumulants always, the exact distribution while
 * wanted and while there is room. Reused from decision to decision, it allocates nothing.
 */
export class SumsAtPoints {
  terms = 0
  readonly mean: Float64Array
  readonly variance: Float64Array
  readonly third: Float64Array
  readonly #distributions: readonly Float64Array[]
  #exact = false

  constructor(points: number) {
    this.mean = new Float64Array(points)
    this.variance = new Float64Array(points)
    this.third = new Float64Array(points)
    this.#distributions = Array.from({ length: points }, () => new Float64Array(exactRoom + 1))
  }

  /** Whether the distributions are exact; the cumulants always hold. */
  get exact(): boolean {
    return this.#exact
  }

  /** Begins anew with an empty sum. */
  reset(exact: boolean): void {
    this.#exact = exact
    this.terms = 0
    this.mean.fill(0)
    this.variance.fill(0)
    this.third.fill(0)
    if (!exact) return
    for (const distribution of this.#distributions) {
      distribution.fill(0)
      distribution[0] = 1
    }
  }

  /** Adds `times` variables that are 1 with probability `scale * row[point]` (cut off at 1). */
  add(row: Float64Array, times: number, scale: number): void {
    const { mean, variance, third } = this
    if (this.terms + times > exactRoom) this.#exact = false
    for (let point = 0; point < mean.length; point += 1) {
      const p = Math.min(1, scale * valueAt(row, point))
      const spread = times * p * (1 - p)
      mean[point] = valueAt(mean, point) + times * p
      variance[point] = valueAt(variance, point) + spread
      third[point] = valueAt(third, point) + spread * (1 - 2 * p)
    }
    if (this.#exact) this.#addExactly(row, times, scale)
    this.terms += times
  }

  #addExactly(row: Float64Array, times: number, scale: number): void {
    for (let point = 0; point < this.#distributions.length; point += 1) {
      const distribution = this.distribution(point)
      const p = Math.min(1, scale * valueAt(row, point))
      for (let n = 0; n < times; n += 1) addBernoulli(distribution, this.terms + n, p)
    }
  }

  /** Adds `times` variables with these cumulants: what {@link add} does for a row that was prepared. */
  addPrepared(row: PreparedRow, times: number): void {
    const { mean, variance, third } = this
    if (this.terms + times > exactRoom) this.#exact = false
    for (let point = 0; point < mean.length; point += 1) {
      mean[point] = valueAt(mean, point) + times * valueAt(row.mean, point)
      variance[point] = valueAt(variance, point) + times * valueAt(row.variance, point)
      third[point] = valueAt(third, point) + times * valueAt(row.third, point)
    }
    if (this.#exact) this.#addExactly(row.mean, times, 1)
    this.terms += times
  }

  /** Turns the exact distributions into distribution functions: nothing can be added any more. */
  cumulate(): void {
    if (!this.#exact) return
    for (const distribution of this.#distributions) cumulate(distribution, this.terms)
  }

  /** The exact distribution (or its distribution function) at a point: index = value of the sum. Empty where there is no point. */
  distribution(point: number): Float64Array {
    return this.#distributions[point] ?? nothing
  }

  /** The cumulants at a point, written into `into`. */
  cumulants(point: number, into: Cumulants): void {
    into.mean = valueAt(this.mean, point)
    into.variance = valueAt(this.variance, point)
    into.third = valueAt(this.third, point)
  }
}
