import type { AgentSettings } from '../../core/agents/agent.ts'
import type { ConnectOrder, OriginateOrder, SayOrder } from '../../core/effects.ts'
import type { AgentId, CallId, InstantMs, NodeId } from '../../core/ids.ts'
import type { IncomingLeg, KeptCall, TelephonyEvent, UnattendedCall } from '../../core/inputs.ts'
import type { EndCause } from '../../core/vocabulary.ts'
import { TelephonyError } from '../../errors.ts'
import type { Clock } from '../../ports/clock.ts'
import type { PbxHealth, TellOrder } from '../../ports/telephony.ts'
import type { CalleeAct } from './callees.ts'
import { Callers } from './callers.ts'
import { type CustomerLeg, cancelTimers, inventoryOf } from './legs.ts'
import { LegWatch } from './legWatch.ts'
import type { SimulatedTelephony, SimulatedTelephonyOptions } from './pbx.ts'
import { Phones } from './phones.ts'
import { createSimulatedPhones, type SimulatedPhones } from './provision.ts'
import { Talks } from './talks.ts'
import { Wire } from './wire.ts'

/** Makes a simulated PBX: the Telephony port without a telephone. It knows no time but its clock's. */
export function createSimulatedTelephony(options: SimulatedTelephonyOptions): SimulatedTelephony {
  return new SimulatedPbx(options)
}

class SimulatedPbx implements SimulatedTelephony {
  readonly nodeId: NodeId
  readonly phones: SimulatedPhones
  readonly legs: LegWatch
  readonly #clock: Clock
  readonly #options: SimulatedTelephonyOptions
  readonly #customers = new Map<CallId, CustomerLeg>()
  readonly #phones: Phones
  readonly #callers: Callers
  readonly #talks: Talks
  readonly #unattended = new Map<CallId, UnattendedCall>()
  readonly #kept = new Map<CallId, KeptCall>()
  readonly #wire: Wire
  #closed = false

  readonly hold: SimulatedTelephony['hold'] = async order => this.#talks.hold(order)
  readonly sendDigits: SimulatedTelephony['sendDigits'] = async order => this.#talks.sendDigits(order)
  readonly callTarget: SimulatedTelephony['callTarget'] = async order => this.#talks.callTarget(order)
  readonly dropTarget: SimulatedTelephony['dropTarget'] = async callId => this.#talks.dropTarget(callId)
  readonly joinTarget: SimulatedTelephony['joinTarget'] = async order => {
    this.#talks.joinTarget(order)
    const kept = this.#kept.get(order.callId)
    const { agentId, to, talk } = order
    if (kept !== undefined && to === 'person') this.#kept.set(order.callId, { ...kept, talk: { agentId, ...talk } })
  }

  constructor(options: SimulatedTelephonyOptions) {
    const { nodeId, clock } = options
    this.nodeId = nodeId
    this.#options = options
    this.#clock = clock
    this.#wire = new Wire(nodeId, clock, options.eventDelayMs)
    this.phones = createSimulatedPhones(() => this.#wire.isUp)
    const answerMs = options.agentAnswerMs ?? 20
    const gone = (agentId: AgentId) => this.legs.gone({ kind: 'agent', agentId })
    this.#phones = new Phones({ nodeId, clock, wire: this.#wire, answerMs, gone })
    const leg = (callId: CallId) => this.#customers.get(callId)
    this.#talks = new Talks({ clock, wire: this.#wire, phones: this.#phones, answerMs, leg })
    this.#callers = new Callers({ nodeId, clock, wire: this.#wire, promptMs: options.promptMs ?? 4_000 })
    this.legs = new LegWatch({
      isLinked: () => this.#wire.isUp,
      isUp: leg =>
        leg.kind === 'agent'
          ? this.#phones.get(leg.agentId)?.up === true
          : this.#customers.get(leg.callId)?.answeredAt !== undefined,
    })
  }

  start(listener: (event: TelephonyEvent) => void): void {
    this.#wire.listen(listener)
    this.restoreLink()
  }

  watchAgents(agents: readonly AgentSettings[]): void {
    this.#phones.watch(agents)
  }

  async originate(order: OriginateOrder): Promise<void> {
    this.#wire.require()
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
      held: false,
      target: undefined,
      digits: '',
      taken: false,
      hangUpAsked: false,
      timers: [],
    }
    this.#customers.set(callId, leg)
    this.#options.witness?.({ kind: 'originated', callId, at: this.#clock.now() })
    this.#after(leg, order.timeoutMs + (order.lateRingMs ?? 0), () => this.#end(leg, 'no-answer', 487))
    const { ringingAfterMs, act } = plan
    if (ringingAfterMs !== undefined) this.#after(leg, ringingAfterMs, () => this.#rings(leg))
    if (act.kind !== 'rings') this.#after(leg, act.afterMs, () => this.#acts(leg, act))
  }

