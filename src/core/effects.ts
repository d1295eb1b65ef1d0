import type { AgentSettings, AgentState } from './agents/agent.ts'
import type { AlarmCode, AlarmSeverity, AlarmSubject } from './alarms/kinds.ts'
import type {
  AbandonReason,
  AttemptEnd,
  Call,
  CampaignAttempt,
  InboundAttempt,
  ManualAttempt,
  Transferred,
  WrapUp,
} from './calls/call.ts'
import type { CampaignState } from './campaigns/campaign.ts'
import type { Purpose } from './compliance/rules.ts'
import type { BreakerPhase, TrunkFault } from './dialing/breaker.ts'
import type { ReachedCap } from './dialing/dayUse.ts'
import type { BreakerCause, NodeBreaker } from './dialing/nodeHealth.ts'
import type { OriginateRoute } from './dialing/trunk.ts'
import type { AgentId, CallId, CampaignId, InstantMs, LeadId, NodeId, PhoneNumber, TrunkId } from './ids.ts'
import type { PacingDecision } from './pacing/pacer.ts'
import type { AgentPhrase, RefusalReason } from './vocabulary.ts'

/** All that an originate needs, and what the shell has to write before it leaves. */
export interface OriginateOrder {
  readonly attempt: CampaignAttempt | LeadsManualAttempt
  readonly route: OriginateRoute
  /** Setup plus ring timeout, milliseconds: the engine has given up by then what was not answered. */
  readonly timeoutMs: number
  /** The PBX's own limit, a safety net, comes that much later, so that it cuts no ring that the engine lets end. Absent: at `timeoutMs`. */
  readonly lateRingMs?: number
  /** The PBX plays the message by itself so long after the answer, where the engine has not decided. Absent: 1 800. */
  readonly takeOverMs?: number
  readonly messageSound: string
  readonly optOutKey: string
}

/** An agent's own call to a lead; what is dialed has always one, because the gate's facts are those of a lead. */
export type LeadsManualAttempt = ManualAttempt & { readonly leadId: LeadId }

/** Joins a customer's leg with an agent's. */
export interface ConnectOrder {
  readonly callId: CallId
  readonly agentId: AgentId
  readonly nodeId: NodeId
  readonly maxCallMs: number
}

/** Puts a person on hold, or takes them back to their agent. */
export interface HoldOrder {
  readonly callId: CallId
  readonly agentId: AgentId
  readonly on: boolean
}

/** Rings somebody to whom a person may be given. */
export interface TargetOrder {
  readonly callId: CallId
  readonly agentId: AgentId
  /** The PBX's endpoint, `PJSIP/2001`. */
  readonly endpoint: string
  /** What the target's phone shows. */
  readonly callerId: PhoneNumber
}

/** Joins the target with the agent, or with the person, who is then given on: the PBX keeps `talk` for the record. */
export interface JoinTargetOrder {
  readonly callId: CallId
  readonly agentId: AgentId
  readonly to: 'agent' | 'person'
  readonly talk: { readonly answeredAt: InstantMs; readonly connectedAt: InstantMs; readonly transferred: Transferred }
}

/** Says something to a caller of the respect line. */
export interface SayOrder {
  readonly callId: CallId
  /** Which order of this call it is, from 1: what tells of its end names it. */
  readonly said: number
  /** Names of sounds, in their order. */
  readonly sounds: readonly string[]
  /** The PBX ends the call by itself after this time, milliseconds, unless it is told something else before. */
  readonly maxMs: number
}

/** Why a call that came in is not taken: the number is none of ours, or the respect line is full. */
export type TurnedAway = 'not-ours' | 'busy'

