import { clamp } from './math.ts'
import type { PacingSettings } from './pacer.ts'

/** How far one call over or under the target moves the accepted risk in the long run: between steady (small) and quick. */
const gain = 0.002
/** At the start the level is unknown and the steps are larger by this factor; they have halved after so many answers. */
const earlyFactor = 3
const earlyAnswers = 300
/**
 * The balance also moves the level itself, slowly, until the level alone keeps the target: a wrong start costs no lasting offset. In
 * units of the gain's square; a half (the rate answers the risk with about twice its change) would be critical damping.
 */
const levelShare = 1 / 3
const startTheta = 0.025
/** Bounds of the risk used. */
const thetaMin = 0.001
const thetaMax = 0.6
/** Below so many answers in the window risk is spent only when earned; above, steering alone keeps the percentage. */
const earnedBelowAnswers = 1_000
/** The legal stop comes this much before the law's limit. */
const stopShare = 0.98

/** What the law's limit says at the moment. */
export type BudgetVerdict = 'open' | 'not-earned' | 'legal-stop'

/**
 * The abandonment budget: an integral controller on the accepted risk, and the law's limit beside it. Counts over the window
 * `abandonmentWindowMs`, or over the campaign's life.
 */
export class AbandonmentBudget {
  /** Abandonments that the target would have allowed, minus those that were: calls. Never bounded: a debt is not forgotten. */
  #balance = 0
  /** The risk at which the target is kept, as far as known. */
  #level = startTheta
  /** Settled calls that moved the balance. */
  #steered = 0
  #windowStart: number | undefined
  #answers = 0
  #abandoned = 0
  #previousAnswers = 0
  /** Since the campaign's start, whatever the window: for the figures. */
  #settledEver = 0

  /** Counts one person's call as settled. `riskBound`: the accepted risk was what limited dialing, not trunks, leads or start. */
  settle(
    abandoned: boolean,
    settings: PacingSettings,
    context: { readonly riskBound: boolean; readonly now: number },
  ): void {
    this.roll(settings, context.now)
    this.#answers += 1
    this.#settledEver += 1
    const target = sane(settings.abandonmentTarget)
    if (abandoned) this.#abandoned += 1
    if (!abandoned && !context.riskBound) return
    this.#steered += 1
    const step = this.#step()
    this.#balance = Math.min(thetaMax / step, this.#balance + target - (abandoned ? 1 : 0))
    this.#level = clamp(this.#level + levelShare * step * step * this.#balance, thetaMin, thetaMax)
  }

  #step(): number {
    return gain * (1 + (earlyFactor - 1) / (1 + this.#steered / earlyAnswers))
  }

  /** A settled call turns out to have been a machine: it was no person's answer. */
  uncount(settings: PacingSettings): void {
    if (this.#answers <= this.#abandoned) return
    this.#answers -= 1
    this.#balance -= sane(settings.abandonmentTarget)
  }

  /** Begins a new window when the present one is over. */
  roll(settings: PacingSettings, now: number): void {
    const { abandonmentWindowMs } = settings
    this.#windowStart ??= now
    if (abandonmentWindowMs === undefined || !(abandonmentWindowMs > 0)) return
    if (now < this.#windowStart + abandonmentWindowMs) return
    this.#windowStart += Math.floor((now - this.#windowStart) / abandonmentWindowMs) * abandonmentWindowMs
    this.#previousAnswers = this.#answers
    this.#answers = 0
    this.#abandoned = 0
  }

  /** The risk that one more call may carry, 0.001..0.6; nothing where no abandonment at all is wanted. */
  theta(settings: PacingSettings): number {
    if (sane(settings.abandonmentTarget) === 0) return 0
    return clamp(this.#level + this.#step() * this.#balance, thetaMin, thetaMax)
  }

  /** Whether risk may be taken at all. A limit of 1 or more is no law: only the target steers. */
  verdict(settings: PacingSettings): BudgetVerdict {
    const cap = settings.abandonmentRateMax
    if (cap >= 1) return 'open'
    const limit = sane(cap)
    const expected = Math.max(this.#answers, this.#previousAnswers)
    if (this.#answers < earnedBelowAnswers && Math.floor(limit * this.#answers) - this.#abandoned < 1)
      return 'not-earned'
    return this.#abandoned >= stopShare * limit * expected ? 'legal-stop' : 'open'
  }

  /** Persons' calls settled in the window, and since the start. */
  get answers(): number {
    return this.#answers
  }

  get settledEver(): number {
    return this.#settledEver
  }

  get abandoned(): number {
    return this.#abandoned
  }

  /** Abandoned / answered by a person in the window, 0 before the first answer. */
  get rate(): number {
    return this.#answers > 0 ? this.#abandoned / this.#answers : 0
  }

  /** As plain JSON. */
  memory() {
    return {
      balance: this.#balance,
      level: this.#level,
      steered: this.#steered,
      windowStart: this.#windowStart ?? null,
      answers: this.#answers,
      abandoned: this.#abandoned,
      previousAnswers: this.#previousAnswers,
      settledEver: this.#settledEver,
    }
  }

  /** Takes up an earlier budget; what is malformed is ignored. */
  restore(memory: unknown): void {
    if (typeof memory !== 'object' || memory === null) return
    const parts: Readonly<Record<string, unknown>> = { ...memory }
    const number = (name: string, otherwise: number) => {
      const value = parts[name]
      return typeof value === 'number' && Number.isFinite(value) ? value : otherwise
    }
    this.#balance = Math.min(thetaMax / gain, number('balance', 0))
    this.#level = clamp(number('level', startTheta), thetaMin, thetaMax)
    if (typeof parts.windowStart === 'number') this.#windowStart = parts.windowStart
    this.#steered = Math.max(0, number('steered', 0))
    this.#answers = Math.max(0, number('answers', 0))
    this.#abandoned = clamp(number('abandoned', 0), 0, this.#answers)
    this.#previousAnswers = Math.max(0, number('previousAnswers', 0))
    this.#settledEver = Math.max(0, number('settledEver', 0))
  }
}

function sane(rate: number): number {
  return clamp(rate, 0, 1)
}
