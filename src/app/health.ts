import type { HealthView } from '../api/system.ts'
import type { EngineReads } from '../ports/engine.ts'

/** Whether the daemon, its PBXs and its trunks are well. */
export function readHealth(gateway: Pick<EngineReads, 'board'>, version: string): HealthView {
  const { nodes, trunks } = gateway.board()
  const trunksFailing = trunks.filter(({ breaker }) => breaker.state !== 'closed').map(({ trunkId }) => trunkId)
  const nodesUp = nodes.filter(({ link }) => link === 'up').length
  const well = nodesUp === nodes.length && trunksFailing.length === 0
  return { status: well ? 'ok' : 'degraded', version, nodesUp, nodes: nodes.length, trunksFailing }
}
