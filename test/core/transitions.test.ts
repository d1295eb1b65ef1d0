import t from 'tap'
import { type Agent, type AgentPhase, createAgentView, newTimes } from '../../src/core/agents/agent.ts'
import { DeadlineHeap } from '../../src/core/deadlines.ts'
import {
  createTrunk,
  nextTokenAt,
  recordAnsweredCall,
  refillTokens,
  shortCallRate,
} from '../../src/core/dialing/trunk.ts'
import type { Effect } from '../../src/core/effects.ts'
import { createEngineState } from '../../src/core/engine.ts'
import { moveAgent, type Step } from '../../src/core/step.ts'

const agentPhases: { readonly [State in AgentPhase['state']]: AgentPhase } = {
  offline: { state: 'offline', since: 1 },
  calling: { state: 'calling', since: 1 },
  available: { state: 'available', since: 1 },
  reserved: { state: 'reserved', since: 1, callId: 'c' },
  'on-call': { state: 'on-call', since: 1, callId: 'c' },
  'wrap-up': { state: 'wrap-up', since: 1, until: 9, callId: 'c' },
  paused: { state: 'paused', since: 1, reason: 'tea' },
  breather: { state: 'breather', since: 1, until: 9 },
}

/** Written out here, not read from the table that is under test. */
const legalMoves: ReadonlySet<string> = new Set([
  'offline -> calling',
  'offline -> available',
  'offline -> on-call',
  'calling -> available',
  'calling -> offline',
  'available -> reserved',
  'available -> paused',
  'available -> breather',
  'available -> offline',
  'available -> calling',
  'reserved -> on-call',
  'reserved -> available',
  'reserved -> offline',
  'reserved -> calling',
  'on-call -> wrap-up',
  'on-call -> available',
  'on-call -> offline',
  'on-call -> calling',
  'wrap-up -> available',
  'wrap-up -> paused',
  'wrap-up -> offline',
  'wrap-up -> calling',
  'paused -> available',
  'paused -> offline',
  'paused -> calling',
  'breather -> available',
  'breather -> paused',
  'breather -> offline',
  'breather -> calling',
])

function newStep(): Step & { readonly effects: Effect[] } {
  return { state: createEngineState('t'), now: 5, effects: [] }
}

function agentIn(phase: AgentPhase): Agent {
  return {
    agentId: 'a',
    name: 'a',
    endpoint: 'PJSIP/a',
    nodeId: 'pbx',
    campaignId: undefined,
    phase,
    pending: undefined,
    mediaFlowing: true,
    failedJoins: 0,
    registered: true,
    times: newTimes(),
    view: createAgentView(),
  }
}

t.test('every pair of agent states: legal ones move and keep the times, the others are refused', async t => {
  for (const from of Object.values(agentPhases)) {
    for (const to of Object.values(agentPhases)) {
      const step = newStep()
      const agent = agentIn(from)
      const move = `${from.state} -> ${to.state}`
      const legal = legalMoves.has(move)
      t.equal(moveAgent(step, agent, to), legal, move)
      t.equal(agent.phase, legal ? to : from)
      const { availableMs, onCallMs, wrapUpMs, pausedMs, breatherMs } = agent.times
      const counted = legal && from.state !== 'offline' && from.state !== 'calling'
      t.equal(availableMs + onCallMs + wrapUpMs + pausedMs + breatherMs, counted ? 4 : 0, 'time goes to one account')
    }
  }
})

t.test('the token bucket lets no second exceed the limit and reaches the rate', async t => {
  for (const callsPerSecondMax of [1, 5, 30, 200]) {
    const trunk = createTrunk(
      { trunkId: 'm', nodeId: 'p', dialString: '', stripPlus: false, channelsMax: 9, callsPerSecondMax },
      0,
    )
    const originates: number[] = []
    for (let now = 0; now <= 10_000; now = Math.max(now + 1, Math.ceil(nextTokenAt(trunk)))) {
      refillTokens(trunk, now)
      for (; trunk.tokens >= 1; trunk.tokens -= 1) originates.push(now)
    }
    const worst = Math.max(
      ...originates.map(at => originates.filter(other => other >= at && other < at + 1_000).length),
    )
    t.ok(worst <= callsPerSecondMax, `${worst} in the worst second at ${callsPerSecondMax}`)
    t.ok(originates.length >= callsPerSecondMax * 10 * 0.88, `${originates.length} in ten seconds`)
  }
})

t.test('the share of short calls is told from 50 answered calls on', async t => {
  const settings = { trunkId: 'm', nodeId: 'p', dialString: '', stripPlus: false, channelsMax: 9, callsPerSecondMax: 9 }
  const trunk = createTrunk(settings, 0)
  for (let index = 0; index < 49; index += 1) recordAnsweredCall(trunk, 6_000)
  t.equal(shortCallRate(trunk), 0)
  recordAnsweredCall(trunk, 6_001)
  t.equal(shortCallRate(trunk), 0.98)
  for (let index = 0; index < 500; index += 1) recordAnsweredCall(trunk, 9_000)
  t.equal(shortCallRate(trunk), 0, 'the last 500 count')
})

t.test('deadlines come back in order of time', async t => {
  const heap = new DeadlineHeap()
  const phase = {}
  const times = [5, 3, 9, 1, 7, 3, 8, 2, 6, 4, 0]
  for (const at of times) heap.push({ kind: 'call', what: 'lost', at, callId: 'c', phase })
  t.equal(heap.popDue(-1), undefined)
  const seen: number[] = []
  for (let due = heap.popDue(100); due !== undefined; due = heap.popDue(100)) seen.push(due.at)
  t.same(
    seen,
    times.toSorted((a, b) => a - b),
  )
  t.equal(heap.nextAt(), Number.POSITIVE_INFINITY)
})
