import t from 'tap'
import { hourMs, minuteMs } from '../../src/core/time.ts'
import type { DayLimits } from '../../src/dialer/days.ts'
import type { Dialer } from '../../src/dialer/dialer.ts'
import { createLog } from '../../src/log.ts'
import { dayIn } from '../../src/numbers/days.ts'
import { suffixCallees } from '../../src/sim/world/callees.ts'
import { createVirtualClock, type VirtualClock } from '../../src/sim/world/scheduler.ts'
import { createSimulatedTelephony } from '../../src/sim/world/telephony.ts'
import { createMemoryStore } from '../../src/store/memory/memoryStore.ts'
import { testCampaign } from '../support/engineHarness.ts'
import { createOpenDialer } from '../support/engineState.ts'

/** 18:00 in New York; midnight there is six hours away. */
const startAt = Date.UTC(2026, 0, 5, 23)
const agent = { agentId: 'a1', name: 'Ann', endpoint: 'PJSIP/a1', nodeId: 'pbx', campaignId: 'spring' }
const trunk = {
  trunkId: 'main',
  nodeId: 'pbx',
  dialString: 'PJSIP/{number}@trunk-main',
  stripPlus: true,
  channelsMax: 30,
  callsPerSecondMax: 20,
}

interface Life {
  readonly dialer: Dialer
  readonly clock: VirtualClock
}

interface LifeOptions {
  readonly store: ReturnType<typeof createMemoryStore>
  readonly dayLimits: DayLimits
  readonly warnings: unknown[]
}

/** A daemon's life. Nobody moves its clock on when the next begins: killed without a word. */
async function begin(at: number, { store, dayLimits, warnings }: LifeOptions): Promise<Life> {
  const clock = createVirtualClock(at)
  const log = createLog({ level: 'silent' })
  const telephony = createSimulatedTelephony({ nodeId: 'pbx', clock, callees: suffixCallees({ talkMs: 20_000 }) })
  const dialer = createOpenDialer({
    clock,
    telephonies: [telephony],
    store,
    log: Object.assign(Object.create(log), { warn: (...said: unknown[]) => warnings.push(said) }),
    trunks: [trunk],
    agents: [agent],
    callIdPrefix: `w${clock.now().toString(36)}`,
    checkInvariants: true,
    dayLimits,
  })
  const during = async <Value>(work: Promise<Value>): Promise<Value> => {
    await clock.runUntil(clock.now() + 50)
    return work
  }
  await during(dialer.start())
  await during(dialer.gateway.command({ kind: 'campaign-apply', settings: testCampaign }))
  await during(dialer.gateway.command({ kind: 'agent-login', agentId: 'a1' }))
  await during(dialer.gateway.command({ kind: 'campaign-start', campaignId: 'spring' }))
  return { dialer, clock }
}

t.test('a cap survives a kill, and ends at midnight of the installation’s zone', async t => {
  const store = createMemoryStore()
  const rows = Array.from({ length: 60 }, (_, index) => ({
    number: `+12125550${100 + index}`,
    timeZones: ['America/New_York'],
    priority: 0,
    data: {},
  }))
  await store.saveCampaign(testCampaign)
  await store.importLeads('i1', 'spring', rows)
  await store.activateImport('i1', { source: 'test', rows: 60, imported: 60, duplicates: 0, invalid: 0 })
  const dayAround = (at: number) => dayIn(['America/New_York'], at)
  const warnings: unknown[] = []
  const options = { store, dayLimits: { caps: { attemptsMax: 5 }, dayAround }, warnings }
  const attempts = async () => (await store.calls({ limit: 100 })).length

  const first = await begin(startAt, options)
  while ((await attempts()) < 2) await first.clock.runUntil(first.clock.now() + 1_000)
  t.ok((await attempts()) < 5, 'killed in the middle')

  const second = await begin(first.clock.now(), options)
  await second.clock.runUntil(second.clock.now() + 90 * minuteMs)
  t.equal(await attempts(), 5, 'what was dialed before the kill counts')
  t.match(second.dialer.gateway.board().campaigns, [{ dayCap: { of: 'installation', what: 'attempts', max: 5 } }])
  const told = () => warnings.filter(said => JSON.stringify(said).includes('day-cap-reached'))
  t.match(told(), [[{ campaignId: 'spring', max: 5 }]])

  const third = await begin(second.clock.now(), options)
  await third.clock.runUntil(startAt + 6 * hourMs - 1_000)
  t.equal(await attempts(), 5, 'not one more until midnight')
  t.ok(third.dialer.gateway.board().campaigns[0]?.dayCap)
  await third.clock.runUntil(startAt + 6 * hourMs + 30 * minuteMs)
  t.equal(await attempts(), 10, 'and five more after it')
  await third.dialer.stop({ graceMs: 0 })
})
