import type { InstantMs } from '../ids.ts'
import {
  countryOf,
  holdsAt,
  type Jurisdiction,
  type Law,
  type LawQuestion,
  type Place,
  type Rule,
  type RuleBody,
  type RuleBook,
} from './rules.ts'

/** Finds the law of a call; the same question on the same day gives the same object. */
export interface LawFinder {
  readonly book: RuleBook
  /** The union of the seller's and the person's rules in force at `now`. */
  law(question: LawQuestion, now: InstantMs): Law
}

const dayMs = 86_400_000

/** Makes the finder of a book's laws. Answers are remembered for a day. */
export function createLawFinder(book: RuleBook): LawFinder {
  const known = new Map<string, Law>()
  let day = Number.NaN
  return {
    book,
    law(question, now) {
      const today = Math.floor(now / dayMs)
      if (today !== day) known.clear()
      day = today
      const key = `${question.seller} ${question.purpose} ${question.person.join(' ')}`
      const found = known.get(key) ?? lawOf(book, question, now)
      known.set(key, found)
      return found
    },
  }
}

/** Gathers the rules: nothing is merged, every line stays and is asked, so the tightest wins by itself. */
function lawOf(book: RuleBook, { seller, purpose, person }: LawQuestion, now: InstantMs): Law {
  const covered = person.map(place => book.profiles[place] ?? book.profiles[countryOf(place)] ?? place)
  const applying = book.jurisdictions.filter(({ places }) =>
    [seller, ...covered].some(place => anyHoldsAt(places, place)),
  )
  const rules = applying.flatMap(one => one.rules).filter(rule => inForce(rule, now) && isFor(rule, purpose))
  const of = <Kind extends RuleBody['kind']>(kind: Kind): readonly Rule<Kind>[] =>
    // The filter has just made sure of the kind.
    rules.filter(rule => rule.kind === kind) as readonly Rule[] as readonly Rule<Kind>[]
  return {
    version: book.version,
    hours: of('hours'),
    attempts: of('attempts'),
    rest: of('rest'),
    consent: of('consent'),
    lists: of('do-not-call-list'),
    callerIdentity: of('caller-identity'),
    ring: of('ring'),
    abandonment: of('abandonment'),
    connect: of('connect'),
    holidays: holidaysAt(book, covered),
    uncovered:
      book.jurisdictions.length === 0 ? [] : person.filter((_, at) => !hasHours(book.jurisdictions, covered[at])),
  }
}

function anyHoldsAt(places: readonly Place[], place: Place): boolean {
  return places.some(where => holdsAt(where, place))
}

function inForce(rule: Rule, now: InstantMs): boolean {
  return (rule.from ?? Number.NEGATIVE_INFINITY) <= now && now < (rule.until ?? Number.POSITIVE_INFINITY)
}

function isFor(rule: Rule, purpose: LawQuestion['purpose']): boolean {
  return rule.purposes?.includes(purpose) ?? true
}

/** A place without hours of its own is not covered: a duty or two of a union of states is no permission to call. */
function hasHours(jurisdictions: readonly Jurisdiction[], place: Place | undefined): boolean {
  return jurisdictions.some(
    ({ places, rules }) =>
      place !== undefined && anyHoldsAt(places, place) && rules.some(({ kind }) => kind === 'hours'),
  )
}

function holidaysAt({ holidays }: RuleBook, places: readonly Place[]): ReadonlySet<number> {
  return new Set(places.flatMap(place => [...(holidays[place] ?? []), ...(holidays[countryOf(place)] ?? [])]))
}
