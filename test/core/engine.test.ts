import t from 'tap'
import type { Effect } from '../../src/core/effects.ts'
import { createEngineHarness, type EngineHarness, ofKind, testCampaign } from '../support/engineHarness.ts'

const start = { kind: 'campaign-start', campaignId: 'spring' } as const

/** Starts the campaign at 1 000 and answers with the ids of the calls it originates. */
function started(harness: EngineHarness): readonly string[] {
  return ofKind(harness.feed(start, 1_000), 'originate').map(effect => effect.order.attempt.callId)
}

function only<Item>(items: readonly Item[]): Item {
  const [first] = items
  if (first === undefined || items.length !== 1) throw new TypeError(`expected one, got ${items.length}`)
  return first
}

function answer(harness: EngineHarness, callId: string, at: number): readonly Effect[] {
  return harness.feed({ kind: 'call-answered', callId, at }, at)
}

function confirm(harness: EngineHarness, effects: readonly Effect[], at: number): readonly Effect[] {
  const { callId, agentId } = only(ofKind(effects, 'connect')).order
  return harness.feed({ kind: 'call-connected', callId, agentId, at }, at)
}

t.test(
  'an answer reaches an agent in the same step, and the conversation ends with its disposition and a wrap-up',
  async t => {
    const harness = createEngineHarness({ agents: 1 })
    const callId = only(started(harness))
    harness.feed({ kind: 'call-ringing', callId, at: 2_000 }, 2_000)
    const answered = answer(harness, callId, 5_000)
    t.match(only(ofKind(answered, 'connect')).order, { callId, agentId: 'a1', nodeId: 'pbx' })
    const connected = confirm(harness, answered, 5_004)
    t.match(
      ofKind(connected, 'notify').map(effect => effect.event),
      [
        { kind: 'agent-state', state: 'on-call' },
        { kind: 'call-connected', connectDelayMs: 4, number: '+12125550101' },
      ],
    )
    const ended = harness.feed(
      { kind: 'call-ended', callId, cause: 'hung-up-by-peer', sipCode: 200, at: 65_000 },
      65_000,
    )
    t.match(only(ofKind(ended, 'attempt-ended')).end, {
      disposition: 'connected',
      ringingAt: 2_000,
      answeredAt: 5_000,
      connectedAt: 5_004,
      agentId: 'a1',
      leadRetryAt: null,
      countsAsAttempt: true,
    })
    t.equal(harness.state.agents.get('a1')?.phase.state, 'wrap-up')
    t.equal(ofKind(ended, 'originate').length, 0, 'progressive dials for nobody who is not available')
    const keyed = harness.feed({ kind: 'agent-key', agentId: 'a1', key: '1', at: 70_000 }, 70_000)
    t.match(only(ofKind(keyed, 'wrapped-up')).wrapUp, { code: 'sale', refusal: false })
    t.equal(ofKind(keyed, 'originate').length, 1, 'they are available again, so the next lead is dialed')
  },
)

t.test('how a call that nobody answered ends', async t => {
  const table = [
    { cause: 'busy', ringing: false, disposition: 'busy', counts: true, retryMs: 15 * 60_000 },
    { cause: 'no-answer', ringing: true, disposition: 'no-answer', counts: true, retryMs: 4 * 3_600_000 },
    { cause: 'hung-up-by-us', ringing: true, disposition: 'no-answer', counts: true, retryMs: 4 * 3_600_000 },
    { cause: 'congestion', ringing: false, disposition: 'congestion', counts: false, retryMs: 15 * 60_000 },
    { cause: 'congestion', ringing: true, disposition: 'congestion', counts: true, retryMs: 15 * 60_000 },
    { cause: 'failed', ringing: false, disposition: 'failed', counts: false, retryMs: 15 * 60_000 },
    { cause: 'failed', ringing: true, disposition: 'failed', counts: true, retryMs: null },
    { cause: 'rejected', ringing: true, disposition: 'rejected', counts: true, retryMs: null },
    { cause: 'invalid-number', ringing: false, disposition: 'failed', counts: false, retryMs: null },
  ] as const
  for (const row of table) {
    const harness = createEngineHarness({ agents: 1 })
    const callId = only(started(harness))
    if (row.ringing) harness.feed({ kind: 'call-ringing', callId, at: 2_000 }, 2_000)
    const ended = harness.feed({ kind: 'call-ended', callId, cause: row.cause, at: 9_000 }, 9_000)
    t.match(
      only(ofKind(ended, 'attempt-ended')).end,
      {
        disposition: row.disposition,
        countsAsAttempt: row.counts,
        leadRetryAt: row.retryMs === null ? null : 9_000 + row.retryMs,
      },
      `${row.cause} ${row.ringing ? 'after' : 'before'} ringing`,
    )
    t.equal(ofKind(ended, 'originate').length, 1, 'the next lead follows')
  }
})

