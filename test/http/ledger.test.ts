// What the ledger proves, and what people did, asked over the API.
import { join } from 'node:path'
import Database from 'better-sqlite3'
import t, { type Test } from 'tap'
import { createLawFinder } from '../../src/core/compliance/law.ts'
import { createProver } from '../../src/daemon/proof/prover.ts'
import type { ChainProof, LedgerHead, LedgerProver } from '../../src/ports/ledger.ts'
import { openSqliteStore } from '../../src/store/sqlite/sqliteStore.ts'
import { shippedRules } from '../support/compliance.ts'
import { dialingRig, type Rig, startAt, startRig, token } from './rig.ts'

/** A daemon whose ledger to prove lies in a file; what it does meanwhile goes elsewhere, so that the file stays as it is. */
async function rigOnDisk(t: Test): Promise<Rig & { readonly file: string; readonly head: LedgerHead }> {
  const file = join(t.testdirName, 'ledger.db')
  const rig = await startRig(t, { prover: createProver(file) })
  const store = await openSqliteStore({ file })
  await store.recordRules(shippedRules, startAt)
  await store.recordAct({ by: 'amy', via: 'session', what: 'startCampaign', at: startAt, of: { campaign: 'spring' } })
  const call = { callId: 'c1', campaignId: 'spring', nodeId: 'pbx1', trunkId: 'main', callerId: '+12025550100' }
  await store.beginAttempt({
    ...call,
    origin: 'manual',
    agentId: '1001',
    number: '+12025550111',
    originatedAt: startAt,
  } as never)
  const head = await store.ledgerHead()
  t.teardown(() => store.close())
  return { ...rig, file, head }
}

t.test('the chain is followed to its end, and held against a head that was kept', async t => {
  const { call, head } = await rigOnDisk(t)
  const { seq, hash } = head
  const proved = await call('POST', '/v1/ledger/verify', { head: `${hash}@${seq}` })
  t.match(proved, { status: 200, body: { ok: true, fromSeq: 1, entries: seq, head: { seq, hash } } })
  const other = await call('POST', '/v1/ledger/verify', { head: `${'0'.repeat(64)}@${seq}` })
  t.match(other.body, { ok: false, problem: { seq, says: /another hash/ } })
  t.match(await call('POST', '/v1/ledger/verify', { head: 'x' }), { status: 422 })
})

t.test('an entry that was changed behind the daemon is found', async t => {
  const { call, file } = await rigOnDisk(t)
  const database = new Database(file)
  database.exec('DROP TRIGGER ledgerUpdate')
  database.exec(`UPDATE ledger SET entry = replace(entry, 'spring', 'sprung') WHERE kind = 'act'`)
  database.close()
  const { body } = await call('POST', '/v1/ledger/verify', {})
  t.match(body, { ok: false, problem: { seq: Number, says: /it was changed/ } })
})

t.test('every call is held against the rules once more', async t => {
  const { call, head } = await rigOnDisk(t)
  const { status, body } = await call('POST', '/v1/ledger/audit', {})
  t.equal(status, 200)
  t.match(
    body,
    { entries: head.seq, violations: [{ check: String, seq: Number, says: String }] },
    'nothing has cleared it',
  )
})

t.test('one proof is made at a time, and ends with whoever waits', async t => {
  let ended: () => void = () => {}
  const left = new Promise<void>(resolve => (ended = resolve))
  const prover: LedgerProver = {
    verify: (_heads, { signal }) =>
      new Promise<ChainProof>((_resolve, reject) =>
        signal?.addEventListener('abort', () => {
          ended()
          reject(new DOMException('gone', 'AbortError'))
        }),
      ),
    audit: async () => ({ entries: 1, found: 0, violations: [] }),
  }
  const rig = await startRig(t, { prover })
  const leave = new AbortController()
  const waiting = fetch(`${rig.url}/v1/ledger/verify`, {
    method: 'POST',
    signal: leave.signal,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: '{}',
  })
  let second = await rig.call('POST', '/v1/ledger/audit', {})
  while (second.status === 200) second = await rig.call('POST', '/v1/ledger/audit', {})
  t.match(second, { status: 429, body: { error: { code: 'proof-under-way' } } })
  leave.abort()
  await t.rejects(waiting)
  await left
  while (second.status === 429) second = await rig.call('POST', '/v1/ledger/audit', {})
  t.equal(second.status, 200, 'and the next one can be made')
})

t.test('without a file there is nothing to prove', async t => {
  const rig = await startRig(t)
  t.match(await rig.call('POST', '/v1/ledger/verify', {}), { status: 409, body: { error: { code: 'no-ledger-file' } } })
})

t.test('what people did is listed by kind, person and day, a page at a time', async t => {
  const rig = await dialingRig(t, { laws: createLawFinder(shippedRules) })
  await rig.call('POST', '/v1/users', { name: 'amy', role: 'admin' })
  await rig.call('PUT', '/v1/do-not-call/%2B13055550175')
  await rig.call('DELETE', '/v1/do-not-call/%2B13055550175?by=ann')
  const ask = async (query: string) =>
    (await rig.call('GET', `/v1/ledger/deeds?${query}`)).body as { deeds: { seq: number }[]; next?: number }
  const all = await ask('')
  t.match(all.deeds[0], { kind: 'opt-in', by: 'ann' })
  t.match(
    all.deeds.find(one => 'what' in one && one.what === 'startCampaign'),
    { kind: 'act', by: 'local', says: 'Dial from now on', members: { of: /spring/ } },
  )
  t.match((await ask('kind=access')).deeds, [
    { kind: 'access', what: 'added', members: { user: 'amy', role: 'admin' } },
  ])
  t.same((await ask('who=nobody')).deeds, [])
  t.match(await ask('who=ann'), { deeds: [{ kind: 'opt-in' }], next: undefined })
  t.same((await ask('since=2026-01-14T00:00:00Z')).deeds, [])
  t.same((await ask('until=2020-01-01T00:00:00Z&kind=act')).deeds, [])
  const first = await ask('limit=2')
  const second = await ask(`limit=2&before=${first.next}`)
  t.same(
    [...first.deeds, ...second.deeds].map(({ seq }) => seq),
    all.deeds.slice(0, 4).map(({ seq }) => seq),
  )
  t.notMatch(JSON.stringify(all), /3055550175/, 'and no number stands there')
  t.equal((await rig.call('GET', '/v1/ledger/deeds?kind=originate')).status, 400)
})
