import { dropCall, endCall } from '../calls/callEnd.ts'
import type { ShellAnswer } from '../inputs.ts'
import { markDirty, reject, type Step } from '../step.ts'

/** The verdict at the moment of the originate was no: nothing has been dialed, nothing is counted but the block. */
export function onRefused(step: Step, answer: Extract<ShellAnswer, { kind: 'originate-refused' }>): void {
  const call = step.state.calls.get(answer.callId)
  const campaign = call === undefined ? undefined : step.state.campaigns.get(call.campaignId)
  if (call?.phase.state !== 'originating' || campaign === undefined) {
    reject(step, 'unknown-call', `no call ${answer.callId} waits for a verdict`)
    return
  }
  dropCall(step, call)
  if (call.origin === 'campaign') campaign.progress.counters.attempts -= 1
  if (answer.reason === 'do-not-call') campaign.progress.counters.doNotCallBlocked += 1
  markDirty(step, call.campaignId)
}

/** The PBX did not take the order: the attempt is written and ends, without cost to the lead. */
export function onOriginateFailed(step: Step, answer: Extract<ShellAnswer, { kind: 'originate-failed' }>): void {
  const call = step.state.calls.get(answer.callId)
  // Only the answer was lost where the leg has been heard of since: a person may be on it.
  if (call?.phase.state !== 'originating') return
  endCall(step, call, { cause: 'failed', at: step.now, ...(answer.refused === true ? {} : { notLeft: true }) })
}
