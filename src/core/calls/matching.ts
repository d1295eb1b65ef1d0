import type { Agent } from '../agents/agent.ts'
import type { Campaign } from '../state.ts'
import { moveAgent, moveCall, pushCallDeadline, type Step } from '../step.ts'
import { agentOf, type Call } from './call.ts'
import { waitMaxOf } from './callLimits.ts'
import { longestTalkMs } from './longestCall.ts'
import { letGo } from './personalCalls.ts'

/*
 * Who gets whom. Nobody is matched by a clock: an answer looks for an agent, and an agent who becomes free looks for a person, each
 * in the very step that brings it.
 *
 *     a call:    answered --> offerCall --- an agent may take it: the one who is free longest ------> connect
 *                                 |                                                                     ^
 *                                 +-- nobody may: waits, until 1.7 s after the answer --> the message   |
 *                                                  |                                                    |
 *     an agent:  free ------> offerAgent ----------+-- somebody waits whom they may take: longest first +
 *                  ^                                                                                    |
 *                  |                                    call connected, agent reserved, the PBX is told to join
 *                  |                                                                                    |
 *                  +--- connect-failed, or no word 0.2 s past the last moment <-------------------------+--> call-connected
 *                       (the person is offered again while there is time)                                    (on-call)
 *
 * An agent and a call suit each other (`mayTake`) on one node, in one campaign, with a phone that sends sound, after the agent's
 * rest; an agent who is held for a call-back takes that call alone, one who wants to leave takes only calls that were there
 * before they asked. A call that an agent has made by hand is not matched: its agent is with it from the start.
 *
 * The 1.7 s run from the answer whatever lay between, screening or a join that failed. They bind calls that pacing has made; who
 * calls us waits until an agent comes, or gives up.
 */

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
    !call.notJoinedWith?.includes(agent.agentId) &&
    step.state.nodes.get(agent.nodeId)?.link === 'up' &&
    (agent.pending === undefined || call.originatedAt <= agent.pending.askedAt)
  )
}

/** The agent for whom the call was made, else the one who has been available longest and may take it. */
export function longestAvailable(step: Step, call: Call): Agent | undefined {
  const ownId = agentOf(call)
  const own = ownId === undefined ? undefined : step.state.agents.get(ownId)
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
  if (phase.state !== 'waiting') return
  const connecting = { ...phase, state: 'connected' as const, connectingAt: step.now, agentId: agent.agentId }
  if (!moveCall(step, call, connecting)) return
  letGo(step, call)
  moveAgent(step, agent, { state: 'reserved', since: step.now, callId: call.callId })
  orderJoin(step, call)
}

/** Has the PBX join a call with its agent, who is reserved for it. */
export function orderJoin(step: Step, call: Call): void {
  const { callId, campaignId, nodeId, phase } = call
  const campaign = step.state.campaigns.get(campaignId)
  if (phase.state !== 'connected' || campaign === undefined) return
  const { agentId } = phase
  step.effects.push({
    kind: 'connect',
    order: { callId, agentId, nodeId, maxCallMs: longestTalkMs(step, call, campaign.settings.maxCallMs) },
  })
  const lastMoment = Math.max(step.now, phase.answeredAt + waitMaxOf(call, campaign))
  pushCallDeadline(step, { callId, phase }, { what: 'connect-unconfirmed', at: lastMoment + confirmGraceMs })
}

/** Gives a waiting person to an agent, or lets them wait: whom we have called until the last moment for the message. */
export function offerCall(step: Step, call: Call, campaign: Campaign): void {
  if (call.phase.state !== 'waiting') return
  const agent = longestAvailable(step, call)
  if (agent !== undefined) connect(step, call, agent)
  else if (call.origin === 'campaign')
    pushCallDeadline(step, call, { what: 'wait-max', at: call.phase.answeredAt + waitMaxOf(call, campaign) })
}

/** Gives an agent who has just become available the person who has waited longest. */
export function offerAgent(step: Step, agent: Agent): void {
  const call = longestWaiting(step, agent)
  if (call !== undefined) connect(step, call, agent)
}
