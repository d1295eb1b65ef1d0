import { writeFileSync } from 'node:fs'

const SAMPLE_RATE = 8000
const MULAW_BIAS = 0x84
const MULAW_CLIP = 32635

/**
 * One linear 16-bit sample as G.711 mu-law.
 * @param {number} sample
 */
export function mulaw(sample) {
  const sign = sample < 0 ? 0x80 : 0
  const magnitude = Math.min(Math.abs(sample), MULAW_CLIP) + MULAW_BIAS
  const exponent = Math.floor(Math.log2(magnitude)) - 7
  return ~(sign | (exponent << 4) | ((magnitude >> (exponent + 3)) & 0x0f)) & 0xff
}

/**
 * A sound, sample by sample. (Buffer.from does not call a function; typed arrays do.)
 * @param {number} count
 * @param {(index: number) => number} at
 */
function samples(count, at) {
  return Buffer.from(Uint8Array.from({ length: count }, (_, index) => at(index)))
}

/**
 * Sound in syllables of 250 ms at the pitch of a voice: enough for detectors of talking, and no word to translate.
 * @param {number} seconds
 */
export function syllables(seconds, pitchHz = 180) {
  return samples(seconds * SAMPLE_RATE, index => {
    const t = index / SAMPLE_RATE
    const envelope = Math.max(0, Math.sin(2 * Math.PI * 2 * t)) * 0.7 + 0.15
    const voice = Math.sin(2 * Math.PI * pitchHz * t) + 0.5 * Math.sin(2 * Math.PI * 3 * pitchHz * t)
    return mulaw(Math.round(8000 * envelope * voice))
  })
}

/**
 * An answering machine: eight seconds of greeting and a beep.
 * @param {string} file
 */
export function writeGreeting(file) {
  const beep = samples(SAMPLE_RATE / 2, index =>
    mulaw(Math.round(12000 * Math.sin((2 * Math.PI * 1000 * index) / SAMPLE_RATE))),
  )
  writeFileSync(file, Buffer.concat([syllables(8), beep]))
  return file
}

/**
 * An agent who talks without end: SIPp loops it.
 * @param {string} file
 */
export function writeSpeech(file) {
  writeFileSync(file, syllables(4, 140))
  return file
}
