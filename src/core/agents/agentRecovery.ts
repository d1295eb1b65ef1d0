import type { NodeId } from '../ids.ts'
import type { PbxInventory } from '../inputs.ts'
import type { Step } from '../step.ts'
import { comeOn, onLegDown } from './agentEvents.ts'
import { rejoin } from './agentFlow.ts'

/** Agents on the line and at work again; those whose leg the PBX has lost are called again. */
export function reconcileAgents(step: Step, nodeId: NodeId, inventory: PbxInventory): void {
  const present = new Set(inventory.agents)
  const paused = new Map(inventory.paused?.map(line => [line.agentId, line]))
  for (const agent of step.state.agents.values()) {
    if (agent.nodeId !== nodeId) continue
    const { state } = agent.phase
    if (present.has(agent.agentId)) {
      if (state === 'offline' || state === 'calling') {
        const line = paused.get(agent.agentId)
        // In the step that takes them up, before anybody is offered to them.
        if (line !== undefined) {
          const kind = line.breather ? 'breather' : 'pause'
          agent.pending = { kind, reason: line.reason, askedAt: step.now, latestAt: step.now }
        }
        comeOn(step, { kind: 'agent-leg-up', agentId: agent.agentId, nodeId, by: 'agent', at: step.now })
      }
    } else if (state !== 'offline') {
      const wantsLine = agent.pending?.kind !== 'logout'
      onLegDown(step, { kind: 'agent-leg-down', agentId: agent.agentId, cause: 'lost', at: step.now })
      if (wantsLine) rejoin(step, agent)
    } else if (agent.rejoinUntil !== undefined) rejoin(step, agent)
  }
}
