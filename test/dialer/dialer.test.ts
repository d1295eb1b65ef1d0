import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import type { AttemptEnd, AttemptStart } from '../../src/core/calls/call.ts'
import type { Effect } from '../../src/core/effects.ts'
import { createEngineState, takeStep } from '../../src/core/engine.ts'
import { given } from '../../src/core/given.ts'
import type { Input } from '../../src/core/inputs.ts'
import { minuteMs } from '../../src/core/time.ts'
import { openRecorder, type RecordedInput, replay } from '../../src/dialer/recorder.ts'
import { StoreError } from '../../src/errors.ts'
import { createLog } from '../../src/log.ts'
import type { Store } from '../../src/ports/store.ts'
import type { StoreTrouble } from '../../src/ports/storeWatch.ts'
import { suffixCallees } from '../../src/sim/world/callees.ts'
import { createVirtualClock, type VirtualClock } from '../../src/sim/world/scheduler.ts'
import { createSimulatedTelephony } from '../../src/sim/world/telephony.ts'
import { createMemoryStore } from '../../src/store/memory/memoryStore.ts'
import { testCampaign } from '../support/engineHarness.ts'
import { createOpenDialer, engineStateOf } from '../support/engineState.ts'

const startAt = Date.UTC(2026, 0, 5, 15)
const log = createLog({ level: 'silent' })
const trunk = {
  trunkId: 'main',
  nodeId: 'pbx',
  dialString: 'PJSIP/{number}@trunk-main',
  stripPlus: true,
  channelsMax: 30,
  callsPerSecondMax: 20,
}
const agents = [1, 2, 3].map(index => ({
  agentId: `a${index}`,
  name: `Agent ${index}`,
  endpoint: `PJSIP/a${index}`,
  nodeId: 'pbx',
  campaignId: 'spring',
}))

/** The dialer in virtual time on the simulated PBX and a store in memory. */
function createWorld(
  options: { store?: Store; clock?: VirtualClock; prefix?: string; record?: (i: Input, n: number) => void } = {},
) {
  const clock = options.clock ?? createVirtualClock(startAt)
  const store = options.store ?? createMemoryStore()
  const telephony = createSimulatedTelephony({ nodeId: 'pbx', clock, callees: suffixCallees({ talkMs: 20_000 }) })
  const dialer = createOpenDialer({
    clock,
    telephonies: [telephony],
    store,
    log,
    trunks: [trunk],
    agents,
    callIdPrefix: options.prefix ?? 'w',
    checkInvariants: true,
    ...given({ record: options.record }),
  })
  return { clock, store, telephony, dialer }
}

/** Lets a promise of the dialer and virtual time go on together. */
async function during<Value>(clock: VirtualClock, work: Promise<Value>, forMs = 50): Promise<Value> {
  await clock.runUntil(clock.now() + forMs)
  return work
}

async function addLeads(store: Store, numbers: readonly string[]): Promise<void> {
  const rows = numbers.map(number => ({ number, timeZones: ['America/New_York'], priority: 0, data: { name: 'Jane' } }))
  await store.importLeads('i1', 'spring', rows)
  await store.activateImport('i1', {
    source: 'test',
    rows: rows.length,
    imported: rows.length,
    duplicates: 0,
    invalid: 0,
  })
}

// New York wants neither consent nor a list of its own.
const numbers = Array.from({ length: 60 }, (_, index) => `+12125550${100 + index}`)

async function running(world: ReturnType<typeof createWorld>): Promise<void> {
  const { clock, store, dialer } = world
  await dialer.start()
  await during(clock, dialer.gateway.command({ kind: 'campaign-apply', settings: testCampaign }))
  await addLeads(store, numbers)
  for (const { agentId } of agents) await during(clock, dialer.gateway.command({ kind: 'agent-login', agentId }))
  await during(clock, dialer.gateway.command({ kind: 'campaign-start', campaignId: 'spring' }))
}

