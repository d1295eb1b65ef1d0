// What is heard, to the frame of 20 ms, on a live Asterisk.
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { dialIn, startCarrier } from '../../scripts/lib/index.js'
import type { TelephonyEvent } from '../../src/core/inputs.ts'
import { temporaryFolder, until } from '../support/sandbox.ts'
import { callSpeaker, liveAgent, liveTelephony } from './support/liveHarness.ts'
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

/** Frames of 20 ms that may go under the beep, which lasts three; on a busy machine a call may lose more, so several try. */
const maskedFramesMax = 5
const calls = 3
const talkMs = 1_000

function spoken(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index)
}

/** One conversation; gives the words that the agent missed after the join. */
async function talk(): Promise<{ readonly heard: number; readonly missed: number }> {
  const { callId, toldOf } = await callSpeaker({ telephony, events, carrier, customerPhone })
  const heardBefore = agentPhone.heard.length
  await telephony.connect({ callId, agentId: agent.agentId, nodeId: 'live', maxCallMs: 60_000 })
  const saidWhenJoined = customerPhone.said
  await delay(talkMs)
  await telephony.hangUp(callId)
  await until('call-ended', () => toldOf('call-ended'))
  const heard = new Set(agentPhone.heard.slice(heardBefore).flatMap(({ word }) => word ?? []))
  const missed = spoken(saidWhenJoined, Math.max(...heard)).filter(word => !heard.has(word))
  return { heard: heard.size, missed: missed.length }
}

t.test('an idle agent hears music', async t => {
  await until('agent-leg-up', () => told('agent-leg-up'))
  await until('music', () => agentPhone.heard.filter(frame => frame.kind === 'other').length > 50)
  t.ok(told('agent-leg-up'))
})

t.test('the first word reaches the agent behind a beep of which the person hears nothing', async t => {
  const talks = []
  for (let call = 1; call <= calls; call++) talks.push(await talk())
  t.ok(
    talks.every(({ heard }) => heard > 30),
    'the agent hears the person',
  )
  const missed = Math.min(...talks.map(talk => talk.missed))
  t.ok(missed <= maskedFramesMax, `of that, ${missed} frames of 20 ms went under the beep`)
  t.comment(talks)
  t.ok(customerPhone.heard.length > 25 * calls, 'the person hears the line')
  t.ok(
    customerPhone.heard.every(frame => frame.kind === 'silence'),
    'and on it nothing but the silent agent: neither beep nor music',
  )
})

t.test('after the call the agent hears music again', async t => {
  const heardBefore = agentPhone.heard.length
  const music = () => agentPhone.heard.slice(heardBefore).filter(frame => frame.kind === 'other').length
  await until('music', () => music() > 50)
  t.ok(music())
})
