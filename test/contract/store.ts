import type { Test } from 'tap'
import type { AttemptEnd, CampaignAttempt, WrapUp } from '../../src/core/calls/call.ts'
import type { LineFigures } from '../../src/core/calls/lineFigures.ts'
import type { CampaignSettings } from '../../src/core/campaigns/campaign.ts'
import { defaultRetryRules } from '../../src/core/campaigns/lead.ts'
import { defaultFatigue } from '../../src/core/compliance/fatigue.ts'
import type { LeadId } from '../../src/core/ids.ts'
import { Defect, StoreError } from '../../src/errors.ts'
import type { LeadRecord, NewLead } from '../../src/ports/leads.ts'
import type { Store } from '../../src/ports/store.ts'
import { ownListContract } from './doNotCall.ts'

/** An instant in the middle of a working day. */
const noon = Date.UTC(2026, 5, 17, 16, 0)
const summary = { source: 'leads.csv', rows: 0, imported: 0, duplicates: 0, invalid: 0 }
const noCounters = { attempts: 0, answered: 0, answeredByPerson: 0, connected: 0, abandoned: 0, doNotCallBlocked: 0 }

let imports = 0
let numbers = 0

/** A number that no other test uses. */
export function someNumber(): string {
  numbers += 1
  return `+1201555${String(numbers).padStart(4, '0')}`
}

/** Leads to import, one a priority. */
export function someLeads(priorities: readonly number[], more: Partial<NewLead> = {}): NewLead[] {
  return priorities.map(priority => ({
    number: someNumber(),
    timeZones: ['America/New_York'],
    priority,
    data: { name: `Person ${priority}` },
    ...more,
  }))
}

/** Imports and activates leads; gives their records in the order of the rows. */
export async function importSome(
  store: Store,
  campaignId: string,
  rows: readonly NewLead[],
): Promise<readonly LeadRecord[]> {
  imports += 1
  const importId = `${campaignId}-${imports}`
  await store.importLeads(importId, campaignId, rows)
  await store.activateImport(importId, { ...summary, rows: rows.length, imported: rows.length })
  const records: LeadRecord[] = []
  for (const row of rows) {
    const record = (await store.leadsByNumber(row.number)).find(lead => lead.campaignId === campaignId)
    if (record !== undefined) records.push(record)
  }
  return records
}

/** An attempt of a lead, not begun yet. */
export function attemptOf(lead: LeadRecord, callId: string, originatedAt = noon): CampaignAttempt {
  const { campaignId, leadId, number } = lead
  const way = { nodeId: 'pbx', trunkId: 'trunk', callerId: '+12015559999' }
  return { origin: 'campaign', callId, campaignId, leadId, number, originatedAt, ...way }
}

/** The end of an attempt: busy, dialable again a quarter of an hour later, unless told otherwise. */
export function endOf(attempt: CampaignAttempt, more: Partial<AttemptEnd> = {}): AttemptEnd {
  const { callId, campaignId, leadId, number, originatedAt } = attempt
  const endedAt = originatedAt + 10_000
  const leadRetryAt = endedAt + 900_000
  const ids = { origin: 'campaign', callId, campaignId, leadId, number } as const
  return { ...ids, disposition: 'busy', sipCode: 486, endedAt, leadRetryAt, countsAsAttempt: true, ...more }
}

const answered = { disposition: 'connected', answeredAt: noon + 5_000, connectedAt: noon + 5_100 } as const

/** Settings of a campaign that exist only to be kept. */
export function someCampaign(campaignId: string): CampaignSettings {
  return {
    campaignId,
    name: 'Spring',
    seller: { sellerId: 'acme', place: 'US' },
    purpose: 'sales',
    topic: 'spring',
    consent: 'respected',
    attemptLimits: [],
    fatigue: defaultFatigue,
    listMix: [],
    pacing: { mode: 'predictive', ratio: 1, abandonmentTarget: 0.027, abandonmentRateMax: 0.03, dialLevelMax: 3 },
    trunkIds: ['trunk'],
    callerIds: ['+12015559999'],
    ringTimeoutMs: 25_000,
    setupTimeoutMs: 10_000,
    waitMaxMs: 1_700,
    messageSound: 'dialwright/message',
    optOutKey: '9',
    wrapUpTimeoutMs: 30_000,
    wrapUpCodes: { '1': 'sale', '2': 'machine' },
    maxCallMs: 3_600_000,
    callingHours: { startMinute: 540, endMinute: 1200, weekdays: [1, 2, 3, 4, 5] },
    retry: defaultRetryRules,
  }
}

