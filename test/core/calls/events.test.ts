import t from 'tap'
import type { CallOrigin, CallState } from '../../../src/core/calls/call.ts'
import { offerCall } from '../../../src/core/calls/matching.ts'
import type { Effect } from '../../../src/core/effects.ts'
import type { Input } from '../../../src/core/inputs.ts'
import { callStateCounts, dialLevel } from '../../../src/core/metrics.ts'
import { moveCall, pushCallDeadline, type Step } from '../../../src/core/step.ts'
import { type EngineHarness, fictionalNumber, ofKind } from '../../support/engineHarness.ts'
import { origins, phases, statesOf, worldWith } from './callWorld.ts'

const at = 5_600

/** What can happen to a call that is there. */
const events = {
  ringing: { kind: 'call-ringing', callId: 'c', at },
  answered: { kind: 'call-answered', callId: 'c', at },
  joined: { kind: 'call-connected', callId: 'c', agentId: 'a1', at },
  'agent-leg-dead': { kind: 'connect-failed', callId: 'c', agentId: 'a1', broken: 'agent-leg', at },
  'customer-leg-dead': { kind: 'connect-failed', callId: 'c', agentId: 'a1', broken: 'customer-leg', at },
  'pbx-did-not-join': { kind: 'connect-failed', callId: 'c', agentId: 'a1', broken: 'pbx', at },
  parted: { kind: 'call-parted', callId: 'c', agentId: 'a1', at },
  'taken-over': { kind: 'call-taken-over', callId: 'c', at },
  'opted-out': { kind: 'call-opted-out', callId: 'c', at },
  ended: { kind: 'call-ended', callId: 'c', cause: 'hung-up-by-peer', at },
  'ended-200': { kind: 'call-ended', callId: 'c', cause: 'failed', sipCode: 200, at },
  'agent-gone': { kind: 'agent-leg-down', agentId: 'a1', cause: 'hung-up-by-peer', at },
  'hang-up': { kind: 'call-hang-up', callId: 'c' },
  blocked: { kind: 'number-blocked', number: '+12125550101' },
  'force-stop': { kind: 'campaign-stop', campaignId: 'spring', force: true },
  refused: { kind: 'originate-refused', callId: 'c', reason: 'do-not-call' },
  'order-failed': { kind: 'originate-failed', callId: 'c' },
} satisfies Record<string, Input>

type EventName = keyof typeof events

/** What an event comes to: the state after it, or how the call ended; what was ordered of the PBX or written; `!` a refusal, `=` nothing. */
type Outcomes = Readonly<Record<string, readonly EventName[]>>

/** Whoever hears the message, whoever has called them. */
const announcing: Outcomes = {
  '=': ['ringing', 'taken-over', 'agent-gone', 'blocked', 'force-stop', 'order-failed'],
  '!': [
    'answered',
    'joined',
    'agent-leg-dead',
    'customer-leg-dead',
    'pbx-did-not-join',
    'parted',
    'hang-up',
    'refused',
  ],
  'opt-out': ['opted-out'],
  'ended abandoned': ['ended', 'ended-200'],
}

