import type { ConnectOrder } from '../../core/effects.ts'
import type { AgentId, CallId } from '../../core/ids.ts'
import { errorCode, errorMessage } from '../../errors.ts'
import type { NodeContext } from '../context.ts'
import { hasCode } from '../errors.ts'
import type { Pace } from '../link/pace.ts'
import type { AgentAudio } from './agentAudio.ts'
import type { AgentLeg } from './agentLeg.ts'
import type { Agents } from './agents.ts'
import type { AgentVoice } from './agentVoice.ts'
import type { CustomerLeg, Customers } from './customers.ts'
import { agentBridgeId, heldBridgeId } from './names.ts'
import { keptTalk, type TalkKept } from './recordRows.ts'
import { type Records, recordOf } from './records.ts'

/** With less than this until the dialplan's own limit a join may not wait for its own success before the timer is set. */
const lateBeforeMs = 800
/** `TIMEOUT(absolute)=0` would mean "never": what is overdue fires in this. */
const overdueMs = 50
/** The longest call must be set, or the PBX takes the person away from the agent. */
const timeoutTriesMax = 3

/** What a connect works with. */
export interface ConnectorParts {
  readonly context: NodeContext
  readonly customers: Customers
  readonly agents: Agents
  readonly agentAudio: AgentAudio
  readonly agentVoice: Pick<AgentVoice, 'hush'>
  readonly records: Records
  readonly pace: Pick<Pace, 'expectedMs'>
}

/** Joins a waiting customer with an agent. */
export class Connector {
  readonly #parts: ConnectorParts

  constructor(parts: ConnectorParts) {
    this.#parts = parts
  }

  async connect(order: ConnectOrder): Promise<void> {
    const { customers, agents, agentVoice } = this.#parts
    const call = customers.get(order.callId)
    const agent = agents.get(order.agentId)
    // An order to give the call up that is still on its way would overtake the time-out that the join sets.
    if (call?.givingUp !== undefined) await this.#takeBack(call, order)
    // `connected` is a person whose agent's line has ended: moved over from one bridge to the other.
    if (call === undefined || (call.state !== 'waiting' && call.state !== 'connected'))
      return this.#failed(order, 'customer-leg')
    if (agent === undefined || agent.state !== 'up' || agent.isFlowing === false)
      return this.#failed(order, 'agent-leg')
    call.state = 'connected'
    call.agentId = order.agentId
    call.held = false
    agents.toCall(agent, order.callId)
    const joined = agents.move(order.agentId, () => this.#join(order, call, agent))
    agentVoice.hush(order.agentId)
    await joined
  }

  /**
   * We had ordered the end of a call that was answered meanwhile. Its time-out is lifted before the join: afterwards it would
   * take the person away from the agent. Where it has fired already the join fails, and the person hears the message.
   */
  async #takeBack(call: CustomerLeg, { maxCallMs }: ConnectOrder): Promise<void> {
    await call.givingUp?.catch(() => {})
    call.isTouched = true
    await this.#insist(call, 'TIMEOUT(absolute)', seconds(maxCallMs)).catch(() => {})
  }

  /**
   * The join first and alone: a person waits for it. What makes the call ours follows when they talk, as long as the
   * PBX's own timer leaves room for that; were we to die between the two, it would play the message, as it should.
   * Late, all go at once; the dialplan treats a timer that fires in between as its own, not as the longest call.
   */
  async #join(order: ConnectOrder, call: CustomerLeg, agent: AgentLeg): Promise<void> {
    const { context, pace } = this.#parts
    // A slow PBX has the time for one request after the other no more.
    const leftMs = (call.answeredAt ?? 0) + call.takeOverMs - context.clock.now()
    const isLate = leftMs < lateBeforeMs + 2 * pace.expectedMs()
    if (isLate) this.#keep(order, call, { agent })
    try {
      await this.#addBoth(call, agent)
    } catch (error) {
      if (!(await this.#joinedAnew(order, call, { agent, error }))) return this.#notJoined(order, call, error)
    }
    const connectedAt = context.clock.now()
    const talk = { agentId: order.agentId, answeredAt: call.answeredAt ?? connectedAt, connectedAt }
    if (!isLate) this.#keep(order, call, { agent, talk })
    else this.#aside(order.agentId, this.#insist(call, 'DIALWRIGHT_TALK', keptTalk(talk)))
    this.#joined(order, call, { agent, talk })
  }

  async #addBoth(call: CustomerLeg, agent: AgentLeg): Promise<void> {
    await this.#parts.context.ari().addToBridge(agent.bridgeId, [agent.channelId, call.channelId])
  }

