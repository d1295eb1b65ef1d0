// What a monitoring system is told: the figures of the status, in a format that it reads, and nobody's number or name.
import t, { type Test } from 'tap'
import type { CallView, Status } from '../../src/api/views.ts'
import type { CalleePlan } from '../../src/sim/world/callees.ts'
import { parseScrape, type Scrape } from '../support/prometheus.ts'
import { startSimulatedDaemon } from '../support/simulatedDaemon.ts'
import { startRig, token } from './rig.ts'

// On a busy machine.
t.setTimeout(120_000)

/** A name and a number wherever a stranger can put one: none of them may come out again. */
const person = { name: 'Mary Poppins', number: '+12025550123' }
const hostileCampaign = '1-202-555-0123'
const hostileTrunk = '12025550100'
const hostileList = '442079460123'

/** By the last digit of the number: most answer, some are busy. Who answers within a second is nobody. */
function plan(number: string): CalleePlan {
  if (number.endsWith('8')) return { act: { kind: 'fails', cause: 'busy', sipCode: 486, afterMs: 20 } }
  const act = { kind: 'answers', by: 'person', afterMs: 1_100, detectionMs: 0, talkMs: 60 } as const
  return { ringingAfterMs: 20, act }
}

type World = Awaited<ReturnType<typeof startSimulatedDaemon>>

async function startHostileWorld(t: Test): Promise<World> {
  const world = await startSimulatedDaemon(t, { agents: 4, trunkIds: ['main', hostileTrunk], plan })
  const { ask } = world
  const rows = Array.from({ length: 40 }, (_, index) => `+12025550${100 + index},${person.name}`)
  for (const [index, id] of ['spring', hostileCampaign].entries()) {
    await ask('PUT', `/v1/campaigns/${id}`, {
      ...{ id, name: `${person.name} ${person.number}`, message: 'sorry', topic: `t${index}`, ringTimeout: 15 },
      pacing: { mode: 'progressive', abandonmentRateMax: 0.03 },
      ...{ hours: '00:00-24:00', weekdays: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] },
      wrapUp: { timeout: '1s', codes: { 1: 'sale' } },
      trunks: [index === 0 ? 'main' : hostileTrunk],
    })
    const leads = `phone,name\n${rows.slice(index * 20, index * 20 + 20).join('\n')}\n`
    await ask('POST', `/v1/campaigns/${id}/leads/import?withoutOrigin=true&list=mary-2025550123`, leads)
  }
  await ask('POST', `/v1/do-not-call/import?list=${hostileList}&source=${person.name}`, `${person.number}\n`)
  return world
}

async function dialAll(world: World): Promise<readonly CallView[]> {
  const { ask, until, agentIds } = world
  const status = async () => (await ask('GET', '/v1/status')) as Status
  await until(async () => ((await status()).nodes[0]?.link === 'up' ? true : undefined))
  for (const [index, id] of agentIds.entries())
    await ask('POST', `/v1/agents/${id}/login`, { campaign: index % 2 === 0 ? 'spring' : hostileCampaign })
  for (const id of ['spring', hostileCampaign]) await ask('POST', `/v1/campaigns/${id}/start`)
  const calls = async () => ((await ask('GET', '/v1/calls?limit=1000')) as { calls: CallView[] }).calls
  await until(async () => ((await calls()).filter(({ connectedAt }) => connectedAt).length > 3 ? true : undefined))
  for (const id of ['spring', hostileCampaign]) await ask('POST', `/v1/campaigns/${id}/stop`)
  // Nothing moves any more: calls have ended, and wrap-ups are over.
  await until(async () => ((await status()).agents.available === agentIds.length ? true : undefined))
  return until(async () => {
    const all = await calls()
    return all.every(({ endedAt }) => endedAt !== undefined) ? all : undefined
  })
}

/** Calls by a key, as the records have them. */
function counted(calls: readonly CallView[], keyOf: (call: CallView) => string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const call of calls) counts.set(keyOf(call), (counts.get(keyOf(call)) ?? 0) + 1)
  return counts
}

function seriesOf({ series }: Scrape, name: string, labels: readonly string[]): ReadonlyMap<string, number> {
  const own = series.filter(one => one.name === name)
  return new Map(own.map(one => [labels.map(label => one.labels[label]).join(' '), one.value]))
}

