import type { Call } from './calls.ts'
import type { PlainRule, PlainRules } from './types.ts'

/** A rule with the places where it holds. */
export interface Applying {
  readonly rule: PlainRule
  readonly places: readonly string[]
}

/**
 * The rules of one kind that a call had to keep: those of every jurisdiction where the seller or the person is, and of every
 * jurisdiction that the entry names itself, without those that were lifted by right.
 */
export function rulesFor(call: Call, book: PlainRules | undefined, kind: string): readonly Applying[] {
  const own = call.ownRules.filter(rule => rule.kind === kind).map(rule => ({ rule, places: [] }))
  const lawful = jurisdictionsOf(call, book).flatMap(({ places, rules }) =>
    rules.filter(rule => rule.kind === kind && inForce(rule, call)).map(rule => ({ rule, places })),
  )
  return [...own, ...lawful].filter(({ rule }) => !liftedByRight(rule, call))
}

/**
 * Whether what a person has said to one seller leaves a call of another alone: every line about refusals says so, and each place of
 * seller and person has such a line.
 */
export function refusalsArePerSeller(call: Call, book: PlainRules | undefined): boolean {
  const lines = rulesFor(call, book, 'refusal')
  const [, ...person] = placesOf(call)
  if (call.sellerPlace === undefined || person.length === 0) return false
  const signed = (where: string) => lines.some(({ places }) => places.some(around => isIn(where, around)))
  return lines.every(({ rule }) => rule.binds === 'seller') && placesOf(call).every(signed)
}

function jurisdictionsOf(call: Call, book: PlainRules | undefined): PlainRules['jurisdictions'] {
  const where = placesOf(call)
  const everywhere = where.flatMap(place => [place, ...profilesOf(place, book)])
  const named = new Set(call.cleared?.rules ?? [])
  return (book?.jurisdictions ?? []).filter(
    ({ places, rules }) =>
      everywhere.some(place => places.some(around => isIn(place, around))) ||
      rules.some(({ ruleId }) => named.has(ruleId)),
  )
}

function placesOf({ sellerPlace, cleared }: Call): readonly string[] {
  return [...(sellerPlace === undefined ? [] : [sellerPlace]), ...(cleared?.places ?? [])]
}

/** Other places whose rules a place is under as well, as the operator has said. */
export function profilesOf(place: string, book: PlainRules | undefined): readonly string[] {
  const country = place.split('-')[0] ?? place
  return [book?.profiles?.[place] ?? book?.profiles?.[country] ?? []].flat()
}

/** `US-FL` is in `US`. */
export function isIn(place: string, around: string): boolean {
  return place === around || place.startsWith(`${around}-`)
}

function inForce(rule: PlainRule, { at, purpose, topic, cleared }: Call): boolean {
  const { from, until, purposes, topics, voices, automates } = rule
  if (from !== undefined && at < from) return false
  if (until !== undefined && at >= until) return false
  if (topics !== undefined && !topics.includes(topic)) return false
  if (voices !== undefined && !voices.includes(cleared?.voice ?? 'live')) return false
  const automated = cleared?.automation ?? 2
  if (automates !== undefined && automated < (automates === 'both' ? 2 : 1)) return false
  return purposes === undefined || purposes.includes(purpose)
}

/** A rule is lifted only where the entry says so, the rule yields to something, and the entry names a permission of that kind. */
function liftedByRight({ ruleId, yieldsTo = [] }: PlainRule, { cleared }: Call): boolean {
  if (cleared?.lifted.includes(ruleId) !== true) return false
  return yieldsTo.some(({ basis }) => cleared.permissions.some(one => one.basis === basis))
}
