import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { healthView } from '../../src/api/system.ts'
import { createApiClient } from '../../src/cli/client.ts'
import { run } from '../../src/cli/main.ts'
import { createFakeTerminal, runLine, tempFolder, writeConfig } from '../cli/support.ts'

const token = 'a-token-of-some-length'

/** A port that was free a moment ago; with `keep` it stays taken until the test ends. */
async function findPort(t: Test, keep = false): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const close = (): Promise<void> => new Promise(resolve => server.close(() => resolve()))
  if (keep) t.teardown(close)
  else await close()
  return typeof address === 'object' && address !== null ? address.port : 0
}

t.test('serve says when it is ready, answers without its PBX, and ends in order on a signal', async t => {
  const folder = tempFolder(t)
  const port = await findPort(t)
  const config = writeConfig(folder, { port, token })
  writeFileSync(
    config,
    `${readFileSync(config, 'utf8')}log: { level: fatal }\ncampaigns: [{ id: spring, message: sorry }]\nrecorder: { path: rec.jsonl }\n`,
  )
  const terminal = createFakeTerminal()
  const serving = run(['--config', config, 'serve', '--grace', '1s'], terminal)
  await terminal.shows(/is ready/)
  t.equal(
    terminal.written.out,
    `dialwright 0.1.0 is ready: API on http://127.0.0.1:${port}, 1 PBX, 1 trunk, 0 agents\ncampaign spring: new\n`,
  )
  t.match(await createApiClient({ host: '127.0.0.1', port }).get(healthView, '/v1/health'), {
    status: 'degraded',
    nodesUp: 0,
  })
  t.match(
    (await runLine(['--config', config, 'campaign', 'list'])).out,
    /spring +spring +stopped/,
    'campaigns of the file are applied',
  )

  const file = join(folder, 'leads.csv')
  writeFileSync(
    file,
    `phone,name\n${Array.from({ length: 500 }, (_, index) => `+1202555${1000 + index},P${index}`).join('\n')}\n12,Bad\n`,
  )
  const imported = await runLine([
    '--config',
    config,
    'leads',
    'import',
    file,
    '--campaign',
    'spring',
    '--without-origin',
  ])
  t.match(
    imported,
    { code: 0, out: /^500 leads of 501 rows imported in .*1 bad row\n\nline +reason +value\n +502 / },
    imported.err,
  )
  t.match(await runLine(['--config', config, 'dnc', 'add', '+12025551001']), { code: 0 })

  t.match(await runLine(['--config', config, 'serve']), { code: 1, err: /in use/ }, 'a second daemon on the same store')
  t.match(await runLine(['--config', config, 'doctor']), { code: 1, out: /ok {4}daemon .*answers at/ })
  terminal.signal('SIGTERM')
  t.equal(await serving, 0)
  t.match(terminal.written.err, /SIGTERM: calls in flight have up to 1 s to end/)
  t.match(readFileSync(join(folder, 'rec.jsonl'), 'utf8'), /"kind":"campaign-apply"/)

  const again = createFakeTerminal()
  const restarted = run(['--config', config, 'serve', '--grace', '1s'], again)
  await again.shows(/is ready/)
  t.match(
    await runLine(['--config', config, 'dnc', 'check', '+12025551001']),
    { code: 1 },
    'what was acknowledged is there',
  )
  again.signal('SIGINT')
  t.equal(await restarted, 0)
})

t.test('what keeps the daemon from starting is one line that says what to do, and nothing stays behind', async t => {
  const folder = tempFolder(t)
  const taken = await findPort(t, true)
  const config = writeConfig(folder, { port: taken, token })
  const serve = async (): Promise<string> => {
    const { code, out, err } = await runLine(['--config', config, 'serve'])
    t.equal(code, 1)
    t.equal(out, '')
    const told = err.split('\n').filter(line => line.startsWith('error:'))
    t.equal(told.length, 1, err)
    return told[0] ?? ''
  }
  t.match(await serve(), /cannot listen on 127.0.0.1:\d+: the port is in use; stop the other program or set api.port/)
  t.match(await serve(), /the port is in use/, 'the store was let go')
  t.notOk(existsSync(join(folder, 'dialwright.db')), 'no database was made')
  const text = readFileSync(config, 'utf8')
  for (const [change, said] of [
    ['store: { path: no/where.db }', /no\/where.db/],
    ['store: { path: dialwright.yaml }', /dialwright.yaml .*(database|SQLite)/],
    ['defaultCountry: XX', /defaultCountry is XX, which is no country/],
    ['campaigns: [{ id: a, message: x, ringTimeout: 5s }]', /ringTimeout must be at least 15s/],
    ['api2: {}', /api2 is an unknown key: did you mean "api"/],
  ] as const) {
    writeFileSync(config, `${text}${change}\n`)
    t.match(await serve(), said)
  }
})

