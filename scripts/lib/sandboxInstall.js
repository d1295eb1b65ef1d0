import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ensureCommands, isDebian } from './apt.js'
import { DEBIAN_TOOLS, makeDebian } from './debian.js'
import { exec } from './exec.js'
import { SetupFailure } from './failure.js'
import { ASTERISK_TREE, SANDBOX } from './paths.js'

// A tree of its own leaves the machine's packages alone.
/** Debian 12 has no Asterisk; sid has 22. */
export const PBX_SUITE = 'sid'
const PACKAGES = ['asterisk', 'asterisk-modules', 'asterisk-core-sounds-en-gsm', 'asterisk-moh-opsound-wav']
const STAMP = 'dialwright-sandbox'
const STAMP_TEXT = `${PBX_SUITE} ${PACKAGES.join(',')}\n`
const INSTALL_SEC = 40

/** Whether `installSandbox` has nothing to do. */
export function sandboxInstalled() {
  try {
    return readFileSync(join(ASTERISK_TREE, STAMP), 'utf8') === STAMP_TEXT
  } catch {
    return false
  }
}

/** Throws a SetupFailure when this machine cannot run the private Asterisk, without installing anything. */
export function assertSandboxPossible() {
  if (process.platform !== 'linux' || !isDebian())
    throw new SetupFailure('not-debian', 'A private Asterisk needs Debian 12: use --sim for the simulated PBX.')
  if (process.getuid?.() !== 0)
    throw new SetupFailure(
      'not-root',
      'A private Asterisk needs root: run as root, or use --sim for the simulated PBX.',
    )
}

/** Installs what a live run needs: tools by apt, Asterisk into the sandbox folder. Idempotent; throws SetupFailure. */
export async function installSandbox() {
  assertSandboxPossible()
  await ensureCommands({ ip: 'iproute2', sipp: 'sip-tester' })
  if (sandboxInstalled()) return
  await ensureCommands(DEBIAN_TOOLS)
  mkdirSync(SANDBOX, { recursive: true })
  removeAbandonedBuilds()
  const building = `${ASTERISK_TREE}.building-${process.pid}`
  try {
    await makeDebian({
      root: building,
      suite: PBX_SUITE,
      packages: PACKAGES,
      label: 'installing a private Asterisk 22 (about 360 MB, once)',
      seconds: INSTALL_SEC,
      failure: noAsteriskToday,
    })
    checkVersion(await exec('chroot', [building, '/usr/sbin/asterisk', '-V']))
    writeFileSync(join(building, STAMP), STAMP_TEXT)
    publish(building)
  } finally {
    rmSync(building, { recursive: true, force: true })
  }
}

/** @param {string} why */
function noAsteriskToday(why) {
  return new SetupFailure(
    'sid-not-installable',
    `Debian ${PBX_SUITE} gave no Asterisk today (${why}): try again, or use --sim.`,
  )
}

/** @param {import('./exec.js').Outcome} outcome */
function checkVersion({ stdout, stderr }) {
  if (/^Asterisk 2[2-9]\./.test(stdout)) return
  throw new SetupFailure(
    'asterisk-too-old',
    `Debian ${PBX_SUITE} gave "${(stdout || stderr).trim()}", not Asterisk 22: use --sim.`,
  )
}

/**
 * The rename makes the tree appear whole or not at all; losing the race to another run is a success.
 * @param {string} building
 */
function publish(building) {
  rmSync(join(building, 'var/cache/apt'), { recursive: true, force: true })
  if (sandboxInstalled()) return
  if (existsSync(ASTERISK_TREE)) rmSync(ASTERISK_TREE, { recursive: true })
  renameSync(building, ASTERISK_TREE)
}

function removeAbandonedBuilds() {
  for (const name of readdirSync(SANDBOX)) {
    const pid = /^asterisk\.building-(\d+)$/.exec(name)?.[1]
    if (pid && !existsSync(`/proc/${pid}`)) rmSync(join(SANDBOX, name), { recursive: true, force: true })
  }
}
