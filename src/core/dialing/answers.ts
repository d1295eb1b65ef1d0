import type { ManualCall } from '../calls/call.ts'
import { dropCall, endCall } from '../calls/callEnd.ts'
import { given } from '../given.ts'
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
  if (call.origin === 'manual') tellRefused(step, call, answer)
  if (answer.reason === 'do-not-call') campaign.progress.counters.doNotCallBlocked += 1
  markDirty(step, call.campaignId)
}

/** The agent who asked for the call hears why it is not made. */
function tellRefused(step: Step, call: ManualCall, answer: Extract<ShellAnswer, { kind: 'originate-refused' }>): void {
  const { agentId, campaignId, lead } = call
  const why = { reason: answer.reason, ...given({ retryAt: answer.retryAt }) }
  const agent = step.state.agents.get(agentId)
  if (agent !== undefined) agent.refused = { at: step.now, ...why }
  if (lead === undefined) return
  const event = { kind: 'dial-refused', agentId, campaignId, leadId: lead.leadId, ...why } as const
  step.effects.push({ kind: 'notify', event })
}

/** The PBX did not take the order: the attempt is written and ends, without cost to the lead. */
export function onOriginateFailed(step: Step, answer: Extract<ShellAnswer, { kind: 'originate-failed' }>): void {
  const call = step.state.calls.get(answer.callId)
  // Only the answer was lost where the leg has been heard of since: a person may be on it.
  if (call?.phase.state !== 'originating') return
  endCall(step, call, { cause: 'failed', at: step.now, ...(answer.refused === true ? {} : { notLeft: true }) })
}
