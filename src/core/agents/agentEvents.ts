import type { Call } from '../calls/call.ts'
import { endAlone, reofferOrAbandon, takeFromAgent } from '../calls/callFlow.ts'
import { waitMaxOf } from '../calls/callLimits.ts'
import { withdrawWhenLawful } from '../calls/hangUp.ts'
import { offerAgent } from '../calls/matching.ts'
import type { TelephonyEvent } from '../inputs.ts'
import { agentsChanged, markDirty, reject, type Step, takeOfferBack } from '../step.ts'
import type { Agent } from './agent.ts'
import { goOffline, makeAvailable, notReached } from './agentFlow.ts'
import { tellAgent, whyIdle } from './agentVoice.ts'
import { finishWrapUp, timeoutCode } from './wrapUp.ts'

type EventOf<Kind extends TelephonyEvent['kind']> = Extract<TelephonyEvent, { kind: Kind }>

function find(step: Step, agentId: string): Agent | undefined {
  const agent = step.state.agents.get(agentId)
  if (agent === undefined) reject(step, 'unknown-agent', `the PBX speaks of an agent ${agentId} who is not configured`)
  return agent
}

/** The agent is on the line, by their own dialing or ours, and hears so. */
export function onLegUp(step: Step, event: EventOf<'agent-leg-up'>): void {
  comeOn(step, event)
  const agent = step.state.agents.get(event.agentId)
  if (agent?.phase.state === 'available') tellAgent(step, agent, 'logged-in', ...whyIdle(step, agent))
}

/** The agent is on the line. Whoever is no agent any more is let go. */
export function comeOn(step: Step, event: EventOf<'agent-leg-up'>): void {
  const agent = find(step, event.agentId)
  if (agent === undefined) {
    step.effects.push({ kind: 'release-agent', agentId: event.agentId, nodeId: event.nodeId })
    return
  }
  const { state } = agent.phase
  if (state === 'offline' && event.by === 'engine') {
    // They were called, and logged out again before they picked up.
    step.effects.push({ kind: 'release-agent', agentId: agent.agentId, nodeId: agent.nodeId })
  } else if (state === 'offline' || state === 'calling') {
    agent.mediaFlowing = true
    agentsChanged(step, agent.campaignId)
    delete agent.rejoinUntil
    delete agent.unreached
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
    notReached(step, agent, event.cause)
    return
  }
  goOffline(step, agent)
  agent.leftAt = step.now
  if (call?.phase.state === 'connected' && call.phase.agentId === agent.agentId) {
    if (call.phase.transferred === undefined) loseAgent(step, call)
  } else if (call?.origin === 'manual') withdrawWhenLawful(step, call, 'withdrawn')
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
  if (!event.flowing) takeOfferBack(step, agent)
  if (!event.flowing) tellAgent(step, agent, 'silent-line')
  else if (agent.phase.state === 'available') offerAgent(step, agent)
}

/** The softphone's SIP registration, for the log-in and the board. */
export function onRegistration(step: Step, event: EventOf<'agent-registration'>): void {
  const agent = find(step, event.agentId)
  if (agent !== undefined) agent.registered = event.registered
}
