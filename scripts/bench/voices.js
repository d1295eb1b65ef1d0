// One end of many audio legs at once: it speaks to everyone who sends to it, and notes when it hears the other kind of
// voice begin. The library's witness knows one answer a leg and only echoes; here ports come again (the PBX has 5 000)
// and both directions count.
import { createSocket } from 'node:dgram'
import { once } from 'node:events'

/** @typedef {'agent' | 'customer'} Voice */

/**
 * One audio port of the PBX; instants in epoch ms.
 * @typedef {object} Leg
 * @property {number} port
 * @property {string} address
 * @property {Buffer} header of the packets that are sent to it
 * @property {number} frames sent
 * @property {number} packets received
 * @property {number} lastAt
 * @property {number} voiceAt
 * @property {number[]} onsets of the other voice
 * @property {{ from: number, to: number }[]} heard the spans in which the other voice was heard
 *
 * @typedef {{ port: number, legs: ReadonlyMap<number, Leg>, close(): Promise<void> }} Voices legs by the PBX's audio port
 */

const HEADER_BYTES = 12
const FRAME_MS = 20
const FRAME_BYTES = 160
/** A leg that has not been heard so long is over: nobody is spoken to who may be someone else by now. */
const OVER_MS = 1_000
/** A voice that was away so long begins anew. */
const GAP_MS = 200
/**
 * A voice is a square wave at one level of mu-law, which mixing and transcoding leave as it is: so music, beep and
 * either voice can be told apart by counting bytes.
 */
const LEVELS = { agent: 0x10, customer: 0x24 }
const MARKED_SHARE = 0.8

/**
 * Speaks as `voice` on every leg and listens for `hears`.
 * @param {{ voice: Voice, hears: Voice }} options
 * @returns {Promise<Voices>}
 */
export async function startVoices({ voice, hears }) {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 4 * 1024 * 1024 })
  /** @type {Map<number, Leg>} */
  const legs = new Map()
  const payload = Uint8Array.from({ length: FRAME_BYTES }, (_, index) => LEVELS[voice] | (index % 8 < 4 ? 0x80 : 0))
  socket.on('message', (packet, from) => listen(legs, { packet, from, level: LEVELS[hears] }))
  // A phone that has gone refuses packets; that is no news here.
  socket.on('error', () => {})
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const timer = setInterval(() => speakToAll(socket, legs, payload), FRAME_MS)
  return {
    port: socket.address().port,
    legs,
    async close() {
      clearInterval(timer)
      await new Promise(done => socket.close(() => done(undefined)))
    },
  }
}

/**
 * @param {Map<number, Leg>} legs
 * @param {{ packet: Buffer, from: { port: number, address: string }, level: number }} heard
 */
function listen(legs, { packet, from, level }) {
  const at = Date.now()
  const leg = legs.get(from.port) ?? newLeg(from)
  legs.set(from.port, leg)
  leg.packets += 1
  leg.lastAt = at
  if (!isMarked(packet, level)) return
  if (at - leg.voiceAt > GAP_MS) {
    leg.onsets.push(at)
    leg.heard.push({ from: at, to: at })
  }
  const span = leg.heard.at(-1)
  if (span !== undefined) span.to = at
  leg.voiceAt = at
}

/**
 * @param {{ port: number, address: string }} from
 * @returns {Leg}
 */
function newLeg({ port, address }) {
  const header = Buffer.alloc(HEADER_BYTES)
  header[0] = 0x80
  header.writeUInt32BE(port, 8)
  return { port, address, header, frames: 0, packets: 0, lastAt: 0, voiceAt: 0, onsets: [], heard: [] }
}

/**
 * @param {Buffer} packet
 * @param {number} level
 */
function isMarked(packet, level) {
  let marked = 0
  for (let at = HEADER_BYTES; at < packet.length; at += 1) if (((packet[at] ?? 0) & 0x7f) === level) marked += 1
  return marked > (packet.length - HEADER_BYTES) * MARKED_SHARE && marked > 0
}

/**
 * @param {import('node:dgram').Socket} socket
 * @param {ReadonlyMap<number, Leg>} legs
 * @param {Uint8Array} payload
 */
function speakToAll(socket, legs, payload) {
  const now = Date.now()
  for (const leg of legs.values()) {
    if (now - leg.lastAt > OVER_MS) continue
    leg.frames += 1
    leg.header.writeUInt16BE(leg.frames & 0xffff, 2)
    leg.header.writeUInt32BE((leg.frames * FRAME_BYTES) >>> 0, 4)
    // The header is written again for the next packet, so what leaves has to be its own.
    socket.send(Buffer.concat([leg.header, payload]), leg.port, leg.address, () => {})
  }
}
