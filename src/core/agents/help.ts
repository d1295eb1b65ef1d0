import type { Command } from '../inputs.ts'
import { reject, type Step } from '../step.ts'
import type { Agent } from './agent.ts'

/** An agent raises their hand, or somebody lowers it. What is so already stays as it is. */
export function onHelp(step: Step, { agentId, raised }: Extract<Command, { kind: 'agent-help' }>): void {
  const agent = step.state.agents.get(agentId)
  if (agent === undefined) reject(step, 'unknown-agent', `no agent ${agentId}: see \`dialwright agents list\``)
  else if (!raised) lowerHand(step, agent)
  else if (agent.phase.state === 'offline' || agent.phase.state === 'calling')
    reject(step, 'illegal-transition', `agent ${agentId} is not logged in: nobody could help them on their line`)
  else if (agent.helpSince === undefined) {
    agent.helpSince = step.now
    step.effects.push({ kind: 'notify', event: { kind: 'agent-help', agentId, raised } })
  }
}

/** Nobody need come to them any more. */
export function lowerHand(step: Step, agent: Agent): void {
  if (agent.helpSince === undefined) return
  delete agent.helpSince
  step.effects.push({ kind: 'notify', event: { kind: 'agent-help', agentId: agent.agentId, raised: false } })
}