async function counters(store: Store, campaignId: string) {
  return (await store.campaigns()).find(({ settings }) => settings.campaignId === campaignId)?.counters
}

/** What every store must do. One store serves all tests: each has a campaign of its own. */
export function storeContract(t: Test, store: () => Store): void {
  t.test('leads', async t => leadContract(t, store()))
  t.test('imports', async t => importContract(t, store()))
  t.test('attempts', async t => attemptContract(t, store()))
  t.test('call records', async t => callContract(t, store()))
  t.test('wrap-up', async t => wrapUpContract(t, store()))
  t.test('do-not-call', async t => doNotCallContract(t, store()))
  t.test('do-not-call entries and wildcards', async t => ownListContract(t, store()))
  t.test('campaigns and agents', async t => campaignContract(t, store()))
}

async function leadContract(t: Test, store: Store): Promise<void> {
  t.test('tell where the unfinished ones are, by number and by address', async t => {
    const numbers = ['+12125550123', '+12125550124', '+442079460000', '+441534825012', '+13055550100']
    const rows = numbers.map((number, index) => ({
      ...someLeads([index])[0],
      number,
      places: index === 1 ? ['US-FL'] : [],
    }))
    const leads = await importSome(store, 'where', rows as NewLead[])
    const places = () => store.placesOfLeads('where')
    t.strictSame(await places(), ['GB', 'JE', 'US-FL', 'US-NY'])
    for (const index of [1, 2, 4]) await store.deferLead(leads[index]?.leadId ?? 0, null, 'do-not-call')
    t.strictSame(await places(), ['JE', 'US-NY'], 'finished leads are nowhere')
    t.strictSame(await store.placesOfLeads('nobody'), [])
  })

  const ask = async (campaignId: string, more: { limit?: number; exclude?: readonly LeadId[]; now?: number } = {}) => {
    const { leads, ...rest } = await store.dialableLeads({ campaignId, limit: 10, exclude: [], now: noon, ...more })
    return { ids: leads.map(lead => lead.leadId), ...rest }
  }

  t.test('come by priority, then by the time they are due, then by their id', async t => {
    const [a, b, c, d] = await importSome(store, 'order', someLeads([1, 5, 1, 5]))
    if (!a || !b || !c || !d) throw new Defect('the leads were not imported')
    t.ok(a.leadId < b.leadId && b.leadId < c.leadId && c.leadId < d.leadId)
    t.strictSame(await ask('order'), { ids: [b.leadId, d.leadId, a.leadId, c.leadId] })
    await store.deferLead(b.leadId, noon - 1, 'resting')
    await store.deferLead(a.leadId, noon + 60_000, 'outside-calling-hours')
    t.strictSame(await ask('order'), { ids: [d.leadId, b.leadId, c.leadId], moreAt: noon + 60_000 })
    t.strictSame(await ask('order', { limit: 2 }), { ids: [d.leadId, b.leadId] }, 'no moreAt while there is enough')
    const exclude = [d.leadId, c.leadId]
    t.strictSame(await ask('order', { exclude }), { ids: [b.leadId], moreAt: noon + 60_000 }, 'without the excluded')
    t.strictSame(await ask('order', { exclude: [a.leadId, b.leadId], limit: 5 }), { ids: [d.leadId, c.leadId] })
    t.strictSame((await ask('order', { now: noon + 60_000 })).ids, [d.leadId, b.leadId, c.leadId, a.leadId])
    t.strictSame(
      await ask('order', { now: noon - 2 }),
      { ids: [d.leadId, c.leadId], moreAt: noon - 1 },
      'time set back',
    )
    t.match(await store.lead(a.leadId), { state: 'new', reason: 'outside-calling-hours', dialableAt: noon + 60_000 })
  })

  t.test('of several imports are one list', async t => {
    const first = await importSome(store, 'merge', someLeads([1, 2]))
    const second = await importSome(store, 'merge', someLeads([2, 1, 3]))
    const id = (list: readonly LeadRecord[], index: number) => list[index]?.leadId
    const best = [id(second, 2), id(first, 1), id(second, 0), id(first, 0), id(second, 1)]
    t.strictSame(await ask('merge'), { ids: best })
    t.strictSame(await ask('merge', { limit: 3 }), { ids: best.slice(0, 3) })
    await store.deferLead(id(first, 1) ?? 0, noon, 'resting')
    t.strictSame((await ask('merge', { limit: 2 })).ids, [id(second, 2), id(second, 0)])
  })

  t.test('that are finished or unknown are not offered, and do not come back', async t => {
    const [lead, other] = await importSome(store, 'finished', someLeads([1, 1]))
    if (!lead || !other) throw new Defect('the leads were not imported')
    await store.deferLead(lead.leadId, null, 'attempts-exhausted')
    await store.deferLead(lead.leadId, noon, 'resting')
    await store.deferLead(999_999_999, noon, 'resting')
    t.match(await store.lead(lead.leadId), { state: 'finished', reason: 'attempts-exhausted' })
    t.strictSame(await ask('finished'), { ids: [other.leadId] })
    t.strictSame(await store.leadCounts('finished'), { total: 2, dialable: 1, finished: 1 })
    t.strictSame(await ask('no such campaign'), { ids: [] })
    t.strictSame(await store.leadCounts('no such campaign'), { total: 0, dialable: 0, finished: 0 })
  })

  t.test('are found by id, by number and in pages', async t => {
    const rows = someLeads([3, 3, 3], { timeZones: ['America/Chicago', 'America/Denver'], data: { a: 'ä "b"', b: '' } })
    const leads = await importSome(store, 'found', rows)
    const [first, second, third] = leads
    if (!first || !second || !third) throw new Defect('the leads were not imported')
    const fresh = { campaignId: 'found', attempts: 0, state: 'new', dialableAt: 0 }
    t.strictSame(await store.lead(first.leadId), {
      ...rows[0],
      leadId: first.leadId,
      ...fresh,
      list: 'leads',
      places: [],
    })
    t.equal(await store.lead(999_999_999), undefined)
    await importSome(store, 'found too', rows.slice(0, 1))
    t.strictSame(
      (await store.leadsByNumber(first.number)).map(lead => lead.campaignId),
      ['found', 'found too'],
    )
    t.strictSame(await store.leadsByNumber('+12125550199'), [])
    t.strictSame(await store.listLeads({ campaignId: 'found', limit: 2 }), [first, second])
    t.strictSame(await store.listLeads({ campaignId: 'found', limit: 2, after: second.leadId }), [third])
    t.ok((await store.listLeads({ limit: 1000 })).length > 3, 'of all campaigns')
  })

  t.test('give the facts for the verdict', async t => {
    const [lead] = await importSome(store, 'facts', someLeads([1]))
    if (!lead) throw new Defect('the leads were not imported')
    const { leadId, number } = lead
    const facts = await store.facts({ campaignId: 'facts', leadId, now: noon })
    t.match(facts, { number, numberValid: true, leadState: 'new', dialableAt: 0, attempts: 0 })
    t.same(facts.doNotCall, [])
    const zone = { zone: 'America/New_York', offsetMinutes: -240 }
    t.match(facts.zones, [zone])
    const winter = await store.facts({ campaignId: 'facts', leadId, now: Date.UTC(2026, 1, 5) })
    t.match(winter.zones, [{ offsetMinutes: -300, until: Date.UTC(2026, 2, 8, 7), nextOffsetMinutes: -240 }])
    await t.rejects(store.facts({ campaignId: 'facts', leadId: 999_999_999, now: noon }), { code: 'unknown-lead' })
    await t.rejects(store.facts({ campaignId: 'order', leadId, now: noon }), StoreError)
    const [nowhere] = await importSome(store, 'facts', someLeads([1], { timeZones: ['Mars/Olympus', 'UTC'] }))
    const unknown = await store.facts({ campaignId: 'facts', leadId: nowhere?.leadId ?? 0, now: noon })
    t.strictSame(unknown.zones, [], 'one unknown zone makes the place unknown')
  })
}

