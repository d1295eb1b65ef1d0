import t from 'tap'
import { limitCall } from '../../../src/core/calls/longestCall.ts'
import { given } from '../../../src/core/given.ts'
import type { Input } from '../../../src/core/inputs.ts'
import { hourMs, minuteMs } from '../../../src/core/time.ts'
import { createEngineHarness, type EngineHarness, ofKind } from '../../support/engineHarness.ts'
import { phases, worldWith } from './callWorld.ts'

/** The trunk of the harness, with a longest call. */
function limit({ state }: EngineHarness, maxCallMs: number | undefined): void {
  const trunk = state.trunks.get('main')
  if (trunk === undefined) throw new TypeError('the harness has a trunk')
  state.trunks.set('main', Object.assign(trunk, { settings: { ...trunk.settings, ...given({ maxCallMs }) } }))
}

/** Conversations that were answered at 1 s, one for each agent. */
function talking(maxCallMs: number | undefined, agents = 1, prepare: (harness: EngineHarness) => void = () => {}) {
  const harness = createEngineHarness({ agents, campaign: { maxCallMs: 10 * hourMs, trunkIds: ['main', 'other'] } })
  limit(harness, maxCallMs)
  prepare(harness)
  harness.feed({ kind: 'campaign-start', campaignId: 'spring' }, 0)
  const orders = [...harness.state.calls.keys()].map(callId => {
    const answered = harness.feed({ kind: 'call-answered', callId, at: 1_000 }, 1_000)
    const [connect] = ofKind(answered, 'connect')
    if (connect === undefined) throw new TypeError('an agent is free')
    harness.feed({ kind: 'call-connected', callId, agentId: connect.order.agentId, at: 1_100 }, 1_100)
    return connect.order
  })
  harness.feed({ kind: 'campaign-pause', campaignId: 'spring' }, 1_200)
  return { harness, orders }
}

/** Trunk `main` carries one call of an hour, `other` the rest, for two. */
function twoTrunks({ state, feed }: EngineHarness): void {
  const { settings } = state.trunks.get('main') ?? {}
  if (settings === undefined) throw new TypeError('the harness has a trunk')
  const other = { ...settings, trunkId: 'other', maxCallMs: 2 * hourMs }
  feed({ kind: 'trunks', trunks: [{ ...settings, channelsMax: 1 }, other] }, 0)
}

t.test('a call of a trunk ends when it has lasted as long as one may there, and its record says why', async t => {
  const { harness, orders } = talking(hourMs)
  t.match(orders, [{ maxCallMs: hourMs + 5_000 }], 'the PBX would end it five seconds later')
  t.same(ofKind(harness.passUntil(1_000 + hourMs - 1), 'hang-up'), [])
  const due = harness.passUntil(1_000 + hourMs)
  t.equal(ofKind(due, 'hang-up').length, 1)
  const [callId = ''] = harness.state.calls.keys()
  const at = 1_000 + hourMs + 10
  const ended = harness.feed({ kind: 'call-ended', callId, cause: 'hung-up-by-us', at }, at)
  t.match(ofKind(ended, 'attempt-ended'), [
    { end: { disposition: 'connected', detail: 'longest-call', agentId: 'a1' } },
  ])
  t.equal(harness.state.agents.get('a1')?.phase.state, 'wrap-up')
  t.same(ofKind(harness.passUntil(20 * hourMs), 'hang-up'), [])
})

t.test('the campaign’s own longest call stands where it is shorter, and a trunk without a limit has none', async t => {
  t.match(talking(undefined).orders, [{ maxCallMs: 10 * hourMs }])
  t.same(ofKind(talking(undefined).harness.passUntil(30 * hourMs), 'hang-up'), [])
  t.match(talking(20 * hourMs).orders, [{ maxCallMs: 10 * hourMs }])
})

t.test('many calls are looked after by one deadline, each ended at its own time', async t => {
  const harness = createEngineHarness({ agents: 3, campaign: { maxCallMs: 10 * hourMs } })
  limit(harness, hourMs)
  harness.feed({ kind: 'campaign-start', campaignId: 'spring' }, 0)
  const calls = [...harness.state.calls.keys()]
  const feedAt = (input: Input, at: number) => harness.feed(input, at)
  for (const [index, callId] of calls.entries()) {
    const at = 1_000 + index * 2_000
    const [connect] = ofKind(feedAt({ kind: 'call-answered', callId, at }, at), 'connect')
    if (connect === undefined) throw new TypeError('an agent is free')
    feedAt({ kind: 'call-connected', callId, agentId: connect.order.agentId, at: at + 1 }, at + 1)
    if (index === 0) feedAt({ kind: 'campaign-pause', campaignId: 'spring' }, at + 2)
  }
  // The first hangs up by itself: what it had set must not end the others early.
  feedAt({ kind: 'call-ended', callId: calls[0] ?? '', cause: 'hung-up-by-peer', at: 20_000 }, 20_000)
  const heldMs = calls.map((_, index) => 1_000 + index * 2_000 + hourMs)
  t.same(ofKind(harness.passUntil((heldMs[1] ?? 0) - 1), 'hang-up'), [])
  t.match(ofKind(harness.passUntil(heldMs[1] ?? 0), 'hang-up'), [{ callId: calls[1] }])
  t.same(ofKind(harness.passUntil((heldMs[2] ?? 0) - 1), 'hang-up'), [])
  const last = ofKind(harness.passUntil(heldMs[2] ?? 0), 'hang-up').map(({ callId }) => callId)
  t.same(last, [calls[2]], 'the PBX has not told the end of the second: it is not asked again for that')
})

