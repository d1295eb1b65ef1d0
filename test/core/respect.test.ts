import t from 'tap'
import type { HopperLead } from '../../src/core/campaigns/lead.ts'
import type { Effect } from '../../src/core/effects.ts'
import { createEngineHarness, type EngineHarness, ofKind } from '../support/engineHarness.ts'

/** A running campaign whose hopper holds these leads alone. */
function withLeads(agents: number, leads: readonly HopperLead[]): { harness: EngineHarness; begun: readonly Effect[] } {
  const harness = createEngineHarness({ agents, leads: 0 })
  harness.feed({ kind: 'campaign-start', campaignId: 'spring' }, 1_000)
  const begun = harness.feed({ kind: 'hopper-filled', campaignId: 'spring', leads }, 2_000)
  return { harness, begun }
}

function lead(leadId: number, more: Partial<HopperLead> = {}): HopperLead {
  return { leadId, number: `+1212555${String(leadId).padStart(4, '0')}`, attempts: 0, ...more }
}

function orders(effects: readonly Effect[]) {
  return ofKind(effects, 'originate').map(({ order }) => order)
}

function dialed(effects: readonly Effect[]): readonly number[] {
  return orders(effects).map(({ attempt }) => attempt.leadId)
}

t.test(
  'a call-back that an agent promised is made when they are free, and is theirs although another has waited longer',
  async t => {
    const { harness, begun } = withLeads(2, [lead(7, { agentId: 'a2' })])
    t.same(dialed(begun), [7])
    t.equal(harness.state.agents.get('a2')?.heldFor, orders(begun)[0]?.attempt.callId)
    const callId = orders(begun)[0]?.attempt.callId ?? ''
    const more = harness.feed({ kind: 'hopper-filled', campaignId: 'spring', leads: [lead(8), lead(9)] }, 2_500)
    t.same(dialed(more), [8], 'only the agent who is not held is dialed for')
    const answered = harness.feed({ kind: 'call-answered', callId, at: 5_000 }, 5_000)
    t.match(ofKind(answered, 'connect')[0]?.order, { callId, agentId: 'a2' })
    t.equal(harness.state.agents.get('a2')?.heldFor, undefined)
  },
)

t.test('another person who answers first does not get the agent who is held', async t => {
  const { harness, begun } = withLeads(2, [lead(7, { agentId: 'a1' }), lead(8)])
  t.same(dialed(begun), [7, 8])
  const [, other] = orders(begun)
  const answered = harness.feed({ kind: 'call-answered', callId: other?.attempt.callId ?? '', at: 4_000 }, 4_000)
  t.equal(ofKind(answered, 'connect')[0]?.order.agentId, 'a2')
})

t.test('a promised call-back waits while its agent talks, and is nobody else’s meanwhile', async t => {
  const { harness, begun } = withLeads(2, [lead(1), lead(2)])
  const [first] = orders(begun)
  const callId = first?.attempt.callId ?? ''
  const [connect] = ofKind(harness.feed({ kind: 'call-answered', callId, at: 4_000 }, 4_000), 'connect')
  const agentId = connect?.order.agentId ?? ''
  harness.feed({ kind: 'call-connected', callId, agentId, at: 4_010 }, 4_010)
  t.same(
    dialed(harness.feed({ kind: 'hopper-filled', campaignId: 'spring', leads: [lead(7, { agentId })] }, 5_000)),
    [],
  )
  t.same(dialed(harness.passUntil(20_000)), [])
  harness.feed({ kind: 'call-ended', callId, cause: 'hung-up-by-peer', at: 30_000 }, 30_000)
  t.same(dialed(harness.feed({ kind: 'agent-key', agentId, key: '1', at: 31_000 }, 31_000)), [7])
})

t.test('without its agent at work a call-back is anybody’s', async t => {
  const { begun } = withLeads(1, [lead(7, { agentId: 'a9' })])
  t.same(dialed(begun), [7])
})

