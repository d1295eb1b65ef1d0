import type { CallId } from '../ids.ts'
import { pushCallDeadline, reject, type Step } from '../step.ts'
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

/**
 * Ends a call at its agent's or an operator's wish: a conversation at once, one that rings as soon as the law lets it. Whoever has
 * answered and waits gets an agent or the message within two seconds, and nobody takes that from them.
 */
export function onHangUpCommand(step: Step, { callId }: { readonly callId: CallId }): void {
  const call = step.state.calls.get(callId)
  if (call === undefined) {
    reject(step, 'unknown-call', `no call ${callId} is in progress`)
    return
  }
  switch (call.phase.state) {
    case 'connected':
    case 'informing':
      hangUp(step, call)
      return
    case 'originating':
    case 'ringing':
      if (call.origin === 'inbound') hangUp(step, call)
      else withdrawWhenLawful(step, call, 'operator')
      return
    default:
      reject(
        step,
        'illegal-transition',
        `call ${callId} is ${call.phase.state}: the person gets an agent or the message, and the call ends by itself`,
      )
  }
}
