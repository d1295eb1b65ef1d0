import { moveAgent, type Step } from '../step.ts'
import type { Agent } from './agent.ts'
import { clearPending } from './agentFlow.ts'
import { tellAgent } from './agentVoice.ts'

/** The reason of an agent's pause when joins with their line fail again and again: they resume once they have looked at their phone. */
export const lineBroken = 'line-broken'
/** So many people in a row meet a line that takes nobody, and no more. */
const failedJoinsMax = 2

/**
 * A join has failed by the agent's line. The first time they are tried again, for the adapter mends what it can; the second time they
 * are set aside, whatever the cause is: or everybody who answers would fall into the same hole.
 */
export function lineFailed(step: Step, agent: Agent): void {
  agent.failedJoins += 1
  moveAgent(step, agent, { state: 'available', since: step.now })
  if (agent.failedJoins < failedJoinsMax) return
  agent.failedJoins = 0
  if (agent.pending?.kind === 'pause') clearPending(step, agent)
  moveAgent(step, agent, { state: 'paused', since: step.now, reason: lineBroken })
  tellAgent(step, agent, 'broken-line')
  step.effects.push({ kind: 'notify', event: { kind: 'agent-set-aside', agentId: agent.agentId, why: lineBroken } })
}
