import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import t, { type Test } from 'tap'
import { StoreError } from '../../src/errors.ts'
import { createNumberSet } from '../../src/numberSet/builder.ts'
import { writeNumberSet } from '../../src/numberSet/write.ts'
import { packLeads } from '../../src/ports/importing/packedLeads.ts'
import type { LeadRecord } from '../../src/ports/leads.ts'
import type { WriteOperation } from '../../src/store/operations.ts'
import { lockDatabase } from '../../src/store/sqlite/databaseLock.ts'
import { migrate, readMigrations } from '../../src/store/sqlite/migrate.ts'
import { storeErrorOf } from '../../src/store/sqlite/problems.ts'
import { openSqliteStore } from '../../src/store/sqlite/sqliteStore.ts'
import { openWriter } from '../../src/store/sqlite/writer.ts'
import { createWriteQueue } from '../../src/store/sqlite/writing/writeQueue.ts'
import { attemptOf, endOf, importSome, someCampaign, someLeads, someNumber } from '../contract/store.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const summary = { source: 'leads.csv', rows: 0, imported: 0, duplicates: 0, invalid: 0 }

const unknownLead: LeadRecord = {
  leadId: 1,
  campaignId: 'kill',
  number: '',
  timeZones: [],
  priority: 0,
  data: {},
  attempts: 0,
  state: 'new',
  dialableAt: 0,
  list: 'leads',
  places: [],
}

async function errorOf(opening: Promise<unknown>): Promise<unknown> {
  return opening.then(
    () => undefined,
    (error: unknown) => error,
  )
}

t.test('everything survives a restart, and broken imports do not', async t => {
  const file = join(t.testdir(), 'dialwright.db')
  const first = await openSqliteStore({ file })
  await first.saveCampaign(someCampaign('spring'))
  await first.saveCampaignProgress({ campaignId: 'spring', running: true, memory: { rate: 0.5 } })
  const [lead, other] = await importSome(first, 'spring', someLeads([1, 1]))
  if (!lead || !other) throw new StoreError('test', 'two leads are imported')
  const ended = attemptOf(lead, 'run-1')
  const open = attemptOf(other, 'run-2')
  await first.beginAttempt(ended)
  await first.endAttempt(endOf(ended))
  await first.beginAttempt(open)
  const number = someNumber()
  await first.addDoNotCall({ number, list: 'company', source: 'operator', at: 7 })
  const staged = someLeads(Array.from({ length: 250 }, () => 1))
  await first.importLeads('broken', 'spring', staged)
  const unwaited = first.addDoNotCall({ number: staged[0]?.number ?? '', list: 'company', source: 'operator', at: 8 })
  await first.close()
  await unwaited
  await first.close()
  await t.rejects(first.beginAttempt(open), { code: 'closed' })

  const second = await openSqliteStore({ file })
  t.teardown(() => second.close())
  t.strictSame(await second.openAttempts(), [open])
  t.match(await second.campaigns(), [{ counters: { attempts: 1 }, progress: { running: true, memory: { rate: 0.5 } } }])
  t.match(await second.lead(lead.leadId), { attempts: 1, state: 'retry' })
  t.match(await second.doNotCallEntry(number), { at: 7 })
  t.match(await second.doNotCallEntry(staged[0]?.number ?? ''), { at: 8 }, 'close waits for what was accepted')
  await t.rejects(second.activateImport('broken', summary), { code: 'unknown-import' })
  t.strictSame(await second.importLeads('whole', 'spring', staged), { duplicates: [] })
  await second.activateImport('whole', summary)
  t.strictSame(await second.leadCounts('spring'), { total: 252, dialable: 252, finished: 0 })
})

t.test('rows of discarded imports are swept away, those that were taken over are not', async t => {
  const writer = openWriter(join(t.testdir(), 'sweep.db'))
  const rows = someLeads(Array.from({ length: 230 }, () => 1))
  const apply = (operation: WriteOperation) => writer.apply([operation])[0]
  apply({ kind: 'import-leads', importId: 'a', campaignId: 'c', leads: packLeads(rows) })
  apply({ kind: 'discard-import', importId: 'a' })
  const again = apply({ kind: 'import-leads', importId: 'b', campaignId: 'c', leads: packLeads(rows.slice(0, 20)) })
  t.strictSame(again, { ok: true, value: { duplicates: [] } })
  let slices = 0
  for (; writer.leftovers.exist(); slices += 1) writer.leftovers.work()
  t.ok(slices >= 3 && slices < 10, 'at most 100 rows at a time')
  t.strictSame(apply({ kind: 'activate-import', importId: 'b', summary }), { ok: true, value: undefined })
  writer.close()
  const database = new Database(join(t.testdirName, 'sweep.db'))
  t.equal(database.prepare('SELECT count(*) FROM lead').pluck().get(), 20)
  t.equal(database.prepare('SELECT count(*) FROM import').pluck().get(), 1)
  database.close()
})

