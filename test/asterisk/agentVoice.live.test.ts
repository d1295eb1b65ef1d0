// What agents are told between calls, as their phone hears it, on a live Asterisk.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { asteriskCommand, dialIn, startCarrier } from '../../scripts/lib/index.js'
import type { TelephonyEvent } from '../../src/core/inputs.ts'
import { temporaryFolder, until } from '../support/sandbox.ts'
import { callSpeaker, liveAgent, liveTelephony } from './support/liveHarness.ts'
import { openRtpPhone } from './support/rtpPhone.ts'
import { shareOf } from './support/soundIn.ts'

const place = temporaryFolder()
const agentPhone = await openRtpPhone({ answers: true })
const customerPhone = await openRtpPhone({ answers: false })
const carrier = await startCarrier({ folder: join(place.path, 'carrier'), rtpPort: customerPhone.port })
const telephony = liveTelephony()
const events: TelephonyEvent[] = []
const agent = liveAgent('1001')
const { agentId } = agent
const told = (kind: string) => events.some(event => event.kind === kind)

telephony.watchAgents([agent])
telephony.start(event => events.push(event))
await until('node-up', () => told('node-up'))
const dialed = await dialIn({ folder: join(place.path, 'dials'), agents: [agentId], rtpPort: agentPhone.port })
t.teardown(async () => {
  await telephony.close()
  await dialed.stop()
  await carrier.stop()
  // SIPp goes without a word: its lines would be the next test's.
  await asteriskCommand('channel request hangup all')
  await agentPhone.close()
  await customerPhone.close()
  place.remove()
})

function soundOf(name: string): Buffer {
  return readFileSync(new URL(`../../asterisk-conf/sounds/${name}.ulaw`, import.meta.url))
}

const whispers = async () => (await asteriskCommand('core show channels concise')).match(/dw-whisper|Snoop\//g) ?? []

async function untilQuiet(): Promise<void> {
  for (let tries = 0; tries < 100 && (await whispers()).length > 0; tries += 1) await delay(100)
  // Its last packets.
  await delay(100)
}

/** The share of a sound that is there is .6 and more, of one that is not .4 and less. */
const clear = 0.5
const long = 'dialwright/agent/en/silent-line'
const short = 'dialwright/agent/en/logged-in'

await until('agent-leg-up', () => told('agent-leg-up'))
await until('music', () => agentPhone.heard.filter(frame => frame.kind === 'other').length > 50)

t.test('it is heard over the music, several sounds one after the other, and nothing of it is left', async t => {
  const from = agentPhone.heard.length
  const sounds = ['dialwright/agent/en/call-back-in', 'dialwright/agent/en/5', 'dialwright/agent/en/hours']
  await telephony.tellAgent({ agentId, sounds })
  await untilQuiet()
  const heard = agentPhone.heard.slice(from)
  const [first, second, third] = sounds.map(sound => shareOf(soundOf(sound), heard))
  t.comment({ first, second, third, other: shareOf(soundOf(short), heard) })
  t.ok((first ?? 0) > clear && (second ?? 0) > clear && (third ?? 0) > clear)
  t.ok(shareOf(soundOf(short), heard) < clear, 'what was not said is not heard')
  t.strictSame(await whispers(), [])
})

t.test('a second word takes the place of the first', async t => {
  const from = agentPhone.heard.length
  await telephony.tellAgent({ agentId, sounds: [long] })
  await telephony.tellAgent({ agentId, sounds: [short] })
  await untilQuiet()
  const heard = agentPhone.heard.slice(from)
  t.ok(shareOf(soundOf(short), heard) > clear)
  t.ok(heard.length * 160 < soundOf(long).length + soundOf(short).length, 'the first was cut short')
})

t.test('a call that comes meanwhile waits for none of it and hears none of it', async t => {
  const { callId, toldOf } = await callSpeaker({ telephony, events, carrier, customerPhone })
  await telephony.tellAgent({ agentId, sounds: [long] })
  const from = agentPhone.heard.length
  const saidBefore = customerPhone.said
  await telephony.connect({ callId, agentId, nodeId: 'live', maxCallMs: 60_000 })
  await until('call-connected', () => toldOf('call-connected'))
  await until('words', () => agentPhone.heard.slice(from).filter(({ kind }) => kind === 'word').length > 30)
  const soundFrames = soundOf(long).length / 160
  t.ok(
    customerPhone.said - saidBefore < soundFrames,
    'the person spoke with the agent before the sound would have ended',
  )
  t.ok(
    customerPhone.heard.every(frame => frame.kind === 'silence'),
    'the person hears the line alone',
  )
  await telephony.tellAgent({ agentId, sounds: [short] })
  t.strictSame(await whispers(), [], 'in a conversation nothing is said')
  await telephony.hangUp(callId)
  await until('call-ended', () => toldOf('call-ended'))
})

t.test('without a line there is nobody to tell', async () => {
  await telephony.tellAgent({ agentId: '1002', sounds: [short] })
})

t.test('what a run that died was saying is ended by the next one', async t => {
  await until('music', () => agentPhone.heard.at(-1)?.kind === 'other')
  await telephony.tellAgent({ agentId, sounds: [long, long, long] })
  t.not((await whispers()).length, 0)
  const next = liveTelephony()
  const heardByNext: TelephonyEvent[] = []
  next.watchAgents([agent])
  next.start(event => heardByNext.push(event))
  await until('node-up', () => heardByNext.some(({ kind }) => kind === 'node-up'))
  for (let tries = 0; tries < 50 && (await whispers()).length > 0; tries += 1) await delay(20)
  t.strictSame(await whispers(), [])
  await next.close()
})
