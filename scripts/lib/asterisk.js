import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { exec } from './exec.js'
import { SetupFailure } from './failure.js'

const BOOT_TIMEOUT_MS = 60_000
const STOP_TIMEOUT_MS = 10_000
const POLL_MS = 50

/** The tree that the sandbox's Asterisk is chrooted in; only inside `sandbox run`. */
export function sandboxRoot() {
  const root = process.env.DIALWRIGHT_SANDBOX_ROOT
  if (!root)
    throw new SetupFailure('not-in-sandbox', 'This runs inside the sandbox only: node scripts/sandbox.js run -- ...')
  return root
}

/**
 * Runs one CLI command on the sandbox's Asterisk, e.g. `asteriskCommand('core show channels')`, and gives its text.
 * @param {string} command
 */
export async function asteriskCommand(command, root = sandboxRoot()) {
  const { code, stdout, stderr } = await exec('chroot', [root, '/usr/sbin/asterisk', '-rx', command])
  if (code !== 0)
    throw new SetupFailure('asterisk-command-failed', `asterisk -rx '${command}': ${(stderr || stdout).trim()}`)
  // Its client complains about the missing network card before it answers.
  return stdout.replace(/^No ethernet interface.*\n/, '')
}

/** Starts Asterisk and resolves, with its process, when it is fully booted. Throws a SetupFailure with its last words. */
export async function startAsterisk(root = sandboxRoot()) {
  // -f keeps the process in the foreground, so that its end is seen; -U drops root.
  const args = [root, '/usr/sbin/asterisk', '-f', '-U', 'asterisk', '-G', 'asterisk']
  const child = spawn('chroot', args, { stdio: 'ignore', detached: true, cwd: '/' })
  child.once('error', () => {})
  child.unref()
  const deadlineAt = Date.now() + BOOT_TIMEOUT_MS
  while (!(await booted(root))) {
    if (child.exitCode !== null || child.signalCode !== null || Date.now() > deadlineAt) throw bootFailure(root)
    await delay(POLL_MS)
  }
  return child
}

/** @param {string} root */
async function booted(root) {
  const { stdout } = await exec('chroot', [root, '/usr/sbin/asterisk', '-rx', 'core waitfullybooted'])
  return stdout.includes('fully booted')
}

/** @param {string} root */
function bootFailure(root) {
  const errors = asteriskLog(root)
    .split('\n')
    .filter(line => /ERROR|WARNING/.test(line))
  return new SetupFailure(
    'asterisk-not-booted',
    `The private Asterisk did not start: ${errors.at(-1) ?? 'no message in its log'}`,
    1,
  )
}

/** What Asterisk logged so far in this run; empty before its first line. */
export function asteriskLog(root = sandboxRoot()) {
  try {
    return readFileSync(join(root, 'var/log/asterisk/messages'), 'utf8')
  } catch {
    return ''
  }
}

/** The process id of the running Asterisk, or undefined. */
export function asteriskPid(root = sandboxRoot()) {
  try {
    const pid = Number(readFileSync(join(root, 'run/asterisk/asterisk.pid'), 'utf8'))
    return isRunning(pid, root) ? pid : undefined
  } catch {
    return undefined
  }
}

// A killed child of the sandbox's first process may stay a zombie for a moment, which signal 0 takes for alive.
/**
 * @param {number} pid
 * @param {string} root
 */
function isRunning(pid, root) {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(join(root, `proc/${pid}/status`), 'utf8'))
  } catch {
    return false
  }
}

/**
 * Ends Asterisk as a crash would (SIGKILL), or with another signal; resolves when it is gone.
 * @param {NodeJS.Signals} signal
 */
export async function killAsterisk(signal = 'SIGKILL', root = sandboxRoot()) {
  const pid = asteriskPid(root)
  if (pid === undefined) return
  process.kill(pid, signal)
  const deadlineAt = Date.now() + STOP_TIMEOUT_MS
  while (isRunning(pid, root) && Date.now() < deadlineAt) await delay(POLL_MS)
}

/** Stops Asterisk in an orderly way, hanging up every channel; resolves when it is gone. */
export async function stopAsterisk(root = sandboxRoot()) {
  await killAsterisk('SIGTERM', root)
  await killAsterisk('SIGKILL', root)
}

/** A stop and a start; AstDB and the log of this run survive it. */
export async function restartAsterisk(root = sandboxRoot()) {
  await stopAsterisk(root)
  return startAsterisk(root)
}
