// Nothing more is originated: what agents hear, what goes on, and what comes back; and settings that change meanwhile.
import t from 'tap'
import type { PbxInventory } from '../../src/core/inputs.ts'
import { createEngineHarness, ofKind } from '../support/engineHarness.ts'

t.test('a drain stops every originate, and its end begins them again', t => {
  const { feed, passUntil } = createEngineHarness({ agents: 2 })
  feed({ kind: 'drain', on: true }, 5)
  feed({ kind: 'campaign-start', campaignId: 'spring' }, 10)
  feed({ kind: 'agent-leg-down', agentId: 'a1', cause: 'lost', at: 20 }, 20)
  const back = feed({ kind: 'agent-leg-up', agentId: 'a1', nodeId: 'pbx', by: 'agent', at: 30 }, 30)
  t.match(ofKind(back, 'tell-agent'), [{ phrases: ['logged-in', 'draining'] }], 'who comes hears it too')
  const quiet = passUntil(5_000)
  t.same(ofKind(quiet, 'originate'), [])
  t.match(ofKind(quiet, 'decision').at(-1), { decision: { reason: 'draining' } })
  t.match(ofKind(feed({ kind: 'campaign-pause', campaignId: 'spring' }, 6_000), 'tell-agent')[0], {
    phrases: ['not-dialing'],
  })
  const started = feed({ kind: 'campaign-start', campaignId: 'spring' }, 6_100)
  t.match(ofKind(started, 'tell-agent')[0], { phrases: ['draining'] }, 'nobody is promised calls')
  const again = feed({ kind: 'drain', on: false }, 7_000)
  t.match(
    ofKind(again, 'tell-agent').map(({ phrases }) => phrases),
    [['dialing'], ['dialing']],
  )
  t.ok(ofKind([...again, ...passUntil(8_000)], 'originate').length > 0)
  t.end()
})

t.test('an engine that takes up the lines leaves whoever pauses alone', t => {
  const { feed, state } = createEngineHarness({ agents: 2 })
  const paused = feed({ kind: 'agent-pause', agentId: 'a1', reason: 'lunch', force: true }, 10)
  t.match(ofKind(paused, 'mark-pause'), [{ agentId: 'a1', nodeId: 'pbx', reason: 'lunch' }])
  t.match(ofKind(feed({ kind: 'agent-resume', agentId: 'a1' }, 20), 'mark-pause'), [{ agentId: 'a1' }])
  for (const agentId of ['a1', 'a2']) feed({ kind: 'agent-leg-down', agentId, cause: 'lost', at: 30 }, 30)
  const inventory: PbxInventory = {
    ...{ calls: [], agents: ['a1', 'a2'], unattended: [] },
    paused: [{ agentId: 'a1', reason: 'lunch' }],
  }
  feed({ kind: 'node-up', nodeId: 'pbx', inventory, at: 40 }, 40)
  t.match(state.agents.get('a1')?.phase, { state: 'paused', reason: 'lunch' })
  t.equal(state.agents.get('a1')?.pending, undefined)
  t.match(state.agents.get('a2')?.phase, { state: 'available' })
  t.end()
})

t.test('a trunk that gets another pace keeps its calls, and no burst comes of the change', t => {
  const { feed, passUntil, state } = createEngineHarness({ agents: 6, callsPerSecond: 1 })
  feed({ kind: 'campaign-start', campaignId: 'spring' }, 1)
  passUntil(2_500)
  const trunk = state.trunks.get('main')
  const inUse = trunk?.channelsInUse ?? 0
  t.ok(inUse > 0 && inUse < 6, `${inUse} calls`)
  const settings = { ...trunk?.settings, callsPerSecondMax: 50 }
  // The harness has made the trunk.
  const effects = feed({ kind: 'trunks', trunks: [settings as NonNullable<typeof trunk>['settings']] }, 2_500)
  t.ok(ofKind(effects, 'originate').length <= 1, 'the token that was there, and no more')
  t.equal(state.trunks.get('main'), trunk)
  t.equal(trunk?.channelsInUse, inUse + ofKind(effects, 'originate').length)
  passUntil(3_000)
  t.equal(trunk?.channelsInUse, 6, 'the new pace holds')
  t.end()
})

t.test('a trunk that gets fewer channels takes nobody from their call, and carries no more until it may', t => {
  const { feed, passUntil, state } = createEngineHarness({ agents: 4 })
  feed({ kind: 'campaign-start', campaignId: 'spring' }, 1)
  const trunk = state.trunks.get('main')
  if (trunk === undefined) throw new TypeError('the harness has a trunk')
  t.equal(trunk.channelsInUse, 4)
  const hangUps = ofKind(feed({ kind: 'trunks', trunks: [{ ...trunk.settings, channelsMax: 2 }] }, 100), 'hang-up')
  t.same(hangUps, [])
  const [callId = ''] = [...state.calls.keys()]
  feed({ kind: 'call-ended', callId, cause: 'busy', at: 200 }, 200)
  t.same(ofKind(passUntil(5_000), 'originate'), [])
  t.equal(trunk.channelsInUse, 3)
  t.end()
})
