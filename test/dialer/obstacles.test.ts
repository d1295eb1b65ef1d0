import t from 'tap'
import type { Input } from '../../src/core/inputs.ts'
import { minuteMs } from '../../src/core/time.ts'
import type { DialerStore } from '../../src/dialer/shell.ts'
import { createWriter } from '../../src/dialer/writer.ts'
import { StoreError } from '../../src/errors.ts'
import { createLog } from '../../src/log.ts'
import type { Calendar, ClockTrouble } from '../../src/ports/clock.ts'
import type { Store } from '../../src/ports/store.ts'
import type { StoreTrouble } from '../../src/ports/storeWatch.ts'
import { suffixCallees } from '../../src/sim/world/callees.ts'
import { createVirtualClock } from '../../src/sim/world/scheduler.ts'
import { createSimulatedTelephony } from '../../src/sim/world/telephony.ts'
import { createMemoryStore } from '../../src/store/memory/memoryStore.ts'
import { createEngineHarness, testCampaign } from '../support/engineHarness.ts'
import { createOpenDialer, engineStateOf } from '../support/engineState.ts'

/** A Monday, 10:00 in New York. */
const startAt = Date.UTC(2026, 0, 5, 15)
const hourMs = 60 * minuteMs
const campaignId = 'spring'
const numbers = Array.from(
  { length: 400 },
  (_, index) => `+1${212 + Math.floor(index / 100)}5550${100 + (index % 100)}`,
)
const full: StoreTrouble = { code: 'disk-full', says: 'the disk is full: free some space' }

