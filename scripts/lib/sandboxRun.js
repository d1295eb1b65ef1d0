import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { exec } from './exec.js'
import { SetupFailure } from './failure.js'
import { ASTERISK_TREE } from './paths.js'
import { assertSandboxPossible, sandboxInstalled } from './sandboxInstall.js'

const INSIDE = fileURLToPath(new URL('../sandboxInside.js', import.meta.url))
const NAMESPACES = ['--mount', '--net', '--pid', '--ipc', '--uts', '--fork', '--kill-child']
const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP']

/**
 * Runs a command beside a freshly booted private Asterisk and resolves with the command's exit code.
 * Throws a SetupFailure when the sandbox cannot be had here.
 */
export async function runInSandbox(command, options = {}) {
  await assertSandboxUsable()
  // The inner process is the first of its pid namespace: when it ends, the kernel ends everything else in there.
  const child = spawn('unshare', [...NAMESPACES, process.execPath, INSIDE, ...command], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, ...options.env },
  })
  const stopForwarding = forwardSignals(child)
  try {
    return await exitCode(child)
  } finally {
    stopForwarding()
  }
}

async function assertSandboxUsable() {
  assertSandboxPossible()
  if (!sandboxInstalled())
    throw new SetupFailure('not-installed', `No Asterisk in ${ASTERISK_TREE}: run "npm run sandbox install".`)
  const { code, stderr } = await exec('unshare', [...NAMESPACES, 'true'])
  if (code !== 0)
    throw new SetupFailure('no-namespaces', `This machine allows no private namespaces (${stderr.trim()}): use --sim.`)
}

// unshare keeps our signals from its child, so they travel over the channel. On a terminal Ctrl-C has already reached
// the whole group: sending it again would look like a second, impatient Ctrl-C.
function forwardSignals(child) {
  const listeners = FORWARDED.map(signal => {
    const listener = () => {
      if (child.connected && !(signal === 'SIGINT' && process.stdin.isTTY)) child.send({ signal })
    }
    process.on(signal, listener)
    return [signal, listener]
  })
  return () => {
    for (const [signal, listener] of listeners) process.off(signal, listener)
  }
}

function exitCode(child) {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => resolve(signal ? 137 : code))
  })
}
