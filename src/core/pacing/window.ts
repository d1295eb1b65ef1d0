import { clamp } from './math.ts'

/** How many standard deviations the unseen abandonments are expected to stay within: one window in three thousand may not. */
const deviations = 3.4
/** A window that has seen fewer answers is planned for as many: the first minutes of the first window say little. */
const plannedMin = 300

/** One of the law's windows: successive periods of one length from the campaign's start, or its whole life. */
export class BudgetWindow {
  #start: number | undefined
  #answers = 0
  #abandoned = 0
  #previousAnswers = 0

  /** Counts one person's call as settled. */
  settle(abandoned: boolean): void {
    this.#answers += 1
    if (abandoned) this.#abandoned += 1
  }

  /** A settled call was a machine's. */
  uncount(): void {
    if (this.#answers > this.#abandoned) this.#answers -= 1
  }

  /** Begins a new period when the present one is over; `lengthMs` absent: never. */
  roll(lengthMs: number | undefined, now: number): void {
    this.#start ??= now
    if (lengthMs === undefined || !(lengthMs > 0) || now < this.#start + lengthMs) return
    this.#start += Math.floor((now - this.#start) / lengthMs) * lengthMs
    this.#previousAnswers = this.#answers
    this.#answers = 0
    this.#abandoned = 0
  }

  get answers(): number {
    return this.#answers
  }

  get abandoned(): number {
    return this.#abandoned
  }

  /** Answers that this period has, or will have if it is like the last. */
  get expected(): number {
    return Math.max(this.#answers, this.#previousAnswers)
  }

  /**
   * Abandonments that may still happen before the limit (0..1) is reached. `hiddenRate`: of all persons, those hung up on as
   * machines, whom nobody counts: the most of them that must be reckoned with are taken off. A period that goes like the last
   * need not have room for their chance from its first hour on: by its end is enough, as long as what has been earned so far
   * pays for those to be expected.
   */
  left(limit: number, hiddenRate: number): number {
    const persons = this.#answers / (1 - hiddenRate)
    const certain = this.#room(limit, persons, unseen(persons * hiddenRate))
    const planned = this.#previousAnswers / (1 - hiddenRate)
    if (hiddenRate === 0 || planned <= persons) return certain
    const byTheEnd = this.#room(limit, planned, unseen(planned * hiddenRate))
    const expected = persons * hiddenRate
    return Math.max(certain, Math.min(byTheEnd, this.#room(limit, persons, expected + Math.sqrt(expected))))
  }

  #room(limit: number, persons: number, hidden: number): number {
    return Math.floor(limit * persons - hidden - this.#abandoned + 1e-9)
  }

  /** Abandonments that pacing may cause / answers it sees, so that a period of this size ends within the limit. */
  sustainedRate(limit: number, hiddenRate: number): number {
    const seen = Math.max(plannedMin, this.expected)
    const persons = seen / (1 - hiddenRate)
    return (limit * persons - unseen(persons * hiddenRate) - 1) / seen
  }

  /** As plain JSON. */
  memory() {
    return {
      start: this.#start ?? null,
      answers: this.#answers,
      abandoned: this.#abandoned,
      previousAnswers: this.#previousAnswers,
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
    return window
  }
}

/** The most unseen events that must be reckoned with where so many are expected. */
function unseen(expected: number): number {
  return expected > 0 ? expected + deviations * Math.sqrt(expected) : 0
}
