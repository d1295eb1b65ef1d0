import { type Agent, type AgentPhase, agentTransitions, viewAgent } from './agents/agent.ts'
import { type Call, type CallPhase, mayBecome, personOf } from './calls/call.ts'
import type { Effect, EngineEvent, RejectionCode } from './effects.ts'
import type { CampaignId, InstantMs } from './ids.ts'
import { addTime } from './metrics.ts'
import type { EngineState } from './state.ts'

/** One step of the engine: what it works on and what it wants done. */
export interface Step {
  readonly state: EngineState
  readonly now: InstantMs
  readonly effects: Effect[]
}

/** Answers an input that cannot be obeyed; `message` says what to do. */
export function reject(step: Step, code: RejectionCode, message: string): void {
  step.effects.push({ kind: 'rejected', code, message })
}

/** Moves a call to a state that may follow its own, or says that it may not. The one guarded way. */
export function moveCall(step: Step, call: Call, phase: CallPhase): boolean {
  if (!mayBecome(call, phase.state)) {
    reject(step, 'illegal-transition', `call ${call.callId} is ${call.phase.state}, it cannot become ${phase.state}`)
    return false
  }
  // A call of this origin may be there: its table has just said so.
  const itself = call as { phase: CallPhase }
  itself.phase = phase
  step.state.campaigns.get(call.campaignId)?.picture.follow(call)
  return true
}

/** Moves an agent to a state that may follow their own, keeping their times. The one guarded way. */
export function moveAgent(step: Step, agent: Agent, phase: AgentPhase): boolean {
  const from = agent.phase
  if (!agentTransitions[from.state].includes(phase.state)) {
    reject(step, 'illegal-transition', `agent ${agent.agentId} is ${from.state}, they cannot become ${phase.state}`)
    return false
  }
  awaitWord(step, from, phase)
  if (phase.state !== 'available') takeOfferBack(step, agent)
  addTime(agent.times, from.state, Math.max(0, step.now - from.since))
  agent.phase = phase
  if (phase.state === 'on-call') agent.mayBreathe = true
  markPause(step, agent, from)
  if (viewAgent(agent)) agentsChanged(step, agent.campaignId)
  step.effects.push({ kind: 'notify', event: { kind: 'agent-state', agentId: agent.agentId, state: phase.state } })
  // An agent who has been taken makes no call possible that was not before.
  if (phase.state !== 'reserved' && phase.state !== 'on-call') markDirty(step, agent.campaignId)
  return true
}

/** The lead that is shown to an agent is anybody's again, and the next to be shown. */
export function takeOfferBack(step: Step, agent: Agent): void {
  const { offer, campaignId } = agent
  if (offer === undefined || campaignId === undefined) return
  delete agent.offer
  const campaign = step.state.campaigns.get(campaignId)
  if (campaign?.state === 'running' || campaign?.state === 'paused') campaign.hopper.leads.unshift(offer.lead)
  tellOffer(step, agent, { leadId: offer.lead.leadId, state: 'taken-back' })
  markDirty(step, campaignId)
}

/** What has become of a lead that an agent is shown. */
export function tellOffer(
  step: Step,
  { agentId, campaignId }: Agent,
  offer: Pick<Extract<EngineEvent, { kind: 'lead-offer' }>, 'leadId' | 'state' | 'skipReason'>,
): void {
  if (campaignId !== undefined)
    step.effects.push({ kind: 'notify', event: { kind: 'lead-offer', agentId, campaignId, ...offer } })
}

/** Whoever pauses is not at their phone: another engine that takes up their line must know. */
function markPause(step: Step, { agentId, nodeId, phase }: Agent, from: AgentPhase): void {
  if (phase.state === 'paused') step.effects.push({ kind: 'mark-pause', agentId, nodeId, reason: phase.reason })
  else if (phase.state === 'breather')
    step.effects.push({ kind: 'mark-pause', agentId, nodeId, reason: phase.state, breather: true })
  else if ((from.state === 'paused' || from.state === 'breather') && phase.state === 'available')
    step.effects.push({ kind: 'mark-pause', agentId, nodeId })
}

/** The person of a conversation is called by nobody until its agent has said what came of it, or the time for that is over. */
function awaitWord({ state }: Step, from: AgentPhase, to: AgentPhase): void {
  if (from.state === 'wrap-up') state.wrapUpAwaited.delete(from.callId)
  const call = to.state === 'wrap-up' ? state.recentCalls.get(to.callId)?.call : undefined
  if (call !== undefined) state.wrapUpAwaited.set(call.callId, personOf(call))
}

/** Who is in the campaign's picture must be asked anew at its next decision. */
export function agentsChanged(step: Step, campaignId: CampaignId | undefined): void {
  if (campaignId !== undefined) step.state.campaigns.get(campaignId)?.picture.agentsChanged()
  markDirty(step, campaignId)
}

/** The campaign's next decision must see what has changed. */
export function markDirty(step: Step, campaignId: CampaignId | undefined): void {
  const campaign = campaignId === undefined ? undefined : step.state.campaigns.get(campaignId)
  if (campaign !== undefined) campaign.dirty = true
}

/** Sets a deadline that holds as long as the call stays in its present phase. */
export function pushCallDeadline(
  step: Step,
  { callId, phase }: Pick<Call, 'callId' | 'phase'>,
  deadline: {
    readonly what: 'ring-timeout' | 'withdraw' | 'wait-max' | 'connect-unconfirmed' | 'silent' | 'overdue' | 'lost'
    readonly at: number
  },
): void {
  step.state.deadlines.push({ kind: 'call', callId, phase, ...deadline })
}