t.test('leads in, calls out, every attempt written before its originate and ended exactly once', async t => {
  const order: string[] = []
  const memory = createMemoryStore()
  const store: Store = {
    ...memory,
    async beginAttempt(attempt: AttemptStart) {
      await memory.beginAttempt(attempt)
      order.push(`begin ${attempt.callId}`)
    },
    async endAttempt(end: AttemptEnd) {
      await memory.endAttempt(end)
      order.push(`end ${end.callId}`)
    },
  }
  const world = createWorld({ store })
  const originate = world.telephony.originate.bind(world.telephony)
  world.telephony.originate = async asked => {
    order.push(`originate ${asked.attempt.callId}`)
    await originate(asked)
  }
  await running(world)
  await world.clock.runUntil(startAt + 30 * minuteMs)
  const calls = await store.calls({ limit: 1_000 })
  t.ok(calls.length >= 60, `${calls.length} attempts`)
  const ends = order.filter(line => line.startsWith('end '))
  t.equal(ends.length, new Set(ends).size, 'no attempt ends twice')
  for (const line of order.filter(entry => entry.startsWith('originate '))) {
    const callId = line.slice('originate '.length)
    t.ok(order.indexOf(`begin ${callId}`) < order.indexOf(line), `${callId} was on disk first`)
  }
  const dispositions = new Set(calls.map(call => call.end?.disposition))
  for (const expected of ['connected', 'busy', 'no-answer', 'congestion', 'failed', 'rejected']) {
    t.ok(dispositions.has(expected as never), expected)
  }
  const counters = engineStateOf(world.dialer).campaigns.get('spring')?.progress.counters
  const [stored] = await store.campaigns()
  t.same(stored?.counters, counters, 'what the engine counts is what the store counts')
  t.ok(world.dialer.gateway.decisions('spring').length > 0)
})

t.test('whom a filter kept out is dialed at once when it changes, and not before', async t => {
  const world = createWorld()
  const { clock, store, dialer } = world
  const filtered = { ...testCampaign, filter: "name = 'John'" }
  await dialer.start()
  await during(clock, dialer.gateway.command({ kind: 'campaign-apply', settings: filtered }))
  await addLeads(store, numbers.slice(0, 5))
  await during(clock, dialer.gateway.command({ kind: 'agent-login', agentId: 'a1' }))
  await during(clock, dialer.gateway.command({ kind: 'campaign-start', campaignId: 'spring' }))
  await clock.runUntil(clock.now() + 60 * minuteMs)
  t.strictSame(await store.calls({ limit: 10 }), [])
  const leads = await store.listLeads({ campaignId: 'spring', limit: 10 })
  t.strictSame([...new Set(leads.map(({ reason }) => reason))], ['filtered-out'])
  await during(clock, dialer.gateway.command({ kind: 'campaign-apply', settings: testCampaign }))
  await clock.runUntil(clock.now() + 5 * minuteMs)
  t.ok((await store.calls({ limit: 10 })).length >= 5, 'they have been called within five minutes')
})

t.test('a number that goes onto do-not-call after the hopper took it is not dialed', async t => {
  const world = createWorld()
  await running(world)
  const hopper = engineStateOf(world.dialer).campaigns.get('spring')?.hopper.leads ?? []
  const blocked = hopper.at(-1)?.number ?? ''
  t.not(blocked, '')
  await world.store.addDoNotCall({ number: blocked, list: 'company', source: 'operator', at: world.clock.now() })
  const early = '+13055550199'
  await world.store.addDoNotCall({ number: early, list: 'company', source: 'operator', at: world.clock.now() })
  const row = { number: early, timeZones: ['America/New_York'], priority: 9, data: {} }
  await world.store.importLeads('i2', 'spring', [row])
  await world.store.activateImport('i2', { source: 'test', rows: 1, imported: 1, duplicates: 0, invalid: 0 })
  await world.clock.runUntil(startAt + 30 * minuteMs)
  for (const number of [blocked, early]) t.same(await world.store.calls({ number, limit: 10 }), [])
  const counters = engineStateOf(world.dialer).campaigns.get('spring')?.progress.counters
  t.match(counters, { doNotCallBlocked: 2 }, 'one kept out of the hopper, one at the moment of the originate')
  t.same((await world.store.campaigns())[0]?.counters, counters)
})

