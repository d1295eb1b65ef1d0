import t from 'tap'
import { waitByLaw } from '../../../src/core/calls/callLimits.ts'
import type { HopperLead } from '../../../src/core/campaigns/lead.ts'
import { createEngineHarness, ofKind } from '../../support/engineHarness.ts'

t.test('the strictest law says how long a person may wait; words take 300 ms to be heard', async t => {
  const cases: readonly (readonly [withinMs: readonly number[], waitMs: number | undefined])[] = [
    [[], undefined],
    [[2_000], 1_700],
    [[2_000, 1_000], 700],
    [[3_000, 2_500], 2_200],
    [[3_000], 2_700],
    [[60_000], 2_700],
    [[300], 0],
    [[100], 0],
  ]
  for (const [withinMs, waitMs] of cases)
    t.equal(waitByLaw(withinMs.map(one => ({ withinMs: one }))), waitMs, withinMs.join(' '))
})

/** One call, whose lead's law is this. */
function oneCall(lead: Partial<HopperLead>, campaign = {}, agents = 1) {
  const harness = createEngineHarness({ agents, lead: () => lead, campaign })
  const [order] = ofKind(harness.feed({ kind: 'campaign-start', campaignId: 'spring' }, 0), 'originate')
  if (order === undefined) throw new TypeError('an agent is free')
  return { harness, callId: order.order.attempt.callId, order: order.order }
}

t.test('a person waits as long as the law of their call lets them', async t => {
  for (const [lead, waitMs] of [
    [{}, 1_700],
    [{ waitMaxMs: 700 }, 700],
    [{ waitMaxMs: 2_700 }, 2_700],
  ] as const) {
    const { harness, callId, order } = oneCall(lead)
    t.equal(order.takeOverMs, waitMs + 100, 'the PBX stands right behind')
    harness.feed({ kind: 'agent-media', agentId: 'a1', flowing: false, at: 500 }, 500)
    harness.feed({ kind: 'call-answered', callId, at: 1_000 }, 1_000)
    t.same(ofKind(harness.passUntil(1_000 + waitMs - 1), 'play-message'), [], `${waitMs}`)
    t.equal(ofKind(harness.passUntil(1_000 + waitMs), 'play-message').length, 1, `${waitMs}`)
  }
})

t.test(
  'a ring gets its shortest time whenever it begins, and nobody answers later than set-up and ring allow',
  async t => {
    const shortCampaign = { ringTimeoutMs: 15_000 }
    const cases: readonly (readonly [
      campaign: object,
      lead: Partial<HopperLead>,
      ringingAt: number,
      endsAt: number,
    ])[] = [
      // Ring timeout 25 s, set-up 10 s, and 2 s until the order leaves.
      [{}, {}, 1_000, 26_000],
      [{}, {}, 12_000, 37_000],
      [{}, {}, 12_001, 37_000],
      [{}, {}, 22_000, 37_000],
      // The shortest timeout there is: nothing may be taken from it.
      [shortCampaign, {}, 12_000, 27_000],
      // The rule's own shortest ring, longer than all that.
      [shortCampaign, { ringMinMs: 30_000 }, 12_000, 42_000],
      [{}, { ringMinMs: 20_000 }, 17_000, 37_000],
      // The rule's longest ring.
      [{}, { ringMaxMs: 20_000 }, 1_000, 21_000],
      [{}, { ringMaxMs: 20_000 }, 20_000, 37_000],
    ]
    for (const [campaign, lead, ringingAt, endsAt] of cases) {
      const { harness, callId } = oneCall(lead, campaign)
      const name = `${JSON.stringify({ ...campaign, ...lead })} from ${ringingAt}`
      t.same(ofKind(harness.passUntil(ringingAt - 1), 'hang-up'), [], name)
      harness.feed({ kind: 'call-ringing', callId, at: ringingAt }, ringingAt)
      t.same(ofKind(harness.passUntil(endsAt - 1), 'hang-up'), [], name)
      t.match(ofKind(harness.passUntil(endsAt), 'hang-up'), [{ callId }], name)
    }
  },
)

t.test(
  'what has not begun to ring is given up while there is time for the shortest ring, the PBX’s own limit lies behind it all',
  async t => {
    for (const [lead, timeoutMs, givenUpAt] of [
      [{}, 35_000, 22_000],
      [{ ringMinMs: 40_000 }, 50_000, 12_000],
    ] as const) {
      const { harness, callId, order } = oneCall(lead)
      t.match(order, { timeoutMs, lateRingMs: 2_000 })
      t.same(ofKind(harness.passUntil(givenUpAt - 1), 'hang-up'), [])
      t.match(ofKind(harness.passUntil(givenUpAt), 'hang-up'), [{ callId }])
      const ended = { kind: 'call-ended', callId, cause: 'hung-up-by-us', sipCode: 487, at: givenUpAt + 5 } as const
      t.match(ofKind(harness.feed(ended, givenUpAt + 5), 'attempt-ended'), [{ end: { disposition: 'no-answer' } }])
    }
  },
)
