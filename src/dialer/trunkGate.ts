import { createTrunk, nextTokenAt, refillTokens, type Trunk } from '../core/dialing/trunk.ts'
import type { TrunkId } from '../core/ids.ts'
import type { EngineState } from '../core/state.ts'
import type { Clock } from '../ports/clock.ts'

/**
 * Lets orders leave no faster than their trunk permits. The engine has paced them already; after a stall of the machine
 * they would still leave in one burst, and the carrier would answer it with 503.
 */
export function createTrunkGate({
  clock,
  state,
}: {
  readonly clock: Clock
  readonly state: Pick<EngineState, 'trunks'>
}): (trunkId: TrunkId) => Promise<void> {
  const gates = new Map<TrunkId, { readonly bucket: Trunk; tail: Promise<void> }>()

  async function pass(bucket: Trunk): Promise<void> {
    for (refillTokens(bucket, clock.now()); bucket.tokens < 1; refillTokens(bucket, clock.now())) {
      await new Promise<void>(resolve => clock.wakeAt(nextTokenAt(bucket), resolve))
    }
    bucket.tokens -= 1
  }

  return trunkId => {
    const settings = state.trunks.get(trunkId)?.settings
    if (settings === undefined) return Promise.resolve()
    const gate = gates.get(trunkId) ?? { bucket: createTrunk(settings, clock.now()), tail: Promise.resolve() }
    gates.set(trunkId, gate)
    gate.tail = gate.tail.then(() => pass(gate.bucket))
    return gate.tail
  }
}