/** A store in memory whose disk fills up and is freed: it says so itself, or only its writes do. */
function createFailingStore({ says }: { readonly says: boolean }) {
  const memory = createMemoryStore()
  const listeners = new Set<(trouble: StoreTrouble | undefined) => void>()
  let trouble: StoreTrouble | undefined
  const unlessFull = <Args extends readonly unknown[], Value>(write: (...args: Args) => Promise<Value>) => {
    return async (...args: Args) => {
      if (trouble !== undefined) throw new StoreError(trouble.code, trouble.says)
      return write(...args)
    }
  }
  const store: Store = {
    ...memory,
    beginAttempt: unlessFull(memory.beginAttempt),
    endAttempt: unlessFull(memory.endAttempt),
    saveCampaignProgress: unlessFull(memory.saveCampaignProgress),
    tryWriting: unlessFull(memory.tryWriting),
    trouble: () => (says ? trouble : undefined),
    onTrouble(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  return {
    store,
    become(now: StoreTrouble | undefined): void {
      trouble = now
      if (says) for (const listener of listeners) listener(now)
    },
  }
}

/** The date in the test's hands: so far from the running time, and in trouble when the test says so. */
function createCalendar(now: () => number) {
  const listeners = new Set<Parameters<Calendar['onChange']>[0]>()
  let offset = 0
  let trouble: ClockTrouble | undefined
  const tell = (change: { steppedByMs?: number }) => {
    for (const listener of listeners) listener(change)
  }
  const calendar: Calendar = {
    now: () => now() + offset,
    trouble: () => trouble,
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  return {
    calendar,
    doubt(says: string | undefined): void {
      trouble = says === undefined ? undefined : { code: 'clock-jumped', says, isDoubtful: true }
      tell({})
    },
    step(byMs: number): void {
      offset += byMs
      trouble = undefined
      tell({ steppedByMs: byMs })
    },
  }
}

async function createWorld(store: Store = createMemoryStore()) {
  const virtual = createVirtualClock(startAt)
  const date = createCalendar(virtual.now)
  const clock = { ...virtual, calendar: date.calendar }
  const telephony = createSimulatedTelephony({ nodeId: 'pbx', clock, callees: suffixCallees({ talkMs: 20_000 }) })
  const leftAt: number[] = []
  const originate = telephony.originate.bind(telephony)
  telephony.originate = async order => {
    leftAt.push(virtual.now())
    await originate(order)
  }
  const agents = [1, 2, 3].map(index => ({
    ...{ agentId: `a${index}`, name: `Agent ${index}`, endpoint: `PJSIP/a${index}` },
    ...{ nodeId: 'pbx', campaignId },
  }))
  const dialer = createOpenDialer({
    ...{ clock, telephonies: [telephony], store: store satisfies DialerStore, log: createLog({ level: 'silent' }) },
    ...{ agents, callIdPrefix: 'w', checkInvariants: true },
    trunks: [
      {
        ...{ trunkId: 'main', nodeId: 'pbx', dialString: 'PJSIP/{number}@trunk-main', stripPlus: true },
        ...{ channelsMax: 30, callsPerSecondMax: 20 },
      },
    ],
  })
  const { gateway } = dialer
  const pass = (ms: number) => virtual.runUntil(virtual.now() + ms)
  const during = async <Value>(work: Promise<Value>): Promise<Value> => {
    await pass(50)
    return work
  }
  await dialer.start()
  const callingHours = { startMinute: 9 * 60, endMinute: 18 * 60, weekdays: [1, 2, 3, 4, 5] }
  await during(gateway.command({ kind: 'campaign-apply', settings: { ...testCampaign, callingHours } }))
  await store.importLeads(
    'i1',
    campaignId,
    numbers.map(number => ({ number, timeZones: ['America/New_York'], priority: 0, data: {} })),
  )
  await store.activateImport('i1', { source: 'test', rows: 1, imported: 1, duplicates: 0, invalid: 0 })
  for (const { agentId } of agents) await during(gateway.command({ kind: 'agent-login', agentId }))
  await during(gateway.command({ kind: 'campaign-start', campaignId }))
  const reason = () => gateway.decisions(campaignId, 1)[0]?.decision.reason
  return { dialer, gateway, date, store, leftAt, reason, pass, now: virtual.now }
}

for (const says of [true, false]) {
  t.test(
    `a full disk that the store ${says ? 'tells' : 'does not tell'}: the true reason, and back within two seconds`,
    async t => {
      const disk = createFailingStore({ says })
      const world = await createWorld(disk.store)
      await world.pass(10_000)
      t.ok(world.leftAt.length > 0)
      disk.become(full)
      await world.pass(5 * minuteMs)
      const fullAt = startAt + 15_000
      t.same(
        world.leftAt.filter(at => at > fullAt),
        [],
        'nothing leaves that cannot be recorded',
      )
      t.equal(world.reason(), 'store-unavailable')
      t.match(world.gateway.board().alarms, [{ what: 'store', stopsDialing: true, code: says ? 'disk-full' : /./ }])
      const left = world.leftAt.length
      disk.become(undefined)
      await world.pass(2_000)
      t.ok(world.leftAt.length > left, 'it goes on')
      t.same(
        world.gateway.board().alarms.filter(({ goneSince }) => goneSince === undefined),
        [],
      )
      t.not(world.reason(), 'no-leads')
      await world.pass(minuteMs)
      const open = await world.store.openAttempts()
      t.same(
        open.filter(({ callId }) => world.gateway.call(callId) === undefined),
        [],
        'every end has been written',
      )
    },
  )
}

t.test('a store that cannot be read is no list without leads', async t => {
  const memory = createMemoryStore()
  let broken = false
  const store: Store = {
    ...memory,
    dialableLeads: async query => {
      if (broken) throw new StoreError('disk-error', 'it cannot be read')
      return memory.dialableLeads(query)
    },
  }
  const world = await createWorld(store)
  broken = true
  await world.pass(20 * minuteMs)
  t.equal(world.reason(), 'store-unavailable')
  const left = world.leftAt.length
  broken = false
  await world.pass(2_000)
  t.ok(world.leftAt.length > left)
})

t.test('a stop that cannot be written is no stop that was done, and it holds all the same', async t => {
  const disk = createFailingStore({ says: true })
  const world = await createWorld(disk.store)
  disk.become(full)
  await t.rejects(world.gateway.command({ kind: 'campaign-stop', campaignId, force: false }), { code: 'disk-full' })
  disk.become(undefined)
  await world.pass(10_000)
  t.match(await world.store.campaigns(), [{ progress: { running: false } }])
})

for (const [what, write] of [
  ['refuses', () => Promise.reject(new StoreError('disk-full', 'the disk is full'))],
  ['never answers', () => new Promise<never>(() => {})],
] as const) {
  t.test(`a store that ${what} holds up no stop`, async t => {
    let dead = false
    const memory = createMemoryStore()
    const store: Store = {
      ...memory,
      endAttempt: end => (dead ? write() : memory.endAttempt(end)),
      saveCampaignProgress: progress => (dead ? write() : memory.saveCampaignProgress(progress)),
    }
    const world = await createWorld(store)
    await world.pass(10_000)
    dead = true
    await world.pass(40_000)
    const stopped = world.dialer.stop({ graceMs: 3_000 }).catch((error: StoreError) => error.code)
    const askedAt = world.now()
    let endedAt: number | undefined
    void stopped.then(() => {
      endedAt = world.now()
    })
    await world.pass(minuteMs)
    t.equal(await stopped, 'not-written')
    t.ok(endedAt !== undefined && endedAt - askedAt <= 5_000, `${(endedAt ?? 0) - askedAt} ms`)
  })
}

t.test('a clock that has jumped stops dialing, puts no lead off, and dialing goes on when it is back', async t => {
  const world = await createWorld()
  await world.pass(10_000)
  world.date.doubt('the clock has jumped by 600 min')
  const left = world.leftAt.length
  await world.pass(50_000)
  t.equal(world.leftAt.length, left)
  t.equal(world.reason(), 'clock-jumped')
  t.match(world.gateway.board().alarms, [{ what: 'clock', code: 'clock-jumped', stopsDialing: true }])
  const leads = await world.store.listLeads({ campaignId, limit: 1_000 })
  t.same(
    leads.filter(({ reason }) => reason?.includes('hours')),
    [],
  )
  world.date.doubt(undefined)
  await world.pass(2_000)
  t.ok(world.leftAt.length > left)
  t.same(world.gateway.board().alarms, [])
})

t.test(
  'hours go by the date: nothing leaves when it says night, and what was put off by a false one is due again',
  async t => {
    const world = await createWorld()
    await world.pass(10_000)
    world.date.step(10 * hourMs)
    await world.pass(15_000)
    const left = world.leftAt.length
    await world.pass(5 * minuteMs)
    t.equal(world.leftAt.length, left, 'it is eight in the evening')
    world.date.step(-10 * hourMs)
    await world.pass(2_000)
    t.ok(world.leftAt.length > left, 'it is ten in the morning, and nobody waits for tomorrow')
    t.ok(engineStateOf(world.dialer).campaigns.get(campaignId)?.state === 'running')
  },
)

t.test(
  'what was in the way has gone: every campaign asks for leads in that step, whatever the store said before',
  async t => {
    const { feed } = createEngineHarness({ agents: 1, leads: 0 })
    const asks = (input: Input, at: number) => feed(input, at).some(({ kind }) => kind === 'refill-hopper')
    t.ok(asks({ kind: 'campaign-start', campaignId }, 900))
    t.notOk(asks({ kind: 'wake' }, 1_000), 'the store has just said that it has none')
    feed({ kind: 'obstacle', what: 'store-unavailable' }, 1_100)
    t.ok(asks({ kind: 'obstacle' }, 1_300))
  },
)

t.test('records that wait are written as soon as the store may take them again', async t => {
  let full = true
  const health: boolean[] = []
  const writer = createWriter({
    clock: { now: () => 0, wakeAt: () => () => {} },
    log: createLog({ level: 'silent' }),
    onHealth: healthy => health.push(healthy),
  })
  writer.keep('a', async () => {
    if (full) throw new StoreError('disk-full', 'the disk is full')
  })
  await new Promise(setImmediate)
  t.equal(writer.waiting(), 1)
  full = false
  writer.retry()
  await writer.settled()
  t.equal(writer.waiting(), 0)
  t.same(health, [false, true])
})
