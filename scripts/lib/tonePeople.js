// People whose voices are tones: each says one of their own, and what of the others' comes to them is told apart.
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mulaw } from './tones.js'

const SAMPLE_RATE = 8000
const PACKET_SAMPLES = 160
const PACKET_MS = 20
const RTP_HEADER_BYTES = 12
/** Whoever has heard nothing for so long is gone. */
const GONE_MS = 5_000
const PAYLOAD_MULAW = 0
const PAYLOAD_EVENTS = 101
/** RFC 4733, section 3.2. */
const KEYS = '0123456789*#'
/** As loud as somebody who speaks up, of full scale. */
const AMPLITUDE = 0.25
/** A tone that is fainter is a trace of another. */
const HEARD_AMPLITUDE = 0.06

/**
 * What comes to one person; instants in epoch ms.
 * @typedef {object} ToneLeg
 * @property {number} port the dialer's audio port, as in the carrier's statistics
 * @property {number} says Hz
 * @property {Buffer} voice that tone, 20 ms of it
 * @property {number} spokenFrom when it began to speak
 * @property {number} spoken packets since
 * @property {number} lastPacketAt
 * @property {{ at: number, tones: readonly number[], isLoud: boolean }[]} packets the last second of them
 * @property {string[]} keys pressed by the other side
 * @property {Map<number, HeardTone>} tones by Hz
 *
 * @typedef {object} HeardTone
 * @property {number} firstAt
 * @property {number} lastAt
 * @property {number} longestGapMs since {@link forgetGaps}
 * @property {number} backAt the end of that gap
 */

/**
 * Listens where the carrier's audio goes. The first leg there says the first tone, the second the second, and so on, from when it is first
 * spoken to until nobody has spoken to it for some seconds. Tones are multiples of 50 Hz, so that a packet of 20 ms has whole periods.
 * @param {{ says: readonly number[], knows: readonly number[] }} options tones that are said here, and that may come
 */
export async function startTonePeople({ says, knows }) {
  const socket = createSocket('udp4')
  /** @type {Map<number, ToneLeg>} */
  const legs = new Map()
  let came = 0
  /** @type {ToneLeg | undefined} */
  let newest
  const legOf = (/** @type {number} */ port) => {
    const known = legs.get(port)
    // A port serves the next call, too.
    if (known !== undefined && Date.now() - known.lastPacketAt <= GONE_MS) return known
    const leg = newLeg(port, says[came] ?? 0)
    came += 1
    newest = leg
    legs.set(port, leg)
    return leg
  }
  socket.on('message', (packet, from) => {
    const leg = legOf(from.port)
    const payloadType = (packet[1] ?? 0) & 0x7f
    if (payloadType === PAYLOAD_EVENTS) return noteKey(leg, packet)
    if (payloadType !== PAYLOAD_MULAW || packet.length <= RTP_HEADER_BYTES) return
    note(leg, packet.subarray(RTP_HEADER_BYTES), knows)
  })
  const voice = setInterval(() => {
    for (const leg of legs.values()) speak(leg, packet => socket.send(packet, leg.port, '127.0.0.1'))
  }, PACKET_MS / 2)
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return {
    port: socket.address().port,
    legs: () => [...legs.values()],
    /** How many legs there were, and the last of them. */
    came: () => came,
    newest: () => newest,
    close: () => {
      clearInterval(voice)
      return new Promise(resolve => socket.close(() => resolve(undefined)))
    },
  }
}

/**
 * @param {number} port
 * @param {number} says
 * @returns {ToneLeg}
 */
function newLeg(port, says) {
  const now = Date.now()
  const silent = { spokenFrom: now, spoken: 0, lastPacketAt: now, packets: [], keys: [], tones: new Map() }
  return { port, says, voice: toneOf(says), ...silent }
}

/**
 * What is due of its voice.
 * @param {ToneLeg} leg
 * @param {(packet: Buffer) => void} send
 */
function speak(leg, send) {
  const now = Date.now()
  if (now - leg.lastPacketAt > GONE_MS) return
  const due = Math.floor((now - leg.spokenFrom) / PACKET_MS)
  for (; leg.spoken < due; leg.spoken += 1) {
    const header = Buffer.alloc(RTP_HEADER_BYTES)
    header.writeUInt16BE(0x8000)
    header.writeUInt16BE(leg.spoken & 0xffff, 2)
    header.writeUInt32BE(leg.spoken * PACKET_SAMPLES, 4)
    header.writeUInt32BE(leg.port, 8)
    send(Buffer.concat([header, leg.voice]))
  }
}

