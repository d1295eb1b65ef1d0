import type { PacingReason } from '../vocabulary.ts'
import { AbandonmentBudget, type BudgetState } from './budget.ts'
import { Estimates } from './estimate.ts'
import { Growth } from './growth.ts'
import { Horizon } from './horizon.ts'
import { type Ceiling, type Census, ceiling, census } from './limits.ts'
import type {
  Pacer,
  PacerMemory,
  PacingDecision,
  PacingMode,
  PacingObservation,
  PacingSettings,
  PacingSnapshot,
  WindowFigures,
} from './pacer.ts'
import { type PredictiveParts, predictiveWish } from './predictive.ts'
import { progressiveWish, type Wish } from './progressive.ts'
import { ratioWish } from './ratio.ts'
import { Risk } from './risk.ts'

/**
 * Makes the pacer of one campaign. `memory` is what an earlier pacer of that campaign (of whatever mode) gave from
 * `memory()`; without it, or where it is malformed, the pacer starts from its priors. Deterministic: no clock, no chance;
 * `now` in milliseconds must not run backward. Safe with any snapshot: never a negative number of calls, never more than the
 * limits allow, none without an agent who stays.
 */
export function createPacer(settings: PacingSettings, memory?: PacerMemory): Pacer {
  return new CampaignPacer(settings, memory)
}

const nothing: readonly string[] = []
/** The simple rules change their mind on events only; a look now and then costs nothing. */
const eventsOnlyMs = 1_000
/** A limit may give way at any time: leads come, tokens fill up. */
const limitedMs = 200

class CampaignPacer implements Pacer {
  #settings: PacingSettings
  readonly #parts: PredictiveParts
  /** A decision of the last moment was bound by the accepted risk: only then may an unabandoned call raise it. */
  #riskBound = false
  #decidedAt = Number.NEGATIVE_INFINITY

  constructor(settings: PacingSettings, memory: PacerMemory | undefined) {
    this.#settings = settings
    const estimates = new Estimates()
    const horizon = new Horizon(estimates)
    const budget = new AbandonmentBudget()
    this.#parts = { estimates, horizon, risk: new Risk(horizon), budget, growth: new Growth() }
    if (memory === undefined) return
    estimates.restore(memory.estimates)
    budget.restore(memory.budget)
    this.#riskBound = memory.riskBound === true
    this.#parts.growth.restore(memory.growth)
  }

  get mode(): PacingMode {
    return this.#settings.mode
  }

  configure(settings: PacingSettings): void {
    this.#settings = settings
  }

  observe(observation: PacingObservation, now: number): void {
    const { budget, estimates } = this.#parts
    estimates.observe(observation, now)
    const settings = this.#settings
    switch (observation.kind) {
      case 'settled':
        budget.settle(observation.abandoned, settings, { riskBound: observation.riskBound ?? this.#riskBound, now })
        return
      case 'owner-settled':
        budget.settleElsewhere(observation.abandoned, settings, now)
        return
      case 'coded-machine':
        budget.uncount(settings)
        return
      case 'owner-coded-machine':
        budget.uncountElsewhere()
        return
      case 'counted':
        budget.count(observation, settings, now)
        return
      default:
        return
    }
  }

  decide(snapshot: PacingSnapshot, now: number): PacingDecision {
    this.#parts.budget.roll(this.#settings, now)
    const counts = census(snapshot, now)
    const limit = ceiling(snapshot, this.#settings, counts)
    const state = this.#parts.budget.state(this.#settings)
    const figures = this.#figures(counts, state, now)
    const wish = this.#wish({ snapshot, counts, limit, budget: state }, figures, now)
    const calls = Math.min(wish.calls, limit.calls)
    const limited = limit.calls <= wish.calls
    const soonest = wish.againInMs ?? eventsOnlyMs
    const againInMs = limited ? Math.min(limitedMs, soonest) : soonest
    const { withdraw = nothing } = wish
    const riskBound = this.#riskBound
    const window = state.window !== undefined && { window: state.window }
    return { originate: calls, withdraw, riskBound, againInMs, reason: boundBy(wish, limit), ...window, figures }
  }

  answerProbability(now: number): number {
    return this.#parts.estimates.answerProbability(now)
  }

  answerFactor(leadKind: string): number {
    return this.#parts.estimates.answerFactor(leadKind)
  }

  windows(): readonly WindowFigures[] {
    return this.#parts.budget.windows(this.#settings)
  }

  memory(): PacerMemory {
    const { estimates, budget } = this.#parts
    return {
      version: 1,
      estimates: estimates.memory(),
      budget: budget.memory(),
      growth: this.growth(),
      riskBound: this.#riskBound,
    }
  }

  growth(): Readonly<Record<string, unknown>> {
    return this.#parts.growth.memory()
  }

  checkpoint(): PacerMemory {
    this.#parts.estimates.settle()
    return this.memory()
  }

  #wish(
    seen: {
      readonly snapshot: PacingSnapshot
      readonly counts: Census
      readonly limit: Ceiling
      readonly budget: BudgetState
    },
    figures: Record<string, number>,
    now: number,
  ): Wish {
    const settings = this.#settings
    const { snapshot, counts, limit, budget } = seen
    // A campaign on several nodes decides node by node: what binds one of them binds.
    if (now !== this.#decidedAt) this.#riskBound = false
    this.#decidedAt = now
    if (settings.mode === 'preview' || settings.mode === 'manual') return { calls: 0, reason: 'agents-dial' }
    if (settings.mode === 'progressive') return progressiveWish(counts)
    if (settings.mode === 'ratio') return this.#ratioWish(counts, budget)
    if (counts.serving === 0) return { calls: 0, reason: 'no-agents' }
    const wish = predictiveWish(this.#parts, { snapshot, counts, settings, budget, callsMax: limit.calls }, now)
    this.#riskBound ||= wish.riskBound
    const expected = this.#parts.risk.expected()
    figures.risk = wish.risk
    figures.theta = wish.theta
    figures.expectedFree = expected.free
    figures.expectedAnswers = expected.answers
    // The count ended at a limit, not at the risk: then the limit is what bound it.
    const limited = wish.reason === 'predicted-release' && !wish.riskBound && wish.calls === limit.calls
    return limited ? { ...wish, reason: limit.reason } : wish
  }

  /** A ratio steers nothing; what the law's windows have left binds it all the same. */
  #ratioWish(counts: Census, { verdict }: BudgetState): Wish {
    const lawful = this.#settings.abandonmentWindows?.some(({ ruleId }) => ruleId !== undefined) ?? false
    if (!lawful || verdict === 'open') return ratioWish(counts, this.#settings.ratio)
    const { calls } = progressiveWish(counts)
    return { calls, reason: verdict === 'legal-stop' ? 'legal-stop' : 'abandonment-budget' }
  }

  #figures(counts: Census, budget: BudgetState, now: number): Record<string, number> {
    const { estimates } = this.#parts
    const { left, answers, abandoned } = budget
    return {
      agents: counts.serving,
      freeNow: counts.available,
      inFlight: counts.inFlight,
      waiting: counts.waiting,
      answerProbability: estimates.answerProbability(now),
      answers,
      abandoned,
      abandonmentRate: answers > 0 ? abandoned / answers : 0,
      ...(Number.isFinite(left) ? { budgetLeft: left } : {}),
    }
  }
}

/** The reason of the whole: the limit where it cut the wish short or left nothing, else the wish's own. */
function boundBy(wish: Wish, limit: Ceiling): PacingReason {
  if (wish.reason === 'agents-dial') return wish.reason
  return limit.calls === 0 || limit.calls < wish.calls ? limit.reason : wish.reason
}
