import type { OriginateOrder } from '../../core/effects.ts'
import { given } from '../../core/given.ts'
import type { AgentId, InstantMs } from '../../core/ids.ts'
import type { InventoryCall } from '../../core/inputs.ts'
import type { CalleePlan } from './callees.ts'

/** Somebody to whom a person may be given. */
export interface Target {
  state: 'calling' | 'up' | 'with-agent' | 'with-person'
}

/** A customer's leg on the simulated PBX. */
export interface CustomerLeg {
  readonly order: OriginateOrder
  readonly plan: CalleePlan
  readonly sipCallId: string
  state: InventoryCall['state']
  answeredAt: InstantMs | undefined
  agentId: AgentId | undefined
  held: boolean
  /** Whom the agent is about to give them to, or has. */
  target: Target | undefined
  /** The keys that were pressed for them. */
  digits: string
  /** The application has taken the call (or asked for its end): the PBX's own promise is off. */
  taken: boolean
  hangUpAsked: boolean
  /** Timers of the present state, cancelled when it ends. */
  timers: (() => void)[]
}

/** Forgets every timer of a leg. */
export function cancelTimers(leg: CustomerLeg): void {
  for (const cancel of leg.timers) cancel()
  leg.timers = []
}

/** A leg as the inventory of the node shows it. */
export function inventoryOf(leg: CustomerLeg): InventoryCall {
  const { order, state, sipCallId, agentId, held, target } = leg
  const transferred = target?.state === 'with-person' || undefined
  return { callId: order.attempt.callId, state, sipCallId, ...given({ agentId, held: held || undefined, transferred }) }
}