async function importContract(t: Test, store: Store): Promise<void> {
  t.test('are invisible until they are activated', async t => {
    const rows = someLeads([1, 1])
    await store.importLeads('staged', 'staged', rows)
    const number = rows[0]?.number ?? ''
    t.strictSame(await store.leadsByNumber(number), [])
    t.strictSame(await store.listLeads({ campaignId: 'staged', limit: 10 }), [])
    t.strictSame(await store.leadCounts('staged'), { total: 0, dialable: 0, finished: 0 })
    t.strictSame(await store.dialableLeads({ campaignId: 'staged', limit: 5, exclude: [], now: noon }), { leads: [] })
    await store.importLeads('staged', 'staged', someLeads([1]))
    await store.activateImport('staged', summary)
    t.equal((await store.dialableLeads({ campaignId: 'staged', limit: 5, exclude: [], now: noon })).leads.length, 3)
    await t.rejects(store.activateImport('staged', summary), { code: 'unknown-import' })
    await t.rejects(store.activateImport('never begun', summary), { code: 'unknown-import' })
  })

  t.test('name by position the numbers that the campaign has already', async t => {
    const rows = someLeads([1, 2, 3])
    const [a, b, c] = rows
    if (!a || !b || !c) throw new Defect('the leads were not imported')
    t.strictSame(await store.importLeads('twice-1', 'twice', [a, b, a]), { duplicates: [2] })
    await store.activateImport('twice-1', summary)
    t.strictSame(await store.importLeads('twice-2', 'twice', [b, { ...c, priority: 9 }, a]), { duplicates: [0, 2] })
    t.strictSame(await store.importLeads('twice-2', 'twice', [c]), { duplicates: [0] })
    await store.activateImport('twice-2', summary)
    t.strictSame(await store.leadCounts('twice'), { total: 3, dialable: 3, finished: 0 })
    t.strictSame(await store.importLeads('other', 'another', rows), { duplicates: [] }, 'another campaign has none')
    await store.discardImport('other')
  })

  t.test('that are discarded leave nothing, and their numbers free', async t => {
    const rows = someLeads([1, 2])
    await store.importLeads('broken', 'discard', rows)
    await store.discardImport('broken')
    await t.rejects(store.activateImport('broken', summary), { code: 'unknown-import' })
    await t.rejects(store.discardImport('broken'), { code: 'unknown-import' })
    t.strictSame(await store.leadCounts('discard'), { total: 0, dialable: 0, finished: 0 })
    t.strictSame(await store.importLeads('whole', 'discard', rows), { duplicates: [] })
    await store.activateImport('whole', summary)
    t.strictSame(await store.leadCounts('discard'), { total: 2, dialable: 2, finished: 0 })
  })
}

