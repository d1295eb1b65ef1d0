import t from 'tap'
import type { PbxInventory } from '../../../src/core/inputs.ts'
import { createEngineHarness, type EngineHarness, fictionalNumber, ofKind } from '../../support/engineHarness.ts'
import { origins, phases, statesOf, worldWith } from './callWorld.ts'

const target = { targetId: 'desk', endpoint: 'PJSIP/2001' }
const talking = () => worldWith('campaign', phases.connected)
const agentOf = ({ state }: EngineHarness) => state.agents.get('a1')?.phase.state

function transfer({ feed }: EngineHarness, blind: boolean, now = 6_000) {
  return feed({ kind: 'call-transfer', callId: 'c', target, blind }, now)
}
const up = ({ feed }: EngineHarness, at = 8_000) => feed({ kind: 'target-up', callId: 'c', at }, at)
const joined = ({ feed }: EngineHarness, to: 'agent' | 'person', now = 8_100) =>
  feed({ kind: 'target-joined', callId: 'c', to }, now)
const down = ({ feed }: EngineHarness, at: number) =>
  feed({ kind: 'target-down', callId: 'c', cause: 'hung-up-by-peer', at }, at)
const told = (effects: Parameters<typeof ofKind>[0]) =>
  ofKind(effects, 'notify').flatMap(({ event }) => (event.kind === 'call-transfer' ? [event.state] : []))

/** The person is with the desk since 8 100. */
function givenOn() {
  const { harness, call } = talking()
  transfer(harness, true)
  up(harness)
  const effects = joined(harness, 'person')
  return { harness, call, effects }
}

t.test('blind: the person hears music until the target has them, and the agent writes up', async t => {
  const { harness, call } = talking()
  const ordered = transfer(harness, true)
  t.match(ofKind(ordered, 'hold'), [{ order: { on: true } }])
  const order = { callId: 'c', agentId: 'a1', endpoint: 'PJSIP/2001', callerId: '+12125550100' }
  t.strictSame(ofKind(ordered, 'call-target'), [{ kind: 'call-target', nodeId: 'pbx', order }])
  t.match(ofKind(up(harness), 'join-target'), [
    { order: { to: 'person', talk: { answeredAt: 5_000, connectedAt: 5_100, transferred: { to: 'desk' } } } },
  ])
  t.equal(agentOf(harness), 'on-call', 'not before it is so')
  t.same(told(joined(harness, 'person')), ['done'])
  t.equal(agentOf(harness), 'wrap-up')
  t.match(call, { held: undefined, transfer: undefined, phase: { transferred: { at: 8_100, to: 'desk' } } })
  t.ok(harness.state.numbersInFlight.has('+12125550101'), 'nobody calls them meanwhile')
  const word = harness.feed({ kind: 'wrap-up', callId: 'c', code: 'sale', refusal: false }, 9_000)
  t.match(ofKind(word, 'wrapped-up'), [{ wrapUp: { callId: 'c', code: 'sale' } }])
  t.equal(agentOf(harness), 'available')
  const ended = harness.feed({ kind: 'call-ended', callId: 'c', cause: 'hung-up-by-peer', at: 60_000 }, 60_000)
  t.match(ofKind(ended, 'attempt-ended')[0]?.end, {
    ...{ disposition: 'connected', agentId: 'a1', connectedAt: 5_100 },
    ...{ transferredAt: 8_100, transferredTo: 'desk', endedAt: 60_000 },
  })
  t.equal(agentOf(harness), 'available', 'it is theirs no more')
})

t.test('the end of a call that was given on takes nothing from its agent, nor makes their word anew', async t => {
  const { harness } = givenOn()
  harness.feed({ kind: 'call-ended', callId: 'c', cause: 'hung-up-by-peer', at: 9_000 }, 9_000)
  t.equal(agentOf(harness), 'wrap-up', 'they still write')
  const word = { kind: 'wrap-up', callId: 'c', code: 'sale', refusal: false } as const
  t.equal(ofKind(harness.feed(word, 10_000), 'wrapped-up').length, 1)
  const second = givenOn()
  second.harness.feed(word, 9_000)
  second.harness.feed({ kind: 'call-ended', callId: 'c', cause: 'hung-up-by-peer', at: 10_000 }, 10_000)
  t.match(ofKind(second.harness.feed(word, 11_000), 'rejected'), [{ code: 'already-wrapped-up' }])
})

