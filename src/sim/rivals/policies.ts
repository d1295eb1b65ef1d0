import type { Pacer, PacerMemory, PacingSettings } from '../../core/pacing/pacer.ts'

/** Every rule the simulator can dial by. `predictive` is ours; the others are the rivals, each written from its description. */
export const policyNames = [
  'progressive',
  'ratio',
  'kappa',
  'kappa-tuned',
  'vicidial-ratio',
  'vicidial-hard',
  'vicidial-average',
  'vicidial-tapered',
  'issabel',
  'predictive',
] as const
/** The name of a rule. */
export type PolicyName = (typeof policyNames)[number]

/** A policy's tuning: numbers by name. */
export type Knobs = Readonly<Record<string, number>>

/** What a rule may know beside its observations and snapshots. */
export interface PolicyContext {
  readonly settings: PacingSettings
  /** The end of the working day that goes on at `now`, for rules that look at the clock. Epoch milliseconds. */
  dayEndsAt(now: number): number
  readonly memory?: PacerMemory
}

/** One rule: how it is tuned, and how it is made. */
export interface Policy {
  readonly name: PolicyName
  /** The knobs as the product that knows this rule ships them. */
  readonly defaults: Knobs
  create(knobs: Knobs, context: PolicyContext): Pacer
}
