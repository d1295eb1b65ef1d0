import type { JoinTargetOrder, TargetOrder } from '../../core/effects.ts'
import { given } from '../../core/given.ts'
import type { AgentId, CallId, InstantMs } from '../../core/ids.ts'
import type { InventoryCall } from '../../core/inputs.ts'
import { errorCode, errorMessage } from '../../errors.ts'
import type { AriChannel, LegEvent } from '../ari/shapes.ts'
import type { NodeContext } from '../context.ts'
import { hasCode, telephonyError } from '../errors.ts'
import type { AgentLeg } from './agentLeg.ts'
import { type Agents, talkBridgeType } from './agents.ts'
import { endCauseOf } from './causes.ts'
import { type CustomerLeg, type Customers, isTalk } from './customers.ts'
import { callIdOfTarget, givenOnBridgeId, targetChannelId } from './names.ts'
import { keptTalk } from './recordRows.ts'
import type { Records } from './records.ts'

/** Somebody to whom the person of a call may be given. */
interface TargetLeg {
  readonly callId: CallId
  readonly channelId: string
  state: 'calling' | 'up'
  endedByUs: boolean
}

/** What transfers work with. */
export interface TargetsParts {
  readonly context: NodeContext
  readonly customers: Customers
  readonly agents: Agents
  readonly records: Pick<Records, 'joined'>
}

/** A target's phone rings no longer than this: as long as an agent's own. */
const targetRingSec = 45

/** Rings whom people may be given to, joins them with the agent or the person, and ends them when the person has gone. */
export class Targets {
  readonly #parts: TargetsParts
  readonly #legs = new Map<CallId, TargetLeg>()
  #names = 0

  constructor(parts: TargetsParts) {
    this.#parts = parts
  }

  async call({ callId, endpoint, callerId }: TargetOrder): Promise<void> {
    const { context } = this.#parts
    const ari = context.ari()
    if (this.#legs.has(callId)) throw telephonyError('rejected', `The call ${callId} is being transferred already`)
    const attempt = `${context.clock.now().toString(36)}x${(this.#names++).toString(36)}`
    const leg: TargetLeg = { callId, channelId: targetChannelId(callId, attempt), state: 'calling', endedByUs: false }
    this.#legs.set(callId, leg)
    const order = { channelId: leg.channelId, endpoint, context: 'dialwright-target', callerId }
    try {
      await ari.originate({ ...order, timeoutSec: targetRingSec, variables: { DIALWRIGHT_CALL: callId } })
      // Its endpoint may be one of which we hear nothing.
      await ari.subscribe([`channel:${leg.channelId}`])
    } catch (error) {
      // A phone that is not there, or gone before we could ask for what becomes of it.
      if (!hasCode(error, 'channel-gone', 'rejected')) throw error
      this.#down(leg, 'failed', context.clock.now())
    }
  }

  async drop(callId: CallId): Promise<void> {
    const leg = this.#legs.get(callId)
    if (leg === undefined) return
    leg.endedByUs = true
    await this.#parts.context.ari().hangUp(leg.channelId)
  }

  /** Whether the event is about a target. */
  handle(event: LegEvent, at: InstantMs): boolean {
    const callId = callIdOfTarget(event.channel.id)
    if (callId === undefined) return false
    const leg = this.#legs.get(callId)
    if (leg?.channelId !== event.channel.id) return true
    if (event.type === 'StasisStart') this.#up(leg, at)
    else if (event.type === 'ChannelDestroyed') {
      const wasAnswered = leg.state === 'up'
      const sip = given({ sipCode: event.sipCode })
      this.#down(leg, endCauseOf({ q850: event.cause, ...sip, wasAnswered, endedByUs: leg.endedByUs }), at)
    }
    return true
  }

  #up(leg: TargetLeg, at: InstantMs): void {
    if (leg.state === 'up') return
    leg.state = 'up'
    this.#parts.context.emit({ kind: 'target-up', callId: leg.callId, at })
  }