async function attemptContract(t: Test, store: Store): Promise<void> {
  t.test('are open until they end, exactly once', async t => {
    await store.saveCampaign(someCampaign('once'))
    const [lead] = await importSome(store, 'once', someLeads([1]))
    if (!lead) throw new Defect('the leads were not imported')
    const attempt = attemptOf(lead, 'once-1')
    await store.beginAttempt(attempt)
    await t.rejects(store.beginAttempt(attempt), { code: 'already-begun' })
    const open = async () => (await store.openAttempts()).filter(({ campaignId }) => campaignId === 'once')
    t.strictSame(await open(), [attempt])
    t.strictSame(await counters(store, 'once'), noCounters, 'an open attempt is not counted yet')
    await store.endAttempt(endOf(attempt))
    t.strictSame(await open(), [])
    await t.rejects(store.endAttempt(endOf(attempt, answered)), { code: 'already-ended' })
    t.strictSame(await counters(store, 'once'), { ...noCounters, attempts: 1 }, 'a second end changes nothing')
    t.match(await store.lead(lead.leadId), { attempts: 1, state: 'retry', lastDisposition: 'busy' })
    await t.rejects(store.endAttempt({ ...endOf(attempt), callId: 'never' }), { code: 'unknown-attempt' })
  })

  t.test('come to what was begun and talked in a day, whatever happened to the daemon', async t => {
    await store.saveCampaign(someCampaign('day'))
    const leads = await importSome(store, 'day', someLeads([8, 7, 6, 5, 4, 3, 2, 1]))
    const day = { from: Date.UTC(2021, 0, 2), until: Date.UTC(2021, 0, 3) }
    const minute = 60_000
    // Begun, answered and ended so many minutes after the day began, and what became of it.
    const calls: readonly (readonly [
      at: number,
      answered?: number | undefined,
      ended?: number,
      detail?: AttemptEnd['detail'],
    ])[] = [
      [-25 * 60 - 1, 0, 60],
      [-2, -1, 10],
      [0, undefined, 1],
      [1],
      [5, 6, 9],
      [10, 20, 30, 'recovered'],
      [23 * 60, 23 * 60 + 50, 24 * 60 + 20],
      [24 * 60, 24 * 60 + 1, 24 * 60 + 2],
    ]
    for (const [index, [at, answeredAt, endedAt, detail]] of calls.entries()) {
      const lead = leads[index]
      if (!lead) throw new Defect('the leads were not imported')
      const attempt = attemptOf(lead, `day-${index}`, day.from + at * minute)
      await store.beginAttempt(attempt)
      if (endedAt === undefined) continue
      const instants = answeredAt === undefined ? {} : { answeredAt: day.from + answeredAt * minute }
      const end = { disposition: 'connected', ...instants, endedAt: day.from + endedAt * minute } as const
      await store.endAttempt(endOf(attempt, { ...end, ...(detail === undefined ? {} : { detail }) }))
    }
    // 10 minutes of the call before midnight, 3, 20 since it was originated, 10 until the next midnight.
    const totals = (await store.dayTotals(day)).filter(({ campaignId }) => campaignId === 'day')
    t.strictSame(totals, [{ campaignId: 'day', attempts: 5, talkMs: (10 + 3 + 20 + 10) * minute }])
    const next = await store.dayTotals({ from: day.until, until: day.until + 24 * 60 * minute })
    t.strictSame(next, [{ campaignId: 'day', attempts: 1, talkMs: (20 + 1) * minute }])
    t.strictSame(await store.dayTotals({ from: 0, until: 1 }), [])
  })

  t.test('ended at the same moment end once', async t => {
    await store.saveCampaign(someCampaign('race'))
    const [lead] = await importSome(store, 'race', someLeads([1]))
    if (!lead) throw new Defect('the leads were not imported')
    const attempt = attemptOf(lead, 'race-1')
    const both = [store.beginAttempt(attempt), store.endAttempt(endOf(attempt)), store.endAttempt(endOf(attempt))]
    t.strictSame(
      (await Promise.allSettled(both)).map(({ status }) => status),
      ['fulfilled', 'fulfilled', 'rejected'],
    )
    t.match(await counters(store, 'race'), { attempts: 1 })
    t.match(await store.lead(lead.leadId), { attempts: 1 })
  })

  t.test('hold their lead while they are open, and move it when they end', async t => {
    const [lead, other] = await importSome(store, 'hold', someLeads([2, 1]))
    if (!lead || !other) throw new Defect('the leads were not imported')
    const ask = (now: number) => store.dialableLeads({ campaignId: 'hold', limit: 5, exclude: [], now })
    const attempt = attemptOf(lead, 'hold-1')
    const begun = store.beginAttempt(attempt)
    t.strictSame(
      (await ask(noon)).leads,
      [{ leadId: other.leadId, number: other.number, attempts: 0, priority: 1 }],
      'at once',
    )
    await begun
    const ended = store.endAttempt(endOf(attempt, { leadRetryAt: noon + 900_000 }))
    t.match(await ask(noon), { leads: [{ leadId: other.leadId }], moreAt: noon + 900_000 })
    await ended
    const [first] = (await ask(noon + 900_000)).leads
    t.strictSame(first, { leadId: lead.leadId, number: lead.number, attempts: 1, priority: 2 })
    const again = attemptOf(lead, 'hold-2')
    await store.beginAttempt(again)
    await store.endAttempt(endOf(again, { leadRetryAt: null }))
    t.match(await store.lead(lead.leadId), { attempts: 2, state: 'finished', reason: 'lead-finished' })
  })

  t.test('that cost the lead nothing do not count for it', async t => {
    await store.saveCampaign(someCampaign('fault'))
    const [lead] = await importSome(store, 'fault', someLeads([1]))
    if (!lead) throw new Defect('the leads were not imported')
    const attempt = attemptOf(lead, 'fault-1')
    await store.beginAttempt(attempt)
    const fault = { disposition: 'congestion', detail: 'carrier-fault', countsAsAttempt: false } as const
    await store.endAttempt(endOf(attempt, fault))
    t.match(await store.lead(lead.leadId), { attempts: 0, state: 'retry', lastDisposition: 'congestion' })
    t.strictSame(await counters(store, 'fault'), { ...noCounters, attempts: 1 })
  })

  t.test('tell how often in a row the carrier failed the number, and finish it with that word', async t => {
    await store.saveCampaign(someCampaign('faults'))
    const [lead] = await importSome(store, 'faults', someLeads([1]))
    if (!lead) throw new Defect('the leads were not imported')
    let made = 0
    const after = async (more: Partial<AttemptEnd>) => {
      made += 1
      const attempt = attemptOf(lead, `faults-${made}`, noon - 86_400_000 + made * 1_000)
      await store.beginAttempt(attempt)
      await store.endAttempt(endOf(attempt, { leadRetryAt: noon, ...more }))
      const query = { campaignId: 'faults', limit: 5, exclude: [], now: noon + 3_600_000 }
      return (await store.dialableLeads(query)).leads.map(({ carrierFaults }) => carrierFaults)
    }
    const fault = { disposition: 'congestion', detail: 'carrier-fault', countsAsAttempt: false } as const
    t.strictSame(await after(fault), [1])
    t.strictSame(await after({ ...fault, detail: 'trunk-fault' }), [1], "the trunk's own do not count")
    t.strictSame(await after(fault), [2])
    t.strictSame(await after({ disposition: 'no-answer' }), [undefined], 'somebody was reached')
    t.strictSame(await after({ ...fault, disposition: 'failed' }), [1])
    t.strictSame(await after({ ...fault, detail: 'unreachable', leadRetryAt: null }), [])
    t.match(await store.lead(lead.leadId), { state: 'finished', reason: 'unreachable', lastDisposition: 'congestion' })
  })

  t.test('do not bring back a lead that was finished meanwhile', async t => {
    const [lead] = await importSome(store, 'meanwhile', someLeads([1]))
    if (!lead) throw new Defect('the leads were not imported')
    const attempt = attemptOf(lead, 'meanwhile-1')
    await store.beginAttempt(attempt)
    await store.deferLead(lead.leadId, null, 'do-not-call')
    await store.endAttempt(endOf(attempt))
    t.match(await store.lead(lead.leadId), { attempts: 1, state: 'finished', reason: 'do-not-call' })
  })

  t.test('are counted for the campaign by what became of them', async t => {
    await store.saveCampaign(someCampaign('count'))
    const leads = await importSome(store, 'count', someLeads([1, 1, 1, 1, 1, 1]))
    const ends: readonly Partial<AttemptEnd>[] = [
      { disposition: 'no-answer' },
      answered,
      { disposition: 'abandoned', detail: 'no-agent', answeredAt: noon },
      { disposition: 'hung-up-waiting', answeredAt: noon },
      { disposition: 'machine', answeredAt: noon },
    ]
    for (const [index, more] of ends.entries()) {
      const lead = leads[index]
      if (!lead) throw new Defect('the leads were not imported')
      const attempt = attemptOf(lead, `count-${index}`)
      await store.beginAttempt(attempt)
      await store.endAttempt(endOf(attempt, more))
    }
    await store.deferLead(leads[5]?.leadId ?? 0, null, 'do-not-call')
    const expected = { attempts: 5, answered: 4, answeredByPerson: 3, connected: 1, abandoned: 2, doNotCallBlocked: 1 }
    t.strictSame(await counters(store, 'count'), expected)
  })
}