t.test('one operation that cannot be written harms none beside it', async t => {
  const writer = openWriter(join(t.testdir(), 'alone.db'))
  t.teardown(() => writer.close())
  const [row] = someLeads([1])
  if (!row) throw new StoreError('test', 'a lead')
  const results = writer.apply([
    { kind: 'add-do-not-call', entry: { number: row.number, list: 'company', source: 'agent', at: 1 } },
    { kind: 'import-leads', importId: 'a', campaignId: 'c', leads: packLeads([{ ...row, priority: 0.5 }]) },
    { kind: 'remove-do-not-call', number: row.number },
  ])
  t.match(results, [{ ok: true }, { ok: false, code: 'unexpected' }, { ok: true, value: 'company' }])
})

t.test('urgent writes pass imports, which wait as long as they are held', async t => {
  const batches: string[] = []
  const releases: (() => void)[] = []
  let held: Promise<void> | undefined
  const send = async (batch: readonly WriteOperation[]) => {
    batches.push(`${batch.length} ${batch[0]?.kind}`)
    await new Promise<void>(resolve => releases.push(resolve))
    return batch.map(() => ({ ok: true, value: undefined }) as const)
  }
  const release = async () => {
    releases.shift()?.()
    await new Promise(resolve => setImmediate(resolve))
  }
  const queue = createWriteQueue(send, { holdImports: () => held })
  const bulk: WriteOperation = { kind: 'import-leads', importId: 'i', campaignId: 'c', leads: packLeads([]) }
  const urgent: WriteOperation = { kind: 'defer-lead', leadId: 1, until: 0, reason: 'resting' }
  const all = [queue.write(bulk), queue.write(bulk), queue.write(bulk)]
  await new Promise(resolve => setImmediate(resolve))
  for (let index = 0; index < 130; index += 1) all.push(queue.write(urgent))
  t.ok(queue.busy())
  t.same(queue.load().queued, { urgent: 130, bulk: 3 })
  const closed = queue.close()
  await t.rejects(queue.write(urgent), { code: 'closed' })
  t.strictSame(batches, ['1 import-leads', '1 import-leads'])
  let letGo = () => {}
  held = new Promise(resolve => {
    letGo = resolve
  })
  for (let index = 0; index < 4; index += 1) await release()
  t.strictSame(batches.slice(2), ['100 defer-lead', '30 defer-lead'], 'the import is held')
  t.notOk(queue.busy())
  held = undefined
  letGo()
  await new Promise(resolve => setImmediate(resolve))
  t.strictSame(batches.slice(4), ['1 import-leads'])
  await release()
  await Promise.all([closed, ...all])
  const { queued, writes } = queue.load()
  t.same(queued, { urgent: 0, bulk: 0 })
  t.equal(
    writes.counts.reduce((sum, count) => sum + count),
    130,
    'imports are not timed',
  )
})

t.test('a write that the writer leaves without an answer fails, and so does all that a dead one was given', async t => {
  const refusal = {
    kind: 'add-do-not-call',
    entry: { number: someNumber(), list: 'company', source: 'operator', at: 1 },
  } as const
  const forgetful = createWriteQueue(async () => [])
  await t.rejects(forgetful.write(refusal), { code: 'unexpected' })
  const dead = createWriteQueue(() => Promise.reject(new TypeError('gone')))
  await t.rejects(dead.write(refusal), { code: 'writer-gone' })
})

