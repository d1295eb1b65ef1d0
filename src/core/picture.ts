import type { Agent } from './agents/agent.ts'
import type { Call } from './calls/call.ts'
import type { CampaignId, NodeId } from './ids.ts'
import type { PacingAgent, PacingCall } from './pacing/pacer.ts'
import type { EngineState } from './state.ts'

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] }

/** What pacing sees of an agent; follows his every move. `working`: he is on the line and at work. */
export interface AgentView extends Mutable<Required<PacingAgent>> {
  working: boolean
}

/** What pacing sees of a call; follows its every move. `slot`: where its node's picture holds it, -1 while it is not in flight. */
export interface CallView extends Mutable<PacingCall> {
  slot: number
}

/** What pacing sees of one node: an agent can only take calls of his own. */
export interface NodePicture {
  readonly nodeId: NodeId
  readonly agents: readonly PacingAgent[]
  readonly calls: readonly PacingCall[]
}

interface Canvas extends NodePicture {
  readonly agents: AgentView[]
  readonly calls: CallView[]
}

/** The view of an agent who is not on the line. */
export function createAgentView(): AgentView {
  return { state: 'available', since: 0, until: 0, leaving: false, working: false }
}

/** The view of a call that has just been originated. */
export function createCallView(call: Omit<Call, 'view'>): CallView {
  const { callId, originatedAt, lead } = call
  return {
    callId,
    state: 'originating',
    since: originatedAt,
    ringingAt: undefined,
    answerProbability: lead.answerProbability,
    slot: -1,
  }
}

/** Brings an agent's view up to his phase. Returns whether he has come to or gone from work. */
export function viewAgent(agent: Agent): boolean {
  const { view, phase } = agent
  const { state } = phase
  const worked = view.working
  view.since = phase.since
  view.until = 0
  view.working = state === 'available' || state === 'reserved' || state === 'on-call' || state === 'wrap-up'
  if (state === 'available' || state === 'reserved' || state === 'on-call' || state === 'wrap-up') view.state = state
  return view.working !== worked
}

/**
 * A campaign's agents and calls as pacing sees them, kept up to date move by move: a decision finds it ready and allocates
 * nothing.
 */
export class PacingPicture {
  readonly #nodes = new Map<NodeId, Canvas>()
  #agents = 0
  /** Somebody has come, gone, fallen silent or changed his campaign: who is in the picture must be asked anew. */
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
  countAgents(state: EngineState, campaignId: CampaignId): number {
    if (!this.#stale) return this.#agents
    this.#stale = false
    this.#agents = 0
    for (const canvas of this.#nodes.values()) canvas.agents.length = 0
    for (const agent of state.agents.values()) {
      if (agent.campaignId !== campaignId || !agent.view.working || !agent.mediaFlowing) continue
      // His call is on its way, and it is nobody else's: neither is pacing's concern.
      if (agent.heldFor !== undefined) continue
      this.#canvas(agent.nodeId).agents.push(agent.view)
      this.#agents += 1
    }
    return this.#agents
  }

  /** Follows a call's move: into the picture while it is in flight, out of it when it is not. */
  follow(call: Call): void {
    const { phase, view } = call
    if (call.lead.agentId !== undefined) return
    switch (phase.state) {
      case 'originating':
        view.since = call.originatedAt
        break
      case 'ringing':
        view.ringingAt = phase.ringingAt
        break
      case 'waiting':
        view.since = phase.answeredAt
        break
      default:
        this.drop(call)
        return
    }
    view.state = phase.state
    if (view.slot >= 0) return
    const { calls } = this.#canvas(call.nodeId)
    view.slot = calls.length
    calls.push(view)
  }

  /** The call is in flight no longer. */
  drop({ view, nodeId }: Call): void {
    if (view.slot < 0) return
    const { calls } = this.#canvas(nodeId)
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