t.test('pacing learns how long the agent talked, once, and no abandonment is counted', async t => {
  const { harness } = talking()
  const campaign = harness.state.campaigns.get('spring')
  if (campaign === undefined) throw new TypeError('a campaign expected')
  const seen: unknown[] = []
  const { observe } = campaign.pacer
  campaign.pacer.observe = (what, now) => {
    seen.push(what)
    observe.call(campaign.pacer, what, now)
  }
  transfer(harness, true)
  up(harness)
  joined(harness, 'person')
  harness.feed({ kind: 'call-ended', callId: 'c', cause: 'hung-up-by-peer', at: 60_000 }, 60_000)
  t.match(seen, [{ kind: 'talk-ended', talkMs: 3_000 }])
  t.equal(campaign.progress.counters.abandoned, 0)
})

t.test('with a word first: the agent talks with the target, then leaves, or all three talk', async t => {
  const { harness, call } = talking()
  transfer(harness, false)
  t.match(ofKind(up(harness), 'join-target'), [{ order: { to: 'agent' } }])
  t.same(told(joined(harness, 'agent')), ['talking'])
  t.ok(call.held, 'the person hears music')
  harness.feed({ kind: 'call-hold', callId: 'c', on: false }, 9_000)
  t.equal(call.transfer?.state, 'talking', 'three')
  const complete = harness.feed({ kind: 'call-transfer-end', callId: 'c', how: 'complete' }, 10_000)
  t.match(ofKind(complete, 'join-target'), [{ order: { to: 'person' } }])
  joined(harness, 'person', 10_100)
  t.equal(agentOf(harness), 'wrap-up')
})

t.test('where nobody answers, the agent has the person back, in whatever way it fails', async t => {
  const ways: Record<string, (harness: EngineHarness) => ReturnType<EngineHarness['feed']>> = {
    'no answer': harness => down(harness, 50_000),
    'they hang up while the agent talks with them': harness => {
      up(harness)
      joined(harness, 'agent')
      return down(harness, 50_000)
    },
    'they cannot be joined': harness => {
      up(harness)
      return down(harness, 50_000)
    },
    'the agent takes back': harness => harness.feed({ kind: 'call-transfer-end', callId: 'c', how: 'return' }, 50_000),
  }
  for (const [name, fail] of Object.entries(ways)) {
    const { harness, call } = talking()
    transfer(harness, false)
    const effects = fail(harness)
    t.match(ofKind(effects, 'hold'), [{ order: { on: false } }], name)
    t.equal(call.transfer, undefined)
    t.equal(call.held, undefined)
    t.equal(agentOf(harness), 'on-call')
    t.equal(ofKind(effects, 'drop-target').length, name === 'the agent takes back' ? 1 : 0)
    t.same(ofKind(joined(harness, 'person', 51_000), 'rejected'), [], 'what comes late changes nothing')
    t.equal(agentOf(harness), 'on-call')
  }
})

t.test('when the target has gone the person is not left in silence, nor when the agent has', async t => {
  const { harness } = givenOn()
  t.match(ofKind(down(harness, 20_000), 'hang-up'), [{ callId: 'c' }])
  const second = givenOn()
  const left = second.harness.feed({ kind: 'agent-leg-down', agentId: 'a1', cause: 'lost', at: 9_000 }, 9_000)
  t.same(ofKind(left, 'hang-up'), [], 'the agent was out of it')
  const third = talking()
  transfer(third.harness, false)
  const alone = third.harness.feed({ kind: 'agent-leg-down', agentId: 'a1', cause: 'lost', at: 9_000 }, 9_000)
  t.match(ofKind(alone, 'hang-up'), [{ callId: 'c' }])
})

