import type { AgentPhase, AgentState, PendingRequest, RefusedDial } from '../core/agents/agent.ts'
import type { Alarm } from '../core/alarms/alarm.ts'
import type { CallPhase, CallState, Transfer } from '../core/calls/call.ts'
import type { CampaignCounters, CampaignSettings, CampaignState } from '../core/campaigns/campaign.ts'
import type { OwnerId } from '../core/campaigns/ownerCounts.ts'
import type { LawFinder } from '../core/compliance/law.ts'
import type { Place } from '../core/compliance/rules.ts'
import type { BreakerPhase, TrunkFault } from '../core/dialing/breaker.ts'
import type { ReachedCap } from '../core/dialing/dayUse.ts'
import type { BreakerCause } from '../core/dialing/nodeHealth.ts'
import type { EngineEvent, RejectionCode } from '../core/effects.ts'
import type { AgentId, CallId, CampaignId, InstantMs, LeadId, NodeId, PhoneNumber, TrunkId } from '../core/ids.ts'
import type { Command } from '../core/inputs.ts'
import type { DecisionRecord, PacingDecision, PacingMode, WindowFigures } from '../core/pacing/pacer.ts'
import type { DurationCounts } from '../core/tally.ts'
import type { Disposition, EndCause, PacingReason, RefusalReason } from '../core/vocabulary.ts'
import type { AlarmDesk } from './alarms.ts'
import type { LeadRelease } from './leadUpkeep.ts'
import type { RefusalAnswer, RefusalBy, RefusalWay } from './refusals.ts'

/**
 * The running engine as everybody else sees it. What it answers is a copy, made when it is asked: it may be kept, and it never
 * changes.
 */
export interface EngineGateway extends EngineReads {
  /** Enters a command; answers after the step that took it, and after what must be durable is on disk. */
  command(command: EngineCommand): Promise<CommandAnswer>
  /**
   * The one door for a no, whoever says it: onto the disk, out of the hoppers and off the ringing lines, in the order that the
   * way has in `dialer/refusals.ts` (its `disk`).
   */
  refuse<Way extends RefusalWay>(refusal: RefusalBy<Way>): Promise<RefusalAnswer<Way>>
  /**
   * Nothing is originated from now on; what goes on is waited for. Asked once more, the new order replaces the one before. Absent: the
   * process is ending, the order is not taken.
   */
  drain(order: DrainOrder): DrainSnapshot | undefined
  /** Campaigns dial again as they are set; where nothing is drained they do already. False: the process is ending, nothing is taken back. */
  cancelDrain(): boolean
  /** How the drain that is under way ends; at once where none is. */
  drainEnd(): Promise<DrainEnd>
  /**
   * Leads that were put off for these reasons are looked at again: begins, and goes on by itself behind whatever is being
   * dialed. A campaign whose settings change releases its own.
   */
  release(release: LeadRelease): void
  /** Told of every engine event until the function returned is called. */
  subscribe(listener: (event: EngineEvent, at: InstantMs) => void): () => void
}

/** What people and programs may ask of the engine. Refusals and drains come by doors of their own. */
export type EngineCommand = Exclude<Command, { readonly kind: 'number-blocked' | 'drain' }>

/** What may be read of the running engine: narrow questions, each answered with what it costs to answer it. */
export interface EngineReads {
  /** The date, as well as it is known. */
  now(): InstantMs
  /** The alarms, and what is asked of them. */
  readonly alarmDesk: AlarmDesk
  /** The laws as loaded; they do not change while the engine runs. */
  readonly laws: LawFinder
  /** Everything in figures: one look through the agents and calls a campaign, nobody copied. */
  board(): EngineBoard
  /** What has been counted since this run began; it only grows. */
  counts(): RunCounts
  /** The campaigns in the order in which they were first applied. */
  campaigns(): readonly CampaignSnapshot[]
  campaign(campaignId: CampaignId): CampaignSnapshot | undefined
  agents(): readonly AgentSnapshot[]
  agent(agentId: AgentId): AgentSnapshot | undefined
  /** A call in flight, or a conversation that has ended and may still be wrapped up. */
  call(callId: CallId): CallSnapshot | undefined
  /** How many calls there are in whatever state. */
  callCount(): number
  /** Whether a call to the number is in flight, whatever the campaign. */
  isInFlight(number: PhoneNumber): boolean
  /** Absent: the daemon dials as its campaigns are set. */
  draining(): DrainSnapshot | undefined
  /**
   * The last decisions of a campaign, newest first (bounded), at most `limit`. Equal neighbours are folded into one with a
   * count.
   */
  decisions(campaignId: CampaignId, limit?: number): readonly RecordedDecision[]
  /** The newest decision worth keeping, with everything it rested on; absent where none was recorded. */
  lastRecord(campaignId: CampaignId): DecisionRecord | undefined
}

