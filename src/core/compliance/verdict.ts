import type { CampaignSettings } from '../campaigns/campaign.ts'
import { agentModeOf, automationOf } from '../campaigns/dialModes.ts'
import { readFilter } from '../campaigns/filter.ts'
import { typedList } from '../campaigns/lead.ts'
import { given } from '../given.ts'
import type { InstantMs } from '../ids.ts'
import { dayMs } from '../time.ts'
import {
  attemptsVerdict,
  callerIdentityVerdict,
  consentVerdict,
  fatigueVerdict,
  hoursVerdict,
  restVerdict,
} from './checks.ts'
import { askAgainMs, type Case, no, type Verdict, type VerdictFacts, type VerdictRules, yes } from './facts.ts'
import { isPromised } from './history.ts'
import type { LawFinder } from './law.ts'
import { listsVerdict } from './lists.ts'
import { numberKinds } from './numberKinds.ts'
import { countryOf, type Place } from './rules.ts'

/** A cleared order leaves within this time, or does not: its verdict would have grown old. */
export const departureMaxMs = 2_000

/** The checks in the order in which a dial passes them. */
const checks = [
  { check: 'number', verdict: numberVerdict },
  { check: 'do-not-call', verdict: listsVerdict },
  { check: 'lead', verdict: ({ facts }: Case) => (facts.leadState === 'finished' ? no('lead-finished') : yes) },
  { check: 'list', verdict: listVerdict },
  { check: 'filter', verdict: filterVerdict },
  { check: 'consent', verdict: consentVerdict },
  { check: 'calling-hours', verdict: hoursVerdict },
  { check: 'attempts', verdict: attemptsVerdict },
  { check: 'rest', verdict: restVerdict },
  { check: 'fatigue', verdict: fatigueVerdict },
  { check: 'caller-identity', verdict: callerIdentityVerdict },
] as const

/** One check with its answer, for `explain`. */
export interface CheckResult {
  readonly check: (typeof checks)[number]['check']
  readonly verdict: Verdict
}

/** One check that says no. */
export interface Refusal extends CheckResult {
  readonly verdict: Exclude<Verdict, { allowed: true }>
}

/** The facts and rules of one dial, with the law that the seller's place, the purpose and the person's places make. */
export function caseOf(facts: VerdictFacts, rules: VerdictRules, now: InstantMs): Case {
  const { seller, voice, automation, of } = rules
  const question = { seller, purpose: of.purpose, topic: of.topic, voice, automation, person: facts.places }
  const law = rules.laws.law(question, now)
  const longerMs = law.ringMinMs - rules.ringTimeoutMs
  if (longerMs <= 0) return { facts, rules, law, now }
  return { facts, rules: { ...rules, latestAnswerMs: rules.latestAnswerMs + longerMs }, law, now }
}

/** Every check with its answer, in the order in which a dial passes them. */
export function explainVerdict(facts: VerdictFacts, rules: VerdictRules, now: InstantMs): readonly CheckResult[] {
  const one = caseOf(facts, rules, now)
  return checks.map(({ check, verdict }) => ({ check, verdict: verdict(one) }))
}

/** Every check that says no, in the order in which a dial passes them: the first is what {@link decideVerdict} answers. */
export function refusalsOf(one: Case): readonly Refusal[] {
  const refusals: Refusal[] = []
  for (const { check, verdict } of checks) {
    const answer = verdict(one)
    if (!answer.allowed) refusals.push({ check, verdict: answer })
  }
  return refusals
}

/** The first no, or yes. A pure function of facts, rules and now. */
export function decideVerdict(facts: VerdictFacts, rules: VerdictRules, now: InstantMs): Verdict {
  const one = caseOf(facts, rules, now)
  for (const { verdict } of checks) {
    const answer = verdict(one)
    if (!answer.allowed) return answer
  }
  return yesOf(one)
}

/** Yes, and for which places nobody has read the law. */
export function yesOf({ law: { unread } }: Case): Verdict {
  return unread.length === 0 ? yes : { allowed: true, unread }
}

