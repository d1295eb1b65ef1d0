// A raised hand, and two minutes to recover after abuse.
import t from 'tap'
import { isWorking } from '../../../src/core/metrics.ts'
import { createEngineHarness, type EngineHarness, ofKind } from '../../support/engineHarness.ts'

const a1 = ({ state }: EngineHarness) => state.agents.get('a1')
const breathe = (harness: EngineHarness, now: number) => harness.feed({ kind: 'agent-breather', agentId: 'a1' }, now)

/** One agent in a conversation since 6 010; nobody else is called. */
function talking(): { readonly harness: EngineHarness; readonly callId: string } {
  const harness = createEngineHarness({ agents: 1, leads: 1 })
  const dialed = harness.feed({ kind: 'campaign-start', campaignId: 'spring' }, 1_000)
  const callId = ofKind(dialed, 'originate')[0]?.order.attempt.callId ?? ''
  harness.feed({ kind: 'call-answered', callId, at: 6_000 }, 6_000)
  harness.feed({ kind: 'call-connected', callId, agentId: 'a1', at: 6_010 }, 6_010)
  return { harness, callId }
}

t.test('a breather asked for in a call begins behind its wrap-up, and ends by itself after two minutes', async t => {
  const { harness, callId } = talking()
  breathe(harness, 7_000)
  t.match(a1(harness), { phase: { state: 'on-call' }, pending: { kind: 'breather' } })
  harness.feed({ kind: 'call-ended', callId, cause: 'hung-up-by-peer', at: 10_000 }, 10_000)
  t.match(a1(harness), { phase: { state: 'wrap-up' }, pending: { kind: 'breather' } })
  const said = harness.feed({ kind: 'wrap-up', callId, code: 'complaint', refusal: true }, 12_000)
  t.strictSame(a1(harness)?.phase, { state: 'breather', since: 12_000, until: 132_000 })
  t.match(ofKind(said, 'mark-pause'), [{ agentId: 'a1', reason: 'breather', breather: true }])
  const agent = a1(harness)
  t.notOk(agent && isWorking(agent), 'nobody is dialed for them')
  t.notOk(agent?.view.working, 'and pacing does not see them')
  harness.passUntil(131_999)
  t.equal(a1(harness)?.phase.state, 'breather')
  const back = harness.passUntil(132_000)
  t.equal(a1(harness)?.phase.state, 'available')
  t.match(ofKind(back, 'mark-pause'), [{ reason: undefined }], 'another engine need not think that they rest')
  t.match(a1(harness)?.times, { breatherMs: 120_000, breathers: 1, pausedMs: 0 }, 'counted apart')
})

t.test('there is one for each conversation, and none for who is not at work', async t => {
  const { harness, callId } = talking()
  const answer = (now: number) => ofKind(breathe(harness, now), 'rejected')[0]?.code
  harness.feed({ kind: 'call-ended', callId, cause: 'hung-up-by-peer', at: 10_000 }, 10_000)
  harness.feed({ kind: 'wrap-up', callId, code: 'sale', refusal: false }, 11_000)
  t.equal(answer(12_000), undefined)
  t.equal(a1(harness)?.phase.state, 'breather', 'nobody rings for them: at once')
  t.equal(answer(13_000), 'illegal-transition', 'they have one')
  harness.feed({ kind: 'agent-resume', agentId: 'a1' }, 14_000)
  t.equal(a1(harness)?.phase.state, 'available', 'they are back when they say so')
  t.equal(answer(15_000), 'no-breather')
  harness.feed({ kind: 'agent-pause', agentId: 'a1', reason: 'lunch', force: false }, 16_000)
  t.equal(answer(17_000), 'illegal-transition')
  t.match(a1(harness)?.phase, { state: 'paused', reason: 'lunch' })
  t.equal(ofKind(harness.feed({ kind: 'agent-breather', agentId: 'z' }, 18_000), 'rejected')[0]?.code, 'unknown-agent')
})

t.test(
  'a breather becomes a pause or a log-out at once, ends by the key, and is taken back while it waits',
  async t => {
    const inBreather = () => {
      const { harness, callId } = talking()
      harness.feed({ kind: 'call-ended', callId, cause: 'hung-up-by-peer', at: 10_000 }, 10_000)
      harness.feed({ kind: 'wrap-up', callId, code: 'sale', refusal: false }, 11_000)
      breathe(harness, 12_000)
      return harness
    }
    const pause = inBreather()
    pause.feed({ kind: 'agent-pause', agentId: 'a1', reason: 'lunch', force: false }, 13_000)
    t.match(a1(pause), { phase: { state: 'paused', reason: 'lunch' }, pending: undefined })
    pause.passUntil(140_000)
    t.equal(a1(pause)?.phase.state, 'paused', 'its end is not that of the breather')
    const logout = inBreather()
    t.equal(
      ofKind(logout.feed({ kind: 'agent-logout', agentId: 'a1', force: false }, 13_000), 'release-agent').length,
      1,
    )
    const key = inBreather()
    key.feed({ kind: 'agent-key', agentId: 'a1', key: '*', at: 13_000 }, 13_000)
    t.equal(a1(key)?.phase.state, 'available')
    const { harness } = talking()
    breathe(harness, 7_000)
    harness.feed({ kind: 'agent-resume', agentId: 'a1' }, 8_000)
    t.equal(a1(harness)?.pending, undefined)
    harness.feed({ kind: 'agent-pause', agentId: 'a1', reason: 'lunch', force: false }, 9_000)
    t.equal(ofKind(breathe(harness, 9_100), 'rejected')[0]?.code, 'illegal-transition', 'a pause is more')
  },
)

t.test('an engine that comes after this one lets them have their breather', async t => {
  const harness = createEngineHarness({ agents: 1 })
  harness.feed({ kind: 'node-down', nodeId: 'pbx', at: 10 }, 10)
  harness.feed({ kind: 'agent-leg-down', agentId: 'a1', cause: 'lost', at: 10 }, 10)
  const paused = [{ agentId: 'a1', reason: 'breather', breather: true }] as const
  const inventory = { calls: [], agents: ['a1'], unattended: [], paused }
  harness.feed({ kind: 'node-up', nodeId: 'pbx', inventory, at: 100 }, 100)
  t.match(a1(harness)?.phase, { state: 'breather', until: 120_100 })
  harness.passUntil(120_100)
  t.equal(a1(harness)?.phase.state, 'available')
})

t.test('a raised hand stays raised until it is lowered, or its agent leaves', async t => {
  const { harness } = talking()
  const hand = (raised: boolean, now: number) =>
    ofKind(harness.feed({ kind: 'agent-help', agentId: 'a1', raised }, now), 'notify')
      .map(({ event }) => event)
      .filter(({ kind }) => kind === 'agent-help')
  t.match(hand(true, 7_000), [{ agentId: 'a1', raised: true }])
  t.same(hand(true, 8_000), [], 'told once')
  t.equal(a1(harness)?.helpSince, 7_000)
  t.match(hand(false, 9_000), [{ raised: false }])
  t.same(hand(false, 9_500), [])
  hand(true, 10_000)
  harness.feed({ kind: 'agent-leg-down', agentId: 'a1', cause: 'hung-up-by-peer', at: 11_000 }, 11_000)
  t.equal(a1(harness)?.helpSince, undefined)
  const late = harness.feed({ kind: 'agent-help', agentId: 'a1', raised: true }, 12_000)
  t.equal(ofKind(late, 'rejected')[0]?.code, 'illegal-transition')
})
