import type { PastAttempt } from '../compliance/history.ts'
import type { InstantMs } from '../ids.ts'

/** What a lead's odds are worked out from. */
export interface OddsQuestion {
  /** Newest first; only attempts on the number itself say something about it. */
  readonly history: readonly PastAttempt[]
  /** Probability 0..1 that a person answers at its like: country and area, attempt number, hour. */
  readonly prior: number
  /** Offset from UTC at the called place, minutes. */
  readonly offsetMinutes: number
}

/** Own answers weigh against so many attempts of the like. */
const priorAttempts = 6
/** A share of the odds for an hour at which nobody answered before. */
const triedHourShare = 0.7
const dayHours = 24

/**
 * The probability 0..1 that a person answers this lead at `now`: its like's, raised by its own answers, which count more at
 * the hour at which they came (shrinkage as of a beta-binomial). Unanswered attempts lower nothing: the like is told apart by
 * the number of attempts, and an estimate that is too low would dial too much.
 */
export function answerOdds({ history, prior, offsetMinutes }: OddsQuestion, now: InstantMs): number {
  const hour = localHour(now, offsetMinutes)
  let answers = 0
  for (const past of history) {
    if (isAnswered(past)) answers += likeness(hour, localHour(past.originatedAt, offsetMinutes))
  }
  return (priorAttempts * prior + answers) / (priorAttempts + answers)
}

/** Better first: the odds, less where this very hour has been tried in vain before. */
export function orderScore(question: OddsQuestion, now: InstantMs): number {
  const hour = localHour(now, question.offsetMinutes)
  const tried = question.history.some(
    past =>
      past.sameNumber && !isAnswered(past) && apart(hour, localHour(past.originatedAt, question.offsetMinutes)) < 1,
  )
  return answerOdds(question, now) * (tried ? triedHourShare : 1)
}

/** The local hour 0..23 at which the lead's own answers came most; `undefined` where nobody has answered yet. */
export function bestHour(history: readonly PastAttempt[], offsetMinutes: number): number | undefined {
  const counts = new Map<number, number>()
  for (const past of history) {
    if (!isAnswered(past)) continue
    const hour = Math.floor(localHour(past.originatedAt, offsetMinutes))
    counts.set(hour, (counts.get(hour) ?? 0) + 1)
  }
  const [best] = [...counts].sort(([, a], [, b]) => b - a)
  return best?.[0]
}

/** A person answered: machines do not count. */
function isAnswered({ sameNumber, answeredAt, machine }: PastAttempt): boolean {
  return sameNumber && answeredAt !== undefined && !machine
}

function localHour(at: InstantMs, offsetMinutes: number): number {
  const hours = at / 3_600_000 + offsetMinutes / 60
  return ((hours % dayHours) + dayHours) % dayHours
}

function apart(a: number, b: number): number {
  const difference = Math.abs(a - b)
  return Math.min(difference, dayHours - difference)
}

/** 1 at the same hour, a quarter at the other side of the day. */
function likeness(a: number, b: number): number {
  return 0.25 + 0.75 * Math.exp(-((apart(a, b) / 2) ** 2))
}
