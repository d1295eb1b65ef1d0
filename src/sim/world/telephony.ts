import type { AgentSettings } from '../../core/agents/agent.ts'
import type { ConnectOrder, OriginateOrder } from '../../core/effects.ts'
import type { AgentId, CallId, InstantMs, NodeId } from '../../core/ids.ts'
import type { TelephonyEvent, UnattendedCall } from '../../core/inputs.ts'
import type { EndCause } from '../../core/vocabulary.ts'
import { TelephonyError } from '../../errors.ts'
import type { Clock } from '../../ports/clock.ts'
import type { PbxHealth } from '../../ports/telephony.ts'
import type { CalleeAct } from './callees.ts'
import { type AgentLeg, type CustomerLeg, cancelTimers, inventoryOf } from './legs.ts'
import type { SimulatedTelephony, SimulatedTelephonyOptions } from './pbx.ts'

type Told = TelephonyEvent extends infer E ? (E extends { at: InstantMs } ? Omit<E, 'at'> : never) : never

/** Makes a simulated PBX: the Telephony port without a telephone. It knows no time but its clock's. */
export function createSimulatedTelephony(options: SimulatedTelephonyOptions): SimulatedTelephony {
  return new SimulatedPbx(options)
}

class SimulatedPbx implements SimulatedTelephony {
  readonly nodeId: NodeId
  readonly #clock: Clock
  readonly #options: SimulatedTelephonyOptions
  readonly #customers = new Map<CallId, CustomerLeg>()
  readonly #agents = new Map<AgentId, AgentLeg>()
  readonly #deafAgents = new Set<AgentId>()
  readonly #unattended = new Map<CallId, UnattendedCall>()
  #listener: ((event: TelephonyEvent) => void) | undefined
  #linked = false
  #closed = false
  #lastDeliveryAt = 0

  constructor(options: SimulatedTelephonyOptions) {
    this.nodeId = options.nodeId
    this.#options = options
    this.#clock = options.clock
  }

  start(listener: (event: TelephonyEvent) => void): void {
    this.#listener = listener
    this.restoreLink()
  }

  watchAgents(agents: readonly AgentSettings[]): void {
    for (const { agentId, nodeId } of agents) {
      if (nodeId !== this.nodeId || this.#agents.has(agentId)) continue
      this.#agentLeg(agentId)
      this.#tell({ kind: 'agent-registration', agentId, registered: true })
    }
  }

  async originate(order: OriginateOrder): Promise<void> {
    this.#requireLink()
    const { callId } = order.attempt
    if (this.#customers.has(callId)) throw new TelephonyError('channel-exists', `channel ${callId} exists already`)
    const plan = this.#options.callees.plan(order, this.#clock.now())
    const leg: CustomerLeg = {
      order,
      plan,
      sipCallId: `${callId}@sim`,
      state: 'originating',
      answeredAt: undefined,
      agentId: undefined,
      taken: false,
      hangUpAsked: false,
      timers: [],
    }
    this.#customers.set(callId, leg)
    this.#options.witness?.({ kind: 'originated', callId, at: this.#clock.now() })
    this.#after(leg, order.timeoutMs, () => this.#end(leg, 'no-answer', 487))
    const { ringingAfterMs, act } = plan
    if (ringingAfterMs !== undefined) this.#after(leg, ringingAfterMs, () => this.#rings(leg))
    if (act.kind !== 'rings') this.#after(leg, act.afterMs, () => this.#acts(leg, act))
  }

  async connect(order: ConnectOrder): Promise<void> {
    this.#requireLink()
    const leg = this.#customers.get(order.callId)
    if (leg !== undefined) leg.taken = true
    const joined = () => this.#join(order)
    this.#clock.wakeAt(this.#clock.now() + (this.#options.connectDelayMs ?? 3), joined)
  }

  async playMessage(callId: CallId): Promise<void> {
    this.#requireLink()
    const leg = this.#customers.get(callId)
    if (leg === undefined || leg.answeredAt === undefined || leg.state === 'announcing') return
    leg.taken = true
    this.#announce(leg)
  }

  async hangUp(callId: CallId): Promise<void> {
    this.#requireLink()
    const leg = this.#customers.get(callId)
    if (leg === undefined || leg.hangUpAsked) return
    leg.hangUpAsked = true
    leg.taken = true
    const wasAnswered = leg.answeredAt !== undefined
    // Not among the leg's timers: whatever happens to the leg meanwhile, the order to end it stands.
    this.#clock.wakeAt(this.#clock.now() + (this.#options.hangUpDelayMs ?? 10), () => {
      const crossed = leg.answeredAt !== undefined
      this.#end(leg, 'hung-up-by-us', wasAnswered ? undefined : crossed ? 200 : 487)
    })
  }

