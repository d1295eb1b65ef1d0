import { pushCallDeadline, type Step } from '../step.ts'
import type { Call } from './call.ts'
import { shortestRingMs } from './callLimits.ts'

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
  const lawfulAt = call.phase.ringingAt + shortestRingMs(call)
  pushCallDeadline(step, call, { what: 'withdraw', at: Math.max(step.now, lawfulAt) })
}

/** Asks the PBX to end the call; without an answer it is asked again, and in the end counted as lost. */
export function hangUp(step: Step, call: Call): void {
  step.effects.push({ kind: 'hang-up', callId: call.callId, nodeId: call.nodeId })
  pushCallDeadline(step, call, { what: 'lost', at: step.now + hangUpGraceMs })
}
