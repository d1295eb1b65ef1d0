import type { HopperLead } from '../campaigns/lead.ts'
import type { AgentId, CallId, CampaignId, InstantMs, NodeId } from '../ids.ts'
import type { Mutable } from '../mutable.ts'
import type { PacingAgent } from '../pacing/pacer.ts'
import type { EndCause, RefusalReason } from '../vocabulary.ts'

/**
 * An agent.
 *
 *     offline --login--> calling --leg up--> available <-----------------------+
 *        ^                  |                  |   ^  \                        |
 *        +---leg refused----+           answer |   |   pause / resume: paused  |
 *        |                                     v   | connect failed            |
 *        +---- leg down (from any state)    reserved --confirmed--> on-call    |
 *                                                                     |        |
 *                                                  call ended         v        |
 *                                                                  wrap-up ----+ code, key or timer
 *
 * A pause, breather, log-out or campaign stop asked for while calls ring that count on the agent waits in `pending`. A breather is
 * two minutes in a state of its own: `available` -> `breather` -> `available` by the clock, or when the agent resumes.
 */
export interface Agent {
  readonly agentId: AgentId
  readonly name: string
  /** The SIP endpoint, `PJSIP/1001`. */
  readonly endpoint: string
  /** The node whose Asterisk holds the agent's leg: an agent session belongs to one node. */
  readonly nodeId: NodeId
  campaignId: CampaignId | undefined
  phase: AgentPhase
  pending: PendingRequest | undefined
  /** Last known: the softphone sends RTP. A silent phone gets no call. */
  mediaFlowing: boolean
  /** Joins in a row, since their last conversation, that failed by their line. */
  failedJoins: number
  /** Last known SIP registration; `undefined` where the PBX has not said. */
  registered: boolean | undefined
  /** When the leg went down without our asking, while the agent is offline. */
  leftAt?: InstantMs
  /** The PBX took the leg with it: the agent's phone is rung again until then. */
  rejoinUntil?: InstantMs
  /** Why their phone, rung for the last log-in, did not come onto the line. */
  unreached?: { readonly cause: EndCause; readonly at: InstantMs }
  /** What they have dialed of the hours to a call-back, and how long another digit is waited for. */
  asked?: { readonly digits: string; readonly until: InstantMs }
  /** They are forgotten as soon as they are off the line. */
  removed?: true
  /** They have raised their hand, and nobody has lowered it. */
  helpSince?: InstantMs
  /** They have talked since their last breather: another one is theirs. */
  mayBreathe?: true
  /** Time by state since the session began, for occupancy. */
  readonly times: AgentTimes
  /** The call that has been originated for this agent alone: until it is settled they take no other. */
  heldFor?: CallId
  /** The lead that is shown to them, and to nobody else, while they are available. */
  offer?: LeadOffer
  /** Why the last call that they asked for was not made, until they call or skip somebody else. */
  refused?: RefusedDial
  /** What pacing sees of them. */
  readonly view: AgentView
}

/** A lead that an agent may call or skip. */
export interface LeadOffer {
  readonly lead: HopperLead
  readonly since: InstantMs
  /** By then they have decided. */
  readonly until: InstantMs
}

/** The gate's no to a call that an agent has asked for. */
export interface RefusedDial {
  readonly at: InstantMs
  readonly reason: RefusalReason
  /** When the answer can be another one; absent: never by itself. */
  readonly retryAt?: InstantMs
}

/** What an agent is doing. */
export type AgentPhase =
  | { readonly state: 'offline'; readonly since: InstantMs }
  | { readonly state: 'calling'; readonly since: InstantMs }
  | { readonly state: 'available'; readonly since: InstantMs }
  | { readonly state: 'reserved'; readonly since: InstantMs; readonly callId: CallId }
  | { readonly state: 'on-call'; readonly since: InstantMs; readonly callId: CallId }
  | { readonly state: 'wrap-up'; readonly since: InstantMs; readonly until: InstantMs; readonly callId: CallId }
  | { readonly state: 'paused'; readonly since: InstantMs; readonly reason: string }
  | { readonly state: 'breather'; readonly since: InstantMs; readonly until: InstantMs }

/** An agent's state word. `calling` is an agent whose phone the engine rings for the log-in. */
export type AgentState = AgentPhase['state']

/** A request that takes effect when the calls in flight at `askedAt` are settled, at the latest at `latestAt`. */
export interface PendingRequest {
  readonly kind: 'pause' | 'logout' | 'breather'
  readonly reason: string
  readonly askedAt: InstantMs
  readonly latestAt: InstantMs
}

/** Milliseconds by state, closed at each transition. Occupancy = (onCall + wrapUp) / (onCall + wrapUp + available). */
export interface AgentTimes {
  availableMs: number
  onCallMs: number
  wrapUpMs: number
  pausedMs: number
  /** Of breathers, which are no pauses. */
  breatherMs: number
  calls: number
  breathers: number
}

/** The accounts of an agent who has done nothing yet. */
export function newTimes(): AgentTimes {
  return { availableMs: 0, onCallMs: 0, wrapUpMs: 0, pausedMs: 0, breatherMs: 0, calls: 0, breathers: 0 }
}

/** Agents that the engine knows, as the operator's configuration names them. */
export interface AgentSettings {
  readonly agentId: AgentId
  readonly name: string
  readonly endpoint: string
  readonly nodeId: NodeId
  /** The campaign a log-in without a name joins. */
  readonly campaignId?: CampaignId
}

/** Which state may follow which. `offline` may follow any (the leg went down); it leads to `on-call` in a recovery. */
export const agentTransitions: Readonly<Record<AgentState, readonly AgentState[]>> = {
  offline: ['calling', 'available', 'on-call'],
  calling: ['available', 'offline'],
  available: ['reserved', 'paused', 'breather', 'offline', 'calling'],
  reserved: ['on-call', 'available', 'offline', 'calling'],
  'on-call': ['wrap-up', 'available', 'offline', 'calling'],
  'wrap-up': ['available', 'paused', 'offline', 'calling'],
  paused: ['available', 'offline', 'calling'],
  breather: ['available', 'paused', 'offline', 'calling'],
}

/** What pacing sees of an agent; follows their every move. `working`: they are on the line and at work. */
export interface AgentView extends Mutable<Required<PacingAgent>> {
  working: boolean
}

/** The view of an agent who is not on the line. */
export function createAgentView(): AgentView {
  return { state: 'available', since: 0, until: 0, leaving: false, working: false }
}

/** Brings an agent's view up to their phase. Returns whether they have come to or gone from work. */
export function viewAgent(agent: Agent): boolean {
  const { view, phase } = agent
  const { state } = phase
  const worked = view.working
  view.since = phase.since
  view.until = 0
  view.working = state === 'available' || state === 'reserved' || state === 'on-call' || state === 'wrap-up'
  if (state === 'available' || state === 'reserved' || state === 'on-call' || state === 'wrap-up') view.state = state
  return view.working !== worked
}
