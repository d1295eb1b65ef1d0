// Joins that fail and conversations that are parted: what becomes of the person, and of the agent.
import t from 'tap'
import type { Effect } from '../../../src/core/effects.ts'
import { createEngineHarness, type EngineHarness, ofKind } from '../../support/engineHarness.ts'

type Broken = 'agent-leg' | 'customer-leg' | 'pbx'

function started(agents: number): { readonly harness: EngineHarness; readonly calls: string[] } {
  const harness = createEngineHarness({ agents })
  const effects = harness.feed({ kind: 'campaign-start', campaignId: 'spring' }, 1_000)
  return { harness, calls: originated(effects) }
}

const originated = (effects: readonly Effect[]): string[] =>
  ofKind(effects, 'originate').map(({ order }) => order.attempt.callId)

/** Answered, and the agent who is to take it. */
function answer(harness: EngineHarness, callId: string | undefined, at: number): string | undefined {
  const effects = harness.feed({ kind: 'call-answered', callId: callId ?? '', at }, at)
  return ofKind(effects, 'connect')[0]?.order.agentId
}

function fail(
  harness: EngineHarness,
  callId: string | undefined,
  how: { agentId: string; broken: Broken; at: number },
) {
  return harness.feed({ kind: 'connect-failed', callId: callId ?? '', ...how }, how.at)
}

const stateOf = (harness: EngineHarness, agentId: string) => harness.state.agents.get(agentId)?.phase

t.test('the person goes to another free agent at once, and not back to the one it failed with', async t => {
  for (const broken of ['agent-leg', 'pbx'] as const) {
    const { harness, calls } = started(2)
    t.equal(answer(harness, calls[0], 2_000), 'a1')
    const failed = fail(harness, calls[0], { agentId: 'a1', broken, at: 2_010 })
    t.equal(ofKind(failed, 'connect')[0]?.order.agentId, 'a2', broken)
    const again = fail(harness, calls[0], { agentId: 'a2', broken, at: 2_020 })
    t.strictSame(ofKind(again, 'connect'), [], `${broken}: nobody is left who has not been tried`)
    t.equal(ofKind(harness.passUntil(3_700), 'play-message').length, 1)
  }
})

t.test('a PBX that did not join says nothing about the agent, who takes the next person', async t => {
  const { harness, calls } = started(1)
  answer(harness, calls[0], 2_000)
  fail(harness, calls[0], { agentId: 'a1', broken: 'pbx', at: 2_010 })
  t.match(harness.state.agents.get('a1'), { phase: { state: 'available' }, mediaFlowing: true, failedJoins: 0 })
})

t.test('a join that nobody confirmed leaves its agent in work', async t => {
  const { harness, calls } = started(1)
  answer(harness, calls[0], 2_000)
  const late = harness.passUntil(4_000)
  t.equal(ofKind(late, 'play-message').length, 1)
  t.match(harness.state.agents.get('a1'), { phase: { state: 'available' }, mediaFlowing: true })
})

/** Joins of a1 that fail by their line, with audio told after each; a conversation in between where wanted. */
function failTwice(talkBetween: boolean) {
  const { harness, calls } = started(1)
  const told: string[] = []
  const keep = (effects: readonly Effect[]) => {
    calls.push(...originated(effects))
    told.push(
      ...ofKind(effects, 'notify').flatMap(({ event }) => (event.kind === 'agent-set-aside' ? [event.why] : [])),
    )
  }
  const failNext = (at: number) => {
    const callId = calls.shift()
    answer(harness, callId, at)
    keep(fail(harness, callId, { agentId: 'a1', broken: 'agent-leg', at: at + 10 }))
    keep(harness.passUntil(at + 3_000))
    keep(harness.feed({ kind: 'call-ended', callId: callId ?? '', cause: 'hung-up-by-us', at: at + 3_000 }, at + 3_000))
    keep(harness.feed({ kind: 'agent-media', agentId: 'a1', flowing: true, at: at + 3_100 }, at + 3_100))
    keep(harness.passUntil(at + 9_000))
  }
  failNext(2_000)
  if (talkBetween) {
    const callId = calls.shift() ?? ''
    answer(harness, callId, 20_000)
    keep(harness.feed({ kind: 'call-connected', callId, agentId: 'a1', at: 20_005 }, 20_005))
    keep(harness.feed({ kind: 'call-ended', callId, cause: 'hung-up-by-peer', at: 30_000 }, 30_000))
    keep(harness.feed({ kind: 'agent-key', agentId: 'a1', key: '1', at: 31_000 }, 31_000))
    keep(harness.passUntil(39_000))
  }
  failNext(40_000)
  return { harness, told }
}

t.test('the second join in a row that fails by their line sets an agent aside, and says so', async t => {
  const { harness, told } = failTwice(false)
  t.match(stateOf(harness, 'a1'), { state: 'paused', reason: 'line-broken' })
  t.strictSame(told, ['line-broken'])
  harness.feed({ kind: 'agent-resume', agentId: 'a1' }, 60_000)
  t.match(stateOf(harness, 'a1'), { state: 'available' }, 'until they resume')
})

t.test('a conversation between two failed joins proves the line', async t => {
  const { harness, told } = failTwice(true)
  t.match(stateOf(harness, 'a1'), { state: 'available' })
  t.strictSame(told, [])
})

t.test('parted for good: another agent while the time lasts, afterwards the end of the conversation', async t => {
  const talk = () => {
    const { harness, calls } = started(2)
    const [callId = ''] = calls
    answer(harness, callId, 2_000)
    harness.feed({ kind: 'call-connected', callId, agentId: 'a1', at: 2_005 }, 2_005)
    const parted = (at: number) => harness.feed({ kind: 'call-parted', callId, agentId: 'a1', at }, at)
    return { harness, callId, parted }
  }
  const early = talk()
  t.equal(ofKind(early.parted(3_699), 'connect')[0]?.order.agentId, 'a2')
  const late = talk()
  const effects = late.parted(3_700)
  t.strictSame([ofKind(effects, 'connect'), ofKind(effects, 'hang-up').length], [[], 1])
  const { callId } = late
  const ended = late.harness.feed({ kind: 'call-ended', callId, cause: 'hung-up-by-us', at: 3_800 }, 3_800)
  t.match(ofKind(ended, 'attempt-ended'), [{ end: { disposition: 'connected', agentId: 'a1' } }])
  t.match(stateOf(late.harness, 'a1'), { state: 'wrap-up' })
})
