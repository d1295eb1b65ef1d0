/** How long things took: so many up to each bound, and so many longer than all of them. */
export interface DurationCounts {
  /** Upper bounds, milliseconds, ascending. */
  readonly boundsMs: readonly number[]
  /** One more than the bounds: each counts what is longer than the bound before and not longer than its own. */
  readonly counts: readonly number[]
  readonly sumMs: number
}

/** Counts durations; adding one costs a few comparisons. */
export class DurationTally {
  readonly #boundsMs: readonly number[]
  readonly #counts: number[]
  #sumMs = 0

  /** `boundsMs`: ascending. */
  constructor(boundsMs: readonly number[]) {
    this.#boundsMs = boundsMs
    this.#counts = [...boundsMs, 0].map(() => 0)
  }

  /** Counts one; what a clock that was set makes negative counts as none. */
  add(durationMs: number): void {
    const lengthMs = Math.max(0, durationMs)
    let bucket = 0
    for (const boundMs of this.#boundsMs) {
      if (lengthMs <= boundMs) break
      bucket += 1
    }
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1
    this.#sumMs += lengthMs
  }

  /** What has been counted, as a copy. */
  copy(): DurationCounts {
    return { boundsMs: [...this.#boundsMs], counts: [...this.#counts], sumMs: this.#sumMs }
  }
}
