// The respect line from a caller's key to the store: a dialer on the simulated PBX, in virtual time.
import t from 'tap'
import type { Effect } from '../../src/core/effects.ts'
import { createEngineState, takeStep } from '../../src/core/engine.ts'
import type { Input } from '../../src/core/inputs.ts'
import { dayMs } from '../../src/core/time.ts'
import { type RecordedInput, replay } from '../../src/dialer/recorder.ts'
import { traceCaller } from '../../src/dialer/traceCaller.ts'
import { createLog } from '../../src/log.ts'
import { suffixCallees } from '../../src/sim/world/callees.ts'
import { createVirtualClock } from '../../src/sim/world/scheduler.ts'
import { createSimulatedTelephony } from '../../src/sim/world/telephony.ts'
import { createMemoryStore, type MemoryStore } from '../../src/store/memory/memoryStore.ts'
import { testCampaign } from '../support/engineHarness.ts'
import { createOpenDialer, engineStateOf } from '../support/engineState.ts'

const startAt = Date.UTC(2026, 0, 5, 15)
const log = createLog({ level: 'silent' })
const shown = '+12125550100'
/** Ann has two telephones: both ring until somebody gives up. */
const ann = '+12125550112'
const annToo = '+13035550112'
const trunk = {
  ...{ trunkId: 'main', nodeId: 'pbx', dialString: 'PJSIP/{number}@trunk-main', stripPlus: true },
  ...{ channelsMax: 30, callsPerSecondMax: 20 },
}
const agent = { agentId: 'a1', name: 'A', endpoint: 'PJSIP/a1', nodeId: 'pbx', campaignId: 'spring' }

interface WorldOptions {
  readonly store?: MemoryStore
  readonly prefix?: string
  readonly at?: number
  readonly record?: (input: Input, now: number) => void
}

async function createWorld({ store = createMemoryStore(), prefix = 'w', at = startAt, record }: WorldOptions = {}) {
  const clock = createVirtualClock(at)
  const telephony = createSimulatedTelephony({ nodeId: 'pbx', clock, callees: suffixCallees() })
  const dialer = createOpenDialer({
    ...{ clock, telephonies: [telephony], store, log, trunks: [trunk], agents: [agent] },
    ...{ callIdPrefix: prefix, checkInvariants: true, ...(record === undefined ? {} : { record }) },
  })
  await store.saveCampaign(testCampaign)
  await dialer.start()
  await clock.runUntil(at + 1_000)
  const pass = (durationMs: number) => clock.runUntil(clock.now() + durationMs)
  const comesIn = (call: { readonly callId: string; readonly number?: string; readonly called?: string }) => {
    telephony.callComesIn({ trunkId: 'main', called: shown, ...call })
    return pass(100)
  }
  return { clock, store, telephony, dialer, pass, comesIn, state: engineStateOf(dialer) }
}

const isListed = async (store: MemoryStore, number: string) =>
  (await store.doNotCallHits(number)).some(({ kind }) => kind === 'company')

async function callsAnn({ store, dialer, telephony, pass }: Awaited<ReturnType<typeof createWorld>>) {
  const rows = [ann, annToo].map(number => ({ number, timeZones: ['America/New_York'], priority: 0, data: {} }))
  await store.importLeads(
    'i1',
    'spring',
    rows.map(row => ({ ...row, personId: 'ann' })),
  )
  await store.activateImport('i1', { source: 'x', rows: 2, imported: 2, duplicates: 0, invalid: 0 })
  telephony.agentDialsIn('a1')
  await pass(100)
  await dialer.gateway.command({ kind: 'campaign-start', campaignId: 'spring' })
  await pass(5_000)
}

t.test(
  '2 on the respect line: the person is refused before the prompt ends, with all their numbers and what rings',
  async t => {
    const world = await createWorld()
    const { store, telephony, state, comesIn, pass } = world
    await callsAnn(world)
    const [ringing] = [...state.calls.values()]
    t.match(ringing, { origin: 'campaign', phase: { state: 'ringing' } })
    const rung = ringing?.number ?? ''
    const other = rung === ann ? annToo : ann
    // Ann calls from the telephone that does not ring.
    await comesIn({ callId: 'in-1', number: other })
    t.match(state.calls.get('in-1')?.phase, { state: 'informing', hears: 'message' })
    telephony.callerPresses('in-1', '2')
    await pass(50)
    t.ok(await isListed(store, other))
    t.match(state.calls.get('in-1')?.phase, { hears: 'last-words' }, 'nobody had to hear it out')
    t.equal(
      state.calls.get(ringing?.callId ?? '')?.endingAs,
      'opt-out',
      'the call to the other number is being taken back',
    )
    await pass(60_000)
    t.equal(state.calls.size, 0)
    const calls = await store.calls({ limit: 10 })
    t.match(
      calls.find(({ callId }) => callId === 'in-1'),
      {
        origin: 'inbound',
        number: other,
        callerId: shown,
        campaignId: 'spring',
        end: { disposition: 'informed', countsAsAttempt: false },
      },
    )
    t.match(
      calls.find(({ callId }) => callId === ringing?.callId),
      { end: { disposition: 'withdrawn' } },
    )
    await pass(dayMs / 24)
    t.equal((await store.calls({ limit: 10 })).length, 2, 'and neither is called again')
  },
)

