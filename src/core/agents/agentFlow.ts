import { isInFlight } from '../calls/call.ts'
import { offerAgent } from '../calls/matching.ts'
import type { Deadline } from '../deadlines.ts'
import type { CallId, InstantMs } from '../ids.ts'
import type { Campaign } from '../state.ts'
import { agentsChanged, markDirty, moveAgent, type Step } from '../step.ts'
import type { EndCause } from '../vocabulary.ts'
import type { Agent, PendingRequest } from './agent.ts'
import { tellAgent, whyIdle } from './agentVoice.ts'
import { lowerHand } from './help.ts'
import { type AgentWord, finishWrapUp } from './wrapUp.ts'

/** A pending pause or log-out waits at most this long for the calls that count on the agent. */
const pendingMaxMs = 20_000
/** An agent's phone rings at most this long for a log-in. */
const agentRingMaxMs = 30_000

/** The agent can take a call: what they asked for first, then the person who has waited longest. */
export function makeAvailable(step: Step, agent: Agent): void {
  becomeAvailable(step, agent)
  if (agent.phase.state === 'available') offerAgent(step, agent)
}

function becomeAvailable(step: Step, agent: Agent): void {
  moveAgent(step, agent, { state: 'available', since: step.now })
  applyPending(step, agent)
}

/** The agent has paused, and takes calls again. */
export function workAgain(step: Step, agent: Agent): void {
  makeAvailable(step, agent)
  if (agent.phase.state === 'available') tellAgent(step, agent, 'working', ...whyIdle(step, agent))
}

/** The agent has done with a call: they have their rest, and then can take the next. */
export function afterCall(step: Step, agent: Agent): void {
  becomeAvailable(step, agent)
  const restMs = agent.phase.state === 'available' ? restOf(step, agent) : 0
  if (restMs <= 0) {
    if (agent.phase.state === 'available') offerAgent(step, agent)
    return
  }
  agent.view.until = step.now + restMs
  pushAgentDeadline(step, agent, { what: 'rested', at: agent.view.until })
}

/** The minimum gap, or what it takes to bring the share of their session that they worked down to the ceiling. */
function restOf(step: Step, agent: Agent): number {
  const pacing =
    agent.campaignId === undefined ? undefined : step.state.campaigns.get(agent.campaignId)?.settings.pacing
  const { agentGapMs = 0, occupancyMax = 1 } = pacing ?? {}
  const { onCallMs, wrapUpMs, availableMs } = agent.times
  const owedMs = occupancyMax > 0 ? (onCallMs + wrapUpMs) * (1 / occupancyMax - 1) - availableMs : 0
  return Math.max(agentGapMs, owedMs)
}

/** The conversation is over: the agent writes it up, until their code or the timer. */
export function startWrapUp(
  step: Step,
  agent: Agent,
  ended: { readonly callId: CallId; readonly campaign: Campaign },
): void {
  const until = step.now + ended.campaign.settings.wrapUpTimeoutMs
  agent.times.calls += 1
  if (!moveAgent(step, agent, { state: 'wrap-up', since: step.now, until, callId: ended.callId })) return
  pushAgentDeadline(step, agent, { what: 'wrap-up', at: until })
}

/** Ends an agent's wrap-up with what they say of it. */
export function wrapUpDone(step: Step, agent: Agent, word: AgentWord): void {
  finishWrapUp(step, agent, word)
  afterCall(step, agent)
}

/** Rings the phone of an agent who is to be on the line. */
export function ringAgent(step: Step, agent: Agent): void {
  delete agent.unreached
  if (!moveAgent(step, agent, { state: 'calling', since: step.now })) return
  pushAgentDeadline(step, agent, { what: 'calling', at: step.now + agentRingMaxMs })
  const { agentId, nodeId, endpoint } = agent
  step.effects.push({ kind: 'call-agent', agentId, nodeId, endpoint })
}

/** An agent whom the PBX took off the line is rung this often, and this long after the PBX is back. */
const rejoinEveryMs = 3_000
const rejoinMaxMs = 300_000

/** Rings an agent whose leg the PBX has lost, again and again until they are there: softphones register anew in their own time. */
export function rejoin(step: Step, agent: Agent): void {
  agent.rejoinUntil = step.now + rejoinMaxMs
  ringAgent(step, agent)
}

/** The agent did not come onto the line; one who was taken off it by the PBX is rung again soon. */
export function notReached(step: Step, agent: Agent, cause: EndCause): void {
  agent.unreached = { cause, at: step.now }
  goOffline(step, agent)
  if ((agent.rejoinUntil ?? 0) > step.now)
    pushAgentDeadline(step, agent, { what: 'rejoin', at: step.now + rejoinEveryMs })
  else delete agent.rejoinUntil
}