  #down(leg: TargetLeg, cause: ReturnType<typeof endCauseOf>, at: InstantMs): void {
    if (this.#legs.get(leg.callId) !== leg) return
    this.#legs.delete(leg.callId)
    this.#parts.context.emit({ kind: 'target-down', callId: leg.callId, cause, at })
  }

  async join(order: JoinTargetOrder): Promise<void> {
    const { agents, customers } = this.#parts
    const { callId, agentId, to } = order
    const target = this.#legs.get(callId)
    const agent = agents.get(agentId)
    if (target?.state !== 'up' || agent === undefined) throw noTransfer(callId)
    try {
      await agents.move(agentId, async () => {
        const call = customers.get(callId)
        if (call === undefined || !isTalk(agent, call)) throw noTransfer(callId)
        if (to === 'agent') await this.#parts.context.ari().addToBridge(agent.bridgeId, [target.channelId])
        else await this.#giveOn(order, call, { target, agent })
      })
    } catch (error) {
      target.endedByUs = true
      await this.#parts.context.ari().hangUp(target.channelId)
      throw error
    }
    if (to === 'person') agents.toIdle(agentId, callId)
  }

  /**
   * Both into a bridge of their own. What ends the one when the other has gone and no engine lives stands with the target from then on
   * as it stood with the agent's line before, and the record says whose talk it was until when.
   */
  async #giveOn(
    { callId, agentId, talk }: JoinTargetOrder,
    call: CustomerLeg,
    { target, agent }: { readonly target: TargetLeg; readonly agent: AgentLeg },
  ): Promise<void> {
    const { context, records } = this.#parts
    const ari = context.ari()
    const bridgeId = givenOnBridgeId(callId)
    await ari.ensureBridge(bridgeId, talkBridgeType)
    const { channelId } = call
    const kept = { agentId, ...talk }
    await ari.setVariable(target.channelId, 'SHARED(DIALWRIGHT_PEER)', channelId)
    call.partedByUs = true
    try {
      await ari.addToBridge(bridgeId, [channelId, target.channelId])
      call.held = false
      call.givenOn = true
      call.agentId = undefined
    } finally {
      call.partedByUs = false
    }
    this.#aside(agentId, ari.setVariable(agent.channelId, 'SHARED(DIALWRIGHT_PEER)', ''))
    this.#aside(agentId, ari.setVariable(channelId, 'DIALWRIGHT_TALK', keptTalk(kept)))
    this.#aside(agentId, records.joined(callId, kept, call.sipCallId))
  }

  /** The person has gone. */
  personGone({ callId, givenOn }: CustomerLeg): void {
    this.#aside(callId, this.drop(callId))
    if (givenOn) this.#aside(callId, this.#parts.context.ari().destroyBridge(givenOnBridgeId(callId)))
  }

  /** Begins anew from what lives on the PBX: whoever is with nobody who was given to them is let go. */
  reset(channels: readonly AriChannel[], calls: readonly InventoryCall[]): void {
    const givenOn = new Set(calls.filter(({ transferred }) => transferred).map(({ callId }) => callId))
    this.#legs.clear()
    for (const { id } of channels) {
      const callId = callIdOfTarget(id)
      if (callId === undefined) continue
      if (givenOn.has(callId)) this.#legs.set(callId, { callId, channelId: id, state: 'up', endedByUs: false })
      else this.#aside(callId, this.#parts.context.ari().hangUp(id))
    }
  }

  #aside(of: AgentId | CallId, work: Promise<void>): void {
    work.catch(error =>
      this.#parts.context.log.debug(
        { of, code: errorCode(error), reason: errorMessage(error) },
        'a request beside a transfer failed',
      ),
    )
  }
}

function noTransfer(callId: CallId): Error {
  return telephonyError('rejected', `The call ${callId} cannot be transferred any more`)
}
