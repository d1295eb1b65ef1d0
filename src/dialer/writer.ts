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
  /** How many records wait for a store that does not take them. */
  waiting(): number
  /** The store may take them again: they need not wait for their next turn. */
  retry(): void
}

/** Errors of a program, not of a disk: trying again cannot help. */
const hopeless = new Set(['already-begun', 'already-ended', 'unknown-attempt', 'closed', 'writer-gone', 'unexpected'])

/** A writer with nothing to do. */
export function createWriter(options: {
  readonly clock: Clock
  readonly log: Pick<Log, 'error'>
  /** Told when the first record has to wait, and when none does any more. */
  readonly onHealth?: (healthy: boolean) => void
}): Writer {
  const { clock, log, onHealth = () => {} } = options
  const asleep = new Set<() => void>()
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
        if (!failed && failing === 1) onHealth(false)
        failed = true
        await nextTurn()
      }
    }
    if (failed) failing -= 1
    if (failed && failing === 0) onHealth(true)
  }

  function nextTurn(): Promise<void> {
    return new Promise(resolve => {
      const wake = (): void => {
        cancel()
        asleep.delete(wake)
        resolve()
      }
      const cancel = clock.wakeAt(clock.now() + retryMs, wake)
      asleep.add(wake)
    })
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
    waiting: () => failing,
    retry() {
      for (const wake of [...asleep]) wake()
    },
  }
}
