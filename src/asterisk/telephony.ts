import type { AgentSettings } from '../core/agents/agent.ts'
import type { ConnectOrder, OriginateOrder, SayOrder, TurnedAway } from '../core/effects.ts'
import type { AgentId, CallId, NodeId } from '../core/ids.ts'
import type { TelephonyEvent } from '../core/inputs.ts'
import { errorCode } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Clock } from '../ports/clock.ts'
import type { PauseMark, PbxHealth, PbxLatency, Telephony, TellOrder } from '../ports/telephony.ts'
import type { AmiOptions } from './ami/connection.ts'
import type { AmiMessage } from './ami/message.ts'
import type { AriOptions } from './ari/http.ts'
import type { AriOperations } from './ari/operations.ts'
import type { AriEvent, LegEvent } from './ari/shapes.ts'
import type { SipCaptureAddress } from './capture/hep.ts'
import { openSipCapture, type SipCapture } from './capture/sipCapture.ts'
import type { NodeContext } from './context.ts'
import { readerAt } from './diagnosis/ariFault.ts'
import { missingSounds } from './diagnosis/sounds.ts'
import { hasCode, telephonyError } from './errors.ts'
import { AgentAudio } from './legs/agentAudio.ts'
import { Agents } from './legs/agents.ts'
import { AgentVoice } from './legs/agentVoice.ts'
import { Callers, type IncomingReading } from './legs/callers.ts'
import { Connector } from './legs/connector.ts'
import { CustomerOrders } from './legs/customerOrders.ts'
import { type CustomerLeg, Customers, tellsOfRinging } from './legs/customers.ts'
import { createFinalAnswers, type FinalAnswers } from './legs/finalAnswers.ts'
import { Holds } from './legs/holds.ts'
import { Partings, type PartingsParts } from './legs/partings.ts'
import { pauseVariable, writePause } from './legs/pauseMark.ts'
import { Records } from './legs/records.ts'
import { Targets } from './legs/targets.ts'
import { readHealth, readHealthOnce } from './link/health.ts'
import { Heartbeat } from './link/heartbeat.ts'
import { createLatencyTallies } from './link/latency.ts'
import { Links } from './link/links.ts'
import { type Owner, unknownOwner } from './link/owner.ts'
import { Pace } from './link/pace.ts'
import { createPbxClock } from './link/pbxClock.ts'
import { defaultTiming, type Timing } from './link/timing.ts'
import { NodePhones } from './phones/nodePhones.ts'
import { Registrations } from './resync/registrations.ts'
import { Resync } from './resync/resync.ts'

/** One Asterisk and how to drive it. */
export interface AsteriskOptions {
  readonly nodeId: NodeId
  readonly ami: AmiOptions
  readonly ari: AriOptions
  /** SIP endpoints of the trunks, `trunk-main`: what happens to calls on them is told. */
  readonly trunkEndpoints: readonly string[]
  /** How numbers and trunks of calls that come in are read. */
  readonly incoming: IncomingReading
  /** The sound that an agent hears when a call arrives, an ARI media URI; empty: none. Default: the shipped short beep. */
  readonly beep?: string
  /** Where the PBX sends copies of its SIP messages, as asterisk-conf's hep.conf says. Default: 127.0.0.1, port 9061. */
  readonly sipCapture?: SipCaptureAddress
  /** Who drives the PBX, told to others that want to. Default: somebody without a database. */
  readonly owner?: Owner
  /** For tests. */
  readonly timing?: Partial<Timing>
}

/** What the adapter gets from its composition root. */
export interface AsteriskParts {
  readonly log: Log
  readonly clock: Clock
}

/** Drives a live Asterisk. */
export function createAsteriskTelephony(options: AsteriskOptions, parts: AsteriskParts): Telephony {
  return new AsteriskTelephony(options, parts)
}

/** The daemon has little time to close in. */
const leavingMaxMs = 500
/** The same before the engine ends, for which it waits. */
const handOverMaxMs = 300
/** What the PBX has not kept, because it ended before it was asked to, is told within so long. */
const lastEventsMs = 100
const shippedBeep = 'sound:dialwright/beep'
const shippedCapture: SipCaptureAddress = { host: '127.0.0.1', port: 9061 }

