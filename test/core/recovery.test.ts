import t from 'tap'
import type { AttemptStart } from '../../src/core/calls/call.ts'
import { talkingSince } from '../../src/core/dialing/dayUse.ts'
import type { KeptCall, PbxInventory } from '../../src/core/inputs.ts'
import { dayMs, hourMs } from '../../src/core/time.ts'
import { createEngineHarness, fictionalNumber, ofKind } from '../support/engineHarness.ts'

const empty: PbxInventory = { calls: [], agents: [], unattended: [] }

function open(callId: string, leadId: number): AttemptStart {
  return {
    origin: 'campaign',
    ...{ callId, campaignId: 'spring', leadId, number: fictionalNumber(leadId), nodeId: 'pbx', trunkId: 'main' },
    ...{ callerId: '+12125550100', originatedAt: -5_000 },
  }
}

/** A fresh engine whose node is down, with these attempts left by a previous run. */
function restarted(attempts: readonly AttemptStart[], agents = 2) {
  const harness = createEngineHarness({ agents })
  harness.feed({ kind: 'node-down', nodeId: 'pbx', at: 10 }, 10)
  for (let index = 1; index <= agents; index += 1) {
    harness.feed({ kind: 'agent-leg-down', agentId: `a${index}`, cause: 'lost', at: 10 }, 10)
  }
  harness.feed({ kind: 'recovered', open: attempts }, 20)
  return harness
}

t.test('every attempt of a previous run is adopted or ended exactly once when the inventory comes', async t => {
  const names = ['gone', 'heard', 'ringing', 'talking', 'message', 'nobody-holds']
  const harness = restarted(names.map((name, index) => open(name, index + 1)))
  const inventory: PbxInventory = {
    agents: ['a1'],
    calls: [
      { callId: 'ringing', state: 'ringing', sipCallId: 'sip-1' },
      { callId: 'talking', state: 'connected', agentId: 'a1' },
      { callId: 'nobody-holds', state: 'connected' },
      { callId: 'message', state: 'announcing' },
      { callId: 'orphan', state: 'ringing' },
    ],
    unattended: [
      { callId: 'heard', reason: 'app-gone', answeredAt: -2_000, optedOut: true, sipCallId: 'sip-2' },
      { callId: 'long-counted', reason: 'app-decided', answeredAt: -9_000, optedOut: false },
    ],
  }
  const effects = harness.feed({ kind: 'node-up', nodeId: 'pbx', inventory, at: 100 }, 100)
  t.match(
    ofKind(effects, 'attempt-ended').map(effect => effect.end),
    [
      {
        callId: 'gone',
        disposition: 'failed',
        detail: 'recovered',
        countsAsAttempt: true,
        leadRetryAt: 4 * hourMs + 100,
      },
      { callId: 'heard', disposition: 'abandoned', detail: 'application-gone', answeredAt: -2_000, sipCallId: 'sip-2' },
    ],
  )
  t.match(ofKind(effects, 'opt-out'), [{ number: fictionalNumber(2), by: 'opt-out-key', everybody: true }])
  t.same(
    ofKind(effects, 'hang-up').map(effect => effect.callId),
    ['nobody-holds', 'orphan'],
    'legs that nobody owns end',
  )
  t.same(ofKind(effects, 'acknowledge-unattended')[0]?.callIds, ['heard', 'long-counted'])
  t.match(harness.state.agents.get('a1')?.phase, { state: 'on-call', callId: 'talking' })
  t.equal(harness.state.calls.get('message')?.phase.state, 'announcing')
  t.match(harness.state.campaigns.get('spring')?.progress.counters, { attempts: 6, abandoned: 2, connected: 1 })
  const later = harness.feed({ kind: 'call-ended', callId: 'talking', cause: 'hung-up-by-peer', at: 900 }, 900)
  t.match(ofKind(later, 'attempt-ended')[0]?.end, { disposition: 'connected', agentId: 'a1' })
})