/** How a line may have been. */
export const someLine: LineFigures = {
  ...{ seconds: 60, packets: 3000, lossRate: 0.01, heard: 0.1, said: 0.2 },
  ...{ jitterMs: { p50: 4, p95: 9.5, max: 20 }, roundTripMs: { p50: 30, p95: 40, max: 80 } },
}

async function callContract(t: Test, store: Store): Promise<void> {
  const [lead, other] = await importSome(store, 'calls', someLeads([1, 1]))
  if (!lead || !other) throw new Defect('the leads were not imported')
  const first = attemptOf(lead, 'calls-1', noon)
  const second = attemptOf(other, 'calls-2', noon + 1_000)
  const third = attemptOf(lead, 'calls-3', noon + 2_000)
  for (const attempt of [first, second, third]) await store.beginAttempt(attempt)
  const sip = {
    sipCode: 200,
    sipCallId: 'abc@pbx',
    ringingAt: noon + 2_000,
    agentId: 'alice',
    detail: 'short',
  } as const
  const end = endOf(first, { ...answered, ...sip, leadRetryAt: null })
  await store.endAttempt(end)

  t.test('carry all that is known of a call', async t => {
    t.strictSame(await store.call('calls-1'), { ...first, end })
    t.strictSame(await store.call('calls-2'), second)
    t.equal(await store.call('never'), undefined)
    const wrapUp = { callId: 'calls-1', code: 'sale', note: 'call "back"', callbackAt: noon + 5, refusal: false }
    await store.recordWrapUp(wrapUp)
    t.strictSame(await store.call('calls-1'), { ...first, end, wrapUp })
    await store.recordWrapUp({ ...wrapUp, code: 'other', at: noon + 9 })
    t.match(await store.call('calls-1'), { wrapUp: { code: 'other', at: noon + 9 } }, 'a later word replaces it')
    await store.recordWrapUp({ ...wrapUp, at: noon + 99 })
    t.match(await store.call('calls-1'), { wrapUp: { code: 'sale', at: noon + 9 } }, 'and leaves when the first came')
  })

  t.test('carry how the agent was heard, as it was told first', async t => {
    t.equal(await store.recordLine('calls-2', someLine), true)
    t.equal(await store.recordLine('calls-2', { ...someLine, packets: 0 }), false)
    t.strictSame(await store.call('calls-2'), { ...second, line: someLine })
    await t.rejects(store.recordLine('never', someLine), { code: 'unknown-attempt' })
  })

  t.test('come newest first, by campaign, by number, since an instant, in pages', async t => {
    const ids = async (query: Parameters<Store['calls']>[0]) => (await store.calls(query)).map(({ callId }) => callId)
    t.strictSame(await ids({ campaignId: 'calls', limit: 10 }), ['calls-3', 'calls-2', 'calls-1'])
    t.strictSame(await ids({ campaignId: 'calls', limit: 2 }), ['calls-3', 'calls-2'])
    t.strictSame(await ids({ campaignId: 'calls', limit: 2, after: 'calls-2' }), ['calls-1'])
    t.strictSame(await ids({ number: lead.number, limit: 10 }), ['calls-3', 'calls-1'])
    t.strictSame(await ids({ number: lead.number, campaignId: 'another', limit: 10 }), [])
    t.strictSame(await ids({ campaignId: 'calls', since: noon + 1_000, limit: 10 }), ['calls-3', 'calls-2'])
    t.ok((await ids({ limit: 100 })).includes('calls-1'), 'of every campaign')
    t.strictSame(await ids({ since: noon + 2_000, limit: 10 }), ['calls-3'])
    await t.rejects(ids({ limit: 1, after: 'never' }), { code: 'unknown-call' })
    for (const attempt of [second, third]) await store.endAttempt(endOf(attempt))
  })
}

