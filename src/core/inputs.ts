import type { AgentSettings } from './agents/agent.ts'
import type { AttemptStart, Transferred } from './calls/call.ts'
import type { CampaignCounters, CampaignSettings } from './campaigns/campaign.ts'
import type { HopperLead } from './campaigns/lead.ts'
import type { CampaignSpans } from './campaigns/ownerCounts.ts'
import type { FormAnswers } from './campaigns/script.ts'
import type { Place, Purpose } from './compliance/rules.ts'
import type { DayBegun } from './dialing/dayUse.ts'
import type { TrunkSettings } from './dialing/trunk.ts'
import type { AgentId, CallId, CampaignId, InstantMs, LeadId, NodeId, PhoneNumber, TrunkId } from './ids.ts'
import type { PacerMemory } from './pacing/pacer.ts'
import type { EndCause, Obstacle, RefusalReason } from './vocabulary.ts'

/** A call that has come in over a trunk. */
export interface IncomingLeg {
  /** The trunk's id, or the PBX's name of the way in where it is none of ours. */
  readonly trunkId: TrunkId
  /** Who calls, as their network says: anybody can say anything. Absent: withheld, or no number. */
  readonly number?: PhoneNumber
  /** The number that was called. */
  readonly called: PhoneNumber
}

/** What the PBX tells. `at` is the event's own time on the engine's clock, never later than now. */
export type TelephonyEvent =
  | { readonly kind: 'node-up'; readonly nodeId: NodeId; readonly inventory: PbxInventory; readonly at: InstantMs }
  | { readonly kind: 'node-down'; readonly nodeId: NodeId; readonly at: InstantMs }
  /** How long the PBX takes to answer, milliseconds, at least; 0: it is quick. Told when it has changed. */
  | { readonly kind: 'node-pace'; readonly nodeId: NodeId; readonly answerMs: number; readonly at: InstantMs }
  /** The manager interface of a node that stays up for conversations has gone, or is back. */
  | { readonly kind: 'manager-link'; readonly nodeId: NodeId; readonly up: boolean; readonly at: InstantMs }
  | { readonly kind: 'call-ringing'; readonly callId: CallId; readonly sipCallId?: string; readonly at: InstantMs }
  /** The 200: the leg is up and in our hands. */
  | { readonly kind: 'call-answered'; readonly callId: CallId; readonly sipCallId?: string; readonly at: InstantMs }
  /** The PBX has joined the two legs. */
  | { readonly kind: 'call-connected'; readonly callId: CallId; readonly agentId: AgentId; readonly at: InstantMs }
  /**
   * The legs could not be joined: the agent's leg is dead, silent or takes nobody, the customer's leg is gone, or the PBX (`pbx`)
   * did not do it, and neither leg is to blame.
   */
  | {
      readonly kind: 'connect-failed'
      readonly callId: CallId
      readonly agentId: AgentId
      readonly broken: 'agent-leg' | 'customer-leg' | 'pbx'
      readonly at: InstantMs
    }
  /** Somebody else has taken the two legs apart, and they could not be joined again. */
  | { readonly kind: 'call-parted'; readonly callId: CallId; readonly agentId: AgentId; readonly at: InstantMs }
  /** The PBX plays the message of its own accord: we were late. */
  | { readonly kind: 'call-taken-over'; readonly callId: CallId; readonly at: InstantMs }
  /** The person pressed the opt-out key during the message. */
  | { readonly kind: 'call-opted-out'; readonly callId: CallId; readonly at: InstantMs }
  /** Somebody calls us. */
  | ({
      readonly kind: 'call-incoming'
      readonly callId: CallId
      readonly nodeId: NodeId
      readonly sipCallId?: string
      readonly at: InstantMs
    } & IncomingLeg)
  /** Somebody on the respect line has pressed a key. */
  | { readonly kind: 'call-key'; readonly callId: CallId; readonly key: string; readonly at: InstantMs }
  /** All sounds of an order (`SayOrder.said`) have been played, or could not be. */
  | { readonly kind: 'prompt-ended'; readonly callId: CallId; readonly said: number; readonly at: InstantMs }
  | {
      readonly kind: 'call-ended'
      readonly callId: CallId
      readonly cause: EndCause
      readonly sipCode?: number
      readonly sipCallId?: string
      readonly at: InstantMs
    }
  /** Whom the person of a call is to be given to has answered. */
  | { readonly kind: 'target-up'; readonly callId: CallId; readonly at: InstantMs }
  /** They did not answer, or have gone. */
  | { readonly kind: 'target-down'; readonly callId: CallId; readonly cause: EndCause; readonly at: InstantMs }
  /** The agent's leg is in our hands; `by` says who called whom. */
  | {
      readonly kind: 'agent-leg-up'
      readonly agentId: AgentId
      readonly nodeId: NodeId
      readonly by: 'agent' | 'engine'
      readonly at: InstantMs
    }
  | { readonly kind: 'agent-leg-down'; readonly agentId: AgentId; readonly cause: EndCause; readonly at: InstantMs }
  /** RTP from the softphone started or stopped. */
  | { readonly kind: 'agent-media'; readonly agentId: AgentId; readonly flowing: boolean; readonly at: InstantMs }
  | { readonly kind: 'agent-key'; readonly agentId: AgentId; readonly key: string; readonly at: InstantMs }
  | {
      readonly kind: 'agent-registration'
      readonly agentId: AgentId
      readonly registered: boolean
      readonly at: InstantMs
    }

