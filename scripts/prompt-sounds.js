// Makes the shipped prompts of the respect line (scripts/lib/respectPrompts.js) and of agents (agentPrompts.js), and what the demo's
// people say (peopleVoices.js), with the voices of espeak-ng: synthesised speech, to be replaced by recordings of people wherever
// somebody cares. Debian: apt-get install espeak-ng.
//
//   node scripts/prompt-sounds.js [FOLDER]     default: asterisk-conf/sounds/dialwright
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { AGENT_PROMPTS } from './lib/agentPrompts.js'
import { ASTERISK_CONF } from './lib/paths.js'
import { PEOPLE, PEOPLE_SOUNDS, PHRASES } from './lib/peopleVoices.js'
import { PROMPTS, VOICES } from './lib/respectPrompts.js'
import { mulaw } from './lib/tones.js'

const RATE = 8000
/** Telephones carry nothing above. */
const BAND_HZ = 3400
const FILTER_MS = 4
const PAUSE_MS = 350
const PEAK = 20_000
const WORDS_PER_MINUTE = '150'
const WAV_HEADER_BYTES = 44
/** Below this, a sample before the first word or after the last is silence. */
const SILENT = 200

const target = process.argv[2] ?? join(ASTERISK_CONF, 'sounds', 'dialwright')
const languages = /** @type {(keyof typeof VOICES)[]} */ (Object.keys(VOICES))
for (const language of languages) {
  const { away: _, ...prompts } = PROMPTS[language]
  write(join('respect', language), prompts, language)
  write(join('agent', language), AGENT_PROMPTS[language], language)
}
// Said by the PBX alone, which knows no language: in all of them.
writeFileSync(
  join(target, 'respect', 'away.ulaw'),
  Buffer.concat(languages.map(one => spoken(VOICES[one], PROMPTS[one].away))),
)
mkdirSync(PEOPLE_SOUNDS, { recursive: true })
for (const [who, voice] of Object.entries(PEOPLE))
  for (const { name, says } of PHRASES) writeFileSync(join(PEOPLE_SOUNDS, `${who}-${name}.ulaw`), spoken(voice, says))

/**
 * @param {string} folder
 * @param {Readonly<Record<string, string>>} prompts
 * @param {keyof typeof VOICES} language
 */
function write(folder, prompts, language) {
  mkdirSync(join(target, folder), { recursive: true })
  for (const [name, text] of Object.entries(prompts))
    writeFileSync(join(target, folder, `${name}.ulaw`), spoken(VOICES[language], text))
}

/**
 * @param {string} voice
 * @param {string} text
 */
function spoken(voice, text) {
  const wav = execFileSync('espeak-ng', ['-v', voice, '-s', WORDS_PER_MINUTE, '--stdout', text], {
    maxBuffer: 64 * 1024 * 1024,
  })
  const rate = wav.readUInt32LE(24)
  const samples = new Int16Array(Math.floor((wav.length - WAV_HEADER_BYTES) / 2))
  for (const index of samples.keys()) samples[index] = wav.readInt16LE(WAV_HEADER_BYTES + 2 * index)
  const words = trimmed(resampled(samples, rate))
  const peak = words.reduce((highest, sample) => Math.max(highest, Math.abs(sample)), 1)
  const pause = new Array((RATE * PAUSE_MS) / 1000).fill(0)
  return Buffer.from(
    [...words.map(sample => (sample * PEAK) / peak), ...pause].map(sample => mulaw(Math.round(sample))),
  )
}

/**
 * To 8 kHz, by a windowed sinc that takes away what a telephone would fold into the voice.
 * @param {Int16Array} samples
 * @param {number} rate
 */
function resampled(samples, rate) {
  const half = (rate * FILTER_MS) / 1000
  const cutoff = (2 * BAND_HZ) / rate
  return Array.from({ length: Math.floor((samples.length * RATE) / rate) }, (_, index) => {
    const middle = (index * rate) / RATE
    let sum = 0
    for (let at = Math.max(0, Math.ceil(middle - half)); at <= middle + half && at < samples.length; at += 1) {
      const x = at - middle
      const sinc = x === 0 ? cutoff : Math.sin(Math.PI * cutoff * x) / (Math.PI * x)
      sum += (samples[at] ?? 0) * sinc * (0.5 + 0.5 * Math.cos((Math.PI * x) / half))
    }
    return sum
  })
}

/** @param {number[]} samples */
function trimmed(samples) {
  const isHeard = (/** @type {number} */ sample) => Math.abs(sample) > SILENT
  return samples.slice(samples.findIndex(isHeard), samples.findLastIndex(isHeard) + 1)
}
