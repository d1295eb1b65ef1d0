// What the PBX tells of a customer's leg, and what is made of it: sequences of literals, no PBX.
import t from 'tap'
import type { LegEvent } from '../../../src/asterisk/ari/shapes.ts'
import { Customers } from '../../../src/asterisk/legs/customers.ts'
import type { FinalAnswers } from '../../../src/asterisk/legs/finalAnswers.ts'
import { callChannelId } from '../../../src/asterisk/legs/names.ts'
import { given } from '../../../src/core/given.ts'
import type { InventoryCall, TelephonyEvent } from '../../../src/core/inputs.ts'
import { createManualClock } from '../support/manualClock.ts'

/** An event and when it happened; what it says of the channel is the same for all. */
type Told = readonly [event: Partial<LegEvent> & { type: LegEvent['type'] }, at: number]

const channel = {
  id: callChannelId('c'),
  name: 'PJSIP/trunk-main-00000001',
  state: 'Up',
  sipCallId: 'sip-1',
  application: undefined,
  context: undefined,
}
const dial = (dialStatus: string, at: number): Told => [{ type: 'Dial', dialStatus }, at]
const stasisStart = (at: number): Told => [{ type: 'StasisStart', args: ['customer', 'c'] }, at]
const stasisEnd = (at: number): Told => [{ type: 'StasisEnd' }, at]
const hangupRequest = (at: number): Told => [{ type: 'ChannelHangupRequest' }, at]
const destroyed = (at: number, cause = 16, sipCode?: number): Told => [{ type: 'ChannelDestroyed', cause, sipCode }, at]
const stateIs = (state: string, at: number): Told => [
  { type: 'ChannelStateChange', channel: { ...channel, state } },
  at,
]

const neverKnown: FinalAnswers['await'] = (_sipCallId, then) => then(undefined)
const strayAnswerMs = 500

function tell(
  told: readonly Told[],
  prepare: (customers: Customers) => void = () => {},
  finalAnswer: FinalAnswers['await'] = neverKnown,
) {
  const events: TelephonyEvent[] = []
  const gone: string[] = []
  const clock = createManualClock()
  const customers = new Customers({
    clock,
    log: { warn: () => {} },
    finalAnswer,
    strayAnswerMs,
    emit: event => events.push(event),
    onGone: leg => gone.push(leg.callId),
  })
  customers.expect('c', channel.id)
  prepare(customers)
  // Each literal has all that its type has but the channel, which is filled in here.
  for (const [event, at] of told) customers.handle({ channel, pbxAt: at, ...event } as LegEvent, at)
  return { clock, customers, gone, kinds: events.map(({ kind, at }) => `${kind} ${at}`), events }
}

const answered = [dial('', 1), dial('RINGING', 2), dial('ANSWER', 9), stasisStart(10)]

t.test('an answered call: ringing once, the answer dated by the 200', async t => {
  const { kinds, events } = tell([
    ...answered.slice(0, 2),
    stateIs('Ringing', 3),
    stateIs('Up', 9),
    ...answered.slice(2),
  ])
  t.strictSame(kinds, ['call-ringing 2', 'call-answered 9'])
  t.match(events, [{ sipCallId: 'sip-1' }, { sipCallId: 'sip-1' }])
})

t.test('early media counts as ringing', async t => {
  t.strictSame(tell([dial('PROGRESS', 2)]).kinds, ['call-ringing 2'])
})

t.test('an answer without any ringing', async t => {
  t.strictSame(tell([stasisStart(5)]).kinds, ['call-answered 5'])
})

t.test('a person who answers and is gone before the call reaches us has answered', async t => {
  const { kinds } = tell([dial('RINGING', 2), dial('ANSWER', 3), destroyed(4)])
  t.strictSame(kinds, ['call-ringing 2', 'call-answered 3', 'call-ended 4'])
})

t.test('the PBX leaving our application without a hang-up has taken the call over, once', async t => {
  const { kinds, gone, customers } = tell([...answered, stasisEnd(1_800)])
  t.strictSame(kinds.slice(2), ['call-taken-over 1800'])
  t.strictSame(gone, ['c'])
  t.equal(customers.get('c')?.state, 'announcing')
})

t.test('a hang-up while waiting is no take-over', async t => {
  const { kinds, events } = tell([...answered, hangupRequest(20), stasisEnd(21), destroyed(22)])
  t.strictSame(kinds.slice(2), ['call-ended 22'])
  t.match(events.at(-1), { cause: 'hung-up-by-peer' })
})

t.test('our message is no take-over, and the call ends by us', async t => {
  const { kinds, events } = tell([...answered, stasisEnd(30), destroyed(9_000)], () => {})
  t.equal(kinds.length, 4, 'without our asking it is one')
  t.match(events.at(-1), { cause: 'hung-up-by-us' })
  const asked = tell(answered)
  const leg = asked.customers.get('c')
  if (leg) leg.state = 'announcing'
  asked.customers.handle({ type: 'StasisEnd', channel, pbxAt: 30 }, 30)
  t.equal(asked.events.length, 2)
})

