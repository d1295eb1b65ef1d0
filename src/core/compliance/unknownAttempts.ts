import type { InstantMs } from '../ids.ts'
import { attemptWindow } from './attempts.ts'
import type { Case } from './facts.ts'
import type { PastAttempt } from './history.ts'
import { restEndsAt } from './rest.ts'
import type { Rule } from './rules.ts'

/**
 * When the number may be dialed again although nobody knows whether it was called up to `at`: every window of attempts that binds
 * is taken to have been filled in that last moment, and everything to have happened in it that asks for a rest. So no limit
 * is broken, whatever was done. A limit of a campaign's whole life counts what is known.
 */
export function unknownRestEndsAt(
  { facts, rules, law }: Case,
  {
    at,
    rests,
  }: { readonly at: InstantMs; readonly rests: readonly Pick<Rule<'rest'>, 'after' | 'forMs' | 'wholeDays'>[] },
): InstantMs {
  const worst = worstAttempt(rules.of, at)
  const view = { ...rules.of, zones: facts.zones }
  const restEnds = rests.map(rule => restEndsAt({ ...rule, per: 'person', across: 'all' }, [worst], view) ?? at)
  const windowEnds = [...law.attempts, ...rules.attemptLimits].map(rule => {
    const question = { history: Array<PastAttempt>(rule.max).fill(worst), of: rules.of, zones: facts.zones }
    return attemptWindow(rule, question, at).retryAt ?? at
  })
  return Math.max(at, ...restEnds, ...windowEnds)
}

/** One that asks for every rest there is: somebody spoke, was abandoned, refused and complained. */
function worstAttempt(of: Case['rules']['of'], at: InstantMs): PastAttempt {
  return {
    ...of,
    sameNumber: true,
    originatedAt: at,
    answeredAt: at,
    connectedAt: at,
    endedAt: at,
    disposition: 'abandoned',
    counts: true,
    machine: false,
    refusal: true,
    complaint: true,
  }
}
