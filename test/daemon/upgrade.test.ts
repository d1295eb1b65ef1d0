// The installed version takes over from the daemon that runs, by one command: real processes, and a socket where systemd would listen.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { ensureCommands } from '../../scripts/lib/apt.js'
import { upgradeView } from '../../src/api/upkeep/upgrade.ts'
import { beginUpgrade } from '../../src/app/upkeep/upgrade.ts'
import { createApiClient } from '../../src/cli/client.ts'
import { endsContainer } from '../../src/daemon/successor.ts'
import { runLine, tempFolder, writeConfig } from '../cli/support.ts'
import { until } from '../support/sandbox.ts'
import { listenAsSystemd } from '../support/systemd.ts'

const launcher = fileURLToPath(new URL('../../bin/dialwright.js', import.meta.url))

t.before(() => ensureCommands({ 'systemd-notify': 'systemd' }))

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** A daemon without a PBX, as a unit would start it, and how its API is reached. */
async function startService(t: Test, socket: string) {
  const folder = tempFolder(t)
  const port = await freePort()
  const file = writeConfig(folder, { port })
  appendFileSync(file, 'log: { level: fatal }\n')
  const env = { ...process.env, NOTIFY_SOCKET: socket, WATCHDOG_USEC: '120000000', WATCHDOG_PID: '1' }
  const args = [launcher, '--config', file, 'serve', '--hand-over']
  const main: ChildProcess = spawn(process.execPath, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
  t.teardown(() => main.kill('SIGKILL'))
  const api = createApiClient({ host: '127.0.0.1', port })
  const who = () => api.get(upgradeView, '/v1/upgrade').catch(() => undefined)
  await until('the daemon', async () => (await who())?.pid === main.pid, 60_000)
  return { main, who, folder, file }
}

t.test('one command: the next daemon is the main process before the one in office has ended', async t => {
  const { socket, told } = await listenAsSystemd(t)
  const { main, who, file } = await startService(t, socket)
  const gone = once(main, 'exit').then(([code]) => ({ code, told: [...told()] }))
  const ran = await runLine(['--config', file, '--json', 'upgrade'])
  t.equal(ran.code, 0, ran.err)
  const { from, to } = JSON.parse(ran.out)
  t.equal(from.pid, main.pid)
  t.equal((await who())?.pid, to.pid)
  t.teardown(() => process.kill(to.pid, 'SIGKILL'))
  const end = await gone
  t.equal(end.code, 0, 'the one before has ended in order')
  t.ok(end.told.includes(`MAINPID=${to.pid}`), 'and has said who goes on')
  await until('the next one feeds the watchdog', () => told().includes('WATCHDOG=1'))
  process.kill(to.pid, 'SIGTERM')
  await until('its end', async () => (await who()) === undefined)
})

t.test('where the next one cannot start the daemon in office goes on, and nobody becomes the main process', async t => {
  const { socket, told } = await listenAsSystemd(t)
  const { main, who, file } = await startService(t, socket)
  appendFileSync(file, 'rules: { overrides: [{ rule: nothing/of-the-kind, off: true, by: me, reason: none }] }\n')
  const ran = await runLine(['--config', file, 'upgrade'])
  t.match(ran, { code: 1, err: /goes on: the next daemon has ended before it took over/ })
  t.match(await who(), { pid: main.pid, next: { state: 'ended' } })
  t.notOk(told().some(line => line.startsWith('MAINPID')))
  main.kill('SIGTERM')
  await once(main, 'exit')
})

t.test('the first process of a container, and who cannot start anybody, say what to do', async t => {
  const idle = { start: async () => {}, next: () => undefined, isFirst: false }
  const first = { version: '1', upgrade: { ...idle, isFirst: true } }
  await t.rejects(beginUpgrade(first), { status: 409, code: 'first-process' })
  const mark = join(tempFolder(t), 'container')
  const underInit = { pid: 7, ppid: 1 }
  t.equal(endsContainer(underInit, [mark]), false, 'systemd goes on')
  writeFileSync(mark, '')
  t.equal(endsContainer(underInit, [mark]), true, 'the first process of a container waits for nobody else')
  t.equal(endsContainer({ pid: 7, ppid: 5 }, [mark]), false)
  t.equal(endsContainer({ pid: 1, ppid: 0 }, []), true)
  await t.rejects(beginUpgrade({ version: '1' }), { status: 409, code: 'not-here' })
  const busy = { ...idle, next: () => ({ pid: 7, state: 'starting' }) as const }
  await t.rejects(beginUpgrade({ version: '1', upgrade: busy }), { status: 409, code: 'upgrade-under-way' })
  t.match(await beginUpgrade({ version: '1', upgrade: idle }), { version: '1' })
})