t.test('a conversation that reaches its longest time ends by us and is not taken over', async t => {
  const joined = tell(answered)
  const leg = joined.customers.get('c')
  if (leg) leg.state = 'connected'
  joined.customers.handle({ type: 'StasisEnd', channel, pbxAt: 600_000 }, 600_000)
  joined.customers.handle({ type: 'ChannelDestroyed', cause: 16, sipCode: undefined, channel, pbxAt: 600_001 }, 600_001)
  t.strictSame(joined.kinds.length, 2)
  t.match(joined.events.at(-1), { kind: 'call-ended', cause: 'hung-up-by-us' })
})

t.test('a join that the timer cut short is a take-over', async t => {
  const joined = tell(answered)
  const leg = joined.customers.get('c')
  if (leg) leg.state = 'connected'
  joined.customers.handle({ type: 'StasisEnd', channel, pbxAt: 1_800 }, 1_800)
  t.match(joined.events.at(-1), { kind: 'call-taken-over' })
})

t.test('an end carries the code and cause of the carrier, and comes once', async t => {
  const { events, gone } = tell([dial('RINGING', 2), destroyed(3, 17, 486), destroyed(4, 17, 486)])
  t.match(events.slice(1), [{ kind: 'call-ended', cause: 'busy', sipCode: 486, sipCallId: 'sip-1', at: 3 }])
  t.equal(events.length, 2)
  t.strictSame(gone, ['c'])
})

t.test('a key that the person presses is nothing to us', async t => {
  const { kinds } = tell([...answered, [{ type: 'ChannelDtmfReceived', digit: '9' }, 11]])
  t.equal(kinds.length, 2)
})

t.test('events of other legs are not ours, and those of calls not in the books change nothing', async t => {
  const { customers, events } = tell([])
  const other = { ...channel, id: '17000.1' }
  t.notOk(customers.handle({ type: 'StasisEnd', channel: other, pbxAt: 1 }, 1))
  const unknown = { ...channel, id: callChannelId('x') }
  t.ok(customers.handle({ type: 'StasisStart', args: [], channel: unknown, pbxAt: 1 }, 1))
  t.strictSame(events, [])
})

t.test('what an inventory has seen is not told again, what came after it is', async t => {
  const states = {
    originating: ['call-ringing 2', 'call-answered 9', 'call-ended 50'],
    ringing: ['call-answered 9', 'call-ended 50'],
    waiting: ['call-ended 50'],
    connected: ['call-ended 50'],
    announcing: ['call-ended 50'],
  } as const
  for (const state of Object.keys(states) as (keyof typeof states)[]) {
    const inventory: InventoryCall = { callId: 'c', state }
    const { kinds } = tell([...answered, destroyed(50)], customers => customers.reset([inventory], callChannelId))
    t.strictSame(kinds, states[state], state)
  }
})

t.test('a call that an inventory no longer has is over for good', async t => {
  const { kinds } = tell([...answered, destroyed(50)], customers => customers.reset([], callChannelId))
  t.strictSame(kinds, [])
})

const givenUp = (customers: Customers) => {
  const leg = customers.get('c')
  if (leg !== undefined) Object.assign(leg, { endedByUs: true, givingUp: Promise.resolve() })
}

t.test('a call that we gave up ends with what the carrier said to that, and when it was gone', async t => {
  let settle: (sipCode: number | undefined) => void = () => {}
  const later: FinalAnswers['await'] = (sipCallId, then) => {
    t.equal(sipCallId, 'sip-1')
    settle = then
  }
  const rungOut = tell([dial('RINGING', 2), destroyed(9, 0)], givenUp, later)
  t.strictSame([rungOut.kinds, rungOut.gone], [['call-ringing 2'], []], 'not before')
  settle(200)
  t.match(rungOut.events[1], { kind: 'call-ended', cause: 'hung-up-by-us', sipCode: 200, at: 9 })
  t.strictSame(rungOut.gone, ['c'])
  for (const [sipCode, cause] of [
    [487, 'hung-up-by-us'],
    [486, 'busy'],
    [undefined, 'hung-up-by-us'],
  ] as const) {
    const { events } = tell([dial('RINGING', 2), destroyed(9, 0)], givenUp, (_id, then) => then(sipCode))
    t.match(events[1], { kind: 'call-ended', cause, ...given({ sipCode }) })
  }
})

t.test('what the PBX itself says of an end is not asked again, nor is the end of an answered call', async t => {
  const never: FinalAnswers['await'] = () => t.fail('asked')
  tell([dial('RINGING', 2), destroyed(3, 17, 486)], undefined, never)
  tell([...answered, destroyed(20)], undefined, never)
  t.pass()
})

t.test('an answer before our order to give up is an answer, and ends by whoever ends it', async t => {
  const { kinds, events } = tell([...answered, destroyed(20)], givenUp)
  t.strictSame(kinds, ['call-ringing 2', 'call-answered 9', 'call-ended 20'])
  t.match(events.at(-1), { cause: 'hung-up-by-peer' })
})

t.test('an answer that our order let slip to the message of the PBX is told as taken over', async t => {
  const { clock, events } = tell([dial('RINGING', 2), dial('ANSWER', 9)], givenUp)
  clock.advance(strayAnswerMs - 1)
  t.equal(events.length, 1)
  clock.advance(1)
  t.match(events[1], { kind: 'call-taken-over', callId: 'c' })
  const arrived = tell(answered, givenUp)
  arrived.clock.advance(strayAnswerMs)
  t.equal(arrived.events.length, 2, 'not one that reached us')
})
