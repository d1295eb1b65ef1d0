import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { makeDebian } from '../lib/debian.js'
import { exec } from '../lib/exec.js'
import { SetupFailure } from '../lib/failure.js'

/** @import { Outcome } from '../lib/exec.js' */

/** Debian's packages that booting a machine takes. */
export const MACHINE_TOOLS = { 'systemd-nspawn': 'systemd-container', nsenter: 'util-linux' }

const SUITE = 'bookworm'
const PACKAGES = ['systemd', 'systemd-sysv', 'dbus', 'procps', 'iproute2']
const MAKE_SEC = 30
const BOOTS_WITHIN_MS = 60_000
const POLL_MS = 100
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/**
 * A machine with a systemd of its own as first process, and with no network but its loopback.
 * @typedef {object} Machine
 * @property {(command: string) => Promise<Outcome>} inside runs a shell's command as its root
 * @property {() => Promise<void>} halt
 */

/**
 * Makes a Debian with systemd, this machine's Node and its npm in a folder.
 * @param {string} root
 */
export async function makeMachine(root) {
  const failure = (/** @type {string} */ why) =>
    new SetupFailure('no-machine', `Debian ${SUITE} gave no machine: ${why}`, 1)
  await makeDebian({ root, suite: SUITE, packages: PACKAGES, label: 'making a machine', seconds: MAKE_SEC, failure })
  cpSync(process.execPath, join(root, 'usr/local/bin/node'))
  const { stdout } = await exec('npm', ['root', '--global'])
  const to = join(root, 'usr/local/lib/node_modules/npm')
  mkdirSync(dirname(to), { recursive: true })
  cpSync(join(stdout.trim(), 'npm'), to, { recursive: true })
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', join(root, 'usr/local/bin/npm'))
}

/**
 * Boots it, until systemd says that it runs.
 * @param {string} root
 * @returns {Promise<Machine>}
 */
export async function bootMachine(root) {
  // nspawn wants /run to be no disk; later versions of systemd refuse the older kind of cgroups.
  const how = ['--quiet', '--register=no', '--keep-unit', '--private-network', '--machine=dialwright-service', '--boot']
  const command = `mount -t tmpfs none /run/systemd && exec systemd-nspawn ${how.join(' ')} --directory="$1"`
  const child = spawn('unshare', ['--mount', 'sh', '-c', command, 'sh', root], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, SYSTEMD_NSPAWN_UNIFIED_HIERARCHY: '1' },
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', text => (said += text))
  const ended = once(child, 'close')
  const inside = (/** @type {string} */ text) => {
    const enter = ['--target', String(firstProcessOf(child.pid)), '--all', 'env', '-i', `PATH=${PATH}`, 'HOME=/root']
    return exec('nsenter', [...enter, 'LC_ALL=C', 'sh', '-c', text])
  }
  const deadlineAt = Date.now() + BOOTS_WITHIN_MS
  while (!/^(running|degraded)/.test((await inside('systemctl is-system-running')).stdout)) {
    if (child.exitCode !== null || Date.now() > deadlineAt) {
      child.kill()
      throw new SetupFailure(
        'no-machine',
        `No systemd can be booted here: ${said.trim().split('\n').slice(-3).join(' / ')}`,
        1,
      )
    }
    await delay(POLL_MS)
  }
  return {
    inside,
    async halt() {
      await inside('systemctl poweroff')
      await ended
    },
  }
}

/** @param {number | undefined} nspawn */
function firstProcessOf(nspawn) {
  try {
    return readFileSync(`/proc/${nspawn}/task/${nspawn}/children`, 'utf8').trim().split(' ')[0] || '0'
  } catch {
    return '0'
  }
}
