import { offerAgent } from '../calls/matching.ts'
import type { Deadline } from '../deadlines.ts'
import { onOfferTimeUp } from '../dialing/offers.ts'
import { markDirty, type Step } from '../step.ts'
import type { Agent } from './agent.ts'
import { applyPending, notReached, ringAgent, workAgain } from './agentFlow.ts'
import { onAsked, onWrapUpOver } from './agentKeys.ts'

/** What happens to an agent by time alone. */
export function onAgentDeadline(step: Step, deadline: Extract<Deadline, { kind: 'agent' }>): void {
  const agent = step.state.agents.get(deadline.agentId)
  if (agent === undefined) return
  if (deadline.what === 'pending') applyPending(step, agent)
  else if (agent.phase !== deadline.phase) return
  else if (deadline.what === 'wrap-up') onWrapUpOver(step, agent)
  else if (deadline.what === 'asked') onAsked(step, agent)
  else if (deadline.what === 'rested') rested(step, agent)
  else if (deadline.what === 'rejoin') ringAgain(step, agent)
  else if (deadline.what === 'breather') workAgain(step, agent)
  else if (deadline.what === 'offer') onOfferTimeUp(step, agent)
  else {
    step.effects.push({ kind: 'release-agent', agentId: agent.agentId, nodeId: agent.nodeId })
    notReached(step, agent, 'no-answer')
  }
}

function rested(step: Step, agent: Agent): void {
  markDirty(step, agent.campaignId)
  applyPending(step, agent)
  if (agent.phase.state === 'available') offerAgent(step, agent)
}

function ringAgain(step: Step, agent: Agent): void {
  // A node that is down again asks for its agents itself when it is back.
  if (agent.rejoinUntil !== undefined && step.state.nodes.get(agent.nodeId)?.link === 'up') ringAgent(step, agent)
}
