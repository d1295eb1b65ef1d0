import { existsSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { campaignSettings } from '../../src/config/campaignFile.ts'
import { openHistory } from '../../src/store/sqlite/history.ts'
import { openSqliteStore } from '../../src/store/sqlite/sqliteStore.ts'
import { dialingRig, token } from '../http/rig.ts'
import { pastRecords, writePast } from '../support/pastWorld.ts'
import { deadPort, type Ran, runLine, tempFolder, writeConfig } from './support.ts'

const trunks = [{ trunkId: 'main', callerIds: ['+12025550100'] }]
const settings = campaignSettings({ id: 'spring', message: 'sorry', pacing: { mode: 'progressive' } }, { trunks })

/** A database as a daemon left it: so many attempts, and some leads that were never dialed. */
async function ownDatabase(t: Test, { attempts, leads = 0 }: { attempts: number; leads?: number }) {
  const folder = tempFolder(t)
  const config = writeConfig(folder, { port: deadPort, token })
  const store = await openSqliteStore({ file: join(folder, 'dialwright.db') })
  t.teardown(() => store.close())
  await store.saveCampaign(settings)
  await writePast(store, pastRecords(attempts))
  const rows = Array.from({ length: leads }, (_, index) => ({
    ...{ number: `+1303555${String(index).padStart(4, '0')}`, timeZones: ['America/Denver'], priority: 0, data: {} },
  }))
  await store.importLeads('i1', 'spring', rows)
  await store.activateImport('i1', { source: 'x', rows: leads, imported: leads, duplicates: 0, invalid: 0 })
  const dw = (line: string): Promise<Ran> => runLine(['--config', config, ...line.split(' ')])
  return { folder, store, dw }
}

t.test("other teams are tried on the operator's own records, whether the daemon runs or not", async t => {
  const { dw, store } = await ownDatabase(t, { attempts: 900, leads: 400 })
  const line = 'simulate --from-history spring --agents 1,2 --seeds 1 --target 0.02'
  const beside = await dw(`${line} --json`)
  t.equal(beside.code, 0, beside.err)
  const found = JSON.parse(beside.out)
  t.match(found, {
    ...{ campaign: 'spring', mode: 'progressive', seeds: 1, leads: { open: 400 } },
    staffings: [
      { agents: 1, target: 0.02, occupancy: { mean: Number, ci95: 0 }, abandonmentRate: { pooled: 0 } },
      { agents: 2, target: 0.02 },
    ],
  })
  t.ok(Math.abs(found.basis.outcomes.person - 0.3) < 0.04, 'the fit is near the world that wrote the records')
  const talk = found.basis.times.find((time: { what: string }) => time.what === 'talk')
  t.ok(Math.abs(talk.meanSec - 90) < 20 && talk.records > 200)
  const [one, two] = found.staffings
  t.ok(two.connectedPerHour > 1.7 * one.connectedPerHour, 'twice the agents talk to twice as many')
  t.ok(Math.abs(one.hoursToFinish * one.attemptsPerHour - 400 * found.leads.attemptsPerLead) < 1e-6)
  t.match(JSON.parse(beside.err), { seed: 1, seeds: 1 })

  await store.close()
  t.equal((await dw(`${line} --json`)).out, beside.out, 'the daemon has ended, the answer is the same')
  const words = await dw(line)
  t.match(words.out, /^spring: 900 attempts on record, \d+ answered by a person \(person 3\d\.\d %, machine/)
  t.match(words.out, /\nwrap-up +1\d\.\d s +\d+ records\n/)
  t.match(
    words.out,
    /\nwith 2 agents at 2\.0 %: occupancy \d+\.\d %, \d+ calls and \d+ conversations an hour, 0\.0 % abandoned, list finished in (\d+ h|(\d+ h )?\d+ min)\n/,
  )
  t.match(words.err, /rests between attempts not counted/)
})

t.test('records are read page by page, to the end or to the limit', async t => {
  const { folder } = await ownDatabase(t, { attempts: 2_001 })
  const history = openHistory(join(folder, 'dialwright.db'))
  t.teardown(() => history.close())
  for (const [limit, count] of [
    [5_000, 2_001],
    [2_000, 2_000],
    [1_500, 1_500],
    [7, 7],
  ] as const) {
    const calls = [...history.calls({ campaignId: 'spring', limit })]
    t.equal(new Set(calls.map(({ callId }) => callId)).size, count)
    t.equal(calls.length, count)
  }
})

t.test('what cannot be told is refused in one line', async t => {
  const { dw } = await ownDatabase(t, { attempts: 60 })
  for (const [code, line, says] of [
    [1, '--from-history spring --agents 5', /campaign spring has 60 attempts and \d+ answers on record, at least 100/],
    [1, '--from-history winter --agents 5', /no campaign winter: there is spring/],
    [1, '--from-history spring --agents 5 --days 1', /campaign spring has 0 attempts/],
    [2, '--from-history spring', /name the staffings to try, such as --agents 8,12,16/],
    [2, '--from-history spring --agents 5 --tune', /--tune goes with --scenario/],
    [2, '--from-history spring --agents 5 --target 0.2', /target 0\.2 is over the limit of spring, 0\.03/],
  ] as const) {
    const ran = await dw(`simulate ${line}`)
    t.equal(ran.code, code, ran.err)
    t.match(ran.err, says)
    t.equal(ran.err.trimEnd().split('\n').length, 1)
  }
})

t.test('where the database is on another machine the records come over the API', async t => {
  const rig = await dialingRig(t)
  await writePast(rig.store, pastRecords(1_200))
  const folder = tempFolder(t)
  const config = writeConfig(folder, { port: Number(new URL(rig.url).port), token })
  t.notOk(existsSync(join(folder, 'dialwright.db')))
  const line = 'simulate --from-history spring --agents 3 --seeds 1 --json'
  const ran = await runLine(['--config', config, ...line.split(' ')])
  t.equal(ran.code, 0, ran.err)
  const { basis, staffings } = JSON.parse(ran.out)
  t.ok(basis.attempts >= 1_200)
  const wrapUp = basis.times.find((one: { what: string }) => one.what === 'wrap-up')
  t.ok(wrapUp.records > 100 && Math.abs(wrapUp.meanSec - 15) < 2, 'with the instants of the wrap-ups')
  t.match(staffings, [{ agents: 3, target: 0.027 }])
})
