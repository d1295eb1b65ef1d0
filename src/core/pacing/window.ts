import { monthStartAt } from './calendar.ts'
import { clamp } from './math.ts'
import type { AbandonmentWindow, CountedSpan } from './pacer.ts'
import { RollingCounts } from './rollingCounts.ts'

/** How many standard deviations the unseen abandonments are expected to stay within: one window in three thousand may not. */
const deviations = 3.4
/** A window that has seen fewer answers is planned for as many: the first minutes of the first window say little. */
const plannedMin = 300

/** How a window moves; without a word for it, a length means successive periods, and no length the whole life. */
export function kindOf({ kind, lengthMs }: AbandonmentWindow): NonNullable<AbandonmentWindow['kind']> {
  return kind ?? (lengthMs === undefined ? 'life' : 'successive')
}

/**
 * The account of one of the law's windows: successive periods of one length from the first call, a rolling one that ends now, a
 * calendar month, or the whole life.
 */
export class BudgetWindow {
  #start: number | undefined
  #answers = 0
  #abandoned = 0
  #previousAnswers = 0
  #rolling: RollingCounts | undefined

  /** Counts one person's call as settled; the window has been rolled to this instant. */
  settle(abandoned: boolean, now: number): void {
    this.#rolling?.settle(abandoned, now)
    this.#answers += 1
    if (abandoned) this.#abandoned += 1
  }

