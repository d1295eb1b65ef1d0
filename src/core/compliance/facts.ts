import type { CampaignSettings } from '../campaigns/campaign.ts'
import type { AgentMode } from '../campaigns/dialModes.ts'
import type { Filter } from '../campaigns/filter.ts'
import type { InstantMs, PhoneNumber } from '../ids.ts'
import type { RefusalReason } from '../vocabulary.ts'
import type { Hours } from './callingHours.ts'
import type { Permission, PersonHours } from './consent.ts'
import type { DoNotCallHit, DoNotCallListState } from './doNotCall.ts'
import type { FatigueSettings } from './fatigue.ts'
import type { PastAttempt, Viewpoint } from './history.ts'
import type { LawFinder } from './law.ts'
import type { ZoneOffset } from './localTime.ts'
import type { NumberKind } from './numberKinds.ts'
import type { Automation, Law, Place, Rule, Voice } from './rules.ts'

/**
 * The facts of one lead, gathered by the shell at the moment of the originate. Core never asks the store.
 * Zones come as offsets from UTC with the span in which they hold, so that a replay needs no zone data.
 */
export interface VerdictFacts {
  readonly number: PhoneNumber
  readonly numberValid: boolean
  /** The number is of a kind that is not called, whatever the address says; absent: a line at a place. */
  readonly refusedKind?: NumberKind
  /** Where the number itself says that the person may be; absent: it has not been asked. */
  readonly numberPlaces?: readonly Place[]
  /** Every list that holds the number. */
  readonly doNotCall: readonly DoNotCallHit[]
  /** All lists as they stand. */
  readonly lists: readonly DoNotCallListState[]
  /** Where the person may be, by number and by address; empty: unknown. */
  readonly places: readonly Place[]
  /** One entry a zone in which the person may be; empty: unknown place. */
  readonly zones: readonly ZoneOffset[]
  readonly leadState: 'new' | 'retry' | 'finished'
  /** The list it came with. */
  readonly list: string
  /** The lead rests until then. */
  readonly dialableAt: InstantMs
  /** Of the lead, in its campaign: those that count. */
  readonly attempts: number
  /** Attempts on the number and on the person's other numbers, newest first. */
  readonly history: readonly PastAttempt[]
  /** The store came from a backup: attempts up to this instant may be missing in the history. Absent: none are. */
  readonly attemptsUnknownUntil?: InstantMs
  readonly permissions: readonly Permission[]
  readonly ownHours?: PersonHours
  /** The row's own columns, where the campaign has a filter. */
  readonly columns?: Readonly<Record<string, string>>
}

/** The rules that one campaign's dials are held to. */
export interface VerdictRules {
  readonly of: Viewpoint
  readonly seller: Place
  /** Countries whose numbers may be called. */
  readonly countries: ReadonlySet<Place>
  readonly voice: Voice
  readonly automation: readonly Automation[]
  /** Agents dial by themselves; absent: pacing dials. */
  readonly agentMode?: AgentMode
  /** A toll-free number at which whoever calls ends all further calls; absent: none. */
  readonly optOutNumber?: PhoneNumber
  readonly laws: LawFinder
  readonly consent: CampaignSettings['consent']
  readonly callingHours: Hours
  readonly attemptsMax: number
  readonly attemptLimits: readonly Rule<'attempts'>[]
  readonly fatigue: FatigueSettings
  /** The pool; at the originate the one that was taken. */
  readonly callerIds: readonly PhoneNumber[]
  /** The latest possible answer after now: departure, setup and ring timeout. Nothing is dialed that could be answered outside hours. */
  readonly latestAnswerMs: number
  /** The campaign's; a law that wants a longer ring lengthens it, and the latest answer with it. */
  readonly ringTimeoutMs: number
  /** Shares of the lists; empty: the lists are one. */
  readonly listMix: CampaignSettings['listMix']
  /** Which leads the campaign takes, by their columns; absent: all. */
  readonly filter?: Filter
  /** An agent is held for this call: it cannot be abandoned, so the rest after an abandonment does not bind. */
  readonly agentReserved?: boolean
}

/** Yes, or no with a reason and the time when it may be asked again (absent: never by itself). */
export type Verdict =
  | {
      readonly allowed: true
      /** Parts of a country whose own law nobody has read: the yes rests on the law of the whole country alone. */
      readonly unread?: readonly Place[]
    }
  | {
      readonly allowed: false
      readonly reason: RefusalReason
      readonly retryAt?: InstantMs
      /** The line that decided: `US-FTC/hours`, `campaign/hours`, `product/fatigue`. */
      readonly rule?: string
      readonly detail?: string
    }

/** What one verdict is about: facts and rules, with the law that applies. */
export interface Case {
  readonly facts: VerdictFacts
  readonly rules: VerdictRules
  readonly law: Law
  readonly now: InstantMs
}

/** A yes. */
export const yes: Verdict = { allowed: true }

/** A no. */
export function no(
  reason: RefusalReason,
  more: { readonly retryAt?: InstantMs; readonly rule?: string; readonly detail?: string } = {},
): Verdict {
  return { allowed: false, reason, ...more }
}

/** What an operator can put right (a list, a profile, a permission) is asked again after this time. */
export const askAgainMs = 15 * 60_000