t.test('a call-back whose agent has paused is a call like any other: nobody is reserved for it', async t => {
  const harness = createEngineHarness({ agents: 2, leads: 0 })
  harness.feed({ kind: 'campaign-start', campaignId: 'spring' }, 1_000)
  harness.feed({ kind: 'agent-pause', agentId: 'a1', reason: 'lunch', force: false }, 1_500)
  const leads = [lead(7, { agentId: 'a1' })]
  const [order] = orders(harness.feed({ kind: 'hopper-filled', campaignId: 'spring', leads }, 2_000))
  t.equal(order?.attempt.leadId, 7)
  t.equal(harness.state.calls.get(order?.attempt.callId ?? '')?.lead?.agentId, undefined)
  t.equal(harness.state.agents.get('a1')?.heldFor, undefined)
})

t.test('a call-back does not take an agent away from the person whose phone rings for them', async t => {
  const { harness, begun } = withLeads(2, [lead(1), lead(2)])
  const promised = [lead(7, { agentId: 'a1' })]
  t.same(dialed(harness.feed({ kind: 'hopper-filled', campaignId: 'spring', leads: promised }, 5_000)), [])
  const callId = orders(begun)[0]?.attempt.callId ?? ''
  t.same(dialed(harness.feed({ kind: 'call-ended', callId, cause: 'busy', at: 6_000 }, 6_000)), [7])
})

t.test('a call-back that nobody answers lets its agent go', async t => {
  const { harness, begun } = withLeads(1, [lead(7, { agentId: 'a1' })])
  const callId = orders(begun)[0]?.attempt.callId ?? ''
  harness.feed({ kind: 'call-ended', callId, cause: 'busy', at: 6_000 }, 6_000)
  t.equal(harness.state.agents.get('a1')?.heldFor, undefined)
  t.same(dialed(harness.feed({ kind: 'hopper-filled', campaignId: 'spring', leads: [lead(8)] }, 7_000)), [8])
})

t.test('two numbers of one person never ring at a time', async t => {
  const { harness, begun } = withLeads(3, [lead(1, { personKey: 5 }), lead(2, { personKey: 5 }), lead(3)])
  t.same(dialed(begun), [1, 3])
  const callId = orders(begun)[0]?.attempt.callId ?? ''
  t.same(dialed(harness.feed({ kind: 'call-ended', callId, cause: 'busy', at: 6_000 }, 6_000)), [2])
})

t.test('a telephone rings no longer than the law of its place lets it', async t => {
  const { harness, begun } = withLeads(1, [lead(1, { ringMaxMs: 20_000 })])
  const callId = orders(begun)[0]?.attempt.callId ?? ''
  harness.feed({ kind: 'call-ringing', callId, at: 3_000 }, 3_000)
  t.equal(ofKind(harness.passUntil(22_999), 'hang-up').length, 0)
  t.match(ofKind(harness.passUntil(23_000), 'hang-up'), [{ callId }])
})

t.test('the caller identity is one that may be presented to this lead', async t => {
  const { begun } = withLeads(
    3,
    [1, 2, 3].map(id => lead(id, { callerIds: ['+12125550101'] })),
  )
  t.same(new Set(orders(begun).map(({ attempt }) => attempt.callerId)), new Set(['+12125550101']))
})

/** A conversation of agent a1 under way since 4 s. */
function talking(): { harness: EngineHarness; callId: string; number: string } {
  const { harness, begun } = withLeads(1, [lead(1)])
  const [order] = orders(begun)
  const { callId, number } = order?.attempt ?? { callId: '', number: '' }
  harness.feed({ kind: 'call-answered', callId, at: 4_000 }, 4_000)
  harness.feed({ kind: 'call-connected', callId, agentId: 'a1', at: 4_010 }, 4_010)
  return { harness, callId, number }
}

