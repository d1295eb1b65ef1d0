import type { PromptLanguage } from '../campaigns/campaign.ts'
import type { HopperLead } from '../campaigns/lead.ts'
import type { FormAnswers } from '../campaigns/script.ts'
import type { AgentId, CallId, CampaignId, InstantMs, LeadId, NodeId, PhoneNumber, TrunkId } from '../ids.ts'
import type { Mutable } from '../mutable.ts'
import type { PacingCall } from '../pacing/pacer.ts'
import type { Disposition } from '../vocabulary.ts'

/**
 * One attempt's call, from originate to disposition: of a campaign, by an agent's own hand, or from outside. What only one origin
 * has lives in its variant. A campaign's call:
 *
 *                     verdict no
 *     originating ----------------> (gone, no attempt)
 *         |  \______________________________________________
 *         v                                                 \
 *      ringing ------------------------------------------> ended   busy, no-answer, congestion, rejected,
 *         |  \                                               ^     failed, withdrawn
 *         |   v  answered, and somebody finds out by whom    |
 *         |  screening -----------------+------------------->|     abandoned (or hung-up-waiting)
 *         v   v      nobody free at 1.7 s v                  |
 *      waiting --------------------> announcing -------------+     abandoned (or hung-up-waiting)
 *         |  ^                                               |
 *         v  | the agent's leg was dead                      |
 *      connected --------------------------------------------+     connected
 *
 * `waiting` is a person who has answered and has no agent yet; `announcing` hears the campaign's message. The 1.7 s run from the
 * answer, through `screening` too.
 *
 *     manual    originating --> ringing --> connected --> ended    its agent has been with it from the start
 *                                               |
 *                                               +--> announcing     its agent was gone when the person answered
 *     inbound   ringing --> informing                              the respect line: no agent is asked, see `respectLine.ts`
 *               ringing --> screening --> waiting <--> connected   nobody hears a message, nobody is abandoned
 */
export type Call = CampaignCall | ManualCall | InboundCall

/** Who began a call: pacing, an agent, or somebody outside. */
export type CallOrigin = Call['origin']

/** A call that pacing has made to a lead. Its person waits for an agent, who may be none: the law counts that. */
export interface CampaignCall extends CallBase {
  readonly origin: 'campaign'
  readonly lead: HopperLead
  readonly number: PhoneNumber
  phase: PhaseIn<Exclude<CallState, 'informing'>>
  /** What pacing sees of it. */
  readonly view: CallView
}

/** A call that an agent has made, and is reserved for until it ends. Its person waits for nobody, and hears the message where the agent is gone. */
export interface ManualCall extends CallBase {
  readonly origin: 'manual'
  readonly agentId: AgentId
  readonly lead?: HopperLead
  readonly number: PhoneNumber
  phase: PhaseIn<'originating' | 'ringing' | 'connected' | 'announcing'>
}

/** A call from outside. It may wait for an agent as long as its person likes. */
export interface InboundCall extends CallBase {
  readonly origin: 'inbound'
  readonly lead?: HopperLead
  /** Absent: withheld. */
  readonly number?: PhoneNumber
  phase: PhaseIn<'ringing' | 'informing' | 'screening' | 'waiting' | 'connected'>
  /** Its beginning is written, or on its way to be. */
  onRecord?: true
  /** What the respect line says to it, once it is known who has called its person. */
  line?: LineScript
}

/** What the respect line has to say in one call. */
export interface LineScript {
  /** Sounds of one round, in their order. */
  readonly message: readonly string[]
  /** The languages in which the last words are said. */
  readonly languages: readonly PromptLanguage[]
  /** Campaigns of one seller are concerned: a refusal can be said to them alone. */
  readonly ofOneSeller: boolean
}

/** What calls of every origin have. */
interface CallBase {
  readonly callId: CallId
  readonly campaignId: CampaignId
  readonly nodeId: NodeId
  readonly trunkId: TrunkId
  /** Our number in the call: the identity that was presented, or the number that was called. */
  readonly callerId: PhoneNumber
  /** When it was originated, or came in. */
  readonly originatedAt: InstantMs
  /** The SIP Call-ID, once the PBX has told it: the carrier's witness is matched by it. */
  sipCallId?: string
  /** We have asked the PBX to end it and why; the disposition is decided when it has ended. */
  endingAs?: 'withdrawn' | 'ring-timeout' | 'opt-out' | 'operator' | 'longest-call'
  /** The agent gave the code while still talking: no wrap-up follows. */
  wrapUpGiven?: true
  /** The person hears music since then, and the agent does not hear them. Of conversations alone. */
  held?: { readonly since: InstantMs }
  /** Their agent is about to give them to somebody else. */
  transfer?: Transfer
  /** The longest hold of the conversation that is over, milliseconds; absent: none is. */
  longestHoldMs?: number
  /** The customer's leg could not be joined: it is going, or gone. It is offered to nobody, its end is awaited. */
  legBroken?: true
  /** Agents with whom it could not be joined: they are not tried again. */
  notJoinedWith?: readonly AgentId[]
  /** Found on the PBX after a restart: instants before that are not known, unless it is {@link CallBase.timed}. */
  recovered?: true
  /** Recovered, and has its own instants: the PBX had kept them, or they came after it was found. */
  timed?: true
}

