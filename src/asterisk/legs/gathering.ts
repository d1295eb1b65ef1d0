import type { InstantMs } from '../../core/ids.ts'
import type { Clock } from '../../ports/clock.ts'

/** Lets those who can wait a moment go together: what a wake-up costs is mostly its own, and not what is done in it. */
export interface Gathering {
  /** Resolves within `maxMs`, at the same time as everybody else's who waits. */
  turn(maxMs: number): Promise<void>
}

/** With nobody in it. */
export function createGathering(clock: Clock): Gathering {
  let waiting: (() => void)[] = []
  let due: InstantMs = Number.POSITIVE_INFINITY
  let cancel = (): void => {}

  function release(): void {
    due = Number.POSITIVE_INFINITY
    const ready = waiting
    waiting = []
    for (const go of ready) go()
  }

  return {
    turn(maxMs) {
      const at = clock.now() + maxMs
      const turn = new Promise<void>(resolve => waiting.push(resolve))
      if (at < due) {
        cancel()
        due = at
        cancel = clock.wakeAt(at, release)
      }
      return turn
    },
  }
}
