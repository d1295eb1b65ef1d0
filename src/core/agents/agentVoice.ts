import type { Campaign } from '../state.ts'
import type { Step } from '../step.ts'
import type { AgentPhrase } from '../vocabulary.ts'
import type { Agent } from './agent.ts'

/** Tells an agent something on their line, unless they are in a call or about to be. */
export function tellAgent(step: Step, agent: Agent, ...phrases: readonly AgentPhrase[]): void {
  const { state } = agent.phase
  if (phrases.length === 0 || (state !== 'available' && state !== 'paused' && state !== 'wrap-up')) return
  step.effects.push({ kind: 'tell-agent', agentId: agent.agentId, nodeId: agent.nodeId, phrases })
}

/** Why an agent who is free gets no calls for now, in a word; empty: nothing is in the way. */
export function whyIdle(step: Step, agent: Agent): readonly AgentPhrase[] {
  if (agent.phase.state !== 'available') return []
  const campaign = agent.campaignId === undefined ? undefined : step.state.campaigns.get(agent.campaignId)
  if (campaign === undefined) return ['no-campaign']
  return campaign.state === 'running' ? [] : ['not-dialing']
}

/** Nobody waits unknowing: the agents of a campaign hear that it dials no more, or again. */
export function tellAgentsOf(step: Step, campaign: Campaign): void {
  const phrase = campaign.state === 'running' ? 'dialing' : 'not-dialing'
  for (const agent of step.state.agents.values()) {
    const { state } = agent.phase
    if (agent.campaignId === campaign.settings.campaignId && (state === 'available' || state === 'paused'))
      tellAgent(step, agent, phrase)
  }
}
