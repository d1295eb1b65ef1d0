// What turns the daemon's health, and what does not.
import t from 'tap'
import { readHealth } from '../../src/app/health.ts'
import type { Alarm } from '../../src/core/alarms/alarm.ts'
import type { EngineBoard } from '../../src/ports/engine.ts'

const alarm: Alarm = {
  ...{ code: 'disk-low', what: 'store', severity: 'warning', says: '1 MiB', todo: 'free some', since: 0 },
  stopsDialing: false,
}

function statusWith(change: Partial<Alarm>): string {
  const board: EngineBoard = {
    nodes: [],
    trunks: [],
    campaigns: [],
    agents: [],
    alarms: [{ ...alarm, ...change }],
  } as never
  return readHealth({ board: () => board }, '1.2.3').status
}

t.test('what calls stand on turns it, while it holds and nobody has silenced it', async t => {
  for (const what of ['store', 'clock', 'node', 'trunk'] as const) t.equal(statusWith({ what }), 'degraded', what)
  t.equal(statusWith({ goneSince: 5 }), 'ok', 'gone')
  t.equal(statusWith({ silenced: { code: 'disk-low', until: 9, by: 'Ann', reason: 'moving' } }), 'ok', 'silenced')
})

t.test('anything else does so where it stops dialing: no stranger turns it', async t => {
  t.equal(statusWith({ what: 'api', code: 'tokens-guessed' }), 'ok')
  for (const what of ['campaign', 'list', 'rules', 'certificate', 'ledger', 'webhook'] as const) {
    t.equal(statusWith({ what }), 'ok', what)
    t.equal(statusWith({ what, stopsDialing: true }), 'degraded', what)
  }
})