/** The agent is off the line; what they asked for is moot. */
export function goOffline(step: Step, agent: Agent): void {
  clearPending(step, agent)
  lowerHand(step, agent)
  moveAgent(step, agent, { state: 'offline', since: step.now })
  if (agent.removed) forgetAgent(step, agent)
}

/** Nothing is known of them any more. */
export function forgetAgent(step: Step, agent: Agent): void {
  const { agentId, nodeId } = agent
  step.state.agents.delete(agentId)
  agentsChanged(step, agent.campaignId)
  step.effects.push({ kind: 'agent-removed', agentId, nodeId })
}

/** Ends the agent's session and their leg. */
export function releaseAgent(step: Step, agent: Agent): void {
  goOffline(step, agent)
  step.effects.push({ kind: 'release-agent', agentId: agent.agentId, nodeId: agent.nodeId })
}

/**
 * Asks for a pause or a log-out; it takes effect when the calls that count on the agent are settled. Asked once more, it does
 * not begin to wait anew.
 */
export function askPending(
  step: Step,
  agent: Agent,
  what: { readonly kind: PendingRequest['kind']; readonly reason: string; readonly force: boolean },
): void {
  const { kind, reason, force } = what
  const before = agent.pending?.kind === kind ? agent.pending : undefined
  const latestAt = force ? step.now : (before?.latestAt ?? step.now + pendingMaxMs)
  agent.pending = { kind, reason, askedAt: before?.askedAt ?? step.now, latestAt }
  agent.view.leaving = true
  step.state.pendingAgents.add(agent.agentId)
  markDirty(step, agent.campaignId)
  applyPending(step, agent)
  if (agent.pending !== undefined) pushAgentDeadline(step, agent, { what: 'pending', at: latestAt })
}

/** Takes a request back. */
export function clearPending(step: Step, agent: Agent): void {
  agent.pending = undefined
  agent.view.leaving = false
  step.state.pendingAgents.delete(agent.agentId)
}

/** Calls in flight from before the request count on the agent, unless the other agents can take them all. */
function countedOn(step: Step, agent: Agent, pending: PendingRequest): boolean {
  let older = 0
  for (const call of step.state.calls.values()) {
    const theirs = call.campaignId === agent.campaignId && call.nodeId === agent.nodeId && call.origin !== 'manual'
    if (theirs && isInFlight(call) && call.originatedAt <= pending.askedAt) older += 1
  }
  if (older === 0) return false
  let others = 0
  for (const other of step.state.agents.values()) {
    const serves = other.campaignId === agent.campaignId && other.nodeId === agent.nodeId && other.mediaFlowing
    const rested = other.view.until <= step.now
    if (other !== agent && rested && serves && other.phase.state === 'available' && other.pending === undefined)
      others += 1
  }
  return others < older
}

/** Carries out a pending request when nothing counts on the agent any more, or its time is over. */
export function applyPending(step: Step, agent: Agent): void {
  const { pending } = agent
  const { state } = agent.phase
  if (pending === undefined) return
  const rests = state === 'paused' || state === 'breather'
  if (state === 'calling' || (rests && pending.kind === 'logout')) releaseAgent(step, agent)
  else if (state === 'breather' && pending.kind === 'pause') pauseNow(step, agent, pending.reason)
  else if (state === 'available' && (step.now >= pending.latestAt || !countedOn(step, agent, pending))) {
    if (pending.kind === 'logout') releaseAgent(step, agent)
    else if (pending.kind === 'pause') pauseNow(step, agent, pending.reason)
    else breatheNow(step, agent)
  }
}

function pauseNow(step: Step, agent: Agent, reason: string): void {
  clearPending(step, agent)
  moveAgent(step, agent, { state: 'paused', since: step.now, reason })
  tellAgent(step, agent, 'paused')
}

/** As long as a breather is: long enough to get up and come back. */
const breatherMs = 120_000

function breatheNow(step: Step, agent: Agent): void {
  clearPending(step, agent)
  const until = step.now + breatherMs
  if (!moveAgent(step, agent, { state: 'breather', since: step.now, until })) return
  delete agent.mayBreathe
  agent.times.breathers += 1
  pushAgentDeadline(step, agent, { what: 'breather', at: until })
}

/** Sets a deadline that holds as long as the agent stays in their present phase. */
export function pushAgentDeadline(
  step: Step,
  agent: Agent,
  deadline: { readonly what: Extract<Deadline, { kind: 'agent' }>['what']; readonly at: InstantMs },
): void {
  step.state.deadlines.push({ kind: 'agent', agentId: agent.agentId, phase: agent.phase, ...deadline })
}
