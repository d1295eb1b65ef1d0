import type { Census } from './limits.ts'
import { clamp } from './math.ts'

/** So many answers are dialed for progressively before anything is believed. */
const answersToLearn = 5
/** With so many answers seen elsewhere the growth in steps is over too. */
const answersThatSuffice = 30
/** Then the calls in flight may grow by this factor in each step. */
const growth = 1.5
const stepMs = 15_000
/** After so many steps the start is over: the growth would be hundredfold. */
const steps = 12

/** The careful start of a campaign that has learned nothing yet: first progressive, then growing step by step. */
export class ColdStart {
  #beganAt: number | undefined
  #base = 1

  /** Whether only calls without risk may be made. */
  learning(answersEver: number): boolean {
    return answersEver < answersToLearn
  }

  /** The most calls in flight the start allows now; `undefined` when it is over. Begins when first asked. */
  inFlightMax(counts: Census, now: number): number | undefined {
    if (this.#beganAt === undefined) {
      this.#beganAt = now
      this.#base = Math.max(1, counts.inFlight, counts.available)
    }
    const step = Math.floor((now - this.#beganAt) / stepMs)
    return step >= steps ? undefined : Math.ceil(this.#base * growth ** Math.max(0, step + 1))
  }

  /** As plain JSON. */
  memory() {
    return { beganAt: this.#beganAt ?? null, base: this.#base, over: this.#beganAt === Number.NEGATIVE_INFINITY }
  }

  /** Takes up an earlier start; what is malformed is ignored. */
  restore(memory: unknown): void {
    if (typeof memory !== 'object' || memory === null) return
    const { over, beganAt, base }: Readonly<Record<string, unknown>> = { ...memory }
    if (over === true) this.#beganAt = Number.NEGATIVE_INFINITY
    else if (typeof beganAt === 'number' && base !== undefined) {
      this.#beganAt = beganAt
      this.#base = typeof base === 'number' ? clamp(base, 1, Number.POSITIVE_INFINITY) : 1
    }
  }

  /** A campaign that has seen so many answers under another rule, or before this pacer, needs no start any more. */
  learnedElsewhere(answersEver: number): void {
    if (answersEver >= answersThatSuffice) this.#beganAt = Number.NEGATIVE_INFINITY
  }
}
