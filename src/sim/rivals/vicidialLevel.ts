import type { Census } from '../../core/pacing/limits.ts'
import type { PacingObservation } from '../../core/pacing/pacer.ts'
import { hourMs } from '../../core/time.ts'
import type { Knobs, Policy, PolicyContext, PolicyName } from './policies.ts'
import { createRival, knobOf } from './rival.ts'
import { type DialLevel, VicidialLines } from './vicidialLines.ts'

/** What an adaptive method does to the level when the day's drops are over the limit; `hoursLeft` of the working day. */
export type Brake = (level: number, hoursLeft: number) => number

/**
 * As the product ships them. `levelMax`: 1..10 and more. `intensity`: percent by which a rise of the level is larger and a fall
 * smaller, -40..40. `dropLimit`: dropped / answered of today at which the brake acts, 0..1. `differenceTarget`: agents who should
 * be ready beyond the calls that wait (negative: calls that should wait), -40..40.
 */
const defaults = { levelMax: 3, intensity: 0, dropLimit: 0.03, differenceTarget: 0 }
/** The level moves this often, by what was seen since. */
const stepMs = 15_000
/** So many steps are the last minute. */
const minuteSteps = 4
/** The day's percentage counts from more calls than this. */
const callsTodayMin = 50
/** In a minute with more calls than this and more than half of the answers dropped, the level is halved. */
const callsInMinuteMin = 20

/** One of VICIdial's adaptive methods: they differ in the brake only. */
export function adaptivePolicy(name: PolicyName, brake: Brake): Policy {
  return {
    name,
    defaults,
    create: (knobs, context) =>
      createRival(new VicidialLines(new AdaptiveLevel(brake, knobs, context)), context.settings),
  }
}

/** Calls that ended or were answered, answers by persons that were settled, and drops among those. */
interface Tally {
  calls: number
  answers: number
  drops: number
}

const emptyTally = (): Tally => ({ calls: 0, answers: 0, drops: 0 })

/**
 * Every 15 s: `level *= 1 + (ready - waiting + difference target) / agents`, averages over those 15 s, agents being those ready
 * or talking; then the brakes; never outside 1..max.
 */
class AdaptiveLevel implements DialLevel {
  level = 1
  readonly #brake: Brake
  readonly #context: PolicyContext
  readonly #knobs: Record<keyof typeof defaults, number>
  readonly #today = emptyTally()
  readonly #minute: readonly Tally[] = Array.from({ length: minuteSteps }, emptyTally)
  #step = 0
  #dayEndsAt = Number.NaN
  #startedAt = Number.NaN
  /** What was seen last and since when; then what it adds up to since the step began, in agent-milliseconds. */
  #seenAt = Number.NaN
  #surplus = 0
  #agents = 0
  #surplusSum = 0
  #agentsSum = 0

  constructor(brake: Brake, knobs: Knobs, context: PolicyContext) {
    this.#brake = brake
    this.#context = context
    this.#knobs = {
      levelMax: Math.max(1, knobOf(knobs, defaults, 'levelMax')),
      intensity: knobOf(knobs, defaults, 'intensity') / 100,
      dropLimit: knobOf(knobs, defaults, 'dropLimit'),
      differenceTarget: knobOf(knobs, defaults, 'differenceTarget'),
    }
  }

  see(counts: Census, talking: number, now: number): void {
    const elapsed = now - this.#seenAt
    // Nobody looked for a whole step: a night, or a day without agents. Its average would say nothing.
    if (!(elapsed <= stepMs)) this.#begin(now)
    else {
      this.#surplusSum += this.#surplus * elapsed
      this.#agentsSum += this.#agents * elapsed
    }
    this.#seenAt = now
    this.#surplus = counts.available - counts.waiting
    this.#agents = counts.available + talking
    if (now - this.#startedAt < stepMs) return
    this.#move(now)
    this.#begin(now)
  }

  observe(observation: PacingObservation): void {
    const minute = this.#minute[this.#step]
    if (minute === undefined) return
    if (observation.kind === 'answered' || observation.kind === 'not-answered') {
      this.#today.calls += 1
      minute.calls += 1
    }
    if (observation.kind !== 'settled') return
    const drops = observation.abandoned ? 1 : 0
    this.#today.answers += 1
    this.#today.drops += drops
    minute.answers += 1
    minute.drops += drops
  }

  #begin(now: number): void {
    this.#startedAt = now
    this.#surplusSum = 0
    this.#agentsSum = 0
    const endsAt = this.#context.dayEndsAt(now)
    if (endsAt !== this.#dayEndsAt) Object.assign(this.#today, emptyTally())
    this.#dayEndsAt = endsAt
  }

  #move(now: number): void {
    const { levelMax, intensity, dropLimit, differenceTarget } = this.#knobs
    const target = differenceTarget * (now - this.#startedAt)
    const change = this.#agentsSum > 0 ? (this.#surplusSum + target) / this.#agentsSum : 0
    const scaled = change * (change > 0 ? 1 + intensity : 1 - intensity)
    let level = clampLevel(this.level * (1 + scaled), levelMax)
    const { calls, answers, drops } = this.#today
    if (calls > callsTodayMin && drops > dropLimit * answers)
      level = this.#brake(level, Math.max(0, this.#dayEndsAt - now) / hourMs)
    if (this.#spiked()) level /= 2
    this.level = clampLevel(level, levelMax)
    this.#step = (this.#step + 1) % minuteSteps
    Object.assign(this.#minute[this.#step] ?? {}, emptyTally())
  }

  #spiked(): boolean {
    let calls = 0
    let answers = 0
    let drops = 0
    for (const step of this.#minute) {
      calls += step.calls
      answers += step.answers
      drops += step.drops
    }
    return calls > callsInMinuteMin && drops > answers / 2
  }
}

function clampLevel(level: number, max: number): number {
  return level >= 1 ? Math.min(level, max) : 1
}
