import type { HealthView } from '../api/system.ts'
import type { Alarm } from '../core/alarms/alarm.ts'
import type { AlarmSubject } from '../core/alarms/kinds.ts'
import type { EngineReads } from '../ports/engine.ts'

/** What calls stand on: an alarm about anything else, a campaign or whoever guesses tokens for one, is no matter of the daemon's health. */
const grounds: ReadonlySet<AlarmSubject> = new Set(['store', 'clock', 'node', 'trunk'])

/** Whether the daemon, its PBXs, its trunks, its store and its clock are well. */
export function readHealth(gateway: Pick<EngineReads, 'board'>, version: string): HealthView {
  const { nodes, trunks, alarms, drain } = gateway.board()
  const trunksFailing = trunks.filter(({ breaker }) => breaker.state !== 'closed').map(({ trunkId }) => trunkId)
  const nodesUp = nodes.filter(({ link }) => link === 'up').length
  const arePbxsWell = nodes.every(({ link, breaker }) => link === 'up' && breaker === undefined)
  const isWell = arePbxsWell && trunksFailing.length === 0 && !alarms.some(isOfHealth)
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

/** Whether an alarm holds, nobody has silenced it, and it is about what calls stand on. */
function isOfHealth({ what, stopsDialing, silenced, goneSince }: Alarm): boolean {
  return silenced === undefined && goneSince === undefined && (stopsDialing || grounds.has(what))
}
