import type { Pacer, PacingAgent, PacingCall, PacingDecision, PacingSnapshot } from '../../src/core/pacing/pacer.ts'

/** An agent as a test writes them: by the time they have been in their state. */
export type SeenAgent = Omit<PacingAgent, 'since'> & { readonly elapsedMs: number }

/** A call as a test writes it. */
export type SeenCall = Omit<PacingCall, 'since' | 'ringingAt'> & {
  readonly elapsedMs: number
  readonly ringingMs?: number
}

/** A snapshot as a test writes it: by elapsed times. */
export interface Seen {
  readonly agents: readonly SeenAgent[]
  readonly calls: readonly SeenCall[]
  readonly limits: PacingSnapshot['limits']
}

/** The snapshot with its instants, seen at `now`. */
export function snapshotAt({ agents, calls, limits }: Seen, now: number): PacingSnapshot {
  return {
    agents: agents.map(({ elapsedMs, ...agent }) => ({ ...agent, since: now - elapsedMs })),
    calls: calls.map(({ elapsedMs, ringingMs, ...call }) => ({
      ...call,
      since: now - elapsedMs,
      ...(ringingMs === undefined ? {} : { ringingAt: now - ringingMs }),
    })),
    limits,
  }
}

/** What a pacer decides on such a snapshot. */
export function ask(pacer: Pacer, seen: Seen, now: number): PacingDecision {
  return pacer.decide(snapshotAt(seen, now), now)
}
