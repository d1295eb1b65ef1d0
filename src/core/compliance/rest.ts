import type { InstantMs } from '../ids.ts'
import { inScope, type PastAttempt, type Viewpoint } from './history.ts'
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

/** When the rest that a rule asks for ends; `undefined` where nothing asks for one. */
export function restEndsAt(
  rule: Pick<Rule<'rest'>, 'after' | 'forMs' | 'per' | 'across'>,
  history: readonly PastAttempt[],
  of: Viewpoint,
): InstantMs | undefined {
  for (const past of history) {
    // Newest first: the first that happened is the last.
    if (happened(past, rule.after) && inScope(past, rule, of)) {
      return (past.endedAt ?? past.originatedAt) + rule.forMs
    }
  }
  return undefined
}
