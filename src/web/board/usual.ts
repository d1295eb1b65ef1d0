import type { AgentView } from '../../api/agents/agents.ts'
import type { Agents } from './topics.ts'

type State = AgentView['state']

/** Before anybody was seen to end a state, milliseconds. */
const atFirst: Readonly<Partial<Record<State, number>>> = {
  'on-call': 180_000,
  'wrap-up': 45_000,
  paused: 600_000,
  available: 60_000,
}
/** How much the newest length counts. */
const weight = 0.05
/** So many times the usual is long. */
const long = 2

/** How long agents stay in a state here, as this page has seen it. */
export interface Usual {
  /** Takes the agents as they are now. */
  see(agents: Agents): void
  isLong(agent: AgentView, now: number): boolean
}

/** Nobody has been seen yet. */
export function createUsual(): Usual {
  const lengths = new Map<State, number>(Object.entries(atFirst) as [State, number][])
  let before: Agents = {}
  return {
    see(agents) {
      for (const [agentId, { since }] of Object.entries(agents)) {
        const was = before[agentId]
        const usual = was && lengths.get(was.state)
        if (was === undefined || usual === undefined || was.since === since) continue
        const length = Date.parse(since) - Date.parse(was.since)
        lengths.set(was.state, (1 - weight) * usual + weight * length)
      }
      before = agents
    },
    isLong(agent, now) {
      const usual = lengths.get(agent.state)
      return usual !== undefined && now - Date.parse(agent.since) >= long * usual
    },
  }
}
