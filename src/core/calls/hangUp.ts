import { pushCallDeadline, type Step } from '../step.ts'
import type { Call } from './call.ts'

/** A CANCEL never leaves before this much ringing, counted from the 180 (47 CFR 64.1200(a)(6), Ofcom 2016-12-20). */
const minRingMs = 15_000
/** The PBX has this long to tell the end of a call that we have asked it to end. */
export const hangUpGraceMs = 10_000

/**
 * Ends a call that nobody has answered, as soon as the law lets it: never before 15 s of ringing or what the
 * person's law wants, never without evidence. What
 * somebody else has begun is not ours to withdraw.
 */
export function withdrawWhenLawful(step: Step, call: Call, as: NonNullable<Call['endingAs']>): void {
  if (call.origin === 'inbound') return
  call.endingAs = as
  if (call.phase.state !== 'ringing') return
  const ringMs = Math.max(minRingMs, call.lead?.ringMinMs ?? 0)
  pushCallDeadline(step, call, { what: 'withdraw', at: Math.max(step.now, call.phase.ringingAt + ringMs) })
}

/** Asks the PBX to end the call; without an answer it is asked again, and in the end counted as lost. */
export function hangUp(step: Step, call: Call): void {
  step.effects.push({ kind: 'hang-up', callId: call.callId, nodeId: call.nodeId })
  pushCallDeadline(step, call, { what: 'lost', at: step.now + hangUpGraceMs })
}
