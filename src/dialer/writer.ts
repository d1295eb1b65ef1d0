import { errorCode, errorMessage } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Clock } from '../ports/clock.ts'

const retryMs = 1_000

/**
 * Keeps what must not be lost: writes run in order per key, and a write that the store cannot take now (a full disk) is
 * tried again until it can. While anything waits, `healthy` is false and nothing new is originated.
 */
export interface Writer {
  keep(key: string, write: () => Promise<void>): void
  /** Resolves when every write so far is on disk. */
  settled(): Promise<void>
  healthy(): boolean
}

/** Errors of a program, not of a disk: trying again cannot help. */
const hopeless = new Set(['already-begun', 'already-ended', 'unknown-attempt', 'closed', 'writer-gone', 'unexpected'])

/** A writer with nothing to do. */
export function createWriter(options: { readonly clock: Clock; readonly log: Pick<Log, 'error'> }): Writer {
  const { clock, log } = options
  const tails = new Map<string, Promise<void>>()
  let failing = 0

  async function persist(write: () => Promise<void>): Promise<void> {
    let failed = false
    for (;;) {
      try {
        await write()
        break
      } catch (error) {
        const code = errorCode(error)
        log.error({ code, error: errorMessage(error) }, 'a record could not be written')
        if (hopeless.has(code)) break
        if (!failed) failing += 1
        failed = true
        await new Promise<void>(resolve => clock.wakeAt(clock.now() + retryMs, resolve))
      }
    }
    if (failed) failing -= 1
  }

  return {
    keep(key, write) {
      const tail = (tails.get(key) ?? Promise.resolve()).then(() => persist(write))
      tails.set(key, tail)
      void tail.then(() => {
        if (tails.get(key) === tail) tails.delete(key)
      })
    },
    async settled() {
      await Promise.all(tails.values())
    },
    healthy: () => failing === 0,
  }
}