/** How dialing is to end. */
export interface DrainOrder {
  /**
   * When nothing is left to wait for: the daemon ends, or stays and dials nothing. `hand-over`: it waits for nobody who talks or
   * rings, and ends; the PBX keeps them for the next start.
   */
  readonly finish: 'end' | 'stay' | 'hand-over'
  /** After so long what still goes on is ended; absent: it takes the time that it takes. Of a hand-over: so long phones that ring and wrap-ups are waited for; absent: not at all. */
  readonly deadlineMs?: number
  /** Of a hand-over: the next daemon is started and takes over at once, so whoever has just answered is left to it too. */
  readonly nextIsReady?: true
}

/** A drain at one instant. */
export interface DrainSnapshot {
  readonly state: 'draining' | 'drained'
  readonly finish: DrainOrder['finish']
  readonly since: InstantMs
  /** Absent: there is none. */
  readonly deadlineAt?: InstantMs
  /** Calls that there are, and how many of them are conversations. */
  readonly calls: number
  readonly talks: number
  /** Agents who write up. */
  readonly wrapUps: number
  /** People who were cut off at the deadline. */
  readonly cut: number
}

/** How a drain has ended; `stopped`: the process was told to end meanwhile, `none`: there was none. */
export interface DrainEnd {
  readonly how: 'drained' | 'cancelled' | 'stopped' | 'none'
  readonly finish?: DrainOrder['finish']
  readonly cut: number
  /** Calls that were there finish, conversations among them. */
  readonly left: number
  readonly talks: number
}

/** A campaign as applied, and whether it dials. */
export interface CampaignSnapshot {
  readonly settings: CampaignSettings
  readonly state: CampaignState
  /** Who pays for what it abandons: seller and purpose. */
  readonly ownerId: OwnerId
  /** Where the leads are that it has had since it was applied: their law holds beside the seller's. */
  readonly places: ReadonlySet<Place>
}

/** An agent at one instant. */
export interface AgentSnapshot {
  readonly agentId: AgentId
  readonly name: string
  readonly endpoint: string
  readonly nodeId: NodeId
  readonly campaignId?: CampaignId
  readonly phase: AgentPhase
  readonly pending?: PendingRequest
  /** They are removed as soon as they are off the line. */
  readonly removed?: true
  /** Why their phone, rung for the last log-in, did not come onto the line. */
  readonly unreached?: { readonly cause: EndCause; readonly at: InstantMs }
  /** Absent where the PBX has not said. */
  readonly registered?: boolean
  readonly mediaFlowing: boolean
  /** Conversations since the session began. */
  readonly calls: number
  /** 0..1 since the session began, time of pauses and breathers excluded. */
  readonly occupancy: number
  /** Breathers since the session began. */
  readonly breathers: number
  /** Since when their hand is raised. */
  readonly helpSince?: InstantMs
  /** The lead that they are shown, and until when they decide. */
  readonly offer?: { readonly leadId: LeadId; readonly since: InstantMs; readonly until: InstantMs }
  /** Why the last call that they asked for was not made. */
  readonly refused?: RefusedDial
}

/** A call at one instant. */
export interface CallSnapshot {
  readonly callId: CallId
  readonly campaignId: CampaignId
  /** Absent: the call has no lead. */
  readonly leadId?: LeadId
  /** Absent: withheld. */
  readonly number?: PhoneNumber
  readonly callerId: PhoneNumber
  readonly phase: CallPhase
  /** Since when its person is on hold. */
  readonly heldSince?: InstantMs
  /** Its agent is about to give its person to somebody else. */
  readonly transfer?: Transfer
  /** The longest hold of it that is over, milliseconds. */
  readonly longestHoldMs?: number
  /** The conversation is over, or its person given on, and waits for its wrap-up; `phase` is its last. */
  readonly ended: boolean
}

