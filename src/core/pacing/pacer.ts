import type { CallId, InstantMs } from '../ids.ts'
import type { PacingReason } from '../vocabulary.ts'

/** Which rule paces a campaign; in `preview` and `manual` agents dial by themselves, and nothing else does. */
export const pacingModes = ['progressive', 'ratio', 'predictive', 'preview', 'manual'] as const
/** The name of a rule that paces. */
export type PacingMode = (typeof pacingModes)[number]

/** One window over which a law counts abandonments. */
export interface AbandonmentWindow {
  /** What figures and reasons call it, like `24h`. */
  readonly name: string
  /** Absent: the whole life where there is no length, else successive periods of that length from the first call. */
  readonly kind?: 'life' | 'successive' | 'rolling' | 'calendar-month'
  /** Of `successive` and `rolling`. */
  readonly lengthMs?: number
  /** `calendar-month`: how far its midnight lies before that of UTC (east positive); absent: 0. */
  readonly utcOffsetMs?: number
  /** The line of the law that it comes from; absent: the operator's own. */
  readonly ruleId?: string
  /** Its own limit, 0..1; absent: `abandonmentRateMax`. */
  readonly rateMax?: number
}

/** What one of the law's windows holds: of the campaign's own calls, or of all calls of its seller for the same purpose. */
export interface WindowFigures {
  /** As {@link AbandonmentWindow.name}. */
  readonly window: string
  readonly of: 'campaign' | 'seller'
  /** Its limit, 0..1. */
  readonly rateMax: number
  /** Answered by a person, and abandoned among them. */
  readonly answers: number
  readonly abandoned: number
  /** Abandonments that may still happen before the limit is reached; negative beyond it. */
  readonly left: number
}

/**
 * Persons' calls of a span of time as the store has counted them: an hour, or a day where they are old. `answers`: answered by a
 * person, those abandoned among them.
 */
export interface CountedSpan {
  readonly at: InstantMs
  readonly lengthMs: number
  readonly answers: number
  readonly abandoned: number
}

/** What an operator may tune, live. */
export interface PacingSettings {
  readonly mode: PacingMode
  /** `ratio`: lines per available agent, 1..10. */
  readonly ratio: number
  /** `predictive`: abandoned / answered by a person to steer to, 0..0.1. */
  readonly abandonmentTarget: number
  /** The law's limit, 0..0.1; above 0.98 of it the campaign falls back to progressive. 1: no law, only the target steers. */
  readonly abandonmentRateMax: number
  /** Never more calls in flight per logged-in agent than this. */
  readonly dialLevelMax: number
  /** The law's windows, each kept for itself; absent: the campaign's whole life. */
  readonly abandonmentWindows?: readonly AbandonmentWindow[]
  /**
   * Of all persons who answer, those whom machine detection hangs up on, 0..1: they are abandoned unseen. The upper bound of an
   * estimate; absent: 0, no detection.
   */
  readonly personTakenForMachineRate?: number
  /** `predictive`: the share of the abandonment target to use, 0..1: less dials more carefully. Absent: 1. */
  readonly intensity?: number
  /** An agent has at least this much rest between two calls; absent: none. */
  readonly agentGapMs?: number
  /** No agent works a larger share of their session than this, 0.3..1; absent: no ceiling. */
  readonly occupancyMax?: number
  /** `predictive`: hang up calls that have rung for the legal minimum when nobody could take them; absent: never. */
  readonly ringWithdrawal?: boolean
  /** Ringing this long before a call may be withdrawn, at least 15 000; absent: 15 000. */
  readonly ringWithdrawalAfterMs?: number
  /** How long an answered person may wait for an agent; absent: 1 700. */
  readonly waitMaxMs?: number
}

/** An agent as pacing sees them. Those who leave after their call or have asked for a pause carry `leaving`. */
export interface PacingAgent {
  readonly state: 'available' | 'reserved' | 'on-call' | 'wrap-up'
  /** In that state since this instant, epoch milliseconds like `now`. */
  readonly since: number
  /** `available`: rests until this instant, and takes no call before; absent or 0: none. */
  readonly until?: number
  /** Serves calls that are already ringing, and no new one. */
  readonly leaving: boolean
}

/** A call in flight as pacing sees it. */
export interface PacingCall {
  readonly callId: CallId
  readonly state: 'originating' | 'ringing' | 'waiting'
  /** Instant of the originate (originating, ringing) or of the answer (waiting), epoch milliseconds like `now`. */
  readonly since: number
  /** Instant of the 180; absent without ringing evidence. */
  readonly ringingAt?: number | undefined
  /** How many times as often as the campaign's mean the lead is answered; absent: 1. */
  readonly answerFactor?: number | undefined
}

