#!/usr/bin/env node
// `npm run bench:asterisk`, `bench:pacing`, `bench:race` and `bench:store`: sets everything up, measures, and prints one
// JSON object on standard output. It measures and asserts nothing: a time that passes here may not pass on a busy machine.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { loadNow, machineFacts } from './bench/facts.js'
import { bootstrap } from './bootstrap.js'
import { exitOnFailure, SetupFailure } from './lib/failure.js'
import { PROJECT } from './lib/paths.js'
import { runInSandbox } from './lib/sandboxRun.js'

const RUNS = ['originates', 'bridging', 'agents', 'importing']

const POLICIES = ['progressive', 'ratio', 'predictive']

const HELP = `Usage: node scripts/bench.js asterisk|pacing|race|store [options]

asterisk    dials invented numbers on a private Asterisk that can reach nobody, with SIPp as carrier and softphones
            (root, Debian)
  --only NAME     one run only: originates, bridging, agents, importing, or backup, which nothing else runs: a backup beside
                  30 calls a second (--rows attempts, default 2000000, and --numbers of a list, default 50000000)
  --seconds S     how long each run measures, 5 to 600 (default: originates 60, bridging 60, agents 30,
                  importing 40 alone and 40 beside an import)

pacing      dials the same people under several policies at the same time, on the private Asterisk with times compressed,
            and puts occupancy and abandonment beside the simulator's forecast
  --only NAMES    policies, with commas: ${POLICIES.join(',')} (default: all three)
  --agents N      agents a policy, 1 to 60 (default 20)
  --seconds S     how long each repeat dials, 30 to 3600 (default 600)
  --repeats N     1 to 30 (default 5); all of it takes repeats x (seconds + half a minute)

race        people who answer in the moment in which we hang up: what became of each, by the carrier's log
  --calls N       10 to 5000 (default 500), some 25 s a hundred

store       imports, do-not-call look-ups, call records and the ledger on a database of its own
  --only NAME     one part only: leads, do-not-call, calls, ledger, backup or archive
  --rows N        how many rows; --folder DIR: where
  --numbers N     how many numbers the do-not-call list has (default 250000000: 2 minutes and 1 GB of memory)
  --order ORDER   scattered (default) or ascending: how they come

  --help          this text

One JSON object goes to standard output, progress to standard error.
`

exitOnFailure(main(process.argv.slice(2)))

/** @param {string[]} args */
async function main([what, ...rest]) {
  if (rest.includes('--help') || what === '--help') return void process.stdout.write(HELP)
  if (what === 'asterisk') return benchAsterisk(readOptions(rest))
  if (what === 'pacing') return benchAsterisk(pacingOptions(rest))
  if (what === 'race') return benchAsterisk(raceOptions(rest))
  if (what === 'store') return benchStore(storeArguments(rest))
  throw new SetupFailure(
    'usage',
    `Name what to measure, asterisk, pacing, race or store: see node scripts/bench.js --help`,
    2,
  )
}

/** @param {object} options */
async function benchAsterisk(options) {
  await bootstrap({ sandbox: true })
  const runner = join(PROJECT, 'scripts', 'bench', 'run.js')
  process.exitCode = await runInSandbox(['node', runner, JSON.stringify(options)])
}

/**
 * The store's own program prints its figures; here they get the facts of the machine beside them.
 * @param {string[]} args
 */
async function benchStore(args) {
  await bootstrap()
  const before = machineFacts()
  const { code, stdout } = await collect([join(PROJECT, 'scripts', 'bench-store.js'), ...args])
  process.exitCode = code
  if (code !== 0) return
  const machine = { ...before, loadAfter: loadNow() }
  process.stdout.write(`${JSON.stringify({ machine, ...JSON.parse(stdout) }, null, 2)}\n`)
}

/**
 * @param {string[]} args
 * @returns {Promise<{ code: number, stdout: string }>}
 */
function collect(args) {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    let stdout = ''
    child.stdout.setEncoding('utf8').on('data', text => (stdout += text))
    child.once('error', fail)
    child.once('close', code => done({ code: code ?? 1, stdout }))
  })
}

/**
 * `--only leads` and `leads` are the same to the reader; the store's program knows the second.
 * @param {string[]} args
 */
function storeArguments(args) {
  const at = args.indexOf('--only')
  return at === -1 ? args : [args[at + 1] ?? 'all', ...args.slice(0, at), ...args.slice(at + 2)]
}

/** @param {string[]} args */
function readOptions(args) {
  const { only, seconds, rows, numbers } = parse(args, ['only', 'seconds', 'rows', 'numbers'])
  const known = [...RUNS, 'backup']
  if (only !== undefined && !known.includes(only))
    throw new SetupFailure('usage', `--only takes ${known.join(', ')}, not "${only}".`, 2)
  return {
    runs: only === undefined ? RUNS : [only],
    seconds: seconds === undefined ? undefined : whole('seconds', seconds, [5, 600]),
    rows: rows === undefined ? undefined : whole('rows', rows, [1, 100_000_000]),
    numbers: numbers === undefined ? undefined : whole('numbers', numbers, [0, 250_000_000]),
  }
}

/** @param {string[]} args */
function pacingOptions(args) {
  const { only, agents = '20', seconds = '600', repeats = '5' } = parse(args, ['only', 'agents', 'seconds', 'repeats'])
  const policies = only === undefined ? POLICIES : only.split(',')
  const stranger = policies.find(policy => !POLICIES.includes(policy))
  if (stranger !== undefined)
    throw new SetupFailure('usage', `--only takes ${POLICIES.join(', ')}, not "${stranger}".`, 2)
  return {
    ...{ runs: ['pacing'], policies, agents: whole('agents', agents, [1, 60]) },
    ...{ seconds: whole('seconds', seconds, [30, 3600]), repeats: whole('repeats', repeats, [1, 30]) },
  }
}

/** @param {string[]} args */
function raceOptions(args) {
  const { calls = '500' } = parse(args, ['calls'])
  return { runs: ['race'], calls: whole('calls', calls, [10, 5000]) }
}

/**
 * @param {string} name
 * @param {string} written
 * @param {readonly [min: number, max: number]} bounds
 */
function whole(name, written, [min, max]) {
  const value = Number(written)
  if (Number.isInteger(value) && value >= min && value <= max) return value
  throw new SetupFailure('usage', `--${name} takes a whole number from ${min} to ${max}, not "${written}".`, 2)
}

/**
 * @param {string[]} args
 * @param {readonly string[]} names
 * @returns {{ [name: string]: string | undefined }}
 */
function parse(args, names) {
  try {
    const text = /** @type {const} */ ({ type: 'string' })
    return parseArgs({ args, options: Object.fromEntries(names.map(name => [name, text])) }).values
  } catch (error) {
    throw new SetupFailure(
      'usage',
      `${error instanceof Error ? error.message : error} See node scripts/bench.js --help`,
      2,
    )
  }
}
