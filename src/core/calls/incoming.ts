import { given } from '../given.ts'
import type { Step } from '../step.ts'
import type { InboundCall } from './call.ts'

/** Has the beginning of a call that came in written, once: when it is known whose it is, or at its end. */
export function recordIncoming(step: Step, call: InboundCall): void {
  if (call.onRecord) return
  call.onRecord = true
  const { origin, callId, campaignId, nodeId, trunkId, callerId, originatedAt, number } = call
  const begun = { origin, callId, campaignId, nodeId, trunkId, callerId, originatedAt }
  step.effects.push({ kind: 'incoming-begun', attempt: { ...begun, ...given({ number, leadId: call.lead?.leadId }) } })
}