t.test('figures are those of the records and of the status, and no label is about a person', async t => {
  const world = await startHostileWorld(t)
  const calls = await dialAll(world)
  const status = (await world.ask('GET', '/v1/status')) as Status
  const text = await world.text('/metrics')
  const scrape = parseScrape(text)

  const trunkOf = (id: string) => (id === hostileTrunk ? '(number 2)' : id)
  const byTrunk = counted(calls, ({ trunkId, disposition }) => `${trunkOf(trunkId)} ${disposition}`)
  t.same(seriesOf(scrape, 'dialwright_calls_total', ['trunk', 'disposition']), byTrunk)
  const campaignOf = (id: string) => (id === hostileCampaign ? '(number 2)' : id)
  const byCampaign = counted(calls, ({ campaignId, disposition }) => `${campaignOf(campaignId)} ${disposition}`)
  t.same(seriesOf(scrape, 'dialwright_campaign_calls_total', ['campaign', 'disposition']), byCampaign)
  t.ok(byTrunk.get('main connected'), 'there was something to count')

  t.same(seriesOf(scrape, 'dialwright_agents', ['state']), new Map(Object.entries(status.agents)))
  t.same(seriesOf(scrape, 'dialwright_live_calls', ['state']), new Map(Object.entries(status.calls)))
  for (const { campaignId, counters, hopper, abandonmentRate } of status.campaigns) {
    const campaign = campaignOf(campaignId)
    const lifetime = (what: string) => scrape.value('dialwright_campaign_lifetime_calls', { campaign, what })
    t.equal(lifetime('attempts'), counters.attempts)
    t.equal(lifetime('connected'), counters.connected)
    t.equal(scrape.value('dialwright_campaign_hopper_leads', { campaign }), hopper)
    t.equal(scrape.value('dialwright_campaign_abandonment_ratio', { campaign }), abandonmentRate)
    const life = { campaign, window: 'life', of: 'campaign' }
    t.equal(scrape.value('dialwright_abandonment_window_answers', life), counters.answeredByPerson)
    t.equal(scrape.value('dialwright_answer_to_agent_seconds_count', { campaign }), counters.connected)
    t.equal(scrape.value('dialwright_campaign_state', { campaign, state: 'stopped' }), 1)
  }
  t.equal(scrape.value('dialwright_node_up', { node: 'pbx' }), 1)
  t.equal(scrape.value('dialwright_do_not_call_list_numbers', { list: '(number 1)', kind: 'other' }), 1)
  t.equal(
    scrape.value('dialwright_ledger_head_sequence'),
    ((await world.ask('GET', '/v1/ledger/head')) as { seq: number }).seq,
  )
  t.ok(scrape.value('dialwright_store_write_seconds_count'), 'writes were timed')

  const said = scrape.series.flatMap(({ labels }) => Object.values(labels)).join('\n')
  t.notMatch(said, /\d(?:[ _-]?\d){8}/, 'no label holds a number')
  t.notMatch(text, /Mary|Poppins|mary/, 'nobody is named')
})

t.test('names, types and helps keep to the conventions', async t => {
  const { url } = await startRig(t)
  const answer = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${token}` } })
  t.equal(answer.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8')
  const text = await answer.text()
  const { types } = parseScrape(text)
  const own = [...types].filter(([name]) => name.startsWith('dialwright_'))
  t.ok(own.length > 40)
  for (const [name, type] of own) {
    t.match(name, /^[a-z_]+$/)
    t.equal(name.endsWith('_total'), type === 'counter', name)
    t.notMatch(name, /_(ms|milliseconds|percent|minutes|rate)$/, name)
    t.match(text, new RegExp(`^# HELP ${name} [A-Z].{10,}\\.$`, 'm'), name)
  }
  t.ok(types.has('process_cpu_seconds_total'), 'and of the process')
})

t.test('who has no token is told nothing', async t => {
  const { url } = await startRig(t)
  t.equal((await fetch(`${url}/metrics`)).status, 401)
})

t.test('a store that does not answer hides nothing else', async t => {
  const rig = await startRig(t)
  Object.assign(rig.store, { ledgerHead: () => new Promise(() => {}) })
  const answer = await fetch(`${rig.url}/metrics`, { headers: { authorization: `Bearer ${token}` } })
  const scrape = parseScrape(await answer.text())
  t.equal(scrape.value('dialwright_metrics_missing', { part: 'ledger' }), 1)
  t.equal(scrape.value('dialwright_metrics_missing', { part: 'lists' }), 0)
  t.equal(scrape.value('dialwright_ledger_head_sequence'), undefined)
  t.equal(scrape.value('dialwright_agents', { state: 'offline' }), 1)
})
