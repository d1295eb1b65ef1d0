import type { InstantMs, NodeId } from '../../core/ids.ts'
import type { TelephonyEvent } from '../../core/inputs.ts'
import { TelephonyError } from '../../errors.ts'
import type { Clock } from '../../ports/clock.ts'

/** An event without its time: each kind of it, so that the union stays one. */
export type Told = TelephonyEvent extends infer E ? (E extends { at: InstantMs } ? Omit<E, 'at'> : never) : never

/** The link from a simulated PBX to the engine: events come in order, as late as it makes them, and not at all while it is down. */
export class Wire {
  readonly #nodeId: NodeId
  readonly #clock: Clock
  readonly #delayMs: (() => number) | undefined
  #listener: ((event: TelephonyEvent) => void) | undefined
  #up = false
  #lastDeliveryAt = 0

  constructor(nodeId: NodeId, clock: Clock, delayMs: (() => number) | undefined) {
    this.#nodeId = nodeId
    this.#clock = clock
    this.#delayMs = delayMs
  }

  get isUp(): boolean {
    return this.#up
  }

  listen(listener: (event: TelephonyEvent) => void): void {
    this.#listener = listener
  }

  connect(): void {
    this.#up = true
  }

  cut(): void {
    this.#up = false
  }

  /** For good: events under way are lost too. */
  close(): void {
    this.#up = false
    this.#listener = undefined
  }

  /** Orders need the link. */
  require(): void {
    if (!this.#up) throw new TelephonyError('link-down', `the link to ${this.#nodeId} is down`)
  }

  /** What has just happened. */
  tell(told: Told): void {
    if (!this.#up) return
    const now = this.#clock.now()
    // Told is each event without its `at`; the compiler cannot see that the spread puts it together again.
    this.deliver({ ...told, at: now } as TelephonyEvent, now)
  }

  /** An event that is told now with the time at which it happened. */
  deliver(event: TelephonyEvent, now: InstantMs): void {
    const delayMs = this.#delayMs?.() ?? 0
    this.#lastDeliveryAt = Math.max(this.#lastDeliveryAt, now + delayMs)
    const deliver = () => this.#listener?.(event)
    // Even without delay never from inside a call of the engine's: a PBX's event comes over a wire.
    this.#clock.wakeAt(this.#lastDeliveryAt, deliver)
  }
}
