import type { CallId } from '../ids.ts'
import type { PacingReason } from '../vocabulary.ts'
import { type Census, callsForServing } from './limits.ts'

/** What a rule wants before the limits have their say. */
export interface Wish {
  readonly calls: number
  /** Why not more, or why these. */
  readonly reason: PacingReason
  /** When another look is worth while without an event; absent: a second. */
  readonly againInMs?: number
  /** Ringing calls to hang up; absent: none. */
  readonly withdraw?: readonly CallId[]
}

/** One call per available agent, none while one is in flight for them: nobody can be abandoned for want of an agent. */
export function progressiveWish(counts: Census): Wish {
  const calls = Math.max(0, counts.available - callsForServing(counts))
  return { calls, reason: calls > 0 ? 'agent-available' : 'agents-covered' }
}