  async connect(order: ConnectOrder): Promise<void> {
    this.#wire.require()
    const leg = this.#customers.get(order.callId)
    if (leg !== undefined) leg.taken = true
    const joined = () => this.#join(order)
    this.#clock.wakeAt(this.#clock.now() + (this.#options.connectDelayMs ?? 3), joined)
  }

  async playMessage(callId: CallId): Promise<void> {
    this.#wire.require()
    const leg = this.#customers.get(callId)
    if (leg === undefined || leg.answeredAt === undefined || leg.state === 'announcing') return
    leg.taken = true
    this.#announce(leg)
  }

  async say(order: SayOrder): Promise<void> {
    this.#wire.require()
    this.#callers.say(order)
  }

  async turnAway(callId: CallId): Promise<void> {
    this.#wire.require()
    this.#callers.end(callId, 'hung-up-by-us')
  }

  async hangUp(callId: CallId): Promise<void> {
    this.#wire.require()
    if (this.#callers.end(callId, 'hung-up-by-us')) return
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

  targetHangsUp(callId: CallId): void {
    const leg = this.#customers.get(callId)
    if (leg !== undefined) this.#talks.endTarget(leg, 'hung-up-by-peer')
  }

  async callAgent({ agentId }: { readonly agentId: AgentId; readonly endpoint: string }): Promise<void> {
    this.#wire.require()
    this.#phones.call(agentId)
  }

  async releaseAgent(agentId: AgentId): Promise<void> {
    this.#wire.require()
    this.#phones.hangUp(agentId, 'hung-up-by-us')
  }

  async tellAgent({ agentId, sounds }: TellOrder): Promise<void> {
    this.#wire.require()
    this.#phones.tell(agentId, sounds)
  }

  forgetAgent(agentId: AgentId): void {
    this.#phones.forget(agentId)
  }

  told(agentId: AgentId): readonly string[] {
    return this.#phones.get(agentId)?.told ?? []
  }

  async acknowledgeUnattended(callIds: readonly CallId[]): Promise<void> {
    for (const callId of callIds) this.callWritten({ callId })
  }

  callWritten({ callId }: { readonly callId: CallId }): void {
    this.#unattended.delete(callId)
    this.#kept.delete(callId)
  }

  async health(): Promise<PbxHealth> {
    const endpoints = this.#phones.ids().map(id => [id, { deviceState: 'NOT_INUSE', registered: true }] as const)
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
    this.#wire.close()
    for (const leg of this.#customers.values()) cancelTimers(leg)
    this.#callers.close()
    this.#phones.close()
    this.legs.lost()
  }

  agentDialsIn(agentId: AgentId): void {
    this.#phones.pickUp(agentId, 'agent')
  }

  agentHangsUp(agentId: AgentId): void {
    this.#phones.hangUp(agentId, 'hung-up-by-peer')
  }

  agentPresses(agentId: AgentId, key: string): void {
    this.#phones.press(agentId, key)
  }

  setAgentMedia(agentId: AgentId, flowing: boolean): void {
    this.#phones.setFlowing(agentId, flowing)
  }

  setAgentAnswers(agentId: AgentId, answers: boolean): void {
    this.#phones.setAnswers(agentId, answers)
  }

  callComesIn({ callId, ...leg }: IncomingLeg & { readonly callId: CallId }): void {
    this.#callers.comesIn(callId, leg)
  }

  callerPresses(callId: CallId, key: string): void {
    this.#callers.presses(callId, key)
  }

  callerHangsUp(callId: CallId): void {
    this.#callers.end(callId, 'hung-up-by-peer')
  }

  calleeHangsUp(callId: CallId): void {
    const leg = this.#customers.get(callId)
    if (leg !== undefined) this.#end(leg, 'hung-up-by-peer')
  }

  calleeOptsOut(callId: CallId): void {
    if (this.#customers.get(callId)?.state === 'announcing') this.#wire.tell({ kind: 'call-opted-out', callId })
  }

  breakLink(): void {
    if (!this.#wire.isUp) return
    this.#wire.tell({ kind: 'node-down', nodeId: this.nodeId })
    this.#wire.cut()
    this.legs.lost()
  }

  restoreLink(): void {
    if (this.#wire.isUp || this.#closed) return
    this.#wire.connect()
    const inventory = {
      calls: [...[...this.#customers.values()].map(inventoryOf), ...this.#callers.inventory()],
      agents: this.#phones.upIds(),
      unattended: [...this.#unattended.values()],
      kept: [...this.#kept.values()],
    }
    this.#wire.tell({ kind: 'node-up', nodeId: this.nodeId, inventory })
    this.#phones.tellRegistrations()
  }

  heard(callId: CallId): { readonly held: boolean; readonly digits: string } | undefined {
    const leg = this.#customers.get(callId)
    return leg && { held: leg.held, digits: leg.digits }
  }

  answeredBy(callId: CallId): 'person' | 'machine' | undefined {
    const leg = this.#customers.get(callId)
    return leg?.answeredAt !== undefined && leg.plan.act.kind === 'answers' ? leg.plan.act.by : undefined
  }

  #after(leg: CustomerLeg, delayMs: number, then: () => void): void {
    leg.timers.push(this.#clock.wakeAt(this.#clock.now() + delayMs, then))
  }

  #rings(leg: CustomerLeg): void {
    if (leg.state !== 'originating') return
    leg.state = 'ringing'
    this.#wire.tell({ kind: 'call-ringing', callId: leg.order.attempt.callId, sipCallId: leg.sipCallId })
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
    if (!this.#wire.isUp) {
      this.#leaveUnattended(leg, 'app-gone')
      this.#announce(leg)
      return
    }
    this.#wire.deliver({ kind: 'call-answered', callId, sipCallId: leg.sipCallId, at: answeredAt }, this.#clock.now())
    const left = answeredAt + (this.#options.takeOverAfterMs ?? leg.order.takeOverMs ?? 1_800) - this.#clock.now()
    this.#after(leg, Math.max(0, left), () => this.#takeOver(leg))
  }

  #takeOver(leg: CustomerLeg): void {
    if (leg.taken || leg.state !== 'waiting') return
    this.#leaveUnattended(leg, 'app-late')
    this.#wire.tell({ kind: 'call-taken-over', callId: leg.order.attempt.callId })
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
    const agent = this.#phones.get(agentId)
    if (leg === undefined || leg.answeredAt === undefined) {
      this.#wire.tell({ kind: 'connect-failed', callId, agentId, broken: 'customer-leg' })
      return
    }
    if (agent === undefined || !agent.up || !agent.flowing) {
      leg.taken = false
      this.#wire.tell({ kind: 'connect-failed', callId, agentId, broken: 'agent-leg' })
      return
    }
    if (leg.state !== 'waiting') return
    cancelTimers(leg)
    leg.state = 'connected'
    leg.agentId = agentId
    leg.held = false
    agent.callId = callId
    this.#options.witness?.({ kind: 'connected', callId, at: this.#clock.now() })
    const { answeredAt } = leg
    this.#kept.set(callId, { callId, answeredAt, talk: { agentId, connectedAt: this.#clock.now() } })
    this.#wire.tell({ kind: 'call-connected', callId, agentId })
    const talkMs = leg.plan.act.kind === 'answers' ? leg.plan.act.talkMs : 0
    if (talkMs <= maxCallMs) this.#after(leg, talkMs, () => this.#end(leg, 'hung-up-by-peer'))
    else this.#after(leg, maxCallMs, () => this.#end(leg, 'hung-up-by-us'))
  }

  /** As a PBX does for every answered call, whether or not anybody listens. */
  #keepEnd(leg: CustomerLeg, cause: EndCause): void {
    const { callId } = leg.order.attempt
    if (leg.answeredAt === undefined) return
    if (leg.state === 'waiting' && !leg.taken) this.#leaveUnattended(leg, 'hung-up')
    const end = { endedAt: this.#clock.now(), byPeer: cause === 'hung-up-by-peer' }
    const { answeredAt, sipCallId } = leg
    this.#kept.set(callId, { callId, answeredAt, ...this.#kept.get(callId), end, sipCallId })
  }

  #end(leg: CustomerLeg, cause: EndCause, sipCode?: number): void {
    const { callId } = leg.order.attempt
    if (this.#customers.get(callId) !== leg) return
    cancelTimers(leg)
    this.#customers.delete(callId)
    this.#keepEnd(leg, cause)
    const agent = leg.agentId === undefined ? undefined : this.#phones.get(leg.agentId)
    if (agent?.callId === callId) agent.callId = undefined
    this.#options.witness?.({ kind: 'ended', callId, cause, at: this.#clock.now() })
    const told = { kind: 'call-ended', callId, cause, sipCallId: leg.sipCallId } as const
    this.#wire.tell(sipCode === undefined ? told : { ...told, sipCode })
    this.#talks.endTarget(leg, 'hung-up-by-us')
    this.legs.gone({ kind: 'person', callId })
  }
}