t.test('calls of every origin end; who hears the message is not cut off', async t => {
  const cases = [
    ['manual', 'connected', true],
    ['inbound', 'waiting', true],
    ['inbound', 'screening', true],
    ['inbound', 'connected', true],
    ['campaign', 'connected', true],
    ['campaign', 'announcing', false],
    ['campaign', 'ringing', false],
  ] as const
  for (const [origin, state, ends] of cases) {
    const { harness, call } = worldWith(origin, phases[state])
    limit(harness, 5 * minuteMs)
    limitCall({ state: harness.state, now: 5_500, effects: [] }, call)
    const before = ofKind(harness.passUntil(5_000 + 5 * minuteMs - 1), 'hang-up').length
    const due = ofKind(harness.passUntil(5_000 + 5 * minuteMs), 'hang-up').length
    t.equal(due > 0 && call.endingAs === 'longest-call', ends, `${origin} ${state}: ${before} ${due}`)
  }
})

t.test("a trunk's longest call is that of its own calls, and ends each once", async t => {
  const { harness } = talking(hourMs, 2, twoTrunks)
  const callOn = (trunk: string) =>
    [...harness.state.calls.values()].flatMap(({ callId, trunkId }) => (trunkId === trunk ? [callId] : []))
  const [main, other] = [callOn('main'), callOn('other')]
  t.same([main.length, other.length], [1, 1])
  const endedIn = (now: number) => ofKind(harness.passUntil(now), 'hang-up').map(({ callId }) => callId)
  t.same(endedIn(1_000 + hourMs), main)
  t.match(harness.state.trunks.get('main'), { longestCallAt: undefined }, 'nobody else is on it')
  t.same(endedIn(2 * hourMs), [])
  t.same(endedIn(1_000 + 2 * hourMs), other)
})

t.test('a call that outlived a restart is as old as its originate', async t => {
  const harness = createEngineHarness({ agents: 1 })
  limit(harness, hourMs)
  const attempt = {
    origin: 'campaign',
    callId: 'old',
    campaignId: 'spring',
    leadId: 1,
    number: '+12125550101',
    nodeId: 'pbx',
    trunkId: 'main',
    callerId: '+12125550100',
    originatedAt: 0,
  } as const
  harness.feed({ kind: 'recovered', open: [attempt] }, 30 * minuteMs)
  const inventory = {
    calls: [{ callId: 'old', state: 'connected', agentId: 'a1' }],
    agents: ['a1'],
    unattended: [],
  } as const
  harness.feed({ kind: 'node-up', nodeId: 'pbx', inventory, at: 30 * minuteMs }, 30 * minuteMs)
  t.equal(harness.state.calls.get('old')?.phase.state, 'connected')
  t.same(ofKind(harness.passUntil(hourMs - 1), 'hang-up'), [])
  t.equal(ofKind(harness.passUntil(hourMs), 'hang-up').length, 1)
})

t.test('a person who has been given to an agent and is not joined yet is not cut off', async t => {
  const harness = createEngineHarness({ agents: 1, campaign: { maxCallMs: 10 * hourMs } })
  limit(harness, 1_000)
  harness.feed({ kind: 'campaign-start', campaignId: 'spring' }, 0)
  const [callId = ''] = harness.state.calls.keys()
  const [connect] = ofKind(harness.feed({ kind: 'call-answered', callId, at: 1_000 }, 1_000), 'connect')
  t.same(ofKind(harness.passUntil(2_500), 'hang-up'), [], 'their second is over')
  const agentId = connect?.order.agentId ?? ''
  t.same(ofKind(harness.feed({ kind: 'call-connected', callId, agentId, at: 2_600 }, 2_600), 'hang-up'), [])
  t.match(ofKind(harness.passUntil(3_600), 'hang-up'), [{ callId }], 'they are looked at again')
})