t.test('a caller whom we have never called is on the list too', async t => {
  const { store, telephony, comesIn, pass } = await createWorld()
  await comesIn({ callId: 'in-1', number: '+442079460000' })
  telephony.callerPresses('in-1', '2')
  await pass(50)
  t.ok(await isListed(store, '+442079460000'))
})

t.test('a refusal that cannot be written is not confirmed', async t => {
  const kept = createMemoryStore()
  let full = true
  const store: MemoryStore = {
    ...kept,
    async addDoNotCall(entry) {
      if (full) throw Object.assign(new RangeError('no space'), { code: 'full' })
      return kept.addDoNotCall(entry)
    },
  }
  const { telephony, comesIn, pass } = await createWorld({ store })
  const said: string[] = []
  const say = telephony.say.bind(telephony)
  telephony.say = order => {
    said.push(...order.sounds)
    return say(order)
  }
  await comesIn({ callId: 'in-1', number: ann })
  telephony.callerPresses('in-1', '2')
  await pass(3_000)
  t.notOk(
    said.some(sound => sound.endsWith('/refused')),
    'not yet',
  )
  full = false
  await pass(2_000)
  t.ok(said.some(sound => sound.endsWith('/refused')))
  t.ok(await isListed(kept, ann))
})

t.test('the campaign that called last by the number that they call back; and who calls us has not called', async t => {
  const store = createMemoryStore()
  const clock = { now: () => startAt, wakeAt: () => () => {} }
  const begin = (callId: string, more: object) =>
    store.beginAttempt({
      ...{ origin: 'campaign', callId, campaignId: 'a', leadId: 1, number: ann, nodeId: 'pbx', trunkId: 'main' },
      ...{ callerId: shown, originatedAt: startAt - dayMs, ...more },
    } as never)
  const trace = () => traceCaller({ store, clock, log }, { number: ann, called: shown })
  await begin('in', { origin: 'inbound', leadId: undefined, campaignId: 'z', originatedAt: startAt - 1 })
  t.same(await trace(), { called: 'no' })
  await begin('old', { campaignId: 'old', originatedAt: startAt - 91 * dayMs })
  t.same(await trace(), { called: 'no' }, 'too long ago')
  await begin('other', { campaignId: 'o', callerId: '+12125550101', originatedAt: startAt - 1_000 })
  t.same(await trace(), { called: 'yes' }, 'by another number')
  await begin('b', { campaignId: 'b', originatedAt: startAt - 89 * dayMs })
  t.same(await trace(), { called: 'yes', campaignId: 'b' })
  await begin('c', { campaignId: 'c' })
  t.same(await trace(), { called: 'yes', campaignId: 'c' }, 'the last')
  const broken = { ...store, calls: () => Promise.reject(new RangeError('gone')) }
  t.same(await traceCaller({ store: broken, clock, log }, { number: ann, called: shown }), { called: 'unsure' })
})

t.test(
  'an engine that dies in the middle: the next one begins the message again, and ends the call that is gone',
  async t => {
    const store = createMemoryStore()
    const { telephony, comesIn } = await createWorld({ store })
    await comesIn({ callId: 'in-1', number: ann })
    await comesIn({ callId: 'in-2', number: annToo })
    telephony.callerHangsUp('in-2')
    // As if both had been there when the first engine died, and in-2 gone before the next: its end was never written.
    const [open] = await store.openAttempts()
    t.match(open, { callId: 'in-1', origin: 'inbound' })
    const state = createEngineState('next')
    const step = (input: Input): readonly Effect[] => takeStep(state, input, startAt)
    step({ kind: 'nodes', nodeIds: ['pbx'] })
    step({ kind: 'campaign-apply', settings: testCampaign })
    step({ kind: 'recovered', open: open === undefined ? [] : [open, { ...open, callId: 'in-2' }] })
    const here = {
      callId: 'in-1',
      state: 'waiting',
      incoming: { trunkId: 'main', number: ann, called: shown },
    } as const
    const up = step({
      kind: 'node-up',
      nodeId: 'pbx',
      inventory: { calls: [here], agents: [], unattended: [] },
      at: startAt,
    })
    t.match(
      up.find(({ kind }) => kind === 'attempt-ended'),
      { end: { callId: 'in-2', disposition: 'failed' } },
    )
    t.match(
      up.find(({ kind }) => kind === 'trace-caller'),
      { callId: 'in-1' },
    )
    const told = step({ kind: 'caller-traced', callId: 'in-1', called: 'no' })
    t.same(
      told.filter(({ kind }) => kind === 'incoming-begun' || kind === 'say').map(({ kind }) => kind),
      ['say'],
    )
    await telephony.close()
  },
)

t.test('a recording of a day with callers plays again to the same effects', async t => {
  const inputs: RecordedInput[] = []
  const record = (input: Input, now: number) => void inputs.push(structuredClone({ input, now }))
  const world = await createWorld({ record })
  await callsAnn(world)
  await world.comesIn({ callId: 'in-1', number: ann })
  world.telephony.callerPresses('in-1', '3')
  await world.pass(50)
  world.telephony.callerPresses('in-1', '2')
  await world.pass(60_000)
  const effects = replay('w', inputs).flat()
  t.equal(effects.filter(({ kind }) => kind === 'say').length, 3)
  t.match(
    effects.find(({ kind }) => kind === 'opt-out'),
    { number: ann, callId: 'in-1' },
  )
  t.same(replay('w', inputs), replay('w', structuredClone(inputs)))
})