/** What the engine wants done. The dialer carries it out through the ports; core never acts. */
export type Effect =
  /** Gather facts, verdict, write the attempt, wait for its commit, originate; a no comes back as `originate-refused`. */
  | { readonly kind: 'originate'; readonly order: OriginateOrder }
  | { readonly kind: 'connect'; readonly order: ConnectOrder }
  | { readonly kind: 'play-message'; readonly callId: CallId; readonly nodeId: NodeId }
  /** Ask the store whether and for which campaign we have called this number; `caller-traced` answers. */
  | {
      readonly kind: 'trace-caller'
      readonly callId: CallId
      readonly number: PhoneNumber
      readonly called: PhoneNumber
    }
  /** Write that a call has come in. */
  | { readonly kind: 'incoming-begun'; readonly attempt: InboundAttempt }
  /** Answer the call where nobody has, and say this instead of what it hears. `afterWrites`: it acknowledges what must be on disk first. */
  | { readonly kind: 'say'; readonly order: SayOrder; readonly nodeId: NodeId; readonly afterWrites?: true }
  | { readonly kind: 'turn-away'; readonly callId: CallId; readonly nodeId: NodeId; readonly why: TurnedAway }
  | { readonly kind: 'hang-up'; readonly callId: CallId; readonly nodeId: NodeId }
  /** `hold-failed` answers, where the PBX does not. */
  | { readonly kind: 'hold'; readonly order: HoldOrder; readonly nodeId: NodeId }
  /** `target-up` or `target-down` follows. */
  | { readonly kind: 'call-target'; readonly order: TargetOrder; readonly nodeId: NodeId }
  /** `target-joined` answers, or `target-down`. */
  | { readonly kind: 'join-target'; readonly order: JoinTargetOrder; readonly nodeId: NodeId }
  | { readonly kind: 'drop-target'; readonly callId: CallId; readonly nodeId: NodeId }
  /** Press these keys on the person's line. */
  | { readonly kind: 'send-digits'; readonly callId: CallId; readonly nodeId: NodeId; readonly digits: string }
  | { readonly kind: 'call-agent'; readonly agentId: AgentId; readonly nodeId: NodeId; readonly endpoint: string }
  | { readonly kind: 'release-agent'; readonly agentId: AgentId; readonly nodeId: NodeId }
  /** Say this on an agent's line; a call that comes meanwhile cuts it short. */
  | {
      readonly kind: 'tell-agent'
      readonly agentId: AgentId
      readonly nodeId: NodeId
      readonly phrases: readonly AgentPhrase[]
    }
  /** The PBX keeps with the agent's line why they pause, for an engine that comes after this one; absent: they take calls. */
  | {
      readonly kind: 'mark-pause'
      readonly agentId: AgentId
      readonly nodeId: NodeId
      readonly reason?: string
      /** It is a breather: it ends by itself. */
      readonly breather?: true
    }
  /** `nodeId`: where the call lived; what its PBX has kept of it may go when the end is on disk. */
  | {
      readonly kind: 'attempt-ended'
      readonly nodeId: NodeId
      readonly trunkId: TrunkId
      readonly end: AttemptEnd
      /** The longest time that its person was on hold, milliseconds: told, and not kept with the record. */
      readonly longestHoldMs?: number
    }
  | { readonly kind: 'wrapped-up'; readonly wrapUp: WrapUp; readonly number?: PhoneNumber; readonly leadId?: LeadId }
  /** Write to the do-not-call list, durably, before anything else of this number. */
  | {
      readonly kind: 'opt-out'
      readonly number: PhoneNumber
      /** `network`: the person's network said that calls are not wanted (SIP 607). */
      readonly by: 'agent' | 'opt-out-key' | 'network'
      readonly callId: CallId
      /** The agent's word is another than a refusal: somebody else answers there, or the person has died. */
      readonly says?: 'wrong-person' | 'deceased'
      /** It is said to every seller: the person says so, or nobody can tell to whom. */
      readonly everybody?: true
    }
  /** The network says that nobody has this number: it is not dialed again. */
  | { readonly kind: 'retire-number'; readonly number: PhoneNumber; readonly callId: CallId }
  | {
      readonly kind: 'refill-hopper'
      readonly campaignId: CampaignId
      readonly count: number
      /** Leads in the hopper or in flight: not to be given again. */
      readonly exclude: readonly LeadId[]
    }
  /** An agent has skipped the lead: it rests until then; `null`: it is finished. */
  | { readonly kind: 'skip-lead'; readonly leadId: LeadId; readonly until: InstantMs | null }
  /** The PBX's durable records of these calls have been counted and may go. */
  | { readonly kind: 'acknowledge-unattended'; readonly nodeId: NodeId; readonly callIds: readonly CallId[] }
  /** The agent's log-in campaign has changed: remember it over a restart. */
  | { readonly kind: 'agent-saved'; readonly settings: AgentSettings }
  /** The agent is no more: forget them, here and at the PBX. */
  | { readonly kind: 'agent-removed'; readonly agentId: AgentId; readonly nodeId: NodeId }
  /** Ask the store what this owner's calls have come to; `abandonment-counted` answers. */
  | { readonly kind: 'count-abandonment'; readonly sellerId: string; readonly purpose: Purpose }
  /** Ask the store where the campaign's unfinished leads are; `places-counted` answers. */
  | { readonly kind: 'count-places'; readonly campaignId: CampaignId }
  | { readonly kind: 'decision'; readonly campaignId: CampaignId; readonly decision: PacingDecision }
  | { readonly kind: 'notify'; readonly event: EngineEvent }
  /** The same PBX fault need not be told twice; a command that could not be obeyed comes back to its sender. */
  | { readonly kind: 'rejected'; readonly code: RejectionCode; readonly message: string }
  | { readonly kind: 'wake-at'; readonly at: InstantMs }

/** Why an input was not obeyed. Never ignored in silence. */
export type RejectionCode =
  | 'unknown-campaign'
  | 'unknown-agent'
  | 'unknown-call'
  | 'illegal-transition'
  | 'agent-not-registered'
  | 'node-down'
  | 'already-wrapped-up'
  | 'no-breather'
  | 'wrong-mode'
  | 'offer-gone'
  | 'unknown-skip-reason'
  | 'cannot-dial'
  | 'callback-without-time'
  | 'callback-without-lead'