/** The number can be a person's, and is of a country that the campaign calls; an address makes neither good. */
function numberVerdict({ facts, rules, now }: Case): Verdict {
  const { numberValid, refusedKind, numberPlaces = [] } = facts
  if (!numberValid) return no('invalid-number')
  if (refusedKind !== undefined)
    return no('number-kind', { rule: 'product/number-kind', detail: numberKinds[refusedKind] })
  const abroad = numberPlaces.find(place => !rules.countries.has(countryOf(place)))
  if (abroad === undefined) return yes
  const detail = `of ${countryOf(abroad)}, the campaign calls ${[...rules.countries].join(', ')}`
  return no('country-not-allowed', { rule: 'campaign/countries', retryAt: now + dayMs, detail })
}

/** The lead's list has a share of the campaign's dials; and what agents have typed is no list that a system may choose from. */
function listVerdict({ facts, rules, now }: Case): Verdict {
  const { listMix, agentMode } = rules
  if (facts.list === typedList && agentMode !== 'manual' && !isPromised(facts.history, rules.of))
    return no('by-hand-only', { rule: 'product/typed', retryAt: now + dayMs })
  if (listMix.length === 0 || listMix.some(({ list, share }) => list === facts.list && share > 0)) return yes
  return no('list-rests', { rule: 'campaign/lists', retryAt: now + askAgainMs, detail: `list ${facts.list}` })
}

/** The campaign takes the lead. What does not pass today may pass another day: its columns or the filter can change. */
function filterVerdict({ facts, rules, now }: Case): Verdict {
  if (rules.filter === undefined || rules.filter(facts.columns ?? {})) return yes
  return no('filtered-out', { rule: 'campaign/filter', retryAt: now + dayMs })
}

/** Countries whose numbers the campaign calls: those that it names, else the seller's. */
export function countriesOf({ countries, seller }: Pick<CampaignSettings, 'countries' | 'seller'>): readonly Place[] {
  return countries ?? [countryOf(seller.place)]
}

const known = new WeakMap<CampaignSettings, VerdictRules>()

/** The rules that a campaign's dials are held to; worked out once for settings. */
export function verdictRules(settings: CampaignSettings, laws: LawFinder): VerdictRules {
  const found = known.get(settings)
  if (found?.laws === laws) return found
  const rules = rulesOf(settings, laws)
  known.set(settings, rules)
  return rules
}

function rulesOf(settings: CampaignSettings, laws: LawFinder): VerdictRules {
  const { campaignId, purpose, topic, callingHours, seller } = settings
  const filter = settings.filter === undefined ? undefined : readFilter(settings.filter)
  const span = { startMinute: callingHours.startMinute, endMinute: callingHours.endMinute }
  return {
    of: { campaignId, purpose, topic, sellerId: seller.sellerId },
    seller: seller.place,
    countries: new Set(countriesOf(settings)),
    voice: settings.voice ?? 'live',
    automation: automationOf(settings),
    laws,
    consent: settings.consent,
    callingHours: {
      ruleId: 'campaign/hours',
      days: [0, 1, 2, 3, 4, 5, 6].map(day => (callingHours.weekdays.includes(day) ? [span] : [])),
    },
    attemptsMax: settings.retry.attemptsMax,
    attemptLimits: settings.attemptLimits,
    fatigue: settings.fatigue,
    callerIds: settings.callerIds,
    // Shares divide what is selected: whom an agent chooses is no list's.
    listMix: settings.pacing.mode === 'manual' ? [] : settings.listMix,
    ringTimeoutMs: settings.ringTimeoutMs,
    latestAnswerMs: departureMaxMs + settings.setupTimeoutMs + settings.ringTimeoutMs,
    // One that cannot be read lets nobody through: it was checked when it was applied.
    ...given({
      filter: filter && (filter.ok ? filter.filter : () => false),
      optOutNumber: settings.optOutNumber,
      agentMode: agentModeOf(settings.pacing),
    }),
  }
}
