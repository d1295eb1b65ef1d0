import type { Call } from './calls.ts'
import { rulesFor } from './laws.ts'
import type { PlainRules, Violation } from './types.ts'
import { violation } from './violations.ts'

/** The final answer to our own CANCEL (RFC 3261, 15.1.2 and 21.4.25): another code means that the network ended the call. */
const requestTerminated = 487

/**
 * A call that we ended unanswered has rung as long as a rule wants. Without a sign of ringing it is counted from the originate:
 * nobody knows that it rang later.
 */
export function checkRings(call: Call, book: PlainRules | undefined): readonly Violation[] {
  const [outcome] = call.outcomes
  if (outcome === undefined || !endedByUs(outcome)) return []
  const rangMs = outcome.at - (outcome.ringingAt ?? call.at)
  return rulesFor(call, book, 'ring').flatMap(({ rule: { ruleId, minMs = 0 } }) =>
    rangMs >= minMs
      ? []
      : [violation(call, { check: 'ring', ruleId, says: `rang ${rangMs / 1000} s of at least ${minMs / 1000} s` })],
  )
}

function endedByUs({ disposition, sipCode, answeredAt }: Call['outcomes'][number]): boolean {
  if (answeredAt !== undefined) return false
  if (disposition === 'withdrawn') return true
  return disposition === 'no-answer' && (sipCode === undefined || sipCode === requestTerminated)
}