  async callAgent(order: { readonly agentId: AgentId; readonly endpoint: string }): Promise<void> {
    this.#requireLink()
    const { agentId } = order
    const leg = this.#agentLeg(agentId)
    if (leg.up || leg.ringing !== undefined) return
    const answers = !this.#deafAgents.has(agentId)
    const at = this.#clock.now() + (this.#options.agentAnswerMs ?? 20)
    leg.ringing = this.#clock.wakeAt(at, () => {
      leg.ringing = undefined
      if (answers) this.#agentUp(agentId, leg, 'engine')
      else this.#tell({ kind: 'agent-leg-down', agentId, cause: 'no-answer' })
    })
  }

  async releaseAgent(agentId: AgentId): Promise<void> {
    this.#requireLink()
    this.#agentDown(agentId, 'hung-up-by-us')
  }

  async acknowledgeUnattended(callIds: readonly CallId[]): Promise<void> {
    for (const callId of callIds) this.#unattended.delete(callId)
  }

  async health(): Promise<PbxHealth> {
    const endpoints = [...this.#agents.keys()].map(id => [id, { deviceState: 'NOT_INUSE', registered: true }] as const)
    return {
      version: 'simulated',
      currentCalls: this.#customers.size,
      uptimeSec: Math.floor(this.#clock.now() / 1000),
      modules: {},
      endpoints: Object.fromEntries(endpoints),
      contexts: {},
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#linked = false
    this.#listener = undefined
    for (const leg of this.#customers.values()) cancelTimers(leg)
    for (const leg of this.#agents.values()) leg.ringing?.()
  }

  agentDialsIn(agentId: AgentId): void {
    this.#agentUp(agentId, this.#agentLeg(agentId), 'agent')
  }

  agentHangsUp(agentId: AgentId): void {
    this.#agentDown(agentId, 'hung-up-by-peer')
  }

  agentPresses(agentId: AgentId, key: string): void {
    this.#tell({ kind: 'agent-key', agentId, key })
  }

  setAgentMedia(agentId: AgentId, flowing: boolean): void {
    this.#agentLeg(agentId).flowing = flowing
    this.#tell({ kind: 'agent-media', agentId, flowing })
  }

  setAgentAnswers(agentId: AgentId, answers: boolean): void {
    if (answers) this.#deafAgents.delete(agentId)
    else this.#deafAgents.add(agentId)
  }

  calleeHangsUp(callId: CallId): void {
    const leg = this.#customers.get(callId)
    if (leg !== undefined) this.#end(leg, 'hung-up-by-peer')
  }

  calleeOptsOut(callId: CallId): void {
    if (this.#customers.get(callId)?.state === 'announcing') this.#tell({ kind: 'call-opted-out', callId })
  }

  breakLink(): void {
    if (!this.#linked) return
    this.#tell({ kind: 'node-down', nodeId: this.nodeId })
    this.#linked = false
  }

  restoreLink(): void {
    if (this.#linked || this.#closed) return
    this.#linked = true
    const inventory = {
      calls: [...this.#customers.values()].map(inventoryOf),
      agents: [...this.#agents].filter(([, leg]) => leg.up).map(([agentId]) => agentId),
      unattended: [...this.#unattended.values()],
    }
    this.#tell({ kind: 'node-up', nodeId: this.nodeId, inventory })
    for (const agentId of this.#agents.keys()) this.#tell({ kind: 'agent-registration', agentId, registered: true })
  }

  answeredBy(callId: CallId): 'person' | 'machine' | undefined {
    const leg = this.#customers.get(callId)
    return leg?.answeredAt !== undefined && leg.plan.act.kind === 'answers' ? leg.plan.act.by : undefined
  }

  #requireLink(): void {
    if (!this.#linked) throw new TelephonyError('link-down', `the link to ${this.nodeId} is down`)
  }

  #agentLeg(agentId: AgentId): AgentLeg {
    const known = this.#agents.get(agentId)
    if (known !== undefined) return known
    const leg: AgentLeg = { up: false, flowing: true, callId: undefined, ringing: undefined }
    this.#agents.set(agentId, leg)
    return leg
  }

  #after(leg: CustomerLeg, delayMs: number, then: () => void): void {
    leg.timers.push(this.#clock.wakeAt(this.#clock.now() + delayMs, then))
  }

  /** Hands an event to the engine: with its own time, in order, as late as the link makes it, never while it is down. */
  #tell(told: Told): void {
    if (!this.#linked) return
    const now = this.#clock.now()
    // Told is each event without its `at`; the compiler cannot see that the spread puts it together again.
    this.#deliver({ ...told, at: now } as TelephonyEvent, now)
  }

  #deliver(event: TelephonyEvent, now: InstantMs): void {
    const delayMs = this.#options.eventDelayMs?.() ?? 0
    this.#lastDeliveryAt = Math.max(this.#lastDeliveryAt, now + delayMs)
    const deliver = () => this.#listener?.(event)
    // Even without delay never from inside a call of the engine's: a PBX's event comes over a wire.
    this.#clock.wakeAt(this.#lastDeliveryAt, deliver)
  }

  #rings(leg: CustomerLeg): void {
    if (leg.state !== 'originating') return
    leg.state = 'ringing'
    this.#tell({ kind: 'call-ringing', callId: leg.order.attempt.callId, sipCallId: leg.sipCallId })
  }

  #acts(leg: CustomerLeg, act: Exclude<CalleeAct, { kind: 'rings' }>): void {
    if (act.kind === 'fails') {
      this.#end(leg, act.cause, act.sipCode)
      return
    }
    const { callId } = leg.order.attempt
    const at = this.#clock.now()
    cancelTimers(leg)
    leg.answeredAt = at
    if (act.kind === 'screened') {
      this.#options.witness?.({ kind: act.by === 'person' ? 'screened-person' : 'screened-machine', callId, at })
      this.#after(leg, act.hungUpAfterMs, () => this.#end(leg, 'no-answer'))
      return
    }
    this.#options.witness?.({ kind: 'answered', callId, by: act.by, at })
    // A 200 that crosses our CANCEL: the PBX hangs up on the person, and the end carries the code.
    if (leg.hangUpAsked) return
    if (act.hangsUpWaitingAfterMs !== undefined)
      this.#after(leg, act.hangsUpWaitingAfterMs, () => this.#end(leg, 'hung-up-by-peer'))
    if (act.detectionMs > 0) this.#after(leg, act.detectionMs, () => this.#handOver(leg, at))
    else this.#handOver(leg, at)
  }

  /** The answered call enters the application; if nobody takes it in time, the PBX keeps the promise alone. */
  #handOver(leg: CustomerLeg, answeredAt: InstantMs): void {
    const { callId } = leg.order.attempt
    leg.state = 'waiting'
    if (!this.#linked) {
      this.#leaveUnattended(leg, 'app-gone')
      this.#announce(leg)
      return
    }
    this.#deliver({ kind: 'call-answered', callId, sipCallId: leg.sipCallId, at: answeredAt }, this.#clock.now())
    const left = answeredAt + (this.#options.takeOverAfterMs ?? 1_800) - this.#clock.now()
    this.#after(leg, Math.max(0, left), () => this.#takeOver(leg))
  }

  #takeOver(leg: CustomerLeg): void {
    if (leg.taken || leg.state !== 'waiting') return
    this.#leaveUnattended(leg, 'app-late')
    this.#tell({ kind: 'call-taken-over', callId: leg.order.attempt.callId })
    this.#announce(leg)
  }

  #leaveUnattended(leg: CustomerLeg, reason: UnattendedCall['reason']): void {
    const { callId } = leg.order.attempt
    const answeredAt = leg.answeredAt ?? this.#clock.now()
    this.#unattended.set(callId, { callId, reason, answeredAt, optedOut: false, sipCallId: leg.sipCallId })
  }

  #announce(leg: CustomerLeg): void {
    cancelTimers(leg)
    leg.state = 'announcing'
    this.#after(leg, this.#options.messageMs ?? 4_000, () => this.#end(leg, 'hung-up-by-us'))
  }

  #join(order: ConnectOrder): void {
    const { callId, agentId, maxCallMs } = order
    const leg = this.#customers.get(callId)
    const agent = this.#agents.get(agentId)
    if (leg === undefined || leg.answeredAt === undefined) {
      this.#tell({ kind: 'connect-failed', callId, agentId, broken: 'customer-leg' })
      return
    }
    if (agent === undefined || !agent.up || !agent.flowing) {
      leg.taken = false
      this.#tell({ kind: 'connect-failed', callId, agentId, broken: 'agent-leg' })
      return
    }
    if (leg.state !== 'waiting') return
    cancelTimers(leg)
    leg.state = 'connected'
    leg.agentId = agentId
    agent.callId = callId
    this.#options.witness?.({ kind: 'connected', callId, at: this.#clock.now() })
    this.#tell({ kind: 'call-connected', callId, agentId })
    const talkMs = leg.plan.act.kind === 'answers' ? leg.plan.act.talkMs : 0
    if (talkMs <= maxCallMs) this.#after(leg, talkMs, () => this.#end(leg, 'hung-up-by-peer'))
    else this.#after(leg, maxCallMs, () => this.#end(leg, 'hung-up-by-us'))
  }

  #end(leg: CustomerLeg, cause: EndCause, sipCode?: number): void {
    const { callId } = leg.order.attempt
    if (this.#customers.get(callId) !== leg) return
    cancelTimers(leg)
    this.#customers.delete(callId)
    const agent = leg.agentId === undefined ? undefined : this.#agents.get(leg.agentId)
    if (agent?.callId === callId) agent.callId = undefined
    this.#options.witness?.({ kind: 'ended', callId, cause, at: this.#clock.now() })
    const code = sipCode === undefined ? {} : { sipCode }
    this.#tell({ kind: 'call-ended', callId, cause, sipCallId: leg.sipCallId, ...code })
  }

  #agentUp(agentId: AgentId, leg: AgentLeg, by: 'agent' | 'engine'): void {
    if (leg.up) return
    leg.up = true
    this.#tell({ kind: 'agent-leg-up', agentId, nodeId: this.nodeId, by })
  }

  /** With the agent's leg gone the customer stays alone in the bridge until somebody ends him. */
  #agentDown(agentId: AgentId, cause: EndCause): void {
    const leg = this.#agentLeg(agentId)
    leg.ringing?.()
    leg.ringing = undefined
    if (!leg.up) return
    leg.up = false
    leg.callId = undefined
    this.#tell({ kind: 'agent-leg-down', agentId, cause })
  }
}
