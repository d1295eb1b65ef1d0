import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { type Condition, defaultThresholds } from '../../src/core/alarms/alarm.ts'
import type { EngineEvent } from '../../src/core/effects.ts'
import { hourMs, minuteMs } from '../../src/core/time.ts'
import { keepAlarmsIn } from '../../src/dialer/alarms/alarmFile.ts'
import { createLog } from '../../src/log.ts'
import type { AlarmPost, PostOutcome, SentNotice } from '../../src/ports/alarms.ts'
import { suffixCallees } from '../../src/sim/world/callees.ts'
import { createVirtualClock } from '../../src/sim/world/scheduler.ts'
import { createSimulatedTelephony } from '../../src/sim/world/telephony.ts'
import { createMemoryStore } from '../../src/store/memory/memoryStore.ts'
import { testCampaign } from '../support/engineHarness.ts'
import { createOpenDialer } from '../support/engineState.ts'

/** A Monday, 10:00 in New York. */
const startAt = Date.UTC(2026, 0, 5, 15)
const campaignId = 'spring'
const numbers = Array.from(
  { length: 300 },
  (_, index) => `+1${212 + Math.floor(index / 100)}5550${100 + (index % 100)}`,
)
const log = createLog({ level: 'silent' })

/** A receiver in the test's hands. */
function createPost() {
  const sent: SentNotice[] = []
  let outcome: PostOutcome = { taken: true }
  const post: AlarmPost = {
    receiver: 'https://example.org',
    async send(notice) {
      sent.push(notice)
      return outcome
    },
    close() {},
  }
  const said = () => sent.map(notice => `${notice.kind} ${notice.kind === 'alarm-test' ? '' : notice.alarm.code}`)
  const answers = (next: PostOutcome): void => {
    outcome = next
  }
  return { post, sent, said, answers }
}

type Clock = ReturnType<typeof createVirtualClock>

interface Life {
  readonly clock: Clock
  readonly file: string
  readonly receiver?: ReturnType<typeof createPost>
  readonly store?: ReturnType<typeof createMemoryStore>
  readonly watched?: () => readonly Condition[]
  readonly listLeftMs?: number
}

/** One run of a daemon's dialer on the simulated PBX, which may be the second on the same file and store. */
async function startLife({ clock, file, receiver, store = createMemoryStore(), watched = () => [], ...more }: Life) {
  const telephony = createSimulatedTelephony({ nodeId: 'pbx', clock, callees: suffixCallees({ talkMs: 20_000 }) })
  const keeper = keepAlarmsIn(file, log)
  const trunk = { trunkId: 'main', nodeId: 'pbx', dialString: 'PJSIP/{number}@trunk-main', stripPlus: true }
  const agent = { agentId: 'a1', name: 'Agent', endpoint: 'PJSIP/a1', nodeId: 'pbx', campaignId }
  const dialer = createOpenDialer({
    ...{ clock, telephonies: [telephony], store, log, agents: [agent], callIdPrefix: `w${clock.now()}` },
    ...{ checkInvariants: true, trunks: [{ ...trunk, channelsMax: 30, callsPerSecondMax: 20 }] },
    alarms: {
      thresholds: { ...defaultThresholds, ...more },
      keeper,
      ...(receiver === undefined ? {} : { post: receiver.post }),
      watched: () => ({ conditions: watched(), unknown: [] }),
    },
  })
  const { gateway } = dialer
  const events: EngineEvent[] = []
  gateway.subscribe(event => {
    if (event.kind.startsWith('alarm-')) events.push(event)
  })
  const pass = (ms: number) => clock.runUntil(clock.now() + ms)
  const during = async <Value>(work: Promise<Value>): Promise<Value> => {
    await pass(50)
    return work
  }
  await dialer.start()
  return {
    ...{ gateway, pass, during, store, events, keeper },
    on: () => gateway.alarmDesk.overview().alarms.map(({ code }) => code),
    told: () => events.map(event => `${event.kind} ${'code' in event ? event.code : ''}`),
    async stop() {
      await during(dialer.stop({ graceMs: 0 }))
      await keeper.settled()
    },
  }
}

