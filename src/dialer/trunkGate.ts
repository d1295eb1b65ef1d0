import {
  createTrunk,
  nextTokenAt,
  perSecondMax,
  refillTokens,
  secondOnTheWireMs,
  type Trunk,
  type TrunkSettings,
} from '../core/dialing/trunk.ts'
import type { TrunkId } from '../core/ids.ts'
import type { EngineState } from '../core/state.ts'
import type { Clock } from '../ports/clock.ts'

/** Waits until one order more may leave on the trunk; the function that comes back is called when the PBX has answered it. */
export type TrunkGate = (trunkId: TrunkId) => Promise<() => void>

/**
 * Lets orders leave no faster than their trunk permits. The engine has paced them already; after a stall of the machine they
 * would still leave in one burst, and the carrier would answer it with 503. A PBX that stalls would do the same to the carrier
 * with what it has been given meanwhile, so an order holds its place in the second until that long after the PBX's answer.
 */
export function createTrunkGate({
  clock,
  state,
}: {
  readonly clock: Clock
  readonly state: Pick<EngineState, 'trunks'>
}): TrunkGate {
  const gates = new Map<TrunkId, Gate>()
  return trunkId => {
    const settings = state.trunks.get(trunkId)?.settings
    if (settings === undefined) return Promise.resolve(() => {})
    const gate = gates.get(trunkId) ?? new Gate(clock, settings)
    gates.set(trunkId, gate)
    gate.follow(settings)
    return gate.pass()
  }
}

class Gate {
  readonly #clock: Clock
  /** Holds orders apart. */
  readonly #bucket: Trunk
  /** Orders that this second may still see; unlike the bucket they are right however the clock jumps. */
  #places: number
  #placeFree: (() => void) | undefined
  #tail: Promise<void> = Promise.resolve()

  constructor(clock: Clock, settings: TrunkSettings) {
    this.#clock = clock
    this.#bucket = createTrunk(settings, clock.now())
    this.#places = perSecondMax(settings)
  }

  /** The trunk's pace as it is now; orders that have left keep their places. */
  follow(settings: TrunkSettings): void {
    if (settings === this.#bucket.settings) return
    const more = perSecondMax(settings) - perSecondMax(this.#bucket.settings)
    this.#bucket.settings = settings
    this.#places += more
    if (more > 0) this.#placeFree?.()
  }

  /** One after the other, in the order in which they came. */
  async pass(): Promise<() => void> {
    const turn = this.#tail.then(() => this.#takeTurn())
    this.#tail = turn
    await turn
    let left = false
    return () => {
      if (left) return
      left = true
      this.#clock.wakeAt(this.#clock.now() + secondOnTheWireMs, () => this.#freePlace())
    }
  }

  async #takeTurn(): Promise<void> {
    while (this.#places <= 0) await new Promise<void>(resolve => (this.#placeFree = resolve))
    this.#places -= 1
    const bucket = this.#bucket
    for (refillTokens(bucket, this.#clock.now()); bucket.tokens < 1; refillTokens(bucket, this.#clock.now())) {
      await new Promise<void>(resolve => this.#clock.wakeAt(nextTokenAt(bucket), resolve))
    }
    bucket.tokens -= 1
  }

  #freePlace(): void {
    this.#places += 1
    this.#placeFree?.()
  }
}