async function wrapUpContract(t: Test, store: Store): Promise<void> {
  const ended = async (campaignId: string, wrapUp: Partial<WrapUp>, order: 'after the end' | 'before the end') => {
    await store.saveCampaign(someCampaign(campaignId))
    const [lead] = await importSome(store, campaignId, someLeads([1]))
    if (!lead) return undefined
    const attempt = attemptOf(lead, `${campaignId}-1`)
    await store.beginAttempt(attempt)
    const end = () => store.endAttempt(endOf(attempt, { ...answered, leadRetryAt: null }))
    if (order === 'after the end') await end()
    await store.recordWrapUp({ callId: attempt.callId, code: 'sale', refusal: false, ...wrapUp })
    if (order === 'before the end') await end()
    return store.lead(lead.leadId)
  }

  for (const [number, order] of (['after the end', 'before the end'] as const).entries()) {
    t.test(`${order} corrects what was counted when it says machine`, async t => {
      const campaignId = `machine-${number}`
      const connected = { ...noCounters, attempts: 1, answered: 1, connected: 1 }
      await ended(campaignId, { code: 'machine' }, order)
      t.strictSame(await counters(store, campaignId), connected)
      await store.recordWrapUp({ callId: `${campaignId}-1`, code: 'machine', refusal: false })
      t.strictSame(await counters(store, campaignId), connected, 'said twice, counted once')
      await store.recordWrapUp({ callId: `${campaignId}-1`, code: 'sale', refusal: false })
      t.match(await counters(store, campaignId), { answeredByPerson: 1 }, 'taken back')
    })

    t.test(`${order} sends the lead where the agent says`, async t => {
      t.match(await ended(`plain-${number}`, {}, order), { state: 'finished', reason: 'lead-finished' })
      const at = noon + 3_600_000
      const promised = await ended(`callback-${number}`, { callbackAt: at }, order)
      t.match(promised, { state: 'retry', dialableAt: at })
      const asked = { campaignId: `callback-${number}`, leadId: promised?.leadId ?? 0, now: noon }
      t.match((await store.facts(asked)).history, [{ disposition: 'connected', promised: true }])
      t.match(await ended(`retry-${number}`, { leadRetryAt: at }, order), { state: 'retry', dialableAt: at })
      const refused = await ended(`refusal-${number}`, { refusal: true, callbackAt: at }, order)
      t.match(refused, { state: 'finished', reason: 'do-not-call' })
      await store.recordWrapUp({ callId: `refusal-${number}-1`, code: 'sale', callbackAt: at, refusal: false })
      t.match(await store.lead(refused?.leadId ?? 0), { state: 'finished' }, 'a refusal is for good')
    })
  }

  t.test('of no call is an error', async t => {
    await t.rejects(store.recordWrapUp({ callId: 'never', code: 'sale', refusal: false }), { code: 'unknown-attempt' })
  })
}

