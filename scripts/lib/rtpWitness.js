import { createSocket } from 'node:dgram'
import { once } from 'node:events'

/**
 * What came from one audio port; instants in epoch ms.
 * @typedef {object} RtpLeg
 * @property {number} firstPacketAt
 * @property {number} [firstAudibleAt]
 * @property {number} lastPacketAt
 * @property {number} packets
 * @property {number} audiblePackets
 *
 * @typedef {{ port: number, legs: ReadonlyMap<number, RtpLeg>, close(): Promise<void> }} RtpWitness
 */

const RTP_HEADER_BYTES = 12
const PAYLOAD_MULAW = 0
const PAYLOAD_ALAW = 8
// Silence is 0xff or 0x7f in mu-law and 0xd5 or 0x55 in A-law, give or take the last steps of a quiet line.
const QUIET_STEPS = 8
const AUDIBLE_SHARE = 0.25

/**
 * Listens where the carrier's audio goes and notes, for every leg (the dialer's audio port, `rtpPort` in the carrier's
 * statistics), when it first sent a packet and when it was first audible. With `echo` it answers every packet with the
 * same sound, so that the other side has audio too.
 * @returns {Promise<RtpWitness>}
 */
export async function startRtpWitness({ port = 0, host = '127.0.0.1', echo = false } = {}) {
  const socket = createSocket('udp4')
  /** @type {Map<number, RtpLeg>} */
  const legs = new Map()
  socket.on('message', (packet, from) => {
    note(legs, packet, from.port)
    if (echo) socket.send(packet, from.port, from.address)
  })
  socket.bind(port, host)
  await once(socket, 'listening')
  return { port: socket.address().port, legs, close: () => new Promise(resolve => socket.close(() => resolve())) }
}

/**
 * @param {Map<number, RtpLeg>} legs
 * @param {Buffer} packet
 * @param {number} port
 */
function note(legs, packet, port) {
  const payloadType = (packet[1] ?? 0) & 0x7f
  if (packet.length <= RTP_HEADER_BYTES || (payloadType !== PAYLOAD_MULAW && payloadType !== PAYLOAD_ALAW)) return
  const at = Date.now()
  const leg = legs.get(port) ?? { firstPacketAt: at, packets: 0, audiblePackets: 0, lastPacketAt: at }
  legs.set(port, leg)
  leg.packets += 1
  leg.lastPacketAt = at
  if (!isAudible(packet.subarray(RTP_HEADER_BYTES), payloadType)) return
  leg.audiblePackets += 1
  leg.firstAudibleAt ??= at
}

/**
 * Whether a G.711 packet holds more than the noise of a quiet line.
 * @param {Uint8Array} payload
 */
export function isAudible(payload, payloadType = PAYLOAD_MULAW) {
  let loud = 0
  for (const byte of payload) {
    // Both laws: undo the wire's inversion, then drop the sign; what is left grows with the loudness.
    const magnitude = (payloadType === PAYLOAD_MULAW ? ~byte : byte ^ 0x55) & 0x7f
    if (magnitude > QUIET_STEPS) loud += 1
  }
  return loud > payload.length * AUDIBLE_SHARE
}
