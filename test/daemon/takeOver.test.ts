// A daemon that takes over from the one that runs, as an operator does it.
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import Database from 'better-sqlite3'
import t, { type Test } from 'tap'
import { drainShowView } from '../../src/api/upkeep/drain.ts'
import { createApiClient } from '../../src/cli/client.ts'
import { run } from '../../src/cli/main.ts'
import { lockDatabase } from '../../src/store/sqlite/databaseLock.ts'
import { createFakeTerminal, runLine, tempFolder, writeConfig } from '../cli/support.ts'

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise<void>(resolve => server.close(() => resolve()))
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** A daemon without a PBX, and how the next one is started beside it. */
async function startServing(t: Test) {
  const port = await freePort()
  const folder = tempFolder(t)
  const file = writeConfig(folder, { port })
  const text = `${readFileSync(file, 'utf8')}log: { level: fatal }\n`
  writeFileSync(file, text)
  const serve = (...more: readonly string[]) => {
    const terminal = createFakeTerminal()
    return { terminal, ended: run(['--config', file, 'serve', '--grace', '1s', ...more], terminal) }
  }
  const api = createApiClient({ host: '127.0.0.1', port })
  const goesOn = async () => (await api.get(drainShowView, '/v1/drain')).drain === undefined
  const next = (...more: readonly string[]) => runLine(['--config', file, 'serve', '--take-over', ...more])
  return { serve, next, goesOn, folder, write: (changed: string) => writeFileSync(file, changed), text }
}

t.test('the next daemon makes ready, is handed over to, and is the one that answers', async t => {
  const { serve, goesOn, next } = await startServing(t)
  const alone = serve('--take-over')
  await alone.terminal.shows(/is ready/)
  t.equal(alone.terminal.written.err, '', 'where none runs it is a start like any other')
  const second = serve('--take-over')
  await second.terminal.shows(/is ready/)
  t.equal(await alone.ended, 0, 'the one before has ended in order')
  t.match(second.terminal.written.err, /is asked to hand over/)
  t.ok(await goesOn(), 'and it dials')
  t.match(await next('--help'), { code: 0, out: /--take-over/ })
  second.terminal.signal('SIGTERM')
  t.equal(await second.ended, 0)
})

t.test('what cannot start takes nothing over', async t => {
  const { serve, next, goesOn, write, text, folder } = await startServing(t)
  const first = serve()
  await first.terminal.shows(/is ready/)
  write(`${text}rules: { overrides: [{ rule: nothing/of-the-kind, off: true, by: me, reason: none }] }\n`)
  t.match(await next(), { code: 1 }, 'a rule that there is not')
  write(`${text}nodes: []\n`)
  t.match(await next(), { code: 1 }, 'a mistake in the file')
  write(text)
  const database = new Database(`${folder}/dialwright.db`)
  const schema = Number(database.pragma('user_version', { simple: true }))
  database.pragma('user_version = 4711')
  t.match(await next(), { code: 1, err: /newer Dialwright/ }, 'an older version across a step of the schema')
  database.pragma(`user_version = ${schema}`)
  database.close()
  t.match(await runLine(['--config', `${folder}/dialwright.yaml`, 'serve']), { code: 1, err: /in use/ })
  t.ok(await goesOn(), 'the one in office has not even been asked')
  first.terminal.signal('SIGTERM')
  t.equal(await first.ended, 0)
})

t.test('one that has the database and does not answer is waited for, in case it ends', async t => {
  const { serve, folder } = await startServing(t)
  const release = lockDatabase(`${folder}/dialwright.db`)
  const second = serve('--take-over')
  await second.terminal.shows(/the database is waited for/)
  release()
  await second.terminal.shows(/is ready/)
  second.terminal.signal('SIGTERM')
  t.equal(await second.ended, 0)
})
