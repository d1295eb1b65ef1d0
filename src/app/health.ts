import type { HealthView } from '../api/system.ts'
import type { EngineReads } from '../ports/engine.ts'

/** Whether the daemon and its PBXs are well. */
export function readHealth(gateway: Pick<EngineReads, 'board'>, version: string): HealthView {
  const { nodes } = gateway.board()
  const nodesUp = nodes.filter(({ link }) => link === 'up').length
  return { status: nodesUp === nodes.length ? 'ok' : 'degraded', version, nodesUp, nodes: nodes.length }
}
