// Agents who dial by themselves: shown one lead at a time, or by their own choice.
import t from 'tap'
import type { CampaignSettings } from '../../../src/core/campaigns/campaign.ts'
import type { Effect } from '../../../src/core/effects.ts'
import { createEngineHarness, type EngineHarness, ofKind, testCampaign } from '../../support/engineHarness.ts'

const preview = { mode: 'preview' } as const
const pacing = { ...testCampaign.pacing, ...preview }

/** Agents a1 and on in a campaign that runs in a mode. */
function dialing(more: Partial<CampaignSettings> = {}, agents = 1): EngineHarness {
  const harness = createEngineHarness({ agents, campaign: { pacing, ...more } })
  harness.feed({ kind: 'campaign-start', campaignId: 'spring' }, 100)
  return harness
}

function shown({ state }: EngineHarness, agentId = 'a1'): number | undefined {
  return state.agents.get(agentId)?.offer?.lead.leadId
}

function phaseOf({ state }: EngineHarness, agentId = 'a1') {
  return state.agents.get(agentId)?.phase
}

function rejected(effects: readonly Effect[]): readonly string[] {
  return ofKind(effects, 'rejected').map(({ code }) => code)
}

function change(harness: EngineHarness, mode: CampaignSettings['pacing']['mode'], at: number): readonly Effect[] {
  const settings = { ...testCampaign, pacing: { ...pacing, mode } }
  return harness.feed({ kind: 'campaign-apply', settings }, at)
}

t.test('each free agent is shown a lead of their own in the order of the hopper, and nothing is dialed', async t => {
  const harness = dialing({}, 2)
  t.same([shown(harness), shown(harness, 'a2')], [1, 2])
  t.equal(ofKind(harness.passUntil(20_000), 'originate').length, 0)
  const { effects } = {
    effects: harness.feed({ kind: 'offer-skip', agentId: 'a1', leadId: 1, reason: 'not-now' }, 20_000),
  }
  t.match(ofKind(effects, 'skip-lead'), [{ leadId: 1, until: 20_000 + 3_600_000 }])
  t.match(ofKind(effects, 'notify'), [{ event: { kind: 'lead-offer', state: 'skipped', skipReason: 'not-now' } }, {}])
  t.equal(shown(harness), 3, 'the next one')
  const gone = harness.feed({ kind: 'offer-skip', agentId: 'a1', leadId: 3, reason: 'wrong-data' }, 21_000)
  t.match(ofKind(gone, 'skip-lead'), [{ leadId: 3, until: null }], 'finished')
})

t.test('who waits for a lead that is not there is told so', async t => {
  const harness = createEngineHarness({ agents: 2, campaign: { pacing }, leads: 1 })
  const reason = (effects: readonly Effect[]) => ofKind(effects, 'decision').at(-1)?.decision.reason
  harness.feed({ kind: 'campaign-start', campaignId: 'spring' }, 100)
  t.equal(shown(harness), 1)
  t.equal(reason(harness.passUntil(10_000)), 'no-leads')
  harness.feed({ kind: 'agent-pause', agentId: 'a2', reason: 'tea', force: false }, 11_000)
  t.equal(reason(harness.passUntil(20_000)), 'agents-dial')
})

t.test('who presses Call gets the person, and is nobody else’s from then on', async t => {
  const harness = dialing()
  const effects = harness.feed({ kind: 'offer-call', agentId: 'a1', leadId: 1 }, 5_000)
  const [order] = ofKind(effects, 'originate')
  t.match(order?.order.attempt, { origin: 'manual', agentId: 'a1', leadId: 1, callId: 't-1' })
  t.match(phaseOf(harness), { state: 'reserved', callId: 't-1' })
  t.same(rejected(harness.feed({ kind: 'offer-call', agentId: 'a1', leadId: 1 }, 5_001)), ['offer-gone'])
  harness.feed({ kind: 'call-ringing', callId: 't-1', at: 6_000 }, 6_000)
  const answered = harness.feed({ kind: 'call-answered', callId: 't-1', at: 9_000 }, 9_000)
  t.match(ofKind(answered, 'connect'), [{ order: { agentId: 'a1' } }])
  harness.feed({ kind: 'call-connected', callId: 't-1', agentId: 'a1', at: 9_050 }, 9_050)
  const over = harness.feed({ kind: 'call-ended', callId: 't-1', cause: 'hung-up-by-peer', at: 30_000 }, 30_000)
  t.match(ofKind(over, 'attempt-ended'), [{ end: { origin: 'manual', disposition: 'connected', agentId: 'a1' } }])
  t.equal(shown(harness), undefined, 'first they write it up')
  harness.feed({ kind: 'wrap-up', callId: 't-1', code: 'sale', refusal: false }, 31_000)
  t.equal(shown(harness), 2)
})