/** Calls are permitted from nine to eleven. */
async function applyCampaign({ gateway, store, during }: Awaited<ReturnType<typeof startLife>>): Promise<void> {
  const callingHours = { startMinute: 9 * 60, endMinute: 11 * 60, weekdays: [1, 2, 3, 4, 5] }
  await during(gateway.command({ kind: 'campaign-apply', settings: { ...testCampaign, callingHours } }))
  const rows = numbers.map(number => ({ number, timeZones: ['America/New_York'], priority: 0, data: {} }))
  await store.importLeads('i1', campaignId, rows)
  await store.activateImport('i1', { source: 'test', rows: 1, imported: 1, duplicates: 0, invalid: 0 })
}

function place(t: Test): string {
  return join(t.testdir(), 'dialwright.db-alarms')
}

t.test('nobody is logged in: raised once, told with what to do, ended once; out of hours it is none', async t => {
  const clock = createVirtualClock(startAt)
  const receiver = createPost()
  const life = await startLife({ clock, file: place(t), receiver })
  await applyCampaign(life)
  await life.during(life.gateway.command({ kind: 'campaign-start', campaignId }))
  await life.pass(minuteMs)
  t.same(life.on(), [], 'not at once')
  await life.pass(30 * minuteMs)
  t.same(life.told(), ['alarm-raised no-agents'])
  t.match(life.events[0], {
    campaignId,
    subject: campaignId,
    severity: 'critical',
    silenced: false,
    todo: /log somebody in/,
  })
  t.match(life.gateway.board().alarms, [{ code: 'no-agents', subject: campaignId }])
  await life.during(life.gateway.command({ kind: 'agent-login', agentId: 'a1' }))
  await life.pass(minuteMs)
  t.same(life.told(), ['alarm-raised no-agents', 'alarm-ended no-agents'])
  t.same(receiver.said(), life.told())
  await life.during(life.gateway.command({ kind: 'agent-logout', agentId: 'a1', force: true }))
  await life.pass(5 * minuteMs)
  t.same(life.on(), ['no-agents'])
  await life.pass(30 * minuteMs)
  t.same(life.on(), [], 'after eleven nobody may be called')
  await life.stop()
})

t.test('while the daemon is drained nobody has to be logged in', async t => {
  const life = await startLife({ clock: createVirtualClock(startAt), file: place(t) })
  await applyCampaign(life)
  await life.during(life.gateway.command({ kind: 'campaign-start', campaignId }))
  life.gateway.drain({ finish: 'stay' })
  await life.pass(30 * minuteMs)
  t.same(life.told(), [])
  life.gateway.cancelDrain()
  await life.pass(5 * minuteMs)
  t.same(life.told(), ['alarm-raised no-agents'])
  await life.stop()
})

t.test('leads that run out are told when the rate is known, and not to a campaign that has many', async t => {
  for (const [listLeftMs, raised] of [
    [24 * hourMs, ['alarm-raised list-running-out']],
    [minuteMs, []],
  ] as const) {
    const clock = createVirtualClock(startAt)
    const life = await startLife({ clock, file: place(t), listLeftMs })
    await applyCampaign(life)
    await life.during(life.gateway.command({ kind: 'agent-login', agentId: 'a1' }))
    await life.during(life.gateway.command({ kind: 'campaign-start', campaignId }))
    await life.pass(5 * minuteMs)
    t.same(life.told(), [])
    await life.pass(3 * minuteMs)
    t.same(life.told(), raised)
    await life.stop()
  }
})

t.test('over a restart: what holds is not sent twice, stopping is no news, what has ended is ended', async t => {
  const clock = createVirtualClock(startAt)
  const receiver = createPost()
  const file = place(t)
  const store = createMemoryStore()
  const first = await startLife({ clock, file, receiver, store, watched: () => [{ code: 'disk-low', says: '1 MiB' }] })
  await applyCampaign(first)
  await first.during(first.gateway.command({ kind: 'campaign-start', campaignId }))
  await first.pass(5 * minuteMs)
  t.same(receiver.said().sort(), ['alarm-raised disk-low', 'alarm-raised no-agents'])
  await first.stop()
  t.equal(receiver.sent.length, 2)
  t.equal(statSync(file).mode & 0o777, 0o600)

  const second = await startLife({ clock, file, receiver, store })
  await second.pass(10 * minuteMs)
  t.same(second.told(), ['alarm-ended disk-low'])
  t.same(receiver.said().slice(2), ['alarm-ended disk-low'])
  t.match(second.gateway.alarmDesk.overview().alarms, [
    { code: 'no-agents', since: first.gateway.board().alarms[0]?.since ?? 0 },
  ])
  await second.stop()
})