t.test('whose phone stopped ringing while the engine was gone has the end that the PBX kept', async t => {
  const harness = restarted([open('busy', 1), open('refuses', 2), open('late', 3)])
  const unanswered = [
    { callId: 'busy', endedAt: 40, cause: 'busy', sipCode: 486 },
    { callId: 'refuses', endedAt: -90_000, cause: 'unwanted', sipCode: 607 },
    { callId: 'late', endedAt: 900_000, cause: 'no-answer' },
    { callId: 'elsewhere', endedAt: 40, cause: 'busy' },
  ] as const
  const inventory = { ...empty, unanswered }
  const effects = harness.feed({ kind: 'node-up', nodeId: 'pbx', inventory, at: 100 }, 100)
  const ends = ofKind(effects, 'attempt-ended').map(({ end }) => end)
  t.match(ends, [
    { callId: 'busy', disposition: 'busy', sipCode: 486, endedAt: 40, countsAsAttempt: true },
    { callId: 'refuses', disposition: 'rejected', sipCode: 607, endedAt: -5_000 },
    { callId: 'late', disposition: 'no-answer', endedAt: 100 },
  ])
  for (const { detail } of ends) t.equal(detail, undefined, 'all is known of it')
  t.match(ofKind(effects, 'opt-out'), [{ callId: 'refuses', by: 'network' }], 'a refusal is heard late, and heard')
  const acknowledged = ofKind(effects, 'acknowledge-unattended')[0]?.callIds ?? []
  t.same(acknowledged.slice(0, 3), ['busy', 'refuses', 'late'])
})

t.test('a person who hung up inside the two seconds while the engine was gone is counted by that word', async t => {
  const harness = restarted([open('left', 1)])
  const record = { callId: 'left', reason: 'hung-up', answeredAt: -3_000, optedOut: false } as const
  const up = harness.feed(
    { kind: 'node-up', nodeId: 'pbx', inventory: { ...empty, unattended: [record] }, at: 100 },
    100,
  )
  t.match(ofKind(up, 'attempt-ended')[0]?.end, { disposition: 'hung-up-waiting', answeredAt: -3_000 })
  t.match(harness.state.campaigns.get('spring')?.progress.counters, { answered: 1, abandoned: 1 })
})

t.test('an adopted call that still rings is answered for like any other', async t => {
  const harness = restarted([open('ringing', 1)])
  const inventory: PbxInventory = { ...empty, agents: ['a2'], calls: [{ callId: 'ringing', state: 'ringing' }] }
  harness.feed({ kind: 'node-up', nodeId: 'pbx', inventory, at: 100 }, 100)
  const answered = harness.feed({ kind: 'call-answered', callId: 'ringing', at: 2_000 }, 2_000)
  t.match(ofKind(answered, 'connect')[0]?.order, { callId: 'ringing', agentId: 'a2' })
})

t.test('what becomes of an adopted call that still rings is seen, and nothing of it is unknown', async t => {
  const rings = (callId: string) => ({ callId, state: 'ringing' }) as const
  const up = (inventory: PbxInventory, at: number) => ({ kind: 'node-up', nodeId: 'pbx', inventory, at }) as const
  const harness = restarted([open('busy', 1), open('talks', 2), open('lost', 3)])
  const calls = [rings('busy'), rings('talks'), rings('lost')]
  harness.feed(up({ ...empty, agents: ['a2'], calls }, 100), 100)
  const busy = harness.feed({ kind: 'call-ended', callId: 'busy', cause: 'busy', sipCode: 486, at: 900 }, 900)
  const [end] = ofKind(busy, 'attempt-ended').map(effect => effect.end)
  t.match(end, { disposition: 'busy', sipCode: 486, endedAt: 900 })
  t.equal(end?.detail, undefined)
  harness.feed({ kind: 'call-answered', callId: 'talks', at: 2_000 }, 2_000)
  harness.feed({ kind: 'call-connected', callId: 'talks', agentId: 'a2', at: 2_100 }, 2_100)
  const over = harness.feed({ kind: 'call-ended', callId: 'talks', cause: 'hung-up-by-peer', at: 9_000 }, 9_000)
  const [talk] = ofKind(over, 'attempt-ended').map(effect => effect.end)
  t.match(talk, { disposition: 'connected', answeredAt: 2_000, connectedAt: 2_100, endedAt: 9_000 })
  t.equal(talk?.detail, undefined)
  harness.feed({ kind: 'node-down', nodeId: 'pbx', at: 9_100 }, 9_100)
  const gone = ofKind(harness.feed(up(empty, 9_200), 9_200), 'attempt-ended').map(effect => effect.end)
  t.match(gone, [{ callId: 'lost', disposition: 'failed', detail: 'recovered' }], 'whose end nobody has seen is lost')
})

t.test('an attempt of a campaign that is gone still ends', async t => {
  const harness = restarted([{ ...open('gone', 1), campaignId: 'winter' }])
  const effects = harness.feed({ kind: 'node-up', nodeId: 'pbx', inventory: empty, at: 100 }, 100)
  t.match(ofKind(effects, 'attempt-ended')[0]?.end, { callId: 'gone', disposition: 'failed', detail: 'recovered' })
})

