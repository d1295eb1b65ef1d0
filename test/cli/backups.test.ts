import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import t from 'tap'
import { openSqliteStore } from '../../src/store/sqlite/sqliteStore.ts'
import { deadPort, runLine, tempFolder, writeConfig } from './support.ts'

const who = '+12025550123'

t.test('a backup is made, restored and confirmed from the command line where no daemon runs', async t => {
  const folder = tempFolder(t)
  const config = writeConfig(folder, { port: deadPort })
  mkdirSync(join(folder, 'other-disk'))
  writeFileSync(config, `${readFileSync(config, 'utf8')}journal: { path: other-disk/journal.jsonl }\n`)
  const file = join(folder, 'dialwright.db')
  const run = (...args: readonly string[]) => runLine(['--config', config, ...args])
  const backup = join(folder, 'backup')

  t.match(await run('backup', backup), { code: 1, err: /there is no database/ })
  const store = await openSqliteStore({ file, journal: join(folder, 'other-disk', 'journal.jsonl') })
  t.match(await run('backup', backup), { code: 1, err: /in use/ })
  t.match(await run('restore', folder), { code: 1, err: /has no manifest.json; name the folder/ })
  await store.close()
  t.match(await run('backup', backup), { code: 0, out: /backup: .* 0 lists, .* read back/ })
  t.match(await run('backup', backup), { code: 1, err: /exists already: a backup overwrites nothing/ })
  t.match(await run('backup', backup, '--rotate', '0'), { code: 2, err: /whole number from 1/ })
  t.match(await run('dialing', 'show'), { code: 0, out: /has grown here/ })
  t.match(await run('dialing', 'confirm', '--by', 'x'), { code: 1, err: /no restored backup waits/ })

  const again = await openSqliteStore({ file, journal: join(folder, 'other-disk', 'journal.jsonl') })
  await again.addDoNotCall({ number: who, list: 'company', source: 'operator', at: 1 })
  await again.close()
  rmSync(file)
  t.match(await run('restore', backup), { code: 0, out: /from the journal +1 entry/, err: /dialing confirm --by NAME/ })
  t.match(await run('dialing', 'show'), { code: 0, out: /dialing +waits for/ })
  t.match(await run('dialing', 'confirm', '--by', 'R. Miller'), { code: 0, out: /confirmed by R. Miller/ })

  t.match(JSON.parse((await run('restore', backup, '--journal', join(folder, 'none'), '--json')).out), {
    replayed: 0,
    gaps: [/there is no journal/],
    aside: /before-restore/,
  })
  t.match(await run('dialing', 'confirm', '--by', 'x'), { code: 1, err: /refusals may be missing: .*--sign-gaps/ })
  t.match(JSON.parse((await run('dialing', 'confirm', '--by', 'x', '--sign-gaps', '--json')).out), { confirmedBy: 'x' })
  t.ok(existsSync(file))

  t.match(await run('journal', 'trim', backup), { code: 0, out: /nothing stands in the journal that is older/ })
  const later = join(folder, 'later')
  t.match(await run('backup', later), { code: 0 })
  t.match(await run('journal', 'trim', later), { code: 1, err: /backup is older than .*later/ })
  rmSync(backup, { recursive: true })
  t.match(await run('journal', 'trim', later), { code: 0, out: /1 line older than .*later/ })
  t.match(JSON.parse((await run('journal', 'trim', later, '--json')).out), { removed: 0, kept: 0 })
})

t.test('a backup that the daemon made where nobody here sees it is no success', async t => {
  const folder = tempFolder(t)
  const made = { bytes: 1, lists: 0, segments: 0, ledgerEntries: 0, durationMs: 1, removed: [], backupAt: 1 }
  const there = join(folder, 'there')
  mkdirSync(there)
  const server = createServer((request, response) => {
    request.resume()
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ ...made, folder: asked }))
  })
  let asked = there
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const run = () => runLine(['--config', writeConfig(folder, { port }), 'backup', asked])
  t.match(await run(), { code: 0, out: /there: .*read back/ })
  asked = join(folder, 'private')
  t.match(await run(), { code: 1, out: '', err: /private where it runs.*a service has a \/tmp of its own/ })
})
