import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { SetupFailure } from './failure.js'
import { runNamespaces } from './namespaces.js'
import { ASTERISK_TREE } from './paths.js'
import { assertSandboxPossible, sandboxInstalled } from './sandboxInstall.js'

const INSIDE = fileURLToPath(new URL('../sandboxInside.js', import.meta.url))
/** @type {readonly NodeJS.Signals[]} */
const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP']

/**
 * Runs a command beside a freshly booted private Asterisk and resolves with the command's exit code.
 * Throws a SetupFailure when the sandbox cannot be had here.
 * @param {readonly string[]} command
 * @param {{ env?: Readonly<Record<string, string>>, onLine?: (line: string) => void, onNetwork?: (pid: number) => Promise<void> }} [options]
 * `onLine` takes standard output; `onNetwork` is told a process of the private network once there is one
 */
export async function runInSandbox(command, { env = {}, onLine, onNetwork } = {}) {
  assertSandboxPossible()
  if (!sandboxInstalled())
    throw new SetupFailure('not-installed', `No Asterisk in ${ASTERISK_TREE}: run "npm run sandbox install".`)
  const { args, isPrivate } = await runNamespaces()
  // The inner process is the first of its pid namespace: when it ends, the kernel ends everything else in there.
  const child = spawn('unshare', [...args, process.execPath, INSIDE, isPrivate ? 'private' : 'shared', ...command], {
    stdio: ['inherit', onLine ? 'pipe' : 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, ...env },
  })
  if (onLine && child.stdout) createInterface({ input: child.stdout }).on('line', onLine)
  const { pid } = child
  if (onNetwork && pid !== undefined) child.once('message', () => void onNetwork(pid))
  const stopForwarding = forwardSignals(child)
  try {
    return await exitCode(child)
  } finally {
    stopForwarding()
  }
}

// unshare keeps our signals from its child, so they travel over the channel. On a terminal Ctrl-C has already reached
// the whole group: sending it again would look like a second, impatient Ctrl-C.
/** @param {import('node:child_process').ChildProcess} child */
function forwardSignals(child) {
  const listeners = FORWARDED.map(signal => {
    const listener = () => {
      if (child.connected && !(signal === 'SIGINT' && process.stdin.isTTY)) child.send({ signal })
    }
    process.on(signal, listener)
    return /** @type {const} */ ([signal, listener])
  })
  return () => {
    for (const [signal, listener] of listeners) process.off(signal, listener)
  }
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<number>}
 */
function exitCode(child) {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve(signal ? 137 : (code ?? 1)))
  })
}
