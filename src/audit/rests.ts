import type { Call } from './calls.ts'
import { dayIn, inScope, type People } from './counts.ts'
import { rulesFor } from './laws.ts'
import type { PlainRule, PlainRules, Violation } from './types.ts'
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

const dayMs = 86_400_000

/** By the clock, or by whole days in any zone where the person may be. */
function isResting(call: Call, { forMs = 0, wholeDays }: PlainRule, ended: number): boolean {
  const zones = call.cleared?.zones ?? []
  if (wholeDays === undefined || zones.length === 0) return call.at < ended + forMs
  const days = forMs / dayMs + (wholeDays === 'from-the-day' ? 0 : 1)
  return zones.some(zone => dayIn(zone, call.at) < dayIn(zone, ended) + days)
}

/** Nobody is called while a rule lets them rest after an earlier call, counted from that call's end. */
export function checkRests(call: Call, book: PlainRules | undefined, people: People): readonly Violation[] {
  return rulesFor(call, book, 'rest').flatMap(({ rule }) => {
    if (rule.unless === 'agent-reserved' && call.cleared?.agentReserved === true) return []
    const { ruleId, forMs = 0, after } = rule
    const broken = inScope(call, rule, people).filter(other => {
      const ended = other.outcomes[0]?.at
      return other.seq < call.seq && ended !== undefined && happened(other, after) && isResting(call, rule, ended)
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