t.test('a database that was there and is gone keeps the daemon from starting until it is said', async t => {
  const folder = tempFolder(t)
  const config = writeConfig(folder, { port: await findPort(t), token })
  const serve = async (...more: readonly string[]): Promise<string> => {
    const terminal = createFakeTerminal()
    const serving = run(['--config', config, 'serve', '--grace', '1s', ...more], terminal)
    await terminal.shows(/is ready|error:/)
    terminal.signal('SIGTERM')
    await serving
    return terminal.written.out + terminal.written.err
  }
  t.match(await serve(), /is ready/)
  rmSync(join(folder, 'dialwright.db'))
  t.match(await serve(), /error: .*dialwright.db is gone or empty.*--accept-database/)
  t.match(await serve('--accept-database'), /is ready/)
  t.match(await serve(), /is ready/)
})

t.test('doctor says what is wrong with the store', async t => {
  const folder = tempFolder(t)
  const config = writeConfig(folder, { port: await findPort(t), token })
  const text = readFileSync(config, 'utf8')
  const doctor = async (path: string): Promise<string> => {
    writeFileSync(config, `${text}store: { path: ${path} }\n`)
    return (await runLine(['--config', config, 'doctor'])).out
  }
  writeFileSync(join(folder, 'text.db'), 'this is no database, and long enough to be looked at as one'.repeat(40))
  t.match(await doctor('text.db'), /fail {2}store .*cannot be opened: .*\n +-> restore a backup/)
  t.match(await doctor('no/where.db'), /fail {2}store .*cannot be written\n +-> create the folder/)
  mkdirSync(join(folder, 'sub'))
  t.match(await doctor('sub/x.db'), /ok {4}daemon +not running/)
  t.match(await doctor('sub/x.db'), /ok {4}store .*will be made at the first start\nok {4}disk .*free/)
  chmodSync(config, 0o644)
  t.match(
    await doctor('sub/x.db'),
    /warn {2}secrets .*dialwright.yaml holds secrets and everybody can read it\n +-> chmod 600/,
  )
})

t.test('a start says what the file has changed since the last one', async t => {
  const folder = tempFolder(t)
  const port = await findPort(t)
  const config = writeConfig(folder, { port, token })
  const base = `${readFileSync(config, 'utf8')}log: { level: fatal }\n`
  const startWith = async (more: string): Promise<{ out: string; list: string }> => {
    writeFileSync(config, `${base}${more}`)
    const terminal = createFakeTerminal()
    const serving = run(['--config', config, 'serve', '--grace', '1s'], terminal)
    await terminal.shows(/is ready/)
    const { out } = await runLine(['--config', config, 'agents', 'list'])
    if (more.includes('Ben')) await runLine(['--config', config, 'agents', 'add', '1002', '--name', 'Benjamin'])
    terminal.signal('SIGTERM')
    await serving
    return { out: terminal.written.out, list: out }
  }
  const both = 'agents: [{ id: "1001", name: Ann }, { id: "1002", name: Ben }]\n'
  const campaign = (message: string) => `campaigns: [{ id: spring, message: ${message} }]\n`
  t.match((await startWith(both + campaign('sorry'))).out, /agents: added 1001, 1002\n.*campaign spring: new/)
  const again = await startWith(both + campaign('sorry'))
  t.notMatch(again.out, /agents:|campaign spring/)
  t.match(again.list, /1002 +Benjamin/)
  const changed = await startWith(`agents: [{ id: "1001", name: Anne }]\n${campaign('later')}`)
  t.match(changed.out, /agents: changed 1001 \(name\); removed, whom the file no longer names: 1002\n/)
  t.match(changed.out, /campaign spring: changed message\n/)
  t.notMatch(changed.list, /1002/)
})
