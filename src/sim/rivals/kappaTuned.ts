import type { Census } from '../../core/pacing/limits.ts'
import type { PacingObservation, PacingSnapshot } from '../../core/pacing/pacer.ts'
import { ForgettingMean } from './forgetting.ts'
import type { Policy } from './policies.ts'
import { createRival, knobOf, type Rule, ringingForServing } from './rival.ts'

/**
 * `gain`: step of the factor per abandoned call, 0.005..1. `start`: factor before anything is known, 0.5..20.
 * `targetShare`: the campaign's abandonment target times this is what the rule steers to, 0.5..1.5.
 */
const defaults = { gain: 0.03, start: 1, targetShare: 1 }
/** Beyond these the factor says nothing any more: below, one line per free agent; above, everybody rings at once. */
const factorMin = 0.05
const factorMax = 25
/** Answers are believed to be frequent until seen otherwise: the other error over-dials. */
const answers = { mean: 0.45, weight: 20, forgetsAfter: 1_000 }

/**
 * The strongest simple rival: `kappa * free - ringing` with kappa = factor / p, where p is the answer probability as learned, and
 * the factor moves with every person who answered: `factor += gain * (target - (abandoned ? 1 : 0))`. Never below one line per
 * free agent, which cannot abandon anybody.
 */
export const kappaTuned: Policy = {
  name: 'kappa-tuned',
  defaults,
  create(knobs, { settings }) {
    const rule = new KappaTuned({
      gain: knobOf(knobs, defaults, 'gain'),
      start: knobOf(knobs, defaults, 'start'),
      target: settings.abandonmentTarget * knobOf(knobs, defaults, 'targetShare'),
    })
    return createRival(rule, settings)
  },
}

class KappaTuned implements Rule {
  readonly #gain: number
  readonly #target: number
  readonly #answered = new ForgettingMean(answers)
  #factor: number

  constructor(tuning: { readonly gain: number; readonly start: number; readonly target: number }) {
    this.#gain = tuning.gain
    this.#target = tuning.target
    this.#factor = tuning.start
  }

  wish(_snapshot: PacingSnapshot, counts: Census): number {
    const kappa = Math.max(1, this.#factor / this.#answered.value)
    return Math.floor(kappa * counts.available) - ringingForServing(counts)
  }

  observe(observation: PacingObservation): void {
    switch (observation.kind) {
      case 'answered':
        this.#answered.observe(1)
        return
      case 'not-answered':
        // A carrier's fault says nothing about whether people answer.
        if (!observation.carrierFault) this.#answered.observe(0)
        return
      case 'settled': {
        const step = this.#gain * (this.#target - (observation.abandoned ? 1 : 0))
        this.#factor = Math.min(factorMax, Math.max(factorMin, this.#factor + step))
        return
      }
      default:
        return
    }
  }
}
