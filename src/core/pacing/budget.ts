import { BudgetAccounts } from './accounts.ts'
import { clamp, numberOr } from './math.ts'
import type { AbandonmentWindow, CountedSpan, PacingSettings, WindowFigures } from './pacer.ts'
import { BudgetWindow } from './window.ts'

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
/** The level is first looked for at this share of the target. */
const startShare = 5 / 6
/** Bounds of the level, and of the risk used upward. */
const thetaMin = 0.001
const thetaMax = 0.6
/** Below this the risk used falls exponentially with what is owed, by at most so many factors e: steering never ends at a bound. */
const knee = 0.002
const foldsMax = 2.5
/** The legal stop comes this much before the law's limit. */
export const stopShare = 0.98

/** What the law's limits say at the moment. */
export type BudgetVerdict = 'open' | 'not-earned' | 'legal-stop'

/** What the budget says, and the window that says it: the tightest. */
export interface BudgetState {
  readonly verdict: BudgetVerdict
  /** Abandonments that may still happen in the tightest window before its limit is reached; Infinity without a law. */
  readonly left: number
  readonly window: string | undefined
  /** Persons' calls settled in that window, and abandoned among them; without a law, since the start. */
  readonly answers: number
  readonly abandoned: number
}

const life: readonly AbandonmentWindow[] = [{ name: 'life' }]
const empty = new BudgetWindow()

/**
 * The abandonment budget: an integral controller on the accepted risk, and the law's limits beside it. Each of the law's windows
 * counts for itself, twice: the campaign's own calls, and those of all campaigns of its owner. The one with least left decides.
 */
export class AbandonmentBudget {
  /** Abandonments that the target would have allowed, minus those that were: calls. Never bounded: a debt is not forgotten. */
  #balance = 0
  /** The risk at which the target is kept, as far as known. */
  #level: number | undefined
  /** Settled calls that moved the balance. */
  #steered = 0
  /** Since the campaign's start, whatever the windows: for the figures. */
  #answers = 0
  #abandoned = 0
  readonly #own = new BudgetAccounts()
  readonly #owner = new BudgetAccounts()

  /** Counts one person's call as settled. `riskBound`: the accepted risk was what limited dialing, not trunks, leads or start. */
  settle(
    abandoned: boolean,
    settings: PacingSettings,
    context: { readonly riskBound: boolean; readonly now: number },
  ): void {
    this.roll(settings, context.now)
    this.#answers += 1
    if (abandoned) this.#abandoned += 1
    this.#own.settle(abandoned, context.now)
    this.#owner.settle(abandoned, context.now)
    if (!abandoned && !context.riskBound) return
    this.#steered += 1
    const step = this.#step()
    this.#balance = Math.min(thetaMax / step, this.#balance + this.target(settings) - (abandoned ? 1 : 0))
    this.#level = clamp(this.#levelOf(settings) + levelShare * step * step * this.#balance, thetaMin, thetaMax)
  }

  /** Counts a call of another campaign of the same owner: all of an owner's campaigns pay from the same windows. */
  settleElsewhere(abandoned: boolean, settings: PacingSettings, now: number): void {
    this.roll(settings, now)
    this.#owner.settle(abandoned, now)
  }

  /** Takes the store's word for what the windows hold. */
  count(
    counted: { readonly own: readonly CountedSpan[]; readonly owner: readonly CountedSpan[] },
    settings: PacingSettings,
    now: number,
  ): void {
    const wanted = windowsOf(settings)
    this.#own.count(counted.own, wanted, now)
    this.#owner.count(counted.owner, wanted, now)
  }

