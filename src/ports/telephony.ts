import type { AgentSettings } from '../core/agents/agent.ts'
import type { AttemptEnd } from '../core/calls/call.ts'
import type {
  ConnectOrder,
  HoldOrder,
  JoinTargetOrder,
  OriginateOrder,
  SayOrder,
  TargetOrder,
  TurnedAway,
} from '../core/effects.ts'
import type { AgentId, CallId, NodeId } from '../core/ids.ts'
import type { TelephonyEvent } from '../core/inputs.ts'
import type { DurationCounts } from '../core/tally.ts'
import type { PhoneProvision } from './phones.ts'

/** Says something to an agent. */
export interface TellOrder {
  readonly agentId: AgentId
  /** Names of sounds, in their order. */
  readonly sounds: readonly string[]
}

/** Why an agent's line takes no calls; without a reason it does. `breather`: it ends by itself. */
export interface PauseMark {
  readonly agentId: AgentId
  readonly reason?: string
  readonly breather?: true
}

/** One PBX node. Every promise settles within a bounded time; a rejection is a {@link TelephonyError} of errors.ts. */
export interface Telephony {
  readonly nodeId: NodeId
  /** Agents' phones that stand in none of its files. Absent: it takes none. */
  readonly phones?: PhoneProvision
  /**
   * Takes the PBX for this daemon alone, before anything there is touched; one that cannot be asked now is taken before it links up.
   * A driver that died a moment ago is waited for: some 15 s.
   * @throws TelephonyError `claimed`: another daemon drives it, or is gone and its calls are not
   */
  claim?(): Promise<void>
  /**
   * Begins to link up, for ever. `node-up` (with the inventory of what lives there) comes after every successful resync,
   * `node-down` when the link is lost; between the two no event is lost.
   */
  start(listener: (event: TelephonyEvent) => void): void
  /** Tells the adapter which agents are ours, so that their registrations and legs are followed. */
  watchAgents(agents: readonly AgentSettings[]): void
  /** Resolves when the PBX has taken the order; what becomes of it comes as events. */
  originate(order: OriginateOrder): Promise<void>
  /** Joins the legs, with a beep that only the agent hears. The result comes as `call-connected` or `connect-failed`. */
  connect(order: ConnectOrder): Promise<void>
  /** Plays the campaign's message to an answered person, then ends the call. */
  playMessage(callId: CallId): Promise<void>
  /**
   * Answers a call that came in, where nobody has yet, and plays these sounds instead of what it hears; `prompt-ended` tells that
   * all of them were played, or could not be.
   */
  say(order: SayOrder): Promise<void>
  /** Ends a call that came in, unanswered: the network says that nobody has the number, or that it is busy. */
  turnAway(callId: CallId, why: TurnedAway): Promise<void>
  /**
   * Puts a person on hold, where they hear music and nobody hears the other, or takes them back to their agent; resolves when it is so.
   * @throws TelephonyError it is not so: it is as it was before
   */
  hold(order: HoldOrder): Promise<void>
  /** Rings somebody to whom the person of a call may be given; `target-up` or `target-down` follows. One at a time for a call. */
  callTarget(order: TargetOrder): Promise<void>
  /**
   * Joins that target with the agent of the call, or with its person: then the agent's line is idle again. Resolves when it is so; the
   * target goes when the person does. @throws TelephonyError it is not so, and the target has gone or is let go
   */
  joinTarget(order: JoinTargetOrder): Promise<void>
  /** Ends the target's leg; one that is gone already is no error. */
  dropTarget(callId: CallId): Promise<void>
  /** Presses keys on the person's line, one after the other. */
  sendDigits(order: { readonly callId: CallId; readonly digits: string }): Promise<void>
  /** Ends a customer's leg; one that is gone already is no error. */
  hangUp(callId: CallId): Promise<void>
  /** Rings the agent's phone; `agent-leg-up` or `agent-leg-down` follows. */
  callAgent(order: { readonly agentId: AgentId; readonly endpoint: string }): Promise<void>
  /** Ends the agent's leg. */
  releaseAgent(agentId: AgentId): Promise<void>
  /**
   * Plays these sounds to an agent alone, on their line, over what they hear; what is played already ends. A join neither waits for
   * it nor is heard with it. Without a line it is done.
   */
  tellAgent(order: TellOrder): Promise<void>
  /**
   * Keeps with the agent's line why they pause, or that they do not, for the next inventory of another run. Absent: no run comes after
   * this one.
   */
  markPause?(mark: PauseMark): Promise<void>
  /** The agent is ours no more: what their phone does is not followed. */
  forgetAgent(agentId: AgentId): void
  /** Forgets the PBX's durable records of calls that have been counted. */
  acknowledgeUnattended(callIds: readonly CallId[]): Promise<void>
  /** The end of an answered call is on disk: what the PBX has kept of it may go, some time. */
  callWritten(end: Pick<AttemptEnd, 'callId' | 'connectedAt'>): void
  /**
   * Which of these sounds (names without extension) the PBX does not have. Absent: it has whatever it is asked for.
   * @throws TelephonyError the link is down
   */
  missingSounds?(names: readonly string[]): Promise<readonly string[]>
  /** How long this PBX has taken to answer since this run began. Absent: no wire leads to it. */
  latency?(): PbxLatency
  /** Who has the PBX, or our application there, instead of us, in one line; undefined: nobody. Absent: nobody can. */
  takenBy?(): string | undefined
  /** For `doctor` and the board. */
  health(): Promise<PbxHealth>
  /**
   * Another run takes the calls up in a moment. When it resolves, every end has been told, or is kept by the PBX for that run; orders
   * are still taken. Absent: nothing is kept, no run comes after this one.
   */
  handOver?(): Promise<void>
  /**
   * Idempotent; leaves the PBX's calls alone. `handOver`: another run takes them up in a moment, so whoever answers meanwhile waits for
   * it as long as the law lets them.
   */
  close(how?: { readonly handOver?: boolean }): Promise<void>
}

/** How long a PBX took to answer, by interface; requests that were broken off are left out. */
export interface PbxLatency {
  readonly ari: DurationCounts
  readonly ami: DurationCounts
}

/** What a PBX lacks of the sounds that it was asked for; `missing` undefined: it could not be asked. */
export interface NodeSounds {
  readonly nodeId: NodeId
  readonly missing: readonly string[] | undefined
}

/** What `doctor` looks at. */
export interface PbxHealth {
  readonly version: string
  readonly currentCalls: number
  readonly uptimeSec: number
  /** Modules that the engine needs, with whether they are loaded. */
  readonly modules: Readonly<Record<string, boolean>>
  /** PJSIP endpoints by name: device state and whether a contact is registered. */
  readonly endpoints: Readonly<Record<string, { readonly deviceState: string; readonly registered: boolean }>>
  /** Dialplan contexts that the engine needs, with whether they exist. */
  readonly contexts: Readonly<Record<string, boolean>>
}
