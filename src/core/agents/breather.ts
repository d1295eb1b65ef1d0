import type { Command } from '../inputs.ts'
import { reject, type Step } from '../step.ts'
import { askPending } from './agentFlow.ts'

/**
 * Two minutes to recover, after abuse: at once, or behind the call, its wrap-up and whoever rings for the agent already. One for each
 * conversation: whoever has had theirs and talked to nobody since may pause.
 */
export function onBreather(step: Step, { agentId }: Extract<Command, { kind: 'agent-breather' }>): void {
  const agent = step.state.agents.get(agentId)
  if (agent === undefined) {
    reject(step, 'unknown-agent', `no agent ${agentId}: see \`dialwright agents list\``)
    return
  }
  const { state } = agent.phase
  if (state === 'offline' || state === 'calling')
    reject(step, 'illegal-transition', `agent ${agentId} is not logged in`)
  else if (state === 'paused' || state === 'breather')
    reject(step, 'illegal-transition', `agent ${agentId} is ${state}: they get no calls`)
  else if (agent.pending !== undefined && agent.pending.kind !== 'breather')
    reject(step, 'illegal-transition', `agent ${agentId} has asked for a ${agent.pending.kind} already`)
  else if (agent.mayBreathe === undefined)
    reject(
      step,
      'no-breather',
      `agent ${agentId} has talked to nobody since their last breather: a pause is as long as they like`,
    )
  else askPending(step, agent, { kind: 'breather', reason: 'breather', force: false })
}
