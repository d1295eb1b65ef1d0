#!/usr/bin/env node
// `npm run bench:sim`: what the pacing reaches in the simulator, beside the optimum and the rivals; one JSON object on
// standard output, progress on standard error. It measures and asserts nothing.
import { parseArgs } from 'node:util'
import { loadNow, machineFacts } from './bench/facts.js'
import { bootstrap } from './bootstrap.js'
import { exitOnFailure, SetupFailure } from './lib/failure.js'

const NAMES = [
  ...['speed', 'decision', 'realistic', 'memoryless', 'shifting', 'detection', 'windows', 'rest', 'withdrawal'],
  'rivals',
]

const HELP = `Usage: node scripts/bench-sim.js [--full] [--only NAME,...] [--scale X]

Runs the production engine in the simulator over the shipped scenarios, with all cores; about half an hour on two.

  --only NAMES  sections, with commas: ${NAMES.join(', ')}
  --full        the whole matrix: every rival, every size, 3 000 windows; many hours
  --scale X     multiplies the numbers of seeds, 0.05 to 10 (default 1): for a first look
  --help        this text
`

exitOnFailure(main(process.argv.slice(2)))

/** @param {string[]} args */
async function main(args) {
  const options = readOptions(args)
  if (options.help) return void process.stdout.write(HELP)
  await bootstrap()
  const { createSimulationPool } = await import('#dialwright/sim/study/pool.js')
  // What measures is built first: it comes from dist.
  const { SECTIONS } = await import('./bench/simSections.js')
  const startedAt = Date.now()
  const machine = machineFacts()
  const pool = createSimulationPool()
  /** @type {Record<string, unknown>} */
  const results = {}
  try {
    for (const name of options.sections) {
      const sectionStartedAt = Date.now()
      /** @param {string} text */
      const say = text => process.stderr.write(`${name}: ${text}\n`)
      results[name] = await SECTIONS[name]?.({ pool, say, full: options.full, scale: options.scale })
      say(`done in ${Math.round((Date.now() - sectionStartedAt) / 1000)} s`)
    }
  } finally {
    await pool.close()
  }
  const wallSec = Math.round((Date.now() - startedAt) / 1000)
  process.stdout.write(
    `${JSON.stringify({ machine: { ...machine, loadAfter: loadNow() }, full: options.full, scale: options.scale, wallSec, ...results }, null, 2)}\n`,
  )
}

/** @param {string[]} args */
function readOptions(args) {
  const { values } = parse(args)
  const sections = values.only?.split(',') ?? NAMES
  const unknown = sections.find(name => !NAMES.includes(name))
  if (unknown !== undefined) throw new SetupFailure('usage', `--only takes ${NAMES.join(', ')}, not "${unknown}".`, 2)
  const scale = Number(values.scale ?? 1)
  if (!(scale >= 0.05 && scale <= 10)) throw new SetupFailure('usage', '--scale takes a number from 0.05 to 10.', 2)
  return { sections, scale, full: values.full === true, help: values.help === true }
}

/** @param {string[]} args */
function parse(args) {
  const text = /** @type {const} */ ({ type: 'string' })
  const flag = /** @type {const} */ ({ type: 'boolean' })
  try {
    return parseArgs({ args, options: { only: text, full: flag, scale: text, help: flag } })
  } catch (error) {
    throw new SetupFailure(
      'usage',
      `${error instanceof Error ? error.message : error} See node scripts/bench-sim.js --help`,
      2,
    )
  }
}
