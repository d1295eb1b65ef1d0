// What the PBX keeps for the next run of calls that nobody has answered, from the moment in which it is told that one comes.
import t from 'tap'
import { asteriskCommand } from '../../scripts/lib/index.js'
import type { TelephonyEvent } from '../../src/core/inputs.ts'
import { until } from '../support/sandbox.ts'
import { createLiveHarness, liveAgent, liveOrder, liveTelephony } from './support/liveHarness.ts'

const busy = '+12025550111'
const declines = '+12025550115'

t.test('an end is heard by the one who leaves, kept for the one who comes, or both', async t => {
  const { telephony, events, close } = await createLiveHarness()
  t.teardown(close)
  await until('the PBX', () => events.some(({ kind }) => kind === 'node-up'))
  const ended = (callId: string) => events.some(event => event.kind === 'call-ended' && event.callId === callId)
  const kept = async ({ attempt: { callId } }: ReturnType<typeof liveOrder>) =>
    (await asteriskCommand(`database get dialwright-unanswered ${callId}`)).includes('SIP 486')
  const [before, between, after] = [liveOrder(busy), liveOrder(busy), liveOrder(declines)]
  await telephony.originate(before)
  await until('its end', () => ended(before.attempt.callId))
  t.equal(await kept(before), false, 'what is heard need not be kept')
  await telephony.handOver?.()
  await telephony.originate(between)
  await until('its end', () => ended(between.attempt.callId))
  await until('its row', () => kept(between))
  await telephony.originate(after)
  await telephony.close({ handOver: true })
  const next = liveTelephony()
  t.teardown(() => next.close())
  const heard: TelephonyEvent[] = []
  next.watchAgents([liveAgent('1001')])
  next.start(event => heard.push(event))
  const inventory = () => heard.flatMap(event => (event.kind === 'node-up' ? [event.inventory] : []))[0]
  await until('the inventory', () => inventory() !== undefined)
  const told = inventory()?.unanswered?.map(({ callId }) => callId) ?? []
  t.ok(told.includes(between.attempt.callId))
  const isHeard = () => heard.some(event => event.kind === 'call-ended' && event.callId === after.attempt.callId)
  const isKept = told.includes(after.attempt.callId)
  await until('the end of the call that went on ringing', () => isKept || isHeard(), 20_000)
  // For ten seconds from a hand-over that nobody has taken up the PBX is nobody else's: other tests use it next.
  const isAwaited = async () => /DIALWRIGHT_HANDED_OVER=\d/.test(await asteriskCommand('dialplan show globals'))
  await until('the word of the hand-over is taken back', async () => !(await isAwaited()))
})