t.test('who lets the time pass pauses, and the lead is the next for somebody else', async t => {
  const harness = dialing({}, 2)
  harness.feed({ kind: 'agent-pause', agentId: 'a2', reason: 'tea', force: false }, 1_000)
  harness.passUntil(30_099)
  t.match(phaseOf(harness), { state: 'available' })
  harness.passUntil(30_100)
  t.match(phaseOf(harness), { state: 'paused', reason: 'no-decision' })
  harness.feed({ kind: 'agent-resume', agentId: 'a2' }, 31_000)
  t.equal(shown(harness, 'a2'), 1)
})

t.test('the campaign may have it that the time calls, where the agent can be heard', async t => {
  const calls = { decideMs: 10_000, timeUp: 'call', skipReasons: [{ name: 'no' }] } as const
  const harness = dialing({ preview: calls })
  t.match(ofKind(harness.passUntil(10_100), 'originate'), [{ order: { attempt: { origin: 'manual', leadId: 1 } } }])
  const silent = dialing({ preview: calls })
  silent.feed({ kind: 'agent-media', agentId: 'a1', flowing: false, at: 1_000 }, 1_000)
  t.equal(shown(silent), undefined)
  t.equal(ofKind(silent.passUntil(20_000), 'originate').length, 0)
})

t.test('a lead is taken back when its agent leaves, and when it may not be called any more', async t => {
  const away: readonly (readonly [string, Parameters<EngineHarness['feed']>[0]])[] = [
    ['a pause', { kind: 'agent-pause', agentId: 'a1', reason: 'tea', force: false }],
    ['a log-out', { kind: 'agent-logout', agentId: 'a1', force: false }],
    ['a line that is gone', { kind: 'agent-leg-down', agentId: 'a1', cause: 'lost', at: 2_000 }],
    ['a line without sound', { kind: 'agent-media', agentId: 'a1', flowing: false, at: 2_000 }],
    ['a campaign that pauses', { kind: 'campaign-pause', campaignId: 'spring' }],
  ]
  for (const [what, input] of away) {
    const harness = dialing()
    harness.feed(input, 2_000)
    t.equal(shown(harness), undefined, what)
    t.equal(harness.state.campaigns.get('spring')?.hopper.leads[0]?.leadId, 1, `${what}: it is the next one`)
  }
  const refused = dialing()
  refused.feed({ kind: 'number-blocked', number: '+12125550101' }, 2_000)
  t.equal(shown(refused), 2, 'a refusal: another one is shown')
})

t.test('the mode changes while leads are shown and calls ring, in both directions', async t => {
  const harness = dialing({}, 2)
  harness.feed({ kind: 'offer-call', agentId: 'a1', leadId: 1 }, 1_000)
  const changed = change(harness, 'progressive', 2_000)
  t.equal(shown(harness, 'a2'), undefined)
  t.match(
    ofKind(changed, 'originate').map(({ order }) => order.attempt),
    [{ origin: 'campaign', leadId: 2 }],
    'one call for the agent who is free; who has called is reserved',
  )
  harness.feed({ kind: 'call-ringing', callId: 't-2', at: 3_000 }, 3_000)
  change(harness, 'preview', 4_000)
  t.equal(shown(harness, 'a2'), undefined, 'whom pacing has called needs the agent who is free')
  harness.feed({ kind: 'call-answered', callId: 't-2', at: 5_000 }, 5_000)
  t.match(phaseOf(harness, 'a2'), { state: 'reserved', callId: 't-2' })
  harness.feed({ kind: 'call-ended', callId: 't-1', cause: 'busy', at: 6_000 }, 6_000)
  t.match(phaseOf(harness), { state: 'available' })
  t.equal(shown(harness), 3)
  t.same(rejected(harness.feed({ kind: 'agent-dial', agentId: 'a1', lead: lead(90) }, 7_000)), ['wrong-mode'])
})