t.test('the key of a refusal in the middle of a talk is written at once and ends it after a farewell', async t => {
  const { harness, callId, number } = talking()
  const refused = harness.feed({ kind: 'agent-key', agentId: 'a1', key: '4', at: 10_000 }, 10_000)
  t.match(ofKind(refused, 'opt-out'), [{ number, by: 'agent', callId }])
  t.match(ofKind(refused, 'wrapped-up')[0]?.wrapUp, { code: 'refused', refusal: true })
  t.equal(ofKind(refused, 'hang-up').length, 0, 'there is time for a word')
  t.equal(ofKind(harness.passUntil(14_999), 'hang-up').length, 0)
  t.match(ofKind(harness.passUntil(15_000), 'hang-up'), [{ callId }])
})

t.test('until the agent has said what came of a talk nobody calls the person again, by any number', async t => {
  const { harness, begun } = withLeads(2, [lead(1, { personKey: 5 })])
  const [order] = orders(begun)
  const { callId = '', number = '' } = order?.attempt ?? {}
  const [connect] = ofKind(harness.feed({ kind: 'call-answered', callId, at: 4_000 }, 4_000), 'connect')
  const agentId = connect?.order.agentId ?? ''
  harness.feed({ kind: 'call-connected', callId, agentId, at: 4_010 }, 4_010)
  harness.feed({ kind: 'call-ended', callId, cause: 'hung-up-by-peer', at: 30_000 }, 30_000)
  const leads = [lead(2, { personKey: 5 }), { ...lead(3), number }, lead(4)]
  t.same(dialed(harness.feed({ kind: 'hopper-filled', campaignId: 'spring', leads }, 31_000)), [4])
  harness.feed({ kind: 'agent-key', agentId, key: '1', at: 32_000 }, 32_000)
  const [other] = harness.state.calls.keys()
  t.same(dialed(harness.feed({ kind: 'call-ended', callId: other ?? '', cause: 'busy', at: 33_000 }, 33_000)), [3])
  t.equal(harness.state.wrapUpAwaited.size, 0)
})

t.test('a complaint over the API is a refusal', async t => {
  const { harness, callId, number } = talking()
  const told = harness.feed({ kind: 'wrap-up', callId, code: 'complaint', refusal: false }, 10_000)
  t.match(ofKind(told, 'opt-out'), [{ number }])
  t.match(ofKind(told, 'wrapped-up')[0]?.wrapUp, { code: 'complaint', refusal: true })
  t.match(ofKind(harness.passUntil(15_000), 'hang-up'), [{ callId }])
})

t.test('an own call-back carries the name of who promised it', async t => {
  const { harness, callId } = talking()
  const word = { kind: 'wrap-up', callId, code: 'callback', refusal: false, callbackAt: 99_000 } as const
  const told = harness.feed({ ...word, callbackOwn: true }, 10_000)
  t.match(ofKind(told, 'wrapped-up')[0]?.wrapUp, { callbackAt: 99_000, callbackAgentId: 'a1', leadRetryAt: 99_000 })
})

t.test(
  'what the network says of a number is remembered: a 607 is a refusal, a 404 retires, a bad format does neither',
  async t => {
    const after = (end: { cause: 'unwanted' | 'invalid-number'; sipCode?: number }) => {
      const { harness, begun } = withLeads(1, [lead(1)])
      const callId = orders(begun)[0]?.attempt.callId ?? ''
      const effects = harness.feed({ kind: 'call-ended', callId, ...end, at: 5_000 }, 5_000)
      const { disposition, leadRetryAt } = ofKind(effects, 'attempt-ended')[0]?.end ?? {}
      const learned = effects
        .filter(({ kind }) => kind === 'opt-out' || kind === 'retire-number')
        .map(({ kind }) => kind)
      return [disposition, leadRetryAt, ...learned]
    }
    t.same(after({ cause: 'unwanted', sipCode: 607 }), ['rejected', null, 'opt-out'])
    t.same(after({ cause: 'invalid-number', sipCode: 404 }), ['failed', null, 'retire-number'])
    t.same(after({ cause: 'invalid-number', sipCode: 410 }), ['failed', null, 'retire-number'])
    t.same(after({ cause: 'invalid-number' }), ['failed', null, 'retire-number'])
    t.same(after({ cause: 'invalid-number', sipCode: 484 }), ['failed', null])
  },
)
