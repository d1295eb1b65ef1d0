import type { HopperLead } from '../campaigns/lead.ts'
import type { AgentId, CallId, CampaignId, InstantMs, LeadId, NodeId, PhoneNumber, TrunkId } from '../ids.ts'
import { type CallView, createCallView } from '../picture.ts'
import type { Disposition } from '../vocabulary.ts'

/**
 * One attempt's call, from originate to disposition.
 *
 *                     verdict no
 *     originating ----------------> (gone, no attempt)
 *         |  \______________________________________________
 *         v                                                 \
 *      ringing ------------------------------------------> ended   busy, no-answer, congestion, rejected,
 *         |                                                  ^     failed, withdrawn
 *         v            nobody free at 1.7 s                  |
 *      waiting --------------------> announcing -------------+     abandoned (or hung-up-waiting)
 *         |  ^                                               |
 *         v  | the agent's leg was dead                      |
 *      connected --------------------------------------------+     connected
 *
 * `waiting` is a person who has answered and has no agent yet; `announcing` hears the campaign's message.
 */
export interface Call {
  readonly callId: CallId
  readonly campaignId: CampaignId
  readonly lead: HopperLead
  readonly number: PhoneNumber
  readonly nodeId: NodeId
  readonly trunkId: TrunkId
  readonly callerId: PhoneNumber
  readonly originatedAt: InstantMs
  phase: CallPhase
  /** The SIP Call-ID, once the PBX has told it: the carrier's witness is matched by it. */
  sipCallId?: string
  /** We have asked the PBX to end it and why; the disposition is decided when it has ended. */
  endingAs?: 'withdrawn' | 'ring-timeout' | 'opt-out' | 'operator'
  /** The agent gave the code while still talking: no wrap-up follows. */
  wrapUpGiven?: true
  /** The customer's leg could not be joined: it is going, or gone. It is offered to nobody, its end is awaited. */
  legBroken?: true
  /** Found on the PBX after a restart: instants before that are not known. */
  recovered?: true
  /** What pacing sees of it. */
  readonly view: CallView
}

/** What a call is doing; data valid only in one state lives in that state's variant. */
export type CallPhase =
  | { readonly state: 'originating' }
  | { readonly state: 'ringing'; readonly ringingAt: InstantMs }
  | { readonly state: 'waiting'; readonly ringingAt?: InstantMs; readonly answeredAt: InstantMs }
  | {
      readonly state: 'connected'
      readonly ringingAt?: InstantMs
      readonly answeredAt: InstantMs
      /** When the engine decided; the PBX confirms with `call-connected`. */
      readonly connectingAt: InstantMs
      readonly connectedAt?: InstantMs
      readonly agentId: AgentId
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

/** Why a person who answered heard the message instead of an agent. */
export type AbandonReason = 'no-agent' | 'agent-leg-dead' | 'pbx-took-over' | 'application-gone' | 'opted-out'

/** A call's state word. */
export type CallState = CallPhase['state']

/** The attempt as written before its originate leaves. */
export interface AttemptStart {
  readonly callId: CallId
  readonly campaignId: CampaignId
  readonly leadId: LeadId
  readonly number: PhoneNumber
  readonly nodeId: NodeId
  readonly trunkId: TrunkId
  readonly callerId: PhoneNumber
  readonly originatedAt: InstantMs
}

/** The attempt's end, written exactly once. Durations follow from the instants; absent: it never happened. */
export interface AttemptEnd {
  readonly callId: CallId
  readonly campaignId: CampaignId
  readonly leadId: LeadId
  readonly number: PhoneNumber
  readonly disposition: Disposition
  /** Why, where the disposition alone does not say it. */
  readonly detail?: AbandonReason | 'recovered' | 'short' | 'carrier-fault' | 'originate-error'
  readonly sipCode?: number
  readonly sipCallId?: string
  readonly ringingAt?: InstantMs
  readonly answeredAt?: InstantMs
  readonly connectedAt?: InstantMs
  /** When the message of an abandoned call was ordered, or began; absent: none was, or it is not known. */
  readonly messageAt?: InstantMs
  readonly endedAt: InstantMs
  readonly agentId?: AgentId
  /** What becomes of the lead: dialable again at this instant; `null`: finished. */
  readonly leadRetryAt: InstantMs | null
  /** A carrier's fault before ringing costs the lead no attempt. */
  readonly countsAsAttempt: boolean
}

/** What an agent said about the conversation. */
export interface WrapUp {
  readonly callId: CallId
  /** The code; the campaign's list, or `machine`, `refused`, `timeout`. */
  readonly code: string
  readonly note?: string
  readonly callbackAt?: InstantMs
  /** The agent who promised to call back himself. */
  readonly callbackAgentId?: AgentId
  /** Where the code sends the lead back to the list: dialable again at this instant. Absent: the lead stays as it is. */
  readonly leadRetryAt?: InstantMs
  /** The person asked not to be called again: goes to do-not-call at once. */
  readonly refusal: boolean
}

/** Which state may follow which; the end may follow any. */
export const callTransitions: Readonly<Record<CallState, readonly CallState[]>> = {
  originating: ['ringing', 'waiting', 'announcing'],
  ringing: ['waiting', 'announcing'],
  waiting: ['connected', 'announcing'],
  connected: ['waiting', 'connected', 'announcing'],
  announcing: [],
}

/** Whether the call rings or waits: nobody has taken it and its person may still need an agent. */
export function isInFlight(call: Call): boolean {
  const { state } = call.phase
  return state === 'originating' || state === 'ringing' || state === 'waiting'
}

/** A call that has just been originated, or was found on the PBX. */
export function createCall(call: Omit<Call, 'view'>): Call {
  return Object.assign(call, { view: createCallView(call) })
}
