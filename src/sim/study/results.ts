import type { Knobs, PolicyName } from '../rivals/policies.ts'

/** What a policy reached in a scenario, over all seeds. Ratios 0..1, times in seconds. */
export interface PolicyResult {
  readonly policy: PolicyName
  readonly knobs: Knobs
  /** The knobs were found by search for this very scenario; no operator could know them. */
  readonly tuned: boolean
  /** Busy / logged-in time: mean over the seeds, and half the width of its 95 % confidence interval. */
  readonly occupancy: { readonly mean: number; readonly ci95: number }
  /** Abandoned / answered by a person: over all seeds together, and of the worst seed. */
  readonly abandonmentRate: { readonly pooled: number; readonly max: number }
  /** Time available before each call. */
  readonly agentWaitSec: { readonly mean: number; readonly p90: number }
  /** Conversations with persons, over all seeds. */
  readonly connected: number
  readonly attempts: number
  readonly answeredByPerson: number
  /** Conversations with persons per paid agent-hour. */
  readonly connectedPerAgentHour: number
  /** Occupancy / the best that any policy can reach at the same abandonment; only where that is known. */
  readonly ratioToOptimum?: number
}

/** A scenario's outcome: what `dialwright simulate --json` prints. */
export interface ScenarioResult {
  readonly scenario: string
  readonly seeds: number
  readonly policies: readonly PolicyResult[]
}

/** One point that a policy reached with some knobs: what a frontier is drawn of. */
export interface FrontierPoint {
  readonly policy: PolicyName | 'optimum'
  readonly knobs: Knobs
  readonly occupancy: number
  readonly abandonmentRate: number
}

/** A run over time, sampled at equal steps; arrays of equal length. */
export interface Timeline {
  /** Working hours since the start. */
  readonly hours: readonly number[]
  /** Agents by state. */
  readonly available: readonly number[]
  readonly onCall: readonly number[]
  readonly wrapUp: readonly number[]
  readonly paused: readonly number[]
  /** Calls originating, ringing or waiting. */
  readonly inFlight: readonly number[]
  /** Running abandonment since the start, 0..1. */
  readonly abandonmentRate: readonly number[]
}

/** How long agents waited for a call: `counts[i]` waits of at most `upToSec[i]` (and more than the one before); null: no end. */
export interface WaitHistogram {
  readonly upToSec: readonly (number | null)[]
  readonly counts: readonly number[]
}

/** What the page of `dialwright simulate --html` shows. Plain JSON. */
export interface ReportData extends ScenarioResult {
  readonly description: string
  readonly firstSeed: number
  readonly agents: number
  /** What the policies steer to, and the law's limit where the scenario has one. */
  readonly target: number
  readonly cap?: number
  readonly frontier: readonly FrontierPoint[]
  /** The run of the first seed, per policy. */
  readonly runs: readonly {
    readonly policy: PolicyName
    readonly tuned: boolean
    readonly timeline: Timeline
    readonly waits: WaitHistogram
  }[]
}
