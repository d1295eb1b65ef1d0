import type { InstantMs } from '../ids.ts'
import { dayMs } from '../time.ts'
import type { PastAttempt } from './history.ts'

/** How calls wear a number out. Weights are points; a number at `limit` is called no more until it has rested. */
export interface FatigueSettings {
  readonly on: boolean
  /** Points lose half of their weight in this time. */
  readonly halfLifeMs: number
  readonly limit: number
  /** The rest since the last call at the limit; below it the rest is this, times the square of the share of the limit. */
  readonly restMs: number
  readonly weights: FatigueWeights
}

/** Points of what was done to a number. */
export interface FatigueWeights {
  /** Each attempt that rang, or may have. */
  readonly attempt: number
  /** The person hung up within 5 s of the answer. */
  readonly hungUpWithin5s: number
  /** The person hung up within 20 s. */
  readonly hungUpWithin20s: number
  readonly abandoned: number
  readonly refusal: number
  readonly complaint: number
}

/** On by default; a refusal or a complaint is the limit by itself. */
export const defaultFatigue: FatigueSettings = {
  on: true,
  halfLifeMs: 14 * dayMs,
  limit: 12,
  restMs: 7 * dayMs,
  weights: { attempt: 1, hungUpWithin5s: 4, hungUpWithin20s: 2, abandoned: 3, refusal: 12, complaint: 24 },
}

/** A number's fatigue: points now, and what they come from. */
export interface Fatigue {
  readonly points: number
  /** Where the points come from, the heaviest first. */
  readonly parts: readonly { readonly what: keyof FatigueWeights; readonly times: number; readonly points: number }[]
}

function eventsOf(past: PastAttempt): readonly (keyof FatigueWeights)[] {
  const events: (keyof FatigueWeights)[] = []
  if (past.counts) events.push('attempt')
  const hungUp = past.disposition === 'connected' || past.disposition === 'hung-up-waiting'
  if (hungUp && past.answeredAt !== undefined && past.endedAt !== undefined) {
    const talkedMs = past.endedAt - past.answeredAt
    if (talkedMs < 5_000) events.push('hungUpWithin5s')
    else if (talkedMs < 20_000) events.push('hungUpWithin20s')
  }
  if (past.disposition === 'abandoned') events.push('abandoned')
  if (past.refusal) events.push('refusal')
  if (past.complaint) events.push('complaint')
  return events
}

/** Points of a number now: each event's weight, halved with every half-life since. 0 without history. */
export function fatiguePoints(history: readonly PastAttempt[], settings: FatigueSettings, now: InstantMs): number {
  let points = 0
  for (const past of history) {
    const left = 2 ** (-Math.max(0, now - past.originatedAt) / settings.halfLifeMs)
    for (const event of eventsOf(past)) points += settings.weights[event] * left
  }
  return points
}

/** The same with what it comes from, for `explain`. */
export function explainFatigue(history: readonly PastAttempt[], settings: FatigueSettings, now: InstantMs): Fatigue {
  const parts = new Map<keyof FatigueWeights, { times: number; points: number }>()
  for (const past of history) {
    const left = 2 ** (-Math.max(0, now - past.originatedAt) / settings.halfLifeMs)
    for (const event of eventsOf(past)) {
      const part = parts.get(event) ?? { times: 0, points: 0 }
      part.times += 1
      part.points += settings.weights[event] * left
      parts.set(event, part)
    }
  }
  const sorted = [...parts].map(([what, part]) => ({ what, ...part })).sort((a, b) => b.points - a.points)
  return { points: sorted.reduce((sum, { points }) => sum + points, 0), parts: sorted }
}

/** How long it takes until `points` have fallen to `to`, milliseconds; 0 where they have. */
export function decayMs(points: number, to: number, halfLifeMs: number): number {
  return points <= to ? 0 : Math.ceil(halfLifeMs * Math.log2(points / to))
}
