import type { InstantMs } from '../../core/ids.ts'
import type { Clock } from '../../ports/clock.ts'

/** A clock whose time is moved by whoever runs it. Two timers for one instant fire in the order in which they were set. */
export interface VirtualClock extends Clock {
  /**
   * Fires every timer due up to `until`, then stands at `until`. Between two timers every microtask has run,
   * however long the chain of promises: virtual time never overtakes a continuation. Gives the event loop a turn now and then.
   */
  runUntil(until: InstantMs): Promise<void>
  /** Timers fired so far. */
  readonly fired: number
}

interface Timer {
  readonly at: InstantMs
  readonly order: number
  wake: (() => void) | undefined
}

function earlier(a: Timer, b: Timer): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order)
}

/** A binary heap of timers, earliest first. */
class TimerHeap {
  readonly #timers: Timer[] = []

  push(timer: Timer): void {
    const timers = this.#timers
    let index = timers.length
    timers.push(timer)
    while (index > 0) {
      const parentIndex = (index - 1) >> 1
      const parent = timers[parentIndex]
      if (parent === undefined || !earlier(timer, parent)) break
      timers[index] = parent
      index = parentIndex
    }
    timers[index] = timer
  }

  first(): Timer | undefined {
    return this.#timers[0]
  }

  removeFirst(): void {
    const timers = this.#timers
    const last = timers.pop()
    if (last === undefined || timers.length === 0) return
    let index = 0
    for (;;) {
      const child = this.#earlierChild(index)
      const timer = timers[child]
      if (timer === undefined || !earlier(timer, last)) break
      timers[index] = timer
      index = child
    }
    timers[index] = last
  }

  #earlierChild(index: number): number {
    const left = 2 * index + 1
    const a = this.#timers[left]
    const b = this.#timers[left + 1]
    return a !== undefined && b !== undefined && earlier(b, a) ? left + 1 : left
  }
}

/** Resolves when every microtask that is queued, and all that they queue, has run. Costs no turn of the event loop. */
function settled(): Promise<void> {
  return new Promise(resolve => {
    queueMicrotask(() => process.nextTick(resolve))
  })
}

function eventLoopTurn(): Promise<void> {
  return new Promise(resolve => {
    setImmediate(resolve)
  })
}

/** After so many timers the event loop gets a turn, so that signals, progress bars and tests stay alive. */
const timersPerTurn = 2048

/** Makes a virtual clock that stands at `startAt` (default 0). */
export function createVirtualClock(startAt: InstantMs = 0): VirtualClock {
  const heap = new TimerHeap()
  let now = startAt
  let order = 0
  let fired = 0

  function nextDue(until: InstantMs): Timer | undefined {
    for (;;) {
      const timer = heap.first()
      if (timer === undefined || timer.at > until) return undefined
      heap.removeFirst()
      if (timer.wake !== undefined) return timer
    }
  }

  return {
    now: () => now,
    wakeAt(at, wake) {
      const timer: Timer = { at: Math.max(at, now), order, wake }
      order += 1
      heap.push(timer)
      return () => {
        timer.wake = undefined
      }
    },
    async runUntil(until) {
      await settled()
      for (let timer = nextDue(until); timer !== undefined; timer = nextDue(until)) {
        now = Math.max(now, timer.at)
        const { wake } = timer
        timer.wake = undefined
        fired += 1
        wake?.()
        await settled()
        if (fired % timersPerTurn === 0) await eventLoopTurn()
      }
      now = Math.max(now, until)
    },
    get fired() {
      return fired
    },
  }
}