class AsteriskTelephony implements Telephony {
  readonly nodeId: NodeId
  readonly phones: NodePhones
  readonly #options: AsteriskOptions
  readonly #context: NodeContext
  readonly #links: Links
  readonly #customers: Customers
  readonly #callers: Callers
  readonly #agents: Agents
  readonly #agentAudio: AgentAudio
  readonly #agentVoice: AgentVoice
  readonly #customerOrders: CustomerOrders
  readonly #connector: Connector
  readonly #partings: Partings
  readonly #holds: Holds
  readonly #targets: Targets
  readonly #records: Records
  readonly #registrations: Registrations
  readonly #heartbeat: Heartbeat
  readonly #resync: Resync
  readonly #pace: Pace
  readonly #pbxClock = createPbxClock()
  readonly #latency = createLatencyTallies()
  #listener: ((event: TelephonyEvent) => void) | undefined
  #capture: SipCapture | undefined
  #finalAnswers: FinalAnswers | undefined

  readonly hold: Telephony['hold'] = order => this.#ordered(() => this.#holds.hold(order))
  readonly sendDigits: Telephony['sendDigits'] = order => this.#ordered(() => this.#holds.sendDigits(order))
  readonly callTarget: Telephony['callTarget'] = order => this.#ordered(() => this.#targets.call(order))
  readonly joinTarget: Telephony['joinTarget'] = order => this.#ordered(() => this.#targets.join(order))
  readonly dropTarget: Telephony['dropTarget'] = callId => this.#ordered(() => this.#targets.drop(callId))

