import type { Test } from 'tap'
import type { AgentSettings } from '../../src/core/agents/agent.ts'
import type { OriginateOrder } from '../../src/core/effects.ts'
import type { CallId } from '../../src/core/ids.ts'
import type { TelephonyEvent } from '../../src/core/inputs.ts'
import { TelephonyError } from '../../src/errors.ts'
import type { Telephony } from '../../src/ports/telephony.ts'

/** How a called number behaves, by its last four digits: the same in the simulated PBX and at the SIPp carrier. */
export const numberOf = {
  answersAfterASecond: '+12125550110',
  busy: '+12125550111',
  neverAnswers: '+12125550112',
  congestion: '+12125550113',
  unknown: '+12125550114',
  declines: '+12125550115',
  /** Hangs up 0.8 s after answering, whatever happens meanwhile. */
  hangsUpSoon: '+12125550116',
  answersAtOnce: '+12125550118',
} as const

/** A PBX that can be played with. One harness serves the whole suite; every test uses calls of its own. */
export interface TelephonyHarness {
  readonly telephony: Telephony
  /** Two agents whose phones work, and one whose phone is off. Watched already. */
  readonly agents: { readonly first: AgentSettings; readonly second: AgentSettings; readonly absent: AgentSettings }
  /** Everything told since the start, oldest first. */
  readonly events: readonly TelephonyEvent[]
  /** An order to call this number, with a call id of its own. Default time-out 30 s. */
  order(number: string, timeoutMs?: number): OriginateOrder
  /** Lets time pass until it holds; throws, naming `what`, when it does not for long. */
  until(what: string, holds: () => boolean): Promise<void>
  /** Lets that much time pass. */
  elapse(durationMs: number): Promise<void>
  /** The agent's phone dials the log-in. */
  agentDialsIn(agent: AgentSettings): Promise<void>
  /** The agent's phone hangs up. */
  agentHangsUp(agent: AgentSettings): Promise<void>
  /** Somebody calls this number of ours, does that once we have answered, and waits for the end. */
  callIn(call: CallIn): Promise<void>
}

/** Somebody who calls. */
export interface CallIn {
  /** Absent: withheld. */
  readonly number?: string
  readonly called: string
  /** Keys, each so long after what came before. */
  readonly digits?: { afterMs: number; digit: string }[]
  readonly hangsUpAfterMs?: number
}

type EventOf<Kind extends TelephonyEvent['kind']> = Extract<TelephonyEvent, { kind: Kind }>

/** What a call has been told of, oldest first. */
export function kindsOf(harness: TelephonyHarness, callId: CallId): readonly string[] {
  return harness.events.filter(event => 'callId' in event && event.callId === callId).map(event => event.kind)
}

function callEvent<Kind extends TelephonyEvent['kind']>(
  harness: TelephonyHarness,
  kind: Kind,
  callId: CallId,
): EventOf<Kind> | undefined {
  return harness.events.find(
    (event): event is EventOf<Kind> => event.kind === kind && 'callId' in event && event.callId === callId,
  )
}

/** Waits until the call has been told of this, and gives it. */
export async function callUntil<Kind extends TelephonyEvent['kind']>(
  harness: TelephonyHarness,
  kind: Kind,
  callId: CallId,
): Promise<EventOf<Kind>> {
  await harness.until(`${kind} of ${callId}`, () => callEvent(harness, kind, callId) !== undefined)
  const event = callEvent(harness, kind, callId)
  if (event === undefined) throw new TelephonyError('timeout', `no ${kind}`)
  return event
}

function agentEvents(harness: TelephonyHarness, kind: 'agent-leg-up' | 'agent-leg-down', agent: AgentSettings) {
  return harness.events.filter(
    (event): event is EventOf<typeof kind> => event.kind === kind && event.agentId === agent.agentId,
  )
}

/** Does something and waits for one more of these events of the agent. */
export async function oneMore(
  harness: TelephonyHarness,
  kind: 'agent-leg-up' | 'agent-leg-down',
  agent: AgentSettings,
  act: () => Promise<void>,
) {
  const before = agentEvents(harness, kind, agent).length
  await act()
  await harness.until(`${kind} of ${agent.agentId}`, () => agentEvents(harness, kind, agent).length > before)
  return agentEvents(harness, kind, agent).at(-1)
}