/** Which tones a leg hears most of the time, as of the last `spanMs`.
 * @param {ToneLeg | undefined} leg undefined: it has not come yet
 */
export function tonesHeardBy(leg, spanMs = 500) {
  const since = Date.now() - spanMs
  const lately = (leg?.packets ?? []).filter(({ at }) => at >= since)
  /** @type {Map<number, number>} */
  const counts = new Map()
  for (const { tones } of lately) for (const hz of tones) counts.set(hz, (counts.get(hz) ?? 0) + 1)
  return [...counts].flatMap(([hz, count]) => (count > lately.length * 0.6 ? [hz] : [])).sort((a, b) => a - b)
}

/** Whether anything at all is audible there.
 * @param {ToneLeg | undefined} leg undefined: it has not come yet
 */
export function hearsAnything(leg, spanMs = 500) {
  const since = Date.now() - spanMs
  return (leg?.packets ?? []).some(({ at, isLoud }) => at >= since && isLoud)
}

/**
 * @param {ToneLeg} leg
 * @param {Buffer} packet
 */
function noteKey(leg, packet) {
  const key = KEYS[packet[RTP_HEADER_BYTES] ?? 0] ?? '?'
  const isEnd = ((packet[RTP_HEADER_BYTES + 1] ?? 0) & 0x80) !== 0
  const stamp = packet.readUInt32BE(4)
  // The end is sent three times, under one time stamp.
  const name = `${key} ${stamp}`
  if (isEnd && !leg.keys.includes(name)) leg.keys.push(name)
}

/** Gaps count from now on.
 * @param {ToneLeg} leg
 */
export function forgetGaps(leg) {
  for (const [hz, tone] of leg.tones) leg.tones.set(hz, { ...tone, longestGapMs: 0 })
}

/** The keys that came to a leg, in order.
 * @param {ToneLeg | undefined} leg undefined: it has not come yet
 */
export function keysOf(leg) {
  return (leg?.keys ?? []).map(name => name[0]).join('')
}

/**
 * @param {ToneLeg} leg
 * @param {Uint8Array} payload
 * @param {readonly number[]} knows
 */
function note(leg, payload, knows) {
  const at = Date.now()
  const samples = Float32Array.from(payload, byte => LINEAR[byte] ?? 0)
  const tones = knows.filter(hz => amplitudeOf(samples, hz) > HEARD_AMPLITUDE)
  const isLoud = samples.some(sample => Math.abs(sample) > HEARD_AMPLITUDE)
  leg.lastPacketAt = at
  leg.packets.push({ at, tones, isLoud })
  while (at - (leg.packets[0]?.at ?? at) > 1_000) leg.packets.shift()
  for (const hz of tones) {
    const tone = leg.tones.get(hz) ?? { firstAt: at, lastAt: at, longestGapMs: 0, backAt: at }
    const gapMs = at - tone.lastAt
    const longest = gapMs > tone.longestGapMs ? { longestGapMs: gapMs, backAt: at } : {}
    leg.tones.set(hz, { ...tone, ...longest, lastAt: at })
  }
}

/**
 * Goertzel's algorithm: how much of one tone is in it, 0..1.
 * @param {Float32Array} samples
 * @param {number} hz
 */
function amplitudeOf(samples, hz) {
  const turn = 2 * Math.cos((2 * Math.PI * hz) / SAMPLE_RATE)
  let [last, before] = [0, 0]
  for (const sample of samples) [last, before] = [sample + turn * last - before, last]
  return (2 * Math.sqrt(Math.max(0, last * last + before * before - turn * last * before))) / samples.length
}

/** @param {number} hz */
function toneOf(hz) {
  return Buffer.from(
    Uint8Array.from({ length: PACKET_SAMPLES }, (_, index) =>
      mulaw(Math.round(32767 * AMPLITUDE * Math.sin((2 * Math.PI * hz * index) / SAMPLE_RATE))),
    ),
  )
}

/** What each byte of G.711 mu-law means, -1..1. */
const LINEAR = Float32Array.from({ length: 256 }, (_, byte) => {
  const bits = ~byte & 0xff
  const magnitude = ((((bits & 0x0f) << 3) + 0x84) << ((bits >> 4) & 7)) - 0x84
  return (bits & 0x80 ? -magnitude : magnitude) / 32768
})
