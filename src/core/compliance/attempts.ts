import type { InstantMs } from '../ids.ts'
import { inScope, type PastAttempt, type Viewpoint } from './history.ts'
import { instantOf, localTime, type ZoneOffset } from './localTime.ts'
import type { Rule } from './rules.ts'

/** How full one window is. */
export interface AttemptWindow {
  readonly ruleId: string
  readonly count: number
  readonly max: number
  /** When one more is allowed, where the window is full; absent: never by itself. */
  readonly retryAt?: InstantMs
}

/** What the windows are looked at from. */
export interface AttemptQuestion {
  /** Newest first. */
  readonly history: readonly PastAttempt[]
  readonly of: Viewpoint
  readonly zones: readonly ZoneOffset[]
}

/** How full a rule's window is now. Attempts that cost nothing (a carrier's fault before ringing) do not count. */
export function attemptWindow(rule: Rule<'attempts'>, question: AttemptQuestion, now: InstantMs): AttemptWindow {
  const since = windowStart(rule, question.zones, now)
  let count = 0
  /** The attempt that must leave the window before one more is allowed. */
  let blocking: PastAttempt | undefined
  for (const past of question.history) {
    if (!past.counts || past.originatedAt <= since || !inScope(past, rule, question.of)) continue
    count += 1
    if (count === rule.max) blocking = past
  }
  const { ruleId, max } = rule
  if (blocking === undefined) return { ruleId, count, max }
  const retryAt = leavesAt(rule, blocking, question.zones)
  return retryAt === undefined ? { ruleId, count, max } : { ruleId, count, max, retryAt }
}

/** Attempts at or before this do not count any more: an attempt leaves a window when the window has passed fully. */
function windowStart({ window }: Rule<'attempts'>, zones: readonly ZoneOffset[], now: InstantMs): InstantMs {
  if (window.kind === 'rolling') return now - window.lengthMs
  if (window.kind === 'life') return Number.NEGATIVE_INFINITY
  // The earliest midnight of all places where the person may be: the longest day is the tightest.
  return Math.min(...zones.map(zone => instantOf(zone, localTime(zone, now).day, 0))) - 1
}

function leavesAt(
  { window }: Rule<'attempts'>,
  past: PastAttempt,
  zones: readonly ZoneOffset[],
): InstantMs | undefined {
  if (window.kind === 'rolling') return past.originatedAt + window.lengthMs
  if (window.kind === 'life') return undefined
  return Math.max(...zones.map(zone => instantOf(zone, localTime(zone, past.originatedAt).day + 1, 0)))
}
