import type { CampaignSettings } from '../../src/core/campaigns/campaign.ts'
import type { VerdictFacts, VerdictRules } from '../../src/core/compliance/facts.ts'
import type { PastAttempt } from '../../src/core/compliance/history.ts'
import { createLawFinder } from '../../src/core/compliance/law.ts'
import { noRules, type RuleBook } from '../../src/core/compliance/rules.ts'
import { verdictRules } from '../../src/core/compliance/verdict.ts'
import { given } from '../../src/core/given.ts'
import { refusedKind } from '../../src/numbers/kinds.ts'
import { placesOfNumber } from '../../src/numbers/places.ts'
import { countryZones } from '../../src/numbers/placeTables.ts'
import { zoneClocks } from '../../src/numbers/zoneOffsets.ts'
import { zonesOfNumber } from '../../src/numbers/zones.ts'
import { loadRuleBook } from '../../src/rules/ruleBook.ts'
import { testCampaign } from './engineHarness.ts'

/** The rules as shipped. */
export const shippedRules = loadRuleBook()

/** The rules as shipped, signed for lists per seller in these lines; absent: in all that there are. */
export function signedFor(...ruleIds: readonly string[]): RuleBook {
  const isSigned = (ruleId: string) => ruleIds.length === 0 || ruleIds.includes(ruleId)
  return {
    ...shippedRules,
    jurisdictions: shippedRules.jurisdictions.map(one => ({
      ...one,
      rules: one.rules.map(rule =>
        rule.kind === 'refusal' && isSigned(rule.ruleId) ? { ...rule, binds: 'seller' } : rule,
      ),
    })),
  }
}

/** A lead as a verdict sees it: nothing listed, nothing happened, by default a New Yorker. */
export interface FactsOptions extends Partial<Omit<VerdictFacts, 'zones'>> {
  readonly number?: string
  /** IANA names; absent: by the number. */
  readonly zones?: readonly string[]
}

const lines = shippedRules.jurisdictions.flatMap(({ rules }) => rules)
const wantedLists = [...new Set(lines.flatMap(rule => (rule.kind === 'do-not-call-list' ? [rule.place] : [])))]

/** National and state lists of the day, so that verdicts are not about them. */
export function freshLists(now: number): VerdictFacts['lists'] {
  return wantedLists.map(place => ({
    ...{ name: `list-${place}`, kind: place.includes('-') ? ('state' as const) : ('national' as const), place },
    ...{ version: 'v1', numbers: 1 },
    ...{ importedAt: now, asOf: now },
  }))
}

/** Facts at an instant. */
export function factsAt(now: number, options: FactsOptions = {}): VerdictFacts {
  const { number = '+12125550100', zones = zonesOfNumber(number), ...more } = options
  return {
    number,
    numberValid: true,
    numberPlaces: placesOfNumber(number),
    ...given({ refusedKind: refusedKind(number) }),
    doNotCall: [],
    lists: freshLists(now),
    places: placesOfNumber(number),
    zones: zones.flatMap(zone => zoneClocks(zone, now)),
    ...{ list: 'leads', leadState: 'new', dialableAt: 0, attempts: 0, history: [], permissions: [] },
    ...more,
  }
}

/** So that verdicts on hours, lists and attempts anywhere are not about the countries that a campaign calls. */
const everyCountry = [...countryZones().keys()]

/** Rules of the test campaign, changed as asked, under a book (default: the shipped one); it calls everywhere. */
export function rulesWith(settings: Partial<CampaignSettings> = {}, book: RuleBook = shippedRules): VerdictRules {
  return verdictRules({ ...testCampaign, countries: everyCountry, ...settings }, createLawFinder(book))
}

/** Rules without any law. */
export function lawless(settings: Partial<CampaignSettings> = {}): VerdictRules {
  return rulesWith(settings, noRules)
}

/** An attempt of the test campaign that nobody answered. */
export function pastAt(originatedAt: number, more: Partial<PastAttempt> = {}): PastAttempt {
  return {
    ...{ sameNumber: true, campaignId: 'spring', purpose: 'sales', topic: 'spring', originatedAt, counts: true },
    ...{ endedAt: originatedAt + 20_000, disposition: 'no-answer', machine: false, refusal: false, complaint: false },
    ...more,
  }
}
