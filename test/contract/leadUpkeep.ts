import type { Test } from 'tap'
import { Defect } from '../../src/errors.ts'
import type { LeadRecord } from '../../src/ports/leads.ts'
import type { Store } from '../../src/ports/store.ts'
import { attemptOf, endOf, importSome, someCampaign, someLeads, someNumber } from './store.ts'

const noon = Date.UTC(2026, 5, 17, 16, 0)
const later = noon + 3_600_000
const all = { resetAttempts: false, attemptsMax: 5, dryRun: false }

/** A campaign with fresh leads. */
async function leadsOf(store: Store, campaignId: string, count: number): Promise<readonly LeadRecord[]> {
  await store.saveCampaign(someCampaign(campaignId))
  return importSome(store, campaignId, someLeads(Array.from({ length: count }, () => 0)))
}

function nth(leads: readonly LeadRecord[], index: number): LeadRecord {
  const lead = leads[index]
  if (lead === undefined) throw new Defect('the leads were not imported')
  return lead
}

/** What every store must do with leads that wait or are finished. */
export async function leadUpkeepContract(t: Test, store: Store): Promise<void> {
  t.test('a release', async t => releaseContract(t, store))
  t.test('recycling', async t => recyclingContract(t, store))
  t.test('lists and leads put off', async t => listContract(t, store))
}