t.test('the ring timer counts from the 180 and not from the originate', async t => {
  const harness = createEngineHarness({ agents: 1 })
  const { order } = only(ofKind(harness.feed(start, 1_000), 'originate'))
  t.equal(order.timeoutMs, 35_000, 'the PBX gets set-up and ring time, as a net')
  const { callId } = order.attempt
  harness.feed({ kind: 'call-ringing', callId, at: 6_000 }, 6_000)
  t.equal(ofKind(harness.passUntil(30_999), 'hang-up').length, 0)
  t.equal(only(ofKind(harness.passUntil(31_000), 'hang-up')).callId, callId)
})

t.test('where nobody is free the message comes 1.7 s after the 200, and the person is counted', async t => {
  const harness = createEngineHarness({ agents: 1, campaign: { pacing: ratioPacing(2) } })
  const [first, second] = started(harness)
  if (first === undefined || second === undefined) throw new TypeError('two calls expected')
  confirm(harness, answer(harness, first, 3_000), 3_003)
  t.equal(ofKind(answer(harness, second, 4_000), 'connect').length, 0)
  t.equal(ofKind(harness.passUntil(5_699), 'play-message').length, 0)
  const late = harness.passUntil(5_700)
  t.equal(only(ofKind(late, 'play-message')).callId, second)
  t.equal(harness.state.campaigns.get('spring')?.progress.counters.abandoned, 1)
  const ended = harness.feed({ kind: 'call-ended', callId: second, cause: 'hung-up-by-us', at: 12_000 }, 12_000)
  t.match(only(ofKind(ended, 'attempt-ended')).end, {
    disposition: 'abandoned',
    detail: 'no-agent',
    answeredAt: 4_000,
    leadRetryAt: 12_000 + 72 * 3_600_000,
  })
})

function ratioPacing(ratio: number) {
  return { mode: 'ratio' as const, ratio, abandonmentTarget: 0.027, abandonmentRateMax: 0.03, dialLevelMax: 5 }
}

t.test('a person who waits is taken by the first agent who becomes available, the longest available first', async t => {
  const harness = createEngineHarness({ agents: 2, campaign: { pacing: ratioPacing(2) } })
  const calls = started(harness)
  t.equal(calls.length, 4)
  const [c1, c2, c3] = calls
  if (c1 === undefined || c2 === undefined || c3 === undefined) throw new TypeError('four calls expected')
  const first = answer(harness, c1, 2_000)
  t.equal(only(ofKind(first, 'connect')).order.agentId, 'a1', 'a1 came onto the line first')
  confirm(harness, first, 2_002)
  confirm(harness, answer(harness, c2, 2_100), 2_102)
  answer(harness, c3, 2_200)
  harness.feed({ kind: 'call-ended', callId: c2, cause: 'hung-up-by-peer', at: 2_900 }, 2_900)
  const freed = harness.feed({ kind: 'agent-key', agentId: 'a2', key: '2', at: 3_000 }, 3_000)
  t.match(only(ofKind(freed, 'connect')).order, { callId: c3, agentId: 'a2' })
})

