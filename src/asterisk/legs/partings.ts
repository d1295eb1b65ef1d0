import type { AgentId } from '../../core/ids.ts'
import { errorCode, errorMessage } from '../../errors.ts'
import type { BridgeEvent } from '../ari/shapes.ts'
import type { NodeContext } from '../context.ts'
import type { AgentLeg } from './agentLeg.ts'
import type { Agents } from './agents.ts'
import { type CustomerLeg, type Customers, isTalk } from './customers.ts'
import type { Holds } from './holds.ts'
import { agentIdOfBridge, agentIdOfHeldBridge, callIdOfChannel, heldBridgeId, idleBridgeId } from './names.ts'

/** A leg goes out of its bridge first and ends, or is moved on by us, a moment later: what has only ended by then was no parting. */
const settleMs = 100

/** What partings are mended with. */
export interface PartingsParts {
  readonly context: NodeContext
  readonly customers: Customers
  readonly agents: Agents
  /** The two cannot be joined again: the person is let go of, as after a join that failed. */
  readonly giveBack: (call: CustomerLeg, leg: AgentLeg) => Promise<void>
  readonly holds: Pick<Holds, 'play'>
}

interface Talk {
  readonly leg: AgentLeg
  readonly call: CustomerLeg
}

/**
 * Hears that legs have gone out of the bridges in which we have put them, and that bridges are gone: a program beside us kicks a
 * channel or destroys a bridge, and Asterisk itself now and then takes a bridge along with an odd leg. Whoever talked is joined
 * again; an agent's bridge is made anew before the next person needs it.
 */
export class Partings {
  readonly #parts: PartingsParts
  /** Lines that are about to be looked at. */
  readonly #due = new Set<AgentLeg>()

  constructor(parts: PartingsParts) {
    this.#parts = parts
  }

  handle(event: BridgeEvent): void {
    if (event.type === 'BridgeDestroyed') this.#destroyed(event.bridgeId)
    else this.#left(event.bridgeId, event.channel.id)
  }

  #destroyed(bridgeId: string): void {
    const { context, agents } = this.#parts
    const agentId = agentIdOfBridge(bridgeId)
    const heldBy = agentIdOfHeldBridge(bridgeId)
    const leg = agentId === undefined ? undefined : agents.get(agentId)
    if (bridgeId === idleBridgeId(context.nodeId)) {
      context.log.warn({ bridgeId }, 'the bridge of the idle agents was destroyed: it is made anew')
      agents.restoreIdle()
    } else if (heldBy !== undefined) this.#heldLeft(heldBy)
    else if (leg?.bridgeId === bridgeId) {
      context.log.warn({ agentId: leg.agentId }, "an agent's bridge was destroyed: it is made anew")
      agents.restoreBridge(leg, bridgeId)
      if (this.#talkOf(leg) !== undefined) this.#lookSoon(leg)
    }
  }

  #left(bridgeId: string, channelId: string): void {
    const { agents } = this.#parts
    const heldBy = agentIdOfHeldBridge(bridgeId)
    if (heldBy !== undefined) {
      this.#heldLeft(heldBy)
      return
    }
    const agentId = agentIdOfBridge(bridgeId)
    const leg = agentId === undefined ? agents.ofChannel(channelId) : agents.get(agentId)
    if (leg === undefined) return
    if (agentId === undefined) {
      if (leg.hearsMusic) this.#lookSoon(leg)
      return
    }
    const talk = leg.bridgeId === bridgeId ? this.#talkOf(leg) : undefined
    if (talk === undefined) return
    if (channelId === leg.channelId || callIdOfChannel(channelId) === talk.call.callId) this.#lookSoon(leg)
  }

  /** Somebody on hold has gone out of the music, or the bridge with it. */
  #heldLeft(agentId: AgentId): void {
    const leg = this.#parts.agents.get(agentId)
    if (leg !== undefined && this.#talkOf(leg)?.call.held) this.#lookSoon(leg)
  }

  /** The conversation of a line, as far as we want it to go on. */
  #talkOf(leg: AgentLeg): Talk | undefined {
    const { customers, agents } = this.#parts
    const call = leg.callId === undefined ? undefined : customers.get(leg.callId)
    if (agents.get(leg.agentId) !== leg || call === undefined) return undefined
    return isTalk(leg, call) ? { leg, call } : undefined
  }

  #lookSoon(leg: AgentLeg): void {
    const { context, agents } = this.#parts
    if (this.#due.has(leg)) return
    this.#due.add(leg)
    context.clock.wakeAt(context.clock.now() + settleMs, () => {
      this.#due.delete(leg)
      const talk = this.#talkOf(leg)
      const look = () => (talk === undefined ? this.#lookIdle(leg) : this.#lookTalk(talk))
      agents.move(leg.agentId, look).catch(error => this.#warn(leg, error))
    })
  }

  /** What the PBX says is what counts: events of our own moves may come late. */
  async #lookIdle(leg: AgentLeg): Promise<void> {
    const { context, agents } = this.#parts
    const isIdle = () => agents.get(leg.agentId) === leg && leg.state === 'up' && leg.callId === undefined
    if (!isIdle() || !leg.hearsMusic) return
    const inside = await context.ari().channelsIn(idleBridgeId(context.nodeId))
    // Without a bridge its end has been told, and everybody is put back.
    if (inside === undefined || inside.includes(leg.channelId) || !isIdle() || !leg.hearsMusic) return
    context.log.warn({ agentId: leg.agentId }, 'an idle agent was taken out of their bridge: they are put back')
    agents.putBack(leg)
  }

  async #lookTalk(talk: Talk): Promise<void> {
    const { context, agents, holds } = this.#parts
    const { leg, call } = talk
    const isOver = () => this.#talkOf(leg)?.call !== call
    if (isOver()) return
    const inside = await context.ari().channelsIn(leg.bridgeId)
    const here = call.held ? [leg.channelId] : [leg.channelId, call.channelId]
    const outside = here.filter(channelId => !inside?.includes(channelId))
    const held = call.held ? await context.ari().channelsIn(heldBridgeId(leg.agentId)) : undefined
    const isMissed = call.held && held?.includes(call.channelId) !== true
    if ((outside.length === 0 && !isMissed) || isOver()) return
    const who = { agentId: leg.agentId, callId: call.callId }
    try {
      if (isMissed) await holds.play(leg, call)
      if (inside === undefined) await agents.renewBridge(leg)
      if (outside.length > 0) await context.ari().addToBridge(leg.bridgeId, outside)
      context.log.warn(who, 'a conversation was parted by another program: it is joined again')
    } catch (error) {
      if (isOver()) return
      context.log.warn(
        { ...who, code: errorCode(error), reason: errorMessage(error) },
        'a parted conversation stays so',
      )
      await this.#partedForGood(talk)
    }
  }

  async #partedForGood({ leg, call }: Talk): Promise<void> {
    const { context, customers, agents, giveBack } = this.#parts
    const { agentId } = leg
    const { callId } = call
    // Whoever has talked for longer hears no message: the engine ends their call.
    if (context.clock.now() - (call.answeredAt ?? 0) < call.takeOverMs) await giveBack(call, leg)
    agents.toIdle(agentId, callId)
    if (customers.get(callId) === call) context.emit({ kind: 'call-parted', callId, agentId, at: context.clock.now() })
  }

  #warn({ agentId }: AgentLeg, error: unknown): void {
    this.#parts.context.log.warn(
      { agentId, code: errorCode(error), reason: errorMessage(error) },
      'a line is not followed',
    )
  }
}