t.test('outside calling hours nothing is dialed, and the leads wait for the morning', async t => {
  const world = createWorld({ clock: createVirtualClock(Date.UTC(2026, 0, 6, 4)) })
  const settings = {
    ...testCampaign,
    callingHours: { ...testCampaign.callingHours, startMinute: 540, endMinute: 1200 },
  }
  await world.dialer.start()
  await during(world.clock, world.dialer.gateway.command({ kind: 'campaign-apply', settings }))
  await addLeads(world.store, numbers)
  await during(world.clock, world.dialer.gateway.command({ kind: 'agent-login', agentId: 'a1' }))
  await during(world.clock, world.dialer.gateway.command({ kind: 'campaign-start', campaignId: 'spring' }))
  await world.clock.runUntil(Date.UTC(2026, 0, 6, 13, 59))
  t.same(await world.store.calls({ limit: 10 }), [], 'New York: 08:59')
  await world.clock.runUntil(Date.UTC(2026, 0, 6, 14, 3))
  t.ok((await world.store.calls({ limit: 10 })).length > 0, 'New York: past 09:00')
})

t.test('a store that cannot write stops the dialing and loses no record', async t => {
  const memory = createMemoryStore()
  let full = false
  const refuse = (): void => {
    if (full) throw new StoreError('disk-full', 'the disk is full: free some space')
  }
  const store: Store = {
    ...memory,
    async beginAttempt(attempt: AttemptStart) {
      refuse()
      await memory.beginAttempt(attempt)
    },
    async endAttempt(end: AttemptEnd) {
      refuse()
      await memory.endAttempt(end)
    },
  }
  const world = createWorld({ store })
  await running(world)
  await world.clock.runUntil(startAt + minuteMs)
  full = true
  const before = (await memory.calls({ limit: 1_000 })).length
  await world.clock.runUntil(startAt + 10 * minuteMs)
  t.equal((await memory.calls({ limit: 1_000 })).length, before, 'nothing was dialed that could not be written')
  full = false
  await world.clock.runUntil(startAt + 12 * minuteMs)
  t.ok((await memory.calls({ limit: 1_000 })).length > before, 'dialing goes on by itself')
  const open = new Set((await memory.openAttempts()).map(attempt => attempt.callId))
  const live = new Set(engineStateOf(world.dialer).calls.keys())
  t.same(
    [...open].filter(callId => !live.has(callId)),
    [],
    'every end that had to wait is written',
  )
})

t.test('a killed daemon: its attempts are adopted or ended by the next one, and the campaign goes on', async t => {
  const first = createWorld()
  await running(first)
  await first.clock.runUntil(startAt + 61_000)
  const left = await first.store.openAttempts()
  t.ok(left.length > 0, `${left.length} attempts were under way`)
  const clock = createVirtualClock(first.clock.now() + 5_000)
  const second = createWorld({ store: first.store, clock, prefix: 'x' })
  await second.dialer.start()
  await clock.runUntil(clock.now() + 10)
  for (const attempt of left) {
    const { end } = (await first.store.call(attempt.callId)) ?? {}
    t.match(end, { disposition: 'failed', detail: 'recovered', countsAsAttempt: true }, attempt.callId)
  }
  t.equal(engineStateOf(second.dialer).campaigns.get('spring')?.state, 'running')
  const [stored] = await first.store.campaigns()
  t.same(engineStateOf(second.dialer).campaigns.get('spring')?.progress.counters, stored?.counters)
  for (const { agentId } of agents) await during(clock, second.dialer.gateway.command({ kind: 'agent-login', agentId }))
  await clock.runUntil(clock.now() + minuteMs)
  const again = (await first.store.calls({ limit: 1_000 })).filter(call => call.callId.startsWith('x-'))
  t.ok(again.length > 0)
  const leftLeads = new Set(left.map(attempt => attempt.leadId))
  t.same(
    again.filter(call => leftLeads.has(call.leadId)),
    [],
    'nobody is redialed because we crashed',
  )
})

t.test('commands answer when what they must keep is on disk, or say why not', async t => {
  const world = createWorld()
  await running(world)
  const { gateway } = world.dialer
  t.same(await gateway.command({ kind: 'campaign-start', campaignId: 'winter' }), {
    accepted: false,
    code: 'unknown-campaign',
    message: 'no campaign winter: `dialwright campaign list` shows those there are',
  })
  await world.clock.runUntil(startAt + 10_000)
  const talking = [...engineStateOf({ gateway }).calls.values()].find(call => call.phase.state === 'connected')
  const answer = await gateway.command({
    kind: 'wrap-up',
    callId: talking?.callId ?? '',
    code: 'refused',
    refusal: true,
  })
  t.same(answer, { accepted: true })
  t.match(await world.store.doNotCallEntry(talking?.number ?? ''), { list: 'company', source: 'agent' })
})

