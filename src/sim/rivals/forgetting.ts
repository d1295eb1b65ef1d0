/** A mean that forgets: after `forgetsAfter` observations one has lost 63 % of its weight. */
export class ForgettingMean {
  readonly #keep: number
  #sum: number
  #weight: number

  /** Starts as if it had seen `weight` observations of `mean`. */
  constructor(start: { readonly mean: number; readonly weight: number; readonly forgetsAfter: number }) {
    this.#keep = 1 - 1 / start.forgetsAfter
    this.#weight = start.weight
    this.#sum = start.mean * start.weight
  }

  /** What is not a number is ignored. */
  observe(value: number): void {
    if (!Number.isFinite(value)) return
    this.#sum = this.#sum * this.#keep + value
    this.#weight = this.#weight * this.#keep + 1
  }

  /** NaN while nothing is known. */
  get value(): number {
    return this.#sum / this.#weight
  }
}
