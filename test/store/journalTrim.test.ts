import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { JournalLine } from '../../src/store/journal/line.ts'
import { readJournal } from '../../src/store/journal/readJournal.ts'
import { restoreBackup } from '../../src/store/sqlite/backup/restore.ts'
import { openSqliteStore, type SqliteStore } from '../../src/store/sqlite/sqliteStore.ts'
import { importSome, someCampaign, someLeads, someNumber } from '../contract/store.ts'

const at = Date.UTC(2026, 5, 17, 16, 0)
const day = 24 * 3_600_000

interface World {
  readonly folder: string
  readonly file: string
  readonly journal: string
  readonly store: SqliteStore
}

async function world(t: Test): Promise<World> {
  const folder = t.testdir()
  const [file, journal] = [join(folder, 'x.db'), join(folder, 'journal')]
  const store = await openSqliteStore({ file, journal })
  t.teardown(() => store.close())
  return { folder, file, journal, store }
}

async function refuses(store: SqliteStore, count = 1): Promise<readonly string[]> {
  const numbers = Array.from({ length: count }, someNumber)
  for (const number of numbers) await store.addDoNotCall({ number, list: 'company', source: 'agent', at })
  return numbers
}

function linesOf(journal: string): readonly JournalLine[] {
  const lines: JournalLine[] = []
  readJournal(journal, line => void lines.push(line))
  return lines
}

function numbersIn(journal: string): readonly string[] {
  return linesOf(journal).flatMap(({ entry }) => ('number' in entry ? [entry.number] : []))
}

let restorations = 0

/** A database from a backup, beside the lost one. */
async function restored(t: Test, { folder, journal }: World, backup: string) {
  restorations += 1
  const file = join(folder, `from-${restorations}.db`)
  const report = await restoreBackup({ backup: join(folder, backup), file, journal, at: at + 5 * day })
  const store = await openSqliteStore({ file })
  t.teardown(() => store.close())
  return { report, refused: async (number: string) => (await store.doNotCallEntry(number)) !== undefined, store }
}

t.test('what stands behind the oldest backup is there, and no more', async t => {
  const made = await world(t)
  const { folder, journal, store, file } = made
  const backup = (name: string, when: number) => store.files.backup({ target: join(folder, name), at: when })
  const [early = ''] = await refuses(store)
  await backup('one', at)
  const [between = ''] = await refuses(store)
  await backup('two', at + day)
  const [late = ''] = await refuses(store)
  const trim = (name: string) => store.files.trimJournal({ backup: join(folder, name), at: at + day })
  await t.rejects(trim('two'), { code: 'older-backup', message: /one is older than .*two/ })
  t.strictSame(numbersIn(journal), [early, between, late])
  const { size } = statSync(journal)
  t.match(await trim('one'), { removed: 1, kept: 0, backupAt: at, bytesBefore: size, bytes: statSync(journal).size })
  t.strictSame(numbersIn(journal), [between, late])
  t.equal(statSync(journal).mode & 0o777, 0o600)
  const seqs = linesOf(journal).map(({ seq }) => seq)
  t.strictSame(seqs, [1, 3, 4], 'what stays keeps its number')
  t.match(await trim('one'), { removed: 0 }, 'once is enough')
  const [after = ''] = await refuses(store)
  t.strictSame(numbersIn(journal), [between, late, after])
  await store.close()
  await (await openSqliteStore({ file, journal })).close()
  for (const [name, replayed] of [
    ['one', 3],
    ['two', 2],
  ] as const) {
    const { report, refused } = await restored(t, made, name)
    t.match(report, { replayed, gaps: [] })
    for (const number of [early, between, late, after]) t.ok(await refused(number), `${name} ${number}`)
  }
})

t.test('a journal that is trimmed at its last line goes on', async t => {
  const made = await world(t)
  const { folder, journal, store } = made
  await refuses(store, 3)
  await store.files.backup({ target: join(folder, 'one'), at })
  writeFileSync(`${journal}.trimmed`, 'what a crash has left')
  t.match(await store.files.trimJournal({ backup: join(folder, 'one'), at }), { removed: 3 })
  t.equal(linesOf(journal).length, 1)
  t.match((await restored(t, made, 'one')).report, { replayed: 0, gaps: [] })
  const [number = ''] = await refuses(store)
  const again = await restored(t, made, 'one')
  t.match(again.report, { replayed: 1, gaps: [] })
  t.ok(await again.refused(number))
})

t.test('refusals that come while it is trimmed are in it, each once', async t => {
  const { folder, journal, store } = await world(t)
  await refuses(store, 50)
  await store.files.backup({ target: join(folder, 'one'), at })
  const trimming = store.files.trimJournal({ backup: join(folder, 'one'), at })
  const said: string[] = []
  let over = false
  const done = trimming.finally(() => {
    over = true
  })
  while (!over) said.push(...(await refuses(store)))
  t.match(await done, { removed: 50 })
  said.push(...(await refuses(store, 3)))
  t.strictSame(numbersIn(journal), said)
})