t.test("a call's records wait for one another, and for nobody who reads or refuses", async t => {
  const begin: WriteOperation = { kind: 'defer-lead', leadId: 1, until: 0, reason: 'resting' }
  const refusal: WriteOperation = { kind: 'remove-do-not-call', number: '+12125550100' }
  const turn = () => new Promise(resolve => setImmediate(resolve))
  const opened = (gatherMs: number) => {
    const batches: number[] = []
    const send = async (batch: readonly WriteOperation[]) => {
      batches.push(batch.length)
      return batch.map(() => ({ ok: true, value: undefined }) as const)
    }
    return { batches, queue: createWriteQueue(send, { gatherMs }) }
  }
  const never = opened(1_000_000)
  const waitsFor = async (ending: () => unknown, count: number) => {
    for (let index = 0; index < count; index += 1) void never.queue.write(begin)
    await turn()
    t.strictSame(never.batches, [], 'none has gone by itself')
    await ending()
    await turn()
    await turn()
    return never.batches.splice(0)
  }
  t.strictSame(await waitsFor(() => never.queue.write(refusal), 3), [4], 'a refusal takes them along')
  t.strictSame(await waitsFor(() => never.queue.settled(), 2), [2], 'a reader waits for no timer')
  t.strictSame(await waitsFor(() => never.queue.hurry(), 1), [1])
  for (let index = 0; index < 100; index += 1) void never.queue.write(begin)
  await turn()
  await turn()
  t.strictSame(never.batches.splice(0), [100], 'a full batch has nobody to wait for')
  t.strictSame(await waitsFor(() => never.queue.close(), 2), [2])
  const soon = opened(1)
  await Promise.all([soon.queue.write(begin), soon.queue.write(begin)])
  t.strictSame(soon.batches, [2], 'and by themselves, together')
})

t.test('a database has one owner', async t => {
  const file = join(t.testdir(), 'owned.db')
  const release = lockDatabase(file)
  t.match(await errorOf(openSqliteStore({ file })), { code: 'in-use', message: /in use by another Dialwright/ })
  const module = join(root, 'node_modules/better-sqlite3/lib/index.js')
  const script = `const D = require(${JSON.stringify(module)}); const d = new D(process.argv[1]);
    d.pragma('locking_mode = EXCLUSIVE'); d.exec('BEGIN EXCLUSIVE'); console.log('held'); setInterval(() => {}, 1000)`
  release()
  const other = spawn(process.execPath, ['-e', script, `${file}-owner`], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(other.stdout, 'data')
  t.match(await errorOf(openSqliteStore({ file })), { code: 'in-use' }, 'another process')
  other.kill('SIGKILL')
  await once(other, 'exit')
  const store = await openSqliteStore({ file })
  t.pass('a killed owner leaves no lock')
  await store.close()
  lockDatabase(file)()
})

t.test('what cannot be opened is refused in one line that says what to do', async t => {
  const folder = t.testdir({ text: 'this is no database, whatever its name says '.repeat(30), folder: {} })
  const foreign = new Database(join(folder, 'foreign'))
  foreign.exec('CREATE TABLE music (title TEXT)')
  foreign.close()
  const newer = new Database(join(folder, 'newer'))
  migrate(newer, 'newer')
  newer.pragma('user_version = 99')
  newer.close()
  const before = readFileSync(join(folder, 'newer'))
  const table: readonly (readonly [file: string, code: string])[] = [
    ['text', 'not-a-database'],
    ['foreign', 'not-a-database'],
    ['newer', 'newer-schema'],
    ['folder', 'cannot-open'],
    ['missing/x.db', 'cannot-open'],
    ['text/x.db', 'cannot-open'],
  ]
  for (const [name, code] of table) {
    const error = await errorOf(openSqliteStore({ file: join(folder, name) }))
    t.match(error, { code }, `${name}: ${error}`)
    t.ok(error instanceof StoreError && !error.message.includes('\n') && error.message.includes(name))
  }
  t.strictSame(readFileSync(join(folder, 'newer')), before, 'a newer database is not touched')
})

t.test('errors of SQLite and the file system have the words of the operator', async t => {
  const table = [
    ['SQLITE_FULL', 'disk-full'],
    ['ENOSPC', 'disk-full'],
    ['SQLITE_IOERR_SHMSIZE', 'disk-full'],
    ['SQLITE_READONLY', 'read-only'],
    ['SQLITE_READONLY_DBMOVED', 'read-only'],
    ['EROFS', 'read-only'],
    ['EACCES', 'read-only'],
    ['SQLITE_BUSY_SNAPSHOT', 'in-use'],
    ['SQLITE_NOTADB', 'not-a-database'],
    ['SQLITE_CORRUPT', 'damaged'],
    ['SQLITE_CANTOPEN_ISDIR', 'cannot-open'],
    ['ENOENT', 'cannot-open'],
    ['SQLITE_IOERR_FSYNC', 'disk-error'],
    ['SQLITE_CONSTRAINT', 'unexpected'],
  ] as const
  for (const [code, expected] of table) t.equal(storeErrorOf({ code }, '/var/x.db').code, expected, code)
  const error = new StoreError('closed', 'as it was')
  t.equal(storeErrorOf(error, '/var/x.db'), error)
})

t.test('on a small disk and on one that may not be written', async t => {
  const disk = t.testdir()
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk], { stdio: 'ignore' })
  } catch {
    t.comment('this user may not mount a small disk: the codes alone are tested above')
    return
  }
  try {
    await smallDiskContract(t, disk)
  } finally {
    execFileSync('umount', [disk])
  }
})

