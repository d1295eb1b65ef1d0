import t from 'tap'
import type { AttemptEnd } from '../../src/core/calls/call.ts'
import type { CampaignSettings } from '../../src/core/campaigns/campaign.ts'
import { createLawFinder } from '../../src/core/compliance/law.ts'
import { noRules, type RuleBook } from '../../src/core/compliance/rules.ts'
import { createEngineState, takeStep } from '../../src/core/engine.ts'
import type { Input } from '../../src/core/inputs.ts'
import { dayMs, hourMs } from '../../src/core/time.ts'
import { createHopperFiller } from '../../src/dialer/hopper.ts'
import { Defect } from '../../src/errors.ts'
import type { LeadRecord, NewLead } from '../../src/ports/leads.ts'
import { createMemoryStore } from '../../src/store/memory/memoryStore.ts'
import { attemptOf, endOf } from '../contract/store.ts'
import { shippedRules } from '../support/compliance.ts'
import { fictionalNumber, testCampaign } from '../support/engineHarness.ts'

/** 10:00 in New York, a Tuesday in winter. */
const now = Date.UTC(2026, 0, 13, 15)
const noFatigue = { ...testCampaign.fatigue, on: false }

type Filled = Extract<Input, { kind: 'hopper-filled' }>

/** An engine with a campaign, a store in memory, and the filler between them. */
async function createWorld(settings: Partial<CampaignSettings> = {}, book: RuleBook = noRules) {
  const store = createMemoryStore()
  const state = createEngineState('h', undefined, createLawFinder(book))
  const campaign = { ...testCampaign, ...settings }
  const enter = (input: Input): void => void takeStep(state, input, now)
  enter({ kind: 'nodes', nodeIds: ['pbx'] })
  enter({ kind: 'campaign-apply', settings: campaign })
  await store.saveCampaign(campaign)
  const waiting: ((filled: Filled) => void)[] = []
  const heldBack: string[] = []
  const filler = createHopperFiller({
    store,
    state,
    log: { error() {} },
    clock: { now: () => now },
    writer: { settled: async () => {}, healthy: () => true },
    submit: filled => waiting.shift()?.(filled),
    heldBack: (_campaignId, reason) => heldBack.push(reason),
  })
  let imports = 0
  return {
    store,
    state,
    heldBack,
    enter,
    async leads(rows: readonly Partial<NewLead>[], list = 'leads'): Promise<readonly LeadRecord[]> {
      imports += 1
      const whole = rows.map((row, index) => ({
        number: fictionalNumber(100 * imports + index),
        timeZones: ['America/New_York'],
        priority: 0,
        data: {},
        ...row,
      }))
      await store.importLeads(`i${imports}`, 'spring', whole)
      const counts = { source: 'x', rows: rows.length, imported: rows.length, duplicates: 0, invalid: 0 }
      await store.activateImport(`i${imports}`, { ...counts, list })
      return (await store.listLeads({ campaignId: 'spring', limit: 1_000 })).filter(lead =>
        whole.some(({ number }) => number === lead.number),
      )
    },
    fill(count: number, exclude: readonly number[] = []): Promise<Filled> {
      const filled = new Promise<Filled>(resolve => waiting.push(resolve))
      filler.fill({ kind: 'refill-hopper', campaignId: 'spring', count, exclude })
      return filled
    },
  }
}

type World = Awaited<ReturnType<typeof createWorld>>

/** Calls a lead in the past; it is due again at once. */
async function call(world: World, lead: LeadRecord | undefined, at: number, more: Partial<AttemptEnd> = {}) {
  if (lead === undefined) throw new Defect('the lead was not imported')
  const attempt = attemptOf(lead, `c-${lead.leadId}-${at}`, at)
  await world.store.beginAttempt(attempt)
  await world.store.endAttempt(endOf(attempt, { disposition: 'no-answer', leadRetryAt: 0, ...more }))
}

function answeredAt(at: number, talkedMs = 60_000): Partial<AttemptEnd> {
  return { disposition: 'connected', answeredAt: at, connectedAt: at, endedAt: at + talkedMs }
}

const idsOf = (filled: Filled): readonly number[] => filled.leads.map(({ leadId }) => leadId)