async function releaseContract(t: Test, store: Store): Promise<void> {
  t.test('makes due what was put off for its reasons, and nothing else', async t => {
    const leads = await leadsOf(store, 'release', 6)
    const [other] = await leadsOf(store, 'release-other', 1)
    const reasons = ['filtered-out', 'outside-calling-hours', 'resting', 'rest-after-abandonment']
    for (const [index, reason] of reasons.entries()) await store.deferLead(nth(leads, index).leadId, later, reason)
    await store.deferLead(nth(leads, 4).leadId, null, 'attempts-limit')
    await store.deferLead(other?.leadId ?? 0, later, 'filtered-out')
    const asked = ['filtered-out', 'attempts-limit'] as const
    t.equal(await store.releaseLeads({ campaignId: 'release', reasons: asked }), 1)
    const released = await store.lead(nth(leads, 0).leadId)
    t.match(released, { state: 'new', dialableAt: 0 })
    t.notOk(released?.reason)
    for (const index of [1, 2, 3]) {
      t.match(await store.lead(nth(leads, index).leadId), { dialableAt: later, reason: reasons[index] })
    }
    t.match(await store.lead(nth(leads, 4).leadId), { state: 'finished' }, 'what is finished stays finished')
    t.match(await store.lead(other?.leadId ?? 0), { dialableAt: later }, 'another campaign is not concerned')
    const { leads: due } = await store.dialableLeads({ campaignId: 'release', limit: 9, exclude: [], now: noon })
    t.strictSame(due.map(({ leadId }) => leadId).sort(), [nth(leads, 0).leadId, nth(leads, 5).leadId].sort())
    t.equal(await store.releaseLeads({ campaignId: 'release', reasons: asked }), 0, 'once')
    t.equal(await store.releaseLeads({ reasons: ['filtered-out'] }), 1, 'all campaigns')
  })

  t.test('never shortens the rest of a lead that has been called since', async t => {
    const [lead] = await leadsOf(store, 'release-called', 1)
    if (lead === undefined) throw new Defect('the lead was not imported')
    await store.deferLead(lead.leadId, noon - 1, 'outside-calling-hours')
    const attempt = attemptOf(lead, 'release-called-1')
    await store.beginAttempt(attempt)
    await store.endAttempt(endOf(attempt, { leadRetryAt: later }))
    t.equal(await store.releaseLeads({ campaignId: 'release-called', reasons: ['outside-calling-hours'] }), 0)
    t.match(await store.lead(lead.leadId), { dialableAt: later, reason: 'resting' })
  })

  t.test('of one number concerns its person alone, wherever they are', async t => {
    await store.saveCampaign(someCampaign('release-person'))
    const rows = someLeads([0, 0, 0]).map((row, index) => (index < 2 ? { ...row, personId: 'release-jane' } : row))
    const leads = await importSome(store, 'release-person', rows)
    for (const { leadId } of leads) await store.deferLead(leadId, later, 'consent-missing')
    const { number } = nth(leads, 0)
    t.equal(await store.releaseLeads({ number, reasons: ['consent-missing'] }), 2)
    t.match(await store.lead(nth(leads, 1).leadId), { dialableAt: 0 })
    t.match(await store.lead(nth(leads, 2).leadId), { dialableAt: later, reason: 'consent-missing' })
  })

  t.test("of one number leaves another seller's person of the same id alone, and follows shared numbers", async t => {
    const put = async (campaignId: string, sellerId: string, rows: readonly (readonly [string, string])[]) => {
      const campaign = someCampaign(campaignId)
      await store.saveCampaign({ ...campaign, seller: { ...campaign.seller, sellerId } })
      const leads = rows.flatMap(([number, personId]) => someLeads([0], { number, personId }))
      for (const { leadId } of await importSome(store, campaignId, leads))
        await store.deferLead(leadId, later, 'consent-missing')
    }
    const [shared, ours, theirs, stranger] = [someNumber(), someNumber(), someNumber(), someNumber()]
    await put('release-ours', 'acme', [
      [ours, 'release-joan'],
      [shared, 'release-joan'],
    ])
    await put('release-theirs', 'fern', [
      [shared, 'customer-7'],
      [theirs, 'customer-7'],
    ])
    await put('release-strange', 'other', [[stranger, 'release-joan']])
    t.equal(await store.releaseLeads({ number: ours, reasons: ['consent-missing'] }), 4)
    t.match(await store.leadsByNumber(theirs), [{ dialableAt: 0 }], 'joined by the number that both have')
    t.match(await store.leadsByNumber(stranger), [{ reason: 'consent-missing' }])
  })

  t.test('of more than one step releases each lead once, even when some are put off again meanwhile', async t => {
    const leads = await leadsOf(store, 'release-many', 250)
    for (const { leadId } of leads) await store.deferLead(leadId, later, 'filtered-out')
    const again = nth(leads, 0).leadId
    let steps = 0
    const released = await store.releaseLeads({ campaignId: 'release-many', reasons: ['filtered-out'] }, () => {
      steps += 1
      void store.deferLead(again, later, 'filtered-out')
    })
    t.equal(released, 250)
    const dialable = await store.dialableLeads({ campaignId: 'release-many', limit: 300, exclude: [], now: noon })
    t.equal(dialable.leads.length, steps === 0 ? 250 : 249)
  })
}

/** Calls a lead once, so that it ends so. */
async function call(store: Store, lead: LeadRecord, more: Partial<Parameters<typeof endOf>[1]>): Promise<string> {
  const attempt = attemptOf(lead, `recycle-${lead.leadId}-${Math.round(noon / 1000)}`)
  await store.beginAttempt(attempt)
  await store.endAttempt(endOf(attempt, { leadRetryAt: null, ...more }))
  return attempt.callId
}

