import type { HoldOrder } from '../../core/effects.ts'
import type { CallId } from '../../core/ids.ts'
import type { NodeContext } from '../context.ts'
import { hasCode, telephonyError } from '../errors.ts'
import type { AgentLeg } from './agentLeg.ts'
import type { Agents } from './agents.ts'
import { type CustomerLeg, type Customers, isTalk } from './customers.ts'
import { callChannelId, heldBridgeId } from './names.ts'

/** What holds work with. */
export interface HoldsParts {
  readonly context: NodeContext
  readonly customers: Customers
  readonly agents: Agents
}

/**
 * Puts people on hold: out of their agent's bridge into one of the agent's own where they hear music, and back. Who has put them
 * there stands in the bridge's name, so that it outlives the engine.
 */
export class Holds {
  readonly #parts: HoldsParts

  constructor(parts: HoldsParts) {
    this.#parts = parts
  }

  async hold({ callId, agentId, on }: HoldOrder): Promise<void> {
    const { agents } = this.#parts
    const leg = agents.get(agentId)
    if (leg === undefined) throw noTalk(callId)
    await agents.move(agentId, async () => {
      const call = this.#callWith(leg, callId)
      if (call.held === on) return
      call.held = on
      try {
        if (on) await this.play(leg, call)
        else await this.#takeBack(leg, call)
      } catch (error) {
        call.held = !on
        // Half put on hold they would hear nothing.
        if (on && this.#isWith(leg, call)) await this.#takeBack(leg, call).catch(() => {})
        throw error
      }
    })
  }

  async sendDigits({ callId, digits }: { readonly callId: CallId; readonly digits: string }): Promise<void> {
    await this.#parts.context.ari().sendDigits(callChannelId(callId), digits)
  }

  /** Into the agent's bridge of music, which is made where it is not there. */
  async play({ agentId }: AgentLeg, { channelId }: CustomerLeg): Promise<void> {
    const ari = this.#parts.context.ari()
    const bridgeId = heldBridgeId(agentId)
    await ari.ensureBridge(bridgeId, 'holding')
    await ari.addToBridge(bridgeId, [channelId])
    await ari.startMusic(bridgeId)
  }

  /** Where the agent's bridge is gone, it is made anew. */
  async #takeBack(leg: AgentLeg, { channelId }: CustomerLeg): Promise<void> {
    const { context, agents } = this.#parts
    try {
      await context.ari().addToBridge(leg.bridgeId, [channelId])
    } catch (error) {
      if (!hasCode(error, 'channel-gone', 'rejected')) throw error
      await agents.renewBridge(leg)
      await context.ari().addToBridge(leg.bridgeId, [leg.channelId, channelId])
    }
  }

  #callWith(leg: AgentLeg, callId: CallId): CustomerLeg {
    const call = this.#parts.customers.get(callId)
    if (call === undefined || !this.#isWith(leg, call)) throw noTalk(callId)
    return call
  }

  #isWith(leg: AgentLeg, call: CustomerLeg): boolean {
    const { agents, customers } = this.#parts
    return agents.get(leg.agentId) === leg && customers.get(call.callId) === call && isTalk(leg, call)
  }
}

function noTalk(callId: CallId): Error {
  return telephonyError('rejected', `The call ${callId} is no conversation with this agent`)
}