t.test('nobody waits for the inventory of a node that is gone', async t => {
  const harness = createEngineHarness({ agents: 1 })
  const effects = harness.feed({ kind: 'recovered', open: [{ ...open('gone', 1), nodeId: 'sold' }] }, 20)
  t.match(ofKind(effects, 'attempt-ended')[0]?.end, { callId: 'gone', disposition: 'failed', countsAsAttempt: true })
  t.equal(harness.state.unresolved.size, 0)
})

t.test('every campaign is looked at in the step in which a PBX is back', async t => {
  const harness = createEngineHarness({ agents: 1 })
  harness.feed({ kind: 'node-down', nodeId: 'pbx', at: 500 }, 500)
  harness.feed({ kind: 'campaign-start', campaignId: 'spring' }, 1_000)
  harness.passUntil(3_000)
  const back = { kind: 'node-up', nodeId: 'pbx', inventory: { ...empty, agents: ['a1'] }, at: 3_001 } as const
  t.equal(ofKind(harness.feed(back, 3_001), 'originate').length, 1)
})

t.test('an attempt of any origin is adopted as what it was, or ended', async t => {
  const way = { campaignId: 'spring', nodeId: 'pbx', trunkId: 'main', callerId: '+12125550100', originatedAt: -5_000 }
  const manual = (callId: string): AttemptStart => {
    return { origin: 'manual', callId, ...way, agentId: 'a1', number: '+12125550161' }
  }
  const inbound = (callId: string): AttemptStart => ({ origin: 'inbound', callId, ...way })
  const seen = (attempt: AttemptStart, state?: PbxInventory['calls'][number]['state'], agents = ['a1', 'a2']) => {
    const harness = restarted([attempt])
    const calls = state === undefined ? [] : [{ callId: attempt.callId, state, agentId: 'a1' }]
    const effects = harness.feed(
      { kind: 'node-up', nodeId: 'pbx', inventory: { ...empty, agents, calls }, at: 100 },
      100,
    )
    const orders = effects.flatMap(({ kind }) => (['connect', 'hang-up', 'play-message'].includes(kind) ? [kind] : []))
    const call = harness.state.calls.get(attempt.callId)
    const phase = call?.phase.state ?? ofKind(effects, 'attempt-ended')[0]?.end.disposition
    const abandoned = Number(phase === 'announcing')
    t.match(harness.state.campaigns.get('spring')?.progress.counters, { attempts: 0, answered: abandoned, abandoned })
    return { call, came: [phase, ...orders].join(', '), agent: harness.state.agents.get('a1')?.phase.state }
  }
  t.match(seen(manual('m')), { came: 'failed', agent: 'available' })
  t.match(seen(manual('m'), 'ringing'), { came: 'originating', agent: 'reserved', call: { origin: 'manual' } })
  t.match(seen(manual('m'), 'waiting'), { came: 'connected, connect', agent: 'reserved' })
  t.match(seen(manual('m'), 'waiting', ['a2']), { came: 'announcing, play-message' }, 'its agent is gone')
  t.match(seen(manual('m'), 'connected'), { came: 'connected', agent: 'on-call' })
  t.match(seen(manual('m'), 'announcing'), { came: 'announcing', agent: 'available' }, 'they hear the message')
  t.match(seen(inbound('i')), { came: 'failed' })
  const told = { came: 'informing', agent: 'available', call: { origin: 'inbound' } }
  t.match(seen(inbound('i'), 'ringing'), told)
  t.match(seen(inbound('i'), 'waiting'), told, 'no agent takes who calls the respect line, free or not')
  t.match(seen(inbound('i'), 'waiting', []), { came: 'informing' })
  t.match(seen(inbound('i'), 'connected'), { came: 'connected', agent: 'on-call' })
})

t.test('what a gone campaign left open ends as its origin wants', async t => {
  const way = { campaignId: 'winter', nodeId: 'pbx', trunkId: 'main', callerId: '+12125550100', originatedAt: 0 }
  const harness = restarted([
    { origin: 'manual', callId: 'm', ...way, agentId: 'a1', leadId: 7, number: '+12125550161' },
    { origin: 'inbound', callId: 'i', ...way, leadId: 8 },
  ])
  const up = harness.feed({ kind: 'node-up', nodeId: 'pbx', inventory: empty, at: 100 }, 100)
  const base = { campaignId: 'winter', disposition: 'failed', detail: 'recovered', endedAt: 100 }
  t.same(
    ofKind(up, 'attempt-ended').map(({ end }) => end),
    [
      {
        ...base,
        ...{ callId: 'm', origin: 'manual', leadId: 7, number: '+12125550161', agentId: 'a1' },
        ...{ leadRetryAt: null, countsAsAttempt: true },
      },
      { ...base, callId: 'i', origin: 'inbound', leadId: 8, countsAsAttempt: false },
    ],
  )
})

