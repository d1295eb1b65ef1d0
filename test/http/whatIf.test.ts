// What another pacing would give, asked over the API: the simulator runs in its thread, and nothing changes.
import { EventEmitter, once } from 'node:events'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { createForesee } from '../../src/daemon/foresight/foresee.ts'
import type { Foresee } from '../../src/ports/foresight/foresee.ts'
import { openSqliteStore } from '../../src/store/sqlite/sqliteStore.ts'
import { pastRecords, writePast } from '../support/pastWorld.ts'
import { dialingRig, type Rig } from './rig.ts'

const path = '/v1/campaigns/spring/pacing/what-if'

/** A daemon beside a database with so many calls of spring. */
async function rigWithPast(t: Test, calls: number, maxMs = 100_000): Promise<Rig> {
  const file = join(t.testdirName, 'past.db')
  const rig = await dialingRig(t, { foresee: createForesee(file, { plannedMs: 1, maxMs }) })
  const store = await openSqliteStore({ file })
  await writePast(store, pastRecords(calls))
  await store.close()
  return rig
}

t.test('the campaign’s own past foretells another pacing, and nothing is changed', async t => {
  const { call } = await rigWithPast(t, 400)
  const before = await call('GET', '/v1/campaigns/spring/pacing')
  const body = { pacing: { mode: 'predictive', abandonmentTarget: 0.03 }, agents: 2 }
  const found = await call('POST', path, body)
  t.match(found, {
    status: 200,
    body: {
      ...{ campaignId: 'spring', agents: 2, agentsAssumed: false, runs: 1, hours: 4, openLeads: 2 },
      basis: { kind: 'history', attempts: 400 },
      present: { pacing: { mode: 'progressive' }, abandonmentRate: { pooled: 0 }, daysToFinish: Number },
      changed: { pacing: { mode: 'predictive', abandonmentTarget: 0.03 }, occupancy: { mean: Number, ci95: Number } },
    },
  })
  const { present, changed } = found.body as { readonly [side: string]: { readonly occupancy: { mean: number } } }
  t.ok((changed?.occupancy.mean ?? 0) > (present?.occupancy.mean ?? 1))
  t.same(await call('GET', '/v1/campaigns/spring/pacing'), before)
})

t.test('a past that is too short is said, and what stands in for it', async t => {
  const { call } = await rigWithPast(t, 0)
  const found = await call('POST', path, { pacing: { mode: 'ratio', ratio: 2 }, agents: 5 })
  t.match(found, { body: { basis: { kind: 'assumption', scenario: 'realistic-5', because: /^0 attempts/ } } })
})

t.test('what takes too long is ended, in one line', async t => {
  const { call } = await rigWithPast(t, 0, 1)
  t.match(await call('POST', path, { pacing: {}, agents: 500 }), {
    body: { error: { code: 'foresight-too-long', message: /name fewer/ } },
  })
})

t.test('what the daemon would refuse is not simulated', async t => {
  const never: Foresee = () => Promise.reject(new TypeError('it was simulated'))
  const { call } = await dialingRig(t, { foresee: never })
  for (const [status, pacing, says] of [
    [422, { ratio: 99 }, /ratio/],
    [422, { abandonmentTarget: 0.05 }, /abandonmentTarget/],
    [409, { mode: 'manual' }, /agents dial by themselves/],
  ] as const)
    t.match(await call('POST', path, { pacing }), { status, body: { error: { message: says } } })
})

t.test('one at a time', async t => {
  const hands = new EventEmitter()
  const begun = once(hands, 'begun')
  const foresee: Foresee = async () => {
    hands.emit('begun')
    await once(hands, 'over')
    throw new TypeError('over')
  }
  const { call } = await dialingRig(t, { foresee })
  const first = call('POST', path, { pacing: {} })
  await begun
  const second = await call('POST', path, { pacing: {} })
  hands.emit('over')
  t.equal((await first).status, 500)
  t.match(second, { status: 429, body: { error: { code: 'what-if-under-way' } } })
})