t.test(
  'a dead agent leg: another agent inside the two seconds, else the message; the silent phone gets no call',
  async t => {
    const harness = createEngineHarness({ agents: 2 })
    const [c1, c2] = started(harness)
    if (c1 === undefined || c2 === undefined) throw new TypeError('two calls expected')
    confirm(harness, answer(harness, c1, 2_000), 2_003)
    const failed = harness.feed(
      { kind: 'connect-failed', callId: c1, agentId: 'a1', broken: 'agent-leg', at: 2_400 },
      2_400,
    )
    t.equal(only(ofKind(failed, 'connect')).order.agentId, 'a2')
    t.equal(harness.state.agents.get('a1')?.mediaFlowing, false)
    const again = harness.feed(
      { kind: 'connect-failed', callId: c1, agentId: 'a2', broken: 'agent-leg', at: 3_800 },
      3_800,
    )
    t.equal(only(ofKind(again, 'play-message')).callId, c1, 'past 1.7 s nobody else is tried')
    t.equal(ofKind(answer(harness, c2, 4_000), 'connect').length, 0, 'two silent phones take nobody')
    const back = harness.feed({ kind: 'agent-media', agentId: 'a2', flowing: true, at: 4_500 }, 4_500)
    t.equal(only(ofKind(back, 'connect')).order.callId, c2)
  },
)

t.test("a customer's leg that cannot be joined is not tried again; its end is awaited", async t => {
  const harness = createEngineHarness({ agents: 1 })
  const callId = only(started(harness))
  answer(harness, callId, 3_000)
  const failed = harness.feed(
    { kind: 'connect-failed', callId, agentId: 'a1', broken: 'customer-leg', at: 3_010 },
    3_010,
  )
  t.same(ofKind(failed, 'connect'), [])
  t.equal(harness.state.agents.get('a1')?.phase.state, 'available')
  const ended = harness.feed({ kind: 'call-ended', callId, cause: 'hung-up-by-peer', sipCode: 200, at: 3_100 }, 3_100)
  t.equal(only(ofKind(ended, 'attempt-ended')).end.disposition, 'hung-up-waiting')
})

t.test('a pause, a log-out and a stop asked for while calls ring take effect when those are settled', async t => {
  const harness = createEngineHarness({ agents: 1 })
  const callId = only(started(harness))
  harness.feed({ kind: 'agent-pause', agentId: 'a1', reason: 'coffee', force: false }, 1_500)
  t.equal(harness.state.agents.get('a1')?.phase.state, 'available')
  const answered = answer(harness, callId, 3_000)
  t.equal(ofKind(answered, 'connect').length, 1, 'the call that rang for them is theirs')
  confirm(harness, answered, 3_002)
  harness.feed({ kind: 'call-ended', callId, cause: 'hung-up-by-peer', at: 9_000 }, 9_000)
  const done = harness.feed({ kind: 'agent-key', agentId: 'a1', key: '1', at: 9_500 }, 9_500)
  t.match(harness.state.agents.get('a1')?.phase, { state: 'paused', reason: 'coffee' })
  t.equal(ofKind(done, 'originate').length, 0)
  const resumed = harness.feed({ kind: 'agent-resume', agentId: 'a1' }, 20_000)
  const next = only(ofKind(resumed, 'originate')).order.attempt.callId
  harness.feed({ kind: 'agent-logout', agentId: 'a1', force: false }, 20_100)
  harness.feed({ kind: 'campaign-stop', campaignId: 'spring', force: false }, 20_200)
  t.equal(harness.state.campaigns.get('spring')?.state, 'stopping')
  const settled = harness.feed({ kind: 'call-ended', callId: next, cause: 'busy', at: 21_000 }, 21_000)
  t.equal(only(ofKind(settled, 'release-agent')).agentId, 'a1')
  t.equal(harness.state.agents.get('a1')?.phase.state, 'offline')
  t.equal(harness.state.campaigns.get('spring')?.state, 'stopped')
})

t.test('a forced pause does not wait, and a request that waits is over after 20 s', async t => {
  const forced = createEngineHarness({ agents: 1 })
  started(forced)
  forced.feed({ kind: 'agent-pause', agentId: 'a1', reason: 'fire', force: true }, 1_500)
  t.equal(forced.state.agents.get('a1')?.phase.state, 'paused')
  const patient = createEngineHarness({ agents: 1 })
  started(patient)
  patient.feed({ kind: 'agent-pause', agentId: 'a1', reason: 'tea', force: false }, 1_500)
  patient.passUntil(21_499)
  t.equal(patient.state.agents.get('a1')?.phase.state, 'available')
  patient.passUntil(21_500)
  t.equal(patient.state.agents.get('a1')?.phase.state, 'paused')
})