t.test(
  'priority comes before the odds; among equals whoever answered at this hour, then the unknown, then who did not',
  async t => {
    const world = await createWorld({ fatigue: noFatigue })
    const [tried, unknown, answers, answersAtNight, first] = await world.leads([{}, {}, {}, {}, { priority: 1 }])
    await call(world, tried, now - dayMs)
    await call(world, answers, now - 2 * dayMs, answeredAt(now - 2 * dayMs))
    await call(world, answersAtNight, now - 2 * dayMs - 12 * hourMs, answeredAt(now - 2 * dayMs - 12 * hourMs))
    const order = [first, answers, answersAtNight, unknown, tried].map(lead => lead?.leadId)
    const filled = await world.fill(5)
    t.strictSame(idsOf(filled), order)
    t.strictSame(idsOf(await world.fill(2, [order[0] ?? 0])), order.slice(1, 3), 'without what the hopper has')
  },
)

t.test('of equal odds the tired number comes last, and one at its limit not at all', async t => {
  const world = await createWorld({ fatigue: { ...testCampaign.fatigue, restMs: 1 } })
  const [tired, worn, fresh] = await world.leads([{}, {}, {}])
  const at = now - 3 * dayMs
  await call(world, tired, at - 6 * hourMs, answeredAt(at - 6 * hourMs, 3_000))
  await call(world, fresh, at - 6 * hourMs, answeredAt(at - 6 * hourMs))
  for (const days of [1, 2, 3]) await call(world, worn, now - days * dayMs, answeredAt(now - days * dayMs, 3_000))
  t.strictSame(idsOf(await world.fill(3)), [fresh?.leadId, tired?.leadId])
  t.match(await world.store.lead(worn?.leadId ?? 0), { reason: 'fatigue-limit' })
})

t.test('the filter lets through whom it names, and puts the others off for a day', async t => {
  const world = await createWorld({ filter: "state = 'NY' and age >= 18" })
  const columns = [{ state: 'ny', age: '18' }, { state: 'NJ', age: '40' }, { state: 'NY', age: '17' }, { state: 'NY' }]
  const leads = await world.leads(columns.map(data => ({ data })))
  t.strictSame(idsOf(await world.fill(10)), [leads[0]?.leadId])
  for (const { leadId } of leads.slice(1)) {
    t.match(await world.store.lead(leadId), { reason: 'filtered-out', dialableAt: now + dayMs })
  }
  t.strictSame(world.heldBack, ['filtered-out', 'filtered-out', 'filtered-out'])
})

t.test('one person behind several numbers is told, and what their other number went through counts', async t => {
  const world = await createWorld({ attemptLimits: [] })
  const [home, mobile, other] = await world.leads([{ personId: 'jane' }, { personId: 'jane' }, {}])
  const filled = await world.fill(10)
  const keyOf = (lead?: LeadRecord) => filled.leads.find(({ leadId }) => leadId === lead?.leadId)?.personKey
  t.ok(keyOf(home) !== undefined)
  t.equal(keyOf(home), keyOf(mobile))
  t.equal(keyOf(other), undefined)
  const at = now - hourMs
  await call(world, home, at, { disposition: 'abandoned', answeredAt: at, detail: 'no-agent' })
  t.strictSame(idsOf(await world.fill(10)), [other?.leadId], 'an abandoned person rests on all their numbers')
})

t.test('a caller identity that may not be presented there is not offered for the lead', async t => {
  // A system that selects and dials shows a verified number (ARCEP 2022-1583).
  const callerIds = ['+33612345678', '+33162345678']
  const world = await createWorld(
    { callerIds, purpose: 'survey', seller: { sellerId: 'acme', place: 'FR' } },
    shippedRules,
  )
  const [lead] = await world.leads([{ number: '+33123456780', timeZones: ['Europe/Paris'], places: ['FR'] }])
  const filled = await world.fill(1)
  t.strictSame(idsOf(filled), [lead?.leadId], JSON.stringify(await world.store.lead(lead?.leadId ?? 0)))
  t.strictSame(filled.leads[0]?.callerIds, ['+33162345678'])
})

