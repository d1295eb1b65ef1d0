import type { CallId } from '../ids.ts'
import type { PacingReason } from '../vocabulary.ts'
import type { AbandonmentBudget, BudgetState } from './budget.ts'
import type { Estimates } from './estimate.ts'
import type { Growth } from './growth.ts'
import type { Horizon } from './horizon.ts'
import type { Census } from './limits.ts'
import { clamp, numberOr } from './math.ts'
import type { PacingSettings, PacingSnapshot } from './pacer.ts'
import { progressiveWish, type Wish } from './progressive.ts'
import type { Risk } from './risk.ts'
import { withdrawal } from './withdrawal.ts'

/** What the predictive rule rests on. */
export interface PredictiveParts {
  readonly estimates: Estimates
  readonly horizon: Horizon
  readonly risk: Risk
  readonly budget: AbandonmentBudget
  readonly growth: Growth
}

/** The rule's wish with what it was made of. */
export interface PredictiveWish extends Wish {
  /** Of the first call that was not made, or of the last that was when something else stopped it. 0..1. */
  readonly risk: number
  readonly theta: number
  /** The accepted risk (or that none is accepted while learning) was what ended the count, not a limit. */
  readonly riskBound: boolean
  /** When another look is worth while without an event. */
  readonly againInMs: number
  /** Ringing calls to hang up. */
  readonly withdraw: readonly CallId[]
}

/** What one decision is made for. */
export interface Moment {
  readonly snapshot: PacingSnapshot
  readonly counts: Census
  readonly settings: PacingSettings
  readonly budget: BudgetState
  /** Calls that the limits allow: looking further is useless. */
  readonly callsMax: number
}

/** So many answers are dialed for progressively before anything is believed. */
const answersToLearn = 5
const defaultWaitMaxMs = 1_700
/** Longer waits than this are not looked at. */
const waitMaxSec = 60

/** Originates the next lead while the risk that its answer finds nobody is at most theta. */
export function predictiveWish(parts: PredictiveParts, moment: Moment, now: number): PredictiveWish {
  const { estimates, horizon, risk, budget } = parts
  const { snapshot, counts, settings } = moment
  const probability = estimates.answerProbability(now)
  horizon.refresh(clamp(numberOr(settings.waitMaxMs, defaultWaitMaxMs) / 1000, 0, waitMaxSec))
  risk.load(snapshot, counts, { probability, now })
  const given = withdrawal(risk, moment, now)
  const safe = progressiveWish(counts)
  const held = holdReason(parts, moment.budget)
  const theta = held === undefined ? budget.theta(settings) : 0
  const growthMax = Math.max(0, parts.growth.inFlightMax(counts, now) - counts.inFlight)
  const callsMax = Math.min(moment.callsMax, growthMax)
  const fresh = clamp(numberOr(snapshot.nextAnswerFactor, 1) * probability, 0, 1)
  let calls = 0
  let next = risk.ofOneMore(theta)
  while (calls < callsMax && held === undefined && next <= theta) {
    calls += 1
    risk.addCall(fresh)
    next = risk.ofOneMore(theta)
  }
  const riskBound = held === 'cold-start' || (held === undefined && calls < callsMax)
  if (calls <= safe.calls && (held !== undefined || riskBound)) {
    return {
      calls: safe.calls,
      reason: held ?? (safe.calls > 0 ? safe.reason : 'abandonment-risk'),
      risk: next,
      theta,
      riskBound,
      againInMs: Math.min(given.againInMs, held === undefined ? nextLookMs(next, theta) : quietMs),
      withdraw: given.callIds,
    }
  }
  const reason: PacingReason = growthMax <= calls && growthMax < moment.callsMax ? 'growth-limit' : 'predicted-release'
  const againInMs = Math.min(given.againInMs, nextLookMs(next, theta))
  return { calls, reason, risk: next, theta, riskBound, againInMs, withdraw: given.callIds }
}

/** Where only events can change the answer. */
const quietMs = 1_000
const soonestMs = 200
/** Without an event the risk of one more call falls by about a factor e in this time. */
const fallMs = 800
const latestMs = 1_600

/** The risk falls while nothing happens: the further it is above what is accepted, the later it is worth looking again. */
function nextLookMs(risk: number, theta: number): number {
  return Math.round(clamp(fallMs * Math.log(risk / theta), soonestMs, latestMs))
}

/** Why only calls without risk may be made now, if so. */
function holdReason({ budget }: PredictiveParts, { verdict }: BudgetState): PacingReason | undefined {
  if (budget.answers < answersToLearn) return 'cold-start'
  if (verdict === 'legal-stop') return 'legal-stop'
  return verdict === 'not-earned' ? 'abandonment-budget' : undefined
}