t.test(
  'an opt-out ends a ringing call as soon as the law lets it and a person who answers first hears the message',
  async t => {
    const harness = createEngineHarness({ agents: 2 })
    const [c1, c2] = started(harness)
    if (c1 === undefined || c2 === undefined) throw new TypeError('two calls expected')
    const numberOf = (callId: string) => harness.state.calls.get(callId)?.number ?? ''
    for (const callId of [c1, c2]) harness.feed({ kind: 'call-ringing', callId, at: 2_000 }, 2_000)
    harness.feed({ kind: 'number-blocked', number: numberOf(c1) }, 5_000)
    harness.feed({ kind: 'number-blocked', number: numberOf(c2) }, 5_000)
    t.equal(only(ofKind(answer(harness, c2, 6_000), 'play-message')).callId, c2)
    t.equal(ofKind(harness.passUntil(16_999), 'hang-up').length, 0, 'never before 15.0 s of ringing')
    t.equal(only(ofKind(harness.passUntil(17_000), 'hang-up')).callId, c1)
    const ended = harness.feed(
      { kind: 'call-ended', callId: c1, cause: 'hung-up-by-us', sipCode: 487, at: 17_050 },
      17_050,
    )
    t.equal(only(ofKind(ended, 'attempt-ended')).end.disposition, 'withdrawn')
  },
)

t.test('a 200 that crosses our CANCEL is a person who is counted', async t => {
  const harness = createEngineHarness({ agents: 1 })
  const callId = only(started(harness))
  harness.feed({ kind: 'call-ringing', callId, at: 2_000 }, 2_000)
  t.equal(ofKind(harness.passUntil(27_000), 'hang-up').length, 1)
  const ended = harness.feed({ kind: 'call-ended', callId, cause: 'hung-up-by-us', sipCode: 200, at: 27_010 }, 27_010)
  t.equal(only(ofKind(ended, 'attempt-ended')).end.disposition, 'abandoned')
  t.match(harness.state.campaigns.get('spring')?.progress.counters, { answered: 1, abandoned: 1 })
})

t.test('no trunk limit is ever passed: channels, and calls per second without bursts', async t => {
  const narrow = createEngineHarness({ agents: 50, channels: 7 })
  t.equal(started(narrow).length <= 7, true)
  narrow.passUntil(5_000)
  t.equal(narrow.state.calls.size, 7)
  const slow = createEngineHarness({ agents: 50, callsPerSecond: 20 })
  const made = started(slow).length + ofKind(slow.passUntil(2_000), 'originate').length
  t.ok(made >= 18 && made <= 21, `${made} in the first second at 20 a second`)
})

t.test('a number in flight in one campaign is not dialed by another', async t => {
  const harness = createEngineHarness({ agents: 1, leads: 1 })
  started(harness)
  const other = { ...harness.state.campaigns.get('spring')?.settings, campaignId: 'autumn' }
  if (other.name === undefined) throw new TypeError('settings expected')
  harness.feed({ kind: 'campaign-apply', settings: other as never }, 1_100)
  const settings = { agentId: 'b1', name: 'b1', endpoint: 'PJSIP/b1', nodeId: 'pbx', campaignId: 'autumn' }
  harness.feed({ kind: 'agent-add', settings }, 1_100)
  harness.feed({ kind: 'agent-leg-up', agentId: 'b1', nodeId: 'pbx', by: 'agent', at: 1_100 }, 1_100)
  harness.feed({ kind: 'campaign-start', campaignId: 'autumn' }, 1_200)
  const [call] = harness.state.calls.values()
  const lead = { leadId: 77, number: call?.number ?? '', attempts: 0 }
  const filled = harness.feed({ kind: 'hopper-filled', campaignId: 'autumn', leads: [lead] }, 1_300)
  t.equal(ofKind(filled, 'originate').length, 0)
  const freed = harness.feed({ kind: 'call-ended', callId: call?.callId ?? '', cause: 'busy', at: 2_000 }, 2_000)
  t.match(only(ofKind(freed, 'originate')).order.attempt, { campaignId: 'autumn', number: call?.number })
})

