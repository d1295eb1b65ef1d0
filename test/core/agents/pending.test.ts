// An agent who asks for a pause: they wait for the calls that count on them, and for no others.
import t from 'tap'
import { createEngineHarness, type EngineHarness, ofKind, testCampaign } from '../../support/engineHarness.ts'

/** A campaign whose list is at its end: it rings so many phones and no more. */
function ringing({ agents, calls }: { readonly agents: number; readonly calls: number }): EngineHarness {
  const harness = createEngineHarness({ agents, leads: calls })
  const effects = harness.feed({ kind: 'campaign-start', campaignId: 'spring' }, 1_000)
  for (const { order } of ofKind(effects, 'originate'))
    harness.feed({ kind: 'call-ringing', callId: order.attempt.callId, at: 1_500 }, 1_500)
  t.equal(harness.state.calls.size, calls)
  return harness
}

function pause(harness: EngineHarness, agentId: string, now: number): string | undefined {
  harness.feed({ kind: 'agent-pause', agentId, reason: 'lunch', force: false }, now)
  return harness.state.agents.get(agentId)?.phase.state
}

const others: Readonly<Record<string, (harness: EngineHarness) => void>> = {
  'is silent': harness => harness.feed({ kind: 'agent-media', agentId: 'a2', flowing: false, at: 1_600 }, 1_600),
  'is away': harness =>
    harness.feed({ kind: 'agent-leg-down', agentId: 'a2', cause: 'hung-up-by-peer', at: 1_600 }, 1_600),
  'wants to pause, too': harness => {
    harness.feed({ kind: 'agent-pause', agentId: 'a2', reason: 'tea', force: false }, 1_600)
  },
}

t.test('whom the others can stand in for pauses at once', async t => {
  t.equal(pause(ringing({ agents: 2, calls: 1 }), 'a1', 2_000), 'paused', 'one call, another agent')
  t.equal(pause(ringing({ agents: 2, calls: 2 }), 'a1', 2_000), 'available', 'two calls, one other')
  t.equal(pause(ringing({ agents: 1, calls: 1 }), 'a1', 2_000), 'available', 'nobody else')
  t.equal(pause(ringing({ agents: 3, calls: 2 }), 'a2', 2_000), 'paused')
})

t.test('only somebody who could take the call stands in', async t => {
  for (const [name, leave] of Object.entries(others)) {
    const harness = ringing({ agents: 2, calls: 2 })
    const [callId = ''] = harness.state.calls.keys()
    leave(harness)
    harness.feed({ kind: 'call-ended', callId, cause: 'busy', at: 1_700 }, 1_700)
    t.equal(pause(harness, 'a1', 2_000), 'available', name)
  }
})

t.test('whoever rests between two calls stands in when the rest is over', async t => {
  const pauseAt = (now: number) => {
    const pacing = { ...testCampaign.pacing, agentGapMs: 5_000 }
    const harness = createEngineHarness({ agents: 2, leads: 2, campaign: { pacing } })
    harness.feed({ kind: 'campaign-start', campaignId: 'spring' }, 1_000)
    const [callId = ''] = harness.state.calls.keys()
    harness.feed({ kind: 'call-answered', callId, at: 2_000 }, 2_000)
    harness.feed({ kind: 'call-connected', callId, agentId: 'a1', at: 2_000 }, 2_000)
    harness.feed({ kind: 'call-ended', callId, cause: 'hung-up-by-peer', at: 9_000 }, 9_000)
    harness.feed({ kind: 'agent-key', agentId: 'a1', key: '1', at: 9_000 }, 9_000)
    t.equal(harness.state.agents.get('a1')?.phase.state, 'available')
    return pause(harness, 'a2', now)
  }
  t.equal(pauseAt(13_999), 'available', 'a1 rests')
  t.equal(pauseAt(14_000), 'paused')
})

t.test("another campaign's calls and agents count for nothing", async t => {
  const harness = ringing({ agents: 1, calls: 1 })
  harness.feed({ kind: 'campaign-apply', settings: { ...testCampaign, campaignId: 'autumn' } }, 1_600)
  const settings = { agentId: 'b1', name: 'b1', endpoint: 'PJSIP/b1', nodeId: 'pbx', campaignId: 'autumn' }
  harness.feed({ kind: 'agent-add', settings }, 1_600)
  harness.feed({ kind: 'agent-leg-up', agentId: 'b1', nodeId: 'pbx', by: 'agent', at: 1_600 }, 1_600)
  t.equal(pause(harness, 'b1', 1_700), 'paused', "b1's campaign rings nobody")
  harness.feed({ kind: 'agent-resume', agentId: 'b1' }, 1_800)
  t.equal(pause(harness, 'a1', 2_000), 'available', 'b1 cannot take the call of spring')
})

t.test('a pause waits for the calls of before, and takes effect when they are settled', async t => {
  const harness = ringing({ agents: 1, calls: 1 })
  const [callId = ''] = harness.state.calls.keys()
  pause(harness, 'a1', 2_000)
  t.match(harness.state.agents.get('a1'), { phase: { state: 'available' }, pending: { kind: 'pause' } })
  harness.feed({ kind: 'call-ended', callId, cause: 'busy', at: 3_000 }, 3_000)
  t.match(harness.state.agents.get('a1'), { phase: { state: 'paused', reason: 'lunch' } })
  t.equal(harness.state.agents.get('a1')?.pending, undefined)
})

t.test('who waits for their pause still takes a person of before, and pauses after the talk', async t => {
  const harness = ringing({ agents: 1, calls: 1 })
  const [callId = ''] = harness.state.calls.keys()
  pause(harness, 'a1', 2_000)
  const effects = harness.feed({ kind: 'call-answered', callId, at: 3_000 }, 3_000)
  t.match(ofKind(effects, 'connect'), [{ order: { agentId: 'a1' } }])
  harness.feed({ kind: 'call-connected', callId, agentId: 'a1', at: 3_050 }, 3_050)
  harness.feed({ kind: 'call-ended', callId, cause: 'hung-up-by-peer', at: 9_000 }, 9_000)
  harness.feed({ kind: 'agent-key', agentId: 'a1', key: '1', at: 10_000 }, 10_000)
  t.match(harness.state.agents.get('a1'), { phase: { state: 'paused', reason: 'lunch' } })
})
