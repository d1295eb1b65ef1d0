import t from 'tap'
import type { Effect } from '../../../src/core/effects.ts'
import { createEngineHarness, type EngineHarness, ofKind } from '../../support/engineHarness.ts'

const saidIn = (effects: readonly Effect[]) =>
  ofKind(effects, 'tell-agent').map(({ agentId, phrases }) => `${agentId}: ${phrases.join(' ')}`)

function dialsIn(harness: EngineHarness, now: number): readonly Effect[] {
  harness.feed({ kind: 'agent-leg-down', agentId: 'a1', cause: 'hung-up-by-peer', at: now }, now)
  return harness.feed({ kind: 'agent-leg-up', agentId: 'a1', nodeId: 'pbx', by: 'agent', at: now + 1 }, now + 1)
}

t.test('whoever logs in hears so, and whether the campaign dials', async t => {
  const harness = createEngineHarness({ agents: 1 })
  t.same(saidIn(dialsIn(harness, 1_000)), ['a1: logged-in not-dialing'])
  harness.feed({ kind: 'campaign-start', campaignId: 'spring' }, 2_000)
  t.same(saidIn(dialsIn(harness, 3_000)), ['a1: logged-in'])
})

t.test('in no campaign they hear that', async t => {
  const harness = createEngineHarness({ agents: 0 })
  harness.feed({ kind: 'campaign-apply', settings: { ...testSettings(harness), campaignId: 'autumn' } }, 10)
  harness.feed({ kind: 'agent-add', settings: { agentId: 'z', name: 'z', endpoint: 'PJSIP/z', nodeId: 'pbx' } }, 20)
  const up = harness.feed({ kind: 'agent-leg-up', agentId: 'z', nodeId: 'pbx', by: 'agent', at: 30 }, 30)
  t.same(saidIn(up), ['z: logged-in no-campaign'])
})

function testSettings({ state }: EngineHarness) {
  const settings = state.campaigns.get('spring')?.settings
  if (settings === undefined) throw new TypeError('a campaign expected')
  return settings
}

t.test(
  'nobody waits unknowing in a campaign that stops, and hears once that it does, and that it dials again',
  async t => {
    const harness = createEngineHarness({ agents: 3 })
    harness.feed({ kind: 'agent-pause', agentId: 'a2', reason: 'lunch', force: true }, 500)
    harness.feed({ kind: 'agent-leg-down', agentId: 'a3', cause: 'hung-up-by-peer', at: 600 }, 600)
    t.same(saidIn(harness.feed({ kind: 'campaign-start', campaignId: 'spring' }, 1_000)), [
      'a1: dialing',
      'a2: dialing',
    ])
    t.same(saidIn(harness.feed({ kind: 'campaign-pause', campaignId: 'spring' }, 2_000)), [
      'a1: not-dialing',
      'a2: not-dialing',
    ])
    t.same(saidIn(harness.feed({ kind: 'campaign-stop', campaignId: 'spring', force: false }, 3_000)), [])
    t.same(saidIn(harness.feed({ kind: 'campaign-start', campaignId: 'spring' }, 4_000)), [
      'a1: dialing',
      'a2: dialing',
    ])
  },
)

t.test('a phone that sends no sound is told, and who was set aside', async t => {
  const harness = createEngineHarness({ agents: 1 })
  const silent = harness.feed({ kind: 'agent-media', agentId: 'a1', flowing: false, at: 1_000 }, 1_000)
  t.same(saidIn(silent), ['a1: silent-line'])
  t.same(saidIn(harness.feed({ kind: 'agent-media', agentId: 'a1', flowing: true, at: 2_000 }, 2_000)), [])
})

t.test('a phone that does not come onto the line says why', async t => {
  const harness = createEngineHarness({ agents: 1 })
  const unreached = () => harness.state.agents.get('a1')?.unreached?.cause
  harness.feed({ kind: 'agent-leg-down', agentId: 'a1', cause: 'hung-up-by-peer', at: 1_000 }, 1_000)
  t.equal(unreached(), undefined)
  harness.feed({ kind: 'agent-login', agentId: 'a1' }, 2_000)
  harness.feed({ kind: 'agent-leg-down', agentId: 'a1', cause: 'busy', at: 2_100 }, 2_100)
  t.equal(unreached(), 'busy')
  harness.feed({ kind: 'agent-login', agentId: 'a1' }, 3_000)
  t.equal(unreached(), undefined, 'a new log-in asks anew')
  harness.passUntil(40_000)
  t.equal(unreached(), 'no-answer')
})

t.test('an agent who is removed is gone at once, or when they are off the line', async t => {
  const harness = createEngineHarness({ agents: 2 })
  harness.feed({ kind: 'agent-leg-down', agentId: 'a2', cause: 'hung-up-by-peer', at: 500 }, 500)
  const gone = harness.feed({ kind: 'agent-remove', agentId: 'a2' }, 1_000)
  t.same(ofKind(gone, 'agent-removed'), [{ kind: 'agent-removed', agentId: 'a2', nodeId: 'pbx' }])
  t.match(ofKind(harness.feed({ kind: 'agent-remove', agentId: 'a2' }, 1_100), 'rejected'), [{ code: 'unknown-agent' }])

  const dialed = [...harness.feed({ kind: 'campaign-start', campaignId: 'spring' }, 2_000), ...harness.passUntil(3_000)]
  const callId = ofKind(dialed, 'originate')[0]?.order.attempt.callId ?? ''
  harness.feed({ kind: 'call-ringing', callId, at: 4_000 }, 4_000)
  harness.feed({ kind: 'call-answered', callId, at: 6_000 }, 6_000)
  harness.feed({ kind: 'call-connected', callId, agentId: 'a1', at: 6_010 }, 6_010)
  const asked = harness.feed({ kind: 'agent-remove', agentId: 'a1' }, 7_000)
  t.same([ofKind(asked, 'agent-removed'), ofKind(asked, 'hang-up')], [[], []], 'whom they talk to is not cut off')
  harness.feed({ kind: 'call-ended', callId, cause: 'hung-up-by-peer', at: 9_000 }, 9_000)
  const after = harness.feed({ kind: 'wrap-up', callId, code: 'sale', refusal: false }, 10_000)
  t.same(
    ofKind(after, 'agent-removed').map(({ agentId }) => agentId),
    ['a1'],
  )
  t.equal(ofKind(after, 'release-agent').length, 1)
  t.equal(harness.state.agents.size, 0)
})

t.test('a line of somebody who is no agent any more is let go', async t => {
  const harness = createEngineHarness({ agents: 0 })
  const up = harness.feed({ kind: 'agent-leg-up', agentId: 'old', nodeId: 'pbx', by: 'agent', at: 10 }, 10)
  t.same(ofKind(up, 'release-agent'), [{ kind: 'release-agent', agentId: 'old', nodeId: 'pbx' }])
})
