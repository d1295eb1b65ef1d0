import type { Call } from './calls.ts'
import { groupBy } from './group.ts'
import { localTime } from './hours.ts'
import { rulesFor } from './laws.ts'
import type { PlainRule, PlainRules, Violation } from './types.ts'
import { violation } from './violations.ts'

/** Calls by whom they went to. */
export interface People {
  readonly bySubject: ReadonlyMap<string, readonly Call[]>
  readonly byPerson: ReadonlyMap<string, readonly Call[]>
}

/** Sorts calls by subject, and by person where the entry names one. */
export function peopleOf(calls: readonly Call[]): People {
  return {
    bySubject: groupBy(calls, ({ subject }) => subject),
    byPerson: groupBy(
      calls.filter(({ person }) => person !== undefined),
      ({ person }) => person ?? '',
    ),
  }
}

/** Calls that a rule's scope puts together with this one, itself included. */
export function inScope(call: Call, rule: PlainRule, { bySubject, byPerson }: People): readonly Call[] {
  const same = bySubject.get(call.subject) ?? []
  // A number that two sellers know by a person each is one human being's.
  const names = new Set([call, ...same.filter(({ seq }) => seq < call.seq)].map(({ person }) => person))
  const persons =
    rule.per === 'person' ? [...names].flatMap(name => (name === undefined ? [] : (byPerson.get(name) ?? []))) : []
  return [...new Set([...same, ...persons])].filter(other => {
    if (rule.across === 'purpose') return other.purpose === call.purpose
    if (rule.across === 'topic') return other.topic === call.topic
    if (rule.across === 'campaign') return other.campaign === call.campaign
    return true
  })
}

/** An attempt counts unless its outcome says that nobody's phone rang; one without an outcome counts. */
function counts({ outcomes }: Call): boolean {
  const [outcome] = outcomes
  return outcome === undefined || outcome.counts
}

/** No window of any rule ever holds more attempts than it may, this one included. */
export function checkAttempts(call: Call, book: PlainRules | undefined, people: People): readonly Violation[] {
  if (!counts(call)) return []
  return rulesFor(call, book, 'attempts').flatMap(({ rule }) => {
    const earlier = inScope(call, rule, people).filter(other => counts(other) && other.seq <= call.seq)
    const count = Math.max(...windowsOf(rule, call).map(inside => earlier.filter(inside).length), 0)
    const { max = 0, ruleId } = rule
    if (count <= max) return []
    return [violation(call, { check: 'attempts', ruleId, says: `attempt ${count} of at most ${max} ${named(rule)}` })]
  })
}

type Inside = (other: Call) => boolean

/** The windows that end with this call; a day is another one in each zone where the person may be. */
function windowsOf({ window }: PlainRule, call: Call): readonly Inside[] {
  if (window?.kind === 'rolling') return [other => other.at > call.at - (window.lengthMs ?? 0) && other.at <= call.at]
  if (window?.kind === 'life') return [() => true]
  return (call.cleared?.zones ?? []).map(zone => {
    const today = dayIn(zone, call.at)
    return other => dayIn(zone, other.at) === today
  })
}

/** The day at a zone, since 1970-01-01. */
export function dayIn(zone: string, at: number): number {
  try {
    return localTime(at, zone).day
  } catch {
    // The check of the hours says that the zone is unknown.
    return Math.floor(at / 86_400_000)
  }
}

function named({ window }: PlainRule): string {
  if (window?.kind === 'rolling') return `in ${(window.lengthMs ?? 0) / 3_600_000} h`
  return window?.kind === 'life' ? 'ever' : 'in a day'
}
