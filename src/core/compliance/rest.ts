import type { InstantMs } from '../ids.ts'
import { dayMs } from '../time.ts'
import { inScope, type PastAttempt, type Viewpoint } from './history.ts'
import { instantOf, localTime, type ZoneOffset } from './localTime.ts'
import type { RestCause, Rule } from './rules.ts'

/** Whether something happened in an earlier attempt after which a person rests. */
export function happened(past: PastAttempt, cause: RestCause): boolean {
  switch (cause) {
    case 'abandonment':
      return past.disposition === 'abandoned' || past.disposition === 'hung-up-waiting'
    case 'conversation':
      return past.connectedAt !== undefined && !past.machine
    case 'refusal':
      return past.refusal
    case 'complaint':
      return past.complaint
  }
}

/** When the rest that a rule asks for ends; `undefined` where nothing asks for one. Whole days are those of the person's zones. */
export function restEndsAt(
  rule: Pick<Rule<'rest'>, 'after' | 'forMs' | 'wholeDays' | 'per' | 'across'>,
  history: readonly PastAttempt[],
  of: Viewpoint & { readonly zones?: readonly ZoneOffset[] },
): InstantMs | undefined {
  const { zones = [] } = of
  // Newest first: the first that happened is the last.
  const past = history.find(one => happened(one, rule.after) && inScope(one, rule, of))
  if (past === undefined) return undefined
  const at = past.endedAt ?? past.originatedAt
  if (rule.wholeDays === undefined || zones.length === 0) return at + rule.forMs
  const days = Math.ceil(rule.forMs / dayMs) + (rule.wholeDays === 'from-the-day' ? 0 : 1)
  // The latest midnight of all places where the person may be.
  return Math.max(...zones.map(zone => instantOf(zone, localTime(zone, at).day + days, 0)))
}