t.test('the gateway is no way to the engine behind it', async t => {
  const { gateway } = createWorld().dialer
  t.equal(Object.getPrototypeOf(gateway), Object.prototype)
  t.ok(Object.isFrozen(gateway))
  const { laws: _, alarmDesk, ...ways } = gateway
  for (const [name, value] of Object.entries({ ...ways, ...alarmDesk })) t.type(value, 'function', name)
  t.equal(Object.getPrototypeOf(alarmDesk), Object.prototype)
  for (const name of ['state', 'runner', 'submit', 'close', 'drained']) t.notOk(name in gateway, name)
})

t.test('who refuses is not called on their other numbers', async t => {
  const world = createWorld()
  const { clock, store, dialer } = world
  await dialer.start()
  await during(clock, dialer.gateway.command({ kind: 'campaign-apply', settings: testCampaign }))
  const [first = '', second = '', stranger = ''] = numbers
  const zones = { timeZones: ['America/New_York'], priority: 0, data: {} }
  const rows = [first, second].map(number => ({ number, ...zones, personId: 'jane' }))
  await store.importLeads('i2', 'spring', [...rows, { number: stranger, ...zones }])
  await store.activateImport('i2', { source: 'test', rows: 3, imported: 3, duplicates: 0, invalid: 0 })
  for (const { agentId } of agents) await during(clock, dialer.gateway.command({ kind: 'agent-login', agentId }))
  await during(clock, dialer.gateway.command({ kind: 'campaign-start', campaignId: 'spring' }))
  await clock.runUntil(startAt + 10_000)
  const { calls } = engineStateOf(dialer)
  const talking = [...calls.values()].find(({ number, phase }) => number !== stranger && phase.state === 'connected')
  const words = { code: 'refused', refusal: true } as const
  await dialer.gateway.command({ kind: 'wrap-up', callId: talking?.callId ?? '', ...words })
  for (const number of [first, second])
    t.match(await store.doNotCallEntry(number), { list: 'company', source: 'agent' })
  t.equal(await store.doNotCallEntry(stranger), undefined)
})

t.test('a stall between decision and originate does not let a burst out', async t => {
  const memory = createMemoryStore()
  let stalled: (() => void)[] | undefined = []
  const store: Store = {
    ...memory,
    beginAttempt: async attempt => {
      await memory.beginAttempt(attempt)
      await new Promise<void>(resolve => (stalled === undefined ? resolve() : stalled.push(resolve)))
    },
  }
  const world = createWorld({ store })
  const left: number[] = []
  world.telephony.originate = async () => void left.push(world.clock.now())
  await world.dialer.start()
  const pacing = { ...testCampaign.pacing, mode: 'ratio' as const, ratio: 10, dialLevelMax: 20 }
  await during(
    world.clock,
    world.dialer.gateway.command({ kind: 'campaign-apply', settings: { ...testCampaign, pacing } }),
  )
  await addLeads(store, numbers)
  for (const { agentId } of agents)
    await during(world.clock, world.dialer.gateway.command({ kind: 'agent-login', agentId }))
  await during(world.clock, world.dialer.gateway.command({ kind: 'campaign-start', campaignId: 'spring' }))
  await world.clock.runUntil(world.clock.now() + 1_500)
  const waiting = stalled ?? []
  stalled = undefined
  t.ok(waiting.length >= 20, `${waiting.length} orders were held up`)
  for (const go of waiting) go()
  await world.clock.runUntil(world.clock.now() + 5_000)
  t.ok(left.length >= waiting.length)
  const worst = Math.max(...left.map(at => left.filter(other => other >= at && other < at + 1_000).length))
  t.ok(
    worst <= trunk.callsPerSecondMax,
    `${worst} left in the worst second, the trunk permits ${trunk.callsPerSecondMax}`,
  )
})

