import t from 'tap'
import { createEngineHarness, type EngineHarness, ofKind, testCampaign } from '../support/engineHarness.ts'

/** One conversation of one agent: answered at `at`, ends after `talkMs`, wrapped up at once. */
function conversation(harness: EngineHarness, { at, talkMs }: { readonly at: number; readonly talkMs: number }): void {
  const [call] = harness.state.calls.values()
  if (call === undefined) throw new TypeError('a call was expected')
  const { callId } = call
  harness.feed({ kind: 'call-answered', callId, at }, at)
  harness.feed({ kind: 'call-connected', callId, agentId: 'a1', at }, at)
  harness.feed({ kind: 'call-ended', callId, cause: 'hung-up-by-peer', at: at + talkMs }, at + talkMs)
  harness.feed({ kind: 'agent-key', agentId: 'a1', key: '1', at: at + talkMs }, at + talkMs)
}

function resting(pacing: Partial<typeof testCampaign.pacing>): EngineHarness {
  const harness = createEngineHarness({ agents: 1, campaign: { pacing: { ...testCampaign.pacing, ...pacing } } })
  harness.feed({ kind: 'campaign-start', campaignId: 'spring' }, 1_000)
  return harness
}

t.test('an agent has a gap between two calls: nothing is dialed for them, nobody is given to them', async t => {
  const harness = resting({ agentGapMs: 5_137 })
  conversation(harness, { at: 2_000, talkMs: 10_000 })
  t.equal(harness.state.agents.get('a1')?.phase.state, 'available')
  t.equal(harness.state.calls.size, 0, 'progressive dials for nobody who rests')
  t.equal(ofKind(harness.passUntil(17_136), 'originate').length, 0)
  const after = harness.passUntil(17_137)
  t.equal(ofKind(after, 'originate').length, 1, 'the rest ended at 17 137, and nobody waits for the next decision')
})

t.test('a person who waits is taken when the rest is over', async t => {
  const harness = createEngineHarness({
    agents: 2,
    campaign: { pacing: { ...testCampaign.pacing, agentGapMs: 1_000 } },
  })
  harness.feed({ kind: 'campaign-start', campaignId: 'spring' }, 1_000)
  const [first, second] = [...harness.state.calls.keys()]
  if (first === undefined || second === undefined) throw new TypeError('two calls expected')
  harness.feed({ kind: 'call-answered', callId: first, at: 2_000 }, 2_000)
  harness.feed({ kind: 'call-connected', callId: first, agentId: 'a1', at: 2_000 }, 2_000)
  harness.feed({ kind: 'agent-pause', agentId: 'a2', reason: 'tea', force: true }, 2_500)
  harness.feed({ kind: 'call-ended', callId: first, cause: 'hung-up-by-peer', at: 9_000 }, 9_000)
  harness.feed({ kind: 'agent-key', agentId: 'a1', key: '1', at: 9_000 }, 9_000)
  const answered = harness.feed({ kind: 'call-answered', callId: second, at: 9_200 }, 9_200)
  t.equal(ofKind(answered, 'connect').length, 0, 'the agent rests until 10 000')
  const rested = harness.passUntil(10_000)
  t.match(ofKind(rested, 'connect')[0]?.order, { callId: second, agentId: 'a1' })
})

t.test('no agent works a larger share of their session than the ceiling', async t => {
  const harness = resting({ occupancyMax: 0.8 })
  // 1 000 ms available, then 40 000 busy: 10 000 of rest are owed, 1 000 are paid.
  conversation(harness, { at: 1_000, talkMs: 40_000 })
  t.equal(ofKind(harness.passUntil(49_900), 'originate').length, 0)
  t.equal(ofKind(harness.passUntil(50_400), 'originate').length, 1)
  const agent = harness.state.agents.get('a1')
  const worked = (agent?.times.onCallMs ?? 0) + (agent?.times.wrapUpMs ?? 0)
  t.ok(worked / (worked + 10_000) <= 0.8)
})
