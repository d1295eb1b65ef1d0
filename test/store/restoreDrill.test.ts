// Back up in mid-campaign, go on, lose everything, restore elsewhere: on the simulated PBX, with the store's real files.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import t from 'tap'
import { createDialer, type Dialer } from '../../src/dialer/dialer.ts'
import { createLog } from '../../src/log.ts'
import { suffixCallees } from '../../src/sim/world/callees.ts'
import { createVirtualClock, type VirtualClock } from '../../src/sim/world/scheduler.ts'
import { createSimulatedTelephony } from '../../src/sim/world/telephony.ts'
import { restoreBackup } from '../../src/store/sqlite/backup/restore.ts'
import { openSqliteStore, type SqliteStore } from '../../src/store/sqlite/sqliteStore.ts'

/** When the database was left: see fixtures/README.md. */
const leftAt = Date.UTC(2026, 0, 5, 15, 1, 3)
const day = 24 * 3_600_000
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

/** A dialer with its agents at work; its calls begin with `prefix`. */
async function dialing(store: SqliteStore, { at, prefix }: { readonly at: number; readonly prefix: string }) {
  const clock = createVirtualClock(at)
  const telephony = createSimulatedTelephony({ nodeId: 'pbx', clock, callees: suffixCallees({ talkMs: 20_000 }) })
  const dialer: Dialer = createDialer({
    clock,
    telephonies: [telephony],
    store,
    log: createLog({ level: 'silent' }),
    trunks: [trunk],
    agents,
    callIdPrefix: prefix,
    checkInvariants: true,
  })
  await during(clock, dialer.start())
  await pass(clock, 1_000)
  for (const { agentId } of agents) await during(clock, dialer.gateway.command({ kind: 'agent-login', agentId }))
  const calls = async () =>
    (await store.calls({ limit: 1_000 })).filter(({ callId }) => callId.startsWith(`${prefix}-`))
  return { clock, dialer, calls }
}

t.test(
  'a drill: nothing is dialed until somebody says so, every number rests, and who refused is not called',
  async t => {
    const folder = t.testdir()
    const [file, other] = [join(folder, 'lost', 'dialwright.db'), join(folder, 'elsewhere', 'dialwright.db')]
    const [journal, target] = [join(folder, 'journal.jsonl'), join(folder, 'backup')]
    for (const name of ['lost', 'elsewhere']) mkdirSync(join(folder, name))
    writeFileSync(file, gunzipSync(readFileSync(new URL('fixtures/7c35633.db.gz', import.meta.url))))

    const first = await openSqliteStore({ file, journal })
    const before = await dialing(first, { at: leftAt + 5_000, prefix: 'before' })
    await pass(before.clock, 10_000)
    const backup = await during(before.clock, first.files.backup({ target, at: before.clock.now() }))
    t.ok(backup.ledgerEntries > 0)
    const { leads } = await first.dialableLeads({
      campaignId: 'spring',
      limit: 40,
      exclude: [],
      now: before.clock.now(),
    })
    const [refused = '', withdrawn = '', erased = ''] = leads.slice(-3).map(({ number }) => number)
    const { gateway } = before.dialer
    await during(before.clock, gateway.refuse({ way: 'operator', number: refused }))
    await during(before.clock, gateway.refuse({ way: 'withdrawal', number: withdrawn, how: 'by letter' }))
    t.ok(await during(before.clock, gateway.refuse({ way: 'erasure', number: erased, by: 'R. Miller' })))
    await pass(before.clock, 10_000)
    t.ok((await before.calls()).length > 3, 'the campaign went on')
    await during(before.clock, before.dialer.stop({ graceMs: 0 }))
    await first.close()
    rmSync(join(folder, 'lost'), { recursive: true })

    const lostAt = before.clock.now()
    t.match(await restoreBackup({ backup: target, file: other, journal, at: lostAt }), { replayed: 3, gaps: [] })
    const store = await openSqliteStore({ file: other, journal })
    t.teardown(() => store.close())
    const waiting = await dialing(store, { at: lostAt + 1_000, prefix: 'waiting' })
    await pass(waiting.clock, 10_000)
    t.match(waiting.dialer.gateway.board().alarms, [{ code: 'restore-unconfirmed', stopsDialing: true }])
    t.same(await waiting.calls(), [], 'nobody has said that it may dial')
    await during(waiting.clock, store.files.confirmRestore({ by: 'R. Miller', signsGaps: false, at: lostAt }))
    await pass(waiting.clock, 10_000)
    t.same(waiting.dialer.gateway.board().alarms, [])
    t.same(await waiting.calls(), [], 'every number rests')
    const rests = await store.listLeads({ campaignId: 'spring', limit: 100 })
    t.ok(rests.some(({ reason }) => reason === 'rest-after-restore'))
    await during(waiting.clock, waiting.dialer.stop({ graceMs: 0 }))

    const after = await dialing(store, { at: leftAt + 7 * day, prefix: 'after' })
    await pass(after.clock, 60_000)
    const called = new Set((await after.calls()).map(({ number }) => number))
    t.ok(called.size > 3, `${called.size} people are called when they have rested`)
    for (const number of [refused, withdrawn, erased]) t.notOk(called.has(number), 'nobody who refused in between')
    t.same(await store.leadsByNumber(erased), [], 'and who was erased stays so')
    await during(after.clock, after.dialer.stop({ graceMs: 30_000 }))
  },
)
