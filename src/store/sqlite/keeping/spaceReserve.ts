import { randomBytes } from 'node:crypto'
import { rmSync, statSync } from 'node:fs'
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
  let held = maxBytes > 0 ? (statSync(path, { throwIfNoEntry: false })?.size ?? 0) : 0
  let taking: Promise<boolean> | undefined

  async function take(): Promise<boolean> {
    const { bavail, bsize } = await statfs(dirname(file))
    const bytes = Math.min(maxBytes, Math.floor((bavail * bsize * freeShare) / chunkBytes) * chunkBytes)
    if (bytes < reserveMinBytes) return false
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
      held = 0
      rmSync(path, { force: true })
      return true
    },
    take() {
      if (maxBytes === 0 || held > 0) return Promise.resolve(held > 0)
      taking ??= take()
        .catch(() => {
          rmSync(path, { force: true })
          return false
        })
        .finally(() => {
          taking = undefined
        })
      return taking
    },
  }
}

/** With bytes that no file system can press together or leave out. */
async function fill(handle: FileHandle, bytes: number): Promise<void> {
  for (let written = 0; written < bytes; written += chunkBytes) await handle.write(randomBytes(chunkBytes))
  await handle.sync()
}
