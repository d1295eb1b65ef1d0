import type { FatigueSettings } from '../compliance/fatigue.ts'
import type { Automation, Place, Purpose, Rule, Voice } from '../compliance/rules.ts'
import type { CampaignId, InstantMs, PhoneNumber, TrunkId } from '../ids.ts'
import type { PacingSettings } from '../pacing/pacer.ts'
import type { RetryRules } from './lead.ts'
import type { Script } from './script.ts'

/** Whether a campaign dials. `stopping` originates nothing and ends when its calls in flight are settled. */
export type CampaignState = 'stopped' | 'running' | 'paused' | 'stopping'

/** Local hours in which a campaign may dial, minutes after midnight at the called person's place; end exclusive. */
export interface CallingHours {
  readonly startMinute: number
  readonly endMinute: number
  /** Weekdays on which it may dial, 0 = Sunday. */
  readonly weekdays: readonly number[]
}

/** Whom the calls are made for. With the purpose they own the abandonment budget: a renamed campaign does not reset it. */
export interface Seller {
  /** `[A-Za-z0-9_-]{1,40}` */
  readonly sellerId: string
  /** The law of their place applies beside the called person's. */
  readonly place: Place
}

/** The lists a campaign dials and how they share its attempts; absent: all leads in one order. */
export interface ListShare {
  /** The list's name as given at its import. */
  readonly list: string
  /** Weight 0..100 of the dials that go to it while it has leads; 0: rests. */
  readonly share: number
}

/** Languages in which the shipped prompts exist, of the respect line and of agents. */
export const promptLanguages = ['en', 'es', 'zh'] as const
/** A language of shipped prompts. */
export type PromptLanguage = (typeof promptLanguages)[number]

/** What whoever calls one of the campaign's caller identities back is told. */
export interface RespectLine {
  readonly language: PromptLanguage
  /** The sound that says who calls, for whom and why; absent: the shipped one, which names nobody. `[a-zA-Z0-9/_-]+` */
  readonly whoSound?: string
  /** The sound that says where the numbers come from; absent: the shipped one. `[a-zA-Z0-9/_-]+` */
  readonly sourceSound?: string
}

/** How much may be dialed and talked in a day: a net under a list that dials what costs. Absent: as much as there is. */
export interface DayCaps {
  /** Originates that left, whatever became of them. */
  readonly attemptsMax?: number
  /** Minutes from the answers to the ends, together. */
  readonly minutesMax?: number
}

/** A word that an agent gives for not calling a lead, and how long it rests then, milliseconds; absent: it is finished. */
export interface SkipReason {
  /** `[a-z0-9-]{1,40}` */
  readonly name: string
  readonly afterMs?: number
}

/** Why an agent may pause. */
export interface PauseReason {
  /** `[a-z0-9-]{1,40}` */
  readonly name: string
  /** How long at most; absent: any time. Desk and board show who is over it, nothing else comes of it. */
  readonly maxMs?: number
}

/** How agents decide on the leads that they are shown. */
export interface PreviewSettings {
  /** How long one lead is shown, 5 000..600 000. */
  readonly decideMs: number
  /** When nobody has decided by then: the lead goes back and the agent pauses, or it is called. */
  readonly timeUp: 'skip' | 'call'
  /** At least one. */
  readonly skipReasons: readonly SkipReason[]
}

/** A campaign as the operator applied it. Immutable; a change replaces it whole. */
export interface CampaignSettings {
  readonly campaignId: CampaignId
  readonly name: string
  readonly seller: Seller
  readonly purpose: Purpose
  /** Countries (ISO 3166, `US`) whose numbers may be called; absent: the seller's. */
  readonly countries?: readonly Place[]
  /** What the calls are about: permissions, and the limits that law sets per subject or debt, are by topic. `[a-z0-9-]{1,40}` */
  readonly topic: string
  /** Who speaks when a person answers; absent: a person. */
  readonly voice?: Voice
  /** What the system does by itself; absent: what its mode does. */
  readonly automation?: readonly Automation[]
  /** A toll-free number at which whoever calls ends all further calls, for messages that a machine speaks. */
  readonly optOutNumber?: PhoneNumber
  /** `required`: only persons with a valid permission for the topic; `respected`: what a person forbade or asked for binds. */
  readonly consent: 'required' | 'respected'
  /** The operator's own limits of attempts, beside the law's. */
  readonly attemptLimits: readonly Rule<'attempts'>[]
  readonly fatigue: FatigueSettings
  /** Shares of the lists; empty: the lists are one. */
  readonly listMix: readonly ListShare[]
  /** Which leads may be dialed, by their columns: the text of a filter expression; absent: all. */
  readonly filter?: string
  readonly pacing: PacingSettings
  /** How agents decide on the leads that they are shown; absent: the product's own. */
  readonly preview?: PreviewSettings
  /** For what agents pause; absent: the usual reasons, any time. */
  readonly pauses?: readonly PauseReason[]
  /** Ways out, in order of preference. */
  readonly trunkIds: readonly TrunkId[]
  /** Caller identities, taken in turn. */
  readonly callerIds: readonly PhoneNumber[]
  /** Rings this long from the 180; at least 15 000 (47 CFR 64.1200(a)(6)). */
  readonly ringTimeoutMs: number
  /** The longest time from originate to ringing; on top of it the PBX's own timeout is set. */
  readonly setupTimeoutMs: number
  /** After this time since the answer the engine gives up waiting for an agent: 1 700, so that words are audible by 2.0 s. */
  readonly waitMaxMs: number
  /** Name of the sound that is played to a person nobody can take: seller, number, key to opt out. `[a-zA-Z0-9/_-]+` */
  readonly messageSound: string
  /** The key that opts out during the message, one of `0-9*#`. */
  readonly optOutKey: string
  /** What callers hear who call a caller identity back; absent: the shipped prompts in English. */
  readonly respectLine?: RespectLine
  /** What agents say and ask; absent: nothing is written down for them. */
  readonly script?: Script
  /** An agent without a wrap-up code returns to `available` after this time. */
  readonly wrapUpTimeoutMs: number
  /** Wrap-up codes by the key the agent presses. */
  readonly wrapUpCodes: Readonly<Record<string, string>>
  /** The longest conversation; the PBX ends it then even without us. */
  readonly maxCallMs: number
  readonly callingHours: CallingHours
  readonly retry: RetryRules
  /** Called with the lead's data when a call is connected. */
  readonly webhookUrl?: string
  /** How much may be dialed and talked in a day. */
  readonly dayCaps?: DayCaps
  /** Highest share 0..1 of calls of 6 s or less per trunk, over the last 500 answered calls; absent: measured only. */
  readonly shortCallRateMax?: number
}

/** What happened in a campaign since it was applied (or since the recovered counters began). */
export interface CampaignCounters {
  attempts: number
  answered: number
  /** Answered, minus what agents coded as machine. */
  answeredByPerson: number
  connected: number
  abandoned: number
  doNotCallBlocked: number
}

/** Instants and counters of a campaign that pacing and the board need. */
export interface CampaignProgress {
  startedAt: InstantMs | undefined
  readonly counters: CampaignCounters
}
