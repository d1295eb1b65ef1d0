import type { Agent, AgentView } from './agents/agent.ts'
import type { Call, CallView } from './calls/call.ts'
import type { AgentId, CampaignId, NodeId } from './ids.ts'
import type { PacingAgent, PacingCall } from './pacing/pacer.ts'

/** What pacing sees of one node: an agent can only take calls of their own node. */
export interface NodePicture {
  readonly nodeId: NodeId
  readonly agents: readonly PacingAgent[]
  readonly calls: readonly PacingCall[]
}

interface Canvas extends NodePicture {
  readonly agents: AgentView[]
  readonly calls: CallView[]
}

/**
 * A campaign's agents and calls as pacing sees them, kept up to date move by move: a decision finds it ready and allocates
 * nothing.
 */
export class PacingPicture {
  readonly #nodes = new Map<NodeId, Canvas>()
  #agents = 0
  /** Somebody has come, gone, fallen silent or changed campaign: who is in the picture must be asked anew. */
  #stale = true

  /** Node by node; the agents as of the last {@link countAgents}. */
  get nodes(): ReadonlyMap<NodeId, NodePicture> {
    return this.#nodes
  }

  /** The agents must be looked through again. */
  agentsChanged(): void {
    this.#stale = true
  }

  /** Makes the picture complete and answers with the number of working agents. Those on a silent phone take no call: they are not in it. */
  countAgents(agents: ReadonlyMap<AgentId, Agent>, campaignId: CampaignId): number {
    if (!this.#stale) return this.#agents
    this.#stale = false
    this.#agents = 0
    for (const canvas of this.#nodes.values()) canvas.agents.length = 0
    for (const agent of agents.values()) {
      if (agent.campaignId !== campaignId || !agent.view.working || !agent.mediaFlowing) continue
      // Their call is on its way, and it is nobody else's: neither is pacing's concern.
      if (agent.heldFor !== undefined) continue
      this.#canvas(agent.nodeId).agents.push(agent.view)
      this.#agents += 1
    }
    return this.#agents
  }

  /** Follows a call's move: into the picture while it is in flight, out of it when it is not. Pacing sees what it has made. */
  follow(call: Call): void {
    if (call.origin !== 'campaign' || call.lead.agentId !== undefined) return
    const { phase, view } = call
    switch (phase.state) {
      case 'originating':
        view.state = 'originating'
        view.since = call.originatedAt
        break
      case 'ringing':
        view.state = 'ringing'
        view.ringingAt = phase.ringingAt
        break
      // Whoever has answered may want an agent at once, whatever is still to be found out about them.
      case 'screening':
      case 'waiting':
        view.state = 'waiting'
        view.since = phase.answeredAt
        break
      default:
        this.drop(call)
        return
    }
    if (view.slot >= 0) return
    const { calls } = this.#canvas(call.nodeId)
    view.slot = calls.length
    calls.push(view)
  }

  /** The call is in flight no longer. */
  drop(call: Call): void {
    if (call.origin !== 'campaign' || call.view.slot < 0) return
    const { view } = call
    const { calls } = this.#canvas(call.nodeId)
    const last = calls.pop()
    if (last !== undefined && last !== view) {
      calls[view.slot] = last
      last.slot = view.slot
    }
    view.slot = -1
  }

  #canvas(nodeId: NodeId): Canvas {
    const known = this.#nodes.get(nodeId)
    if (known !== undefined) return known
    const canvas: Canvas = { nodeId, agents: [], calls: [] }
    this.#nodes.set(nodeId, canvas)
    return canvas
  }
}
