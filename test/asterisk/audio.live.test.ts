// What is heard, to the frame of 20 ms, on a live Asterisk.
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { dialIn, startCarrier } from '../../scripts/lib/index.js'
import type { TelephonyEvent } from '../../src/core/inputs.ts'
import { temporaryFolder, until } from '../support/sandbox.ts'
import { liveAgent, liveOrder, liveTelephony } from './support/liveHarness.ts'
import { openRtpPhone } from './support/rtpPhone.ts'

const place = temporaryFolder()
const agentPhone = await openRtpPhone({ answers: true })
const customerPhone = await openRtpPhone({ answers: false })
const carrier = await startCarrier({ folder: join(place.path, 'carrier'), rtpPort: customerPhone.port })
const telephony = liveTelephony()
const events: TelephonyEvent[] = []
const agent = liveAgent('1001')
const told = (kind: string) => events.some(event => event.kind === kind)

telephony.watchAgents([agent])
telephony.start(event => events.push(event))
await until('node-up', () => told('node-up'))
const dialed = await dialIn({ folder: join(place.path, 'dials'), agents: [agent.agentId], rtpPort: agentPhone.port })
t.teardown(async () => {
  await telephony.close()
  await dialed.stop()
  await carrier.stop()
  await agentPhone.close()
  await customerPhone.close()
  place.remove()
})

/** Frames of 20 ms: 80 ms of beep, and one that is cut in two. */
const maskedFramesMax = 5

function spoken(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index)
}

t.test('an idle agent hears music', async t => {
  await until('agent-leg-up', () => told('agent-leg-up'))
  await until('music', () => agentPhone.heard.filter(frame => frame.kind === 'other').length > 50)
  t.ok(told('agent-leg-up'))
})

t.test('the first word reaches the agent behind a beep of which the person hears nothing', async t => {
  const order = liveOrder('+12125550118')
  const { callId } = order.attempt
  await telephony.originate(order)
  await until('call-answered', () => told('call-answered'))
  const call = (await carrier.statistics()).calls.find(({ calledNumber }) => calledNumber.includes('2125550118'))
  customerPhone.talkTo(call?.rtpPort ?? 0, 'words')
  await until('the person speaks', () => customerPhone.said > 10)
  const heardBefore = agentPhone.heard.length
  await telephony.connect({ callId, agentId: agent.agentId, nodeId: 'live', maxCallMs: 60_000 })
  const saidWhenJoined = customerPhone.said
  await delay(1_000)
  const heard = new Set(agentPhone.heard.slice(heardBefore).flatMap(({ word }) => word ?? []))
  const missed = spoken(saidWhenJoined, Math.max(...heard)).filter(word => !heard.has(word))
  t.ok(heard.size > 30, 'the agent hears the person')
  t.ok(missed.length <= maskedFramesMax, `of that, ${missed.length} frames of 20 ms went under the beep`)
  t.ok(customerPhone.heard.length > 25, 'the person hears the line')
  t.ok(
    customerPhone.heard.every(frame => frame.kind === 'silence'),
    'and on it nothing but the silent agent: neither beep nor music',
  )
  await telephony.hangUp(callId)
})

t.test('after the call the agent hears music again', async t => {
  const heardBefore = agentPhone.heard.length
  const music = () => agentPhone.heard.slice(heardBefore).filter(frame => frame.kind === 'other').length
  await until('music', () => music() > 50)
  t.ok(music())
})
