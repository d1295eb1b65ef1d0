import type { Call } from '../calls/call.ts'
import { endAlone, reofferOrAbandon, takeFromAgent } from '../calls/callFlow.ts'
import { waitMaxOf } from '../calls/callLimits.ts'
import { hangUp, withdrawWhenLawful } from '../calls/hangUp.ts'
import { offerAgent } from '../calls/matching.ts'
import type { TelephonyEvent } from '../inputs.ts'
import { agentsChanged, markDirty, reject, type Step } from '../step.ts'
import type { Agent } from './agent.ts'
import { refuseByKey } from './agentCommands.ts'
import { askPending, goOffline, makeAvailable, notReached, wrapUpDone } from './agentFlow.ts'
import { codeByKey, finishWrapUp, refusedCode, timeoutCode } from './wrapUp.ts'

type EventOf<Kind extends TelephonyEvent['kind']> = Extract<TelephonyEvent, { kind: Kind }>

function find(step: Step, agentId: string): Agent | undefined {
  const agent = step.state.agents.get(agentId)
  if (agent === undefined) reject(step, 'unknown-agent', `the PBX speaks of an agent ${agentId} who is not configured`)
  return agent
}

/** The agent is on the line, by their own dialing or ours. */
export function onLegUp(step: Step, event: EventOf<'agent-leg-up'>): void {
  const agent = find(step, event.agentId)
  if (agent === undefined) return
  const { state } = agent.phase
  if (state === 'offline' && event.by === 'engine') {
    // They were called, and logged out again before they picked up.
    step.effects.push({ kind: 'release-agent', agentId: agent.agentId, nodeId: agent.nodeId })
  } else if (state === 'offline' || state === 'calling') {
    agent.mediaFlowing = true
    agentsChanged(step, agent.campaignId)
    delete agent.rejoinUntil
    agent.campaignId ??= soleCampaign(step)
    makeAvailable(step, agent)
  } else {
    reject(step, 'illegal-transition', `agent ${agent.agentId} is ${state} and has come onto the line once more`)
  }
}

/** An agent who dials in without a campaign of their own joins the only one there is. */
function soleCampaign(step: Step): string | undefined {
  const [only, ...others] = step.state.campaigns.keys()
  return others.length === 0 ? only : undefined
}

/** The agent's leg is gone: their own hang-up, a dead phone, or our release. */
export function onLegDown(step: Step, event: EventOf<'agent-leg-down'>): void {
  const agent = find(step, event.agentId)
  if (agent === undefined || agent.phase.state === 'offline') return
  const call = 'callId' in agent.phase ? step.state.calls.get(agent.phase.callId) : undefined
  if (agent.phase.state === 'wrap-up') finishWrapUp(step, agent, { code: timeoutCode, refusal: false })
  if (agent.phase.state === 'calling') {
    notReached(step, agent)
    return
  }
  goOffline(step, agent)
  agent.leftAt = step.now
  if (call?.phase.state === 'connected' && call.phase.agentId === agent.agentId) loseAgent(step, call)
  else if (call?.origin === 'manual') withdrawWhenLawful(step, call, 'withdrawn')
}

/** The agent of a conversation is gone: inside the two seconds the person gets another one, afterwards the call ends. */
function loseAgent(step: Step, call: Call): void {
  const campaign = step.state.campaigns.get(call.campaignId)
  if (call.phase.state !== 'connected' || campaign === undefined) return
  const early = step.now < call.phase.answeredAt + waitMaxOf(call, campaign)
  if (early || call.phase.connectedAt === undefined) {
    takeFromAgent(step, call, campaign)
    reofferOrAbandon(step, call, campaign)
  } else endAlone(step, call)
}

/** The softphone's RTP stopped or came back. A silent phone gets no call. */
export function onMedia(step: Step, event: EventOf<'agent-media'>): void {
  const agent = find(step, event.agentId)
  if (agent === undefined || agent.mediaFlowing === event.flowing) return
  agent.mediaFlowing = event.flowing
  agentsChanged(step, agent.campaignId)
  markDirty(step, agent.campaignId)
  if (event.flowing && agent.phase.state === 'available') offerAgent(step, agent)
}

/** The softphone's SIP registration, for the log-in and the board. */
export function onRegistration(step: Step, event: EventOf<'agent-registration'>): void {
  const agent = find(step, event.agentId)
  if (agent !== undefined) agent.registered = event.registered
}

/** `*` ends the talk, the key of a refusal ends it for good. */
function onTalkKey(step: Step, call: Call, { agent, key }: { readonly agent: Agent; readonly key: string }): void {
  const campaign = step.state.campaigns.get(call.campaignId)
  if (key === '*') hangUp(step, call)
  else if (codeByKey(campaign, key) === refusedCode) refuseByKey(step, call, agent.agentId)
}

/** A key on the agent's phone: `*` ends the talk, pauses or resumes; a digit in wrap-up is the code. */
export function onKey(step: Step, event: EventOf<'agent-key'>): void {
  const agent = find(step, event.agentId)
  if (agent === undefined) return
  const { phase } = agent
  if (phase.state === 'wrap-up') {
    const campaign = agent.campaignId === undefined ? undefined : step.state.campaigns.get(agent.campaignId)
    const code = codeByKey(campaign, event.key)
    if (code !== undefined) wrapUpDone(step, agent, { code, refusal: false })
  } else if (phase.state === 'on-call') {
    const call = step.state.calls.get(phase.callId)
    if (call !== undefined) onTalkKey(step, call, { agent, key: event.key })
  } else if (event.key !== '*') return
  else if (phase.state === 'available') askPending(step, agent, { kind: 'pause', reason: 'key', force: false })
  else if (phase.state === 'paused') makeAvailable(step, agent)
}
