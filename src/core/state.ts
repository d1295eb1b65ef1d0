import type { Agent } from './agents/agent.ts'
import type { AttemptStart, Call, CallPerson } from './calls/call.ts'
import type { CampaignProgress, CampaignSettings, CampaignState } from './campaigns/campaign.ts'
import type { Hopper } from './campaigns/lead.ts'
import type { OwnerCounts, OwnerId } from './campaigns/ownerCounts.ts'
import type { LawFinder } from './compliance/law.ts'
import type { Place } from './compliance/rules.ts'
import type { DeadlineHeap } from './deadlines.ts'
import type { DayUse, ReachedCap } from './dialing/dayUse.ts'
import type { NodeBreaker, NodeHealth } from './dialing/nodeHealth.ts'
import type { Trunk } from './dialing/trunk.ts'
import type { AgentId, CallId, CallIdSource, CampaignId, InstantMs, NodeId, PhoneNumber, TrunkId } from './ids.ts'
import type { Pacer, PacerFactory, PacingSettings } from './pacing/pacer.ts'
import type { PacingPicture } from './picture.ts'
import type { Obstacle } from './vocabulary.ts'

/** A campaign at work. */
export interface Campaign {
  settings: CampaignSettings
  state: CampaignState
  readonly progress: CampaignProgress
  readonly hopper: Hopper
  pacer: Pacer
  /** What the pacer is given: the settings as the law lets them be. */
  pacing: PacingSettings
  /** Who pays for what it abandons: seller and purpose. */
  ownerId: OwnerId
  /** Where the leads are that it has had since it was applied: their law holds beside the seller's. */
  readonly places: Set<Place>
  /** When the store is asked next which of these places still have leads; absent: not before leads change. */
  countPlacesAt?: InstantMs
  /** The day (since 1970-01-01) whose law `pacing` follows; NaN: to be asked anew. */
  lawOfDay: number
  /** What the pacer is shown, renewed at every decision. */
  readonly picture: PacingPicture
  /** Turns of caller identity and trunk. */
  nextCallerId: number
  /** The next decision without an event. */
  decideAt: InstantMs
  /** Something has changed that the next decision must see. */
  dirty: boolean
  /** The day's cap that stops it. */
  dayCap?: ReachedCap | undefined
  /** The last one that was told. */
  dayCapTold?: string
}

/** One PBX node's link. Nothing is originated on a node that is down. */
export interface PbxNode {
  readonly nodeId: NodeId
  link: 'down' | 'up'
  /** Calls whose refusal on the PBX's record we have heeded: a record that is not ours is told again and again. */
  readonly heeded: Set<CallId>
  /** Closed: calls are originated there. */
  breaker: NodeBreaker
  readonly health: NodeHealth
}

/** Everything the engine knows. Mutated by `step` alone. */
export interface EngineState {
  readonly callIds: CallIdSource
  /** Makes each campaign's pacer: the product's, or a rival in a simulation. */
  readonly createPacer: PacerFactory
  /** The laws as loaded: abandonment is held to those of the sellers and of the places that campaigns call. */
  readonly laws: LawFinder
  readonly nodes: Map<NodeId, PbxNode>
  readonly trunks: Map<TrunkId, Trunk>
  readonly campaigns: Map<CampaignId, Campaign>
  /** What the owners of the campaigns have abandoned. */
  readonly owners: Map<OwnerId, OwnerCounts>
  readonly agents: Map<AgentId, Agent>
  readonly calls: Map<CallId, Call>
  /** Numbers that are being called, whatever the campaign. */
  readonly numbersInFlight: Set<PhoneNumber>
  /** Persons with several numbers who are being called. */
  readonly personsInFlight: Set<number>
  /** How many calls the respect line takes at a time. */
  respectLineMax: number
  /** Who calls us: nobody calls them meanwhile. */
  readonly callers: Map<CallId, CallPerson>
  /** Conversations on which the agent's word has not come: until then nobody knows whether the person may be called again. */
  readonly wrapUpAwaited: Map<CallId, CallPerson>
  /** Attempts of a previous run that wait for their node's inventory. */
  readonly unresolved: Map<CallId, AttemptStart>
  /** Connected calls that ended and whose wrap-up may still come: who, whom, when. */
  readonly recentCalls: Map<CallId, RecentCall>
  readonly deadlines: DeadlineHeap
  /** Stands in the way of every originate until the shell says that it is gone. */
  obstacle: Exclude<Obstacle, 'draining'> | undefined
  /** Nothing more is originated, whatever the campaigns say: the daemon is to end, or to be left alone. */
  draining: boolean
  /** What has been dialed and talked today, against the caps. */
  readonly day: DayUse
  /** Agents with a pending request. */
  readonly pendingAgents: Set<AgentId>
}

/** A conversation that has ended, kept until its wrap-up is in (at most a bounded number). */
export interface RecentCall {
  readonly call: Call
  readonly agentId: AgentId
  wrappedUp: boolean
}
