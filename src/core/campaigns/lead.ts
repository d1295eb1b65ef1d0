import type { Place } from '../compliance/rules.ts'
import type { AgentId, CampaignId, InstantMs, LeadId, PhoneNumber } from '../ids.ts'
import { dayMs, hourMs, minuteMs } from '../time.ts'
import type { Disposition } from '../vocabulary.ts'

/** The list of numbers that agents have typed: no import may have its name, and nothing but agents chooses from it. */
export const typedList = 'typed'

/** A lead in the hopper: what core needs to dial it. Its personal data stay in the store. */
export interface HopperLead {
  readonly leadId: LeadId
  readonly number: PhoneNumber
  /** How many attempts the lead has had that count. */
  readonly attempts: number
  /** How often in a row the carrier has failed the number, nobody else's calls being failed; absent: not since it was last reached. */
  readonly carrierFaults?: number
  /** How many times as often as the campaign's mean the person answers, where the store knows better than the lead's like. */
  readonly answerFactor?: number
  /** Every place where the person may be; absent: not known. Their law of abandonment holds for the campaign. */
  readonly places?: readonly Place[]
  /** An agent has promised to make the call-back and is at work: the call waits for them and is theirs. */
  readonly agentId?: AgentId
  /** The person, where several numbers are one person's: only one of them is called at a time. */
  readonly personKey?: number
  /** The law lets its telephone ring no longer; absent: the campaign's ring timeout holds. */
  readonly ringMaxMs?: number
  /** The law's shortest ring at the person's place, where it is longer than the 15 s that hold everywhere. */
  readonly ringMinMs?: number
  /** How long its person may wait for an agent, where the law's word is another than the campaign's. */
  readonly waitMaxMs?: number
  /** The caller identities that may be presented there; absent: all of the campaign's. */
  readonly callerIds?: readonly PhoneNumber[]
}

/** Digits of a number, its `+` included, that tell places apart: country and area. */
const prefixLength = 5
/** Later attempts than this are alike. */
const attemptsApart = 5
const dayHours = 24

/** The kind of a lead at an hour: leads of one kind are answered about equally often. */
export function leadKind({ attempts, number }: HopperLead, at: InstantMs): string {
  const hour = Math.floor(at / (60 * 60_000)) % dayHours
  return `${number.slice(0, prefixLength)} ${Math.min(attempts, attemptsApart)} ${hour}`
}

/** How a disposition sends a lead back: after how long, or never. */
export interface RetryRule {
  /** Milliseconds after the end of the attempt; absent: the lead is finished. */
  readonly afterMs?: number
}

/** Retry rules by disposition, with the most attempts a lead may have. */
export interface RetryRules {
  readonly attemptsMax: number
  readonly byDisposition: Readonly<Partial<Record<Disposition, RetryRule>>>
  /**
   * Retries after `no-answer` and `machine` may come at the hour of day of the attempt. Absent: they are moved to another
   * hour: whoever was not at home at five is not at home at five tomorrow.
   */
  readonly sameHour?: boolean
}

/**
 * The product's retry rules: busy in 15 min, no answer in 4 h, machine tomorrow at another hour, abandoned after 72 h (Ofcom's persistent
 * misuse statement 2016 forbids an earlier call-back without a guaranteed agent), `failed` never by itself.
 */
export const defaultRetryRules: RetryRules = {
  attemptsMax: 5,
  byDisposition: {
    busy: { afterMs: 15 * minuteMs },
    'no-answer': { afterMs: 4 * hourMs },
    congestion: { afterMs: 15 * minuteMs },
    machine: { afterMs: 24 * hourMs },
    withdrawn: { afterMs: 4 * hourMs },
    abandoned: { afterMs: 72 * hourMs },
    'hung-up-waiting': { afterMs: 72 * hourMs },
  },
}

