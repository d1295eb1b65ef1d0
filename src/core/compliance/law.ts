import type { InstantMs } from '../ids.ts'
import { dayMs } from '../time.ts'
import {
  type Automation,
  automations,
  countryOf,
  holdsAt,
  type Jurisdiction,
  type Law,
  type LawfulHours,
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

/** The do-not-call lists that the law of a seller's own place and country wants at `now`; what others want hangs on who is called. */
export function listsAtSeller(
  laws: Pick<LawFinder, 'law'>,
  { place, purpose }: { readonly place: Place; readonly purpose: LawQuestion['purpose'] },
  now: InstantMs,
): Law['lists'] {
  const { lists } = laws.law({ seller: place, purpose, person: [place] }, now)
  return lists.filter(rule => rule.place === place || rule.place === countryOf(place))
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
      const key = keyOf(question)
      const found = known.get(key) ?? lawOf(book, question, now)
      known.set(key, found)
      return found
    },
  }
}

/** Without a word about it a person speaks, and the system does both; nothing done by itself is another question. */
function keyOf(question: LawQuestion): string {
  const { seller, purpose, topic = '', voice = 'live', automation = automations, person } = question
  // A character that stands in none of them keeps one from running into the next.
  return `${seller}\0${purpose}\0${topic}\0${voice}\0${automation.join('+')}\0${person.join('\0')}`
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
function lawOf(book: RuleBook, question: LawQuestion, now: InstantMs): Law {
  const { seller, person } = question
  const covered = person.map(place => profileOf(book, place))
  // A profile is added to what holds at the place itself: it lifts nothing.
  const everywhere = [seller, ...person].flatMap(place => [place, profileOf(book, place)])
  const applying = book.jurisdictions.filter(({ places }) => everywhere.some(place => anyHoldsAt(places, place)))
  const holds = (rule: Rule) => inForce(rule, now) && isFor(rule, question)
  const rules = applying.flatMap(one => one.rules).filter(holds)
  const of = <Kind extends RuleBody['kind']>(kind: Kind): readonly Rule<Kind>[] =>
    // The filter has just made sure of the kind.
    rules.filter(rule => rule.kind === kind) as readonly Rule[] as readonly Rule<Kind>[]
  const hoursOf = (one: Jurisdiction): readonly LawfulHours[] =>
    one.rules.flatMap(rule => {
      if (rule.kind !== 'hours' || !holds(rule)) return []
      const calendar = rule.holidays === undefined ? noDays : calendarOf(book, one, [...person, ...covered])
      return [{ ...rule, calendar }]
    })
  const hours = applying.flatMap(hoursOf)
  const { listRules } = preparedOf(book)
  return {
    version: book.version,
    lines: rules,
    hours,
    attempts: of('attempts'),
    rest: of('rest'),
    consent: of('consent'),
    lists: of('do-not-call-list'),
    listPlaces: listRules.map(rule => rule.place),
    stateLists: listRules.filter(rule => countryOf(rule.place) !== rule.place && holds(rule)),
    refusals: of('refusal'),
    refusalsPerSeller: arePerSeller(applying, holds, [seller, ...person]),
    callerIdentity: of('caller-identity'),
    optOut: of('opt-out'),
    ring: of('ring'),
    ringMinMs: Math.max(0, ...of('ring').map(({ minMs }) => minMs)),
    abandonment: of('abandonment'),
    connect: of('connect'),
    holidays: unionOf(hours.map(one => one.calendar)),
    uncovered:
      book.jurisdictions.length === 0 ? [] : person.filter((_, at) => !hasHours(book.jurisdictions, covered[at])),
    unread: unreadOf(book, person),
  }
}

/** Whether the operator has signed for lists per seller anywhere: else a refusal is written for everybody. */
export function hasPerSellerLists({ jurisdictions }: RuleBook): boolean {
  return jurisdictions.some(({ rules }) => rules.some(rule => rule.kind === 'refusal' && rule.binds === 'seller'))
}

/** A place without a line about refusals has nothing that an operator could sign, nor does a profile stand in for one. */
function arePerSeller(
  applying: readonly Jurisdiction[],
  holds: (rule: Rule) => boolean,
  everywhere: readonly Place[],
): boolean {
  const lines = applying.flatMap(({ places, rules }) =>
    rules.flatMap(rule => (rule.kind === 'refusal' && holds(rule) ? { places, binds: rule.binds } : [])),
  )
  // Without a place of the person's, nobody knows whose law it is.
  if (everywhere.length < 2 || lines.some(({ binds }) => binds !== 'seller')) return false
  return everywhere.every(place => lines.some(({ places }) => anyHoldsAt(places, place)))
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

function isFor(rule: Rule, question: LawQuestion): boolean {
  const { purpose, topic, voice = 'live', automation = automations } = question
  return (
    (rule.purposes?.includes(purpose) ?? true) &&
    (rule.topics === undefined || (topic !== undefined && rule.topics.includes(topic))) &&
    (rule.voices?.includes(voice) ?? true) &&
    isAutomated(rule, automation)
  )
}

function isAutomated({ automates }: Rule, automation: readonly Automation[]): boolean {
  if (automates === undefined) return true
  return automates === 'both' ? automations.every(one => automation.includes(one)) : automation.length > 0
}

/** A place without hours of its own is not covered: a duty or two of a union of states is no permission to call. */
function hasHours(jurisdictions: readonly Jurisdiction[], place: Place | undefined): boolean {
  return jurisdictions.some(
    ({ places, rules }) =>
      place !== undefined && anyHoldsAt(places, place) && rules.some(({ kind }) => kind === 'hours'),
  )
}

/**
 * The holidays that a jurisdiction's hours are about: its own where the person may be, with those of the part of the country
 * where that is known, of every part where it is not. A rule that holds by the seller's place goes by all of the person's.
 */
function calendarOf({ holidays }: RuleBook, { places }: Jurisdiction, person: readonly Place[]): ReadonlySet<number> {
  const known = person.filter(place => !person.some(part => isPartOf(part, place)))
  const here = known.filter(place => anyHoldsAt(places, place))
  const around = here.length > 0 ? places : person.map(countryOf)
  const where = here.length > 0 ? here : person
  const named = Object.keys(holidays).filter(place =>
    where.some(one => place === one || (holdsAt(place, one) && around.includes(place)) || isPartOf(place, one)),
  )
  return new Set(named.flatMap(place => holidays[place] ?? []))
}

function isPartOf(part: Place, country: Place): boolean {
  return part !== country && countryOf(part) === country
}

/** What nobody has read of the law at the person's places, where parts of a country make laws of their own. */
export function unreadOf(book: RuleBook, person: readonly Place[]): readonly Place[] {
  const { partsWithLaws, read } = preparedOf(book)
  const asked = person.filter(place => partsWithLaws.has(countryOf(place)))
  const partKnown = (country: Place) => asked.some(place => isPartOf(place, country))
  return asked.filter(place => (place === countryOf(place) ? !partKnown(place) : !read.has(place)))
}

const noDays: ReadonlySet<number> = new Set()

function unionOf(calendars: readonly ReadonlySet<number>[]): ReadonlySet<number> {
  const [first = noDays, ...others] = [...new Set(calendars)].filter(({ size }) => size > 0)
  return others.length === 0 ? first : new Set([first, ...others].flatMap(days => [...days]))
}

/** What is the same for every question to a book. */
interface Prepared {
  readonly listRules: readonly Rule<'do-not-call-list'>[]
  /** Countries whose parts make laws of their own, and all places that a jurisdiction names. */
  readonly partsWithLaws: ReadonlySet<Place>
  readonly read: ReadonlySet<Place>
}

const prepared = new WeakMap<RuleBook, Prepared>()

function preparedOf(book: RuleBook): Prepared {
  const found = prepared.get(book)
  if (found !== undefined) return found
  const { jurisdictions } = book
  const made = {
    listRules: jurisdictions.flatMap(one => one.rules).filter(rule => rule.kind === 'do-not-call-list'),
    partsWithLaws: new Set(jurisdictions.flatMap(one => (one.partsHaveLaws ? one.places : []))),
    read: new Set(jurisdictions.flatMap(one => one.places)),
  }
  prepared.set(book, made)
  return made
}
