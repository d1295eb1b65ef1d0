import type { Agent } from '../agents/agent.ts'
import type { HopperLead } from '../campaigns/lead.ts'
import type { NodeId } from '../ids.ts'
import { census } from '../pacing/limits.ts'
import type { Campaign } from '../state.ts'
import { agentsChanged, type Step } from '../step.ts'
import { agentOf, type Call, type CampaignCall } from './call.ts'

/**
 * Call-backs that an agent has promised: each is originated when they are free, with them held for it. Such a call cannot be
 * abandoned for want of an agent, so it is outside of pacing: neither the agent nor the call is in its picture.
 */

/** Whether the lead waits for an agent who is at work in this campaign; without them it is anybody's. */
export function waitsForAgent(step: Step, campaign: Campaign, { agentId }: HopperLead): boolean {
  const agent = agentId === undefined ? undefined : step.state.agents.get(agentId)
  return agent !== undefined && agent.campaignId === campaign.settings.campaignId && agent.view.working
}

/** Leads of the hopper whose agents are free on this node now. */
export function dueForAgents(step: Step, campaign: Campaign, nodeId: NodeId): readonly HopperLead[] {
  const taken = new Set<string>()
  const spare = spareAgents(step, campaign, nodeId)
  return campaign.hopper.leads.filter(lead => {
    const agent = lead.agentId === undefined ? undefined : step.state.agents.get(lead.agentId)
    if (
      agent === undefined ||
      taken.size >= spare ||
      taken.has(agent.agentId) ||
      !isFree(step, campaign, { agent, nodeId })
    )
      return false
    taken.add(agent.agentId)
    return true
  })
}

/**
 * How many agents nobody counts on. One call for each free agent promises that nobody is abandoned: an agent for whom a call
 * rings already is not taken away from it. Prediction has no such promise to keep, its budget bears what is lost.
 */
function spareAgents(step: Step, { picture, pacer, settings }: Campaign, nodeId: NodeId): number {
  picture.countAgents(step.state.agents, settings.campaignId)
  const view = picture.nodes.get(nodeId)
  if (view === undefined || pacer.mode !== 'progressive') return Number.POSITIVE_INFINITY
  const { available, inFlight } = census({ agents: view.agents, calls: view.calls }, step.now)
  return available - inFlight
}

/** Whether an agent of the campaign can take a call on this node now that nobody else counts on. */
export function isFree(step: Step, campaign: Campaign, { agent, nodeId }: { agent: Agent; nodeId: NodeId }): boolean {
  return (
    agent.phase.state === 'available' &&
    agent.campaignId === campaign.settings.campaignId &&
    agent.nodeId === nodeId &&
    agent.mediaFlowing &&
    agent.view.until <= step.now &&
    agent.pending === undefined &&
    agent.heldFor === undefined
  )
}

/** Keeps an agent for a call that has just been originated for them. */
export function holdAgent(step: Step, call: CampaignCall): void {
  const agentId = agentOf(call)
  const agent = agentId === undefined ? undefined : step.state.agents.get(agentId)
  if (agent === undefined) return
  agent.heldFor = call.callId
  agentsChanged(step, agent.campaignId)
}

/** The call is settled, or somebody else took it: its agent is free for others. */
export function letGo(step: Step, call: Call): void {
  const agentId = agentOf(call)
  const agent = agentId === undefined ? undefined : step.state.agents.get(agentId)
  if (agent?.heldFor !== call.callId) return
  delete agent.heldFor
  agentsChanged(step, agent.campaignId)
}