t.test('nobody dials by hand while calls of pacing still ring for the agents who are free', async t => {
  const harness = createEngineHarness({ agents: 1 })
  harness.feed({ kind: 'campaign-start', campaignId: 'spring' }, 100)
  change(harness, 'manual', 1_000)
  const dial = (at: number) => harness.feed({ kind: 'agent-dial', agentId: 'a1', lead: lead(11) }, at)
  t.same(rejected(dial(1_100)), ['cannot-dial'])
  harness.feed({ kind: 'call-ended', callId: 't-1', cause: 'busy', at: 2_000 }, 2_000)
  t.equal(ofKind(dial(2_100), 'originate').length, 1)
})

t.test('a lead that is shown is not asked for again', async t => {
  const harness = createEngineHarness({ agents: 2, campaign: { pacing }, leads: 2 })
  harness.feed({ kind: 'campaign-start', campaignId: 'spring' }, 100)
  t.same([shown(harness), shown(harness, 'a2')], [1, 2])
  const [refill] = ofKind(harness.feed({ kind: 'leads-changed', campaignId: 'spring' }, 1_000), 'refill-hopper')
  t.same(refill?.exclude, [1, 2])
})

const lead = (leadId: number) => ({ leadId, number: `+121255502${leadId}`, attempts: 0 })

t.test('an agent calls whom they choose, and only where nothing is in the way', async t => {
  const manual = { pacing: { ...pacing, mode: 'manual' } } as const
  const harness = dialing(manual, 2)
  harness.passUntil(5_000)
  t.same(harness.state.campaigns.get('spring')?.hopper.leads, [], 'whom they call is no list’s')
  const dial = (agentId: string, leadId: number) =>
    harness.feed({ kind: 'agent-dial', agentId, lead: lead(leadId) }, harness.now() + 100)
  t.match(ofKind(dial('a1', 11), 'originate'), [
    { order: { attempt: { origin: 'manual', agentId: 'a1', leadId: 11 } } },
  ])
  t.same(rejected(dial('a1', 12)), ['illegal-transition'], 'they have a call')
  t.same(rejected(dial('a2', 11)), ['cannot-dial'], 'somebody calls that person')
  t.same(rejected(dial('a9', 12)), ['unknown-agent'])
  harness.feed({ kind: 'drain', on: true }, 6_000)
  t.same(rejected(dial('a2', 12)), ['cannot-dial'], 'nothing is dialed')
  harness.feed({ kind: 'drain', on: false }, 6_500)
  harness.feed({ kind: 'campaign-pause', campaignId: 'spring' }, 7_000)
  t.same(rejected(dial('a2', 12)), ['wrong-mode'])
})

t.test('a no of the gate costs nobody anything, and its agent hears why', async t => {
  const harness = dialing()
  harness.feed({ kind: 'offer-call', agentId: 'a1', leadId: 1 }, 1_000)
  const no = { kind: 'originate-refused', callId: 't-1', reason: 'outside-calling-hours', retryAt: 90_000 } as const
  const effects = harness.feed(no, 1_010)
  t.match(
    ofKind(effects, 'notify').map(({ event }) => event),
    [
      ...[
        { kind: 'agent-state', state: 'available' },
        { kind: 'dial-refused', leadId: 1, retryAt: 90_000 },
      ],
      { kind: 'lead-offer', state: 'shown', leadId: 2 },
    ],
  )
  t.match(harness.state.agents.get('a1')?.refused, { reason: 'outside-calling-hours', retryAt: 90_000 })
  t.equal(ofKind(effects, 'attempt-ended').length, 0)
})