/** By origin and state; every event stands once with each state. */
const table: { readonly [Origin in CallOrigin]: Readonly<Partial<Record<CallState, Outcomes>>> } = {
  campaign: {
    originating: {
      ringing: ['ringing'],
      waiting: ['answered'],
      '!': ['joined', 'agent-leg-dead', 'customer-leg-dead', 'pbx-did-not-join', 'parted'],
      announcing: ['taken-over'],
      'opt-out': ['opted-out'],
      'ended no-answer': ['ended'],
      'ended abandoned': ['ended-200'],
      '=': ['agent-gone', 'blocked', 'force-stop', 'hang-up'],
      gone: ['refused'],
      'ended failed': ['order-failed'],
    },
    ringing: {
      '=': ['ringing', 'agent-gone', 'blocked', 'force-stop', 'order-failed', 'hang-up'],
      waiting: ['answered'],
      '!': ['joined', 'agent-leg-dead', 'customer-leg-dead', 'pbx-did-not-join', 'parted', 'refused'],
      announcing: ['taken-over'],
      'opt-out': ['opted-out'],
      'ended no-answer': ['ended'],
      'ended abandoned': ['ended-200'],
    },
    screening: {
      '=': ['ringing', 'agent-gone', 'blocked', 'force-stop', 'order-failed'],
      '!': [
        'answered',
        'joined',
        'agent-leg-dead',
        'customer-leg-dead',
        'pbx-did-not-join',
        'parted',
        'hang-up',
        'refused',
      ],
      announcing: ['taken-over'],
      'opt-out': ['opted-out'],
      'ended hung-up-waiting': ['ended'],
      'ended abandoned': ['ended-200'],
    },
    waiting: {
      '=': ['ringing', 'agent-gone', 'blocked', 'force-stop', 'order-failed'],
      '!': [
        'answered',
        'joined',
        'agent-leg-dead',
        'customer-leg-dead',
        'pbx-did-not-join',
        'parted',
        'hang-up',
        'refused',
      ],
      announcing: ['taken-over'],
      'opt-out': ['opted-out'],
      'ended hung-up-waiting': ['ended'],
      'ended abandoned': ['ended-200'],
    },
    connected: {
      '=': ['ringing', 'blocked', 'force-stop', 'order-failed'],
      '!': ['answered', 'joined', 'refused'],
      waiting: ['agent-leg-dead', 'customer-leg-dead', 'pbx-did-not-join', 'parted', 'agent-gone'],
      announcing: ['taken-over'],
      'opt-out': ['opted-out'],
      'ended connected': ['ended', 'ended-200'],
      'hang-up': ['hang-up'],
    },
    announcing,
  },
  manual: {
    originating: {
      ringing: ['ringing'],
      'connected, connect': ['answered'],
      '!': ['joined', 'agent-leg-dead', 'customer-leg-dead', 'pbx-did-not-join', 'parted'],
      announcing: ['taken-over'],
      'opt-out': ['opted-out'],
      'ended no-answer': ['ended'],
      'ended abandoned': ['ended-200'],
      'ended failed': ['order-failed'],
      '=': ['agent-gone', 'blocked', 'force-stop', 'hang-up'],
      gone: ['refused'],
    },
    ringing: {
      '=': ['ringing', 'agent-gone', 'blocked', 'force-stop', 'order-failed', 'hang-up'],
      'connected, connect': ['answered'],
      '!': ['joined', 'agent-leg-dead', 'customer-leg-dead', 'pbx-did-not-join', 'parted', 'refused'],
      announcing: ['taken-over'],
      'opt-out': ['opted-out'],
      'ended no-answer': ['ended'],
      'ended abandoned': ['ended-200'],
    },
    connected: {
      '=': ['ringing', 'blocked', 'force-stop', 'order-failed'],
      '!': ['answered', 'joined', 'refused'],
      'hang-up': [
        'agent-leg-dead',
        'customer-leg-dead',
        'pbx-did-not-join',
        'parted',
        'taken-over',
        'agent-gone',
        'hang-up',
      ],
      'opt-out': ['opted-out'],
      'ended connected': ['ended', 'ended-200'],
    },
    announcing,
  },
  inbound: {
    ringing: {
      '=': ['ringing', 'agent-gone', 'blocked', 'force-stop', 'order-failed'],
      waiting: ['answered'],
      '!': ['joined', 'agent-leg-dead', 'customer-leg-dead', 'pbx-did-not-join', 'parted', 'refused'],
      'hang-up': ['hang-up'],
      'waiting, hang-up': ['taken-over'],
      'opt-out': ['opted-out'],
      'ended no-answer': ['ended'],
      'ended failed': ['ended-200'],
    },
    informing: {
      '=': ['ringing', 'agent-gone', 'blocked', 'force-stop', 'order-failed'],
      '!': ['answered', 'joined', 'agent-leg-dead', 'customer-leg-dead', 'pbx-did-not-join', 'parted', 'refused'],
      'hang-up': ['taken-over', 'hang-up'],
      'opt-out': ['opted-out'],
      'ended informed': ['ended', 'ended-200'],
    },
    screening: {
      '=': ['ringing', 'agent-gone', 'blocked', 'force-stop', 'order-failed'],
      '!': [
        'answered',
        'joined',
        'agent-leg-dead',
        'customer-leg-dead',
        'pbx-did-not-join',
        'parted',
        'hang-up',
        'refused',
      ],
      'hang-up': ['taken-over'],
      'opt-out': ['opted-out'],
      'ended no-answer': ['ended'],
      'ended failed': ['ended-200'],
    },
    waiting: {
      '=': ['ringing', 'agent-gone', 'blocked', 'force-stop', 'order-failed'],
      '!': [
        'answered',
        'joined',
        'agent-leg-dead',
        'customer-leg-dead',
        'pbx-did-not-join',
        'parted',
        'hang-up',
        'refused',
      ],
      'hang-up': ['taken-over'],
      'opt-out': ['opted-out'],
      'ended no-answer': ['ended'],
      'ended failed': ['ended-200'],
    },
    connected: {
      '=': ['ringing', 'blocked', 'force-stop', 'order-failed'],
      '!': ['answered', 'joined', 'refused'],
      waiting: ['agent-leg-dead', 'pbx-did-not-join', 'parted', 'agent-gone'],
      'waiting, hang-up': ['customer-leg-dead'],
      'hang-up': ['taken-over', 'hang-up'],
      'opt-out': ['opted-out'],
      'ended connected': ['ended', 'ended-200'],
    },
  },
}

