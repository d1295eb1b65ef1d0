import type { CallId, CampaignId, PhoneNumber } from '../core/ids.ts'
import type { ErasureReport } from './people.ts'

/**
 * A no, by the way it came. Whatever the way, it goes through one door (`EngineGateway.refuse`, and in the engine's own steps
 * the same function): it is written down, and whoever it binds leaves the hoppers and the ringing lines. What each way writes
 * and whom it binds stands in one table, `dialer/refusals.ts`.
 */
export type Refusal =
  /** The agent's word over the API says so; it counts whatever else becomes of the wrap-up. */
  | ({
      readonly way: 'wrap-up'
      readonly number: PhoneNumber
      readonly callId: CallId
      /** Whose call it was: the engine may have forgotten it. */
      readonly campaignId: CampaignId
    } & AgentSays &
      SaidTo)
  /** The engine has heard it from the agent: a key or a code. */
  | ({ readonly way: 'agent'; readonly number: PhoneNumber; readonly callId: CallId } & AgentSays & SaidTo)
  /** The person pressed the opt-out key. */
  | ({ readonly way: 'opt-out-key'; readonly number: PhoneNumber; readonly callId: CallId } & SaidTo)
  /** The person's network says that calls are not wanted (SIP 607). */
  | { readonly way: 'carrier'; readonly number: PhoneNumber; readonly callId: CallId }
  /** The network says that nobody has this number. */
  | { readonly way: 'dead-number'; readonly number: PhoneNumber; readonly callId: CallId }
  /** An operator puts the number on the company's list; on that of one seller where `seller` names one. */
  | { readonly way: 'operator'; readonly number: PhoneNumber; readonly note?: string; readonly seller?: string }
  /** An operator puts every number that begins so on the company's list; `+1900`. */
  | { readonly way: 'operator-prefix'; readonly prefix: string; readonly note?: string }
  /** The person takes back what they permitted about a topic (absent: about anything); `how` is the evidence. */
  | { readonly way: 'withdrawal'; readonly number: PhoneNumber; readonly topic?: string; readonly how: string }
  /** The person is to be forgotten. */
  | { readonly way: 'erasure'; readonly number: PhoneNumber; readonly by: string }
  /** A file of permissions with withdrawals in it has been imported. */
  | { readonly way: 'permission-import' }
  /** A do-not-call list has been imported. */
  | { readonly way: 'list-import' }
  /** Another dialer's refusals have been moved in. */
  | { readonly way: 'move-in' }

/** What an agent's word can mean beside a refusal: somebody else answers there, or the person has died. */
export interface AgentSays {
  readonly says?: 'wrong-person' | 'deceased'
}

/** To whom a no in a call was said: to its seller, where the operator has signed for lists per seller. */
export interface SaidTo {
  /** The person wants nobody's calls any more, or nobody can tell whose they do not want. */
  readonly everybody?: true
}

/** A way by which a no comes. */
export type RefusalWay = Refusal['way']

/** The no that comes by this way. */
export type RefusalBy<Way extends RefusalWay> = Extract<Refusal, { way: Way }>

/** What those ways answer that answer anything. */
export interface RefusalAnswers {
  /** How many permissions it ended. */
  readonly withdrawal: number
  /** `undefined`: a number of the person is being called right now, so nothing was done. */
  readonly erasure: ErasureReport | undefined
}

/** What the way answers: most answer nothing. */
export type RefusalAnswer<Way extends RefusalWay> = Way extends keyof RefusalAnswers ? RefusalAnswers[Way] : undefined