t.test('the strictest connect line of the call says how long its person may wait, an override too', async t => {
  const waits = async (within: Readonly<Record<string, number>>) => {
    const jurisdictions = shippedRules.jurisdictions.map(one => ({
      ...one,
      rules: one.rules
        .filter(({ kind }) => kind === 'connect' || kind === 'hours')
        .map(rule => (rule.kind === 'connect' ? { ...rule, withinMs: within[rule.ruleId] ?? rule.withinMs } : rule)),
    }))
    const world = await createWorld(
      { purpose: 'sales', seller: { sellerId: 'acme', place: 'US' } },
      { ...shippedRules, jurisdictions },
    )
    await world.leads([{ places: ['US-NY'] }])
    const [lead] = (await world.fill(1)).leads
    t.ok(lead, 'it may be dialed')
    return lead?.waitMaxMs
  }
  t.equal(await waits({}), undefined, 'as the campaign says')
  t.equal(await waits({ 'US-FCC/connect': 1_000 }), 700)
  t.equal(await waits({ 'US-FCC/connect': 3_000 }), undefined, 'the other still says 2 s')
  t.equal(await waits({ 'US-FCC/connect': 3_000, 'US-FTC/connect': 2_500 }), 2_200)
})

t.test("a promised call-back is its agent's while they are at work here, and anybody's without them", async t => {
  const world = await createWorld()
  const rows = [{ past: { state: 'retry', attempts: 1, callbackAgentId: 'a1' } as const }]
  const [lead] = await world.leads(rows)
  t.strictSame(await world.fill(1).then(({ leads }) => leads[0]?.agentId), undefined, 'nobody is at work')
  const agent = { agentId: 'a1', name: 'Ann', endpoint: 'PJSIP/a1', nodeId: 'pbx', campaignId: 'spring' }
  world.enter({ kind: 'node-up', nodeId: 'pbx', inventory: { calls: [], agents: [], unattended: [] }, at: now })
  world.enter({ kind: 'agent-add', settings: agent })
  world.enter({ kind: 'agent-login', agentId: 'a1' })
  world.enter({ kind: 'agent-leg-up', agentId: 'a1', nodeId: 'pbx', by: 'engine', at: now })
  const [own] = (await world.fill(1)).leads
  t.match(own, { leadId: lead?.leadId, agentId: 'a1' })
})

t.test('lists give their shares; what one cannot give, the others do; one with share 0 rests', async t => {
  const shares = { warm: 3, cold: 1, old: 0 }
  const listMix = Object.entries(shares).map(([list, share]) => ({ list, share }))
  const world = await createWorld({ listMix })
  const lists = new Map<number, string>()
  for (const [list, count] of [
    ['warm', 45],
    ['cold', 40],
    ['old', 20],
  ] as const) {
    const leads = await world.leads(
      Array.from({ length: count }, () => ({})),
      list,
    )
    for (const { leadId } of leads) lists.set(leadId, list)
  }
  const had: number[] = []
  const sums: Record<string, number> = {}
  const refill = async (count: number) => {
    for (const leadId of idsOf(await world.fill(count, had))) {
      had.push(leadId)
      const list = lists.get(leadId) ?? ''
      sums[list] = (sums[list] ?? 0) + 1
    }
  }
  for (let turn = 0; turn < 5; turn += 1) await refill(8)
  t.strictSame(sums, { warm: 30, cold: 10 })
  for (let turn = 0; turn < 4; turn += 1) await refill(8)
  t.strictSame(sums, { warm: 45, cold: 27 }, 'the warm list has run dry in the third of them')
  await refill(100)
  t.strictSame(sums, { warm: 45, cold: 40 })
})

t.test('who is on do-not-call is counted, finished, and never offered', async t => {
  const world = await createWorld()
  const [blocked, free] = await world.leads([{}, {}])
  await world.store.addDoNotCall({ number: blocked?.number ?? '', list: 'company', source: 'operator', at: now })
  const filled = await world.fill(5)
  t.strictSame(idsOf(filled), [free?.leadId])
  t.equal(filled.blocked, 1)
  t.match(await world.store.lead(blocked?.leadId ?? 0), { state: 'finished', reason: 'do-not-call' })
})

t.test('settings that change while a lead is looked at: the verdict is by the new ones', async t => {
  const world = await createWorld({ filter: "state = 'NY'" })
  const [lead] = await world.leads([{ data: { state: 'NJ' } }])
  const facts = world.store.facts.bind(world.store)
  let asked = 0
  world.store.facts = async query => {
    asked += 1
    const found = await facts(query)
    if (asked === 1) world.enter({ kind: 'campaign-apply', settings: testCampaign })
    return found
  }
  t.strictSame(idsOf(await world.fill(1)), [lead?.leadId])
  t.equal(asked, 2)
})
