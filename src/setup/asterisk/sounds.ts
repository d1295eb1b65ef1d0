import { createHash } from 'node:crypto'
import type { WrittenSound } from './record.ts'

/** A sound by its path below the folder of sounds, with the digest of its bytes. */
export interface Sound {
  readonly path: string
  readonly digest: string
}

/** Which sounds are written, and which stay because somebody has recorded their own under the name. */
export interface SoundPlan {
  readonly writes: readonly Sound[]
  readonly kept: readonly string[]
}

/** Decides over sounds: what we have written ourselves may be replaced, nothing else. `there`: digest of what lies at a path. */
export function planSounds(
  shipped: readonly Sound[],
  { there, recorded }: { there: (path: string) => string | undefined; recorded: readonly WrittenSound[] },
): SoundPlan {
  const ours = new Map(recorded.map(({ path, written }) => [path, written]))
  const differing = shipped.filter(({ path, digest }) => there(path) !== digest)
  const isOurs = ({ path }: Sound): boolean => there(path) === undefined || there(path) === ours.get(path)
  return { writes: differing.filter(isOurs), kept: differing.filter(sound => !isOurs(sound)).map(({ path }) => path) }
}

/** SHA-256 of bytes, in hex. */
export function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