t.test('a number that may still ring on a node that has not come back is not called on another', async t => {
  const harness = createEngineHarness({ agents: 1 })
  harness.feed({ kind: 'nodes', nodeIds: ['far'] }, 10)
  harness.feed({ kind: 'recovered', open: [{ ...open('rings', 1), nodeId: 'far', campaignId: 'autumn' }] }, 20)
  const effects = harness.feed({ kind: 'campaign-start', campaignId: 'spring' }, 1_000)
  t.same(
    ofKind(effects, 'originate').map(({ order }) => order.attempt.number),
    [fictionalNumber(2)],
  )
})

t.test('a PBX that restarts: calls end with a disposition, agents are called again, dialing resumes', async t => {
  const harness = createEngineHarness({ agents: 2 })
  harness.feed({ kind: 'campaign-start', campaignId: 'spring' }, 1_000)
  const [c1, c2] = [...harness.state.calls.keys()]
  if (c1 === undefined || c2 === undefined) throw new TypeError('two calls expected')
  harness.feed({ kind: 'call-answered', callId: c1, at: 2_000 }, 2_000)
  harness.feed({ kind: 'call-connected', callId: c1, agentId: 'a1', at: 2_002 }, 2_002)
  const down = harness.feed({ kind: 'node-down', nodeId: 'pbx', at: 3_000 }, 3_000)
  t.equal(ofKind(down, 'originate').length, 0)
  t.equal(ofKind(harness.passUntil(9_000), 'originate').length, 0, 'nothing is dialed while the node is down')
  const up = harness.feed({ kind: 'node-up', nodeId: 'pbx', inventory: empty, at: 10_000 }, 10_000)
  t.match(
    ofKind(up, 'attempt-ended').map(effect => [effect.end.callId, effect.end.disposition]),
    [
      [c1, 'connected'],
      [c2, 'failed'],
    ],
  )
  t.same(
    ofKind(up, 'call-agent').map(effect => effect.agentId),
    ['a1', 'a2'],
  )
  const back = harness.feed({ kind: 'agent-leg-up', agentId: 'a1', nodeId: 'pbx', by: 'engine', at: 11_000 }, 11_000)
  t.equal(ofKind(back, 'originate').length, 1)
})

t.test('agents whose legs a PBX took with it are rung until they are there again, unless they log out', async t => {
  const harness = createEngineHarness({ agents: 3 })
  const down = (agentId: string, at: number) => {
    return harness.feed({ kind: 'agent-leg-down', agentId, cause: 'hung-up-by-peer', at }, at)
  }
  down('a3', 1_000)
  down('a1', 60_000)
  down('a2', 60_000)
  harness.feed({ kind: 'node-down', nodeId: 'pbx', at: 60_500 }, 60_500)
  t.same(ofKind(harness.feed({ kind: 'agent-logout', agentId: 'a2', force: false }, 61_000), 'rejected'), [])
  const up = harness.feed({ kind: 'node-up', nodeId: 'pbx', inventory: empty, at: 62_000 }, 62_000)
  const rung = (effects: typeof up) => ofKind(effects, 'call-agent').map(effect => effect.agentId)
  t.same(rung(up), ['a1'], 'a3 had left long before, a2 has logged out')
  down('a1', 62_100)
  t.same(rung(harness.passUntil(65_099)), [])
  t.same(rung(harness.passUntil(65_100)), ['a1'], 'the softphone had not registered yet')
  harness.feed({ kind: 'agent-leg-up', agentId: 'a1', nodeId: 'pbx', by: 'engine', at: 66_000 }, 66_000)
  t.equal(harness.state.agents.get('a1')?.phase.state, 'available')
  down('a1', 200_000)
  t.same(rung(harness.passUntil(300_000)), [], 'who hangs up of their own accord is left alone')
})

