import type { Test } from 'tap'
import { createLawFinder } from '../../src/core/compliance/law.ts'
import { decideVerdict, verdictRules } from '../../src/core/compliance/verdict.ts'
import type { Store } from '../../src/ports/store.ts'
import { shippedRules } from '../support/compliance.ts'
import { attemptOf, endOf, importSome, someCampaign, someLeads } from './store.ts'

/** A Wednesday noon in New York. */
const noon = Date.parse('2026-06-17T12:00:00-04:00')
const hourMs = 3_600_000

/** The count of a campaign says of each lead what the gate says: whatever it spares or reads together changes no answer. */
export async function censusContract(t: Test, store: Store): Promise<void> {
  const settings = { ...someCampaign('census'), filter: "plan <> 'gold'", consent: 'respected' as const }
  await store.saveCampaign(settings)
  const zones = { timeZones: ['America/New_York'], places: ['US-NY'] }
  const rows = [
    ...someLeads([0, 0, 0, 0, 0, 0, 0], { ...zones, data: { plan: 'blue' } }),
    ...someLeads([0], { ...zones, data: { plan: 'gold' } }),
    ...someLeads([0], { timeZones: [], data: { plan: 'blue' } }),
    // Two numbers of one person: what happened to one counts for the other.
    ...someLeads([0, 0], { ...zones, personId: 'pair', data: { plan: 'blue' } }),
  ]
  const leads = await importSome(store, 'census', rows)
  const at = (index: number) => {
    const lead = leads[index]
    if (lead === undefined) throw new RangeError(`no lead ${index}`)
    return lead
  }
  await store.addDoNotCall({ number: at(1).number, list: 'company', source: 'operator', at: noon })
  await store.addDoNotCall({ number: at(2).number, list: 'retired', source: 'network', at: noon })
  await store.withdrawPermission({ number: at(3).number, at: noon - hourMs, how: 'said so' })
  const evenings = Array.from({ length: 7 }, () => [{ startMinute: 1080, endMinute: 1140 }])
  await store.setPersonHours({ number: at(4).number, days: evenings, how: 'asked', recordedAt: noon })
  await store.beginAttempt(attemptOf(at(5), 'census-open', noon - 1000))
  await store.deferLead(at(6).leadId, noon + hourMs, 'resting')
  const abandoned = attemptOf(at(9), 'census-abandoned', noon - hourMs)
  await store.beginAttempt(abandoned)
  await store.endAttempt(
    endOf(abandoned, { disposition: 'abandoned', answeredAt: noon - hourMs, leadRetryAt: noon - 1 }),
  )

  // Without the law's list nobody in the country may be called for sales, so the purpose is one that needs none.
  const asked = { ...settings, purpose: 'service' as const }
  const census = await store.census({ settings: asked, book: shippedRules, now: noon })
  const counted = Object.fromEntries(census.reasons.map(({ reason, leads: count }) => [reason, count]))
  t.strictSame([census.leads, census.dialable], [11, 1])
  t.strictSame(counted, {
    ...{ 'do-not-call': 1, 'number-retired': 1, 'consent-withdrawn': 1, 'outside-own-hours': 1 },
    ...{ 'number-in-flight': 1, resting: 1, 'filtered-out': 1, 'unknown-time-zone': 1, 'rest-after-abandonment': 2 },
  })

  const rules = verdictRules(asked, createLawFinder(shippedRules))
  for (const index of [0, 1, 2, 3, 4, 7, 8, 9, 10]) {
    const { leadId } = at(index)
    const facts = await store.facts({ campaignId: 'census', leadId, columns: true, now: noon })
    const verdict = decideVerdict(facts, rules, noon)
    const word = verdict.allowed ? 'allowed' : verdict.reason
    t.ok(
      verdict.allowed ? census.dialable === 1 : Object.hasOwn(counted, word),
      `the gate says ${word} of lead ${index}`,
    )
  }

  const question = { settings: asked, book: shippedRules, now: noon }
  const left = store.census(question, { signal: AbortSignal.abort() })
  await t.rejects(left, { code: 'count-stopped' }, 'for nobody nothing is counted')
  const stayed = new AbortController().signal
  t.strictSame(await store.census(question, { signal: stayed }), census, 'who waits gets the same')
}
