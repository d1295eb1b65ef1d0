// A person on hold, or given to somebody else, on a live Asterisk: what both hear, over the end of the engine that has put them there, and against other programs.
import { join } from 'node:path'
import t from 'tap'
import { dialIn, startCarrier } from '../../scripts/lib/index.js'
import { callChannelId, heldBridgeId } from '../../src/asterisk/legs/names.ts'
import type { TelephonyEvent } from '../../src/core/inputs.ts'
import { sandbox, temporaryFolder, until } from '../support/sandbox.ts'
import { callSpeaker, liveAgent, liveTelephony } from './support/liveHarness.ts'
import { openRtpPhone, type RtpPhone } from './support/rtpPhone.ts'

const place = temporaryFolder()
const agentPhone = await openRtpPhone({ answers: true })
const customerPhone = await openRtpPhone({ answers: false })
const carrier = await startCarrier({ folder: join(place.path, 'carrier'), rtpPort: customerPhone.port })
const agent = liveAgent('1001')
const { agentId } = agent

/** An engine's adapter with all that it has been told. */
async function linkUp() {
  const telephony = liveTelephony()
  const events: TelephonyEvent[] = []
  telephony.watchAgents([agent])
  telephony.start(event => events.push(event))
  await until('node-up', () => events.some(({ kind }) => kind === 'node-up'))
  return { telephony, events }
}

let engine = await linkUp()
const dialed = await dialIn({ folder: join(place.path, 'dials'), agents: [agentId], rtpPort: agentPhone.port })
t.teardown(async () => {
  await engine.telephony.close()
  await dialed.stop()
  await carrier.stop()
  await agentPhone.close()
  await customerPhone.close()
  place.remove()
})

/** Waits until so many more frames of a kind are heard, one after the other: half a second of it. */
async function hears(phone: RtpPhone, kind: 'other' | 'silence' | 'word'): Promise<void> {
  let from = phone.heard.length
  await until(`25 frames of ${kind}`, () => {
    const frames = phone.heard.slice(from)
    const wrong = frames.findLastIndex(frame => frame.kind !== kind)
    if (wrong !== -1) from += wrong + 1
    return frames.length - wrong - 1 >= 25
  })
}

async function kickOutOfMusic(callId: string): Promise<number> {
  const { ari: url, user, secret } = sandbox()
  const authorization = `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`
  const path = `/bridges/${heldBridgeId(agentId)}/removeChannel?channel=${callChannelId(callId)}`
  return (await fetch(`${url}${path}`, { method: 'POST', headers: { authorization } })).status
}

t.test('music for the person, nothing for the agent, and both again, whatever becomes of the engine', async t => {
  await until('agent-leg-up', () => engine.events.some(({ kind }) => kind === 'agent-leg-up'))
  const { callId } = await callSpeaker({ ...engine, carrier, customerPhone })
  await engine.telephony.connect({ callId, agentId, nodeId: 'live', maxCallMs: 60_000 })
  await hears(agentPhone, 'word')

  await engine.telephony.hold({ callId, agentId, on: true })
  await hears(customerPhone, 'other')
  const heardBefore = agentPhone.heard.length
  await hears(customerPhone, 'other')
  t.notOk(
    agentPhone.heard.slice(heardBefore).some(({ kind }) => kind === 'word'),
    'the agent hears nothing of them',
  )

  t.equal(await kickOutOfMusic(callId), 204)
  await hears(customerPhone, 'other')

  await engine.telephony.close()
  await hears(customerPhone, 'other')
  engine = await linkUp()
  t.match(engine.events[0], {
    kind: 'node-up',
    inventory: { calls: [{ callId, state: 'connected', agentId, held: true }], agents: [agentId] },
  })
  await hears(customerPhone, 'other')

  await engine.telephony.hold({ callId, agentId, on: false })
  await hears(agentPhone, 'word')
  await hears(customerPhone, 'silence')

  await engine.telephony.hold({ callId, agentId, on: true })
  await engine.telephony.hangUp(callId)
  await until('call-ended', () => engine.events.some(event => event.kind === 'call-ended' && event.callId === callId))
  await hears(agentPhone, 'other')
})

t.test('whoever was given on talks on without an engine, and the next one knows whose talk it was', async t => {
  const { callId } = await callSpeaker({ ...engine, carrier, customerPhone })
  await engine.telephony.connect({ callId, agentId, nodeId: 'live', maxCallMs: 60_000 })
  const told = (kind: string) =>
    engine.events.some(event => event.kind === kind && 'callId' in event && event.callId === callId)
  await until('call-connected', () => told('call-connected'))
  await engine.telephony.hold({ callId, agentId, on: true })
  const endpoint = 'PJSIP/+12125550118@trunk-main'
  await engine.telephony.callTarget({ callId, agentId, endpoint, callerId: '+12125550199' })
  await until('target-up', () => told('target-up'))
  const now = Date.now()
  const talk = { answeredAt: now - 9_000, connectedAt: now - 8_000, transferred: { at: now, to: 'desk' } }
  await engine.telephony.joinTarget({ callId, agentId, to: 'person', talk })
  await hears(agentPhone, 'other')

  await engine.telephony.close()
  engine = await linkUp()
  const { answeredAt, ...kept } = talk
  const [up] = engine.events
  if (up?.kind !== 'node-up') throw new TypeError('the inventory comes first')
  const { inventory } = up
  t.match(inventory, {
    calls: [{ callId, state: 'connected', transferred: true, agentId: undefined }],
    agents: [agentId],
  })
  const ofTalk = inventory.kept?.find(one => one.callId === callId)
  t.match(ofTalk, { answeredAt, talk: { agentId, ...kept }, end: undefined })
  await engine.telephony.hangUp(callId)
  await until('both gone', () => told('call-ended') && told('target-down'))
})