/** Calls and waits for the answer. */
export async function answered(harness: TelephonyHarness, number: string): Promise<CallId> {
  const order = harness.order(number)
  await harness.telephony.originate(order)
  await callUntil(harness, 'call-answered', order.attempt.callId)
  return order.attempt.callId
}

/** Calls and waits for the end. */
async function ended(harness: TelephonyHarness, order: OriginateOrder): Promise<EventOf<'call-ended'>> {
  await harness.telephony.originate(order)
  return callUntil(harness, 'call-ended', order.attempt.callId)
}

/** An order to join them, for as long as they like. */
export function connectOrder(callId: CallId, agent: AgentSettings) {
  return { callId, agentId: agent.agentId, nodeId: agent.nodeId, maxCallMs: 600_000 }
}

/** Calls, waits for the answer, and joins with the agent, who must be on the line. */
async function connected(harness: TelephonyHarness, number: string, agent: AgentSettings): Promise<CallId> {
  const callId = await answered(harness, number)
  await harness.telephony.connect(connectOrder(callId, agent))
  await callUntil(harness, 'call-connected', callId)
  return callId
}

function targetOrder(callId: CallId, { agentId }: AgentSettings, endpoint: string) {
  return { callId, agentId, endpoint, callerId: '+12125550100' }
}

function joinOrder(callId: CallId, { agentId }: AgentSettings, to: 'agent' | 'person') {
  const talk = { answeredAt: 1_700_000_000_000, connectedAt: 1_700_000_001_000 }
  return { callId, agentId, to, talk: { ...talk, transferred: { at: 1_700_000_009_000, to: 'desk' } } }
}

/** A person on hold, and somebody who has answered for them. */
async function withTarget(harness: TelephonyHarness, agent: AgentSettings, endpoint: string): Promise<CallId> {
  const callId = await connected(harness, numberOf.answersAtOnce, agent)
  await harness.telephony.hold({ callId, agentId: agent.agentId, on: true })
  await harness.telephony.callTarget(targetOrder(callId, agent, endpoint))
  await callUntil(harness, 'target-up', callId)
  return callId
}

/** What every Telephony must do. If two implementations differ here, the simulated one is wrong. */
export function telephonyContract(t: Test, harness: TelephonyHarness): void {
  unansweredCalls(t, harness)
  answeredCalls(t, harness)
  agentsLines(t, harness)
  conversations(t, harness)
}

function unansweredCalls(t: Test, harness: TelephonyHarness): void {
  const { telephony } = harness

  t.test('the node comes up with an inventory before anything else is told', async t => {
    await harness.until('node-up', () => harness.events.some(event => event.kind === 'node-up'))
    t.match(harness.events[0], { kind: 'node-up', inventory: { calls: [], agents: [] } })
  })

  for (const [what, number, end] of [
    ['a busy number', numberOf.busy, { cause: 'busy', sipCode: 486 }],
    ['a trunk without a free channel', numberOf.congestion, { cause: 'congestion', sipCode: 503 }],
    ['a number that does not exist', numberOf.unknown, { cause: 'invalid-number', sipCode: 404 }],
    ['a person who declines', numberOf.declines, { cause: 'rejected', sipCode: 603 }],
  ] as const)
    t.test(`${what} ends the call with its cause, once, and was never answered`, async t => {
      const order = harness.order(number)
      t.match(await ended(harness, order), end)
      await harness.elapse(100)
      const kinds = kindsOf(harness, order.attempt.callId).filter(kind => kind !== 'call-ringing')
      t.strictSame(kinds, ['call-ended'])
    })

  t.test('a call rings once and ends as no-answer when the PBX gives up', async t => {
    const order = harness.order(numberOf.neverAnswers, 2_000)
    t.match(await ended(harness, order), { cause: 'no-answer' })
    t.strictSame(kindsOf(harness, order.attempt.callId), ['call-ringing', 'call-ended'])
  })

  t.test('a call that we hang up while it rings ends by us', async t => {
    const order = harness.order(numberOf.neverAnswers)
    const { callId } = order.attempt
    await telephony.originate(order)
    await callUntil(harness, 'call-ringing', callId)
    await telephony.hangUp(callId)
    t.match(await callUntil(harness, 'call-ended', callId), { cause: 'hung-up-by-us' })
    t.strictSame(kindsOf(harness, callId), ['call-ringing', 'call-ended'])
  })

  t.test('hanging up a call that is gone is no error', async t => {
    const order = harness.order(numberOf.busy)
    await ended(harness, order)
    await telephony.hangUp(order.attempt.callId)
    await telephony.hangUp('never-existed')
    t.equal(kindsOf(harness, order.attempt.callId).filter(kind => kind === 'call-ended').length, 1)
  })

  t.test('the same call cannot be originated twice, and the first one lives on', async t => {
    const order = harness.order(numberOf.neverAnswers)
    const { callId } = order.attempt
    await telephony.originate(order)
    await t.rejects(telephony.originate(order), TelephonyError)
    await callUntil(harness, 'call-ringing', callId)
    await telephony.hangUp(callId)
    await callUntil(harness, 'call-ended', callId)
    t.strictSame(kindsOf(harness, callId), ['call-ringing', 'call-ended'])
  })

  t.test('two calls to one number are two calls', async t => {
    const orders = [harness.order(numberOf.busy), harness.order(numberOf.busy)]
    const ends = await Promise.all(orders.map(order => ended(harness, order)))
    t.not(ends[0]?.callId, ends[1]?.callId)
    t.ok(ends.every(end => end.cause === 'busy'))
  })
}

