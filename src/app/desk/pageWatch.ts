import type { AgentId } from '../../core/ids.ts'
import type { EngineGateway } from '../../ports/engine.ts'

/** A page that comes back within so long has only lost its line, or was loaded anew, milliseconds. */
const goneMs = 90_000
/** Why an agent pauses whose page has gone. */
export const pageGone = 'page-gone'

/** Follows which agents have their page open. */
export interface PageWatch {
  /** An agent's page follows them; what is returned says that it does no more. */
  opened(agentId: AgentId): () => void
  close(): void
}

/**
 * Pauses agents whose last page has gone for long: with a telephone beside it their line stays up, and people would be put through to
 * somebody who sees neither who it is nor what was agreed. Whoever never had a page open is left alone. The call that they are in goes
 * on; a page that comes back shows why they pause.
 */
export function createPageWatch(gateway: Pick<EngineGateway, 'agent' | 'command'>, afterMs = goneMs): PageWatch {
  const open = new Map<AgentId, number>()
  const waiting = new Map<AgentId, NodeJS.Timeout>()
  const giveUp = (agentId: AgentId): void => {
    waiting.delete(agentId)
    const state = gateway.agent(agentId)?.phase.state
    if (state === undefined || state === 'offline' || state === 'calling' || state === 'paused') return
    // A refusal says that they pause already, or have left: nothing more is to be done.
    void gateway.command({ kind: 'agent-pause', agentId, reason: pageGone, force: false })
  }
  return {
    opened(agentId) {
      open.set(agentId, (open.get(agentId) ?? 0) + 1)
      clearTimeout(waiting.get(agentId))
      waiting.delete(agentId)
      let isOpen = true
      return () => {
        if (!isOpen) return
        isOpen = false
        const left = (open.get(agentId) ?? 1) - 1
        if (left > 0) return void open.set(agentId, left)
        open.delete(agentId)
        waiting.set(agentId, setTimeout(giveUp, afterMs, agentId).unref())
      }
    },
    close() {
      for (const timer of waiting.values()) clearTimeout(timer)
      waiting.clear()
    },
  }
}
