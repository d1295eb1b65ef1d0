import type { InstantMs } from '../ids.ts'
import { attemptsVerdict, callerIdentityVerdict, consentVerdict, hoursVerdict, restOf } from './checks.ts'
import { type Case, no, type Verdict, type VerdictFacts, type VerdictRules, yes } from './facts.ts'
import { listsVerdict, refusalsVerdict } from './lists.ts'
import type { Law, Rule } from './rules.ts'
import { caseOf, type Refusal, refusalsOf, yesOf } from './verdict.ts'

/**
 * What one line of law says to one call. `lifted`: it would refuse, and a permission of the person lifts it. `stands`: it binds
 * the campaign or whoever calls (abandonment, message, records, duties) and is not asked about a single dial.
 */
export const lineAnswers = ['satisfied', 'refuses', 'lifted', 'stands'] as const
/** What one line of law says to one call, in one word. */
export type LineAnswer = (typeof lineAnswers)[number]

/** A line of law with its answer; `verdict` is the no that it would give if it stood alone. */
export interface AnsweredLine {
  readonly rule: Rule
  readonly answer: LineAnswer
  readonly verdict?: Exclude<Verdict, { allowed: true }>
}

/** The verdict of one call with everything that spoke for and against it. */
export interface ExplainedVerdict {
  /** The gate's own. */
  readonly verdict: Verdict
  /** Every check that says no, in the order of the gate: the first of them is the verdict. */
  readonly refusals: readonly Refusal[]
  readonly law: Law
  /** Every line of law in force for the call, in the order of the rule files. */
  readonly lines: readonly AnsweredLine[]
}

/** The gate's verdict, what else would have refused, and each line of law by itself. A pure function of facts, rules and now. */
export function explainLaw(facts: VerdictFacts, rules: VerdictRules, now: InstantMs): ExplainedVerdict {
  const one = caseOf(facts, rules, now)
  const refusals = refusalsOf(one)
  return { verdict: refusals[0]?.verdict ?? yesOf(one), refusals, law: one.law, lines: answerLines(one) }
}

/** Asks each line alone, through the gate's own checks: nothing is merged in a law, so each line can stand by itself. */
function answerLines(one: Case): readonly AnsweredLine[] {
  const bare = withoutOwnWishes(one)
  const unpermitted = { ...bare, facts: { ...bare.facts, permissions: [] } }
  return linesAlone(one.law).map(({ rule, law }) => {
    const verdict = lineVerdict(rule, { ...bare, law })
    if (verdict === 'not-asked') return { rule, answer: 'stands' }
    if (!verdict.allowed) return { rule, answer: 'refuses', verdict }
    if (rule.yieldsTo === undefined) return { rule, answer: 'satisfied' }
    const strict = lineVerdict(rule, { ...unpermitted, law })
    return { rule, answer: strict === 'not-asked' || strict.allowed ? 'satisfied' : 'lifted' }
  })
}

const allDay = [{ startMinute: 0, endMinute: 1440 }]
const always = { ruleId: 'none', days: [0, 1, 2, 3, 4, 5, 6].map(() => allDay) }

/** The case without what campaign and person ask for beside the law. */
function withoutOwnWishes(one: Case): Case {
  // Hours that the person has agreed to lift a line that yields to them; whether it is such an hour is not the line's question.
  const facts = one.facts.ownHours === undefined ? one.facts : { ...one.facts, ownHours: always.days }
  return {
    ...one,
    facts,
    rules: { ...one.rules, callingHours: always, attemptsMax: Number.POSITIVE_INFINITY, attemptLimits: [] },
  }
}

/** What the gate's check says that asks lines of this kind. */
function lineVerdict(rule: Rule, one: Case): Verdict | 'not-asked' {
  switch (rule.kind) {
    case 'hours':
      return hoursVerdict(one)
    case 'attempts':
      return attemptsVerdict(one)
    case 'rest': {
      const retryAt = restOf(rule, one)
      const rests = retryAt !== undefined && retryAt > one.now
      return rests ? no(`rest-after-${rule.after}`, { retryAt, rule: rule.ruleId }) : yes
    }
    case 'consent':
    case 'opt-out':
      return consentVerdict({ ...one, rules: { ...one.rules, consent: 'respected' } })
    case 'do-not-call-list': {
      const doNotCall = one.facts.doNotCall.filter(({ place }) => place === rule.place)
      return listsVerdict({ ...one, facts: { ...one.facts, doNotCall } })
    }
    case 'caller-identity':
      return callerIdentityVerdict(one)
    case 'refusal':
      return refusalsVerdict(rule, one)
    case 'ring':
    case 'abandonment':
    case 'connect':
    case 'retention':
    case 'duty':
      return 'not-asked'
  }
}

interface LineAlone {
  readonly rule: Rule
  readonly law: Law
}

const alone = new WeakMap<Law, readonly LineAlone[]>()

/** For each line of a law, the law as it would be if there were no other line; worked out once for a law. */
function linesAlone(law: Law): readonly LineAlone[] {
  const known = alone.get(law)
  if (known !== undefined) return known
  const lines = law.lines.map(rule => ({ rule, law: lawOfOne(law, rule) }))
  alone.set(law, lines)
  return lines
}

/** Whatever lines a law holds, by kind: of each only this one stays. */
function lawOfOne(law: Law, { ruleId }: Rule): Law {
  const isOther = (value: unknown): boolean =>
    typeof value === 'object' && value !== null && 'ruleId' in value && value.ruleId !== ruleId
  const parts = Object.entries(law).map(([key, value]: [string, unknown]) => [
    key,
    Array.isArray(value) ? value.filter(one => !isOther(one)) : value,
  ])
  // The keys are the law's own, and lists of lines stay lists of lines.
  return { ...(Object.fromEntries(parts) as Law), uncovered: [] }
}
