// New settings for a campaign that exists: they hold from its next decision on, and nothing that was learned is lost.
import t from 'tap'
import { createEngineHarness, type EngineHarness, ofKind, testCampaign } from '../../support/engineHarness.ts'

const { pacing } = testCampaign
type Pacing = typeof pacing & { readonly waitMaxMs?: number }

/** A campaign with all agents free; gives how many calls leave once it is applied anew and started. */
function callsAfter(before: Pacing, after: Pacing | undefined): number {
  const harness = createEngineHarness({ agents: 4, callsPerSecond: 1_000, campaign: { pacing: before } })
  if (after !== undefined) apply(harness, after, 500)
  return ofKind(harness.feed({ kind: 'campaign-start', campaignId: 'spring' }, 1_000), 'originate').length
}

function apply(harness: EngineHarness, changed: Pacing, now: number) {
  return harness.feed({ kind: 'campaign-apply', settings: { ...testCampaign, pacing: changed } }, now)
}

const ratio = (value: number, dialLevelMax = 5): Pacing => ({ ...pacing, mode: 'ratio', ratio: value, dialLevelMax })

t.test('another ratio, another limit, another mode: the next decision follows', async t => {
  t.equal(callsAfter(ratio(1), undefined), 4)
  t.equal(callsAfter(ratio(1), ratio(3)), 12)
  t.equal(callsAfter(ratio(3), ratio(3, 2)), 8, 'at most two calls an agent')
  t.equal(callsAfter(ratio(3), pacing), 4, 'a mode is another pacer')
  t.equal(callsAfter(pacing, ratio(2)), 8)
})

t.test('a running campaign dials by its new settings in the step that brings them', async t => {
  const harness = createEngineHarness({ agents: 4, callsPerSecond: 1_000, campaign: { pacing: ratio(1) } })
  t.equal(ofKind(harness.feed({ kind: 'campaign-start', campaignId: 'spring' }, 1_000), 'originate').length, 4)
  t.equal(ofKind(apply(harness, ratio(2), 1_100), 'originate').length, 4, 'four more')
  t.strictSame(ofKind(apply(harness, ratio(1), 1_200), 'originate'), [])
})

t.test('the target and the limit of abandonment reach the pacer that is at work', async t => {
  const predictive = {
    ...pacing,
    mode: 'predictive',
    abandonmentWindows: [{ name: 'day', lengthMs: 86_400_000 }],
  } as const
  const harness = createEngineHarness({ agents: 4, campaign: { pacing: predictive } })
  harness.feed({ kind: 'campaign-start', campaignId: 'spring' }, 1_000)
  const campaign = harness.state.campaigns.get('spring')
  // What may still be abandoned today.
  const left = (now: number) => {
    const limits = { channels: 9, callsPerSecond: 9, leads: 9 }
    return campaign?.pacer.decide({ agents: [], calls: [], limits }, now).figures.budgetLeft ?? Number.NaN
  }
  // An answer in a hundred is lost: too many for a limit of half a percent, not for one of three.
  const spans = [{ at: 0, lengthMs: 3_600_000, answers: 200, abandoned: 2 }]
  const counted = { sellerId: 'acme', purpose: 'sales' as const, campaigns: [{ campaignId: 'spring', spans }] }
  harness.feed({ kind: 'abandonment-counted', ...counted }, 1_100)
  t.ok(left(5_000) > 0)
  apply(harness, { ...predictive, abandonmentTarget: 0.004, abandonmentRateMax: 0.005 }, 6_000)
  t.ok(left(10_000) < 0)
  apply(harness, predictive, 11_000)
  t.ok(left(15_000) > 0)
})

t.test('what a pacer has learned outlives a change of settings, and of mode', async t => {
  for (const changed of [ratio(2), { ...pacing, mode: 'predictive' } as const]) {
    const harness = createEngineHarness({ agents: 2, campaign: { pacing: ratio(1) } })
    const pacer = () => harness.state.campaigns.get('spring')?.pacer
    for (let dials = 0; dials < 300; dials += 1)
      pacer()?.observe({ kind: 'answered', afterMs: 4_000, leadKind: 'first' }, 1_000)
    const learned = pacer()?.answerProbability?.(2_000)
    apply(harness, changed, 3_000)
    t.equal(pacer()?.answerProbability?.(3_000), learned, changed.mode)
    t.ok((learned ?? 0) > 0.8)
  }
})