t.test('a link that flaps loses nothing: what went on meanwhile is followed from the inventory', async t => {
  const harness = createEngineHarness({ agents: 4 })
  harness.feed({ kind: 'campaign-start', campaignId: 'spring' }, 1_000)
  const [c1, c2, c3, c4] = [...harness.state.calls.keys()]
  if (!c1 || !c2 || !c3 || !c4) throw new TypeError('four calls expected')
  for (const callId of [c1, c2, c3, c4]) harness.feed({ kind: 'call-ringing', callId, at: 1_100 }, 1_100)
  harness.feed({ kind: 'node-down', nodeId: 'pbx', at: 2_000 }, 2_000)
  const inventory: PbxInventory = {
    agents: ['a1', 'a2', 'a3', 'a4'],
    calls: [
      { callId: c1, state: 'ringing' },
      { callId: c2, state: 'announcing' },
    ],
    unattended: [{ callId: c3, reason: 'app-gone', answeredAt: 2_500, optedOut: false }],
  }
  const up = harness.feed({ kind: 'node-up', nodeId: 'pbx', inventory, at: 9_000 }, 9_000)
  t.match(
    ofKind(up, 'attempt-ended').map(effect => [effect.end.callId, effect.end.disposition]),
    [
      [c3, 'abandoned'],
      [c4, 'failed'],
    ],
  )
  t.equal(harness.state.calls.get(c1)?.phase.state, 'ringing')
  t.equal(harness.state.calls.get(c2)?.phase.state, 'announcing')
})

t.test('what a campaign counted and learned before the restart goes on', async t => {
  const harness = createEngineHarness({ agents: 1 })
  const counters = {
    attempts: 90,
    answered: 40,
    answeredByPerson: 30,
    connected: 29,
    abandoned: 1,
    doNotCallBlocked: 2,
  }
  const restored = harness.feed({ kind: 'campaign-restored', campaignId: 'spring', counters, running: true }, 50)
  t.equal(harness.state.campaigns.get('spring')?.state, 'running')
  t.equal(ofKind(restored, 'originate').length, 1)
  t.match(harness.state.campaigns.get('spring')?.progress.counters, { attempts: 91, answered: 40 })
})

/** What the PBX kept of a call that it joined with a1: answered at -4 000, joined at -3 900. */
function keptTalk(callId: string, end?: KeptCall['end']): KeptCall {
  const talk = { agentId: 'a1', connectedAt: -3_900 }
  return { callId, answeredAt: -4_000, talk, sipCallId: `sip-${callId}`, ...(end === undefined ? {} : { end }) }
}

/** What becomes of a call of a previous run, after a restart at 1 000 000. */
function afterRestart(inventory: Partial<PbxInventory>, attempt = open('c', 1)) {
  const harness = restarted([attempt])
  const told: PbxInventory = { ...empty, agents: ['a1', 'a2'], ...inventory }
  const effects = harness.feed({ kind: 'node-up', nodeId: 'pbx', inventory: told, at: 1_000_000 }, 1_000_000)
  const counters = harness.state.campaigns.get('spring')?.progress.counters
  return { harness, effects, end: ofKind(effects, 'attempt-ended')[0]?.end, counters }
}

t.test('a conversation that ended while the engine was gone has the agent and the instants that it had', async t => {
  const end = { endedAt: 60_000, byPeer: true }
  for (const agents of [['a1', 'a2'], ['a2'], []]) {
    const { end: ended, counters } = afterRestart({ agents, kept: [keptTalk('c', end)] })
    t.same(ended, {
      ...{ callId: 'c', campaignId: 'spring', origin: 'campaign', leadId: 1, number: fictionalNumber(1) },
      ...{ disposition: 'connected', agentId: 'a1', sipCallId: 'sip-c' },
      ...{ answeredAt: -4_000, connectedAt: -3_900, endedAt: 60_000, leadRetryAt: null, countsAsAttempt: true },
    })
    t.match(counters, { answered: 1, answeredByPerson: 1, connected: 1, abandoned: 0 })
  }
  const byHand: AttemptStart = { ...open('c', 1), origin: 'manual', agentId: 'a1', number: fictionalNumber(1) }
  t.match(afterRestart({ kept: [keptTalk('c', end)] }, byHand).end, { disposition: 'connected', answeredAt: -4_000 })
})

t.test('a talk that was kept counts once, however often it is told', async t => {
  const kept = [keptTalk('c', { endedAt: 60_000, byPeer: false })]
  const { harness, effects } = afterRestart({ kept })
  t.same(ofKind(effects, 'acknowledge-unattended')[0]?.callIds, ['c'])
  harness.feed({ kind: 'node-down', nodeId: 'pbx', at: 1_001_000 }, 1_001_000)
  const inventory = { ...empty, kept }
  const again = harness.feed({ kind: 'node-up', nodeId: 'pbx', inventory, at: 1_002_000 }, 1_002_000)
  t.same(ofKind(again, 'attempt-ended'), [])
  t.match(harness.state.campaigns.get('spring')?.progress.counters, { answered: 1, connected: 1 })
})

