import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import t from 'tap'
import { dayMs } from '../../src/core/time.ts'
import { type MovedCall, packMoved } from '../../src/ports/importing/packedMoved.ts'
import { readArchive } from '../../src/store/archive/readArchive.ts'
import { restoreBackup } from '../../src/store/sqlite/backup/restore.ts'
import { openSqliteStore, type SqliteStore } from '../../src/store/sqlite/sqliteStore.ts'
import { someCampaign } from '../contract/store.ts'
import { shippedRules } from '../support/compliance.ts'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const built = join(root, 'dist/store/sqlite/sqliteStore.js')
const at = Date.now()
const count = 2_000

async function fill(store: SqliteStore): Promise<void> {
  await store.recordRules(shippedRules, at)
  await store.saveCampaign(someCampaign('spring'))
  for (let from = 0; from < count; from += 100) {
    const calls = Array.from({ length: 100 }, (_, index): MovedCall => {
      const endedAt = at - 2_000 * dayMs + from + index
      const ids = { callId: `call-${from + index}`, number: `+1212555${String(1000 + ((from + index) % 900))}` }
      const end = { disposition: 'busy', wrapUpCode: 'NA', refusal: false, countsAsAttempt: true } as const
      return { ...ids, ...end, originatedAt: endedAt - 1_000, endedAt }
    })
    await store.moveIn('spring', packMoved({ kind: 'calls', calls }))
  }
}

async function inFile(target: string): Promise<readonly string[]> {
  const found: string[] = []
  if (!existsSync(target)) return found
  for await (const line of readArchive(target))
    if (line.kind === 'row' && 'attempt' in line.row) found.push(line.row.attempt.callId)
  return found
}

async function inDatabase(store: SqliteStore): Promise<readonly string[]> {
  return (await store.calls({ limit: 2 * count })).map(({ callId }) => callId)
}

/** Beside the process that lets them go. */
function rowsIn(file: string): number {
  const database = new Database(file, { readonly: true })
  try {
    return database.prepare<[], number>('SELECT count(*) FROM attempt').pluck().get() ?? 0
  } finally {
    database.close()
  }
}

/** Makes an archive in a process of its own, and kills that once this is so. */
async function killedOnce(script: string, isSo: () => boolean): Promise<void> {
  const child = spawn(process.execPath, [script], { env: {}, stdio: 'inherit' })
  const ended = new Promise(resolve => child.once('exit', resolve))
  while (!isSo() && child.exitCode === null) await wait(1)
  child.kill('SIGKILL')
  await ended
}

t.test('an archive that is killed loses nothing and doubles nothing', { timeout: 240_000 }, async t => {
  if (!existsSync(built)) {
    t.comment('nothing is compiled: npm test compiles')
    return
  }
  const folder = t.testdir({
    'run.mjs': `
    const { openSqliteStore } = await import(${JSON.stringify(built)})
    const store = await openSqliteStore({ file: new URL('x.db', import.meta.url).pathname })
    await store.files.archive({ target: new URL('old.gz', import.meta.url).pathname, dryRun: false, at: ${at} })
    await store.close()`,
  })
  const [file, target] = [join(folder, 'x.db'), join(folder, 'old.gz')]
  const first = await openSqliteStore({ file })
  await fill(first)
  await first.files.backup({ target: join(folder, 'backup'), at })
  await first.close()
  const leaving = (): boolean => existsSync(target) && rowsIn(file) < count
  let inTheMidst = 0
  for (const isSo of [() => existsSync(`${target}.part`), () => existsSync(target), leaving]) {
    await killedOnce(join(folder, 'run.mjs'), isSo)
    const store = await openSqliteStore({ file })
    const [kept, archived] = [await inDatabase(store), await inFile(target)]
    await store.close()
    if (kept.length > 0 && kept.length < count) inTheMidst += 1
    t.equal(
      new Set([...kept, ...archived]).size,
      count,
      `${kept.length} are in the database, ${archived.length} in the file`,
    )
  }
  t.ok(inTheMidst > 0, 'rows were leaving')
  const store = await openSqliteStore({ file })
  const done = await store.files.archive({ target, dryRun: false, at })
  t.match(done, { file: target, attempts: count })
  t.strictSame(await inDatabase(store), [])
  const all = await inFile(target)
  t.equal(all.length, count)
  t.equal(new Set(all).size, count)
  const events = (await store.ledgerEntries(0, 1_000)).filter(({ kind }) => kind === 'archive')
  t.match(events.map(({ entry }) => JSON.parse(entry).event).at(-1), 'left')
  await store.close()

  await restoreBackup({ backup: join(folder, 'backup'), file, journal: undefined, at })
  const restored = await openSqliteStore({ file })
  t.teardown(() => restored.close())
  t.equal((await inDatabase(restored)).length, count, 'a backup of before has them again')
  const again = await restored.files.archive({ target: join(folder, 'again.gz'), dryRun: false, at })
  t.match(again, { attempts: count, left: { attempts: count } })
})
