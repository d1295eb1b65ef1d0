import t from 'tap'
import type { CampaignSettings } from '../../../src/core/campaigns/campaign.ts'
import type { VerdictRules } from '../../../src/core/compliance/facts.ts'
import { createLawFinder } from '../../../src/core/compliance/law.ts'
import { reasonsSettled, releasableReasons } from '../../../src/core/compliance/release.ts'
import { noRules } from '../../../src/core/compliance/rules.ts'
import { decideVerdict, verdictRules } from '../../../src/core/compliance/verdict.ts'
import { factsOf } from '../../../src/store/decisions/facts.ts'
import { factsAt, lawless, shippedRules } from '../../support/compliance.ts'
import { testCampaign } from '../../support/engineHarness.ts'

/** Rules of the test campaign with the countries that it has by itself. */
function atHome(settings: Partial<CampaignSettings>, book = noRules): VerdictRules {
  return verdictRules({ ...testCampaign, ...settings }, createLawFinder(book))
}

/** A Tuesday, 11:00 in Florida. */
const now = Date.UTC(2026, 5, 16, 15)
const florida = { places: ['US-FL'], zones: ['America/New_York'] }

t.test('no address makes a number of a refused kind one that may be called', async t => {
  const table: readonly (readonly [number: string, detail: RegExp])[] = [
    ['+8816212345678', /satellite/],
    ['+8835100123456', /international network/],
    ['+979123456789', /premium/],
    ['+19005550123', /premium/],
    ['+13059760123', /pay-per-call/],
    ['+18005550123', /toll-free/],
    ['+15005550123', /personal/],
    ['+16005550123', /no place/],
    ['+447012345678', /personal/],
    ['+447640123456', /pager/],
    ['+448701234567', /premium/],
    ['+611300123456', /shared cost/],
  ]
  for (const [number, detail] of table) {
    const verdict = decideVerdict(factsAt(now, { number, ...florida }), lawless(), now)
    t.match(verdict, { allowed: false, reason: 'number-kind', rule: 'product/number-kind', detail }, number)
    t.notOk('retryAt' in verdict, `${number}: never by itself`)
  }
  for (const number of ['+13055550123', '+13059750123', '+13059770123', '+14365550123'])
    t.strictSame(decideVerdict(factsAt(now, { number, ...florida }), lawless(), now), { allowed: true }, number)
})

t.test("a campaign calls numbers of the seller's country, or of those that it names", async t => {
  const table: readonly (readonly [number: string, countries: readonly string[] | undefined, allowed: boolean])[] = [
    ['+13055550123', undefined, true],
    ['+17875550123', undefined, true],
    ['+14165550123', undefined, false],
    ['+18095550123', undefined, false],
    ['+18765550123', undefined, false],
    ['+442079460123', undefined, false],
    ['+447911123456', undefined, false],
    ['+37061234567', undefined, false],
    ['+13055550123', ['US', 'CA'], true],
    ['+14165550123', ['US', 'CA'], true],
    ['+18095550123', ['US', 'CA'], false],
    ['+18095550123', ['DO'], true],
    ['+13055550123', ['DO'], false],
    ['+442079460123', ['GB'], true],
    // Guernsey has numbers of its own within Britain's.
    ['+447911123456', ['GB'], false],
    ['+447911123456', ['GB', 'GG'], true],
    // Nobody can tell whose it is: all must be allowed.
    ['+4410000000', ['GB'], false],
    ['+4410000000', ['GB', 'GG', 'IM', 'JE'], true],
  ]
  for (const [number, countries, allowed] of table) {
    const verdict = decideVerdict(
      factsAt(now, { number, ...florida }),
      atHome({ ...(countries && { countries }) }),
      now,
    )
    if (allowed) t.strictSame(verdict, { allowed: true }, `${number} ${countries}`)
    else
      t.match(
        verdict,
        { allowed: false, reason: 'country-not-allowed', rule: 'campaign/countries', retryAt: now + 86_400_000 },
        `${number} ${countries}`,
      )
  }
  const seller = { sellerId: 'acme', place: 'US-FL' }
  const facts = factsAt(now, { number: '+12125550123', ...florida })
  t.match(decideVerdict(facts, atHome({ seller }), now), { allowed: true }, "a state's seller calls the country")
})

t.test('the shipped rules lift neither', async t => {
  const permission = { permissionId: 'p1', basis: 'written', topics: ['spring'], channels: ['voice'], givenAt: 0 }
  const facts = factsAt(now, { number: '+18095550123', ...florida, permissions: [permission as never] })
  t.match(decideVerdict(facts, atHome({}, shippedRules), now), { reason: 'country-not-allowed' })
})

t.test('the facts of a stored lead say both, whatever the lead was imported with', async t => {
  const lead = { number: '+8816212345678', state: 'new', dialableAt: 0, attempts: 0, list: 'leads' } as const
  const doNotCall = { hitsOf: () => [], refusalsOf: () => [], lists: () => [] }
  const person = { others: [], history: [], permissions: [] }
  const where = { timeZones: ['America/New_York'], places: ['US-FL'] }
  t.match(factsOf({ lead: { ...lead, ...where }, person, doNotCall }, now), {
    refusedKind: 'satellite',
    numberPlaces: [],
  })
  const london = factsOf({ lead: { ...lead, ...where, number: '+442079460123' }, person, doNotCall }, now)
  t.strictSame(london.numberPlaces, ['GB'])
  t.notOk('refusedKind' in london)
  const calgary = factsOf(
    { lead: { ...lead, number: '+14035550123', timeZones: ['America/Edmonton'], places: [] }, person, doNotCall },
    Date.UTC(2026, 11, 1, 18),
  )
  t.strictSame(
    calgary.zones.map(({ offsetMinutes }) => offsetMinutes),
    [-360, -420],
    'both clocks where it is not sure',
  )
})

t.test('leads that wait for a country are looked at again when the countries change', async t => {
  t.ok(releasableReasons.includes('country-not-allowed'))
  t.strictSame(reasonsSettled(testCampaign, { ...testCampaign, countries: ['US', 'GB'] }), ['country-not-allowed'])
})