/** What lives on a PBX that is ours, told after every (re)connect and before anything is dialed. */
export interface PbxInventory {
  readonly calls: readonly InventoryCall[]
  /** Agents whose leg is up. */
  readonly agents: readonly AgentId[]
  /** Those of them who pause, as the engine of before has left it with their line; absent: nobody. */
  readonly paused?: readonly PausedLine[]
  /** Calls that were answered without us: the PBX played the message. Told again until acknowledged. */
  readonly unattended: readonly UnattendedCall[]
  /** What the PBX knows of answered calls, those that go on too; absent: nothing. Told again until acknowledged. */
  readonly kept?: readonly KeptCall[]
  /** Calls that ended unanswered while no engine heard of it; absent: none. Told again until acknowledged. */
  readonly unanswered?: readonly UnansweredCall[]
  /** When the PBX was started: what lived there before is gone with it. Absent: not known. */
  readonly startedAt?: InstantMs
}

/** An agent who is on the line and takes no calls. */
export interface PausedLine {
  readonly agentId: AgentId
  readonly reason: string
  /** It is a breather: they begin it anew, and are back by themselves. */
  readonly breather?: true
}

/** One customer's leg that exists on the PBX. */
export interface InventoryCall {
  readonly callId: CallId
  /** `waiting`: answered and nobody took it yet; `announcing`: hears the message. */
  readonly state: 'originating' | 'ringing' | 'waiting' | 'connected' | 'announcing'
  readonly agentId?: AgentId
  /** Connected, with a target to whom their agent has given them; in `agentId`'s stead. */
  readonly transferred?: true
  /** Connected, and on hold. */
  readonly held?: true
  readonly sipCallId?: string
  /** It came in; absent: we have made it. */
  readonly incoming?: IncomingLeg
}

/** A call the PBX answered for without the engine, from its durable record. */
export interface UnattendedCall {
  readonly callId: CallId
  /** `app-*`: the message was played; `hung-up`: the person left before it. */
  readonly reason: 'app-gone' | 'app-late' | 'app-decided' | 'hung-up'
  readonly answeredAt: InstantMs
  readonly optedOut: boolean
  /** Whom it was, where they have opted out: whoever reads it must heed it, also who knows the call by nothing else. */
  readonly number?: PhoneNumber
  readonly sipCallId?: string
}