t.test('who was erased stays erased, whatever is restored', async t => {
  const made = await world(t)
  const { folder, journal, store } = made
  await store.saveCampaign(someCampaign('spring'))
  const [lead, other] = await importSome(store, 'spring', someLeads([1, 2]))
  if (!lead || !other) return
  const backup = (name: string, when: number) => store.files.backup({ target: join(folder, name), at: when })
  await backup('old', at)
  await store.erasePerson({ number: lead.number, at, by: 'test' })
  const [lost = ''] = await refuses(store)
  await backup('one', at + day)
  await store.erasePerson({ number: other.number, at, by: 'test' })
  await backup('two', at + 2 * day)
  const elsewhere = join(folder, 'elsewhere')
  mkdirSync(elsewhere)
  renameSync(join(folder, 'old'), join(elsewhere, 'old'))
  t.match(await store.files.trimJournal({ backup: join(folder, 'one'), at: at + 2 * day }), { removed: 1, kept: 1 })
  rmSync(join(folder, 'one'), { recursive: true })
  t.match(await store.files.trimJournal({ backup: join(folder, 'two'), at: at + 3 * day }), { removed: 0 })
  await refuses(store)
  await backup('three', at + 3 * day)
  rmSync(join(folder, 'two'), { recursive: true })
  t.match(await store.files.trimJournal({ backup: join(folder, 'three'), at: at + 3 * day }), { removed: 1, kept: 2 })
  const [kept, ...more] = linesOf(journal).filter(line => line.kept)
  t.match([kept, ...more].length, 2)
  t.notOk(readFileSync(journal, 'utf8').includes(lead.number))
  const { report, refused, store: from } = await restored(t, { ...made, folder: elsewhere }, 'old')
  t.match(report, { gaps: [/was trimmed on 2026-06-20.* behind a later backup/] }, 'somebody has to sign')
  t.notOk(await refused(lost), 'what the gap says')
  for (const { number } of [lead, other]) t.strictSame(await from.leadsByNumber(number), [], 'erased again')
})

t.test('it is trimmed behind nothing that could not be restored', async t => {
  const { folder, file, journal, store } = await world(t)
  await refuses(store, 2)
  const one = join(folder, 'one')
  await store.files.backup({ target: one, at })
  const before = readFileSync(journal, 'utf8')
  const rejects = async (backup: string, code: string) => {
    await t.rejects(store.files.trimJournal({ backup, at }), { code })
    t.equal(readFileSync(journal, 'utf8'), before, code)
  }
  await rejects(join(folder, 'none'), 'no-backup')
  await rejects(join(folder, 'no', 'folder'), 'no-backup')
  const manifest = JSON.parse(readFileSync(join(one, 'manifest.json'), 'utf8'))
  const changed = (change: object) =>
    writeFileSync(join(one, 'manifest.json'), JSON.stringify({ ...manifest, ...change }))
  for (const [change, code] of [
    [{ databaseId: 'another' }, 'backup-of-another'],
    [{ journal: undefined }, 'backup-without-journal'],
    [{ journal: { seq: 3, hash: '0' } }, 'not-in-journal'],
    [{ journal: { seq: 4, hash: '0' } }, 'not-in-journal'],
    [{ files: manifest.files.map((file: object) => ({ ...file, sha256: '0' })) }, 'backup-damaged'],
  ] as const) {
    changed(change)
    await rejects(one, code)
  }
  changed({})
  t.match(await store.files.trimJournal({ backup: one, at }), { removed: 2 })
  await store.close()
  const bare = await openSqliteStore({ file })
  await t.rejects(bare.files.trimJournal({ backup: one, at }), { code: 'no-journal' })
  await bare.close()
})

t.test('of rotated backups the oldest is taken', async t => {
  const { folder, store } = await world(t)
  for (const days of [1, 2, 3]) {
    await refuses(store)
    await store.files.backup({ target: join(folder, 'night'), keep: 2, at: at + days * day })
  }
  const done = await store.files.trimJournal({ backup: join(folder, 'night'), at: at + 3 * day })
  t.match(done, { backup: join(folder, 'night-20260619T160000Z'), removed: 2 })
})

t.test('an older database under a journal that was trimmed waits for whoever signs', async t => {
  const { folder, file, journal, store } = await world(t)
  await refuses(store)
  await store.close()
  cpSync(file, join(folder, 'older'))
  const now = await openSqliteStore({ file, journal })
  const [lost = ''] = await refuses(now)
  await now.files.backup({ target: join(folder, 'one'), at })
  const [late = ''] = await refuses(now)
  await now.files.trimJournal({ backup: join(folder, 'one'), at })
  await now.close()
  cpSync(join(folder, 'older'), file)
  const older = await openSqliteStore({ file, journal, acceptDatabase: true })
  t.teardown(() => older.close())
  t.match(older.files.restoration(), { gaps: [/older than what is left of the journal/] })
  t.match(older.trouble(), { code: 'restore-unconfirmed' })
  t.ok(await older.doNotCallEntry(late), 'what is left of it binds')
  t.equal(await older.doNotCallEntry(lost), undefined)
})

t.test('a trimmed journal whose beginning was cut is damaged', async t => {
  const { folder, journal, store } = await world(t)
  await store.saveCampaign(someCampaign('spring'))
  const [lead] = await importSome(store, 'spring', someLeads([1]))
  if (!lead) return
  await store.erasePerson({ number: lead.number, at, by: 'test' })
  await refuses(store)
  await store.files.backup({ target: join(folder, 'one'), at })
  t.match(await store.files.trimJournal({ backup: join(folder, 'one'), at }), { removed: 1, kept: 1 })
  await refuses(store)
  await store.close()
  const [begin = '', kept = '', last = ''] = readFileSync(journal, 'utf8').trimEnd().split('\n')
  for (const lines of [[begin], [begin, last], [kept, last], [begin, begin, last]]) {
    writeFileSync(journal, `${lines.join('\n')}\n`)
    t.throws(() => readJournal(journal), { code: 'journal-damaged' })
  }
})