t.test('a forced stop ends what rings for its campaign, and nothing of another', async t => {
  const harness = createEngineHarness({ agents: 1 })
  started(harness)
  const settings = { ...testCampaign, campaignId: 'autumn' }
  harness.feed({ kind: 'campaign-apply', settings }, 1_100)
  const agent = { agentId: 'b1', name: 'b1', endpoint: 'PJSIP/b1', nodeId: 'pbx', campaignId: 'autumn' }
  harness.feed({ kind: 'agent-add', settings: agent }, 1_100)
  harness.feed({ kind: 'agent-leg-up', agentId: 'b1', nodeId: 'pbx', by: 'agent', at: 1_100 }, 1_100)
  harness.feed({ kind: 'campaign-start', campaignId: 'autumn' }, 1_200)
  const calls = [...harness.state.calls.values()]
  t.same(
    calls.map(({ campaignId }) => campaignId),
    ['spring', 'autumn'],
  )
  for (const { callId } of calls) harness.feed({ kind: 'call-ringing', callId, at: 2_000 }, 2_000)
  harness.feed({ kind: 'campaign-stop', campaignId: 'spring', force: true }, 3_000)
  const ended = ofKind(harness.passUntil(20_000), 'hang-up').map(({ callId }) => callId)
  t.same(ended, [calls[0]?.callId], 'after the shortest ringing that the law knows')
})

t.test('wrap-up over the API: early, late, twice, with a refusal, as a machine', async t => {
  const harness = createEngineHarness({ agents: 1 })
  const callId = only(started(harness))
  confirm(harness, answer(harness, callId, 3_000), 3_002)
  const early = harness.feed({ kind: 'wrap-up', callId, code: 'refused', refusal: true }, 4_000)
  t.equal(only(ofKind(early, 'opt-out')).number, '+12125550101')
  t.match(ofKind(harness.feed({ kind: 'wrap-up', callId, code: 'sale', refusal: false }, 4_100), 'rejected'), [
    { code: 'already-wrapped-up' },
  ])
  const ended = harness.feed({ kind: 'call-ended', callId, cause: 'hung-up-by-peer', at: 8_000 }, 8_000)
  t.equal(harness.state.agents.get('a1')?.phase.state, 'available', 'the word is in: no wrap-up follows')
  const next = only(ofKind(ended, 'originate')).order.attempt.callId
  confirm(harness, answer(harness, next, 9_000), 9_002)
  harness.feed({ kind: 'call-ended', callId: next, cause: 'hung-up-by-peer', at: 10_000 }, 10_000)
  const timer = harness.passUntil(30_000)
  t.equal(only(ofKind(timer, 'wrapped-up')).wrapUp.code, 'timeout')
  const late = harness.feed({ kind: 'wrap-up', callId: next, code: 'machine', refusal: false }, 31_000)
  t.match(only(ofKind(late, 'wrapped-up')).wrapUp, { code: 'machine', leadRetryAt: 31_000 + 27 * 3_600_000 })
  t.match(harness.state.campaigns.get('spring')?.progress.counters, { answered: 2, answeredByPerson: 1 })
})

t.test('what cannot be obeyed is said with a code', async t => {
  const harness = createEngineHarness({ agents: 1 })
  const codes = (effects: readonly Effect[]) => ofKind(effects, 'rejected').map(effect => effect.code)
  t.same(codes(harness.feed({ kind: 'campaign-start', campaignId: 'winter' }, 100)), ['unknown-campaign'])
  t.same(codes(harness.feed({ kind: 'agent-login', agentId: 'zz' }, 100)), ['unknown-agent'])
  t.same(codes(harness.feed({ kind: 'agent-login', agentId: 'a1' }, 100)), ['illegal-transition'])
  t.same(codes(harness.feed({ kind: 'call-answered', callId: 'x', at: 100 }, 100)), ['unknown-call'])
  t.same(codes(harness.feed({ kind: 'wrap-up', callId: 'x', code: 'sale', refusal: false }, 100)), ['unknown-call'])
  t.same(codes(harness.feed({ kind: 'agent-resume', agentId: 'a1' }, 100)), ['illegal-transition'])
})
