import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import Database from 'better-sqlite3'
import t, { type Test } from 'tap'
import { createDialer } from '../../src/dialer/dialer.ts'
import { createLog } from '../../src/log.ts'
import type { LedgerHead } from '../../src/ports/ledger.ts'
import type { Store } from '../../src/ports/store.ts'
import { suffixCallees } from '../../src/sim/world/callees.ts'
import { createVirtualClock, type VirtualClock } from '../../src/sim/world/scheduler.ts'
import { createSimulatedTelephony } from '../../src/sim/world/telephony.ts'
import { createChainCheck } from '../../src/store/ledger/verify.ts'
import { openSqliteStore } from '../../src/store/sqlite/sqliteStore.ts'

/** When the database was left: see fixtures/README.md. */
const leftAt = Date.UTC(2026, 0, 5, 15, 1, 3)
const log = createLog({ level: 'silent' })
const trunk = {
  trunkId: 'main',
  nodeId: 'pbx',
  dialString: 'PJSIP/{number}@trunk-main',
  stripPlus: true,
  channelsMax: 30,
  callsPerSecondMax: 20,
}
const agents = [1, 2, 3].map(index => ({
  agentId: `a${index}`,
  name: `Agent ${index}`,
  endpoint: `PJSIP/a${index}`,
  nodeId: 'pbx',
  campaignId: 'spring',
}))

function copyOf(t: Test): string {
  const file = join(t.testdir(), 'dialwright.db')
  writeFileSync(file, gunzipSync(readFileSync(new URL('fixtures/7c35633.db.gz', import.meta.url))))
  return file
}

/** Lets virtual time pass, with turns of the event loop for the threads of the store. */
async function pass(clock: VirtualClock, ms: number): Promise<void> {
  const until = clock.now() + ms
  while (clock.now() < until) {
    await clock.runUntil(Math.min(until, clock.now() + 100))
    await new Promise(resolve => setTimeout(resolve, 1))
  }
}

async function during<Value>(clock: VirtualClock, work: Promise<Value>): Promise<Value> {
  let done = false
  const settled = work.finally(() => {
    done = true
  })
  while (!done) await pass(clock, 10)
  return settled
}

async function verify(t: Test, store: Store, heads: readonly LedgerHead[] = []): Promise<void> {
  const check = createChainCheck({ heads })
  for (let after = 0; ; ) {
    const entries = await store.ledgerEntries(after, 1_000)
    for (const entry of entries) t.equal(check.take(entry), undefined)
    if (entries.length === 0) break
    after = entries.at(-1)?.seq ?? after
  }
  t.equal(check.finish(), undefined, 'the ledger verifies')
}

t.test('a database of an older version opens with everything that is in it', async t => {
  const file = copyOf(t)
  const old = new Database(file, { readonly: true })
  t.equal(old.pragma('user_version', { simple: true }), 3)
  old.close()
  const store = await openSqliteStore({ file })
  t.teardown(() => store.close())
  await verify(t, store)
  t.strictSame(await store.leadCounts('spring'), { total: 60, dialable: 51, finished: 9 })
  t.match(await store.leadLists('spring'), [{ list: 'january', leads: 60, origins: [{ origin: 'a form' }] }])
  t.match(await store.campaigns(), [
    { settings: { campaignId: 'spring' }, progress: { running: true }, counters: { attempts: 12 } },
  ])
  t.strictSame(
    (await store.openAttempts()).map(({ callId, leadId, number }) => [callId, leadId, number]),
    [
      ['v-b', 36, '+12475550118'],
      ['v-c', 39, '+12505550112'],
      ['v-e', 45, '+12565550118'],
    ],
  )
  const calls = await store.calls({ campaignId: 'spring', limit: 100 })
  t.equal(calls.length, 15)
  t.equal(calls.filter(({ end }) => end !== undefined).length, 12)
  t.equal(calls.filter(({ wrapUp }) => wrapUp !== undefined).length, 3)
  t.match(await store.call('vd-1'), { nodeId: 'vicidial', end: { disposition: 'no-answer' }, wrapUp: { code: 'NA' } })
  t.match(await store.agents(), [{ agentId: 'a9' }])
  t.match(await store.doNotCallEntry('+12675550111'), { list: 'company', note: 'by letter' })
  t.match(await store.doNotCallEntry('+12685550112'), { list: 'retired', source: 'network' })
  t.match(await store.doNotCallPrefixes(), [{ prefix: '+1900' }])
  t.match(await store.permissionsOf('+12125550110'), [
    { basis: 'express', topics: ['spring'] },
    { topics: ['care'], withdrawnHow: 'by mail' },
  ])
  t.strictSame(await store.numbersOfPerson('+12195550117'), ['+12195550117', '+12205550118'])
  t.match(await store.personHoursOf('+12195550117'), { number: '+12205550118', how: 'by mail' })
})

t.test('a running campaign goes on after the upgrade, and what was under way is closed', async t => {
  const store = await openSqliteStore({ file: copyOf(t) })
  t.teardown(() => store.close())
  const before = await store.ledgerHead()
  const open = await store.openAttempts()
  const clock = createVirtualClock(leftAt + 5_000)
  const telephony = createSimulatedTelephony({ nodeId: 'pbx', clock, callees: suffixCallees({ talkMs: 20_000 }) })
  const dialer = createDialer({
    clock,
    telephonies: [telephony],
    store,
    log,
    trunks: [trunk],
    agents,
    callIdPrefix: 'w',
    checkInvariants: true,
  })
  await during(clock, dialer.start())
  await pass(clock, 1_000)
  t.strictSame(await store.openAttempts(), [])
  for (const { callId } of open)
    t.match(await store.call(callId), { end: { disposition: 'failed', detail: 'recovered' } }, callId)
  for (const { agentId } of agents) await during(clock, dialer.gateway.command({ kind: 'agent-login', agentId }))
  await pass(clock, 30_000)
  const fresh = (await store.calls({ limit: 1_000 })).filter(({ callId }) => callId.startsWith('w-'))
  t.ok(fresh.length >= 5, `${fresh.length} calls after the upgrade`)
  t.ok(fresh.some(({ end }) => end !== undefined))
  const called = new Set(fresh.map(({ number }) => number))
  for (const { number } of open) t.notOk(called.has(number), 'nobody is called again because of the upgrade')
  for (const refused of ['+12675550111', '+12685550112']) t.notOk(called.has(refused))
  await during(clock, dialer.stop({ graceMs: 30_000 }))
  t.strictSame(await store.openAttempts(), [])
  await verify(t, store, [before])
})
