import type { PacingReason } from '../vocabulary.ts'
import { clamp } from './math.ts'
import type { PacingAgent, PacingSettings, PacingSnapshot } from './pacer.ts'

/** What one look over a snapshot counts. All numbers are whole and >= 0, whatever the snapshot holds. */
export interface Census {
  /** Agents who are logged in and do not leave: only they justify a new call. */
  readonly serving: number
  /** Of those, the ones who could take a call now: available and rested. */
  readonly available: number
  /** Available agents who leave: they take calls that ring already, and no new one. */
  readonly leavingAvailable: number
  /** Calls originating, ringing or waiting. */
  readonly inFlight: number
  /** Persons who have answered and have nobody yet. */
  readonly waiting: number
}

/** Whether an available agent still rests. */
export function resting(agent: PacingAgent, now: number): boolean {
  return agent.until !== undefined && agent.until > now
}

/** Counts agents and calls of a snapshot of `now`. */
export function census(snapshot: Pick<PacingSnapshot, 'agents' | 'calls'>, now: number): Census {
  let serving = 0
  let available = 0
  let leavingAvailable = 0
  let waiting = 0
  for (const agent of snapshot.agents) {
    if (!agent.leaving) serving += 1
    if (agent.state !== 'available' || resting(agent, now)) continue
    if (agent.leaving) leavingAvailable += 1
    else available += 1
  }
  for (const call of snapshot.calls) if (call.state === 'waiting') waiting += 1
  return { serving, available, leavingAvailable, inFlight: snapshot.calls.length, waiting }
}

/** Calls in flight that no leaving agent will take: what the others have to serve. */
export function callsForServing(counts: Census): number {
  return Math.max(0, counts.inFlight - counts.leavingAvailable)
}

/** How many calls may be added, and which limit says so. */
export interface Ceiling {
  readonly calls: number
  readonly reason: PacingReason
}

function whole(value: number): number {
  return Math.floor(clamp(value, 0, Number.MAX_SAFE_INTEGER))
}

/** The tightest of the limits that do not depend on prediction; of equals the first in the order of the list wins. */
export function ceiling(snapshot: PacingSnapshot, settings: PacingSettings, counts: Census): Ceiling {
  const { limits } = snapshot
  const ceilings: readonly Ceiling[] = [
    { calls: counts.serving > 0 ? Number.MAX_SAFE_INTEGER : 0, reason: 'no-agents' },
    { calls: whole(limits.leads), reason: 'no-leads' },
    { calls: whole(limits.channels), reason: 'trunk-limit' },
    { calls: whole(limits.callsPerSecond), reason: 'calls-per-second-limit' },
    { calls: whole(settings.dialLevelMax * counts.serving - counts.inFlight), reason: 'max-dial-level' },
  ]
  return ceilings.reduce((tightest, next) => (next.calls < tightest.calls ? next : tightest))
}