/** The engine in figures at one instant. Occupancies are 0..1. */
export interface EngineBoard {
  readonly at: InstantMs
  readonly agents: Readonly<Record<AgentState, number>>
  readonly calls: Readonly<Record<CallState, number>>
  readonly occupancy: number
  readonly nodes: readonly NodeFigures[]
  readonly trunks: readonly TrunkFigures[]
  readonly campaigns: readonly CampaignFigures[]
  /** Nothing more is originated; absent: the daemon dials as its campaigns are set. */
  readonly drain?: DrainSnapshot
  /** What people must know of, the gravest first, what is silenced last. */
  readonly alarms: readonly Alarm[]
}

/** How a PBX does. */
export interface NodeFigures {
  readonly nodeId: NodeId
  readonly link: 'up' | 'down'
  /** Absent: closed, calls are originated there. */
  readonly breaker?: {
    readonly state: 'open' | 'probing'
    readonly cause: BreakerCause
    readonly since: InstantMs
  }
}

/** What a trunk carries. */
export interface TrunkFigures {
  readonly trunkId: TrunkId
  readonly nodeId: NodeId
  readonly channelsInUse: number
  readonly channelsMax: number
  readonly callsPerSecondMax: number
  /** Share 0..1 of calls of 6 s or less among the last answered ones. */
  readonly shortCallRate: number
  readonly breaker: BreakerFigures
}

/** Whether a trunk is used, and why not. */
export interface BreakerFigures {
  readonly state: BreakerPhase['state']
  readonly since: InstantMs
  /** Absent: none is known. */
  readonly fault?: TrunkFault
  /** When one call is tried. */
  readonly probeAt?: InstantMs
  /** How often it has been left alone without doing well for some minutes between. */
  readonly openings: number
  /** Shares 0..1 of the last calls that the carrier failed, and of the last answers that came too soon. */
  readonly refusedRate: number
  readonly falseAnswerRate: number
}

/** A campaign at work in figures. Rates are 0..1. */
export interface CampaignFigures {
  readonly campaignId: CampaignId
  readonly name: string
  readonly state: CampaignState
  readonly startedAt?: InstantMs
  readonly agents: Readonly<Record<AgentState, number>>
  readonly calls: Readonly<Record<CallState, number>>
  readonly counters: Readonly<CampaignCounters>
  /** Calls in flight per working agent. */
  readonly dialLevel: number
  readonly abandonmentRate: number
  readonly occupancy: number
  /** Leads in the hopper. */
  readonly hopper: number
  /** The pacing as the law lets it be: what is steered to, not what was wished for. */
  readonly mode: PacingMode
  readonly dialLevelMax: number
  readonly abandonmentTarget: number
  readonly abandonmentRateMax: number
  /** The law's windows with what is left in them, as of the last decision; empty without a law. */
  readonly windows: readonly WindowFigures[]
  /** What agents have dialed by themselves since this run began, which `counters` have none of; absent: nothing. */
  readonly byHand?: ByHandFigures
  /** A cap of the day that has been reached: nothing is dialed until it is over. */
  readonly dayCap?: ReachedCap
}

/** Calls that agents have made by themselves, and how many of them became conversations. */
export interface ByHandFigures {
  readonly attempts: number
  readonly connected: number
}

/** What has happened since this run of the engine began. Nothing is ever taken back: what began again began at zero. */
export interface RunCounts {
  /** Calls that have ended. */
  readonly trunkCalls: readonly {
    readonly trunkId: TrunkId
    readonly disposition: Disposition
    readonly calls: number
  }[]
  /** Of campaigns that have done anything in this run. */
  readonly campaigns: readonly CampaignCounts[]
  /** Records of calls that wait for a store that does not take them, now. */
  readonly recordsWaiting: number
}

/** What has happened in one campaign since this run began. */
export interface CampaignCounts {
  readonly campaignId: CampaignId
  /** Calls that have ended. */
  readonly calls: Readonly<Partial<Record<Disposition, number>>>
  /** From a person's answer to the agent. */
  readonly connectDelays: DurationCounts
  readonly decisions: Readonly<Partial<Record<PacingReason, number>>>
  /** How often the gate has put a lead off, by its reason; a lead that is looked at again counts again. */
  readonly heldBack: Readonly<Partial<Record<RefusalReason, number>>>
}

/** Whether a command was obeyed. `message` is one line that says what to do. */
export type CommandAnswer =
  | { readonly accepted: true }
  | { readonly accepted: false; readonly code: RejectionCode; readonly message: string }

/** A pacing decision as kept for `pacing explain`. */
export interface RecordedDecision {
  readonly at: InstantMs
  readonly decision: PacingDecision
  /** How many equal decisions (same reason, nothing originated) stand behind this one, itself included. */
  readonly times: number
}
