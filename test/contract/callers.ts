import type { Test } from 'tap'
import type { CallId } from '../../src/core/ids.ts'
import type { TelephonyEvent } from '../../src/core/inputs.ts'
import { TelephonyError } from '../../src/errors.ts'
import { type CallIn, callUntil, kindsOf, type TelephonyHarness } from './telephony.ts'

type Incoming = Extract<TelephonyEvent, { kind: 'call-incoming' }>

const ours = '+12125550190'
/** A short sound that every PBX of ours has. */
const sound = 'dialwright/beep'
const maxMs = 60_000

/** What every Telephony must do with those who call us. */
export function callersContract(t: Test, harness: TelephonyHarness): void {
  const { telephony } = harness

  /** Somebody calls, and it is told. */
  async function comesIn(call: Partial<CallIn>): Promise<Incoming> {
    const before = incoming(harness).length
    await harness.callIn({ called: ours, ...call })
    await harness.until('call-incoming', () => incoming(harness).length > before)
    const told = incoming(harness).at(-1)
    if (told === undefined) throw new TelephonyError('timeout', 'no call-incoming')
    return told
  }
  const order = (callId: CallId, said: number, sounds = [sound]) => ({ callId, said, sounds, maxMs })
  const until = (callId: CallId, kind: string, times = 1) =>
    harness.until(`${kind} of ${callId}`, () => kindsOf(harness, callId).filter(one => one === kind).length >= times)

  t.test('a call that comes in is told once, with who calls whom, and rings until somebody answers it', async t => {
    const { callId, ...told } = await comesIn({ number: '+12125550151' })
    t.match(told, { nodeId: telephony.nodeId, number: '+12125550151', called: ours })
    await harness.elapse(1_000)
    t.strictSame(kindsOf(harness, callId), ['call-incoming'])
    await telephony.hangUp(callId)
    t.match(await callUntil(harness, 'call-ended', callId), { cause: 'hung-up-by-us' })
  })

  t.test('whoever withholds their number has none', async t => {
    const told = await comesIn({})
    t.equal(told.number, undefined)
    await telephony.turnAway(told.callId, 'busy')
    await callUntil(harness, 'call-ended', told.callId)
  })

  t.test('they hear what we say, once it is said it is told, and again', async t => {
    const { callId } = await comesIn({ number: '+12125550152' })
    await telephony.say(order(callId, 1, [sound, sound]))
    t.match(await callUntil(harness, 'prompt-ended', callId), { said: 1 })
    await telephony.say(order(callId, 2))
    await until(callId, 'prompt-ended', 2)
    await telephony.hangUp(callId)
    await callUntil(harness, 'call-ended', callId)
    t.strictSame(kindsOf(harness, callId), ['call-incoming', 'prompt-ended', 'prompt-ended', 'call-ended'])
  })

  t.test('a key is told once, while they hear something, and what replaces it is what is told to end', async t => {
    const { callId } = await comesIn({ number: '+12125550153', digits: [{ afterMs: 500, digit: '2' }] })
    await telephony.say(
      order(
        callId,
        1,
        Array.from({ length: 20 }, () => 'dialwright/demo-message'),
      ),
    )
    t.match(await callUntil(harness, 'call-key', callId), { key: '2' })
    await telephony.say(order(callId, 2))
    t.match(await callUntil(harness, 'prompt-ended', callId), { said: 2 })
    await telephony.hangUp(callId)
    await callUntil(harness, 'call-ended', callId)
    t.strictSame(kindsOf(harness, callId), ['call-incoming', 'call-key', 'prompt-ended', 'call-ended'])
  })

  t.test('whoever hangs up has ended the call, whatever they hear', async t => {
    const { callId } = await comesIn({ number: '+12125550154', hangsUpAfterMs: 500 })
    await telephony.say(
      order(
        callId,
        1,
        Array.from({ length: 20 }, () => 'dialwright/demo-message'),
      ),
    )
    t.match(await callUntil(harness, 'call-ended', callId), { cause: 'hung-up-by-peer' })
    t.strictSame(kindsOf(harness, callId), ['call-incoming', 'call-ended'])
    await telephony.say(order(callId, 2))
    await telephony.hangUp(callId)
  })

  t.test('a call that hears nothing new ends by itself after its time', async t => {
    const { callId } = await comesIn({ number: '+12125550155' })
    await telephony.say({ ...order(callId, 1), maxMs: 2_000 })
    t.match(await callUntil(harness, 'call-ended', callId), { cause: 'hung-up-by-us' })
  })

  t.test('two who call at once are two', async t => {
    const one = await comesIn({ number: '+12125550156' })
    const two = await comesIn({ number: '+12125550156' })
    t.not(one.callId, two.callId)
    await telephony.turnAway(one.callId, 'not-ours')
    await callUntil(harness, 'call-ended', one.callId)
    t.strictSame(kindsOf(harness, two.callId), ['call-incoming'])
    await telephony.turnAway(two.callId, 'not-ours')
    await callUntil(harness, 'call-ended', two.callId)
  })
}

function incoming({ events }: TelephonyHarness): readonly Incoming[] {
  return events.filter(event => event.kind === 'call-incoming')
}
