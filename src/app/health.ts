import type { HealthView } from '../api/system.ts'
import type { EngineReads } from '../ports/engine.ts'

/** Whether the daemon and its PBXs are well. */
export function readHealth(gateway: Pick<EngineReads, 'board'>, version: string): HealthView {
  const { nodes } = gateway.board()
  const nodesUp = nodes.filter(({ link }) => link === 'up').length
  const isWell = nodes.every(({ link, breaker }) => link === 'up' && breaker === undefined)
  return { status: isWell ? 'ok' : 'degraded', version, nodesUp, nodes: nodes.length }
}