/** What a PBX keeps of a call that was answered, whether or not the engine lives: by whom it was taken, when, and when it ended. */
export interface KeptCall {
  readonly callId: CallId
  readonly answeredAt: InstantMs
  /** Absent: no agent was joined with it. */
  readonly talk?: { readonly agentId: AgentId; readonly connectedAt: InstantMs; readonly transferred?: Transferred }
  /** Absent: it goes on, or the PBX has died with it. `byPeer`: the other side hung up. */
  readonly end?: { readonly endedAt: InstantMs; readonly byPeer: boolean }
  readonly sipCallId?: string
}

/** How a call ended that nobody has answered, from the PBX's durable record. */
export interface UnansweredCall {
  readonly callId: CallId
  readonly endedAt: InstantMs
  readonly cause: EndCause
  readonly sipCode?: number
}

/** What people and programs ask for, over the API. Each is accepted or rejected with a typed answer. */
export type Command =
  | { readonly kind: 'campaign-apply'; readonly settings: CampaignSettings }
  | { readonly kind: 'campaign-start'; readonly campaignId: CampaignId }
  | { readonly kind: 'campaign-pause'; readonly campaignId: CampaignId }
  | { readonly kind: 'campaign-stop'; readonly campaignId: CampaignId; readonly force: boolean }
  | { readonly kind: 'agent-add'; readonly settings: AgentSettings }
  /** At once, or when they are off the line: whom they talk to is not cut off. */
  | { readonly kind: 'agent-remove'; readonly agentId: AgentId }
  /** The engine calls the agent's phone. */
  | { readonly kind: 'agent-login'; readonly agentId: AgentId; readonly campaignId?: CampaignId }
  | { readonly kind: 'agent-logout'; readonly agentId: AgentId; readonly force: boolean }
  | { readonly kind: 'agent-pause'; readonly agentId: AgentId; readonly reason: string; readonly force: boolean }
  | { readonly kind: 'agent-resume'; readonly agentId: AgentId }
  /** Two minutes without calls, after abuse. */
  | { readonly kind: 'agent-breather'; readonly agentId: AgentId }
  | { readonly kind: 'agent-help'; readonly agentId: AgentId; readonly raised: boolean }
  /** The agent needs longer to write up. `until`: the end as they saw it; where it is another by now, nothing more is asked for. */
  | { readonly kind: 'agent-more-time'; readonly agentId: AgentId; readonly until: InstantMs }
  /** The agent calls the lead that they are shown, or skips it; `leadId`: which, as they saw it. */
  | { readonly kind: 'offer-call'; readonly agentId: AgentId; readonly leadId: LeadId }
  | { readonly kind: 'offer-skip'; readonly agentId: AgentId; readonly leadId: LeadId; readonly reason: string }
  /** The agent calls a lead of their own choice. */
  | { readonly kind: 'agent-dial'; readonly agentId: AgentId; readonly lead: HopperLead }
  | {
      readonly kind: 'wrap-up'
      readonly callId: CallId
      readonly code: string
      readonly note?: string
      readonly callbackAt?: InstantMs
      readonly callbackOwn?: boolean
      readonly form?: FormAnswers
      readonly refusal: boolean
      /** Of a refusal: it is said to every seller. */
      readonly everybody?: true
    }
  | { readonly kind: 'call-hang-up'; readonly callId: CallId }
  | { readonly kind: 'call-hold'; readonly callId: CallId; readonly on: boolean }
  /** `blind`: the agent does not wait to talk with the target. Which targets there are the configuration says. */
  | {
      readonly kind: 'call-transfer'
      readonly callId: CallId
      readonly target: { readonly targetId: string; readonly endpoint: string }
      readonly blind: boolean
    }
  | { readonly kind: 'call-transfer-end'; readonly callId: CallId; readonly how: 'complete' | 'return' }
  /** `digits`: `[0-9*#A-D]+`, pressed on the person's line. */
  | { readonly kind: 'call-digits'; readonly callId: CallId; readonly digits: string }
  /**
   * A number has gone onto a do-not-call list, or its person withdrew a permission (already durable): out of the hopper,
   * ringing calls end. `topic`: only of campaigns about it, `campaignId`: only of this one; absent: of all.
   */
  | {
      readonly kind: 'number-blocked'
      readonly number: PhoneNumber
      readonly topic?: string
      readonly campaignId?: CampaignId
    }
  /** From now on nothing is originated, whatever the campaigns say; or it is again. What rings and talks goes on. */
  | { readonly kind: 'drain'; readonly on: boolean }
  /** A call that the engine has forgotten was a machine's (already durable): the owner's windows take it out. `answeredAt`: of the call. */
  | { readonly kind: 'late-machine'; readonly campaignId: CampaignId; readonly answeredAt: InstantMs }
  /** Leads of the campaign have changed: look for more at once. */
  | { readonly kind: 'leads-changed'; readonly campaignId: CampaignId }

