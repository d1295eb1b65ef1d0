// A daemon whose database and log lie on a disk that fills up to the last byte: what is still written, what is said, when it
// goes on, and how long an orderly stop takes. No PBX: that dialing goes on is a test on the simulated one. Root, Linux.
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { ensureBuilt } from '../lib/build.js'
import { SetupFailure } from '../lib/failure.js'
import { PROJECT } from '../lib/paths.js'

const TOKEN = 'a-token-for-an-hour-or-less'
const NUMBER = '+12025550123'
const GRACE_MS = 2_000
const inNamespace = 'DIALWRIGHT_CHAOS_MOUNTS'

/** @returns {Promise<Record<string, unknown>>} */
export async function run() {
  await ensureBuilt()
  if (process.env[inNamespace] === undefined) return again()
  const disk = mkdtempSync(join(tmpdir(), 'dialwright-full-'))
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=48m', 'tmpfs', disk])
  try {
    return await onDisk(disk)
  } finally {
    spawnSync('umount', ['-l', disk])
    rmSync(disk, { recursive: true, force: true })
  }
}

/** In mounts of its own: nobody else sees the small disk, and it goes with the process. */
function again() {
  const script = fileURLToPath(new URL('../chaos.js', import.meta.url))
  const { status, stdout, stderr, error } = spawnSync(
    'unshare',
    ['--mount', '--propagation', 'private', process.execPath, script, 'disk-full'],
    { encoding: 'utf8', env: { ...process.env, [inNamespace]: '1' }, timeout: 120_000 },
  )
  if (error !== undefined || stdout === '')
    throw new SetupFailure(
      'no-mounts',
      `A small disk cannot be mounted here (${error?.message ?? stderr.trim()} ${status}): be root on Linux.`,
    )
  return JSON.parse(stdout)
}

/** @param {string} disk */
async function onDisk(disk) {
  const port = await freePort()
  const config = join(disk, 'dialwright.yaml')
  const secret = '{ user: dialwright, port: 9, secret: x }'
  writeFileSync(
    config,
    `nodes: [{ id: pbx1, ami: ${secret}, ari: { url: 'http://127.0.0.1:9/ari', user: dialwright, secret: x } }]
trunks: [{ id: main, dialString: 'PJSIP/{number}@trunk-main', channels: 10, callsPerSecond: 10, callerIds: ['+12025550100'] }]
api: { port: ${port}, token: ${TOKEN} }
`,
    { mode: 0o600 },
  )
  const api = client(port)
  let daemon = await serve(config, disk)
  await api('PUT', '/v1/campaigns/spring', { id: 'spring', message: 'sorry' })
  await api('POST', '/v1/campaigns/spring/start')
  const filler = fill(disk)
  const refused = await api('PUT', `/v1/do-not-call/${encodeURIComponent(NUMBER)}`, {})
  const stopped = await api('POST', '/v1/campaigns/spring/stop', {})
  const saidFullMs = await until(async () => (await alarms(api)).includes('disk-full'))
  await kill(daemon, 'SIGKILL')

  daemon = await serve(config, disk)
  const kept = await api('GET', `/v1/do-not-call/${encodeURIComponent(NUMBER)}`)
  const campaign = await api('GET', '/v1/campaigns/spring')
  const saidAgainMs = await until(async () => (await alarms(api)).includes('disk-full'))
  rmSync(filler)
  const freedMs = await until(async () => !(await alarms(api)).includes('disk-full'))
  fill(disk)
  await until(async () => (await alarms(api)).includes('disk-full'))
  const stopFullMs = await kill(daemon, 'SIGTERM')
  rmSync(filler, { force: true })

  daemon = await serve(config, disk)
  // Another program that holds the database: a write waits for it in a thread that nothing can interrupt.
  const holder = new Database(join(disk, 'dialwright.db'))
  holder.exec('BEGIN EXCLUSIVE')
  const hanging = api('PUT', `/v1/do-not-call/${encodeURIComponent('+12025550124')}`, {}).catch(() => undefined)
  await setTimeout(200)
  const stopHeldMs = await kill(daemon, 'SIGTERM')
  holder.close()
  await hanging

  const limitMs = GRACE_MS + 2_000
  const found = {
    refusalStatus: refused.status,
    refusalKept: kept.body.listed === true || JSON.stringify(kept.body).includes('company'),
    stopStatus: stopped.status,
    stateAfterKill: campaign.body.status?.state,
    saidFullMs,
    saidAgainMs,
    freedMs,
    stopFullMs,
    stopHeldMs,
    limitMs,
  }
  const ok =
    found.refusalStatus === 200 &&
    found.refusalKept &&
    found.stopStatus === 200 &&
    found.stateAfterKill === 'stopped' &&
    saidFullMs <= 2_000 &&
    saidAgainMs <= 2_000 &&
    freedMs <= 2_000 &&
    stopFullMs <= limitMs &&
    stopHeldMs <= limitMs
  return { ok, ...found }
}

/** @param {string} disk */
function fill(disk) {
  const filler = join(disk, 'filler')
  spawnSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=4096'])
  return filler
}

/**
 * @param {string} config
 * @param {string} disk
 */
async function serve(config, disk) {
  // Its log lies on the same disk, as logs do.
  const log = openSync(join(disk, 'daemon.log'), 'a')
  const launcher = join(PROJECT, 'bin', 'dialwright.js')
  const daemon = spawn(process.execPath, [launcher, '--config', config, 'serve', '--grace', `${GRACE_MS / 1000}s`], {
    stdio: ['ignore', 'pipe', log],
  })
  closeSync(log)
  const ready = once(/** @type {import('node:stream').Readable} */ (daemon.stdout), 'data')
  const ended = once(daemon, 'exit').then(() => {
    throw new SetupFailure(
      'no-start',
      `The daemon ended: ${readFileSync(join(disk, 'daemon.log'), 'utf8').slice(-2_000)}`,
      1,
    )
  })
  await Promise.race([ready, ended])
  ended.catch(() => {})
  return daemon
}

/**
 * How long it took to end, ms.
 * @param {import('node:child_process').ChildProcess} daemon
 * @param {NodeJS.Signals} signal
 */
async function kill(daemon, signal) {
  const startedAt = performance.now()
  const exited = once(daemon, 'exit')
  daemon.kill(signal)
  const over = setTimeout(30_000, 'over', { ref: false })
  if ((await Promise.race([exited, over])) === 'over') daemon.kill('SIGKILL')
  return Math.round(performance.now() - startedAt)
}

/** @param {() => Promise<boolean>} isSo */
async function until(isSo) {
  const startedAt = performance.now()
  while (!(await isSo()) && performance.now() < startedAt + 20_000) await setTimeout(50)
  return Math.round(performance.now() - startedAt)
}

/** @typedef {(method: string, path: string, body?: unknown) => Promise<{ status: number, body: any }>} Api */

/**
 * @param {number} port
 * @returns {Api}
 */
function client(port) {
  return async (method, path, body) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${TOKEN}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body === undefined ? null : JSON.stringify(body),
    })
    return { status: response.status, body: await response.json() }
  }
}

/** @param {Api} api */
async function alarms(api) {
  const { body } = await api('GET', '/v1/health')
  return body.alarms.map((/** @type {{ code: string }} */ { code }) => code)
}

function freePort() {
  const server = createServer()
  return new Promise((/** @type {(port: number) => void} */ resolve) =>
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    }),
  )
}
