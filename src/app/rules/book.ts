import { ApiError } from '../../api/apiError.ts'
import type { RuleLinesQuery, RuleLinesView, RulesView } from '../../api/rules/rules.ts'
import { unreadOf } from '../../core/compliance/law.ts'
import { holdsAt, type Jurisdiction, type Purpose, type Rule, type RuleBook } from '../../core/compliance/rules.ts'
import { verdictRules } from '../../core/compliance/verdict.ts'
import { given } from '../../core/given.ts'
import { InputError } from '../../errors.ts'
import { isKnownPlace } from '../../numbers/places.ts'
import { findCampaign } from '../campaigns.ts'
import type { AppContext } from '../context.ts'
import { readingsOf } from './readings.ts'

type Override = RuleBook['overrides'][number]

/** The jurisdictions with their places, overrides, and what nobody has read. */
export function showBook(book: RuleBook): RulesView {
  const jurisdictions = book.jurisdictions.map(({ jurisdictionId, name, places, rules }) => ({
    jurisdiction: jurisdictionId,
    name,
    places: [...places],
    rules: rules.length,
    overridden: book.overrides.filter(one => isOf(one, jurisdictionId)).length,
    read:
      rules
        .map(({ date }) => date)
        .sort()
        .at(-1) ?? '',
  }))
  const readings = readingsOf(book).map(({ country, read, unread }) => ({
    country,
    read: [...read],
    unread: [...unread],
  }))
  const { version, profiles, overrides } = book
  return {
    version,
    jurisdictions,
    readings,
    holidays: Object.keys(book.holidays).sort(),
    profiles,
    overrides: [...overrides],
  }
}

function isOf({ ruleId }: Override, jurisdictionId: string): boolean {
  return ruleId.startsWith(`${jurisdictionId}/`)
}

/** Lines that hold somewhere, as a person asks for them. */
export interface LinesQuestion {
  /** A place, or a jurisdiction by its name. */
  readonly where: string
  readonly purpose?: Purpose
  /** A place. */
  readonly seller?: string
  /** `2026-08-11` */
  readonly at?: string
}

/** The lines that hold somewhere, and those that the operator has turned off there. */
export interface FoundLines {
  readonly lines: readonly (Rule & { readonly override?: Override })[]
  readonly off: readonly Override[]
}

/** Every line that holds at a place or stands in a jurisdiction. @throws InputError in one line */
export function findLines(book: RuleBook, question: LinesQuestion): FoundLines {
  const { where, seller, purpose } = question
  if (seller !== undefined && !isKnownPlace(seller)) throw unknownPlace(`seller ${seller}`)
  const day = question.at === undefined ? undefined : noonOf(question.at)
  const found = jurisdictionsAt(book, where)
  const sellers = seller === undefined ? [] : jurisdictionsAt(book, seller)
  const rules = [...new Set([...found, ...sellers])]
    .flatMap(one => one.rules)
    .filter(rule => (purpose === undefined || (rule.purposes?.includes(purpose) ?? true)) && isInForce(rule, day))
  return { lines: withOverrides(book, rules), off: turnedOff(book, [...namesOf(rules), where]) }
}

/** Noon of the day by Greenwich is in that day nearly everywhere. @throws InputError */
function noonOf(day: string): number {
  const at = Date.parse(`${day}T12:00:00Z`)
  if (Number.isFinite(at) && new Date(at).toISOString().startsWith(`${day}T`)) return at
  throw new InputError('bad-day', `at: ${day} is no day: write one like 2026-08-11`)
}

/** A place's own rules and its profile's; a jurisdiction's alone where the word is no place. */
function jurisdictionsAt(book: RuleBook, where: string): readonly Jurisdiction[] {
  if (!isKnownPlace(where)) {
    const found = book.jurisdictions.filter(({ jurisdictionId }) => jurisdictionId === where)
    if (found.length === 0) throw unknownPlace(where, book)
    return found
  }
  const profile = Object.entries(book.profiles).find(([place]) => holdsAt(place, where))?.[1]
  const everywhere = profile === undefined ? [where] : [where, profile]
  return book.jurisdictions.filter(({ places }) => places.some(place => everywhere.some(one => holdsAt(place, one))))
}

function unknownPlace(what: string, book?: RuleBook): InputError {
  const names =
    book === undefined ? '' : `, or a jurisdiction: ${book.jurisdictions.map(one => one.jurisdictionId).join(', ')}`
  return new InputError('unknown-place', `${what} is no place: write one like US or US-FL${names}`)
}

function isInForce({ from, until }: Rule, at: number | undefined): boolean {
  return at === undefined || ((from === undefined || from <= at) && (until === undefined || at < until))
}

function withOverrides({ overrides }: RuleBook, rules: readonly Rule[]): FoundLines['lines'] {
  return rules.map(rule => ({ ...rule, ...given({ override: overrides.find(one => one.ruleId === rule.ruleId) }) }))
}

function namesOf(rules: readonly Rule[]): readonly string[] {
  return rules.map(({ ruleId }) => ruleId.slice(0, ruleId.indexOf('/')))
}

/** Lines that the operator has turned off are no rules any more, but they are shown where they stood. */
function turnedOff({ jurisdictions, overrides }: RuleBook, jurisdictionIds: readonly string[]): readonly Override[] {
  const here = new Set(jurisdictionIds)
  const known = new Set(jurisdictions.flatMap(({ rules }) => rules.map(({ ruleId }) => ruleId)))
  return overrides.filter(({ ruleId }) => !known.has(ruleId) && here.has(ruleId.slice(0, ruleId.indexOf('/'))))
}

/** Lines with their sources: of a place, of a jurisdiction, or those that bind a campaign now. @throws ApiError, InputError */
export function showLines(context: AppContext, query: RuleLinesQuery): RuleLinesView {
  const { where, campaignId } = query
  if (campaignId !== undefined && where === undefined) return linesOfCampaign(context, campaignId)
  if (where === undefined || campaignId !== undefined)
    throw new ApiError(
      422,
      'invalid-request',
      'say where, a place or a jurisdiction, or name a campaign: one of the two',
    )
  const { book } = context.gateway.laws
  return viewLines(context, book.version, findLines(book, { where, ...given(query) }))
}

/** The law of its seller's place and of every place where its leads are, for what it calls about. */
function linesOfCampaign(context: AppContext, campaignId: string): RuleLinesView {
  const { laws } = context.gateway
  const { settings, places } = findCampaign(context, campaignId)
  const { of, seller, voice, automation } = verdictRules(settings, laws)
  const person = [...places].sort()
  const question = { seller, purpose: of.purpose, topic: of.topic, voice, automation, person }
  const { lines } = laws.law(question, context.gateway.now())
  const found = { lines: withOverrides(laws.book, lines), off: turnedOff(laws.book, namesOf(lines)) }
  return {
    ...viewLines(context, laws.book.version, found),
    places: person,
    unread: [...unreadOf(laws.book, person)].sort(),
  }
}

function viewLines({ wordsOf }: AppContext, version: string, { lines, off }: FoundLines): RuleLinesView {
  return {
    version,
    lines: lines.map(rule => {
      const { ruleId, kind, purposes, source, date, override } = rule
      const whose = purposes && [...purposes]
      return { ruleId, kind, says: wordsOf(rule), source, date, ...given({ purposes: whose, override }) }
    }),
    off: [...off],
    withoutHours: !lines.some(({ kind }) => kind === 'hours'),
  }
}
