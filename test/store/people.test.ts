import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { createImporter, type ImportStore } from '../../src/import/importer.ts'
import type { ImportReport } from '../../src/ports/importing/importReports.ts'
import type { PermissionImportRequest } from '../../src/ports/importing/imports.ts'
import type { Store } from '../../src/ports/store.ts'
import { createMemoryStore } from '../../src/store/memory/memoryStore.ts'
import { openSqliteStore } from '../../src/store/sqlite/sqliteStore.ts'
import { peopleContract } from '../contract/people.ts'
import { someCampaign, someLeads } from '../contract/store.ts'

const now = Date.UTC(2026, 9, 1)

t.test('people in the memory store', async t => {
  const store = createMemoryStore()
  peopleContract(t, () => store)
})

t.test('people in the SQLite store', async t => {
  const store = await openSqliteStore({ file: join(t.testdir(), 'dialwright.db') })
  t.teardown(() => store.close())
  peopleContract(t, () => store)
})

async function* bytesOf(text: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(text)
}

function importing(store: Store & ImportStore) {
  const importer = createImporter(store, { now: () => now })
  return (text: string, more: Partial<PermissionImportRequest> = {}): Promise<ImportReport> =>
    importer.importPermissions({ source: 'p.csv', defaultCountry: 'US', stream: bytesOf(text), ...more })
}

t.test('a CSV of permissions: what comes over, and why the rest does not', async t => {
  const store = createMemoryStore()
  const bring = importing(store)
  const report = await bring(
    [
      '\ufeffnumber;topic;channel;basis;given_at;how;expires_at;withdrawn_at',
      '(201) 555-0101;spring autumn;;Express;2026-09-01;web form;2027-09-01;',
      '2015550102;*;call sms;written;2026-09-01T10:00:00Z;letter;;2026-09-05',
      '2,01556E+09;spring;;express;2026-09-01;x;;',
      '2015550103;Spring!;;express;2026-09-01;x;;',
      '2015550104;spring;;verbal;2026-09-01;x;;',
      '2015550105;spring;;express;01.09.2026;x;;',
      '2015550106;spring;;express;2026-10-02;x;;',
      '2015550107;spring;;express;2026-09-01;;;',
      '2015550108;spring;;express;2026-09-02;x;2026-09-01;',
      '2015550109;spring;;express;2026-09-02;x;;2026-09-01',
      '2015550110;spring',
      '2015550101;spring,autumn;;express;2026-09-01;web form;2027-09-01;',
      '',
    ].join('\r\n'),
  )
  t.match(report, { rows: 12, imported: 2, duplicates: 1, invalid: 9 })
  t.match(report.problems, [
    { line: 4, reason: /^spreadsheet-number/ },
    { line: 5, reason: /^bad-topic/, value: 'Spring!' },
    { line: 6, reason: /^bad-basis: .*written, express, purchase, inquiry/ },
    { line: 7, reason: /^bad-date: .*2026-10-01/ },
    { line: 8, reason: /^bad-date: it is given in the future/ },
    { line: 9, reason: /^no-evidence/ },
    { line: 10, reason: /^bad-date: it expires before/ },
    { line: 11, reason: /^bad-date: it is withdrawn before/ },
    { line: 12, reason: /^column-count/ },
    { line: 13, reason: /^duplicate/ },
  ])
  t.match(await store.permissionsOf('+12015550101'), [
    { topics: ['spring', 'autumn'], channels: ['call'], basis: 'express', how: 'web form', recordedAt: now },
  ])
  t.match(await store.permissionsOf('+12015550102'), [
    { topics: [], channels: ['call', 'sms'], withdrawnAt: Date.UTC(2026, 8, 5) },
  ])
})

