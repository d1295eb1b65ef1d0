import t, { type Test } from 'tap'
import type { LeadRecord } from '../../src/ports/leads.ts'
import { attemptOf, endOf, importSome, someLeads } from '../contract/store.ts'
import { type Rig, startAt, startRig, token } from './rig.ts'

const dayMs = 86_400_000
const campaign = { id: 'spring', message: 'sorry', pacing: { mode: 'progressive' } }

async function spring(t: Test, more: object = {}): Promise<Rig> {
  const rig = await startRig(t)
  await rig.call('PUT', '/v1/campaigns/spring', { ...campaign, ...more })
  return rig
}

/** Calls a lead a day ago, for the last time. */
async function called({ store }: Rig, lead: LeadRecord | undefined, more: Partial<Parameters<typeof endOf>[1]>) {
  if (lead === undefined) return
  const attempt = attemptOf(lead, `c-${lead.leadId}`, startAt - dayMs)
  await store.beginAttempt(attempt)
  await store.endAttempt(endOf(attempt, { leadRetryAt: null, ...more }))
}

t.test('recycling says which leads, counts, tries dry, and refuses what is too broad or unknown', async t => {
  const rig = await spring(t)
  const [busy, silent] = await importSome(rig.store, 'spring', someLeads([0, 0, 0]))
  await called(rig, busy, { disposition: 'busy' })
  await called(rig, silent, { disposition: 'no-answer' })
  const recycle = (body: object, id = 'spring') => rig.call('POST', `/v1/campaigns/${id}/leads/recycle`, body)
  t.match(await recycle({}), { status: 422, body: { error: { code: 'too-many', message: /last.*or list/ } } })
  t.match(await recycle({ last: ['lost'] }), { status: 422 })
  t.match(await recycle({ last: ['busy'] }, 'winter'), { status: 404, body: { error: { code: 'unknown-campaign' } } })
  const unknown = { error: { code: 'unknown-list', message: /no list "warm": there is leads/ } }
  t.match(await recycle({ list: 'warm' }), { status: 404, body: unknown })
  const one = { recycled: 1, barred: 0, exhausted: 0 }
  t.strictSame((await recycle({ last: ['busy'], dryRun: true })).body, one)
  t.match(await rig.store.lead(busy?.leadId ?? 0), { state: 'finished' })
  t.strictSame((await recycle({ last: ['busy'] })).body, one)
  t.match(await rig.store.lead(busy?.leadId ?? 0), { state: 'retry', dialableAt: 0 })
  t.match(await rig.store.lead(silent?.leadId ?? 0), { state: 'finished' })
  t.strictSame((await recycle({ list: 'leads' })).body, one, 'what is left of the list')
})

t.test('lists show how far each has come, with shares of the mix and its empty lists', async t => {
  const lists = [
    { list: 'leads', share: 3 },
    { list: 'cold', share: 1 },
  ]
  const rig = await spring(t, { lists })
  const provenance = { origin: 'trade fair', legalBasis: 'consent', obtainedAt: startAt } as const
  const [first] = await importSome(rig.store, 'spring', someLeads([0, 0], { provenance }))
  await called(rig, first, { disposition: 'busy' })
  const origins = [{ origin: 'trade fair', obtainedAt: '2026-01-13', legalBasis: 'consent' }]
  t.strictSame((await rig.call('GET', '/v1/campaigns/spring/leads/lists')).body, {
    lists: [
      { list: 'leads', leads: 2, dialable: 1, finished: 1, attempts: 1, origins, share: 0.75 },
      { list: 'cold', leads: 0, dialable: 0, finished: 0, attempts: 0, origins: [], share: 0.25 },
    ],
  })
})

t.test('a worn out number is proposed with its points, explained, and accepted onto the list with them', async t => {
  const rig = await spring(t)
  const [worn, fresh] = await importSome(rig.store, 'spring', someLeads([0, 0]))
  const number = worn?.number ?? ''
  const { store } = rig
  for (const days of [1, 2, 3]) {
    const at = startAt - days * dayMs
    const attempt = attemptOf(worn as LeadRecord, `w-${days}`, at)
    await store.beginAttempt(attempt)
    const hungUp = { disposition: 'connected', answeredAt: at, connectedAt: at, endedAt: at + 3_000 } as const
    await store.endAttempt(endOf(attempt, { ...hungUp, leadRetryAt: 0 }))
  }
  await store.deferLead(worn?.leadId ?? 0, startAt + dayMs, 'fatigue-limit')
  const parts = [
    { what: 'hungUpWithin5s', times: 3 },
    { what: 'attempt', times: 3 },
  ]
  const proposals = () => rig.call('GET', '/v1/do-not-call/proposals?campaign=spring')
  const proposal = { number, campaignId: 'spring', limit: 12, parts, restsUntil: '2026-01-14T15:00:00.000Z' }
  t.match((await proposals()).body, { proposals: [proposal] })
  const explained = await rig.call('GET', `/v1/leads/explain?number=${encodeURIComponent(number)}`)
  t.match(explained.body, { leads: [{ fatigue: { limit: 12, parts }, checks: [] }] })
  t.match((await proposals()).body, { proposals: { length: 1 } }, 'to explain decides nothing')
  const accept = (numbers: readonly string[]) => rig.call('POST', '/v1/do-not-call/proposals/accept', { numbers })
  const refused = {
    status: 409,
    body: { error: { code: 'not-proposed', message: /is not proposed: `dialwright dnc add`/ } },
  }
  t.match(await accept([number, fresh?.number ?? '']), refused)
  t.equal(await store.doNotCallEntry(number), undefined, 'none of them where one is not proposed')
  t.strictSame((await accept([number])).body, { accepted: [number] })
  t.match(await store.doNotCallEntry(number), {
    ...{
      list: 'company',
      source: 'operator',
      note: /^fatigue: 1\d(\.\d+)? of 12 points \(hungUpWithin5s 3, attempt 3\)$/,
    },
  })
  t.strictSame((await proposals()).body, { proposals: [] })
  t.match(await rig.call('GET', '/v1/do-not-call/proposals?campaign=winter'), { status: 404 })
})

