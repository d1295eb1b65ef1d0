import type { Call } from './calls.ts'
import type { Violation } from './types.ts'
import { violation } from './violations.ts'

/**
 * Lines of law ask what a system does by itself, so a call must not have been cleared on less than its mode does: pacing dials, and
 * where agents are shown leads the system has selected them. `mode` of the entry says how an agent came to the person.
 */
export function checkMode(call: Call): readonly Violation[] {
  const { origin, cleared } = call
  if (cleared === undefined) return []
  const { mode, automates } = cleared
  const wrong = (says: string) => [violation(call, { check: 'automation', says })]
  if (origin === 'campaign' && mode !== undefined) return wrong(`pacing dialed, and the clearance says ${mode}`)
  if (origin === 'campaign' && !automates.includes('dialing'))
    return wrong('pacing dialed, and it was cleared as if nothing had dialed by itself')
  if (origin === 'manual' && mode === 'preview' && !automates.includes('selection'))
    return wrong('the lead was shown to its agent, and it was cleared as if nobody had selected it')
  return []
}