/** A transfer under way; `blind`: the agent does not talk with the target. */
export interface Transfer {
  readonly targetId: string
  readonly blind: boolean
  readonly state: 'calling' | 'joining' | 'talking'
}

/** When somebody was given on, and to which target. */
export interface Transferred {
  readonly at: InstantMs
  readonly to: string
}

/** What a call is doing; data valid only in one state lives in that state's variant. */
export type CallPhase =
  | { readonly state: 'originating' }
  | { readonly state: 'ringing'; readonly ringingAt: InstantMs }
  | {
      readonly state: 'informing'
      readonly ringingAt: InstantMs
      readonly answeredAt: InstantMs
      /** What the person hears: the message, nothing because we wait for a key, or the last words before we hang up. */
      readonly hears: 'message' | 'nothing' | 'last-words'
      /** Which time they hear the message, from 1. */
      readonly round: number
      /** Which order to say something it is, from 1. */
      readonly said: number
    }
  | { readonly state: 'screening'; readonly ringingAt?: InstantMs; readonly answeredAt: InstantMs }
  | { readonly state: 'waiting'; readonly ringingAt?: InstantMs; readonly answeredAt: InstantMs }
  | {
      readonly state: 'connected'
      readonly ringingAt?: InstantMs
      readonly answeredAt: InstantMs
      /** When the engine decided; the PBX confirms with `call-connected`. */
      readonly connectingAt: InstantMs
      readonly connectedAt?: InstantMs
      readonly agentId: AgentId
      /** The agent has given them to a target, and is out. */
      readonly transferred?: Transferred
      /** The agent's leg went down and the call is being ended: nobody is with the person any more. */
      readonly agentGoneAt?: InstantMs
    }
  | {
      readonly state: 'announcing'
      readonly ringingAt?: InstantMs
      readonly answeredAt: InstantMs
      /** When the message was ordered, or the PBX began it by itself; absent: not known, or nobody was left to hear it. */
      readonly messageAt?: InstantMs
      readonly disposition: 'abandoned'
      readonly why: AbandonReason
    }

/** A call's state word. `screening`: answered, and somebody finds out by whom; `informing`: hears from the respect line who has called. */
export type CallState = CallPhase['state']

type PhaseIn<State extends CallState> = Extract<CallPhase, { state: State }>

/** Why a person who answered heard the message instead of an agent. */
export type AbandonReason = 'no-agent' | 'agent-leg-dead' | 'pbx-took-over' | 'application-gone' | 'opted-out'

/** The attempt as written before its originate leaves, or when the call comes in. */
export type AttemptStart = CampaignAttempt | ManualAttempt | InboundAttempt

/** An attempt on a campaign's lead. */
export interface CampaignAttempt extends AttemptBase {
  readonly origin: 'campaign'
  readonly leadId: LeadId
  readonly number: PhoneNumber
}

/** An attempt by an agent's own hand. */
export interface ManualAttempt extends AttemptBase {
  readonly origin: 'manual'
  readonly agentId: AgentId
  readonly leadId?: LeadId
  readonly number: PhoneNumber
}

/** A call that came in. */
export interface InboundAttempt extends AttemptBase {
  readonly origin: 'inbound'
  readonly leadId?: LeadId
  /** Absent: withheld. */
  readonly number?: PhoneNumber
}

interface AttemptBase {
  readonly callId: CallId
  readonly campaignId: CampaignId
  readonly nodeId: NodeId
  readonly trunkId: TrunkId
  readonly callerId: PhoneNumber
  readonly originatedAt: InstantMs
}

