import type { InstantMs } from '../../core/ids.ts'
import type { Clock } from '../../ports/clock.ts'
import type { MediaEndCause, SampleRate } from '../../ports/media.ts'

/** How long samples sound. */
export function lengthMs(samples: Int16Array, rate: SampleRate): number {
  return (samples.length * 1000) / rate
}

/** Something that runs on a leg, on the virtual clock, until its one end. */
export class Run<End extends { readonly cause: MediaEndCause }> {
  readonly startedAt: InstantMs
  readonly ended: Promise<End>
  readonly #clock: Clock
  readonly #timers = new Set<() => void>()
  #resolve: (end: End) => void = () => {}
  #endOf: ((cause: MediaEndCause) => End) | undefined
  #on = true

  constructor(clock: Clock) {
    this.#clock = clock
    this.startedAt = clock.now()
    this.ended = new Promise(resolve => {
      this.#resolve = resolve
    })
  }

  get isOn(): boolean {
    return this.#on
  }

  /** What the end tells, looked at in the moment of the end. */
  endsWith(endOf: (cause: MediaEndCause) => End): void {
    this.#endOf = endOf
  }

  sinceMs(): number {
    return this.#clock.now() - this.startedAt
  }

  now(): InstantMs {
    return this.#clock.now()
  }

  /** Calls back at that instant, unless it has ended by then. The function returned cancels. */
  at(instant: InstantMs, then: () => void): () => void {
    const cancel = this.#clock.wakeAt(instant, () => {
      this.#timers.delete(cancel)
      then()
    })
    this.#timers.add(cancel)
    return () => {
      this.#timers.delete(cancel)
      cancel()
    }
  }

  end(cause: MediaEndCause): void {
    if (!this.#on || this.#endOf === undefined) return
    this.#resolve(this.#endOf(cause))
    this.#on = false
    for (const cancel of this.#timers) cancel()
    this.#timers.clear()
  }

  stop(): Promise<End> {
    this.end('stopped')
    return this.ended
  }
}