  /** A settled call was a machine's. Which one is not known: the newest, so that its place in time never flatters a window. */
  uncount(): void {
    this.#rolling?.uncount()
    if (this.#answers > this.#abandoned) this.#answers -= 1
  }

  /** Moves the window to the instant: begins a new period when the present one is over, or lets go what has left it. */
  roll(window: AbandonmentWindow, now: number): void {
    const { lengthMs } = window
    switch (kindOf(window)) {
      case 'life':
        this.#start ??= now
        return
      case 'rolling':
        if (this.#rolling?.lengthMs !== (lengthMs ?? 0)) this.#rolling = new RollingCounts(lengthMs ?? 0)
        this.#rolling.roll(now)
        return
      case 'calendar-month': {
        const start = monthStartAt(now, window.utcOffsetMs)
        this.#start ??= start
        if (start > this.#start) this.#begin(start)
        return
      }
      case 'successive':
        this.#start ??= now
        if (lengthMs === undefined || !(lengthMs > 0) || now < this.#start + lengthMs) return
        this.#begin(this.#start + Math.floor((now - this.#start) / lengthMs) * lengthMs)
    }
  }

  #begin(start: number): void {
    this.#start = start
    this.#previousAnswers = this.#answers
    this.#answers = 0
    this.#abandoned = 0
  }

  /** Forgets what was counted and takes the store's word for it. The spans come in the order of time. */
  count(spans: readonly CountedSpan[], window: AbandonmentWindow, now: number): void {
    const began = this.#start
    this.#rolling = undefined
    this.#start = undefined
    this.#answers = 0
    this.#abandoned = 0
    this.#previousAnswers = 0
    const kind = kindOf(window)
    if (kind === 'rolling') {
      this.#rolling = new RollingCounts(window.lengthMs ?? 0)
      for (const span of spans) this.#rolling.add(span)
      this.#rolling.roll(now)
      return
    }
    const [first] = spans
    if (first === undefined) {
      this.#start = began
      return
    }
    if (kind === 'life') this.#countPeriod(spans, { from: Number.NEGATIVE_INFINITY, previousFrom: 0 })
    else if (kind === 'calendar-month') {
      const from = monthStartAt(now, window.utcOffsetMs)
      this.#countPeriod(spans, { from, previousFrom: monthStartAt(now, window.utcOffsetMs, -1) })
    } else this.#countSuccessive(spans, { first, began, lengthMs: window.lengthMs ?? 0, now })
    if (kind === 'life') this.#start = Math.min(began ?? first.at, first.at)
  }

  /** Periods go on from where they began, the first one from the hour of its first call. */
  #countSuccessive(
    spans: readonly CountedSpan[],
    of: {
      readonly first: CountedSpan
      readonly began: number | undefined
      readonly lengthMs: number
      readonly now: number
    },
  ): void {
    const { first, began, lengthMs, now } = of
    const phase = began ?? first.at
    // What the first hour holds was there when the first period began: who has settled since may have answered before.
    const isFirst = phase < first.at + first.lengthMs
    const origin = isFirst ? Math.min(phase, first.at) : phase - Math.ceil((phase - first.at) / lengthMs) * lengthMs
    const from = origin + Math.max(0, Math.floor((now - origin) / lengthMs)) * lengthMs
    // Nothing was before the first period: a span that reaches over its beginning is all inside.
    this.#countPeriod(spans, { from: from === origin ? Number.NEGATIVE_INFINITY : from, previousFrom: from - lengthMs })
    this.#start = from
  }

  /** A span that reaches over the beginning gives the period its abandonments and not its answers: never too good a rate. */
  #countPeriod(
    spans: readonly CountedSpan[],
    { from, previousFrom }: { readonly from: number; readonly previousFrom: number },
  ): void {
    for (const { at, lengthMs, answers, abandoned } of spans) {
      if (at >= from) this.#answers += answers
      else if (at >= previousFrom) this.#previousAnswers += answers
      if (at + lengthMs > from) this.#abandoned += abandoned
    }
    this.#start = Number.isFinite(from) ? from : undefined
  }

  get answers(): number {
    return this.#rolling?.answers ?? this.#answers
  }

  get abandoned(): number {
    return this.#rolling?.abandoned ?? this.#abandoned
  }

  /** Answers that this period has, or will have if it is like the last. */
  get expected(): number {
    return Math.max(this.answers, this.#previousAnswers)
  }

  /**
   * Abandonments that may still happen before the limit (0..1) is reached. `hiddenRate`: of all persons, those hung up on as
   * machines, whom nobody counts: the most of them that must be reckoned with are taken off. A period that goes like the last
   * need not have room for their chance from its first hour on: by its end is enough, as long as what has been earned so far
   * pays for those to be expected.
   */
  left(limit: number, hiddenRate: number): number {
    const persons = this.answers / (1 - hiddenRate)
    const certain = this.#room(limit, persons, unseen(persons * hiddenRate))
    const planned = this.#previousAnswers / (1 - hiddenRate)
    if (planned <= persons) return certain
    const byTheEnd = this.#room(limit, planned, unseen(planned * hiddenRate))
    const expected = persons * hiddenRate
    return Math.max(certain, Math.min(byTheEnd, this.#room(limit, persons, expected + Math.sqrt(expected))))
  }

  #room(limit: number, persons: number, hidden: number): number {
    return Math.floor(limit * persons - hidden - this.abandoned + 1e-9)
  }

  /** Abandonments that pacing may cause / answers it sees, so that a period of this size ends within the limit. */
  sustainedRate(limit: number, hiddenRate: number): number {
    const seen = Math.max(plannedMin, this.expected)
    const persons = seen / (1 - hiddenRate)
    return (limit * persons - unseen(persons * hiddenRate) - 1) / seen
  }

  /** As plain JSON. */
  memory() {
    const rolling = this.#rolling !== undefined && { rolling: this.#rolling.memory() }
    return {
      start: this.#start ?? null,
      answers: this.#answers,
      abandoned: this.#abandoned,
      previousAnswers: this.#previousAnswers,
      ...rolling,
    }
  }

  /** The window that a memory tells of; what is malformed counts as nothing. */
  static restored(memory: object): BudgetWindow {
    const parts: Readonly<Record<string, unknown>> = { ...memory }
    const count = (name: string) => {
      const value = parts[name]
      return typeof value === 'number' && Number.isFinite(value) ? Math.max(0, value) : 0
    }
    const window = new BudgetWindow()
    if (typeof parts.start === 'number' && Number.isFinite(parts.start)) window.#start = parts.start
    window.#answers = count('answers')
    window.#abandoned = clamp(count('abandoned'), 0, window.#answers)
    window.#previousAnswers = count('previousAnswers')
    window.#rolling = RollingCounts.restored(parts.rolling)
    return window
  }
}

/** The most unseen events that must be reckoned with where so many are expected. */
function unseen(expected: number): number {
  return expected > 0 ? expected + deviations * Math.sqrt(expected) : 0
}