t.test('a silence lasts over a restart, ends by itself, and then what holds is sent', async t => {
  const clock = createVirtualClock(startAt)
  const receiver = createPost()
  const file = place(t)
  const watched = () => [{ code: 'disk-low', says: '1 MiB' } as const]
  const first = await startLife({ clock, file, receiver, watched: () => [] })
  first.gateway.alarmDesk.silence({ code: 'disk-low', until: startAt + hourMs, by: 'Ann', reason: 'moving' })
  await first.stop()
  const second = await startLife({ clock, file, receiver, watched })
  await second.pass(30 * minuteMs)
  t.match(second.gateway.alarmDesk.overview(), {
    alarms: [{ code: 'disk-low', silenced: { by: 'Ann', reason: 'moving' } }],
    silences: [{ code: 'disk-low' }],
  })
  t.match(second.events, [{ kind: 'alarm-raised', silenced: true }])
  t.same(receiver.sent, [])
  await second.pass(31 * minuteMs)
  t.same(receiver.said(), ['alarm-raised disk-low'])
  t.equal(second.gateway.alarmDesk.unsilence({ code: 'disk-low' }), false, 'there is none any more')
  second.gateway.alarmDesk.silence({ code: 'disk-low', until: clock.now() + hourMs, by: 'Ann', reason: 'again' })
  t.equal(second.gateway.alarmDesk.unsilence({ code: 'disk-low' }), true)
  t.equal(receiver.sent.length, 1)
  await second.stop()
})

t.test('a receiver that fails is an alarm of its own, not sent; all comes when it is back, in order, once', async t => {
  const clock = createVirtualClock(startAt)
  const receiver = createPost()
  const file = place(t)
  let low = true
  const watched = (): readonly Condition[] => (low ? [{ code: 'disk-low', says: '1 MiB' }] : [])
  receiver.answers({ taken: false, again: true, reason: 'it answers 500' })
  const life = await startLife({ clock, file, receiver, watched })
  await life.pass(5_000)
  t.same(life.on(), ['disk-low'], 'one that is started anew is no news')
  await life.pass(minuteMs)
  t.same(life.on().sort(), ['disk-low', 'webhook-failing'])
  t.match(life.gateway.alarmDesk.overview().webhook, { waiting: 1, failure: 'it answers 500' })
  low = false
  await life.pass(10 * minuteMs)
  await life.stop()
  t.ok(
    receiver.said().every(said => said === 'alarm-raised disk-low'),
    'the end waits for the beginning',
  )

  // What was not taken is sent by the next run.
  receiver.answers({ taken: true })
  const before = receiver.sent.length
  const next = await startLife({ clock, file, receiver, watched })
  await next.pass(minuteMs)
  t.same(receiver.said().slice(before), ['alarm-raised disk-low', 'alarm-ended disk-low'])
  t.same(next.on(), [])
  t.same(await next.gateway.alarmDesk.test(), { taken: true })
  await next.stop()
})

t.test('a receiver that refuses is told at once, and what it refuses is not sent again', async t => {
  const clock = createVirtualClock(startAt)
  const receiver = createPost()
  const watched = (): readonly Condition[] => [{ code: 'disk-low', says: '1 MiB' }]
  receiver.answers({ taken: false, again: false, reason: 'it answers 404' })
  const life = await startLife({ clock, file: place(t), receiver, watched })
  await life.pass(hourMs)
  t.equal(receiver.sent.length, 1)
  t.same(life.on(), ['disk-low', 'webhook-failing'])
  await life.stop()
})

t.test('a file that is spoiled is begun anew, and what a later version wrote is passed over', async t => {
  const clock = createVirtualClock(startAt)
  const file = place(t)
  const kept = { id: 1, since: 5, sent: true, says: 'x' }
  writeFileSync(
    file,
    JSON.stringify({ lastId: 4, alarms: [{ ...kept, code: 'disk-low' }, { ...kept, code: 'new-one' }, 7] }),
  )
  const life = await startLife({ clock, file })
  t.same(life.on(), ['disk-low'])
  await life.stop()
  writeFileSync(file, '{"alarms": [')
  const next = await startLife({ clock, file })
  t.same(next.on(), [])
  await next.stop()
  t.equal(readFileSync(file, 'utf8'), '{"alarms": [', 'nothing has changed since')
})
