#!/usr/bin/env node
// `npm run bench:compliance`: what the gate, the hopper, the count of a campaign and a file of cases cost. Prints one JSON object and
// asserts nothing. Numbers exist in this process alone and are never dialed.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { machineFacts } from './bench/facts.js'
import { bootstrap } from './bootstrap.js'
import { exitOnFailure, SetupFailure } from './lib/failure.js'

/** @typedef {'verdict' | 'gate' | 'hopper' | 'census' | 'ask'} RunName */

/** @type {readonly RunName[]} */
const RUNS = ['verdict', 'gate', 'hopper', 'census', 'ask']

const HELP = `Usage: npm run bench:compliance -- [options]

verdict     verdicts a second with the facts in hand, on one core
gate        facts and verdict a second, warm, beside a do-not-call list and leads with history
hopper      a refill of 1 000 leads, and what the event loop feels of it
census      campaign explain over all leads, with the gate asked meanwhile
ask         rules ask --cases over a file, cases a second

  --only NAMES    with commas: ${RUNS.join(',')} (default: all)
  --leads N       leads with history, for gate and census (default 1000000)
  --hopper N      leads in the hopper's database (default 5000000)
  --numbers N     numbers on the national do-not-call list (default 250000000: some minutes and 1 GB of memory)
  --cases N       cases in the file (default 100000)
  --folder DIR    where the databases are made (default: the system's folder for temporary files)
  --help          this text
`

exitOnFailure(main())

async function main() {
  const options = readOptions()
  if (options === undefined) return void process.stdout.write(HELP)
  await bootstrap()
  const { benchAsk } = await import('./bench/asking.js')
  const { benchVerdict, benchGate, benchHopper, benchCensus } = await import('./bench/gate.js')
  const folder = mkdtempSync(join(options.folder, 'dialwright-bench-'))
  /** @param {string} text */
  const say = text => process.stderr.write(`${text}\n`)
  const benches = { verdict: benchVerdict, gate: benchGate, hopper: benchHopper, census: benchCensus, ask: benchAsk }
  try {
    /** @type {Record<string, object>} */
    const results = { machine: machineFacts() }
    for (const name of options.only) {
      say(`${name} ...`)
      results[name] = await benches[name]({ ...options, folder, say })
    }
    process.stdout.write(`${JSON.stringify(results, null, 2)}\n`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * @param {string} name
 * @returns {RunName}
 */
function runNamed(name) {
  const run = RUNS.find(one => one === name)
  if (run !== undefined) return run
  throw new SetupFailure('usage', `There is no "${name}" to measure: name ${RUNS.join(', ')}.`, 2)
}

function readOptions() {
  const text = /** @type {const} */ ({ type: 'string' })
  const { values } = parseArgs({
    options: {
      only: text,
      leads: text,
      hopper: text,
      numbers: text,
      cases: text,
      folder: text,
      help: { type: 'boolean' },
    },
  })
  if (values.help) return undefined
  const only = values.only === undefined ? RUNS : values.only.split(',').map(runNamed)
  /** @type {(name: 'leads' | 'hopper' | 'numbers' | 'cases', otherwise: number) => number} */
  const count = (name, otherwise) => {
    const value = values[name] === undefined ? otherwise : Number(values[name])
    if (Number.isInteger(value) && value >= 1_000) return value
    throw new SetupFailure('usage', `--${name} must be a whole number from 1000.`, 2)
  }
  return {
    only,
    leads: count('leads', 1_000_000),
    hopper: count('hopper', 5_000_000),
    numbers: count('numbers', 250_000_000),
    cases: count('cases', 100_000),
    folder: values.folder ?? tmpdir(),
  }
}
