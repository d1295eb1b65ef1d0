import type { Call } from './calls.ts'
import type { Violation } from './types.ts'

/** A violation that a call's originate shows. */
export function violation(
  { seq, at, callId, subject }: Call,
  what: { readonly check: string; readonly ruleId?: string; readonly says: string },
): Violation {
  return { seq, at, callId, subject, ...what }
}