function answeredCalls(t: Test, harness: TelephonyHarness): void {
  const { telephony } = harness

  t.test('an answer is told after the ringing, dated by the 200 and with the SIP Call-ID', async t => {
    const order = harness.order(numberOf.answersAfterASecond)
    const { callId } = order.attempt
    await telephony.originate(order)
    const ringing = await callUntil(harness, 'call-ringing', callId)
    const answer = await callUntil(harness, 'call-answered', callId)
    t.ok(answer.at >= ringing.at, 'not before the ringing')
    t.ok(answer.sipCallId, 'the carrier knows it by this')
    await telephony.hangUp(callId)
    t.match(await callUntil(harness, 'call-ended', callId), { cause: 'hung-up-by-us', sipCallId: answer.sipCallId })
    t.strictSame(kindsOf(harness, callId), ['call-ringing', 'call-answered', 'call-ended'])
  })

  t.test('a person who hangs up while waiting has ended the call', async t => {
    const callId = await answered(harness, numberOf.hangsUpSoon)
    t.match(await callUntil(harness, 'call-ended', callId), { cause: 'hung-up-by-peer' })
    await harness.elapse(1_500)
    t.notOk(callEvent(harness, 'call-taken-over', callId), 'nobody is left to hear the message')
  })

  t.test('a call that nobody takes is taken over by the PBX, and not by a hang-up', async t => {
    const callId = await answered(harness, numberOf.answersAtOnce)
    const answeredAt = callEvent(harness, 'call-answered', callId)?.at ?? 0
    const takenOver = await callUntil(harness, 'call-taken-over', callId)
    t.ok(takenOver.at - answeredAt < 2_500, 'audible by two seconds')
    t.notOk(callEvent(harness, 'call-ended', callId))
    await telephony.hangUp(callId)
    await callUntil(harness, 'call-ended', callId)
  })

  t.test('the PBX takes a call over when its own order says so', async t => {
    const orders = [2_700, 600].map(takeOverMs => ({ ...harness.order(numberOf.answersAtOnce), takeOverMs }))
    const [late, soon] = orders.map(({ attempt }) => attempt.callId) as [string, string]
    for (const order of orders) await telephony.originate(order)
    await callUntil(harness, 'call-taken-over', soon)
    t.notOk(callEvent(harness, 'call-taken-over', late), 'the other has more time')
    await callUntil(harness, 'call-taken-over', late)
    for (const callId of [late, soon]) {
      await telephony.hangUp(callId)
      await callUntil(harness, 'call-ended', callId)
    }
  })

  t.test('a ring goes on behind the limit of the order for as long as a late one must', async t => {
    const short = harness.order(numberOf.neverAnswers, 1_000)
    const long = { ...harness.order(numberOf.neverAnswers, 1_000), lateRingMs: 3_000 }
    for (const order of [long, short]) await telephony.originate(order)
    await callUntil(harness, 'call-ended', short.attempt.callId)
    t.notOk(callEvent(harness, 'call-ended', long.attempt.callId))
    t.match(await callUntil(harness, 'call-ended', long.attempt.callId), { cause: 'no-answer' })
  })

  t.test('the message is played on our word, and nothing is taken over', async t => {
    const callId = await answered(harness, numberOf.answersAtOnce)
    await telephony.playMessage(callId)
    await harness.elapse(2_500)
    t.notOk(callEvent(harness, 'call-taken-over', callId))
    await telephony.hangUp(callId)
    await callUntil(harness, 'call-ended', callId)
  })

  t.test('an answer and a hang-up that meet end the call once, with or without the answer', async t => {
    const orders = Array.from({ length: 8 }, () => harness.order(numberOf.answersAtOnce))
    for (const order of orders) {
      await telephony.originate(order)
      await telephony.hangUp(order.attempt.callId)
    }
    await harness.elapse(500)
    for (const { attempt } of orders) await telephony.hangUp(attempt.callId)
    for (const { attempt } of orders) {
      await callUntil(harness, 'call-ended', attempt.callId)
      const kinds = kindsOf(harness, attempt.callId).filter(kind => kind !== 'call-ringing')
      if (kinds.length > 1) t.strictSame(kinds, ['call-answered', 'call-ended'])
      else t.strictSame(kinds, ['call-ended'])
    }
  })
}

