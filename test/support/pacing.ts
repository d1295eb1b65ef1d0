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
  readonly nextAnswerFactor?: number
}

/** The snapshot with its instants, seen at `now`. */
export function snapshotAt({ agents, calls, ...rest }: Seen, now: number): PacingSnapshot {
  return {
    agents: agents.map(({ elapsedMs, ...agent }) => ({ ...agent, since: now - elapsedMs })),
    calls: calls.map(({ elapsedMs, ringingMs, ...call }) => ({
      ...call,
      since: now - elapsedMs,
      ...(ringingMs === undefined ? {} : { ringingAt: now - ringingMs }),
    })),
    ...rest,
  }
}

/** What a pacer decides on such a snapshot. */
export function ask(pacer: Pacer, seen: Seen, now: number): PacingDecision {
  return pacer.decide(snapshotAt(seen, now), now)
}

/** Shows a pacer many calls in flight for half a minute before `now`: growth binds none of its decisions then. */
export function tryManyCalls(pacer: Pacer, now: number): void {
  const agents: Seen['agents'] = [{ state: 'available', elapsedMs: 0, leaving: false }]
  const calls: Seen['calls'] = Array.from({ length: 400 }, (_, n) => ({
    callId: `tried-${n}`,
    state: 'ringing',
    elapsedMs: 5_000,
  }))
  const limits = { channels: 0, callsPerSecond: 0, leads: 0 }
  for (const before of [30_000, 15_000]) ask(pacer, { agents, calls, limits }, now - before)
}

/** An ordinary day for a pacer to have seen: a quarter answers after 11 s, talks of two minutes, wrap-ups of 20 s. */
export function passOrdinaryDay(pacer: Pacer): void {
  for (let n = 0; n < 400; n += 1) {
    if (n % 4 === 0) {
      pacer.observe({ kind: 'answered', afterMs: 5_000 + (n % 13) * 1_000 }, n)
      pacer.observe({ kind: 'settled', abandoned: false }, n)
      pacer.observe({ kind: 'talk-ended', talkMs: 20_000 + ((n * 7) % 200) * 1_000 }, n)
      pacer.observe({ kind: 'wrap-up-ended', wrapUpMs: 5_000 + ((n * 3) % 30) * 1_000 }, n)
    } else pacer.observe({ kind: 'not-answered', afterMs: 25_000, carrierFault: false }, n)
  }
}
