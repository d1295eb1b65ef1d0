import type { CallingHours } from '../campaign.ts'
import type { InstantMs, PhoneNumber } from '../ids.ts'
import type { RefusalReason } from '../words.ts'
import { hoursVerdict } from './callingHours.ts'

/**
 * The facts of one lead, gathered by the shell at the moment of the originate. Core never asks the store.
 * Zones come as offsets from UTC with the span in which they hold, so that a replay needs no zone data.
 */
export interface VerdictFacts {
  readonly number: PhoneNumber
  readonly numberValid: boolean
  /** The do-not-call list that holds the number, where one does. */
  readonly doNotCallList: string | undefined
  readonly leadState: 'new' | 'retry' | 'finished'
  /** The lead rests until then. */
  readonly dialableAt: InstantMs
  readonly attempts: number
  /** One entry a zone in which the person may be; empty: unknown place. */
  readonly zones: readonly ZoneOffset[]
}

/** A zone's offset from UTC around now: valid in [from, until). */
export interface ZoneOffset {
  readonly zone: string
  readonly offsetMinutes: number
  readonly from: InstantMs
  readonly until: InstantMs
  /** The offset that follows at `until`, where there is one. */
  readonly nextOffsetMinutes?: number
}

/** The rules one verdict applies. */
export interface VerdictRules {
  readonly callingHours: CallingHours
  readonly attemptsMax: number
  /** The latest possible answer after now: setup plus ring timeout. Nothing is dialed that could be answered outside hours. */
  readonly latestAnswerMs: number
}

/** Yes, or no with a reason and the time when it may be asked again (absent: never by itself). */
export type Verdict =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly reason: RefusalReason; readonly retryAt?: InstantMs; readonly detail?: string }

/** One check with its answer, for `explain`. */
export interface CheckResult {
  readonly check: 'number' | 'do-not-call' | 'lead' | 'attempts' | 'rest' | 'calling-hours'
  readonly verdict: Verdict
}

const yes: Verdict = { allowed: true }

function no(reason: RefusalReason, more: { retryAt?: InstantMs; detail?: string } = {}): Verdict {
  return { allowed: false, reason, ...more }
}

const checks: readonly {
  readonly check: CheckResult['check']
  readonly verdict: (facts: VerdictFacts, rules: VerdictRules, now: InstantMs) => Verdict
}[] = [
  { check: 'number', verdict: facts => (facts.numberValid ? yes : no('invalid-number')) },
  {
    check: 'do-not-call',
    verdict: facts =>
      facts.doNotCallList === undefined ? yes : no('do-not-call', { detail: `list ${facts.doNotCallList}` }),
  },
  { check: 'lead', verdict: facts => (facts.leadState === 'finished' ? no('lead-finished') : yes) },
  {
    check: 'attempts',
    verdict: (facts, rules) =>
      facts.attempts < rules.attemptsMax
        ? yes
        : no('attempts-exhausted', { detail: `${facts.attempts} of ${rules.attemptsMax}` }),
  },
  {
    check: 'rest',
    verdict: (facts, _rules, now) => (facts.dialableAt <= now ? yes : no('resting', { retryAt: facts.dialableAt })),
  },
  { check: 'calling-hours', verdict: hoursVerdict },
]

/** Every check with its answer, in the order in which a dial passes them. */
export function explainVerdict(facts: VerdictFacts, rules: VerdictRules, now: InstantMs): readonly CheckResult[] {
  return checks.map(({ check, verdict }) => ({ check, verdict: verdict(facts, rules, now) }))
}

/** The first no, or yes. A pure function of facts, rules and now. */
export function decideVerdict(facts: VerdictFacts, rules: VerdictRules, now: InstantMs): Verdict {
  for (const { verdict } of checks) {
    const answer = verdict(facts, rules, now)
    if (!answer.allowed) return answer
  }
  return yes
}