  #step(): number {
    return gain * (1 + (earlyFactor - 1) / (1 + this.#steered / earlyAnswers))
  }

  /** A settled call turns out to have been a machine: it was no person's answer. */
  uncount(settings: PacingSettings): void {
    if (this.#answers <= this.#abandoned) return
    this.#answers -= 1
    this.#own.uncount()
    this.#owner.uncount()
    this.#balance -= this.target(settings)
  }

  /** As {@link uncount}, of another campaign of the same owner. */
  uncountElsewhere(): void {
    this.#owner.uncount()
  }

  /** Brings the windows up to the settings and the instant: begins new periods where the present ones are over. */
  roll(settings: PacingSettings, now: number): void {
    const wanted = windowsOf(settings)
    this.#own.roll(wanted, now)
    this.#owner.roll(wanted, now)
  }

  /**
   * What to steer to: abandonments that pacing sees / answers that it sees. Below the target by what is hung up on as machines
   * unseen, and by what the tightest window needs so that their number's chance cannot break the law.
   */
  target(settings: PacingSettings): number {
    const hidden = hiddenRate(settings)
    const intensity = clamp(numberOr(settings.intensity, 1), 0, 1)
    let target = (intensity * sane(settings.abandonmentTarget) - hidden) / (1 - hidden)
    if (hidden > 0 && settings.abandonmentRateMax < 1) {
      for (const { name, rateMax } of windowsOf(settings)) {
        const limit = rateMax ?? settings.abandonmentRateMax
        for (const accounts of [this.#own, this.#owner]) {
          const sustained = accounts.get(name)?.sustainedRate(limit, hidden)
          if (sustained !== undefined) target = Math.min(target, sustained)
        }
      }
    }
    return Math.max(0, target)
  }

  /** The risk that one more call may carry, 0.00016..0.6; nothing where no abandonment at all is wanted. */
  theta(settings: PacingSettings): number {
    if (this.target(settings) === 0) return 0
    return used(this.#levelOf(settings) + this.#step() * this.#balance)
  }

  /** The level, or where it is first looked for. */
  #levelOf(settings: PacingSettings): number {
    return this.#level ?? clamp(startShare * this.target(settings), thetaMin, thetaMax)
  }

  /** Whether risk may be taken at all, and what is left. A limit of 1 or more is no law: only the target steers. */
  state(settings: PacingSettings): BudgetState {
    let tightest: BudgetState = {
      verdict: 'open',
      left: Number.POSITIVE_INFINITY,
      window: undefined,
      answers: this.#answers,
      abandoned: this.#abandoned,
    }
    if (settings.abandonmentRateMax >= 1) return tightest
    const hidden = hiddenRate(settings)
    for (const { name, rateMax } of windowsOf(settings)) {
      const limit = sane(rateMax ?? settings.abandonmentRateMax)
      for (const accounts of [this.#own, this.#owner]) {
        const window = accounts.get(name) ?? empty
        const left = window.left(limit, hidden)
        if (left >= tightest.left) continue
        const stopped = window.abandoned >= stopShare * limit * window.expected && window.abandoned > 0
        const verdict = left >= 1 ? 'open' : stopped ? 'legal-stop' : 'not-earned'
        const { answers, abandoned } = window
        tightest = { verdict, left, window: accounts === this.#own ? name : `${name} (seller)`, answers, abandoned }
      }
    }
    return tightest
  }

  /** Each of the law's windows, as they were rolled last: reading moves none. */
  windows(settings: PacingSettings): readonly WindowFigures[] {
    if (settings.abandonmentRateMax >= 1) return []
    const hidden = hiddenRate(settings)
    return windowsOf(settings).flatMap(({ name, rateMax }) => {
      const limit = sane(rateMax ?? settings.abandonmentRateMax)
      return ([this.#own, this.#owner] as const).map((accounts): WindowFigures => {
        const account = accounts.get(name) ?? empty
        const { answers, abandoned } = account
        const of = accounts === this.#own ? 'campaign' : 'seller'
        return { window: name, of, rateMax: limit, answers, abandoned, left: account.left(limit, hidden) }
      })
    })
  }

  /** Persons' calls settled since the start. */
  get answers(): number {
    return this.#answers
  }

  /** As plain JSON. */
  memory() {
    return {
      balance: this.#balance,
      level: this.#level ?? null,
      steered: this.#steered,
      answers: this.#answers,
      abandoned: this.#abandoned,
      windows: this.#own.memory(),
      ownerWindows: this.#owner.memory(),
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
    const level = number('level', Number.NaN)
    this.#level = Number.isNaN(level) ? undefined : clamp(level, thetaMin, thetaMax)
    this.#steered = Math.max(0, number('steered', 0))
    this.#answers = Math.max(0, number('answers', 0))
    this.#abandoned = clamp(number('abandoned', 0), 0, this.#answers)
    this.#own.restore(parts.windows)
    // Before owners had accounts, each campaign was alone.
    this.#owner.restore(parts.ownerWindows ?? parts.windows)
  }
}

/** The windows that the law looks at; without any in the settings, the campaign's whole life. */
function windowsOf({ abandonmentWindows }: PacingSettings): readonly AbandonmentWindow[] {
  return abandonmentWindows === undefined || abandonmentWindows.length === 0 ? life : abandonmentWindows
}

/** Persons hung up on as machines / persons answered, 0..0.5. */
function hiddenRate({ personTakenForMachineRate }: PacingSettings): number {
  return clamp(numberOr(personTakenForMachineRate, 0), 0, 0.5)
}

function sane(rate: number): number {
  return clamp(rate, 0, 1)
}

/** The risk that is used where level and balance come to `raw`, which may be negative. */
function used(raw: number): number {
  return raw >= knee ? Math.min(raw, thetaMax) : knee * Math.exp(Math.max(-foldsMax, raw / knee - 1))
}