/** The attempt's end, written exactly once. Durations follow from the instants; absent: it never happened. */
export interface AttemptEnd {
  readonly callId: CallId
  readonly campaignId: CampaignId
  readonly origin: CallOrigin
  /** Absent: the call had no lead. */
  readonly leadId?: LeadId
  /** Absent: withheld. */
  readonly number?: PhoneNumber
  readonly disposition: Disposition
  /** Why, where the disposition alone does not say it. */
  readonly detail?:
    | AbandonReason
    | 'recovered'
    | 'short'
    | 'carrier-fault'
    /** The carrier has failed the number once too often: its lead is finished. */
    | 'unreachable'
    /** The trunk failed everybody. */
    | 'trunk-fault'
    | 'originate-error'
    | 'longest-call'
  readonly sipCode?: number
  readonly sipCallId?: string
  readonly ringingAt?: InstantMs
  readonly answeredAt?: InstantMs
  readonly connectedAt?: InstantMs
  /** When the message of an abandoned call was ordered, or began; absent: none was, or it is not known. */
  readonly messageAt?: InstantMs
  /** When their agent gave them on, and to which target: the agent's talk ends there. Absent: nobody did. */
  readonly transferredAt?: InstantMs
  readonly transferredTo?: string
  readonly endedAt: InstantMs
  readonly agentId?: AgentId
  /** What becomes of the lead: dialable again at this instant; `null`: finished. Absent: no lead, or it stays as it was. */
  readonly leadRetryAt?: InstantMs | null
  /** A carrier's fault before ringing costs the lead no attempt, nor does a call that came in. */
  readonly countsAsAttempt: boolean
}

/** What an agent said about the conversation. */
export interface WrapUp {
  readonly callId: CallId
  /** The code; the campaign's list, or `machine`, `refused`, `timeout`. */
  readonly code: string
  readonly note?: string
  /** What the form of the campaign's script was filled in with; absent: nothing was. */
  readonly form?: FormAnswers
  readonly callbackAt?: InstantMs
  /** The agent who promised to make the call-back themselves. */
  readonly callbackAgentId?: AgentId
  /** Where the code sends the lead back to the list: dialable again at this instant. Absent: the lead stays as it is. */
  readonly leadRetryAt?: InstantMs
  /** The person asked not to be called again: goes to do-not-call at once. */
  readonly refusal: boolean
}

/** The states that a call of an origin can be in. */
export type StateOf<Origin extends CallOrigin> = Extract<Call, { origin: Origin }>['phase']['state']

/**
 * Which state may follow which, by origin; the end may follow any. A state that an origin does not have is not in its table.
 * Whoever was screened waits before an agent has them, if only for that step: there is one way to be matched.
 */
export const callTransitions: {
  readonly [Origin in CallOrigin]: { readonly [State in StateOf<Origin>]: readonly StateOf<Origin>[] }
} = {
  campaign: {
    originating: ['ringing', 'screening', 'waiting', 'announcing'],
    ringing: ['screening', 'waiting', 'announcing'],
    screening: ['waiting', 'announcing'],
    waiting: ['connected', 'announcing'],
    connected: ['waiting', 'connected', 'announcing'],
    announcing: [],
  },
  manual: {
    originating: ['ringing', 'connected'],
    ringing: ['connected'],
    connected: ['connected', 'announcing'],
    announcing: [],
  },
  inbound: {
    ringing: ['informing', 'screening', 'waiting'],
    informing: ['informing'],
    screening: ['waiting'],
    waiting: ['connected'],
    connected: ['waiting', 'connected'],
  },
}

/** Whether a state may follow the call's own. */
export function mayBecome({ origin, phase }: Call, state: CallState): boolean {
  // The call's own state is in its origin's table, by the types of the variants.
  const next = (callTransitions[origin] as Partial<Record<CallState, readonly CallState[]>>)[phase.state]
  return next?.includes(state) === true
}

/** Whether the call rings, is screened or waits: nobody has taken it and its person may still need an agent. */
export function isInFlight(call: Call): boolean {
  const { state } = call.phase
  return state === 'originating' || state === 'ringing' || state === 'screening' || state === 'waiting'
}

/** The agent for whom alone a call was made: who made it, or who promised it. */
export function agentOf(call: Call): AgentId | undefined {
  if (call.origin === 'manual') return call.agentId
  return call.origin === 'campaign' ? call.lead.agentId : undefined
}

/** Whoever is on the other end of a call, as far as they are known. */
export interface CallPerson {
  readonly number: PhoneNumber | undefined
  /** The person, where several numbers are one person's. */
  readonly personKey?: number | undefined
}

/** Who is on the other end of a call. */
export function personOf(call: Call): CallPerson {
  return call.origin === 'campaign' ? call.lead : { number: call.number, personKey: call.lead?.personKey }
}

/** What pacing sees of a call; follows its every move. `slot`: where its node's picture holds it, -1 while it is not in flight. */
export interface CallView extends Mutable<PacingCall> {
  slot: number
}

/** A campaign's call that has just been originated, or was found on the PBX. */
export function createCall(call: Omit<CampaignCall, 'view'>): CampaignCall {
  return Object.assign(call, { view: createCallView(call) })
}

function createCallView({ callId, originatedAt, lead }: Omit<CampaignCall, 'view'>): CallView {
  return {
    callId,
    state: 'originating',
    since: originatedAt,
    ringingAt: undefined,
    answerFactor: lead.answerFactor,
    slot: -1,
  }
}