t.test('instants of another clock make no call of negative length, and none in the future', async t => {
  const wrong: KeptCall = {
    ...{ callId: 'c', answeredAt: -90_000, talk: { agentId: 'a1', connectedAt: -95_000 } },
    end: { endedAt: -99_000, byPeer: true },
  }
  t.match(afterRestart({ kept: [wrong] }).end, { answeredAt: -5_000, connectedAt: -5_000, endedAt: -5_000 })
  const late: KeptCall = {
    ...{ callId: 'c', answeredAt: 2_000_000, talk: { agentId: 'a1', connectedAt: 2_000_001 } },
    end: { endedAt: 3_000_000, byPeer: true },
  }
  t.match(afterRestart({ kept: [late] }).end, { answeredAt: 1e6, connectedAt: 1e6, endedAt: 1e6 })
})

t.test(
  'a PBX that died with the engine: its talks ended when it began anew, and whom nobody knows of rests',
  async t => {
    t.match(
      afterRestart({ kept: [keptTalk('c')], startedAt: 400_000 }).end,
      { disposition: 'connected', agentId: 'a1', answeredAt: -4_000, endedAt: 400_000, detail: 'recovered' },
      'the end is not known better',
    )
    t.match(afterRestart({ startedAt: 400_000 }).end, { disposition: 'failed', leadRetryAt: 1_000_000 + 3 * dayMs })
    t.match(afterRestart({ startedAt: -400_000 }).end, { disposition: 'failed', leadRetryAt: 1_000_000 + 4 * hourMs })
    t.match(afterRestart({ kept: [keptTalk('c')] }).end, { disposition: 'connected', endedAt: 1_000_000 })
  },
)

t.test('who answered and met nobody is abandoned, at the times that the PBX kept', async t => {
  const end = { endedAt: 9_000, byPeer: false }
  const kept = [{ callId: 'c', answeredAt: -4_000, end }]
  const record = { callId: 'c', answeredAt: -4_100, optedOut: false } as const
  t.match(afterRestart({ kept }).end, { disposition: 'abandoned', answeredAt: -4_000, endedAt: 9_000 })
  t.match(afterRestart({ kept, unattended: [{ ...record, reason: 'hung-up' }] }).end, {
    disposition: 'hung-up-waiting',
    answeredAt: -4_000,
    endedAt: 9_000,
  })
  t.match(
    afterRestart({ kept: [keptTalk('c')], unattended: [{ ...record, reason: 'app-late' }] }).end,
    { disposition: 'abandoned', detail: 'pbx-took-over', connectedAt: undefined },
    'a join that failed after all',
  )
  t.match(
    afterRestart({ kept: [keptTalk('c', end)], unattended: [{ ...record, reason: 'app-late' }] }).end,
    { disposition: 'connected', agentId: 'a1' },
    'the next one held: what is said at the end is the last word',
  )
})

t.test('a conversation that goes on keeps its own times, and has them at its end', async t => {
  const calls = [{ callId: 'c', state: 'connected', agentId: 'a1' }] as const
  const { harness, counters } = afterRestart({ calls, kept: [keptTalk('c')] })
  t.match(harness.state.calls.get('c')?.phase, { state: 'connected', answeredAt: -4_000, connectedAt: -3_900 })
  t.match(harness.state.agents.get('a1')?.phase, { state: 'on-call', callId: 'c' })
  t.match(counters, { answered: 1, connected: 1 })
  const over = harness.feed({ kind: 'call-ended', callId: 'c', cause: 'hung-up-by-peer', at: 1_001_000 }, 1_001_000)
  const [{ end } = { end: undefined }] = ofKind(over, 'attempt-ended')
  t.match(end, { disposition: 'connected', answeredAt: -4_000, connectedAt: -3_900, detail: undefined })
  t.match(harness.state.agents.get('a1')?.phase, { state: 'wrap-up' })
})

t.test('whose agent has gone meanwhile is let go, and it was a conversation', async t => {
  for (const state of ['connected', 'waiting', 'announcing'] as const) {
    const agent = state === 'connected' ? { agentId: 'a1' } : {}
    const calls = [{ callId: 'c', state, ...agent }]
    const { harness, effects, counters } = afterRestart({ calls, agents: ['a2'], kept: [keptTalk('c')] })
    t.match(ofKind(effects, 'hang-up'), [{ callId: 'c' }], state)
    t.same(ofKind(effects, 'connect'), [], 'nobody else is put on')
    t.match(counters, { answered: 1, connected: 1, abandoned: 0 })
    const over = harness.feed({ kind: 'call-ended', callId: 'c', cause: 'hung-up-by-us', at: 1_000_100 }, 1_000_100)
    t.match(ofKind(over, 'attempt-ended')[0]?.end, { disposition: 'connected', agentId: 'a1', answeredAt: -4_000 })
  }
})