async function smallDiskContract(t: Test, disk: string): Promise<void> {
  const file = join(disk, 'small.db')
  const store = await openSqliteStore({ file })
  try {
    const [lead] = await importSome(store, 'small', someLeads([1]))
    const rows = Array.from({ length: 100 }, () => 1)
    const fill = () => store.importLeads('big', 'small', someLeads(rows, { data: { text: 'x'.repeat(2_000) } }))
    let error: unknown
    for (let round = 0; round < 20 && error === undefined; round += 1) error = await errorOf(fill())
    t.match(error, { code: 'disk-full', message: /free some space/ })
    execFileSync('mount', ['-o', 'remount,size=8m', disk])
    await store.addDoNotCall({ number: someNumber(), list: 'company', source: 'agent', at: 1 })
    t.match(await store.lead(lead?.leadId ?? 0), { state: 'new' }, 'nothing was lost, and it goes on')
  } finally {
    await store.close()
  }
  execFileSync('mount', ['-o', 'remount,ro', disk])
  t.match(await errorOf(openSqliteStore({ file })), { code: 'read-only' })
  t.match(await errorOf(openSqliteStore({ file: join(disk, 'new.db') })), { code: 'read-only' })
}

t.test('a backup is taken while the store is in use, with the bulk lists, and overwrites nothing', async t => {
  const folder = t.testdir()
  const store = await openSqliteStore({ file: join(folder, 'live.db') })
  t.teardown(() => store.close())
  const [lead] = await importSome(store, 'backup', someLeads([1]))
  const listFile = await store.files.newBulkListFile('national')
  const numbers = createNumberSet()
  for (const digits of [12015550142, 12015550141, 12015550142]) numbers.add(digits)
  t.equal(writeNumberSet(listFile, numbers.groups(), []).numbers, 2)
  const version = { kind: 'other', version: 'v1', importedAt: 3, asOf: 2 } as const
  await store.files.installBulkList({ list: 'national', file: listFile, numbers: 2, source: 'x', ...version })
  const target = join(folder, 'backup')
  const backup = store.files.backup({ target, at: 5 })
  t.match(await errorOf(store.files.backup({ target: `${target}-too`, at: 5 })), { code: 'backup-running' })
  const meanwhile = store.addDoNotCall({ number: someNumber(), list: 'company', source: 'agent', at: 1 })
  t.match(await Promise.all([backup, meanwhile]), [{ folder: target, lists: 1, removed: [] }])
  t.match(await errorOf(store.files.backup({ target, at: 5 })), { code: 'file-exists', message: /overwrites nothing/ })
  t.match(await errorOf(store.files.backup({ target: join(folder, 'missing/backup'), at: 5 })), { code: 'cannot-open' })
  t.notOk(existsSync(`${target}.partial`))
  for (const path of [target, join(target, 'database.db'), join(target, 'manifest.json'), join(target, 'lists')])
    t.equal(statSync(path).mode & 0o077, 0, `${path} is its owner's alone`)

  // By hand, without the command that would say more of it.
  const file = join(folder, 'restored.db')
  const lists = `${file}-lists`
  copyFileSync(join(target, 'database.db'), file)
  cpSync(join(target, 'lists'), lists, { recursive: true })
  const restored = await openSqliteStore({ file })
  t.match(await restored.lead(lead?.leadId ?? 0), { campaignId: 'backup' })
  t.match(await restored.doNotCallEntry('+12015550141'), { list: 'national', at: 3 })
  t.match(restored.trouble(), { code: 'restore-unconfirmed', says: /by hand/ }, 'it takes no attempts')
  await restored.close()

  const [name = ''] = readdirSync(lists)
  copyFileSync(join(lists, name), join(folder, 'kept'))
  writeFileSync(join(lists, name), 'rubbish')
  t.match(await errorOf(openSqliteStore({ file })), { code: 'list-damaged', message: /"national"/ })
  rmSync(join(lists, name))
  t.match(await errorOf(openSqliteStore({ file })), { code: 'list-missing', message: /"national"/ })
  copyFileSync(join(folder, 'kept'), join(lists, name))
  mkdirSync(join(lists, 'left-over'))
  writeFileSync(join(lists, 'broken-off.db'), '')
  const again = await openSqliteStore({ file })
  await again.close()
  t.strictSame(readdirSync(lists), [name], 'files that nobody names are removed')
})

