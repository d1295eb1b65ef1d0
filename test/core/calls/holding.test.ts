import t from 'tap'
import type { PbxInventory } from '../../../src/core/inputs.ts'
import { type EngineHarness, ofKind } from '../../support/engineHarness.ts'
import { origins, phases, statesOf, worldWith } from './callWorld.ts'

const talking = () => worldWith('campaign', phases.connected)

function hold({ feed }: EngineHarness, on: boolean, now: number) {
  return feed({ kind: 'call-hold', callId: 'c', on }, now)
}

const told = (effects: Parameters<typeof ofKind>[0]) =>
  ofKind(effects, 'notify')
    .map(({ event }) => event)
    .filter(({ kind }) => kind === 'call-held')

t.test('a person is put on hold and taken back, and how long it was is told', async t => {
  const { harness, call } = talking()
  const on = hold(harness, true, 6_000)
  t.strictSame(ofKind(on, 'hold'), [{ kind: 'hold', order: { callId: 'c', agentId: 'a1', on: true }, nodeId: 'pbx' }])
  t.match(told(on), [{ callId: 'c', agentId: 'a1', held: true }])
  t.same(ofKind(hold(harness, true, 7_000), 'hold'), [], 'once')
  const off = hold(harness, false, 9_000)
  t.match(ofKind(off, 'hold'), [{ order: { on: false } }])
  t.match(told(off), [{ held: false, heldMs: 3_000 }])
  hold(harness, true, 10_000)
  const ended = harness.feed({ kind: 'call-ended', callId: 'c', cause: 'hung-up-by-peer', at: 11_000 }, 11_000)
  t.match(ofKind(ended, 'attempt-ended'), [
    { longestHoldMs: 3_000, end: { disposition: 'connected', agentId: 'a1', connectedAt: 5_100, endedAt: 11_000 } },
  ])
  t.equal(call.held, undefined)
  t.equal(harness.state.agents.get('a1')?.phase.state, 'wrap-up', 'it ends as any other')
})

t.test('only a conversation can be put on hold, or be given keys', async t => {
  for (const origin of origins)
    for (const state of statesOf[origin]) {
      const { harness, call } = worldWith(origin, phases[state])
      const keys = harness.feed({ kind: 'call-digits', callId: 'c', digits: '12#' }, 5_600)
      const effects = hold(harness, true, 5_700)
      const isTalk = state === 'connected'
      t.equal(ofKind(effects, 'hold').length, isTalk ? 1 : 0, `${origin} ${state}`)
      t.equal(call.held !== undefined, isTalk)
      t.equal(ofKind(keys, 'send-digits').length, isTalk ? 1 : 0)
      if (!isTalk) t.match(ofKind([...effects, ...keys], 'rejected'), [{ code: 'illegal-transition' }, {}])
    }
  const { harness } = talking()
  hold(harness, true, 6_000)
  const keys = harness.feed({ kind: 'call-digits', callId: 'c', digits: '1' }, 6_100)
  t.match(ofKind(keys, 'rejected'), [{ code: 'illegal-transition', message: /on hold/ }], 'the music would hear them')
  t.match(ofKind(harness.feed({ kind: 'call-hold', callId: 'x', on: true }, 7_000), 'rejected'), [
    { code: 'unknown-call' },
  ])
})

t.test('what the PBX could not do is not so', async t => {
  const { harness, call } = talking()
  hold(harness, true, 6_000)
  const failed = harness.feed({ kind: 'hold-failed', callId: 'c', on: true }, 6_100)
  t.match(told(failed), [{ held: false }])
  t.equal(call.held, undefined)
  hold(harness, true, 7_000)
  hold(harness, false, 8_000)
  harness.feed({ kind: 'hold-failed', callId: 'c', on: false }, 8_100)
  t.ok(call.held, 'they still hear the music')
  harness.feed({ kind: 'hold-failed', callId: 'gone', on: false }, 8_200)
})

t.test('whoever refuses while on hold hears the goodbye', async t => {
  const { harness, call } = talking()
  hold(harness, true, 6_000)
  const refused = harness.feed({ kind: 'wrap-up', callId: 'c', code: 'refused', refusal: true }, 7_000)
  t.match(ofKind(refused, 'hold'), [{ order: { on: false } }])
  t.equal(call.held, undefined)
  t.match(ofKind(harness.passUntil(12_000), 'hang-up'), [{ callId: 'c' }])
})

t.test('a person who must be given to somebody else is on hold no more', async t => {
  const { harness, call } = talking()
  hold(harness, true, 5_600)
  harness.feed({ kind: 'agent-leg-down', agentId: 'a1', cause: 'lost', at: 5_700 }, 5_700)
  t.equal(call.phase.state, 'waiting')
  t.equal(call.held, undefined)
})

t.test('a broken link, or another engine, finds the person on hold as the PBX has them', async t => {
  const listed = (held: boolean): PbxInventory => ({
    calls: [{ callId: 'c', state: 'connected', agentId: 'a1', ...(held && { held }) }],
    agents: ['a1'],
    unattended: [],
  })
  const { harness, call } = talking()
  hold(harness, true, 6_000)
  harness.feed({ kind: 'node-down', nodeId: 'pbx', at: 6_100 }, 6_100)
  harness.feed({ kind: 'node-up', nodeId: 'pbx', inventory: listed(false), at: 7_000 }, 7_000)
  t.equal(call.held, undefined)
  harness.feed({ kind: 'node-up', nodeId: 'pbx', inventory: listed(true), at: 8_000 }, 8_000)
  t.match(call.held, { since: 8_000 })
  t.equal(harness.state.agents.get('a1')?.phase.state, 'on-call')
})
