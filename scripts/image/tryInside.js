// Runs the image beside the private Asterisk as an operator would: init, doctor, serve, a campaign, a stop in order, the same
// volumes again, and a stop while somebody talks. Every step says what it saw; the first that is wrong ends it.
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exitOnFailure } from '../lib/failure.js'
import { IMAGE } from './build.js'
import { createBuildah } from './buildah.js'
import { createDaemonContainer, UID } from './container.js'
import { serve, stop } from './serving.js'
import { expect, say, wrong } from './steps.js'
import { stopInTalk } from './talks.js'

/** @import { Container } from './container.js' */

/** Where a user without rights may write in any Debian. */
const EVERYBODYS = ['/data', '/dev', '/proc', '/sys', '/tmp', '/var/tmp', '/run/lock', '/etc/dialwright']

exitOnFailure(main(process.argv[2] ?? ''))

/** @param {string} storage */
async function main(storage) {
  const folder = mkdtempSync(join(tmpdir(), 'dialwright-image-'))
  const [config, data] = [ownFolder(folder, 'config'), ownFolder(folder, 'data')]
  const open = () => createDaemonContainer(createBuildah(storage), { image: IMAGE, config, data })
  try {
    await setUp(
      config,
      await createDaemonContainer(createBuildah(storage), { image: IMAGE, config: data, data: config }),
    )
    const first = await firstRun(await open())
    const second = await secondRun(await open())
    await stopInTalk(await open(), { folder, config })
    process.stdout.write(`${JSON.stringify({ readyMs: first, readyAgainMs: second })}\n`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * @param {string} folder
 * @param {string} name
 */
function ownFolder(folder, name) {
  const path = join(folder, name)
  mkdirSync(path, { mode: 0o750 })
  chmodSync(folder, 0o755)
  chownSync(path, UID, UID)
  return path
}

/**
 * `init` into the folder of configuration, with the private Asterisk's secret in place of the one that it made.
 * @param {string} config
 * @param {Container} container whose /data is that folder
 */
async function setUp(config, container) {
  expect('init', await container.dialwright('init', '--store', '/data/dialwright.db'), /written: .*dialwright\.yaml/)
  const secret = join(config, 'pbx.secret')
  const { uid, mode } = statSync(secret)
  if (uid !== UID || (mode & 0o777) !== 0o600) wrong('init', `pbx.secret is of user ${uid}, mode ${mode.toString(8)}`)
  writeFileSync(secret, `${process.env.DIALWRIGHT_SANDBOX_SECRET}\n`)
  const writable = await container.run('sh', '-c', 'find / -xdev -writable -not -type l')
  const more = writable.output.split('\n').filter(path => path.startsWith('/') && !isEverybodys(path))
  if (more.length > 0) wrong('writable', more.slice(0, 5).join(' '))
  say('writable', 'nothing but /data and what every Debian leaves open')
  await container.remove()
}

/** @param {string} path */
function isEverybodys(path) {
  return EVERYBODYS.some(place => path === place || path.startsWith(`${place}/`))
}

/** @param {Container} container */
async function firstRun(container) {
  expect('doctor', await container.dialwright('doctor'), /can start|ready to dial/)
  const { daemon, readyMs } = await serve(container)
  expect('health check', await container.health(), /^200 /)
  expect('campaign apply', await container.dialwright('campaign', 'apply', '/etc/dialwright/campaign.yaml'), /spring/)
  await stop(daemon)
  expect('simulate', await simulated(container), /"progressive"/)
  const { code, output } = await container.health()
  if (code !== 1) wrong('health check without a daemon', `${code} ${output}`)
  await container.remove()
  return readyMs
}

/** @param {Container} container another one, on the same folders */
async function secondRun(container) {
  const { daemon, readyMs } = await serve(container)
  expect('what was stored', await container.dialwright('campaign', 'list'), /spring/)
  await stop(daemon)
  await container.remove()
  return readyMs
}

/** @param {Container} container */
function simulated(container) {
  const args = ['--scenario', 'memoryless-3-p25', '--policy', 'progressive', '--seeds', '1', '--json']
  return container.dialwright('simulate', ...args)
}
