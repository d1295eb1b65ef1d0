import type { HealthView } from '../api/system.ts'
import type { EngineReads } from '../ports/engine.ts'

/** Whether the daemon, its PBXs, its trunks, its store and its clock are well. */
export function readHealth(gateway: Pick<EngineReads, 'board'>, version: string): HealthView {
  const { nodes, trunks, alarms, drain } = gateway.board()
  const trunksFailing = trunks.filter(({ breaker }) => breaker.state !== 'closed').map(({ trunkId }) => trunkId)
  const nodesUp = nodes.filter(({ link }) => link === 'up').length
  const arePbxsWell = nodes.every(({ link, breaker }) => link === 'up' && breaker === undefined)
  // A campaign without agents or leads is no matter of the daemon's.
  const isWell = arePbxsWell && trunksFailing.length === 0 && alarms.every(({ what }) => what === 'campaign')
  const draining = drain !== undefined
  // Whoever asks needs no token: no paths, no words.
  const told = alarms.map(({ what, code }) => ({ what, code }))
  return {
    status: isWell ? 'ok' : 'degraded',
    version,
    nodesUp,
    nodes: nodes.length,
    trunksFailing,
    alarms: told,
    draining,
  }
}
