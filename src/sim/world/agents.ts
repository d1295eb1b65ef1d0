import type { AgentState } from '../../core/agents/agent.ts'
import { machineCode } from '../../core/agents/wrapUp.ts'
import type { EngineEvent } from '../../core/effects.ts'
import type { AgentId, CallId, CampaignId, InstantMs, LeadId } from '../../core/ids.ts'
import { hourMs, minuteMs } from '../../core/time.ts'
import type { Clock } from '../../ports/clock.ts'
import type { EngineGateway } from '../../ports/engine.ts'
import type { Random } from './random.ts'

/** Times that the agent adds, in milliseconds. */
export interface AgentTimes {
  readonly wrapUpMs: number
  readonly machineTalkMs: number
}

/** How simulated agents work. */
export interface SimulatedAgentsOptions {
  readonly gateway: EngineGateway
  readonly clock: Clock
  readonly campaignId: CampaignId
  readonly timesOf: (leadId: LeadId) => AgentTimes
  readonly answeredBy: (callId: CallId) => 'person' | 'machine' | undefined
  /** Each agent asks for a break at this rate; absent: never. */
  readonly breaks?: { readonly perHour: number; readonly minutes: number; readonly random: Random } | undefined
  /** How long an agent looks at a lead that they are shown before they call it, milliseconds; absent: they let the time pass. */
  readonly decideMs?: number | undefined
  /** Hears of a command that failed for another reason than the engine's no. */
  readonly onFault: (error: unknown) => void
}

/** What the agents did between the bells. Milliseconds. */
export interface AgentTotals {
  busyMs: number
  availableMs: number
  /** Time available before each call. */
  readonly waitsMs: number[]
}

/** People with softphones, who do over the gateway what real agents do. */
export interface SimulatedAgents {
  readonly totals: AgentTotals
  logIn(agentId: AgentId): void
  /** After the call that the agent is in. */
  logOut(agentId: AgentId): void
  /** Time counts from here on. */
  openDay(): void
  /** Time counts no longer; what goes on is counted up to here. */
  closeDay(): void
  /** Stops acting and listening. */
  close(): void
}

interface Seen {
  state: AgentState
  /** Counted up to here. */
  since: InstantMs
  availableSince: InstantMs
  callId: CallId | undefined
  leadId: LeadId
  wrapUpMs: number
  machine: boolean
}

/** Makes the agents; they log in when told to. */
export function createSimulatedAgents(options: SimulatedAgentsOptions): SimulatedAgents {
  return new Agents(options)
}

class Agents implements SimulatedAgents {
  readonly totals: AgentTotals = { busyMs: 0, availableMs: 0, waitsMs: [] }
  readonly #options: SimulatedAgentsOptions
  readonly #agents = new Map<AgentId, Seen>()
  readonly #unsubscribe: () => void
  #open = false
  #closed = false

  constructor(options: SimulatedAgentsOptions) {
    this.#options = options
    this.#unsubscribe = options.gateway.subscribe((event, at) => this.#hear(event, at))
  }

  logIn(agentId: AgentId): void {
    const { campaignId } = this.#options
    this.#command({ kind: 'agent-login', agentId, campaignId })
    if (!this.#agents.has(agentId)) this.#askForBreaks(agentId)
    this.#seen(agentId)
  }

  logOut(agentId: AgentId): void {
    this.#command({ kind: 'agent-logout', agentId, force: false })
  }

  openDay(): void {
    this.#countAll()
    this.#open = true
    // A night without work is no wait.
    for (const seen of this.#agents.values()) seen.availableSince = this.#options.clock.now()
  }

  closeDay(): void {
    this.#countAll()
    this.#open = false
  }

  close(): void {
    this.#closed = true
    this.#unsubscribe()
  }

  #seen(agentId: AgentId): Seen {
    const known = this.#agents.get(agentId)
    if (known !== undefined) return known
    const now = this.#options.clock.now()
    const seen: Seen = {
      state: 'offline',
      since: now,
      availableSince: now,
      callId: undefined,
      leadId: 0,
      wrapUpMs: 0,
      machine: false,
    }
    this.#agents.set(agentId, seen)
    return seen
  }

  #hear(event: EngineEvent, at: InstantMs): void {
    if (event.kind === 'call-connected') this.#greet(event)
    if (event.kind === 'lead-offer' && event.state === 'shown') this.#decide(event)
    if (event.kind === 'agent-state') this.#moved(event.agentId, event.state, at)
  }

