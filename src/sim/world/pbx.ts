import type { AgentId, CallId, InstantMs, NodeId } from '../../core/ids.ts'
import type { IncomingLeg } from '../../core/inputs.ts'
import type { EndCause } from '../../core/vocabulary.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Telephony } from '../../ports/telephony.ts'
import type { Callees } from './callees.ts'
import type { LegWatch } from './legWatch.ts'
import type { SimulatedPhones } from './provision.ts'

/** How a simulated PBX behaves. Durations in milliseconds; the defaults are those measured on a live Asterisk. */
export interface SimulatedTelephonyOptions {
  readonly nodeId: NodeId
  readonly clock: Clock
  readonly callees: Callees
  /** Order to join two legs -> joined; default 3. */
  readonly connectDelayMs?: number
  /** Order to hang up -> ended; an answer inside it has crossed our CANCEL; default 10. */
  readonly hangUpDelayMs?: number
  /** Answer that nobody takes -> the PBX plays the message by itself; default 1 800, as in asterisk-conf. */
  readonly takeOverAfterMs?: number
  /** Length of the message; default 4 000. */
  readonly messageMs?: number
  /** Length of each sound that a caller hears; default 4 000. */
  readonly promptMs?: number
  /** Order to call an agent -> the leg is up; default 20. */
  readonly agentAnswerMs?: number
  /** How much later the engine hears of each event; order is kept; default: at once. */
  readonly eventDelayMs?: () => number
  /** Who hears what the engine cannot see: the carrier's side of the truth. */
  readonly witness?: (fact: CarrierFact) => void
}

/** What really happened, whether or not the engine heard of it. */
export type CarrierFact =
  | {
      readonly kind: 'originated' | 'screened-person' | 'screened-machine'
      readonly callId: CallId
      readonly at: InstantMs
    }
  | { readonly kind: 'answered'; readonly callId: CallId; readonly by: 'person' | 'machine'; readonly at: InstantMs }
  | { readonly kind: 'connected'; readonly callId: CallId; readonly at: InstantMs }
  | { readonly kind: 'ended'; readonly callId: CallId; readonly cause: EndCause; readonly at: InstantMs }

/** The simulated PBX with the hands that pull its wires. */
export interface SimulatedTelephony extends Telephony {
  /** The phones that it was told of, by name. */
  readonly phones: SimulatedPhones
  /** For what runs on its legs: media. */
  readonly legs: LegWatch
  /** An agent dials the log-in extension from the phone. */
  agentDialsIn(agentId: AgentId): void
  agentHangsUp(agentId: AgentId): void
  agentPresses(agentId: AgentId, key: string): void
  /** The agent's RTP stops or starts. */
  setAgentMedia(agentId: AgentId, flowing: boolean): void
  /** The agent's phone does not answer when called. */
  setAgentAnswers(agentId: AgentId, answers: boolean): void
  /** The sounds that the agent was told last. */
  told(agentId: AgentId): readonly string[]
  /** Somebody calls us: rings until it is taken or turned away. Nobody is there to take it while the link is broken: the PBX ends it. */
  callComesIn(call: IncomingLeg & { readonly callId: CallId }): void
  callerPresses(callId: CallId, key: string): void
  callerHangsUp(callId: CallId): void
  calleeHangsUp(callId: CallId): void
  calleeOptsOut(callId: CallId): void
  /** Whom the person of a call was given to, or is to be, hangs up. */
  targetHangsUp(callId: CallId): void
  /** The link between engine and PBX breaks; calls live on, events are lost, answers meet the message. */
  breakLink(): void
  restoreLink(): void
  /** Whether somebody is on hold, and the keys that were pressed on their line; undefined: they are not on the line. */
  heard(callId: CallId): { readonly held: boolean; readonly digits: string } | undefined
  /** Who answered a call, where somebody did. */
  answeredBy(callId: CallId): 'person' | 'machine' | undefined
}
