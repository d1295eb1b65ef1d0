import t from 'tap'
import { createEngineHarness, ofKind } from '../../support/engineHarness.ts'

t.test('a campaign that is started again asks for leads at once, also where the store had just had none', async t => {
  const harness = createEngineHarness({ agents: 1, leads: 0 })
  const asked = (effects: Parameters<typeof ofKind>[0]) => ofKind(effects, 'refill-hopper').length
  harness.feed({ kind: 'campaign-start', campaignId: 'spring' }, 1_000)
  t.equal(asked(harness.passUntil(5_000)), 0, 'the store has just said that it has none')
  for (const [stop, at] of [
    ['campaign-stop', 6_000],
    ['campaign-pause', 8_000],
  ] as const) {
    const command = stop === 'campaign-stop' ? { kind: stop, force: false } : { kind: stop }
    harness.feed({ ...command, campaignId: 'spring' }, at)
    t.equal(asked(harness.feed({ kind: 'campaign-start', campaignId: 'spring' }, at + 1_000)), 1, stop)
  }
})