/** Only a campaign at work can be stopped. */
function happen(harness: EngineHarness, name: EventName): readonly Effect[] {
  if (name === 'force-stop') harness.feed({ kind: 'campaign-start', campaignId: 'spring' }, at)
  return harness.feed(events[name], at)
}

function outcomeOf(origin: CallOrigin, state: CallState, name: EventName): string {
  const { harness, call } = worldWith(origin, phases[state])
  const effects = happen(harness, name)
  const [ended] = ofKind(effects, 'attempt-ended')
  const gone = harness.state.calls.has('c') ? undefined : 'gone'
  const moved = call.phase.state === state ? undefined : call.phase.state
  const came = ended === undefined ? (gone ?? moved) : `ended ${ended.end.disposition}`
  return [...(came === undefined ? [] : [came]), ...orders(effects)].join(', ') || '='
}

function orders(effects: readonly Effect[]): readonly string[] {
  return effects.flatMap(effect => {
    if (effect.kind === 'rejected') return ['!']
    return ['connect', 'hang-up', 'play-message', 'opt-out'].includes(effect.kind) ? [effect.kind] : []
  })
}

t.test('every origin, state and event comes to what the table says', async t => {
  for (const origin of origins) {
    for (const state of statesOf[origin]) {
      const outcomes = Object.entries(table[origin][state] ?? {})
      const named = outcomes.flatMap(([, names]) => names)
      t.same(named.toSorted(), Object.keys(events).toSorted(), `${origin}, ${state}: each event once`)
      for (const [outcome, names] of outcomes)
        for (const name of names) t.equal(outcomeOf(origin, state, name), outcome, `${origin}, ${state}: ${name}`)
    }
  }
})

type What = Parameters<typeof pushCallDeadline>[2]['what']
const clocks: readonly What[] = ['ring-timeout', 'withdraw', 'wait-max', 'connect-unconfirmed', 'overdue', 'lost']

/** What a clock that has run out comes to, where that is anything but a hang-up or, of `lost`, the end. */
function byTime(origin: CallOrigin, state: CallState, what: What): string {
  if (what === 'wait-max') {
    const heard = origin === 'campaign' && (state === 'screening' || state === 'waiting')
    return heard ? 'announcing, play-message' : '='
  }
  // The join of the calls of this table is confirmed.
  if (what === 'connect-unconfirmed') return '='
  return what === 'lost' ? 'ended' : 'hang-up'
}