  constructor(options: AsteriskOptions, { log, clock }: AsteriskParts) {
    const timing: Timing = { ...defaultTiming, ...options.timing }
    const nodeId = options.nodeId
    this.nodeId = nodeId
    this.#options = options
    this.#context = {
      nodeId,
      clock,
      timing,
      log: log.child({ nodeId }),
      beep: options.beep ?? shippedBeep,
      ari: () => this.#links.ari(),
      emit: event => this.#listener?.(event),
    }
    this.#links = this.#createLinks()
    this.#customers = new Customers({
      clock,
      log: this.#context.log,
      emit: this.#context.emit,
      strayAnswerMs: timing.strayAnswerMs,
      onGone: leg => this.#customerGone(leg),
      finalAnswer: (sipCallId, then) =>
        this.#finalAnswers === undefined ? then(undefined) : this.#finalAnswers.await(sipCallId, then),
    })
    this.#callers = new Callers(this.#context, options.incoming, () => this.#ari())
    this.phones = new NodePhones(this.#context, () => this.#ari())
    this.#agents = new Agents(this.#context, endpoint => this.phones.isPage(endpoint))
    this.#agentAudio = new AgentAudio(this.#context, this.#agents)
    this.#agentVoice = new AgentVoice(this.#context, this.#agents)
    this.#records = new Records(this.#context, this.#links.ami, { pbxClock: this.#pbxClock, owner: options.owner })
    this.#registrations = new Registrations(this.#context, this.#links.ami, this.#agents)
    this.#pace = new Pace(this.#context)
    this.#heartbeat = new Heartbeat(this.#context, this.#pbxClock, this.#links)
    const legs = { context: this.#context, customers: this.#customers, agents: this.#agents }
    const parts = { ...legs, agentVoice: this.#agentVoice, records: this.#records }
    this.#customerOrders = new CustomerOrders({ ...parts, ami: this.#links.ami, orderable: () => this.#ari() })
    this.#connector = new Connector({ ...parts, agentAudio: this.#agentAudio, pace: this.#pace })
    this.#holds = new Holds(legs)
    this.#targets = new Targets(parts)
    const giveBack: PartingsParts['giveBack'] = (call, leg) => this.#connector.giveBack(call, leg.agentId)
    this.#partings = new Partings({ ...parts, giveBack, holds: this.#holds })
    this.#resync = new Resync({
      ...parts,
      callers: this.#callers,
      phones: this.phones,
      targets: this.#targets,
      registrations: this.#registrations,
      pbxClock: this.#pbxClock,
      trunkEndpoints: options.trunkEndpoints,
      onEvent: event => this.#onAriEvent(event),
      onUp: () => {
        this.#agentAudio.start()
        this.#heartbeat.start()
        this.#pace.start()
        // Lost between the last question of the inventory and now.
        if (!this.#links.isManagerUp) this.#onManager(false)
      },
    })
  }

  #createLinks(): Links {
    return new Links(this.#options, {
      ...this.#context,
      latency: this.#latency,
      owner: this.#options.owner ?? unknownOwner(),
      onUp: () => this.#resync.begin(),
      onDown: () => this.#down(),
      onManager: isUp => this.#onManager(isUp),
      onAriEvent: event => this.#resync.pass(event),
      onAmiEvent: event => this.#onAmiEvent(event),
    })
  }

  claim(): Promise<void> {
    return this.#links.waitForClaim()
  }

  start(listener: (event: TelephonyEvent) => void): void {
    this.#listener = listener
    const { clock, log, timing } = this.#context
    this.#capture = openSipCapture(this.#options.sipCapture ?? shippedCapture, log)
    this.#finalAnswers = createFinalAnswers(this.#capture, { clock, waitMs: timing.finalAnswerMs })
    this.#links.start()
  }

  #down(): void {
    this.#agentAudio.stop()
    this.#heartbeat.stop()
    this.#pace.stop()
    if (this.#resync.end())
      this.#context.emit({ kind: 'node-down', nodeId: this.nodeId, at: this.#context.clock.now() })
  }

  /**
   * Conversations go on without AMI: what it alone can tell, registrations, is read again when it is back. Between an inventory's
   * begin and its end the loss begins the inventory anew by itself.
   */
  #onManager(isUp: boolean): void {
    const { nodeId, clock, log, emit } = this.#context
    if (!this.#resync.isUp) return
    if (!isUp) {
      emit({ kind: 'manager-link', nodeId, up: false, at: clock.now() })
      return
    }
    this.#registrations.read().then(
      () => {
        if (!this.#resync.isUp) return
        this.#registrations.tell()
        emit({ kind: 'manager-link', nodeId, up: true, at: clock.now() })
      },
      // Lost again meanwhile: the next time that it comes back.
      error => log.debug({ code: errorCode(error) }, 'registrations are not known'),
    )
  }

  #onAriEvent(event: Exclude<AriEvent, { type: 'ApplicationReplaced' }>): void {
    if (event.type === 'ChannelLeftBridge' || event.type === 'BridgeDestroyed') this.#partings.handle(event)
    else if (event.type === 'ChannelUserevent') this.#onUserEvent(event.told)
    else this.#onLegEvent(event)
  }

  #onLegEvent(event: LegEvent): void {
    const now = this.#context.clock.now()
    // The law's shortest ring counts from the 180: by the PBX's clock, which we know to some ms, it could begin too early.
    const at = tellsOfRinging(event) ? now : this.#pbxClock.instantOf(event.pbxAt, now)
    if (this.#agentVoice.handle(event) || this.#targets.handle(event, at)) return
    if (!this.#customers.handle(event, at) && !this.#callers.handle(event, at)) this.#agents.handle(event, at)
  }

  #onAmiEvent(event: AmiMessage): void {
    if (event.event === 'ContactStatus') this.#registrations.onContactStatus(event)
    else if (event.event === 'UserEvent') this.#onUserEvent(event)
  }

  /** Told by ARI and by AMI, whichever is there: twice is as good as once. */
  #onUserEvent({ userevent, callid, agent }: AmiMessage): void {
    const at = this.#context.clock.now()
    if (userevent === 'DialwrightOptOut' && callid) this.#customers.optedOut(callid, at)
    else if (userevent === 'DialwrightAgentLogout' && agent) {
      const agentId = this.#agents.agentIdOf('', agent)
      if (agentId !== undefined)
        this.releaseAgent(agentId).catch(error =>
          this.#context.log.debug({ agentId, code: errorCode(error) }, 'no line'),
        )
    }
  }

  /** The agent hears music again. */
  #customerGone(leg: CustomerLeg): void {
    if (leg.agentId !== undefined) this.#agents.toIdle(leg.agentId, leg.callId)
    leg.agentId = undefined
    this.#targets.personGone(leg)
  }

  watchAgents(agents: readonly AgentSettings[]): void {
    this.#agents.watch(agents)
    if (this.#resync.isUp) this.#resync.follow(agents)
  }

  async originate(order: OriginateOrder): Promise<void> {
    await this.#customerOrders.originate(order)
  }

  async connect(order: ConnectOrder): Promise<void> {
    this.#ari()
    await this.#connector.connect(order)
  }

  async playMessage(callId: CallId): Promise<void> {
    await this.#customerOrders.playMessage(callId)
  }

  async say(order: SayOrder): Promise<void> {
    await this.#callers.say(order)
  }

  async turnAway(callId: CallId, why: TurnedAway): Promise<void> {
    await this.#callers.turnAway(callId, why)
  }

  async hangUp(callId: CallId): Promise<void> {
    if (this.#callers.has(callId)) await this.#callers.hangUp(callId)
    else await this.#customerOrders.hangUp(callId)
  }

  async callAgent({ agentId, endpoint }: { readonly agentId: AgentId; readonly endpoint: string }): Promise<void> {
    this.#ari()
    await this.#agents.call(agentId, endpoint)
  }

  async releaseAgent(agentId: AgentId): Promise<void> {
    this.#ari()
    await this.#agents.release(agentId)
  }

  async tellAgent(order: TellOrder): Promise<void> {
    this.#ari()
    await this.#agentVoice.tell(order)
  }

  async markPause({ agentId, ...mark }: PauseMark): Promise<void> {
    const leg = this.#agents.get(agentId)
    if (leg !== undefined) await this.#ari().setVariable(leg.channelId, pauseVariable, writePause(mark))
  }

  forgetAgent(agentId: AgentId): void {
    this.#agents.forget(agentId)
  }

  async acknowledgeUnattended(callIds: readonly CallId[]): Promise<void> {
    await this.#records.forget(callIds)
  }

  callWritten({ callId, connectedAt }: Parameters<Telephony['callWritten']>[0]): void {
    this.#records.forgetLater(callId, connectedAt !== undefined)
  }

  async #ordered(order: () => Promise<void>): Promise<void> {
    this.#ari()
    await order()
  }

  /** What orders need; between two inventories nothing may be ordered, because nobody knows what is there. */
  #ari(): AriOperations {
    if (!this.#resync.isUp)
      throw telephonyError('unreachable', `The link to Asterisk "${this.nodeId}" is down`, this.#links.failure)
    return this.#links.ari()
  }

  async missingSounds(names: readonly string[]): Promise<readonly string[]> {
    this.#ari()
    return missingSounds(readerAt(this.#options.ari), names).catch((cause: unknown) => {
      throw telephonyError('unreachable', `Asterisk "${this.nodeId}" does not say which sounds it has`, cause)
    })
  }

  takenBy(): string | undefined {
    return this.#links.takenBy
  }

  /** Over the links while they are up; else by connections of its own, whose failure says what is wrong. */
  latency(): PbxLatency {
    return { ari: this.#latency.ari.copy(), ami: this.#latency.ami.copy() }
  }

  async health(): Promise<PbxHealth> {
    if (this.#resync.isUp) return readHealth({ ami: this.#links.ami, ari: this.#links.ari() })
    if (hasCode(this.#links.failure, 'claimed')) throw this.#links.failure
    return readHealthOnce(this.#options, this.#context)
  }

  async handOver(): Promise<void> {
    const { clock } = this.#context
    await this.#links.handOver(handOverMaxMs)
    await new Promise<void>(resolve => void clock.wakeAt(clock.now() + lastEventsMs, resolve))
    // Whose channel is gone is kept nowhere: what the carrier would still say is not waited for.
    this.#finalAnswers?.close()
  }

  async close({ handOver = false }: { readonly handOver?: boolean } = {}): Promise<void> {
    this.#listener = undefined
    this.#agentAudio.stop()
    this.#heartbeat.stop()
    this.#pace.stop()
    this.#records.close()
    this.#resync.close()
    await this.#links.leave(leavingMaxMs, handOver)
    this.#links.close()
    this.#finalAnswers?.close()
    await this.#capture?.close()
  }
}
