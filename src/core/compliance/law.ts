import type { InstantMs } from '../ids.ts'
import { dayMs } from '../time.ts'
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

/** Makes the finder of a book's laws. Answers are remembered for a day, or until a rule begins or ends. */
export function createLawFinder(book: RuleBook): LawFinder {
  const known = new Map<string, Law>()
  const changesAt = book.jurisdictions
    .flatMap(one => one.rules)
    .flatMap(({ from, until }) => [from ?? [], until ?? []].flat())
  let valid = { from: Number.POSITIVE_INFINITY, until: Number.NEGATIVE_INFINITY }
  return {
    book,
    law(question, now) {
      if (now < valid.from || now >= valid.until) {
        known.clear()
        valid = unchangedAround(changesAt, now)
      }
      const key = `${question.seller} ${question.purpose} ${question.person.join(' ')}`
      const found = known.get(key) ?? lawOf(book, question, now)
      known.set(key, found)
      return found
    },
  }
}

/** The part of the UTC day around `now` in which no rule begins or ends: [from, until). */
function unchangedAround(changesAt: readonly InstantMs[], now: InstantMs): { from: InstantMs; until: InstantMs } {
  const today = Math.floor(now / dayMs) * dayMs
  return {
    from: Math.max(today, ...changesAt.filter(at => at <= now)),
    until: Math.min(today + dayMs, ...changesAt.filter(at => at > now)),
  }
}

/** Gathers the rules: nothing is merged, every line stays and is asked, so the tightest wins by itself. */
function lawOf(book: RuleBook, { seller, purpose, person }: LawQuestion, now: InstantMs): Law {
  const covered = person.map(place => profileOf(book, place))
  // A profile is added to what holds at the place itself: it lifts nothing.
  const everywhere = [seller, ...person].flatMap(place => [place, profileOf(book, place)])
  const applying = book.jurisdictions.filter(({ places }) => everywhere.some(place => anyHoldsAt(places, place)))
  const rules = applying.flatMap(one => one.rules).filter(rule => inForce(rule, now) && isFor(rule, purpose))
  const of = <Kind extends RuleBody['kind']>(kind: Kind): readonly Rule<Kind>[] =>
    // The filter has just made sure of the kind.
    rules.filter(rule => rule.kind === kind) as readonly Rule[] as readonly Rule<Kind>[]
  return {
    version: book.version,
    lines: rules,
    hours: of('hours'),
    attempts: of('attempts'),
    rest: of('rest'),
    consent: of('consent'),
    lists: of('do-not-call-list'),
    listPlaces: book.jurisdictions
      .flatMap(one => one.rules)
      .flatMap(rule => (rule.kind === 'do-not-call-list' ? [rule.place] : [])),
    callerIdentity: of('caller-identity'),
    ring: of('ring'),
    abandonment: of('abandonment'),
    connect: of('connect'),
    holidays: holidaysAt(book, [...person, ...covered]),
    uncovered:
      book.jurisdictions.length === 0 ? [] : person.filter((_, at) => !hasHours(book.jurisdictions, covered[at])),
  }
}

function profileOf({ profiles }: RuleBook, place: Place): Place {
  return profiles[place] ?? profiles[countryOf(place)] ?? place
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
