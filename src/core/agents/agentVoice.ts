import type { Campaign } from '../state.ts'
import type { Step } from '../step.ts'
import type { AgentPhrase } from '../vocabulary.ts'
import type { Agent, AgentState } from './agent.ts'

/** Whoever is in a call, or about to be, or not on the line, is told nothing. */
const hearsUs: ReadonlySet<AgentState> = new Set(['available', 'paused', 'breather', 'wrap-up'])

/** Tells an agent something on their line, unless they are in a call or about to be. */
export function tellAgent(step: Step, agent: Agent, ...phrases: readonly AgentPhrase[]): void {
  const { state } = agent.phase
  if (phrases.length === 0 || !hearsUs.has(state)) return
  step.effects.push({ kind: 'tell-agent', agentId: agent.agentId, nodeId: agent.nodeId, phrases })
}

/** Why an agent who is free gets no calls for now, in a word; empty: nothing is in the way. */
export function whyIdle(step: Step, agent: Agent): readonly AgentPhrase[] {
  if (agent.phase.state !== 'available') return []
  const campaign = agent.campaignId === undefined ? undefined : step.state.campaigns.get(agent.campaignId)
  if (campaign === undefined) return ['no-campaign']
  if (step.state.draining) return ['draining']
  return campaign.state === 'running' ? [] : ['not-dialing']
}

/** Nobody waits unknowing: the agents of a campaign hear that it dials no more, or again. */
export function tellAgentsOf(step: Step, campaign: Campaign): void {
  const dials = step.state.draining ? 'draining' : 'dialing'
  const phrase = campaign.state === 'running' ? dials : 'not-dialing'
  for (const agent of step.state.agents.values()) {
    const { state } = agent.phase
    if (agent.campaignId === campaign.settings.campaignId && (state === 'available' || state === 'paused'))
      tellAgent(step, agent, phrase)
  }
}

/** Agents on the line hear that no calls come any more, or whether their campaign dials again. Who is in a call hears it after that. */
export function tellOfDrain(step: Step): void {
  const { draining, campaigns, agents } = step.state
  if (!draining) for (const campaign of campaigns.values()) tellAgentsOf(step, campaign)
  else for (const agent of agents.values()) if (agent.phase.state !== 'wrap-up') tellAgent(step, agent, 'draining')
}
