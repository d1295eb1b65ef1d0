import type { InstantMs } from '../ids.ts'

/** What a campaign calls for. The law treats them differently. */
export const purposes = ['sales', 'service', 'debt', 'survey', 'public'] as const
/** What a call is for, as the law asks it. */
export type Purpose = (typeof purposes)[number]

/** Who speaks in a call: a person, a recording, or a voice that a machine makes (FCC 24-17: cloned and synthetic ones). */
export const voices = ['live', 'recorded', 'artificial'] as const
/** Who speaks when a person answers. */
export type Voice = (typeof voices)[number]

/** What a system does by itself: choose the number that is called next, or dial it. */
export const automations = ['selection', 'dialing'] as const
/** One thing that a system does by itself. */
export type Automation = (typeof automations)[number]

/** A country or a part of one: ISO 3166-1 alpha-2 (`US`) or ISO 3166-2 (`US-FL`). */
export type Place = string

/** Local time of a day in which calls are allowed, minutes after midnight 0..1440, end exclusive. */
export interface HoursSpan {
  readonly startMinute: number
  readonly endMinute: number
}

/** What lifts a rule for one person, where the law says so. `withinMs`: not older than this. */
export interface Exemption {
  readonly basis: PermissionBasis
  readonly withinMs?: number
  /** Only where the person has said at which hours they want to be called: those hours bind, and stand in for the line's. */
  readonly agreedHours?: true
}

/** Why a person may be called although a list or a rule says otherwise. */
export const permissionBases = ['written', 'express', 'purchase', 'inquiry'] as const
/** On what a permission rests: on paper, by word, on a purchase or on an inquiry. */
export type PermissionBasis = (typeof permissionBases)[number]

/** Who a count or a rest is about, and which calls it looks at. */
export interface RuleScope {
  /** One telephone number, or all numbers of one person. */
  readonly per: 'number' | 'person'
  /** Calls of every campaign, of the same purpose, of the same topic, or of one campaign only. */
  readonly across: 'all' | 'purpose' | 'topic' | 'campaign'
}

/** The window of an abandonment rate. Successive periods begin with the owner's first call; rolling ones end now. */
export type RateWindow =
  | { readonly kind: 'life' }
  | { readonly kind: 'successive'; readonly lengthMs: number }
  | { readonly kind: 'rolling'; readonly lengthMs: number }
  | { readonly kind: 'calendar-month' }

/** What one line of a jurisdiction says, by its kind. */
export type RuleBody =
  /** Local hours by weekday (Sunday first); a holiday is closed, as a Sunday, or a day like others (absent). */
  | {
      readonly kind: 'hours'
      readonly days: readonly (readonly HoursSpan[])[]
      readonly holidays?: 'closed' | 'sunday'
    }
  /** At most so many attempts in a rolling window, a calendar day at the person's place, or over a campaign's life. */
  | ({
      readonly kind: 'attempts'
      readonly max: number
      readonly window: { readonly kind: 'rolling'; readonly lengthMs: number } | { readonly kind: 'day' | 'life' }
    } & RuleScope)
  /** No call for a time after something happened; `unless`: a call with an agent reserved for it may be made before. */
  | ({
      readonly kind: 'rest'
      readonly after: RestCause
      readonly forMs: number
      /**
       * Whole days at the person's place, not hours: counted from the day it happened (that day is the first), or from the day
       * after it. Absent: to the millisecond.
       */
      readonly wholeDays?: 'from-the-day' | 'from-the-next-day'
      readonly unless?: 'agent-reserved'
    } & RuleScope)
  /** How long an unanswered call rings at least and at most. */
  | { readonly kind: 'ring'; readonly minMs: number; readonly maxMs?: number }
  /** Abandoned / answered by a person, at most; the target to steer to where it is not the product's default. */
  | {
      readonly kind: 'abandonment'
      readonly rateMax: number
      readonly window: RateWindow
      readonly target?: number
      /** A person who hangs up before an agent is due is no abandoned call by this law, in reports; absent: counted. */
      readonly hungUpWaiting?: 'not-counted'
    }
  /** An agent must be connected so long after the answer at the latest, else the call is abandoned and a message plays. */
  | { readonly kind: 'connect'; readonly withinMs: number; readonly message: boolean; readonly optOutKey: boolean }
  /** The person must have consented: in writing, or at all. */
  | { readonly kind: 'consent'; readonly basis: 'written' | 'express' }
  /** The place's national or state list must be at hand and not older than this. `place`: whose list. */
  | { readonly kind: 'do-not-call-list'; readonly place: Place; readonly ageMaxMs: number }
  /** Caller identities that must not be presented, by the beginning of the number; those that begin with `except` may be. */
  | {
      readonly kind: 'caller-identity'
      readonly forbiddenPrefixes: readonly string[]
      readonly except?: readonly string[]
    }
  /** What a message must offer to whoever wants no further call: a key, and a toll-free number where a machine may take it. */
  | { readonly kind: 'opt-out'; readonly key: boolean; readonly tollFree: boolean }
  /** Whom a refusal binds that was said to one seller: whoever calls from this installation, or that seller. */
  | { readonly kind: 'refusal'; readonly binds: 'everybody' | 'seller' }
  /** How long records, or a company's refusals, are kept. */
  | { readonly kind: 'retention'; readonly of: 'records' | 'refusals'; readonly forMs: number }
  /** What the software cannot check and the operator must know. */
  | { readonly kind: 'duty'; readonly says: string }