function agentsLines(t: Test, harness: TelephonyHarness): void {
  const { telephony, agents } = harness

  t.test('an agent who dials in is on the line, until they hang up', async t => {
    const up = await oneMore(harness, 'agent-leg-up', agents.first, () => harness.agentDialsIn(agents.first))
    t.match(up, { by: 'agent', nodeId: agents.first.nodeId })
    const down = await oneMore(harness, 'agent-leg-down', agents.first, () => harness.agentHangsUp(agents.first))
    t.match(down, { cause: 'hung-up-by-peer' })
  })

  t.test('an agent who is called is on the line, until we release them', async t => {
    const { agentId, endpoint } = agents.second
    const up = await oneMore(harness, 'agent-leg-up', agents.second, () => telephony.callAgent({ agentId, endpoint }))
    t.match(up, { by: 'engine' })
    const down = await oneMore(harness, 'agent-leg-down', agents.second, () => telephony.releaseAgent(agentId))
    t.match(down, { cause: 'hung-up-by-us' })
  })

  t.test('an agent whose phone is off is told as down', async t => {
    const { agentId, endpoint } = agents.absent
    const call = () => telephony.callAgent({ agentId, endpoint })
    const down = await oneMore(harness, 'agent-leg-down', agents.absent, call)
    t.ok(down)
    t.strictSame(agentEvents(harness, 'agent-leg-up', agents.absent), [])
  })

  t.test('releasing an agent who is not on the line is no error', () => telephony.releaseAgent(agents.absent.agentId))
}

