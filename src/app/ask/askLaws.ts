import { createLawFinder, type LawFinder } from '../../core/compliance/law.ts'
import {
  countryOf,
  holdsAt,
  type Jurisdiction,
  type Law,
  type LawQuestion,
  type Place,
  type Rule,
  type RuleBook,
  type RuleOverride,
} from '../../core/compliance/rules.ts'
import { given } from '../../core/given.ts'
import type { InstantMs } from '../../core/ids.ts'

/** So many questions are remembered. */
const rememberedMax = 10_000

/**
 * Finds laws for questions of many days in any order. A dialer's questions are all of today, and its finder remembers one day; a
 * law changes only where a line begins or ends, so that here each question is remembered once between two such instants.
 */
export function createDatedLaws(book: RuleBook): LawFinder {
  const finder = createLawFinder(book)
  const changes = book.jurisdictions
    .flatMap(one => one.rules.flatMap(({ from, until }) => [from, until]))
    .filter(at => at !== undefined)
  const changesAt = [...new Set(changes)]
  const known = new Map<string, Law>()
  let last: { readonly question: LawQuestion; readonly now: InstantMs; readonly law: Law } | undefined
  const look = (question: LawQuestion, now: InstantMs): Law => {
    const begun = changesAt.reduce((count, at) => (at <= now ? count + 1 : count), 0)
    const key = `${begun} ${JSON.stringify(question)}`
    const found = known.get(key)
    if (found !== undefined) return found
    const law = finder.law(question, now)
    if (known.size >= rememberedMax) known.clear()
    known.set(key, law)
    return law
  }
  return {
    book,
    law(question, now) {
      // One call asks several times.
      if (last?.now === now && isSame(last.question, question)) return last.law
      last = { question, now, law: look(question, now) }
      return last.law
    },
  }
}

function isSame(one: LawQuestion, other: LawQuestion): boolean {
  // Object.keys forgets the names of the keys.
  const keys = Object.keys(other) as (keyof LawQuestion)[]
  return keys.every(key => one[key] === other[key])
}

/** Whether a jurisdiction's lines hold at a place, by itself or by its profile. */
function speaksAt({ places }: Jurisdiction, place: Place, { profiles }: RuleBook): boolean {
  const profile = profiles[place] ?? profiles[countryOf(place)]
  return places.some(where => holdsAt(where, place) || (profile !== undefined && holdsAt(where, profile)))
}

/** What is the same of a line for every call under one law. */
interface LineFacts {
  readonly places: readonly Place[]
  readonly override?: Omit<RuleOverride, 'ruleId'>
}

/** What is the same for every call under one law. */
export interface LawFacts {
  readonly lines: ReadonlyMap<Rule, LineFacts>
  /** Lines that the operator has turned off there. */
  readonly off: readonly RuleOverride[]
  /** Places of the person whose own law nobody has read. */
  readonly unread: readonly Place[]
}

/** Tells for whom each line of a law speaks; worked out once for a law. */
export function createLawFacts(book: RuleBook): (law: Law, seller: Place, person: readonly Place[]) => LawFacts {
  const known = new WeakMap<Law, LawFacts>()
  return (law, seller, person) => {
    const found = known.get(law) ?? lawFacts(book, [...new Set([...person, seller])])
    known.set(law, found)
    return found
  }
}

function lawFacts(book: RuleBook, places: readonly Place[]): LawFacts {
  const speaking = book.jurisdictions.filter(one => places.some(place => speaksAt(one, place, book)))
  const lines = new Map<Rule, LineFacts>()
  for (const one of speaking) {
    const there = places.filter(place => speaksAt(one, place, book))
    for (const rule of one.rules) {
      const override = book.overrides.find(({ ruleId }) => ruleId === rule.ruleId)
      lines.set(rule, { places: there, ...given({ override: override && overrideWords(override) }) })
    }
  }
  const here = new Set(speaking.map(({ jurisdictionId }) => jurisdictionId))
  const off = book.overrides.filter(
    ({ ruleId, change }) => change === 'off' && here.has(ruleId.slice(0, ruleId.indexOf('/'))),
  )
  return { lines, off, unread: places.filter(place => !isRead(book, place)) }
}

function overrideWords({ by, reason, change }: RuleOverride): Omit<RuleOverride, 'ruleId'> {
  return { by, reason, change }
}

/** Whether some file is about this very place; a country's part without one has only the country's lines. */
function isRead({ jurisdictions, profiles }: RuleBook, place: Place): boolean {
  if (profiles[place] !== undefined || jurisdictions.some(({ places }) => places.includes(place))) return true
  // Where no part of the country has a file of its own, the country's law is the law of its parts.
  return (
    !jurisdictions.some(({ places }) => places.some(one => one !== place && one.startsWith(`${countryOf(place)}-`))) &&
    jurisdictions.some(({ places }) => places.includes(countryOf(place)))
  )
}
