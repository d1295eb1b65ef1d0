import type { Census } from '../../core/pacing/limits.ts'
import type { PacingObservation, PacingSnapshot } from '../../core/pacing/pacer.ts'
import { ForgettingMean } from './forgetting.ts'
import type { Policy } from './policies.ts'
import { createRival, knobOf, type Rule } from './rival.ts'

/**
 * `threshold`: a busy agent counts as free when the call ends before the next answer with this probability, 0..1.
 * `answerRateMin`: the answer rate is taken to be at least this, 0.01..1.
 */
const defaults = { threshold: 0.97, answerRateMin: 0.2 }
/** Averages are over about so many calls. */
const forgetsAfter = 100
/** Nothing is known at first: no agent is expected to become free, and every call is expected to be answered. */
const unknown = { mean: 0, weight: 0, forgetsAfter }
const certain = { mean: 1, weight: 1, forgetsAfter }

/**
 * Free agents, and busy ones with `1 - exp(-(answer delay + elapsed) / mean talk time) >= threshold`, minus the calls that wait
 * and those that are pending, the rest divided by the answer rate. The longer a call has lasted, the sooner it is taken to end.
 */
export const issabel: Policy = {
  name: 'issabel',
  defaults,
  create(knobs, { settings }) {
    const rule = new Issabel(
      knobOf(knobs, defaults, 'threshold'),
      Math.min(1, knobOf(knobs, defaults, 'answerRateMin')),
    )
    return createRival(rule, settings)
  },
}

class Issabel implements Rule {
  readonly #threshold: number
  readonly #answerRateMin: number
  readonly #answerDelayMs = new ForgettingMean(unknown)
  readonly #talkMs = new ForgettingMean(unknown)
  readonly #answered = new ForgettingMean(certain)

  constructor(threshold: number, answerRateMin: number) {
    this.#threshold = threshold
    this.#answerRateMin = answerRateMin
  }

  wish(snapshot: PacingSnapshot, counts: Census, now: number): number {
    const soonFree = this.#soonFree(snapshot, now)
    const pending = Math.max(0, counts.inFlight - counts.leavingAvailable)
    const missing = counts.available + soonFree - pending
    return missing / Math.max(this.#answerRateMin, this.#answered.value)
  }

  observe(observation: PacingObservation): void {
    switch (observation.kind) {
      case 'answered':
        this.#answerDelayMs.observe(observation.afterMs)
        this.#answered.observe(1)
        return
      case 'not-answered':
        this.#answered.observe(0)
        return
      case 'talk-ended':
        this.#talkMs.observe(observation.talkMs)
        return
      default:
        return
    }
  }

  /** Agents on a call that has lasted so long that it should end before the next person answers. */
  #soonFree(snapshot: PacingSnapshot, now: number): number {
    // 1 - exp(-x) >= threshold, solved for the instant since which a call must have lasted. NaN while nothing is known: nobody.
    const since = now + this.#answerDelayMs.value + Math.log(1 - this.#threshold) * this.#talkMs.value
    let soon = 0
    for (const agent of snapshot.agents)
      if (agent.state === 'on-call' && !agent.leaving && agent.since <= since) soon += 1
    return soon
  }
}