t.test('who still hears the message has the time of their answer, and their key is not lost', async t => {
  const calls = [{ callId: 'c', state: 'announcing' }] as const
  const record = { callId: 'c', reason: 'app-gone', answeredAt: -4_000, optedOut: true } as const
  const { harness, effects } = afterRestart({ calls, unattended: [record] })
  t.match(harness.state.calls.get('c')?.phase, { state: 'announcing', answeredAt: -4_000 })
  t.match(ofKind(effects, 'opt-out'), [{ number: fictionalNumber(1), everybody: true }])
  t.same(ofKind(effects, 'acknowledge-unattended'), [], 'the record stays until its end is on disk')
  const living = createEngineHarness({ agents: 1 })
  living.feed({ kind: 'campaign-start', campaignId: 'spring' }, 1_000)
  const [callId = ''] = living.state.calls.keys()
  living.feed({ kind: 'node-down', nodeId: 'pbx', at: 2_000 }, 2_000)
  const inventory: PbxInventory = {
    ...{ agents: ['a1'], calls: [{ callId, state: 'announcing' }] },
    unattended: [{ ...record, callId, answeredAt: 2_500 }],
  }
  const up = living.feed({ kind: 'node-up', nodeId: 'pbx', inventory, at: 5_000 }, 5_000)
  t.match(ofKind(up, 'opt-out'), [{ callId }])
  t.match(living.state.calls.get(callId)?.phase, { state: 'announcing', answeredAt: 2_500 })
})

t.test('who waits after a restart waits since their answer', async t => {
  const calls = [{ callId: 'c', state: 'waiting' }] as const
  const { harness } = afterRestart({ calls, agents: [], kept: [{ callId: 'c', answeredAt: 999_500 }] })
  t.match(harness.state.calls.get('c')?.phase, { state: 'waiting', answeredAt: 999_500 })
})

t.test('a recovered call that ends while the link is away again has ended', async t => {
  const calls = [{ callId: 'c', state: 'connected', agentId: 'a1' }] as const
  const { harness } = afterRestart({ calls, kept: [keptTalk('c')] })
  harness.feed({ kind: 'node-down', nodeId: 'pbx', at: 1_010_000 }, 1_010_000)
  const kept = [keptTalk('c', { endedAt: 1_012_000, byPeer: true })]
  const inventory = { ...empty, agents: ['a1'], kept }
  const up = harness.feed({ kind: 'node-up', nodeId: 'pbx', inventory, at: 1_020_000 }, 1_020_000)
  t.match(ofKind(up, 'attempt-ended')[0]?.end, { disposition: 'connected', endedAt: 1_012_000, connectedAt: -3_900 })
  t.equal(harness.state.calls.size, 0)
})

t.test('what a running engine did not hear, because its link was away, it learns from what was kept', async t => {
  const harness = createEngineHarness({ agents: 1 })
  harness.feed({ kind: 'campaign-start', campaignId: 'spring' }, 1_000)
  const [callId = ''] = harness.state.calls.keys()
  harness.feed({ kind: 'call-answered', callId, at: 2_000 }, 2_000)
  harness.feed({ kind: 'node-down', nodeId: 'pbx', at: 2_001 }, 2_001)
  const kept: KeptCall = { callId, answeredAt: 2_000, talk: { agentId: 'a1', connectedAt: 2_003 } }
  const inventory = { ...empty, agents: ['a1'], kept: [{ ...kept, end: { endedAt: 2_900, byPeer: true } }] }
  const up = harness.feed({ kind: 'node-up', nodeId: 'pbx', inventory, at: 3_000 }, 3_000)
  t.match(ofKind(up, 'attempt-ended')[0]?.end, { disposition: 'connected', connectedAt: 2_003, endedAt: 2_900 })
  t.match(harness.state.campaigns.get('spring')?.progress.counters, { answered: 1, connected: 1, abandoned: 0 })
})

