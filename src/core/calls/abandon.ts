import { settleCall } from '../campaigns/ownerFlow.ts'
import { given } from '../given.ts'
import type { InstantMs } from '../ids.ts'
import { markDirty, moveCall, pushCallDeadline, type Step } from '../step.ts'
import type { AbandonReason, Call, CallPhase, CampaignCall, ManualCall } from './call.ts'

/** The message and what follows it never take longer; the PBX's own watchdog is shorter. */
const messageMaxMs = 60_000

/** Nobody takes the person: the message, at once, and the budget pays. */
export function abandon(step: Step, call: Call, why: AbandonReason): void {
  if (call.origin === 'inbound' || !metNobody(call)) return
  step.effects.push({ kind: 'play-message', callId: call.callId, nodeId: call.nodeId })
  abandonAs(step, call, { why, messageAt: step.now })
}

/** Answered, and with nobody yet. */
export function isUnmet(phase: CallPhase): phase is Extract<CallPhase, { state: 'screening' | 'waiting' }> {
  return phase.state === 'waiting' || phase.state === 'screening'
}

/** Somebody whom we have called has answered, and has heard nobody. */
export function metNobody({ origin, phase }: CampaignCall | ManualCall): boolean {
  if (origin === 'campaign') return isUnmet(phase)
  return phase.state === 'connected' && phase.connectedAt === undefined && phase.agentGoneAt === undefined
}

/** As {@link abandon}, where the message needs no order: the PBX plays it by itself, or nobody is left to hear it. */
export function abandonAs(
  step: Step,
  call: CampaignCall | ManualCall,
  { why, messageAt }: { readonly why: AbandonReason; readonly messageAt?: InstantMs },
): void {
  const campaign = step.state.campaigns.get(call.campaignId)
  if (!metNobody(call) || !('answeredAt' in call.phase) || campaign === undefined) return
  const { ringingAt, answeredAt } = call.phase
  const instants = { ...given({ ringingAt, messageAt }), answeredAt }
  const phase = { state: 'announcing', ...instants, disposition: 'abandoned', why } as const
  if (!moveCall(step, call, phase)) return
  const { counters } = campaign.progress
  if (call.origin === 'manual') {
    // Only now: an agent's own call that finds its agent dilutes no rate.
    counters.answered += 1
    counters.answeredByPerson += 1
  }
  counters.abandoned += 1
  settleCall(step, campaign, { abandoned: true, answeredAt })
  markDirty(step, call.campaignId)
  step.effects.push({
    kind: 'notify',
    event: { kind: 'call-abandoned', callId: call.callId, campaignId: call.campaignId, why },
  })
  pushCallDeadline(step, call, { what: 'overdue', at: step.now + messageMaxMs })
}
