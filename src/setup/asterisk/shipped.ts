import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { confLines } from './confLines.ts'
import { digestOf, type Sound } from './sounds.ts'
import type { Shipped } from './wishes.ts'

/** Reads what is shipped for a PBX, from `asterisk-conf`. */
export function readShipped(folder: string): Shipped {
  const names = readdirSync(join(folder, 'dialwright')).filter(name => name.endsWith('.conf'))
  const texts = names.map(
    name => [`dialwright/${name}`, readFileSync(join(folder, 'dialwright', name), 'latin1')] as const,
  )
  const loads = confLines(readFileSync(join(folder, 'modules.conf'), 'latin1')).flatMap(({ line }) =>
    line.kind === 'entry' && line.key === 'load' ? [line.value.replace(/\.so$/, '')] : [],
  )
  return { texts: new Map(texts), modules: loads }
}

/** The shipped sounds, by their path below the folder of sounds (`dialwright/beep.ulaw`). */
export function readShippedSounds(folder: string): readonly Sound[] {
  const sounds = join(folder, 'sounds')
  return readdirSync(sounds, { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('.ulaw'))
    .sort()
    .map(path => ({ path, digest: digestOf(readFileSync(join(sounds, path))) }))
}
