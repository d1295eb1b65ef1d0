import type { AgentView } from '../../api/agents/agents.ts'
import { ApiError } from '../../api/apiError.ts'
import type { EngineEvent } from '../../core/effects.ts'
import { listAgents, showAgent } from '../agents.ts'
import type { AppContext } from '../context.ts'
import { buildStatus } from '../status.ts'
import type { Json } from './mergePatch.ts'

/** What a page may follow: the board's figures, every agent by id, or one agent with their call. */
export type Topic = 'board' | 'agents' | `agent:${string}`

/** With whose eyes a topic is read: what they may not see is not in it. */
export interface Eyes {
  answer(answer: unknown): unknown
}

/** Of whoever may see all; all of them share one reading. */
export const allEyes: Eyes = { answer: answer => answer }

/** How a topic is read, and what has moved it. */
export interface TopicSource {
  /** The whole of it now; null: it is no more. */
  read(): Promise<Json>
  /** Something that no event tells may have changed since it was last read. */
  hasMoved(): boolean
  /** Whether it changes with this event. */
  isAbout(event: EngineEvent): boolean
}

/** @throws ApiError 404 `unknown-agent`, where a topic names an agent who is not there */
export function topicSource(context: AppContext, topic: Topic, eyes: Eyes): TopicSource {
  if (topic === 'board')
    return {
      read: async () => plain(eyes.answer(buildStatus(context.gateway))),
      hasMoved: () => true,
      isAbout: () => true,
    }
  if (topic === 'agents')
    return {
      read: async () => plain(agentsById(context, eyes)),
      hasMoved: () => true,
      isAbout: event => 'agentId' in event,
    }
  return agentSource(context, topic.slice('agent:'.length), eyes)
}

function agentsById(context: AppContext, eyes: Eyes): Readonly<Record<string, AgentView>> {
  // Eyes leave entries out, and change none of their ids.
  const seen = eyes.answer(listAgents(context, undefined)) as readonly AgentView[]
  return Object.fromEntries(seen.map(agent => [agent.agentId, agent]))
}

function agentSource(context: AppContext, agentId: string, eyes: Eyes): TopicSource {
  const { gateway } = context
  if (gateway.agent(agentId) === undefined)
    throw new ApiError(404, 'unknown-agent', `no agent ${agentId}: see GET /v1/agents`)
  // Occupancy moves with the clock: it is brought along by whatever else has changed.
  const look = (): string => JSON.stringify({ ...gateway.agent(agentId), occupancy: 0 })
  const readNow = async (): Promise<Json> => {
    if (gateway.agent(agentId) === undefined) return null
    const shown = await showAgent(context, agentId)
    // Who has gone to others' campaigns is no longer theirs.
    const isTheirs = (eyes.answer([shown.agent]) as readonly unknown[]).length > 0
    return isTheirs ? plain(eyes.answer(shown)) : null
  }
  let seen = ''
  return {
    async read() {
      const looked = look()
      const state = await readNow()
      seen = looked
      return state
    },
    hasMoved: () => look() !== seen,
    isAbout: event => 'agentId' in event && event.agentId === agentId,
  }
}

/** As it goes over the wire: what is undefined is not there. */
function plain(view: unknown): Json {
  return JSON.parse(JSON.stringify(view))
}