/** What the shell answers to effects. */
export type ShellAnswer =
  | {
      readonly kind: 'hopper-filled'
      readonly campaignId: CampaignId
      readonly leads: readonly HopperLead[]
      /** Leads that a do-not-call list kept out of this refill. */
      readonly blocked?: number
      /** When the store will have more, where it gave fewer than asked; absent: nothing in sight. */
      readonly moreAt?: InstantMs
      /** The store could not be asked: that it gave nothing says nothing of the leads. */
      readonly failed?: true
    }
  /** The verdict at the moment of the originate was no: nothing was dialed, no attempt written. */
  | {
      readonly kind: 'originate-refused'
      readonly callId: CallId
      readonly reason: RefusalReason
      readonly retryAt?: InstantMs
    }
  /** The attempt was written and the PBX did not take the order. `refused`: it said no, which it says of a trunk. */
  | { readonly kind: 'originate-failed'; readonly callId: CallId; readonly refused?: true }
  | { readonly kind: 'target-joined'; readonly callId: CallId; readonly to: 'agent' | 'person' }
  /** The person was not put on hold, or (`on` false) not taken back. */
  | { readonly kind: 'hold-failed'; readonly callId: CallId; readonly on: boolean }
  /** Attempts that a previous run of the daemon left open, read before anything is dialed. */
  | { readonly kind: 'recovered'; readonly open: readonly AttemptStart[] }
  /** What a campaign had counted and learned before the restart. */
  | {
      readonly kind: 'campaign-restored'
      readonly campaignId: CampaignId
      readonly counters: CampaignCounters
      readonly memory?: PacerMemory
      readonly running: boolean
    }
  /** What all calls of a seller for a purpose have come to, whatever the campaigns are called. */
  | {
      readonly kind: 'abandonment-counted'
      readonly sellerId: string
      readonly purpose: Purpose
      readonly campaigns: readonly CampaignSpans[]
    }
  /** Where the unfinished leads of a campaign are. */
  | { readonly kind: 'places-counted'; readonly campaignId: CampaignId; readonly places: readonly Place[] }
  /** A calendar day of the installation begins, or the daemon in the middle of one. */
  | ({ readonly kind: 'day-began' } & DayBegun)
  | { readonly kind: 'trunks'; readonly trunks: readonly TrunkSettings[] }
  /** Whether we have called the number of somebody who calls us, and for which campaign last by the number that they call. */
  | {
      readonly kind: 'caller-traced'
      readonly callId: CallId
      /** `unsure`: it could not be looked up. */
      readonly called: 'yes' | 'no' | 'unsure'
      readonly campaignId?: CampaignId
    }
  /** Something of the machine stands in the way of every originate; absent: nothing does any more. */
  | { readonly kind: 'obstacle'; readonly what?: Exclude<Obstacle, 'draining'> }
  /** How many calls the respect line takes at a time. */
  | { readonly kind: 'respect-line'; readonly callsMax: number }
  | { readonly kind: 'nodes'; readonly nodeIds: readonly NodeId[] }
  /** Time has passed; nothing else. */
  | { readonly kind: 'wake' }

/** Everything that can enter the engine. */
export type Input = TelephonyEvent | Command | ShellAnswer
