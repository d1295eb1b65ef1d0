import { randomBytes } from 'node:crypto'
import { readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { type FileHandle, open, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Room on the disk that is kept for what must not be lost when the rest is used up: a file beside the database. */
export interface SpaceReserve {
  /** Whether one is wanted at all. */
  readonly wanted: boolean
  /** Bytes it holds; 0: it has been given up, or there was no room for one. */
  heldBytes(): number
  /** Gives the room back: whether there was any. */
  giveUp(): boolean
  /** Takes it again where there is plenty: whether it is there. Never throws: a disk without room is its ordinary case. */
  take(): Promise<boolean>
}

/** Less would not carry the ends of the calls of a busy minute. */
export const reserveMinBytes = 1024 * 1024
/** A small disk gives this share of what is free, so that a reserve never makes the scarcity that it is for. */
const freeShare = 1 / 4
const chunkBytes = 256 * 1024

/** The reserve of a database; `maxBytes` 0: none. One that a previous run has left is taken over. */
export function createSpaceReserve(file: string, maxBytes: number): SpaceReserve {
  const path = `${file}-reserve`
  let { held, given } = maxBytes > 0 ? leftBy(path) : { held: 0, given: undefined }
  let taking: Promise<boolean> | undefined

  async function take(): Promise<boolean> {
    const { bavail, bsize } = await statfs(dirname(file))
    const bytes = reserveBytes(bavail * bsize, { maxBytes, given })
    if (bytes === 0) return false
    const handle = await open(path, 'w', 0o600)
    try {
      await fill(handle, bytes)
    } finally {
      await handle.close()
    }
    held = bytes
    return true
  }

  return {
    wanted: maxBytes > 0,
    heldBytes: () => held,
    giveUp() {
      if (held === 0) return false
      given = held
      held = 0
      leave(path, given)
      return true
    },
    take() {
      if (maxBytes === 0 || held > 0) return Promise.resolve(held > 0)
      taking ??= take()
        .catch(() => {
          if (given === undefined) rmSync(path, { force: true })
          else leave(path, given)
          return false
        })
        .finally(() => {
          taking = undefined
        })
      return taking
    },
  }
}

/** How much of what is free a reserve takes; 0: none. `given`: what it held before it was given up. */
export function reserveBytes(
  free: number,
  { maxBytes, given }: { readonly maxBytes: number; readonly given: number | undefined },
): number {
  // What it gave must not carry new calls: somebody else has to have made room.
  if (given !== undefined) return free < 2 * given ? 0 : given
  const bytes = Math.min(maxBytes, Math.floor((free * freeShare) / chunkBytes) * chunkBytes)
  return bytes < reserveMinBytes ? 0 : bytes
}

/** Gives the room back; how much it was is for the next run, and no room even for that is no failure. */
function leave(path: string, given: number): void {
  try {
    truncateSync(path)
    writeFileSync(path, `${given}`)
  } catch {
    rmSync(path, { force: true })
  }
}

/** A file with less than a reserve tells how much it held before it was given up. */
function leftBy(path: string): { held: number; given: number | undefined } {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  if (size === 0 || size >= reserveMinBytes) return { held: size, given: undefined }
  const given = Number(readFileSync(path, 'utf8'))
  return { held: 0, given: given >= reserveMinBytes ? given : undefined }
}

/** With bytes that no file system can press together or leave out. */
async function fill(handle: FileHandle, bytes: number): Promise<void> {
  for (let written = 0; written < bytes; written += chunkBytes) await handle.write(randomBytes(chunkBytes))
  await handle.sync()
}
