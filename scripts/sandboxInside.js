// The first process inside the namespaces of `sandbox run`: prepares the private Asterisk, runs the command, ends.
// Everything mounted or started here vanishes with this process.
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { constants } from 'node:os'
import { startAsterisk } from './lib/asterisk.js'
import { exec } from './lib/exec.js'
import { exitOnFailure, SetupFailure } from './lib/failure.js'
import { ASTERISK_TREE } from './lib/paths.js'
import { mountRun } from './lib/sandboxMounts.js'
import { SETTINGS, sandboxEnvironment } from './lib/sandboxSettings.js'

/** @typedef {{ deliver: ((signal: NodeJS.Signals) => void) | undefined }} Signals */

const KILL_AFTER_MS = 15_000

const ended = main(process.argv.slice(2))
exitOnFailure(ended)
// The channel to the outer half would keep a failed set-up waiting for ever.
ended.then(
  code => process.exit(code),
  () => setImmediate(() => process.exit()),
)

/** @param {string[]} args */
async function main([mounts, ...command]) {
  // Without its parent this process would keep a sandbox alive that nobody can reach.
  process.once('disconnect', () => process.exit(137))
  const signals = queueSignals()
  const secret = randomBytes(12).toString('hex')
  await nameHost()
  await loopbackUp()
  process.send?.('network')
  await mountRun(ASTERISK_TREE, { secret, hostMountsArePrivate: mounts === 'private' })
  await startAsterisk(ASTERISK_TREE)
  return runCommand(command, sandboxEnvironment(ASTERISK_TREE, secret), signals)
}

// Asterisk looks its own host name up when it writes an SDP: the tree's hosts file knows this one, no resolver is asked.
async function nameHost() {
  const { code, stderr } = await exec('hostname', [SETTINGS.hostName])
  if (code !== 0) throw new SetupFailure('no-host-name', `The sandbox gets no host name (${stderr.trim()}): use --sim.`)
}

async function loopbackUp() {
  const { code, stderr } = await exec('ip', ['link', 'set', 'lo', 'up'])
  if (code !== 0)
    throw new SetupFailure('no-loopback', `The sandbox's loopback stays down (${stderr.trim()}): use --sim.`)
}

/** A signal during set-up ends the sandbox; later ones go to the command, which may want to end in good order. */
function queueSignals() {
  /** @type {Signals} */
  const signals = { deliver: undefined }
  /** @param {NodeJS.Signals} signal */
  const take = signal => (signals.deliver ? signals.deliver(signal) : process.exit(128 + constants.signals[signal]))
  // Only the sandbox's outer half writes on this channel.
  process.on('message', message => take(/** @type {{ signal: NodeJS.Signals }} */ (message).signal))
  // The terminal's Ctrl-C reaches the command by itself; here it must only not end the sandbox under it.
  process.on('SIGINT', () => signals.deliver ?? take('SIGINT'))
  for (const signal of /** @type {const} */ (['SIGTERM', 'SIGHUP'])) process.on(signal, () => take(signal))
  return signals
}

/**
 * @param {string[]} command
 * @param {Readonly<Record<string, string>>} environment
 * @param {Signals} signals
 * @returns {Promise<number>}
 */
function runCommand([file = '', ...args], environment, signals) {
  return new Promise(resolve => {
    const child = spawn(file, args, { stdio: 'inherit', env: { ...process.env, ...environment } })
    signals.deliver = signal => {
      child.kill(signal)
      setTimeout(() => process.exit(128 + constants.signals[signal]), KILL_AFTER_MS).unref()
    }
    child.once('error', error => {
      process.stderr.write(`${file}: ${error.message}\n`)
      resolve(127)
    })
    child.once('exit', (code, signal) => resolve(signal ? 128 + constants.signals[signal] : (code ?? 1)))
  })
}