/** What a person rests after. */
export const restCauses = ['abandonment', 'refusal', 'conversation', 'complaint'] as const
/** What happened in a call after which its person rests. */
export type RestCause = (typeof restCauses)[number]

/** One line of a jurisdiction: what it says, for whom, since when and where it stands. */
export type Rule<Kind extends RuleBody['kind'] = RuleBody['kind']> = Extract<RuleBody, { kind: Kind }> & {
  /** The name by which verdicts cite it: `US-FTC/hours`. */
  readonly ruleId: string
  /** Absent: for every purpose. */
  readonly purposes?: readonly Purpose[]
  /** Absent: for every topic. */
  readonly topics?: readonly string[]
  /** Absent: whoever speaks. */
  readonly voices?: readonly Voice[]
  /** Only where a system selects the number or dials it (`either`), or where it does both. Absent: however it is dialed. */
  readonly automates?: 'either' | 'both'
  /** In force in [from, until). */
  readonly from?: InstantMs
  readonly until?: InstantMs
  /** What lifts it for one person. */
  readonly yieldsTo?: readonly Exemption[]
  /** Law, section. */
  readonly source: string
  /** Day of the reading, `2026-11-01`. */
  readonly date: string
}

/** The rules of one authority. */
export interface Jurisdiction {
  /** `US-FTC`. */
  readonly jurisdictionId: string
  readonly name: string
  /** Where it holds; a country covers its parts. */
  readonly places: readonly Place[]
  /** Its parts make laws of their own: one that no jurisdiction names has not been read by anybody. */
  readonly partsHaveLaws?: true
  readonly rules: readonly Rule[]
}

/** A change of a rule by the operator, as the configuration states it. */
export interface RuleOverride {
  readonly ruleId: string
  /** Who answers for it. */
  readonly by: string
  readonly reason: string
  /** In words: `off`, or what changed. */
  readonly change: string
}

/** All rules as loaded. */
export interface RuleBook {
  /** Changes with every word of it: which rules a verdict was given under. */
  readonly version: string
  readonly jurisdictions: readonly Jurisdiction[]
  /** Holidays by place as days since 1970-01-01, ascending. */
  readonly holidays: Readonly<Record<Place, readonly number[]>>
  /** Places that the operator has put under another place's rules, `ES: FR`. */
  readonly profiles: Readonly<Record<Place, Place>>
  readonly overrides: readonly RuleOverride[]
}

/** No rules at all: for the simulator, whose persons nobody protects. Every place is covered. */
export const noRules: RuleBook = { version: 'none', jurisdictions: [], holidays: {}, profiles: {}, overrides: [] }

/** The rules that apply to one call: the seller's place's, and those of every place where the person may be. */
export interface Law {
  readonly version: string
  /** Every line in force, also those that no single dial is asked about. */
  readonly lines: readonly Rule[]
  readonly hours: readonly LawfulHours[]
  readonly attempts: readonly Rule<'attempts'>[]
  readonly rest: readonly Rule<'rest'>[]
  readonly consent: readonly Rule<'consent'>[]
  readonly lists: readonly Rule<'do-not-call-list'>[]
  /** Places whose list the book has a rule for, if only for other purposes: for this one such a list does not bind. */
  readonly listPlaces: readonly Place[]
  /** The lines about lists of parts of countries, wherever the person is: who stands on a state's list has asked that state. */
  readonly stateLists: readonly Rule<'do-not-call-list'>[]
  readonly refusals: readonly Rule<'refusal'>[]
  /**
   * What was said to another seller does not bind this call: at the seller's place and at every place where the person may be a line
   * says so, and no line says otherwise.
   */
  readonly refusalsPerSeller: boolean
  readonly callerIdentity: readonly Rule<'caller-identity'>[]
  readonly optOut: readonly Rule<'opt-out'>[]
  readonly ring: readonly Rule<'ring'>[]
  /** The longest of their shortest rings; 0 where none gives one. */
  readonly ringMinMs: number
  readonly abandonment: readonly Rule<'abandonment'>[]
  readonly connect: readonly Rule<'connect'>[]
  /** All that any of the hours go by, days since 1970-01-01. */
  readonly holidays: ReadonlySet<number>
  /** Places of the person that no jurisdiction with hours covers: such a call is refused. */
  readonly uncovered: readonly Place[]
  /** Parts of the person's country whose own law nobody has read; the country itself where its part is unknown. */
  readonly unread: readonly Place[]
}

/** Hours with the holidays that they are about: those of the places where the rule holds, days since 1970-01-01. */
export type LawfulHours = Rule<'hours'> & { readonly calendar: ReadonlySet<number> }

/** Whose law applies to a call. */
export interface LawQuestion {
  readonly seller: Place
  readonly purpose: Purpose
  /** Absent: lines about single topics do not hold. */
  readonly topic?: string
  /** Absent: a person speaks. */
  readonly voice?: Voice
  /** Absent: the system does both, as a predictive dialer does. */
  readonly automation?: readonly Automation[]
  /** Every place where the person may be; empty: unknown. */
  readonly person: readonly Place[]
}

/** `US-FL` is a part of `US`. */
export function countryOf(place: Place): Place {
  const hyphen = place.indexOf('-')
  return hyphen === -1 ? place : place.slice(0, hyphen)
}

/** Whether rules that hold in `where` hold at `place`: the same place or one around it. */
export function holdsAt(where: Place, place: Place): boolean {
  return where === place || where === countryOf(place)
}