t.test('a key that is pressed in the message while the link is away is a refusal', async t => {
  const harness = createEngineHarness({ agents: 1 })
  harness.feed({ kind: 'campaign-start', campaignId: 'spring' }, 1_000)
  const [callId = ''] = harness.state.calls.keys()
  harness.feed({ kind: 'call-answered', callId, at: 2_000 }, 2_000)
  harness.feed({ kind: 'call-taken-over', callId, at: 3_800 }, 3_800)
  harness.feed({ kind: 'node-down', nodeId: 'pbx', at: 4_000 }, 4_000)
  const inventory = (optedOut: boolean): PbxInventory => ({
    ...{ agents: ['a1'], calls: [{ callId, state: 'announcing' }] },
    unattended: [{ callId, reason: 'app-late', answeredAt: 2_000, optedOut }],
  })
  const up = (optedOut: boolean, at: number) =>
    ofKind(harness.feed({ kind: 'node-up', nodeId: 'pbx', inventory: inventory(optedOut), at }, at), 'opt-out')
  t.same(up(false, 5_000), [])
  t.match(up(true, 6_000), [{ callId, by: 'opt-out-key', everybody: true }])
  t.match(harness.state.campaigns.get('spring')?.progress.counters, { abandoned: 1 })
})

t.test('a talk that is learned of counts for its owner as one that was heard', async t => {
  const { harness } = afterRestart({ kept: [keptTalk('c', { endedAt: 60_000, byPeer: true })] })
  const [owner] = harness.state.owners.values()
  t.match(owner?.own('spring'), [{ answers: 1, abandoned: 0 }])
})

t.test('whoever waited for us as the PBX died is abandoned, and not dialed again by itself', async t => {
  const harness = createEngineHarness({ agents: 0 })
  harness.feed({ kind: 'recovered', open: [] }, 10)
  harness.feed({ kind: 'node-down', nodeId: 'pbx', at: 20 }, 20)
  harness.feed({ kind: 'recovered', open: [open('c', 1)] }, 30)
  const waiting: PbxInventory = { ...empty, calls: [{ callId: 'c', state: 'waiting' }] }
  harness.feed({ kind: 'node-up', nodeId: 'pbx', inventory: waiting, at: 100 }, 100)
  const up = harness.feed({ kind: 'node-up', nodeId: 'pbx', inventory: { ...empty, startedAt: 150 }, at: 200 }, 200)
  t.match(ofKind(up, 'attempt-ended')[0]?.end, { disposition: 'abandoned', answeredAt: 100, leadRetryAt: null })
})

t.test('a conversation is paid for since its answer where that is known, else since its originate', async t => {
  const phase = { state: 'waiting', answeredAt: 9_000 } as const
  t.equal(talkingSince({ phase, originatedAt: 1_000 }), 9_000)
  t.equal(talkingSince({ phase, originatedAt: 1_000, recovered: true }), 1_000)
  t.equal(talkingSince({ phase, originatedAt: 1_000, recovered: true, timed: true }), 9_000)
})

t.test("another database's records stay, and a refusal in them binds us: once, however often it is told", async t => {
  const harness = restarted([open('run1-mine-1', 1), open('older-2', 2)])
  Object.assign(harness.state.callIds, { prefix: 'run2-mine' })
  const refused = { reason: 'app-gone', answeredAt: -2_000, optedOut: true } as const
  const other = fictionalNumber(70)
  const lost = fictionalNumber(71)
  const inventory: PbxInventory = {
    ...empty,
    unattended: [
      { ...refused, callId: 'run1-mine-1', number: fictionalNumber(1) },
      { ...refused, callId: 'older-2', optedOut: false },
      { ...refused, callId: 'run1-mine-9', number: lost },
      { ...refused, callId: 'run1-theirs-1', number: other },
      { ...refused, callId: 'run1-theirs-2' },
      { ...refused, callId: 'run1-theirs-3', optedOut: false, number: fictionalNumber(72) },
      { ...refused, callId: 'older-7', optedOut: false },
    ],
    kept: ['run1-mine-8', 'run1-theirs-1', 'run1-theirs-4'].map(callId => ({ callId, answeredAt: -2_000 })),
  }
  const told = (at: number) => harness.feed({ kind: 'node-up', nodeId: 'pbx', inventory, at }, at)
  const effects = told(100)
  t.same(
    ofKind(effects, 'opt-out').map(({ number, everybody }) => [number, everybody]),
    [fictionalNumber(1), lost, other].map(number => [number, true]),
    'said in a call of ours, in one that our database has lost, in one of theirs',
  )
  t.same(
    ofKind(effects, 'acknowledge-unattended')[0]?.callIds,
    ['run1-mine-1', 'older-2', 'run1-mine-9', 'run1-mine-8'],
    'ours alone, and what was on our books under an older id',
  )
  harness.feed({ kind: 'node-down', nodeId: 'pbx', at: 200 }, 200)
  t.same(ofKind(told(300), 'opt-out'), [])
})
