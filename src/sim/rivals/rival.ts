import { type Census, ceiling, census } from '../../core/pacing/limits.ts'
import type {
  Pacer,
  PacingDecision,
  PacingObservation,
  PacingSettings,
  PacingSnapshot,
} from '../../core/pacing/pacer.ts'
import type { Knobs } from './policies.ts'

/** One rule of a rival, without the limits that bind every rule. */
export interface Rule {
  /**
   * How many calls it would originate at `now` (epoch milliseconds). Fractions are rounded down; what is not a positive number
   * is none.
   */
  wish(snapshot: PacingSnapshot, counts: Census, now: number): number
  /** Learns; absent: the rule learns nothing. */
  observe?(observation: PacingObservation, now: number): void
  /** How long after a decision the next is worth while without an event, milliseconds; absent: a second. */
  againInMs?(now: number): number
}

/** A rule that looks at counts only changes its mind on events; a look now and then costs nothing. */
const eventsOnlyMs = 1_000
const nothing: readonly string[] = []
/** Rivals explain themselves by their description. */
const noFigures: Readonly<Record<string, number>> = {}

/** Puts a rule under the limits that bind every rule: nobody serving, leads, trunks, dial level. */
export function createRival(rule: Rule, settings: PacingSettings): Pacer {
  return new Rival(rule, settings)
}

class Rival implements Pacer {
  readonly #rule: Rule
  #settings: PacingSettings

  constructor(rule: Rule, settings: PacingSettings) {
    this.#rule = rule
    this.#settings = settings
  }

  get mode(): PacingSettings['mode'] {
    return this.#settings.mode
  }

  configure(settings: PacingSettings): void {
    this.#settings = settings
  }

  observe(observation: PacingObservation, now: number): void {
    this.#rule.observe?.(observation, now)
  }

  decide(snapshot: PacingSnapshot, now: number): PacingDecision {
    const counts = census(snapshot, now)
    // The rule is asked even when nobody serves: some average over time what they see.
    const wish = Math.floor(this.#rule.wish(snapshot, counts, now))
    const again = { againInMs: this.#rule.againInMs?.(now) ?? eventsOnlyMs, withdraw: nothing, figures: noFigures }
    if (counts.serving === 0) return { ...again, originate: 0, reason: 'no-agents' }
    if (!(wish >= 1)) return { ...again, originate: 0, reason: 'agents-covered' }
    const limit = ceiling(snapshot, this.#settings, counts)
    if (limit.calls < wish) return { ...again, originate: limit.calls, reason: limit.reason }
    return { ...again, originate: wish, reason: 'agent-available' }
  }

  memory(): Record<string, never> {
    return {}
  }
}

/** A knob's value: as given, where it is a finite number, else the rule's default. */
export function knobOf<Name extends string>(
  knobs: Knobs,
  defaults: Readonly<Record<Name, number>>,
  name: Name,
): number {
  const given = knobs[name]
  return given !== undefined && Number.isFinite(given) ? given : defaults[name]
}

/** Calls that ring (or are on their way to it) and that no leaving agent will take. Whole, >= 0. */
export function ringingForServing(counts: Census): number {
  return Math.max(0, counts.inFlight - counts.waiting - counts.leavingAvailable)
}
