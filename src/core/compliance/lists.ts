import { given } from '../given.ts'
import type { InstantMs } from '../ids.ts'
import { dayMs } from '../time.ts'
import { liftedBy } from './consent.ts'
import type { DoNotCallHit, DoNotCallListState } from './doNotCall.ts'
import { askAgainMs, type Case, no, type Verdict, yes } from './facts.ts'
import { localTime, type ZoneOffset } from './localTime.ts'
import { countryOf, type Rule } from './rules.ts'

/** What the person permitted, and what the campaign asks about. */
export function permissionsIn({ facts, rules }: Case) {
  const { topic, sellerId } = rules.of
  const own = facts.ownHours === undefined ? {} : ({ ownHours: true } as const)
  const about = { topic, channel: 'call', latestAnswerMs: rules.latestAnswerMs, ...given({ seller: sellerId }), ...own }
  return { permissions: facts.permissions, about }
}

/**
 * No list that binds holds the number, and the lists that the law wants are there and young enough. A company's own
 * refusals bind always; a national list yields to what its law lets yield (16 CFR 310.4(b)(1)(iii)(B)).
 */
export function listsVerdict(one: Case): Verdict {
  for (const hit of one.facts.doNotCall) {
    if (binds(hit, one)) return refusal(hit)
  }
  for (const rule of one.law.lists) {
    const missing = listProblem(rule, one)
    if (missing !== undefined) return missing
  }
  return yes
}

function refusal(hit: DoNotCallHit): Verdict {
  if (hit.kind === 'retired') return no('number-retired', { detail: 'the network says that nobody has this number' })
  const through = hit.through === undefined ? '' : ', by another number of the person'
  return no('do-not-call', { detail: `list ${hit.list}${through}`, ...given({ rule: hit.place }) })
}

function binds(hit: DoNotCallHit, one: Case): boolean {
  switch (hit.kind) {
    case 'national':
    case 'state':
      return bindsByLaw(hit, one)
    case 'campaign':
      return hit.campaignId === one.rules.of.campaignId
    case 'seller':
      return isOwnSellers(hit, one) || !one.law.refusalsPerSeller
    default:
      return true
  }
}

function isOwnSellers({ seller }: DoNotCallHit, { rules: { of } }: Case): boolean {
  return of.sellerId === undefined || seller === of.sellerId
}

/** The refusals that were said to other sellers: whether they bind is a question to the law. */
export function othersRefusals(one: Case): readonly DoNotCallHit[] {
  return one.facts.doNotCall.filter(hit => hit.kind === 'seller' && !isOwnSellers(hit, one))
}

/** What a line about refusals says of those that were said to other sellers. */
export function refusalsVerdict({ binds: whom }: Rule<'refusal'>, one: Case): Verdict {
  const [hit] = othersRefusals(one)
  return whom === 'everybody' && hit !== undefined ? refusal(hit) : yes
}

/** Without a rule for the list's place it binds; where the place's rules are for other purposes, it does not. */
function bindsByLaw(hit: DoNotCallHit, one: Case): boolean {
  const { law, now } = one
  const rules = (hit.kind === 'state' ? law.stateLists : law.lists).filter(rule => rule.place === hit.place)
  if (rules.length === 0) return hit.place === undefined || !law.listPlaces.includes(hit.place)
  return rules.some(rule => liftedBy(rule, permissionsIn(one), now) === undefined)
}

/** A rule about a list is about the people of the list's place. */
export function isAboutPerson(rule: Rule<'do-not-call-list'>, { facts }: Case): boolean {
  return facts.places.some(place => place === rule.place || countryOf(place) === rule.place)
}

function listProblem(rule: Rule<'do-not-call-list'>, one: Case): Verdict | undefined {
  if (!isAboutPerson(rule, one) || liftedBy(rule, permissionsIn(one), one.now) !== undefined) return undefined
  const { ruleId, place, ageMaxMs } = rule
  const retryAt = one.now + askAgainMs
  const own = one.facts.lists.filter(list => isListOf(list, rule))
  if (own.length === 0) {
    const detail = `no do-not-call list of ${place} has been imported`
    return no('list-missing', { rule: ruleId, retryAt, detail })
  }
  const zones = one.facts.zones.length === 0 ? [utc] : one.facts.zones
  for (const { name, asOf } of own) {
    const days = listAgeDays(asOf, zones, one.now)
    if (days * dayMs <= ageMaxMs) continue
    return no('list-too-old', { rule: ruleId, retryAt, detail: `list ${name} is ${days} days old` })
  }
  return undefined
}

const utc: ZoneOffset = {
  zone: 'UTC',
  offsetMinutes: 0,
  from: Number.NEGATIVE_INFINITY,
  until: Number.POSITIVE_INFINITY,
}

/**
 * Days of the calendar between a list's day and today at the person's place, the most of all zones where they may be: a list of
 * the 1st is 31 days old on the 32nd day, whatever the hour. An instant at midnight by UTC is a day and no hour.
 */
export function listAgeDays(asOf: InstantMs, zones: readonly ZoneOffset[], now: InstantMs): number {
  const dated = asOf % dayMs === 0
  return Math.max(...zones.map(zone => localTime(zone, now).day - (dated ? asOf / dayMs : localTime(zone, asOf).day)))
}

/** Whether a list is the one that a rule wants. */
export function isListOf(list: DoNotCallListState, rule: Rule<'do-not-call-list'>): boolean {
  return (list.kind === 'national' || list.kind === 'state') && list.place === rule.place
}