async function recyclingContract(t: Test, store: Store): Promise<void> {
  t.test('makes leads due whose last call ended so, and leaves the others', async t => {
    const leads = await leadsOf(store, 'recycle', 4)
    await call(store, nth(leads, 0), { disposition: 'busy' })
    await call(store, nth(leads, 1), { disposition: 'no-answer' })
    await call(store, nth(leads, 2), { disposition: 'busy', leadRetryAt: later })
    const asked = { ...all, campaignId: 'recycle', last: ['busy'] as const }
    const expected = { recycled: 1, barred: 0, exhausted: 0 }
    t.strictSame(await store.recycleLeads({ ...asked, dryRun: true }), expected)
    t.match(await store.lead(nth(leads, 0).leadId), { state: 'finished' }, 'a dry run changes nothing')
    t.strictSame(await store.recycleLeads(asked), expected)
    t.match(await store.lead(nth(leads, 0).leadId), { state: 'retry', dialableAt: 0, attempts: 1 })
    t.match(await store.lead(nth(leads, 1).leadId), { state: 'finished' })
    t.match(await store.lead(nth(leads, 2).leadId), { dialableAt: later, reason: 'resting' }, 'its rest stays')
    t.strictSame(await store.recycleLeads(asked), { recycled: 0, barred: 0, exhausted: 0 }, 'once')
  })

  t.test('never takes up who refused, complained, is on do-not-call, dead, or being called', async t => {
    const leads = await leadsOf(store, 'recycle-barred', 8)
    const own = { source: 'operator', at: noon } as const
    const wrapUp = { code: 'sale', refusal: false }
    for (const lead of leads) await call(store, lead, { disposition: 'connected', answeredAt: noon, connectedAt: noon })
    const callIdOf = (index: number) => `recycle-${nth(leads, index).leadId}-${Math.round(noon / 1000)}`
    await store.recordWrapUp({ ...wrapUp, callId: callIdOf(0), refusal: true })
    await store.recordWrapUp({ ...wrapUp, callId: callIdOf(1), code: 'complaint' })
    await store.addDoNotCall({ ...own, number: nth(leads, 2).number, list: 'company' })
    await store.addDoNotCall({ ...own, number: nth(leads, 3).number, list: 'retired' })
    await store.beginAttempt(attemptOf(nth(leads, 4), 'recycle-barred-open', noon + 60_000))
    const moved = await leadsOf(store, 'recycle-gate', 1)
    await store.deferLead(nth(moved, 0).leadId, null, 'do-not-call')
    const report = await store.recycleLeads({ ...all, campaignId: 'recycle-barred', last: ['connected'] })
    t.strictSame(report, { recycled: 3, barred: 5, exhausted: 0 })
    t.strictSame(await store.recycleLeads({ ...all, campaignId: 'recycle-gate' }), {
      ...{ recycled: 0, barred: 1, exhausted: 0 },
    })
    for (const index of [0, 1, 2, 3, 4]) t.match(await store.lead(nth(leads, index).leadId), { state: 'finished' })
  })

  t.test('takes up whom a list has finished, where that is asked, and never who refused themselves', async t => {
    const leads = await leadsOf(store, 'recycle-listed', 5)
    for (const lead of leads.slice(1)) await store.deferLead(lead.leadId, null, 'do-not-call')
    await call(store, nth(leads, 0), { disposition: 'busy' })
    const entry = { source: 'operator', at: noon, list: 'company' } as const
    await store.addDoNotCall({ ...entry, number: nth(leads, 1).number })
    const asked = { ...all, campaignId: 'recycle-listed', listed: true } as const
    t.strictSame(await store.recycleLeads({ ...asked, dryRun: true }), { recycled: 3, barred: 2, exhausted: 0 })
    t.strictSame(await store.recycleLeads(asked), { recycled: 3, barred: 2, exhausted: 0 })
    t.match(await store.lead(nth(leads, 0).leadId), { state: 'finished', reason: 'lead-finished' })
    t.match(await store.lead(nth(leads, 1).leadId), { state: 'finished', reason: 'do-not-call' })
    t.match(await store.lead(nth(leads, 2).leadId), { state: 'retry', dialableAt: 0, attempts: 0 })
  })

  t.test('leaves who has had all their attempts, unless they begin again', async t => {
    const leads = await leadsOf(store, 'recycle-exhausted', 1)
    const lead = nth(leads, 0)
    await call(store, lead, { disposition: 'no-answer' })
    const asked = { ...all, campaignId: 'recycle-exhausted', attemptsMax: 1, last: ['no-answer'] as const }
    t.strictSame(await store.recycleLeads(asked), { recycled: 0, barred: 0, exhausted: 1 })
    t.strictSame(await store.recycleLeads({ ...asked, resetAttempts: true }), { recycled: 1, barred: 0, exhausted: 0 })
    t.match(await store.lead(lead.leadId), { state: 'retry', attempts: 0, lastDisposition: 'no-answer' })
    const facts = await store.facts({ campaignId: 'recycle-exhausted', leadId: lead.leadId, now: noon })
    t.equal(facts.history.length, 1, "the law's windows go on counting")
  })

  t.test('of one list leaves the others, and takes any number of leads', async t => {
    await store.saveCampaign(someCampaign('recycle-list'))
    const rows = { a: someLeads(Array.from({ length: 230 }, () => 0)), b: someLeads([0]) }
    for (const [list, leads] of Object.entries(rows)) {
      await store.importLeads(`recycle-list-${list}`, 'recycle-list', leads)
      const counts = { source: 'x.csv', rows: 1, imported: 1, duplicates: 0, invalid: 0 }
      await store.activateImport(`recycle-list-${list}`, { ...counts, list })
    }
    const leads = await store.listLeads({ campaignId: 'recycle-list', limit: 300 })
    for (const { leadId } of leads) await store.deferLead(leadId, null, 'attempts-exhausted')
    const asked = { ...all, campaignId: 'recycle-list', list: 'a' }
    t.strictSame(await store.recycleLeads(asked), { recycled: 230, barred: 0, exhausted: 0 })
    t.strictSame(await store.leadLists('recycle-list'), [
      { list: 'a', leads: 230, dialable: 230, finished: 0, attempts: 0, origins: [] },
      { list: 'b', leads: 1, dialable: 0, finished: 1, attempts: 0, origins: [] },
    ])
  })
}

