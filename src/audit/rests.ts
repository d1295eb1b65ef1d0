import type { Call } from './calls.ts'
import { inScope, type People } from './counts.ts'
import { rulesFor } from './laws.ts'
import type { PlainRules, Violation } from './types.ts'
import { violation } from './violations.ts'

/** Whether something happened in a call after which its person rests. */
function happened(call: Call, cause: string | undefined): boolean {
  const [outcome] = call.outcomes
  switch (cause) {
    case 'abandonment':
      return outcome?.disposition === 'abandoned' || outcome?.disposition === 'hung-up-waiting'
    case 'conversation':
      return outcome?.connectedAt !== undefined && call.word?.machine !== true
    case 'refusal':
      return call.word?.refusal === true
    case 'complaint':
      return call.word?.complaint === true
    default:
      return false
  }
}

/** Nobody is called while a rule lets them rest after an earlier call, counted from that call's end. */
export function checkRests(call: Call, book: PlainRules | undefined, people: People): readonly Violation[] {
  return rulesFor(call, book, 'rest').flatMap(({ rule }) => {
    if (rule.unless === 'agent-reserved' && call.cleared?.agentReserved === true) return []
    const { ruleId, forMs = 0, after } = rule
    const broken = inScope(call, rule, people).filter(other => {
      const ended = other.outcomes[0]?.at
      return other.seq < call.seq && ended !== undefined && happened(other, after) && call.at < ended + forMs
    })
    return broken.map(({ callId }) =>
      violation(call, {
        check: 'rest',
        ruleId,
        says: `within ${forMs / 3_600_000} h of the ${after} in call ${callId}`,
      }),
    )
  })
}