async function doNotCallContract(t: Test, store: Store): Promise<void> {
  const [lead] = await importSome(store, 'dnc', someLeads([1]))
  if (!lead) throw new Defect('the leads were not imported')
  const facts = () => store.facts({ campaignId: 'dnc', leadId: lead.leadId, now: noon })
  const entry = { number: lead.number, list: 'company', source: 'agent', at: noon, note: 'call 1' } as const

  t.test('takes effect for the next look, even before it is acknowledged', async t => {
    t.same((await facts()).doNotCall, [])
    const added = store.addDoNotCall(entry)
    t.match((await facts()).doNotCall, [{ list: 'company', kind: 'company' }])
    await added
    t.strictSame(await store.doNotCallEntry(lead.number), entry)
    await store.addDoNotCall({ ...entry, source: 'operator', at: noon + 1 })
    t.strictSame(await store.doNotCallEntry(lead.number), entry, 'the first word is the evidence')
  })

  t.test('is left only by being removed', async t => {
    t.equal(await store.removeDoNotCall(lead.number), 'company')
    t.equal(await store.removeDoNotCall(lead.number), undefined)
    t.equal(await store.doNotCallEntry(lead.number), undefined)
    t.same((await facts()).doNotCall, [])
  })
}

async function campaignContract(t: Test, store: Store): Promise<void> {
  const find = async (campaignId: string) =>
    (await store.campaigns()).find(({ settings }) => settings.campaignId === campaignId)

  t.test('are kept as applied, with what they learned', async t => {
    const settings = someCampaign('kept')
    await store.saveCampaign(settings)
    t.strictSame(await find('kept'), { settings, counters: noCounters })
    const progress = { campaignId: 'kept', running: true, memory: { rate: 0.25, hours: [1, 2] } }
    await store.saveCampaignProgress(progress)
    await store.saveCampaign({ ...settings, name: 'Summer' })
    t.strictSame(await find('kept'), { settings: { ...settings, name: 'Summer' }, progress, counters: noCounters })
    await store.saveCampaignProgress({ campaignId: 'kept', running: false })
    t.strictSame((await find('kept'))?.progress, { campaignId: 'kept', running: false })
  })

  t.test('have agents', async t => {
    const agent = { agentId: 'alice', name: 'Alice', endpoint: 'PJSIP/alice', nodeId: 'pbx' }
    await store.saveAgent(agent)
    await store.saveAgent({ ...agent, campaignId: 'kept' })
    t.strictSame(await store.agents(), [{ ...agent, campaignId: 'kept' }])
  })
}
