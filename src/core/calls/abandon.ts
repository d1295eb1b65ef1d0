import { settleCall } from '../campaigns/ownerFlow.ts'
import { given } from '../given.ts'
import type { InstantMs } from '../ids.ts'
import { markDirty, moveCall, pushCallDeadline, type Step } from '../step.ts'
import type { AbandonReason, Call, CallPhase, CampaignCall } from './call.ts'

/** The message and what follows it never take longer; the PBX's own watchdog is shorter. */
const messageMaxMs = 60_000

/** Nobody takes the person: the message, at once, and the budget pays. */
export function abandon(step: Step, call: Call, why: AbandonReason): void {
  if (call.origin !== 'campaign' || !isUnmet(call.phase)) return
  step.effects.push({ kind: 'play-message', callId: call.callId, nodeId: call.nodeId })
  abandonAs(step, call, { why, messageAt: step.now })
}

/** Answered, and with nobody yet. */
export function isUnmet(phase: CallPhase): phase is Extract<CallPhase, { state: 'screening' | 'waiting' }> {
  return phase.state === 'waiting' || phase.state === 'screening'
}

/** As {@link abandon}, where the message needs no order: the PBX plays it by itself, or nobody is left to hear it. */
export function abandonAs(
  step: Step,
  call: CampaignCall,
  { why, messageAt }: { readonly why: AbandonReason; readonly messageAt?: InstantMs },
): void {
  const campaign = step.state.campaigns.get(call.campaignId)
  if (!isUnmet(call.phase) || campaign === undefined) return
  const { ringingAt, answeredAt } = call.phase
  const instants = { ...given({ ringingAt, messageAt }), answeredAt }
  const phase = { state: 'announcing', ...instants, disposition: 'abandoned', why } as const
  if (!moveCall(step, call, phase)) return
  campaign.progress.counters.abandoned += 1
  settleCall(step, campaign, { abandoned: true, answeredAt })
  markDirty(step, call.campaignId)
  step.effects.push({
    kind: 'notify',
    event: { kind: 'call-abandoned', callId: call.callId, campaignId: call.campaignId, why },
  })
  pushCallDeadline(step, call, { what: 'overdue', at: step.now + messageMaxMs })
}