t.test('an order whose attempt took the disk too long does not leave: its verdict has grown old', async t => {
  const memory = createMemoryStore()
  const clock = createVirtualClock(startAt)
  let diskMs = 2_500
  const store: Store = {
    ...memory,
    async beginAttempt(attempt, clearance) {
      await memory.beginAttempt(attempt, clearance)
      await new Promise<void>(resolve => clock.wakeAt(clock.now() + diskMs, resolve))
    },
  }
  const world = createWorld({ store, clock })
  const left: string[] = []
  world.telephony.originate = async ({ attempt }) => void left.push(attempt.callId)
  await running(world)
  await clock.runUntil(startAt + 4_000)
  const late = await store.calls({ limit: 100 })
  t.ok(late.length >= 3)
  t.same(left, [], 'two seconds after the verdict somebody may have refused, or the day may be over')
  const ended = late.filter(({ end }) => end !== undefined)
  t.ok(ended.length > 0)
  for (const { end } of ended) t.match(end, { disposition: 'failed', countsAsAttempt: false })
  diskMs = 500
  await clock.runUntil(startAt + 10_000)
  t.ok(left.length > 0, 'a disk that keeps up is no hindrance')
})

t.test(
  'an order that waits for the disk or its trunk does not leave once dialing has ended, and costs no lead',
  async t => {
    for (const way of ['drain', 'obstacle'] as const) {
      const memory = createMemoryStore()
      const clock = createVirtualClock(startAt)
      let tell = (_: StoreTrouble | undefined): void => {}
      const store: Store = {
        ...memory,
        onTrouble(listener) {
          tell = listener
          return () => {}
        },
        async beginAttempt(attempt, clearance) {
          await memory.beginAttempt(attempt, clearance)
          await new Promise<void>(resolve => clock.wakeAt(clock.now() + 1_000, resolve))
        },
      }
      const world = createWorld({ store, clock })
      const left: string[] = []
      world.telephony.originate = async ({ attempt }) => void left.push(attempt.callId)
      await running(world)
      await clock.runUntil(clock.now() + 500)
      const begun = await memory.openAttempts()
      t.ok(begun.length >= 3, way)
      t.same(left, [], way)
      if (way === 'drain') world.dialer.gateway.drain({ finish: 'stay' })
      else tell({ code: 'disk-full', says: 'the disk is full' })
      await clock.runUntil(clock.now() + 5_000)
      t.same(left, [], way)
      for (const { callId } of begun)
        t.match((await memory.call(callId))?.end, { disposition: 'failed', countsAsAttempt: false }, way)
    }
  },
)

t.test('a campaign that was paused stays paused, however soon the daemon dies', async t => {
  const world = createWorld()
  await running(world)
  t.same(await world.dialer.gateway.command({ kind: 'campaign-pause', campaignId: 'spring' }), { accepted: true })
  t.equal((await world.store.campaigns())[0]?.progress?.running, false)
})

t.test('without a working agent the decision says so', async t => {
  const world = createWorld()
  await world.dialer.start()
  await during(world.clock, world.dialer.gateway.command({ kind: 'campaign-apply', settings: testCampaign }))
  await during(world.clock, world.dialer.gateway.command({ kind: 'campaign-start', campaignId: 'spring' }))
  t.match(world.dialer.gateway.decisions('spring')[0], { decision: { originate: 0, reason: 'no-agents' } })
})

t.test('a stop lets calls end, and what was running runs again after it', async t => {
  const world = createWorld()
  await running(world)
  await world.clock.runUntil(startAt + 30_000)
  const stopped = world.dialer.stop({ graceMs: 120_000 })
  await during(world.clock, stopped, 120_000)
  t.equal(engineStateOf(world.dialer).calls.size, 0)
  t.same(await world.store.openAttempts(), [])
  t.equal((await world.store.campaigns())[0]?.progress?.running, true)
})

t.test('a recorded run replays to the same effects, step by step', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'dialwright-recorder-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'flight.jsonl')
  const recorder = openRecorder(file, 'w')
  const state = createEngineState('w')
  const seen: (readonly Effect[])[] = []
  const world = createWorld({
    record(input, now) {
      recorder.record(input, now)
      seen.push(takeStep(state, structuredClone(input), now))
    },
  })
  await running(world)
  await world.clock.runUntil(startAt + 3 * minuteMs)
  await recorder.close()
  t.equal(statSync(file).mode & 0o777, 0o600, 'it holds numbers: nobody else may read it')
  const [header, ...lines] = readFileSync(file, 'utf8').trim().split('\n')
  t.same(JSON.parse(header ?? ''), { callIdPrefix: 'w' })
  const inputs = lines.map(line => JSON.parse(line) as RecordedInput)
  t.equal(inputs.length, seen.length)
  const again = replay('w', inputs)
  t.same(JSON.stringify(again), JSON.stringify(seen))
  t.ok(again.flat().filter(effect => effect.kind === 'originate').length > 10)
})
