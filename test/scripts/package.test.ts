// The package as an operator gets it: made, installed with npm, and used from a folder that is nobody's clone.
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { PROJECT } from '../../scripts/lib/paths.js'

const run = promisify(execFile)
const folder = mkdtempSync(join(tmpdir(), 'dialwright-installed-'))
const data = join(folder, 'data')
const prefix = join(folder, 'prefix')
const program = join(prefix, 'bin/dialwright')
/** No configuration of npm's around it reaches the installation. */
const env = { PATH: process.env.PATH ?? '', HOME: folder }

t.before(() => mkdirSync(data))
t.teardown(() => rmSync(folder, { recursive: true, force: true }))

const dialwright = (...args: readonly string[]) => run(program, [...args], { cwd: data, env })

t.test('the package installs without a network or a compiler', async t => {
  const made = await run(process.execPath, [join(PROJECT, 'scripts/package.js'), folder])
  const [, file = ''] = /^(\S+\.tgz) \(/.exec(made.stdout) ?? []
  t.ok(statSync(file).size > 0, made.stdout)
  const install = ['install', '--global', file, '--prefix', prefix, '--offline', '--no-audit', '--no-fund']
  // A compiler that is asked for is not there.
  await run('npm', install, {
    cwd: data,
    env: { ...env, npm_config_cache: join(folder, 'cache'), CXX: 'false', CC: 'false' },
  })
  t.ok(existsSync(join(prefix, 'lib/node_modules/dialwright/asterisk-conf/sounds/dialwright/beep.ulaw')))
  const { version } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'))
  t.equal((await dialwright('--version')).stdout, `${version}\n`)
})

t.test('what was installed writes a configuration, simulates, serves, and says how it is', async t => {
  t.match((await dialwright('init')).stdout, /written: dialwright.yaml/)
  const config = join(data, 'dialwright.yaml')
  writeFileSync(config, readFileSync(config, 'utf8').replace('port: 7420', `port: ${await freePort()}`))
  const simulate = ['simulate', '--scenario', 'memoryless-3-p25', '--policy', 'progressive', '--seeds', '1', '--json']
  t.match(JSON.parse((await dialwright(...simulate)).stdout), { scenario: 'memoryless-3-p25' })
  const daemon = spawn(program, ['serve', '--grace', '1s'], { cwd: data, env, stdio: ['ignore', 'pipe', 'ignore'] })
  const ended = once(daemon, 'exit')
  await once(daemon.stdout, 'data')
  t.same(JSON.parse((await dialwright('agents', 'list', '--json')).stdout), { agents: [] })
  daemon.kill('SIGTERM')
  t.same(await ended, [0, null])
})

/** One that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  return typeof address === 'object' && address !== null ? address.port : 0
}