t.test('migrations are applied once each, in order', async t => {
  const database = new Database(':memory:')
  const steps = ['CREATE TABLE a (x)', 'ALTER TABLE a ADD COLUMN y']
  migrate(database, 'x', steps.slice(0, 1))
  migrate(database, 'x', steps)
  migrate(database, 'x', steps)
  t.equal(database.pragma('user_version', { simple: true }), 2)
  const failing = [...steps, 'CREATE TABLE b (x); CREATE TABLE b (x)']
  t.throws(() => migrate(database, 'x', failing))
  t.equal(database.pragma('user_version', { simple: true }), 2, 'a step that fails leaves nothing')
  t.equal(database.prepare(`SELECT count(*) FROM sqlite_schema WHERE name = 'b'`).pluck().get(), 0)
  database.close()
})

t.test('the schema is the one that was agreed', async t => {
  const database = new Database(':memory:')
  migrate(database, 'x')
  const schema = database
    .prepare<[], string>('SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name')
    .pluck()
    .all()
  const agreed = readFileSync(new URL('schema.sql', import.meta.url), 'utf8')
  t.equal(`${schema.join(';\n\n')};\n`, agreed, 'a change of it is a new migration, never an edit of an old one')
  t.equal(database.pragma('user_version', { simple: true }), readMigrations().length)
  database.close()
})

t.test('what was acknowledged survives kill -9 in the middle of everything', async t => {
  const built = join(root, 'dist/store/sqlite/sqliteStore.js')
  if (!existsSync(built)) {
    t.comment('nothing is compiled: npm test compiles')
    return
  }
  const script = `
    const { openSqliteStore } = await import(${JSON.stringify(built)})
    const store = await openSqliteStore({ file: process.argv[2] })
    const attempt = n => (${JSON.stringify(attemptOf({ ...unknownLead, number: someNumber() }, 'kill-'))})
    for (let n = 0; ; n += 1) {
      store.importLeads('broken', 'kill', Array.from({ length: 100 }, (_, i) => ({
        number: '+1415' + (2000000 + n * 100 + i), timeZones: [], priority: 0, data: {} })))
      await store.beginAttempt({ ...attempt(n), callId: 'kill-' + n })
      process.stdout.write('kill-' + n + '\\n')
    }`
  const folder = t.testdir({ 'run.mjs': script })
  const child = spawn(process.execPath, [join(folder, 'run.mjs'), join(folder, 'x.db')], {
    env: {},
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let told = ''
  for await (const text of child.stdout) {
    told += text
    if (told.split('\n').length > 50) child.kill('SIGKILL')
  }
  const acknowledged = told.split('\n').slice(0, -1)
  const store = await openSqliteStore({ file: join(folder, 'x.db') })
  t.teardown(() => store.close())
  const open = new Set((await store.openAttempts()).map(({ callId }) => callId))
  t.ok(acknowledged.length >= 50)
  t.strictSame(
    acknowledged.filter(callId => !open.has(callId)),
    [],
  )
  t.strictSame(await store.leadCounts('kill'), { total: 0, dialable: 0, finished: 0 })
})

t.test('the compiled store runs in plain Node', async t => {
  const built = join(root, 'dist/store/sqlite/sqliteStore.js')
  if (!existsSync(built)) {
    t.comment('nothing is compiled: npm test compiles')
    return
  }
  const script = `
    const { openSqliteStore } = await import(${JSON.stringify(built)})
    const { createImporter } = await import(${JSON.stringify(join(root, 'dist/import/importer.js'))})
    const store = await openSqliteStore({ file: process.argv[2] })
    await store.saveCampaign(${JSON.stringify(someCampaign('built'))})
    async function* stream() { yield Buffer.from('phone\\n2015550101\\n2015550102\\n') }
    const request = { source: 'x', defaultCountry: 'US' }
    const report = await createImporter(store).importLeads({ ...request, campaignId: 'built', withoutOrigin: true, stream: stream() })
    await createImporter(store).importDoNotCall({ ...request, list: 'state', stream: stream() }).catch(e => e)
    const { leads } = await store.dialableLeads({ campaignId: 'built', limit: 5, exclude: [], now: 1 })
    await store.files.backup({ target: process.argv[2] + '.backup', at: 1 })
    await store.close()
    console.log(report.imported, leads.length)`
  const folder = t.testdir({ 'run.mjs': script })
  const output = execFileSync(process.execPath, [join(folder, 'run.mjs'), join(folder, 'x.db')], { env: {} })
  t.equal(output.toString().trim(), '2 2')
})
