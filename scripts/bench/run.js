// Runs inside the sandbox beside a private Asterisk, one measurement after the other. Started by ../bench.js with its
// options as JSON; prints the one JSON object.
import { asteriskCommand } from '../lib/asterisk.js'
import { exitOnFailure } from '../lib/failure.js'
import { measureAgents } from './agents.js'
import { measureBridging } from './bridging.js'
import { loadNow, machineFacts, round } from './facts.js'
import { measureImporting } from './importing.js'
import { measureOriginates } from './originates.js'
import { measurePacing } from './pacing.js'
import { measureRace } from './race.js'

const MEASUREMENTS = {
  ...{ originates: measureOriginates, bridging: measureBridging, agents: measureAgents },
  importing: measureImporting,
  ...{ pacing: measurePacing, race: measureRace },
}

exitOnFailure(main(JSON.parse(process.argv[2] ?? '{}')))

async function main({ runs, ...options }) {
  const machine = { ...machineFacts(), asterisk: await asteriskVersion() }
  const entries = {}
  const cpu = {}
  for (const name of runs) {
    process.stderr.write(`Measuring: ${name} ...\n`)
    const result = await MEASUREMENTS[name](options)
    Object.assign(entries, result.entries)
    if (result.cpu !== undefined) cpu[name] = perCall(result.cpu)
  }
  if (Object.keys(cpu).length > 0) entries.daemonCpuPerCall = daemonCpu(cpu)
  machine.loadAfter = loadNow()
  process.stdout.write(`${JSON.stringify({ machine, ...entries }, null, 2)}\n`)
}

function perCall({ attempts, daemon, asterisk }) {
  return {
    attempts,
    daemonMs: daemon,
    perCallMs: round(daemon / attempts),
    asteriskPerCallMs: round(asterisk / attempts),
  }
}

/** In each run from the start of dialing until the last call has ended; the import and the log-ins are before it. */
function daemonCpu(byRun) {
  return {
    reach: 'daemon CPU per call, store included: <= 2 ms',
    measured: Object.fromEntries(Object.entries(byRun).map(([name, { perCallMs }]) => [name, perCallMs])),
    byRun,
  }
}

async function asteriskVersion() {
  return /Asterisk (\S+)/.exec(await asteriskCommand('core show version'))?.[1] ?? 'unknown'
}
