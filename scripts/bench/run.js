// Runs inside the sandbox beside a private Asterisk, one measurement after the other. Started by ../bench.js with its
// options as JSON; prints the one JSON object.
import { asteriskCommand } from '../lib/asterisk.js'
import { exitOnFailure } from '../lib/failure.js'
import { measureAgents } from './agents.js'
import { measureBackup } from './backupBeside.js'
import { measureBridging } from './bridging.js'
import { measureBrowserPhone } from './browserPhone.js'
import { loadNow, machineFacts, round } from './facts.js'
import { measureImporting } from './importing.js'
import { measureOriginates } from './originates.js'
import { measurePacing } from './pacing.js'
import { measureRace } from './race.js'

/** @import { Policy } from './pacingScenario.js' */

/**
 * @typedef {{ seconds: number, agents: number, repeats: number, policies: Policy[], calls: number, reloads: number, rows: number, numbers: number }} Options
 * @typedef {{ daemon: number, asterisk: number, seconds: number }} Aside what went on beside the calls, ms a second, and how long
 * @typedef {{ attempts: number, daemon: number, asterisk: number, aside?: Aside }} Cpu in ms
 * @typedef {{ entries: object, cpu?: Cpu }} Measured
 * @typedef {ReturnType<typeof perCall>} CpuPerCall
 */

/** @type {Readonly<Record<string, (options: Options) => Promise<Measured>>>} */
const MEASUREMENTS = {
  ...{ originates: measureOriginates, bridging: measureBridging, agents: measureAgents },
  ...{ importing: measureImporting, backup: measureBackup },
  ...{ pacing: measurePacing, race: measureRace, browserPhone: measureBrowserPhone },
}

exitOnFailure(main(JSON.parse(process.argv[2] ?? '{}')))

/** @param {Options & { runs: string[] }} options */
async function main({ runs, ...options }) {
  const machine = { ...machineFacts(), asterisk: await asteriskVersion() }
  /** @type {Record<string, unknown>} */
  const entries = {}
  /** @type {Record<string, CpuPerCall>} */
  const cpu = {}
  for (const name of runs) {
    process.stderr.write(`Measuring: ${name} ...\n`)
    const result = await measurementOf(name)(options)
    Object.assign(entries, result.entries)
    if (result.cpu !== undefined) cpu[name] = perCall(result.cpu)
  }
  if (Object.keys(cpu).length > 0) entries.daemonCpuPerCall = daemonCpu(cpu)
  const facts = { ...machine, loadAfter: loadNow() }
  process.stdout.write(`${JSON.stringify({ machine: facts, ...entries }, null, 2)}\n`)
}

/** @param {string} name */
function measurementOf(name) {
  const measurement = MEASUREMENTS[name]
  if (measurement === undefined) throw new RangeError(`there is no measurement "${name}"`)
  return measurement
}

/** @param {Cpu} cpu */
function perCall({ attempts, daemon, asterisk, aside }) {
  const whole = {
    attempts,
    daemonMs: daemon,
    perCallMs: round(daemon / attempts),
    asteriskPerCallMs: round(asterisk / attempts),
  }
  if (aside === undefined) return whole
  return {
    ...whole,
    // Fewer calls on a busy machine make the first two dearer, and these not.
    agentsAloneMsASecond: { daemon: round(aside.daemon), asterisk: round(aside.asterisk) },
    callAloneMs: {
      daemon: round((daemon - aside.daemon * aside.seconds) / attempts),
      asterisk: round((asterisk - aside.asterisk * aside.seconds) / attempts),
    },
  }
}

/**
 * In each run from the start of dialing until the last call has ended; the import and the log-ins are before it.
 * @param {Readonly<Record<string, CpuPerCall>>} byRun
 */
function daemonCpu(byRun) {
  return {
    reach: 'daemon CPU per call, store included: refused (originates) <= 2 ms, bridged (bridging) <= 4 ms',
    measured: Object.fromEntries(Object.entries(byRun).map(([name, { perCallMs }]) => [name, perCallMs])),
    byRun,
  }
}

async function asteriskVersion() {
  return /Asterisk (\S+)/.exec(await asteriskCommand('core show version'))?.[1] ?? 'unknown'
}