t.test('a filter that changes looks again at once at whom it put off; what has not changed stays', async t => {
  const rig = await spring(t, { filter: "state = 'NY'" })
  const leads = await importSome(rig.store, 'spring', someLeads([0, 0, 0], { data: { state: 'NJ' } }))
  const [filtered, hours, resting] = leads.map(({ leadId }) => leadId)
  const until = startAt + dayMs
  const stands = async () =>
    Promise.all([filtered, hours, resting].map(async id => (await rig.store.lead(id ?? 0))?.dialableAt))
  await rig.store.deferLead(filtered ?? 0, until, 'filtered-out')
  await rig.store.deferLead(hours ?? 0, until, 'outside-calling-hours')
  await rig.store.deferLead(resting ?? 0, until, 'resting')
  await rig.call('PUT', '/v1/campaigns/spring', { ...campaign, name: 'Spring!', filter: "state = 'NY'" })
  t.strictSame(await stands(), [until, until, until], 'a new name settles nothing')
  await rig.call('PUT', '/v1/campaigns/spring', { ...campaign, filter: "state = 'NJ'" })
  t.strictSame(await stands(), [0, until, until])
  await rig.call('PUT', '/v1/campaigns/spring', { ...campaign, filter: "state = 'NJ'", hours: '08:00-21:00' })
  t.strictSame(await stands(), [0, 0, until])
})

t.test('a permission, and a list of a nation, look again at whom they concern', async t => {
  const rig = await spring(t)
  const [asked, other] = await importSome(rig.store, 'spring', someLeads([0, 0]))
  const until = startAt + dayMs
  for (const lead of [asked, other]) await rig.store.deferLead(lead?.leadId ?? 0, until, 'consent-missing')
  const given = { number: asked?.number, basis: 'written', topics: ['sales'], how: 'web form, 2026-01-12' }
  t.match(await rig.call('POST', '/v1/permissions', given), { status: 200 })
  t.match(await rig.store.lead(asked?.leadId ?? 0), { dialableAt: 0 })
  t.match(await rig.store.lead(other?.leadId ?? 0), { dialableAt: until, reason: 'consent-missing' })
})

t.test(
  'leads that a list has finished come back when it goes, but for those of people who refused themselves',
  async t => {
    const rig = await spring(t)
    const upload = (query: string, body: string) =>
      fetch(`${rig.url}/v1/do-not-call/import?${query}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'text/csv' },
        body,
      })
    const [listed, refused, changed] = await importSome(rig.store, 'spring', someLeads([0, 0, 0]))
    const finish = async () => {
      for (const lead of [listed, refused, changed]) await rig.store.deferLead(lead?.leadId ?? 0, null, 'do-not-call')
    }
    const states = async () => {
      const found = await Promise.all([listed, refused, changed].map(lead => rig.store.lead(lead?.leadId ?? 0)))
      return found.map(lead => lead?.state)
    }
    t.match(await upload('list=bought', `${listed?.number}\n${changed?.number}\n`), { status: 200 })
    await rig.call('PUT', `/v1/do-not-call/${refused?.number}`)
    await finish()
    t.match(await upload('list=bought&delta=add', `${changed?.number}\n`), { status: 200 })
    t.same(await states(), ['finished', 'finished', 'finished'], 'an addition frees nobody')
    t.match(await upload('list=bought&delta=remove', `${changed?.number}\n`), { status: 200 })
    t.same(await states(), ['retry', 'finished', 'retry'], 'the gate looks at whom the list still holds')
    await finish()
    t.match(await rig.call('DELETE', '/v1/do-not-call/lists/bought'), { status: 200 })
    t.same(await states(), ['retry', 'finished', 'retry'])
  },
)