function conversations(t: Test, harness: TelephonyHarness): void {
  const { telephony, agents } = harness
  const logIn = (agent: AgentSettings) =>
    oneMore(harness, 'agent-leg-up', agent, () =>
      telephony.callAgent({ agentId: agent.agentId, endpoint: agent.endpoint }),
    )

  t.test('a waiting person is joined with an agent until the person hangs up', async t => {
    await logIn(agents.second)
    const callId = await connected(harness, numberOf.hangsUpSoon, agents.second)
    t.match(callEvent(harness, 'call-connected', callId), { agentId: agents.second.agentId })
    t.match(await callUntil(harness, 'call-ended', callId), { cause: 'hung-up-by-peer' })
    t.notOk(callEvent(harness, 'call-taken-over', callId))
  })

  t.test('the same agent takes the next call, until we hang up; the PBX takes over neither', async t => {
    const callId = await connected(harness, numberOf.answersAtOnce, agents.second)
    await harness.elapse(2_500)
    t.strictSame(
      kindsOf(harness, callId).filter(kind => kind !== 'call-ringing'),
      ['call-answered', 'call-connected'],
    )
    await telephony.hangUp(callId)
    t.match(await callUntil(harness, 'call-ended', callId), { cause: 'hung-up-by-us' })
  })

  t.test('a person on hold stays on the line, is taken back, can be sent keys, and ends as any other', async t => {
    const { agentId } = agents.second
    const callId = await connected(harness, numberOf.answersAtOnce, agents.second)
    for (const on of [true, true, false, false, true]) await telephony.hold({ callId, agentId, on })
    await harness.elapse(2_500)
    t.strictSame(
      kindsOf(harness, callId).filter(kind => kind !== 'call-ringing'),
      ['call-answered', 'call-connected'],
      'nobody takes them over',
    )
    await telephony.hold({ callId, agentId, on: false })
    await telephony.sendDigits({ callId, digits: '12#' })
    await telephony.hold({ callId, agentId, on: true })
    await telephony.hangUp(callId)
    t.match(await callUntil(harness, 'call-ended', callId), { cause: 'hung-up-by-us' })
    await t.rejects(telephony.hold({ callId, agentId, on: true }), TelephonyError, 'they are gone')
    await t.rejects(telephony.sendDigits({ callId, digits: '1' }), TelephonyError)
    t.strictSame(await connectAndEnd(harness, agents.second), ['call-answered', 'call-connected', 'call-ended'])
  })

  for (const [how, joins] of [
    ['blind', ['person']],
    ['with a word first', ['agent', 'person']],
  ] as const)
    t.test(
      `a person is given on ${how}: they stay, the agent takes the next call, and both go when one does`,
      async t => {
        const callId = await withTarget(harness, agents.second, `PJSIP/${numberOf.answersAtOnce}@trunk-main`)
        for (const to of joins) await telephony.joinTarget(joinOrder(callId, agents.second, to))
        t.strictSame(await connectAndEnd(harness, agents.second), ['call-answered', 'call-connected', 'call-ended'])
        t.notOk(callEvent(harness, 'call-ended', callId), 'they talk on')
        await telephony.hangUp(callId)
        await callUntil(harness, 'call-ended', callId)
        t.match(await callUntil(harness, 'target-down', callId), { cause: 'hung-up-by-us' })
      },
    )

  t.test('a target that does not answer is told, and the agent has the person back', async t => {
    const { agentId } = agents.second
    const callId = await connected(harness, numberOf.answersAtOnce, agents.second)
    await telephony.hold({ callId, agentId, on: true })
    await telephony.callTarget(targetOrder(callId, agents.second, agents.absent.endpoint))
    await callUntil(harness, 'target-down', callId)
    await t.rejects(telephony.joinTarget(joinOrder(callId, agents.second, 'person')), TelephonyError)
    await telephony.dropTarget(callId)
    await telephony.hold({ callId, agentId, on: false })
    await telephony.hangUp(callId)
    t.match(await callUntil(harness, 'call-ended', callId), { cause: 'hung-up-by-us' })
  })

  t.test('a connect with a person who is gone fails by the customer, and harms nobody', async t => {
    await telephony.connect(connectOrder('never-existed', agents.second))
    const failed = await callUntil(harness, 'connect-failed', 'never-existed')
    t.match(failed, { broken: 'customer-leg', agentId: agents.second.agentId })
    t.strictSame(await connectAndEnd(harness, agents.second), ['call-answered', 'call-connected', 'call-ended'])
  })

  t.test(
    'a connect with an agent who is not on the line fails by the agent, and the person can still be given to another',
    async t => {
      const callId = await answered(harness, numberOf.answersAtOnce)
      await telephony.connect(connectOrder(callId, agents.absent))
      t.match(await callUntil(harness, 'connect-failed', callId), { broken: 'agent-leg' })
      await telephony.connect(connectOrder(callId, agents.second))
      t.match(await callUntil(harness, 'call-connected', callId), { agentId: agents.second.agentId })
      await telephony.hangUp(callId)
      await callUntil(harness, 'call-ended', callId)
    },
  )

  t.test('when the agent of a conversation hangs up, the person is still there to be ended by us', async t => {
    const callId = await connected(harness, numberOf.answersAtOnce, agents.second)
    await oneMore(harness, 'agent-leg-down', agents.second, () => harness.agentHangsUp(agents.second))
    await harness.elapse(300)
    t.notOk(callEvent(harness, 'call-ended', callId))
    await telephony.hangUp(callId)
    t.match(await callUntil(harness, 'call-ended', callId), { cause: 'hung-up-by-us' })
  })
}

async function connectAndEnd(harness: TelephonyHarness, agent: AgentSettings): Promise<readonly string[]> {
  const callId = await connected(harness, numberOf.answersAtOnce, agent)
  await harness.telephony.hangUp(callId)
  await callUntil(harness, 'call-ended', callId)
  return kindsOf(harness, callId).filter(kind => kind !== 'call-ringing')
}
