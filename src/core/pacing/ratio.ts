import { type Census, callsForServing } from './limits.ts'
import { clamp } from './math.ts'
import type { Wish } from './progressive.ts'

/** A fixed number of lines per available agent, 1..10, minus the lines in flight. Fractions are rounded down. */
export function ratioWish(counts: Census, ratio: number): Wish {
  const lines = Math.floor(counts.available * clamp(ratio, 1, 10))
  const calls = Math.max(0, lines - callsForServing(counts))
  return { calls, reason: calls > 0 ? 'agent-available' : 'agents-covered' }
}
