import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import Database from 'better-sqlite3'
import t, { type Test } from 'tap'
import { noRules } from '../../src/core/compliance/rules.ts'
import type { WriteOperation } from '../../src/store/operations.ts'
import { openSqliteStore } from '../../src/store/sqlite/sqliteStore.ts'
import { openWriter } from '../../src/store/sqlite/writer.ts'
import { dialingRig, token } from '../http/rig.ts'
import { deadPort, type Ran, runLine, tempFolder, writeConfig } from './support.ts'

const dayMs = 86_400_000
/** Noon of this machine's yesterday and of the day before. */
const yesterday = new Date(new Date(Date.now() - dayMs).setHours(12, 0, 0, 0)).getTime()
const dayBefore = new Date(new Date(Date.now() - 2 * dayMs).setHours(12, 0, 0, 0)).getTime()

function dayOf(at: number): string {
  const two = (value: number) => String(value).padStart(2, '0')
  const day = new Date(at)
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`
}

function callAt(at: number, name: string, answered: boolean): readonly WriteOperation[] {
  const ids = { callId: name, campaignId: 'spring', leadId: 1, number: `+1201555${name.slice(-4)}` }
  const origin = 'campaign' as const
  const way = { origin, nodeId: 'pbx', trunkId: 'trunk', callerId: '+12025550100', originatedAt: at }
  const clearance = {
    ...{ at, rulesVersion: 'v1', seller: 'US', places: ['US-NY'], rules: [], lists: [], permissions: [], lifted: [] },
    ...{ localTimes: [{ zone: 'America/New_York', minuteOfDay: 720, day: 1 }], attempts: [], fatigue: 0 },
  }
  const end = answered
    ? ({ disposition: 'abandoned', answeredAt: at + 5_000 } as const)
    : ({ disposition: 'busy' } as const)
  return [
    { kind: 'begin-attempt', attempt: { ...ids, ...way }, clearance },
    {
      kind: 'end-attempt',
      end: { ...ids, origin, ...end, endedAt: at + 9_000, leadRetryAt: null, countsAsAttempt: true },
    },
  ]
}

/** A daemon's database with calls of two days; the command line beside it. */
function ownLedger(t: Test) {
  const folder = tempFolder(t)
  const config = writeConfig(folder, { port: deadPort, token })
  const file = join(folder, 'dialwright.db')
  const writer = openWriter(file)
  writer.close()
  // The ledger began before its calls.
  const database = new Database(file)
  const genesis = JSON.parse(String(database.prepare('SELECT entry FROM ledger').pluck().get())).ledgerId
  database.close()
  const again = openWriter(file)
  const entry = { number: '+12015550001', list: 'company', source: 'agent', at: yesterday + 10_000 } as const
  const days = [...callAt(dayBefore, 'call-0001', false), ...callAt(yesterday, 'call-0002', true)]
  again.apply([...days, { kind: 'add-do-not-call', entry }])
  again.close()
  const dw = (line: string): Promise<Ran> => runLine(['--config', config, ...line.split(' ')])
  return { folder, file, genesis, dw }
}

t.test('a ledger is verified, exported and verified again from the export', async t => {
  const { folder, file, dw } = ownLedger(t)
  const whole = await dw('ledger verify')
  t.equal(whole.code, 0, whole.err)
  t.match(whole.out, /^unchanged: 6 entries follow from each other; head [0-9a-f]{64}@6\n$/)
  const head = (await dw('ledger head')).out
  const kept = /([0-9a-f]{64}@6)/.exec(head)?.[1]
  t.match(JSON.parse((await dw(`ledger verify --head ${kept} --json`)).out), { ok: true, entries: 6, fromSeq: 1 })

  const packed = join(folder, 'all.jsonl.gz')
  const plain = join(folder, 'part.jsonl')
  t.match((await dw(`ledger export -o ${packed}`)).out, /6 entries in/)
  t.match((await dw(`ledger verify ${packed} --head ${kept}`)).out, /unchanged: 6 entries/)
  const printed = (await dw('ledger export')).out
  t.equal(gunzipSync(readFileSync(packed)).toString('utf8'), printed, 'on the terminal the same')
  t.notMatch(printed, /2015550/, 'without a number')
  const part = await dw(`ledger export --since ${dayOf(yesterday)} -o ${plain} --json`)
  // The genesis is of this very moment, so the piece hangs on what stands before the first entry that is late enough.
  t.equal(part.code, 0, part.err)

  writeFileSync(plain, printed.replace('"busy"', '"buzy"'))
  const changed = await dw(`ledger verify ${plain}`)
  t.equal(changed.code, 1)
  t.match(changed.out, /^NOT AS WRITTEN: entry 3 in .*part\.jsonl: .* it was changed/)
  writeFileSync(plain, printed.replace('"busy"', ' "busy"'))
  t.match((await dw(`ledger verify ${plain}`)).err, /line 3: this is no entry as the ledger writes it/)
  writeFileSync(packed, readFileSync(packed).subarray(0, 300))
  t.match((await dw(`ledger verify ${packed}`)).err, /damaged or cut off/)

  const database = new Database(file)
  database.exec('DROP TRIGGER ledgerUpdate; UPDATE ledger SET at = at - 1 WHERE seq = 4')
  database.close()
  const tampered = await dw('ledger verify --json')
  t.equal(tampered.code, 1)
  t.match(JSON.parse(tampered.out), { ok: false, entries: 3, problem: { seq: 4, in: file } })
})

t.test('a head is signed, published and held against the ledger later', async t => {
  const { folder, file, genesis, dw } = ownLedger(t)
  const key = join(folder, 'ledger.key')
  t.match((await dw(`ledger keygen ${key}`)).out, /fingerprint +[0-9a-f]{16}\n/)
  t.equal(statSync(key).mode & 0o777, 0o600)
  t.match((await dw(`ledger keygen ${key}`)).err, /exists already/)
  const published = join(folder, 'head.json')
  writeFileSync(published, (await dw(`ledger head --sign ${key} --json`)).out)
  t.match(JSON.parse(readFileSync(published, 'utf8')), {
    seq: 6,
    ledgerId: genesis,
    signature: String,
    publicKey: String,
  })
  const good = await dw(`ledger check-head ${published} --key ${key}.pub`)
  t.equal(good.code, 0, good.err)
  t.match(good.out, /signature +right, by [0-9a-f]{16}\n/)

  await dw(`ledger keygen ${key}2`)
  t.match(await dw(`ledger check-head ${published} --key ${key}2.pub`), { code: 1, out: /by another key/ })
  const text = readFileSync(published, 'utf8')
  writeFileSync(published, text.replace('"seq":6', '"seq":5'))
  t.match(await dw(`ledger check-head ${published}`), { code: 1, out: /changed after it was signed/ })
  writeFileSync(published, text)
  const database = new Database(file)
  database.exec('DROP TRIGGER ledgerDelete; DELETE FROM ledger WHERE seq = 6')
  database.close()
  t.match(await dw(`ledger check-head ${published}`), { code: 1, out: /ends before entry 6: it was cut off/ })
  t.match(await dw('ledger verify'), { code: 0 }, 'the ledger alone cannot know')
})

t.test("a day's report counts its entries and gives the head at its end", async t => {
  const { dw } = ownLedger(t)
  const report = JSON.parse((await dw(`ledger report --day ${dayOf(yesterday)} --json`)).out)
  t.match(report, {
    ...{ day: dayOf(yesterday), entries: 3, kinds: { originate: 1, outcome: 1, 'opt-out': 1 } },
    ...{ outcomes: { abandoned: 1 }, optOuts: { agent: 1 }, refusals: 0 },
    owners: [{ seller: 'default', purpose: 'sales', originates: 1, answeredByPerson: 1, abandoned: 1 }],
  })
  t.match((await dw(`ledger report --day ${dayOf(dayBefore)}`)).out, /outcome +count\nbusy +1\n/)
  const today = JSON.parse((await dw(`ledger report --day ${dayOf(Date.now())} --json`)).out)
  t.match(today, { kinds: { genesis: 1 }, head: { seq: 6, hash: /^[0-9a-f]{64}$/ } })
})

t.test('the audit runs on the rules that the ledger names, or on others', async t => {
  const { folder, file, dw } = ownLedger(t)
  t.match(
    await dw('ledger audit'),
    { code: 1, out: /no rules are known for 2 calls/ },
    'nothing looked at is no clean record',
  )
  const never = { ruleId: 'US-X/hours', kind: 'hours', days: [[], [], [], [], [], [], []] }
  const rules = join(folder, 'rules.json')
  writeFileSync(rules, JSON.stringify({ jurisdictions: [{ places: ['US'], rules: [never] }] }))
  const found = await dw(`ledger audit --rules ${rules}`)
  t.equal(found.code, 1, found.err)
  t.match(found.out, /^3 violations in 6 entries\n/, 'two originates, one answer')
  t.match(found.out, /US-X\/hours +call-0001 +originated at \d/)
  writeFileSync(rules, '{}')
  t.match(await dw(`ledger audit --rules ${rules}`), { code: 1, err: /no list `jurisdictions`/ })
  const store = await openSqliteStore({ file })
  await store.recordRules({ ...noRules, version: 'v1' }, Date.now())
  await store.close()
  t.match(await dw('ledger audit --json'), { code: 0, out: /"entries":7/ })
})

t.test('entries are moved out by whoever owns the database: the command, or the daemon', async t => {
  const { file, dw } = ownLedger(t)
  const before = `ledger rotate --before ${new Date(Date.now() - 1).toISOString()}`
  const done = await dw(before)
  t.equal(done.code, 0, done.err)
  t.match(done.out, /moved 5 entries:\nentries 1 to 5 +.*dialwright\.db-ledger\/ledger-0+1-0+5\.jsonl\.gz\n/)
  const segment = `${file}-ledger/ledger-000000000001-000000000005.jsonl.gz`
  t.match(await dw(`ledger verify ${segment} --database`), { code: 0, out: /unchanged: 7 entries follow/ })
  t.match(await dw(`ledger report --day ${dayOf(dayBefore)}`), { code: 1, err: /name the files as well/ })
  t.match(await dw(`ledger report --day ${dayOf(dayBefore)} ${segment}`), { code: 0, out: /busy +1\n/ })
  t.match(await dw(`${before} --drop-older-than 1d`), { code: 1, err: /cannot all be thrown away/ })

  const store = await openSqliteStore({ file })
  t.teardown(() => store.close())
  t.match(await dw(before), { code: 1, err: /daemon/ }, 'it is asked, and does not answer')
})

t.test('the daemon rotates and tells its head when it is asked over the API', async t => {
  const rig = await dialingRig(t)
  const ask = async (path: string, init: RequestInit = {}) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const response = await fetch(`${rig.url}${path}`, { ...init, headers })
    return { status: response.status, body: await response.json() }
  }
  t.match(await ask('/v1/ledger/head'), { status: 200, body: { seq: Number, hash: /^[0-9a-f]{64}$/, at: String } })
  const body = JSON.stringify({ before: '2026-01-01' })
  t.match(await ask('/v1/ledger/rotate', { method: 'POST', body }), { status: 422 })
})

t.test('what is written wrong is refused in one line', async t => {
  const { dw } = ownLedger(t)
  for (const [code, line, says] of [
    [2, 'verify --head abc', /HASH@SEQ/],
    [1, 'verify nothing.jsonl.gz', /there is no file nothing\.jsonl\.gz/],
    [2, 'report --day 2026-02-31', /write a day such as 2026-01-31/],
    [2, 'rotate --before soon', /write a day such as/],
    [2, 'rotate --before 2999-01-01', /lies in the future/],
    [2, 'rotate', /required option '--before/],
    [1, 'head --sign nothing.key', /nothing\.key cannot be used: there is no such file/],
    [1, 'check-head package.json', /package\.json is no head/],
    [1, 'audit --rules README.md', /README\.md is no JSON of rules/],
    [2, 'export --since 2026-02-01 --until 2026-01-01', /^error: --since must lie before --until[^\n]*\n$/],
    [2, 'export --since 2026-02-01 --until 2026-02-01', /^error: --since must lie before --until/],
    [1, 'export -o /nowhere/x.jsonl', /cannot write \/nowhere\/x\.jsonl/],
  ] as const) {
    const ran = await dw(`ledger ${line}`)
    t.equal(ran.code, code, `${line}: ${ran.err}${ran.out}`)
    t.match(ran.err, says)
    t.equal(ran.err.trimEnd().split('\n').length, 1, ran.err)
  }
  const none = await runLine(['--config', writeConfig(tempFolder(t), { port: deadPort }), 'ledger', 'verify'])
  t.match(none, { code: 1, err: /there is no database/ })
})