  #decide({ agentId, leadId }: Extract<EngineEvent, { kind: 'lead-offer' }>): void {
    const { decideMs } = this.#options
    if (decideMs !== undefined) this.#after(decideMs, () => this.#command({ kind: 'offer-call', agentId, leadId }))
  }

  /** The agent is told whom they talk to; with a machine on the line they hang up after a while. */
  #greet({ agentId, callId, leadId }: Extract<EngineEvent, { kind: 'call-connected' }>): void {
    if (leadId === undefined) return
    const seen = this.#seen(agentId)
    const { wrapUpMs, machineTalkMs } = this.#options.timesOf(leadId)
    seen.callId = callId
    seen.machine = this.#options.answeredBy(callId) === 'machine'
    seen.wrapUpMs = seen.machine ? 0 : wrapUpMs
    if (seen.machine) this.#after(machineTalkMs, () => this.#command({ kind: 'call-hang-up', callId }))
  }

  #moved(agentId: AgentId, state: AgentState, at: InstantMs): void {
    const seen = this.#seen(agentId)
    this.#count(seen, at)
    const before = seen.state
    seen.state = state
    if (state === 'available') seen.availableSince = at
    if (before === 'available' && (state === 'reserved' || state === 'on-call') && this.#open)
      this.totals.waitsMs.push(at - seen.availableSince)
    if (state === 'wrap-up') this.#writeUp(seen)
    if (state === 'paused') {
      const minutes = this.#options.breaks?.minutes ?? 0
      this.#after(minutes * minuteMs, () => this.#command({ kind: 'agent-resume', agentId }))
    }
  }

  #writeUp(seen: Seen): void {
    const { callId, machine, wrapUpMs } = seen
    if (callId === undefined) return
    const code = machine ? machineCode : 'done'
    this.#after(wrapUpMs, () => this.#command({ kind: 'wrap-up', callId, code, refusal: false }))
  }

  #askForBreaks(agentId: AgentId): void {
    const { breaks } = this.#options
    if (breaks === undefined || breaks.perHour <= 0) return
    const pauseMs = (-Math.log(1 - breaks.random.uniform()) * hourMs) / breaks.perHour
    this.#after(pauseMs, () => {
      const state = this.#seen(agentId).state
      if (this.#open && state !== 'offline' && state !== 'paused')
        this.#command({ kind: 'agent-pause', agentId, reason: 'break', force: false })
      this.#askForBreaks(agentId)
    })
  }

  #after(delayMs: number, act: () => void): void {
    const { clock } = this.#options
    clock.wakeAt(clock.now() + delayMs, () => {
      if (!this.#closed) act()
    })
  }

  /** A no of the engine's is an answer (the call has gone, the agent was quicker); a failure is not. */
  #command(command: Parameters<EngineGateway['command']>[0]): void {
    this.#options.gateway.command(command).catch(this.#options.onFault)
  }

  #countAll(): void {
    for (const seen of this.#agents.values()) this.#count(seen, this.#options.clock.now())
  }

  #count(seen: Seen, at: InstantMs): void {
    const elapsedMs = Math.max(0, at - seen.since)
    seen.since = at
    if (!this.#open) return
    if (seen.state === 'available') this.totals.availableMs += elapsedMs
    else if (seen.state === 'reserved' || seen.state === 'on-call' || seen.state === 'wrap-up')
      this.totals.busyMs += elapsedMs
  }
}
