import type { Agent } from '../agents/agent.ts'
import type { Campaign } from '../state.ts'
import { moveAgent, moveCall, type Step } from '../step.ts'
import type { Call } from './call.ts'
import { letGo } from './personalCalls.ts'

/** How long behind the last moment for an agent a join may stay unconfirmed before the message is played instead. */
const confirmGraceMs = 200

/** Whether an agent may take this call: idle, audible, on the call's node; one who is leaving takes older calls only. */
function mayTake(step: Step, agent: Agent, call: Call): boolean {
  return (
    agent.phase.state === 'available' &&
    agent.campaignId === call.campaignId &&
    agent.nodeId === call.nodeId &&
    agent.mediaFlowing &&
    agent.view.until <= step.now &&
    (agent.heldFor === undefined || agent.heldFor === call.callId) &&
    !call.legBroken &&
    step.state.nodes.get(agent.nodeId)?.link === 'up' &&
    (agent.pending === undefined || call.originatedAt <= agent.pending.askedAt)
  )
}

/** The agent for whom the call was made, else the one who has been available longest and may take it. */
export function longestAvailable(step: Step, call: Call): Agent | undefined {
  const own = call.lead.agentId === undefined ? undefined : step.state.agents.get(call.lead.agentId)
  if (own !== undefined && mayTake(step, own, call)) return own
  let best: Agent | undefined
  for (const agent of step.state.agents.values()) {
    if (mayTake(step, agent, call) && (best === undefined || agent.phase.since < best.phase.since)) best = agent
  }
  return best
}

/** The person who has waited longest and whom this agent may take. */
function longestWaiting(step: Step, agent: Agent): Call | undefined {
  let best: Call | undefined
  let bestAt = Number.POSITIVE_INFINITY
  for (const call of step.state.calls.values()) {
    if (call.phase.state !== 'waiting' || !mayTake(step, agent, call) || call.endingAs === 'opt-out') continue
    if (call.phase.answeredAt < bestAt) {
      best = call
      bestAt = call.phase.answeredAt
    }
  }
  return best
}

/** Joins a waiting person with an available agent, in this very step. */
export function connect(step: Step, call: Call, agent: Agent): void {
  const { phase } = call
  const campaign = step.state.campaigns.get(call.campaignId)
  if (phase.state !== 'waiting' || campaign === undefined) return
  const connecting = { ...phase, state: 'connected' as const, connectingAt: step.now, agentId: agent.agentId }
  if (!moveCall(step, call, connecting)) return
  letGo(step, call)
  moveAgent(step, agent, { state: 'reserved', since: step.now, callId: call.callId })
  step.effects.push({
    kind: 'connect',
    order: { callId: call.callId, agentId: agent.agentId, nodeId: call.nodeId, maxCallMs: campaign.settings.maxCallMs },
  })
  const lastMoment = Math.max(step.now, phase.answeredAt + campaign.settings.waitMaxMs)
  pushCallDeadline(step, call, { what: 'connect-unconfirmed', at: lastMoment + confirmGraceMs })
}

/** Gives a waiting person to an agent, or lets him wait until the last moment for the message. */
export function offerCall(step: Step, call: Call, campaign: Campaign): void {
  if (call.phase.state !== 'waiting') return
  const agent = longestAvailable(step, call)
  if (agent !== undefined) connect(step, call, agent)
  else pushCallDeadline(step, call, { what: 'wait-max', at: call.phase.answeredAt + campaign.settings.waitMaxMs })
}

/** Gives an agent who has just become available the person who has waited longest. */
export function offerAgent(step: Step, agent: Agent): void {
  const call = longestWaiting(step, agent)
  if (call !== undefined) connect(step, call, agent)
}

/** Sets a deadline that holds as long as the call stays in its present phase. */
export function pushCallDeadline(
  step: Step,
  call: Call,
  deadline: {
    readonly what: 'ring-timeout' | 'withdraw' | 'wait-max' | 'connect-unconfirmed' | 'overdue' | 'lost'
    readonly at: number
  },
): void {
  step.state.deadlines.push({ kind: 'call', callId: call.callId, phase: call.phase, ...deadline })
}