t.test('every origin, state and clock: the message is for whom a campaign has called and nobody has taken', async t => {
  for (const origin of origins) {
    for (const state of statesOf[origin]) {
      for (const what of clocks) {
        const { harness, call } = worldWith(origin, phases[state])
        pushCallDeadline({ state: harness.state, now: 5_500, effects: [] }, call, { what, at: 5_550 })
        const effects = harness.feed({ kind: 'wake' }, at)
        const ended = harness.state.calls.has('c') ? [] : ['ended']
        const moved = call.phase.state === state ? [] : [call.phase.state]
        const came = [...ended, ...moved, ...orders(effects)].join(', ') || '='
        t.equal(came, byTime(origin, state, what), `${origin}, ${state}: ${what}`)
      }
    }
  }
})

t.test('whoever is screened counts as in flight, and their two seconds run from the answer', async t => {
  const { harness, call } = worldWith('campaign', phases.screening)
  t.match(callStateCounts(harness.state), { screening: 1, waiting: 0 })
  t.equal(dialLevel(harness.state, 'spring'), 0, 'nobody works')
  t.match(harness.state.campaigns.get('spring')?.picture.nodes.get('pbx')?.calls, [{ state: 'waiting', since: 5_000 }])
  t.same(ofKind(harness.passUntil(6_699), 'play-message'), [])
  t.equal(ofKind(harness.passUntil(6_700), 'play-message').length, 1, 'however long it takes')
  t.match(call.phase, { state: 'announcing', messageAt: 6_700, why: 'no-agent' })
  t.match(harness.state.campaigns.get('spring')?.progress.counters, { abandoned: 1 })
})

t.test('whoever has been screened waits for what is left of the two seconds', async t => {
  for (const passedAt of [5_500, 6_699]) {
    const { harness, call } = worldWith('campaign', phases.screening)
    const campaign = harness.state.campaigns.get('spring')
    if (campaign === undefined) throw new TypeError('a campaign expected')
    const step: Step = { state: harness.state, now: passedAt, effects: [] }
    moveCall(step, call, phases.waiting)
    offerCall(step, call, campaign)
    harness.passUntil(6_699)
    t.equal(call.phase.state, 'waiting')
    harness.passUntil(6_700)
    t.match(call.phase, { state: 'announcing', messageAt: 6_700 })
  }
})

t.test('a campaign that stops waits for those whom nobody has taken yet', async t => {
  for (const state of statesOf.campaign) {
    const { harness } = worldWith('campaign', phases[state])
    happen(harness, 'force-stop')
    const inFlight = ['originating', 'ringing', 'screening', 'waiting'].includes(state)
    t.equal(harness.state.campaigns.get('spring')?.state, inFlight ? 'stopping' : 'stopped', state)
    happen(harness, 'ended')
    t.equal(harness.state.campaigns.get('spring')?.state, 'stopped')
  }
})

t.test('an agent who becomes free takes the caller who has waited longest, however long that is', async t => {
  const { harness, call } = worldWith('inbound', phases.waiting)
  t.same(ofKind(harness.passUntil(60_000), 'play-message'), [], 'nobody hears a message')
  const effects = harness.feed({ kind: 'agent-resume', agentId: 'a1' }, 61_000)
  t.match(ofKind(effects, 'connect'), [{ order: { callId: 'c', agentId: 'a1' } }])
  t.match(call.phase, { state: 'connected', answeredAt: 5_000 })
  harness.feed({ kind: 'call-connected', callId: 'c', agentId: 'a1', at: 61_100 }, 61_100)
  const over = harness.feed({ kind: 'call-ended', callId: 'c', cause: 'hung-up-by-peer', at: 90_000 }, 90_000)
  t.match(ofKind(over, 'attempt-ended'), [
    { end: { origin: 'inbound', disposition: 'connected', agentId: 'a1', countsAsAttempt: false } },
  ])
  t.match(harness.state.agents.get('a1')?.phase, { state: 'wrap-up', callId: 'c' })
  const nothing = { attempts: 0, answered: 0, answeredByPerson: 0, connected: 0, abandoned: 0 }
  t.match(harness.state.campaigns.get('spring')?.progress.counters, nothing, 'a caller dilutes no abandonment rate')
})

