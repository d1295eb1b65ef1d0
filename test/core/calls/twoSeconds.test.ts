// An agent's leg that dies with somebody on the line: by the millisecond, and by whether the join was confirmed.
import t from 'tap'
import type { Effect } from '../../../src/core/effects.ts'
import { createEngineHarness, ofKind } from '../../support/engineHarness.ts'

const answeredAt = 2_000
/** The last moment for an agent, 1.7 s after the answer. */
const lastAt = 3_700

/** A person who has answered and is with a1, confirmed or not; further agents are free. */
function talk({ agents, confirmed }: { readonly agents: number; readonly confirmed: boolean }) {
  const harness = createEngineHarness({ agents })
  const started = harness.feed({ kind: 'campaign-start', campaignId: 'spring' }, 1_000)
  const callId = ofKind(started, 'originate')[0]?.order.attempt.callId ?? ''
  harness.feed({ kind: 'call-answered', callId, at: answeredAt }, answeredAt)
  if (confirmed) harness.feed({ kind: 'call-connected', callId, agentId: 'a1', at: 2_050 }, 2_050)
  return {
    harness,
    callId,
    die: (at: number) => harness.feed({ kind: 'agent-leg-down', agentId: 'a1', cause: 'hung-up-by-peer', at }, at),
    counters: () => harness.state.campaigns.get('spring')?.progress.counters,
  }
}

const joins = (effects: readonly Effect[]) => ofKind(effects, 'connect').map(({ order }) => order.agentId)

t.test('until the last moment the person goes to another agent, confirmed or not', async t => {
  for (const confirmed of [true, false]) {
    const { die, counters, harness } = talk({ agents: 2, confirmed })
    const effects = die(lastAt - 1)
    t.strictSame(joins(effects), ['a2'], `confirmed: ${confirmed}`)
    t.strictSame(ofKind(effects, 'hang-up'), [])
    t.match(counters(), { connected: 0, abandoned: 0 }, 'a conversation that did not come about is not counted')
    t.match(harness.state.agents.get('a1'), { phase: { state: 'offline' } })
  }
})

t.test('a person who can be given to nobody hears the message at the last moment, and is counted once', async t => {
  for (const confirmed of [true, false]) {
    const { die, counters, harness } = talk({ agents: 1, confirmed })
    t.strictSame(ofKind(die(2_500), 'play-message'), [])
    t.strictSame(ofKind(harness.passUntil(lastAt - 1), 'play-message'), [])
    t.equal(ofKind(harness.passUntil(lastAt), 'play-message').length, 1)
    t.match(counters(), { connected: 0, abandoned: 1, answeredByPerson: 1 })
  }
})

t.test(
  'from the last moment on, a conversation ends with its agent, and a join that never was is an abandonment',
  async t => {
    for (const at of [lastAt, lastAt + 50]) {
      const late = talk({ agents: 2, confirmed: true })
      const ended = late.die(at)
      t.strictSame([joins(ended), ofKind(ended, 'hang-up').length, ofKind(ended, 'play-message')], [[], 1, []], `${at}`)
      t.match(late.counters(), { connected: 1, abandoned: 0 })

      const never = talk({ agents: 2, confirmed: false })
      const told = never.die(at)
      t.strictSame([joins(told), ofKind(told, 'hang-up'), ofKind(told, 'play-message').length], [[], [], 1], `${at}`)
      t.match(never.counters(), { connected: 0, abandoned: 1 })
      t.match(ofKind(told, 'notify').at(-1), { event: { kind: 'call-abandoned', why: 'agent-leg-dead' } })
    }
  },
)

t.test('the talk that ended with its agent is written as one, until the leg was gone', async t => {
  const { die, harness, callId } = talk({ agents: 2, confirmed: true })
  die(60_000)
  const effects = harness.feed({ kind: 'call-ended', callId, cause: 'hung-up-by-us', at: 60_020 }, 60_020)
  t.match(ofKind(effects, 'attempt-ended'), [
    { end: { disposition: 'connected', agentId: 'a1', answeredAt, connectedAt: 2_050, endedAt: 60_020 } },
  ])
})

t.test('a join without a word is given up 0.2 s past the last moment, not before and not after', async t => {
  const { harness, counters } = talk({ agents: 1, confirmed: false })
  t.strictSame(ofKind(harness.passUntil(lastAt + 199), 'play-message'), [])
  t.equal(ofKind(harness.passUntil(lastAt + 200), 'play-message').length, 1)
  t.match(counters(), { abandoned: 1 })
  const confirmed = talk({ agents: 1, confirmed: true })
  t.strictSame(ofKind(confirmed.harness.passUntil(60_000), 'play-message'), [], 'a confirmed one is a conversation')
})
