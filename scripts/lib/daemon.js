// The product's own daemon beside the sandbox's Asterisk, as an operator would run it: a configuration file and `serve`.
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SetupFailure } from './failure.js'
import { PROJECT } from './paths.js'

/**
 * The product's daemon beside the sandbox's Asterisk.
 * @typedef {object} Daemon
 * @property {string} url
 * @property {string} token
 * @property {number} pid
 * @property {string} logFile
 * @property {string} config the configuration file it runs on
 * @property {Promise<void>} exited when it has ended
 * @property {(signal: NodeJS.Signals) => Promise<void>} kill
 * @property {() => Promise<void>} stop in order
 *
 * @typedef {Readonly<Record<string, unknown>>} Settings
 */

const PORT = 7420
/** Invented Americans on a carrier of our own may be called at any hour, have permitted it, and stand on no registry. */
const SIGNED = { by: 'the sandbox', reason: 'invented numbers on a carrier of its own, at whatever hour it runs' }
const MOOT = ['hours', 'do-not-call-list', 'consent']
/** A place without any hours is one without rules. */
const COUNTRY_HOURS = ['US-FTC/hours', 'US-FCC/hours', 'US-FCC/hours-not-sales']
const ALL_DAY = { hours: { 'mon-sun': '00:00-24:00' } }

/**
 * The rules of the sandbox's daemon. For measurements that let people wait on purpose, no law counts who is abandoned.
 * @param {{ abandonment?: boolean }} options
 */
export async function sandboxRules({ abandonment = true } = {}) {
  const { loadRuleBook } = await import('#dialwright/rules/ruleBook.js')
  const moot = abandonment ? MOOT : [...MOOT, 'abandonment']
  const american = loadRuleBook().jurisdictions.filter(({ jurisdictionId }) => jurisdictionId.startsWith('US-'))
  const rules = american.flatMap(each => each.rules).filter(({ kind }) => moot.includes(kind))
  const change = (/** @type {string} */ rule) => (COUNTRY_HOURS.includes(rule) ? { set: ALL_DAY } : { off: true })
  return { overrides: rules.map(({ ruleId }) => ({ rule: ruleId, ...SIGNED, ...change(ruleId) })) }
}

/** @type {ReturnType<typeof sandboxRules> | undefined} */
let rulesOnce

const CALLER_IDS = ['+12025550100', '+12025550101']

/**
 * Writes the configuration into `folder` and starts the daemon on it. Starting it again in the same folder goes on with
 * the same store.
 * @param {{ folder: string, agents: readonly string[], trunk?: Settings, more?: Settings, project?: string, from?: Daemon | undefined }} options `more`
 * replaces parts of the file; `project`: another clone, of another version; `from`: the daemon there that it is to take over from
 * @returns {Promise<Daemon>}
 */
export async function startDaemon({ folder, agents, trunk = {}, more = {}, project = PROJECT, from }) {
  mkdirSync(folder, { recursive: true })
  const token = from?.token ?? randomBytes(24).toString('base64url')
  const file = join(folder, 'dialwright.yaml')
  // JSON is YAML.
  // Read once: whoever measures a restart measures the daemon's.
  rulesOnce ??= sandboxRules()
  const settings = { ...config({ agents, trunk, token }), rules: await rulesOnce, ...more }
  writeFileSync(file, JSON.stringify(settings, null, 2), { mode: 0o600 })
  const logFile = join(folder, 'daemon.log')
  const log = openSync(logFile, 'a')
  const launcher = join(project, 'bin', 'dialwright.js')
  const args = [launcher, '--config', file, 'serve', '--grace', '1s']
  if (from !== undefined) args.push('--take-over')
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', log] })
  closeSync(log)
  /** @type {Promise<void>} */
  const exited = new Promise(done => child.once('exit', () => done()))
  const ready = new Promise(done => child.stdout?.once('data', done))
  const died = exited.then(() => {
    const reason = readFileSync(logFile, 'utf8').trim().split('\n').slice(-3).join(' ')
    throw new SetupFailure('daemon', `The daemon ended: ${reason}`, 1)
  })
  died.catch(() => {})
  await Promise.race([ready, died])
  /** @param {NodeJS.Signals} signal */
  async function kill(signal) {
    child.kill(signal)
    if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') await exited
  }
  return {
    url: `http://127.0.0.1:${PORT}`,
    token,
    logFile,
    config: file,
    pid: pidOf(child),
    exited,
    kill,
    stop: () => kill('SIGTERM'),
  }
}

/**
 * A program that could be started has a number.
 * @param {import('node:child_process').ChildProcess} child
 */
function pidOf({ pid }) {
  if (pid === undefined) throw new SetupFailure('daemon', 'The daemon cannot be started.', 1)
  return pid
}

/** @param {{ agents: readonly string[], trunk: Settings, token: string }} options */
function config({ agents, trunk, token }) {
  const login = { user: process.env.DIALWRIGHT_SANDBOX_USER, secret: process.env.DIALWRIGHT_SANDBOX_SECRET }
  const [host, port] = (process.env.DIALWRIGHT_SANDBOX_AMI ?? '').split(':')
  const way = { id: 'main', dialString: 'PJSIP/{number}@trunk-main', stripPlus: true, callerIds: CALLER_IDS }
  return {
    nodes: [
      {
        id: 'pbx',
        ami: { host, port: Number(port), ...login },
        ari: { url: process.env.DIALWRIGHT_SANDBOX_ARI, ...login },
      },
    ],
    trunks: [{ ...way, channels: 300, callsPerSecond: 30, ...trunk }],
    agents: agents.map(id => ({ id, name: `Agent ${id}` })),
    api: { port: PORT, token },
    store: { path: 'dialwright.db' },
    log: { level: 'warn' },
    debugInvariants: true,
  }
}
