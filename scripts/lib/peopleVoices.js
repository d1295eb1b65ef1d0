// What the invented people of the demo say to an agent who listens: synthesised speech, made by ../prompt-sounds.js from these words.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where the phrases lie, one file each. */
export const PEOPLE_SOUNDS = fileURLToPath(new URL('../demo/sounds', import.meta.url))

/** Voices of espeak-ng. */
export const PEOPLE = { ann: 'en-us+f3', bob: 'en-us+m3' }

/** In the order in which they are said, with the silence before each in which somebody else may speak. */
export const PHRASES = [
  { name: 'hello', afterMs: 300, says: 'Hello?' },
  { name: 'who', afterMs: 2_500, says: 'Yes, speaking. Who is calling, please?' },
  { name: 'what', afterMs: 4_000, says: 'I see. And what is it about?' },
  { name: 'tell', afterMs: 5_000, says: 'All right. Tell me more.' },
  { name: 'cost', afterMs: 5_000, says: 'And what does it cost?' },
  { name: 'think', afterMs: 5_000, says: 'Hm. I would have to think about it.' },
]

const BYTES_PER_MS = 8
/** Mu-law's quietest sample. */
const SILENCE = 0xff

/**
 * Writes what one of them says as one sound, mu-law at 8 kHz, for SIPp to play in a loop.
 * @param {keyof typeof PEOPLE} who
 * @param {string} file
 */
export function writePerson(who, file) {
  const parts = PHRASES.flatMap(({ name, afterMs }) => [
    Buffer.alloc(afterMs * BYTES_PER_MS, SILENCE),
    readFileSync(join(PEOPLE_SOUNDS, `${who}-${name}.ulaw`)),
  ])
  writeFileSync(file, Buffer.concat(parts))
  return file
}
