import type { Census } from './limits.ts'

/** The calls in flight may grow by this factor over the most that were tried lately, and by some calls more, for small teams. */
const growth = 1.5
const slack = 4
/** What is in flight counts as tried after this time: by then most of those who answer have. */
const stepMs = 15_000
/** What was tried has lost half of its worth after half an hour. */
const keptPerStep = 0.5 ** (stepMs / (30 * 60_000))

/**
 * How fast the calls in flight may grow. What is believed of the people who are called may be wrong: all of a first morning, or
 * because the world has changed since. Calls that are made at once are all wrong together, before one of them can tell. So more are
 * made in steps, each tried before the next; where as many were tried lately, at once.
 */
export class Growth {
  /** The most calls in flight that were tried, fading. */
  #tried = 0
  /** The most since the step began. */
  #most = 0
  #stepAt: number | undefined

  /** The most calls in flight now, >= 1. `now` must not run backward. */
  inFlightMax({ inFlight, available }: Pick<Census, 'inFlight' | 'available'>, now: number): number {
    if (this.#stepAt === undefined) {
      this.#stepAt = now
      this.#tried = inFlight
    }
    this.#most = Math.max(this.#most, inFlight)
    const steps = Math.floor((now - this.#stepAt) / stepMs)
    if (steps > 0) {
      this.#stepAt += steps * stepMs
      this.#tried = Math.max(this.#most, this.#tried * keptPerStep ** steps)
      this.#most = inFlight
    }
    return Math.ceil(Math.max(this.#tried, available, 1) * growth) + slack
  }

  /** As plain JSON. */
  memory() {
    return { tried: this.#tried, most: this.#most, stepAt: this.#stepAt ?? null }
  }

  /** Takes up an earlier state; what is malformed is ignored. */
  restore(memory: unknown): void {
    if (typeof memory !== 'object' || memory === null) return
    const { tried, most, stepAt }: Readonly<Record<string, unknown>> = { ...memory }
    if (!isCount(tried) || !isCount(most) || typeof stepAt !== 'number' || !Number.isFinite(stepAt)) return
    this.#tried = tried
    this.#most = most
    this.#stepAt = stepAt
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && Number.isFinite(value)
}
