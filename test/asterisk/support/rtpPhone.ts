import { createSocket } from 'node:dgram'
import { once } from 'node:events'

const headerBytes = 12
const frameBytes = 160
const frameMs = 20
const silence = 0xff
/** As the SDP of our SIPp scenarios says. */
const telephoneEventType = 101
/** Spoken frames are filled with one byte each, from here on: loud, and none of them mu-law silence. */
const firstWord = 0x20
/** Words repeat after so many. */
const words = 0x50

/** A packet that a phone has received. */
export interface HeardFrame {
  readonly at: number
  readonly kind: 'silence' | 'word' | 'other'
  /** Of a word: its number, modulo {@link words}. */
  readonly word: number | undefined
  /** What it sounds like, mu-law. */
  readonly payload: Buffer
}

/** An RTP end point that can be read to the frame: what it says is numbered, and so is what it hears of another one. */
export interface RtpPhone {
  readonly port: number
  readonly heard: readonly HeardFrame[]
  /** Words said so far in this talk. */
  readonly said: number
  /** Begins to send a frame every 20 ms to that port of the PBX: words from the first on, or silence. */
  talkTo(pbxPort: number, what: 'words' | 'silence'): void
  /** Presses a key of the digits as a telephone event (RFC 4733), to whoever has sent to it last. */
  press(digit: number): void
  close(): Promise<void>
}

/** Opens one. With `answers` it sends silence back to whoever sends to it, as a phone on the line does. */
export async function openRtpPhone({ answers }: { readonly answers: boolean }): Promise<RtpPhone> {
  const socket = createSocket('udp4')
  const heard: HeardFrame[] = []
  let said = 0
  let sequence = 0
  let timer: NodeJS.Timeout | undefined
  let pbxPort = 0
  const talkTo = (toPort: number, what: 'words' | 'silence') => {
    clearInterval(timer)
    said = 0
    timer = setInterval(() => {
      const fill = what === 'silence' ? silence : firstWord + (said++ % words)
      socket.send(packet(sequence++, fill), toPort, '127.0.0.1')
    }, frameMs)
  }
  socket.on('message', (data, from) => {
    pbxPort = from.port
    if (answers && timer === undefined) talkTo(from.port, 'silence')
    heard.push(read(data))
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return {
    port: socket.address().port,
    heard,
    get said() {
      return said
    },
    talkTo,
    press(digit) {
      const at = sequence * frameBytes
      // Three packets of the key's course, and its end three times, so that one that is lost costs nothing.
      for (let step = 1; step <= 6; step += 1)
        socket.send(telephoneEvent({ sequence: sequence++, at, digit, step }), pbxPort, '127.0.0.1')
    },
    close: () => {
      clearInterval(timer)
      return new Promise(resolve => socket.close(() => resolve()))
    },
  }
}

function packet(sequence: number, fill: number): Buffer {
  const data = Buffer.alloc(headerBytes + frameBytes, fill)
  data.writeUInt8(0x80, 0)
  data.writeUInt8(0, 1)
  data.writeUInt16BE(sequence & 0xffff, 2)
  data.writeUInt32BE((sequence * frameBytes) >>> 0, 4)
  data.writeUInt32BE(0x0d1a17, 8)
  return data
}

function telephoneEvent(key: { sequence: number; at: number; digit: number; step: number }): Buffer {
  const { sequence, at, digit, step } = key
  const data = Buffer.alloc(headerBytes + 4)
  data.writeUInt8(0x80, 0)
  data.writeUInt8((step === 1 ? 0x80 : 0) | telephoneEventType, 1)
  data.writeUInt16BE(sequence & 0xffff, 2)
  data.writeUInt32BE(at >>> 0, 4)
  data.writeUInt32BE(0x0d1a17, 8)
  data.writeUInt8(digit, headerBytes)
  data.writeUInt8((step > 3 ? 0x80 : 0) | 10, headerBytes + 1)
  data.writeUInt16BE(Math.min(step, 4) * frameBytes * 2, headerBytes + 2)
  return data
}

function read(data: Buffer): HeardFrame {
  const payload = data.subarray(headerBytes)
  const [first = silence] = payload
  const isOneByte = payload.every(byte => byte === first)
  const word = isOneByte && first >= firstWord && first < firstWord + words ? first - firstWord : undefined
  const isSilent = payload.every(byte => (~byte & 0x7f) <= 4)
  return { at: Date.now(), kind: word !== undefined ? 'word' : isSilent ? 'silence' : 'other', word, payload }
}