  /** The bridge may be gone, or odd: it is made anew, and the same two are joined once more while the person still waits. */
  async #joinedAnew(
    order: ConnectOrder,
    call: CustomerLeg,
    { agent, error }: { readonly agent: AgentLeg; readonly error: unknown },
  ): Promise<boolean> {
    const { context, agents } = this.#parts
    if (!hasCode(error, 'channel-gone', 'rejected') || !this.#isCurrent(order, call)) return false
    try {
      await agents.renewBridge(agent)
      await this.#addBoth(call, agent)
    } catch (again) {
      this.#note(order.agentId, again)
      return false
    }
    const { agentId, callId } = order
    context.log.warn({ agentId, callId, reason: errorMessage(error) }, "an agent's bridge was broken: it was made anew")
    return true
  }

  /**
   * Four in one request, in the order in which they must be true: the longest call, that it is ours, with whom and since when (late
   * nobody knows yet), and on the agent's line whom its dialplan has to end when the line ends and no engine lives. A failure here
   * is no failed connect: without its longest call the PBX takes the person away, and tells.
   */
  #keep(
    { agentId, maxCallMs }: ConnectOrder,
    call: CustomerLeg,
    { agent, talk }: { readonly agent: AgentLeg; readonly talk?: TalkKept },
  ): void {
    call.isTouched = true
    const peer = `SHARED(DIALWRIGHT_PEER,${agent.channelId})`
    const variables = `ARRAY(TIMEOUT(absolute),DIALWRIGHT_TAKEN,DIALWRIGHT_TALK,${peer})`
    const said = talk === undefined ? '' : keptTalk(talk)
    this.#aside(agentId, this.#insist(call, variables, `${seconds(maxCallMs)},1,${said},${call.channelId}`))
  }

  #joined(
    order: ConnectOrder,
    call: CustomerLeg,
    { agent, talk }: { readonly agent: AgentLeg; readonly talk: TalkKept },
  ): void {
    const { context, agents, agentAudio, records } = this.#parts
    const { callId, agentId } = order
    if (!this.#isCurrent(order, call)) {
      agents.toIdle(agentId, callId)
      return
    }
    if (call.wasGivenBack) this.#aside(agentId, records.forgetUnattended(callId))
    this.#aside(agentId, records.joined(callId, talk, call.sipCallId))
    context.emit({ kind: 'call-connected', callId, agentId, at: talk.connectedAt })
    if (context.beep !== '') this.#aside(agentId, context.ari().play(agent.channelId, context.beep))
    agentAudio.checkAfterConnect(agent, () => {
      if (this.#isCurrent(order, call)) this.#aside(agentId, this.#agentIsDead(order, call))
    })
  }

  /** Whether the call is still the one that was joined with this agent. */
  #isCurrent(order: ConnectOrder, call: CustomerLeg): boolean {
    const { customers, agents } = this.#parts
    return (
      customers.get(order.callId) === call &&
      call.state === 'connected' &&
      call.agentId === order.agentId &&
      agents.get(order.agentId)?.callId === order.callId
    )
  }

  async #insist(call: CustomerLeg, variable: string, value: string): Promise<void> {
    const ari = this.#parts.context.ari()
    for (let tries = 1; ; tries++) {
      try {
        return await ari.setVariable(call.channelId, variable, value)
      } catch (error) {
        if (tries >= timeoutTriesMax || hasCode(error, 'channel-gone')) throw error
      }
    }
  }

  async #notJoined(order: ConnectOrder, call: CustomerLeg, error: unknown): Promise<void> {
    const { customers, agents } = this.#parts
    const { callId, agentId } = order
    const wasCurrent = customers.get(callId) === call && call.state === 'connected'
    if (wasCurrent) await this.giveBack(call, agentId)
    agents.toIdle(agentId, callId)
    // The customer's end or the PBX's take-over has been told already: there is nothing more to say.
    if (!wasCurrent || customers.get(callId) !== call) return
    if (!hasCode(error, 'channel-gone', 'rejected')) throw error
    this.#failed(order, (await this.#isAlive(call.channelId)) ? 'agent-leg' : 'customer-leg')
  }

  /** The agent's phone sends nothing: the person gets another one while the two seconds last. */
  async #agentIsDead(order: ConnectOrder, call: CustomerLeg): Promise<void> {
    const { context, customers, agents } = this.#parts
    const { callId, agentId } = order
    context.log.warn({ agentId, callId }, "an agent's phone sends no audio: the call goes to another")
    call.partedByUs = true
    try {
      const bridgeId = call.held ? heldBridgeId(agentId) : (agents.get(agentId)?.bridgeId ?? agentBridgeId(agentId))
      await context.ari().removeFromBridge(bridgeId, call.channelId)
      await this.giveBack(call, agentId)
    } finally {
      call.partedByUs = false
    }
    agents.toIdle(agentId, callId)
    if (customers.get(callId) === call) this.#failed(order, 'agent-leg')
  }

  /** Our hands off the call: it waits again, and the PBX keeps its promise again with the time that is left. */
  async giveBack(call: CustomerLeg, agentId: AgentId): Promise<void> {
    const { context, records } = this.#parts
    const now = context.clock.now()
    if (call.agentId !== agentId || call.state !== 'connected') return
    call.state = 'waiting'
    call.agentId = undefined
    call.held = false
    // As long as no variable was set, the PBX's own timer runs and its dialplan writes the record.
    if (!call.isTouched) return
    call.wasGivenBack = true
    const leftMs = Math.max(overdueMs, (call.answeredAt ?? now) + call.takeOverMs - now)
    const results = await Promise.allSettled([
      context.ari().setVariable(call.channelId, 'ARRAY(DIALWRIGHT_TAKEN,DIALWRIGHT_TALK)', ','),
      context.ari().setVariable(call.channelId, 'TIMEOUT(absolute)', seconds(leftMs)),
      records.write({ ...recordOf(call, now), reason: 'app-late' }),
    ])
    for (const result of results) if (result.status === 'rejected') this.#note(agentId, result.reason)
  }

  async #isAlive(channelId: string): Promise<boolean> {
    try {
      await this.#parts.context.ari().channel(channelId)
      return true
    } catch {
      return false
    }
  }

  #failed({ callId, agentId }: { callId: CallId; agentId: AgentId }, broken: 'agent-leg' | 'customer-leg'): void {
    const { context, agents } = this.#parts
    const agent = agents.get(agentId)
    // The engine takes a broken line for silent; it is told again when audio comes.
    if (broken === 'agent-leg' && agent !== undefined) agent.isFlowing = false
    context.emit({ kind: 'connect-failed', callId, agentId, broken, at: context.clock.now() })
  }

  #aside(agentId: AgentId, work: Promise<void>): void {
    work.catch(error => this.#note(agentId, error))
  }

  #note(agentId: AgentId, error: unknown): void {
    const fields = { agentId, code: errorCode(error), reason: errorMessage(error) }
    this.#parts.context.log.debug(fields, 'a request beside a connect failed')
  }
}

function seconds(durationMs: number): string {
  return (durationMs / 1000).toFixed(3)
}