t.test('only a conversation is transferred, once at a time, and completed when somebody is there', async t => {
  const code = (effects: Parameters<typeof ofKind>[0]) => ofKind(effects, 'rejected')[0]?.code
  for (const origin of origins)
    for (const state of statesOf[origin]) {
      const effects = transfer(worldWith(origin, phases[state]).harness, true)
      t.equal(code(effects), state === 'connected' ? undefined : 'illegal-transition', `${origin} ${state}`)
    }
  const { harness } = talking()
  t.equal(code(harness.feed({ kind: 'call-transfer-end', callId: 'c', how: 'complete' }, 5_900)), 'illegal-transition')
  transfer(harness, false)
  t.equal(code(transfer(harness, true, 6_100)), 'illegal-transition')
  t.equal(code(harness.feed({ kind: 'call-transfer-end', callId: 'c', how: 'complete' }, 6_200)), 'illegal-transition')
  const given = givenOn().harness
  t.equal(code(transfer(given, true, 9_000)), 'illegal-transition', 'they are the target’s now')
  t.equal(code(given.feed({ kind: 'call-hold', callId: 'c', on: true }, 9_100)), 'illegal-transition')
})

t.test('an engine that comes after this one knows whose talk it was, and ends whom nobody is with', async t => {
  const talk = { agentId: 'a1', connectedAt: -3_000, transferred: { at: -1_000, to: 'desk' } }
  const kept = [{ callId: 'c', answeredAt: -3_100, talk }]
  const begun = { callId: 'c', campaignId: 'spring', leadId: 1, number: fictionalNumber(1), nodeId: 'pbx' }
  const attempt = {
    origin: 'campaign',
    ...begun,
    trunkId: 'main',
    callerId: '+12125550100',
    originatedAt: -9_000,
  } as const
  const restarted = (calls: PbxInventory['calls'], record: PbxInventory['kept'] = kept) => {
    const harness = createEngineHarness({ agents: 1 })
    harness.feed({ kind: 'node-down', nodeId: 'pbx', at: 10 }, 10)
    harness.feed({ kind: 'recovered', open: [attempt] }, 20)
    const inventory = { calls, agents: ['a1'], unattended: [], kept: record }
    return { harness, effects: harness.feed({ kind: 'node-up', nodeId: 'pbx', inventory, at: 100 }, 100) }
  }
  const { harness, effects } = restarted([{ callId: 'c', state: 'connected', transferred: true }])
  t.same(ofKind(effects, 'hang-up'), [])
  t.equal(agentOf(harness), 'available')
  const ended = harness.feed({ kind: 'call-ended', callId: 'c', cause: 'hung-up-by-peer', at: 9_000 }, 9_000)
  const record = {
    disposition: 'connected',
    agentId: 'a1',
    connectedAt: -3_000,
    transferredAt: -1_000,
    transferredTo: 'desk',
  }
  t.match(ofKind(ended, 'attempt-ended')[0]?.end, { ...record, endedAt: 9_000 })
  t.match(ofKind(restarted([{ callId: 'c', state: 'waiting' }]).effects, 'hang-up'), [{ callId: 'c' }], 'alone')
  const over = [{ ...kept[0], callId: 'c', answeredAt: -3_100, end: { endedAt: -500, byPeer: true } }]
  t.match(ofKind(restarted([], over).effects, 'attempt-ended')[0]?.end, { ...record, endedAt: -500 })
})

t.test('a link that was broken: a transfer under way is over, one that was made goes on', async t => {
  const back = (harness: EngineHarness, call: PbxInventory['calls'][number]) => {
    harness.feed({ kind: 'node-down', nodeId: 'pbx', at: 9_000 }, 9_000)
    const inventory = { calls: [call], agents: ['a1'], unattended: [] }
    return harness.feed({ kind: 'node-up', nodeId: 'pbx', inventory, at: 10_000 }, 10_000)
  }
  const calling = talking()
  transfer(calling.harness, false)
  const failed = back(calling.harness, { callId: 'c', state: 'connected', agentId: 'a1', held: true })
  t.same(told(failed), ['failed'])
  t.match(ofKind(failed, 'hold'), [{ order: { on: false } }])
  const made = givenOn()
  t.same(ofKind(back(made.harness, { callId: 'c', state: 'connected', transferred: true }), 'hang-up'), [])
  t.equal(ofKind(back(made.harness, { callId: 'c', state: 'waiting' }), 'hang-up').length, 1)
})