/** An alarm as the event stream tells it. */
export interface AlarmTold {
  readonly code: AlarmCode
  readonly what: AlarmSubject
  /** Which one: an id or a name; absent: there is only one. */
  readonly subject?: string
  /** The subject, where it is a campaign. */
  readonly campaignId?: CampaignId
  readonly severity: AlarmSeverity
  readonly says: string
  readonly since: InstantMs
  /** Somebody has silenced it: it is not sent to the receiver of alarms. */
  readonly silenced: boolean
}

/** What outsiders may want to know: webhooks, the live board, the event stream. */
export type EngineEvent =
  | {
      readonly kind: 'call-connected'
      readonly callId: CallId
      readonly campaignId: CampaignId
      readonly agentId: AgentId
      /** Absent: the call has no lead. */
      readonly leadId?: LeadId
      /** Absent: withheld. */
      readonly number?: PhoneNumber
      readonly connectDelayMs: number
    }
  | {
      readonly kind: 'call-abandoned'
      readonly callId: CallId
      readonly campaignId: CampaignId
      readonly why: AbandonReason
    }
  /** A person is put on hold, or taken back after `heldMs`. */
  | {
      readonly kind: 'call-held'
      readonly callId: CallId
      readonly campaignId: CampaignId
      readonly agentId: AgentId
      readonly held: boolean
      readonly heldMs?: number
    }
  /** A person is to be given to a target, or is (`done`: the agent is out), or not after all. */
  | {
      readonly kind: 'call-transfer'
      readonly callId: CallId
      readonly campaignId: CampaignId
      readonly agentId: AgentId
      readonly leadId?: LeadId
      readonly targetId: string
      readonly state: 'calling' | 'talking' | 'done' | 'failed' | 'taken-back'
    }
  /** A call is over, whatever became of it; its record is being written. */
  | ({ readonly kind: 'call-ended' } & Pick<
      AttemptEnd,
      | 'callId'
      | 'campaignId'
      | 'origin'
      | 'leadId'
      | 'agentId'
      | 'disposition'
      | 'detail'
      | 'answeredAt'
      | 'connectedAt'
      | 'transferredAt'
      | 'transferredTo'
    > &
      Pick<Call, 'longestHoldMs'>)
  /** An agent has said what came of a conversation, or their time to say it has run out. */
  | {
      readonly kind: 'call-wrapped-up'
      readonly callId: CallId
      readonly campaignId: CampaignId
      readonly agentId: AgentId
      readonly leadId?: LeadId
      readonly code: string
      readonly callbackAt?: InstantMs
      /** The person asked not to be called again. */
      readonly refusal: boolean
    }
  /** Calls are no longer originated on the node, one at a time, or as ever; `cause`: what opened it. */
  | {
      readonly kind: 'node-breaker'
      readonly nodeId: NodeId
      readonly state: NodeBreaker['state']
      readonly cause: BreakerCause
    }
  /** Paused by the engine, because joins with their line failed: a person has to look at it. */
  | { readonly kind: 'agent-set-aside'; readonly agentId: AgentId; readonly why: 'line-broken' }
  | { readonly kind: 'agent-state'; readonly agentId: AgentId; readonly state: AgentState }
  /** An agent asks for somebody to come, or it has been seen to. */
  | { readonly kind: 'agent-help'; readonly agentId: AgentId; readonly raised: boolean }
  /** A lead is shown to an agent, who has called it, skipped it, or let the time pass; or it was taken back. */
  | {
      readonly kind: 'lead-offer'
      readonly agentId: AgentId
      readonly campaignId: CampaignId
      readonly leadId: LeadId
      readonly state: 'shown' | 'called' | 'skipped' | 'time-up' | 'taken-back'
      readonly skipReason?: string
    }
  /** The gate has said no to a call that an agent has asked for. */
  | {
      readonly kind: 'dial-refused'
      readonly agentId: AgentId
      readonly campaignId: CampaignId
      readonly leadId: LeadId
      readonly reason: RefusalReason
      readonly retryAt?: InstantMs
    }
  | { readonly kind: 'campaign-state'; readonly campaignId: CampaignId; readonly state: CampaignState }
  /** A trunk is left alone because its carrier fails, is tried with one call, or is used again. */
  | {
      readonly kind: 'trunk-breaker'
      readonly trunkId: TrunkId
      readonly nodeId: NodeId
      readonly state: BreakerPhase['state']
      readonly fault?: TrunkFault
      /** How often it has been left alone without doing well for some minutes between. */
      readonly openings: number
      /** When one call is tried. */
      readonly probeAt?: InstantMs
      /** The call that tries it. */
      readonly callId?: CallId
    }
  /** Something is the matter that people must know of; `todo`: what they do. */
  | ({ readonly kind: 'alarm-raised'; readonly todo: string } & AlarmTold)
  | ({ readonly kind: 'alarm-ended' } & AlarmTold)
  /** Nothing more of the campaign is dialed until then; live calls go on. */
  | ({ readonly kind: 'day-cap-reached'; readonly campaignId: CampaignId } & ReachedCap)
