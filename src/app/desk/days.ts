import type { DayView } from '../../api/agents/desk.ts'
import { iso } from '../../api/views.ts'
import type { AgentPhase, AgentState } from '../../core/agents/agent.ts'
import type { EngineEvent } from '../../core/effects.ts'
import type { AgentId, InstantMs } from '../../core/ids.ts'
import { dayMs, minuteMs } from '../../core/time.ts'
import type { EngineGateway } from '../../ports/engine.ts'

/** Days begin at midnights that lie a quarter of an hour apart the world over. */
const quarterMs = 15 * minuteMs
/** What is older is forgotten: no day is longer, summer time counted. */
const keptMs = dayMs + 4 * quarterMs

/** What agents have done lately, counted by quarters of an hour from what the engine tells. */
export interface AgentDays {
  /** From `since` on, or from when it is known. */
  dayOf(agentId: AgentId, since: InstantMs): DayView
  close(): void
}

interface Quarter {
  readonly at: InstantMs
  readonly ms: Map<AgentState, number>
  readonly outcomes: Map<string, number>
  calls: number
}

/** Begins to count. */
export function createAgentDays(gateway: Pick<EngineGateway, 'now' | 'subscribe' | 'agent' | 'agents'>): AgentDays {
  const begunAt = gateway.now()
  const days = new Map<AgentId, AgentDay>()
  const dayOf = (agentId: AgentId): AgentDay => {
    const known = days.get(agentId) ?? new AgentDay()
    days.set(agentId, known)
    return known
  }
  for (const { agentId, phase } of gateway.agents()) dayOf(agentId).enter(phase.state, begunAt)
  const unsubscribe = gateway.subscribe((event, at) => count(event, at))

  function count(event: EngineEvent, at: InstantMs): void {
    if (event.kind === 'agent-state') dayOf(event.agentId).enter(event.state, at)
    else if (event.kind === 'call-connected') dayOf(event.agentId).quarterAt(at).calls += 1
    else if (event.kind === 'call-wrapped-up') dayOf(event.agentId).outcome(event.code, at)
  }

  return {
    dayOf(agentId, since) {
      const now = gateway.now()
      const knownSince = Math.max(since, begunAt, now - dayMs)
      return { knownSince: iso(knownSince), ...dayOf(agentId).sum(knownSince, now) }
    },
    close: unsubscribe,
  }
}

class AgentDay {
  #quarters: Quarter[] = []
  #state: { readonly state: AgentPhase['state']; readonly since: InstantMs } | undefined

  enter(state: AgentState, at: InstantMs): void {
    this.#settle(at)
    this.#state = { state, since: at }
  }

  outcome(code: string, at: InstantMs): void {
    const { outcomes } = this.quarterAt(at)
    outcomes.set(code, (outcomes.get(code) ?? 0) + 1)
  }

  quarterAt(at: InstantMs): Quarter {
    const begins = at - (at % quarterMs)
    const last = this.#quarters.at(-1)
    if (last !== undefined && last.at >= begins) return last
    const quarter = { at: begins, ms: new Map(), outcomes: new Map(), calls: 0 }
    this.#quarters = [...this.#quarters.filter(one => one.at > at - keptMs), quarter]
    return quarter
  }

  sum(since: InstantMs, now: InstantMs): Omit<DayView, 'knownSince'> {
    this.#settle(now)
    const outcomes: Record<string, number> = {}
    const ms: Partial<Record<AgentState, number>> = {}
    let calls = 0
    for (const quarter of this.#quarters) {
      // One that has begun before lies in it whole where the day begins with a quarter; else what is known begins in it.
      if (quarter.at + quarterMs <= since) continue
      calls += quarter.calls
      for (const [state, forMs] of quarter.ms) ms[state] = (ms[state] ?? 0) + forMs
      for (const [code, times] of quarter.outcomes) outcomes[code] = (outcomes[code] ?? 0) + times
    }
    const of = (state: AgentState): number => Math.round(ms[state] ?? 0)
    return {
      calls,
      talkMs: of('on-call'),
      wrapUpMs: of('wrap-up'),
      availableMs: of('available') + of('reserved'),
      pausedMs: of('paused'),
      outcomes,
    }
  }

  /** Gives the time since the last look to the quarters that it lies in. */
  #settle(at: InstantMs): void {
    if (this.#state === undefined) return
    const { state } = this.#state
    // Of what lasts longer than is kept only the end counts.
    let from = Math.max(this.#state.since, at - keptMs)
    while (from < at) {
      const until = Math.min(at, from - (from % quarterMs) + quarterMs)
      const { ms } = this.quarterAt(from)
      ms.set(state, (ms.get(state) ?? 0) + until - from)
      from = until
    }
    this.#state = { state, since: Math.max(at, this.#state.since) }
  }
}