/** Everything one decision rests on, but what was learned. Its objects may be reused: a pacer keeps none of them. */
export interface PacingSnapshot {
  readonly agents: readonly PacingAgent[]
  readonly calls: readonly PacingCall[]
  /** As {@link PacingCall.answerFactor}, of the calls to be originated. */
  readonly nextAnswerFactor?: number | undefined
  /** How many originates the trunks' channels, their calls per second and the hopper allow right now. */
  readonly limits: { readonly channels: number; readonly callsPerSecond: number; readonly leads: number }
}

/**
 * What a pacer learns from. Times in milliseconds. `leadKind` names leads that are alike (attempt number, hour, prefix): their
 * answer probability is learned apart.
 */
export type PacingObservation =
  | { readonly kind: 'answered'; readonly afterMs: number; readonly leadKind?: string }
  | {
      readonly kind: 'not-answered'
      readonly afterMs: number
      readonly carrierFault: boolean
      readonly leadKind?: string
    }
  /** We hung up before anybody answered: what would have come of it is not known. */
  | { readonly kind: 'withdrawn'; readonly afterMs: number; readonly leadKind?: string }
  | { readonly kind: 'talk-ended'; readonly talkMs: number }
  | { readonly kind: 'wrap-up-ended'; readonly wrapUpMs: number }
  /** `riskBound`: what the decision before it said; absent: what this pacer's own last decision said. */
  | { readonly kind: 'settled'; readonly abandoned: boolean; readonly riskBound?: boolean }
  | { readonly kind: 'coded-machine' }
  /** As the two before, by another campaign of the same owner: an owner's windows are shared. */
  | { readonly kind: 'owner-settled'; readonly abandoned: boolean }
  | { readonly kind: 'owner-coded-machine' }
  /** What the windows hold from now on, in the order of time: of this campaign, and of all its owner's together. */
  | { readonly kind: 'counted'; readonly own: readonly CountedSpan[]; readonly owner: readonly CountedSpan[] }

/** A decision with everything needed to explain it. */
export interface PacingDecision {
  /** How many calls to originate now, >= 0. */
  readonly originate: number
  /** Ringing calls to end (past their legal minimum ring). */
  readonly withdraw: readonly CallId[]
  /** The accepted risk was what ended the count: only then may an unabandoned call raise it. */
  readonly riskBound?: boolean
  /** Without an event the next look is worth while after this time; absent: 200. */
  readonly againInMs?: number
  /** The limit that bound the decision. */
  readonly reason: PacingReason
  /** The law's window with least left of its budget, where there is a law. */
  readonly window?: string
  /** The figures the decision rested on, by the names that `explain` prints. */
  readonly figures: Readonly<Record<string, number>>
}

/** A decision with everything that it rested on: plain JSON, from which any process can work it out again. */
export interface DecisionRecord {
  readonly version: 2
  readonly settings: PacingSettings
  /** A pacer of this memory ... */
  readonly memory: PacerMemory
  /** ... that has seen this since ... */
  readonly observations: readonly { readonly at: number; readonly observation: PacingObservation }[]
  /** ... and is asked this at this instant ... */
  readonly snapshot: PacingSnapshot
  readonly at: number
  /** ... decides this. */
  readonly decision: PacingDecision
}

/** What a pacer needs of its own, to continue after a restart: plain JSON. */
export type PacerMemory = Readonly<Record<string, unknown>>

/** Makes a pacer; `memory` is what an earlier one of the same campaign gave. */
export type PacerFactory = (settings: PacingSettings, memory?: PacerMemory) => Pacer

/**
 * Decides how many calls may be originated now. Holds what it learned; has no clock: `now` comes with every call.
 * One per campaign; replaced when the mode changes.
 */
export interface Pacer {
  readonly mode: PacingMode
  /** Takes effect at the next decision. */
  configure(settings: PacingSettings): void
  observe(observation: PacingObservation, now: number): void
  decide(snapshot: PacingSnapshot, now: number): PacingDecision
  /** Probability 0..1 that a lead like the campaign's mean answers. Absent: the pacer does not learn it. */
  answerProbability?(now: number): number
  /** How many times as often as the campaign's mean a lead of this kind is answered. Absent: the pacer does not learn it. */
  answerFactor?(leadKind: string): number
  /** For persistence; given back to the factory after a restart. */
  memory(): PacerMemory
  /** As {@link memory}; from here on this pacer and one made of it decide alike to the last digit. Absent: it cannot promise that. */
  checkpoint?(): PacerMemory
  /** How far the calls in flight may grow, which moves with the decisions: what a record needs beside a checkpoint. */
  growth?(): Readonly<Record<string, unknown>>
  /** What the law's windows hold, as of the last decision; none without a law. Absent: the pacer keeps no windows. */
  windows?(): readonly WindowFigures[]
  /** The newest decision that was worth keeping, with all it rested on, where the pacer keeps that. */
  lastRecord?(): DecisionRecord | undefined
}
