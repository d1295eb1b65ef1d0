import t from 'tap'
import { createEngineHarness, ofKind } from '../../support/engineHarness.ts'

t.test('an obstacle that comes asks for no leads; one that has gone has every campaign ask at once', async t => {
  const harness = createEngineHarness({ agents: 1, leads: 0 })
  const asked = (effects: Parameters<typeof ofKind>[0]) => ofKind(effects, 'refill-hopper').length
  harness.feed({ kind: 'campaign-start', campaignId: 'spring' }, 1_000)
  t.equal(asked(harness.passUntil(5_000)), 0, 'the store has just said that it has none')
  const askAgainAt = harness.state.campaigns.get('spring')?.hopper.emptyUntil
  harness.feed({ kind: 'obstacle', what: 'store-unavailable' }, 6_000)
  t.equal(harness.state.campaigns.get('spring')?.hopper.emptyUntil, askAgainAt)
  t.equal(asked(harness.passUntil(7_000)), 0)
  t.equal(asked(harness.feed({ kind: 'obstacle' }, 8_000)), 1)
  t.equal(asked(harness.feed({ kind: 'obstacle' }, 8_100)), 0, 'it has gone already')
})