t.test("an agent's own call is theirs from the start to its wrap-up, and counts for no campaign", async t => {
  const { harness, call } = worldWith('manual', phases.ringing)
  t.match(harness.state.agents.get('a1')?.phase, { state: 'reserved', callId: 'c' })
  const answered = harness.feed({ kind: 'call-answered', callId: 'c', at: 9_000 }, 9_000)
  t.match(ofKind(answered, 'connect'), [{ order: { callId: 'c', agentId: 'a1' } }])
  harness.feed({ kind: 'call-connected', callId: 'c', agentId: 'a1', at: 9_100 }, 9_100)
  t.match(call.phase, { state: 'connected', connectedAt: 9_100 })
  const over = harness.feed({ kind: 'call-ended', callId: 'c', cause: 'hung-up-by-peer', at: 20_000 }, 20_000)
  const [ended] = ofKind(over, 'attempt-ended')
  t.match(ended?.end, { origin: 'manual', disposition: 'connected', agentId: 'a1', countsAsAttempt: true })
  t.notOk(ended?.end !== undefined && 'leadRetryAt' in ended.end, 'it has no lead to move')
  const wrapped = harness.feed({ kind: 'wrap-up', callId: 'c', code: 'machine', refusal: false }, 25_000)
  t.match(ofKind(wrapped, 'wrapped-up'), [{ number: '+12125550101', wrapUp: { code: 'machine' } }])
  t.match(harness.state.campaigns.get('spring')?.progress.counters, { answeredByPerson: 0, connected: 0 })
  t.equal(harness.state.numbersInFlight.size, 0)
})

t.test('an agent who goes while their call rings leaves nobody in silence', async t => {
  const { harness, call } = worldWith('manual', phases.ringing)
  harness.feed({ kind: 'agent-leg-down', agentId: 'a1', cause: 'lost', at: 6_000 }, 6_000)
  t.equal(ofKind(harness.passUntil(15_999), 'hang-up').length, 0, 'it rings for as long as the law wants')
  const answered = harness.feed({ kind: 'call-answered', callId: 'c', at: 15_999 }, 15_999)
  t.same(ofKind(answered, 'play-message'), [{ kind: 'play-message', callId: 'c', nodeId: 'pbx' }])
  t.match(call.phase, { state: 'announcing', why: 'no-agent' })
  const over = harness.feed({ kind: 'call-ended', callId: 'c', cause: 'hung-up-by-us', at: 16_000 }, 16_000)
  t.match(ofKind(over, 'attempt-ended'), [{ end: { disposition: 'abandoned', answeredAt: 15_999 } }])
  const counted = { answered: 1, answeredByPerson: 1, connected: 0, abandoned: 1 }
  t.match(harness.state.campaigns.get('spring')?.progress.counters, counted, 'they met silence: the budget pays')
})

t.test('a refusal or a stop ends the calls that we have made, not those that come in', async t => {
  for (const origin of origins) {
    for (const name of ['blocked', 'force-stop'] as const) {
      const { harness } = worldWith(origin, phases.ringing)
      happen(harness, name)
      const hangUps = ofKind(harness.passUntil(16_000), 'hang-up')
      t.equal(hangUps.length, origin === 'inbound' ? 0 : 1, `${origin}, ${name}: after 15 s of ringing`)
    }
  }
})

t.test('nobody dials a number that calls us until it has ended', async t => {
  const { harness } = worldWith('inbound', phases.screening)
  const dialed = (effects: readonly Effect[]) => ofKind(effects, 'originate').map(({ order }) => order.attempt.number)
  harness.feed({ kind: 'agent-resume', agentId: 'a1' }, 6_000)
  const started = harness.feed({ kind: 'campaign-start', campaignId: 'spring' }, 6_000)
  t.same(dialed(started), [fictionalNumber(2)], 'the first lead has the number that calls')
  const [order] = ofKind(started, 'originate')
  harness.feed({ kind: 'call-ended', callId: 'c', cause: 'hung-up-by-peer', at: 7_000 }, 7_000)
  const callId = order?.order.attempt.callId ?? ''
  t.same(dialed(harness.feed({ kind: 'call-ended', callId, cause: 'busy', at: 8_000 }, 8_000)), [fictionalNumber(1)])
})