/** What becomes of a lead after an attempt. */
export type LeadNext = { readonly kind: 'retry'; readonly at: InstantMs } | { readonly kind: 'finished' }

/** Decides what becomes of a lead after an attempt with this disposition; `attempts` counts this one too. */
export function leadAfterAttempt(
  rules: RetryRules,
  attempt: {
    readonly disposition: Disposition
    readonly attempts: number
    /** When it was originated; absent: at `now`. */
    readonly originatedAt?: InstantMs
  },
  now: InstantMs,
): LeadNext {
  const { disposition, attempts, originatedAt = now } = attempt
  const afterMs = rules.byDisposition[disposition]?.afterMs
  if (afterMs === undefined || attempts >= rules.attemptsMax) return { kind: 'finished' }
  return { kind: 'retry', at: retryTime(rules, { disposition, originatedAt }, now + afterMs) }
}

/** The carrier has failed a number so often in a row: the lead is finished. */
const carrierFaultsMax = 5
const carrierFaultGrowth = 4

/**
 * What becomes of a lead whose number the carrier has failed, for the `faults`th time in a row: each time it rests four times as
 * long as before, a day at most, and the fifth is the last. Whoever brings it back gives it five more.
 */
export function leadAfterCarrierFault(
  rules: RetryRules,
  { faults, attempts }: { readonly faults: number; readonly attempts: number },
  now: InstantMs,
): LeadNext {
  const { afterMs } = rules.byDisposition.congestion ?? {}
  if (afterMs === undefined || attempts >= rules.attemptsMax || faults % carrierFaultsMax === 0)
    return { kind: 'finished' }
  const restMs = afterMs * carrierFaultGrowth ** ((faults - 1) % carrierFaultsMax)
  return { kind: 'retry', at: now + Math.max(afterMs, Math.min(dayMs, restMs)) }
}

/** Whether that was the last time. */
export function isLastCarrierFault(faults: number): boolean {
  return faults % carrierFaultsMax === 0
}

const unknownNumberRestMs = 4 * hourMs

/** When a lead is dialed again that met a trunk which failed everybody, or an order that never left: it is finished by neither. */
export function retryAfterTrunkFault(rules: RetryRules, what: 'refused' | 'unknown-number', now: InstantMs): InstantMs {
  const { afterMs = 15 * minuteMs } = rules.byDisposition.congestion ?? {}
  return now + (what === 'refused' ? afterMs : Math.max(afterMs, unknownNumberRestMs))
}

/** Nobody was there at that hour: retries after these come at another. */
const nobodyThere: ReadonlySet<Disposition> = new Set(['no-answer', 'machine'])
/** Hours of the day that are closer than this are the same. */
const sameHourMs = hourMs
const otherHourMs = 3 * hourMs

/**
 * When a retry that is due at `at` is made: 3 h later where that is another day within an hour of the time of day at which
 * the attempt was made. Never earlier than asked for; one that was asked for within half a day keeps its time.
 */
function retryTime(
  rules: Pick<RetryRules, 'sameHour'>,
  attempt: { readonly disposition: Disposition; readonly originatedAt: InstantMs },
  at: InstantMs,
): InstantMs {
  if (rules.sameHour === true || !nobodyThere.has(attempt.disposition)) return at
  const apartMs = Math.abs(at - attempt.originatedAt) % dayMs
  return Math.min(apartMs, dayMs - apartMs) <= sameHourMs && at - attempt.originatedAt >= dayMs / 2
    ? at + otherHourMs
    : at
}

/** The hopper of one campaign: a short ordered buffer of leads cleared to be dialed next. */
export interface Hopper {
  readonly campaignId: CampaignId
  readonly leads: HopperLead[]
  /** A refill has been asked for and has not come yet. */
  refilling: boolean
  /** The store had nothing more to give at the last refill; ask again at this time. */
  emptyUntil: InstantMs
  /** The last refill came to nothing because the store could not be asked. */
  failed: boolean
}