t.test('where there are several sellers a row says whose it is, and what was taken back needs none', async t => {
  const store = createMemoryStore()
  const bring = importing(store)
  const rows = [
    'number,seller,withdrawn_at',
    '2015550101,acme,',
    '2015550102,,',
    '2015550103,nobody,',
    '2015550104,,2026-09-05',
  ].join('\n')
  const common = { topics: [], basis: 'purchase', how: 'order', givenAt: Date.UTC(2026, 8, 1) } as const
  const report = await bring(`${rows}\n`, { ...common, sellers: ['acme', 'fern'] })
  t.match(report.problems, [
    { line: 3, reason: /^no-seller: .*acme, fern/ },
    { line: 4, reason: /^unknown-seller: .*acme, fern/ },
  ])
  t.match(await store.permissionsOf('+12015550101'), [{ seller: 'acme' }])
  t.match(await store.permissionsOf('+12015550104'), [{ withdrawnAt: Date.UTC(2026, 8, 5) }])
  await t.rejects(bring('number\n2015550105\n', { ...common, sellers: ['acme', 'fern'] }), {
    code: 'not-stated',
    message: /--seller/,
  })
  t.match(await bring('number\n2015550105\n', { ...common, sellers: ['acme', 'fern'], seller: 'fern' }), {
    imported: 1,
  })
})

t.test('what holds for all rows is said once, and what nobody says is asked for', async t => {
  const store = createMemoryStore()
  const bring = importing(store)
  const common = { topics: ['spring'], basis: 'express', how: 'on the phone', givenAt: now } as const
  t.match(await bring('phone\n2015550101\n', common), { imported: 1 })
  t.match(await bring('phone,topic\n2015550101,autumn\n', common), { imported: 1 }, 'the row wins')
  const { topics, basis, how, givenAt } = common
  await t.rejects(bring('phone\n', { basis, how, givenAt }), { code: 'not-stated', message: /--topic/ })
  await t.rejects(bring('phone\n', { topics, how, givenAt }), { code: 'not-stated', message: /--basis/ })
  await t.rejects(bring('phone\n', { topics, basis, givenAt }), { code: 'not-stated', message: /--how/ })
  await t.rejects(bring('phone\n', { topics, basis, how }), { code: 'not-stated', message: /--given/ })
  await t.rejects(bring('name\n', common), { code: 'no-number-column' })
  // A withdrawal under a mistyped name would leave the permission standing.
  await t.rejects(bring('number,wthdrawn_at\n', common), { code: 'unknown-column', message: /"wthdrawn_at"/ })
  await t.rejects(bring('phone,topic\n2015550109,spring\n20155', common), { code: 'broken-csv' })
  t.strictSame(await store.permissionsOf('+12015550109'), [], 'a file that is cut off leaves nothing')
})

t.test('of an erased person nothing is left in the database file', async t => {
  const file = join(t.testdir(), 'dialwright.db')
  const store = await openSqliteStore({ file })
  await store.saveCampaign(someCampaign('spring'))
  const secrets = ['Xanthippe Quellenreuther', 'Ring the bell twice']
  const rows = someLeads([1], { number: '+12015559898', data: { name: secrets[0] ?? '' } })
  await store.importLeads('one', 'spring', rows)
  await store.activateImport('one', { source: 'x', rows: 1, imported: 1, duplicates: 0, invalid: 0 })
  const what = { basis: 'express', topics: ['spring'], channels: ['call'], how: secrets[1] ?? '' } as const
  await store.addPermission({ number: '+12015559898', ...what, givenAt: now, recordedAt: now })
  await store.erasePerson({ number: '+12015559898', at: now, by: 'R. Miller' })
  for (const name of [file, `${file}-wal`]) {
    const bytes = readFileSync(name).toString('latin1')
    for (const secret of secrets) t.notOk(bytes.includes(secret), `${name} at once`)
  }
  await store.close()
  const bytes = readFileSync(file).toString('latin1')
  for (const secret of secrets) t.notOk(bytes.includes(secret), secret)
  t.ok(bytes.includes('R. Miller'), 'the test would see it')
})

t.test('an import of permissions that a crash broke off is swept away', async t => {
  const file = join(t.testdir(), 'dialwright.db')
  const first = await openSqliteStore({ file })
  const what = { basis: 'express', topics: ['spring'], channels: ['call'], how: 'x' } as const
  const row = { number: '+12015550101', ...what, givenAt: now, recordedAt: now }
  await first.importPermissions('open', [row])
  await first.close()
  const second = await openSqliteStore({ file })
  t.teardown(() => second.close())
  t.strictSame(await second.permissionsOf('+12015550101'), [])
  t.strictSame(await second.importPermissions('next', [row]), { duplicates: [] })
})