async function listContract(t: Test, store: Store): Promise<void> {
  t.test('lists add up their imports, with each origin once', async t => {
    const fair = { origin: 'trade fair', legalBasis: 'consent', obtainedAt: noon } as const
    const bought = { origin: 'broker', legalBasis: 'legitimate-interest' } as const
    await store.saveCampaign(someCampaign('lists'))
    const leads = [
      ...(await importSome(store, 'lists', someLeads([0, 0], { provenance: fair }))),
      ...(await importSome(store, 'lists', someLeads([0], { provenance: fair }))),
      ...(await importSome(store, 'lists', someLeads([0], { provenance: bought }))),
    ]
    await call(store, nth(leads, 0), { disposition: 'busy' })
    await store.importLeads('lists-open', 'lists', someLeads([0]))
    t.strictSame(await store.leadLists('lists'), [
      { list: 'leads', leads: 4, dialable: 3, finished: 1, attempts: 1, origins: [fair, bought] },
    ])
    t.strictSame(await store.leadLists('lists-unknown'), [])
    await store.discardImport('lists-open')
  })

  t.test('leads put off for a reason come by their id, a page at a time', async t => {
    const leads = await leadsOf(store, 'put-off', 3)
    const others = await leadsOf(store, 'put-off-too', 1)
    for (const { leadId } of [...leads, ...others]) await store.deferLead(leadId, later, 'fatigue-limit')
    await store.deferLead(nth(leads, 1).leadId, later, 'resting')
    const ask = async (more: object) =>
      (await store.leadsPutOff({ reason: 'fatigue-limit', limit: 10, ...more })).map(({ leadId }) => leadId)
    const [first, third, other] = [nth(leads, 0).leadId, nth(leads, 2).leadId, nth(others, 0).leadId]
    t.strictSame(await ask({ campaignId: 'put-off' }), [first, third])
    t.strictSame(await ask({}), [first, third, other])
    t.strictSame(await ask({ limit: 1 }), [first])
    t.strictSame(await ask({ after: first }), [third, other])
  })
}
