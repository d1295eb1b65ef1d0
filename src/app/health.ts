import type { HealthView } from '../api/system.ts'
import type { EngineReads } from '../ports/engine.ts'

/** Whether the daemon, its PBXs, its store and its clock are well. */
export function readHealth(gateway: Pick<EngineReads, 'board'>, version: string): HealthView {
  const { nodes, alarms } = gateway.board()
  const nodesUp = nodes.filter(({ link }) => link === 'up').length
  const isWell = nodesUp === nodes.length && alarms.length === 0
  // Whoever asks needs no token: no paths, no words.
  const told = alarms.map(({ what, code }) => ({ what, code }))
  return { status: isWell ? 'ok' : 'degraded', version, nodesUp, nodes: nodes.length, alarms: told }
}
