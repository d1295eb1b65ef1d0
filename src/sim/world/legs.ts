import type { OriginateOrder } from '../../core/effects.ts'
import type { AgentId, InstantMs } from '../../core/ids.ts'
import type { InventoryCall } from '../../core/inputs.ts'
import type { CalleePlan } from './callees.ts'

/** A customer's leg on the simulated PBX. */
export interface CustomerLeg {
  readonly order: OriginateOrder
  readonly plan: CalleePlan
  readonly sipCallId: string
  state: InventoryCall['state']
  answeredAt: InstantMs | undefined
  agentId: AgentId | undefined
  /** The application has taken the call (or asked for its end): the PBX's own promise is off. */
  taken: boolean
  hangUpAsked: boolean
  /** Timers of the present state, cancelled when it ends. */
  timers: (() => void)[]
}

/** An agent's leg on the simulated PBX. */
export interface AgentLeg {
  up: boolean
  flowing: boolean
  callId: string | undefined
  /** The agent's phone is being called. */
  ringing: (() => void) | undefined
}

/** Forgets every timer of a leg. */
export function cancelTimers(leg: CustomerLeg): void {
  for (const cancel of leg.timers) cancel()
  leg.timers = []
}

/** A leg as the inventory of the node shows it. */
export function inventoryOf(leg: CustomerLeg): InventoryCall {
  return {
    callId: leg.order.attempt.callId,
    state: leg.state,
    sipCallId: leg.sipCallId,
    ...(leg.agentId === undefined ? {} : { agentId: leg.agentId }),
  }
}
