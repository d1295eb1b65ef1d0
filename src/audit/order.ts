import type { Call, Story } from './calls.ts'
import type { People } from './counts.ts'
import type { Violation } from './types.ts'
import { violation } from './violations.ts'

/** Every originate has one outcome; a call that is younger than `openMaxMs` at the ledger's end may still go on. */
export function checkOutcomes({ calls, strays, entries, whole }: Story, openMaxMs: number): readonly Violation[] {
  const end = entries.reduce((latest, { at }) => Math.max(latest, at), 0)
  const wrong = calls.flatMap(call => {
    const count = call.outcomes.length
    if (count === 1 || (count === 0 && end - call.at < openMaxMs)) return []
    return [violation(call, { check: 'outcome', says: count === 0 ? 'it has no outcome' : `it has ${count} outcomes` })]
  })
  const never = strays.map(({ seq, at, entry }) => {
    const callId = String(entry.callId)
    return { seq, at, check: 'outcome', callId, says: 'an outcome of a call that was never originated' }
  })
  // In a piece of a ledger the originate may stand in the piece before.
  return whole ? [...wrong, ...never] : wrong
}

/** Nobody's phone rings twice at once: a call ends before the next one to the same number is originated. */
export function checkOverlaps(call: Call, { bySubject }: People): readonly Violation[] {
  const open = (bySubject.get(call.subject) ?? []).filter(other => {
    const ended = other.outcomes[0]?.seq ?? Number.POSITIVE_INFINITY
    return other.seq < call.seq && call.seq < ended
  })
  return open.map(({ callId }) =>
    violation(call, { check: 'overlap', says: `call ${callId} to the same number was open` }),
  )
}
