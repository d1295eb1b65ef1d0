#!/usr/bin/env node
// `npm run bench:metrics`: what being scraped by Prometheus costs a daemon at work. Prints one JSON object and asserts nothing. Nobody is
// dialed: the PBX is simulated.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { machineFacts } from './bench/facts.js'
import { cpuMsDuring, importLeads, readWholeNumbers, startCampaigns, startHelper } from './bench/simulatedFloor.js'
import { bootstrap } from './bootstrap.js'
import { createApi } from './lib/api.js'
import { exitOnFailure, SetupFailure } from './lib/failure.js'

const HELP = `Usage: npm run bench:metrics -- [options]

A daemon on the simulated PBX, in real time. Windows with and without scraping alternate; the difference of their CPU times, divided by
the scrapes, is what one scrape costs, in whichever thread. The scraper is a process of its own. \`quiet\`: the agents wait and nothing is
dialed, so that the difference is the scrapes' alone; \`dialing\`: calls are made, whose number differs from window to window.

  --agents N      agents on the line (default 200)
  --campaigns N   campaigns at work (default 5)
  --windows N     pairs of windows (default 6)
  --seconds N     length of a window (default 5)
  --scrapes N     scrapes in a window, evenly spread (default 50)
  --help          this text
`

/** As the example configuration is meant to be asked at most. */
const EVERY_SECONDS = 5

exitOnFailure(main())

async function main() {
  const options = readOptions()
  if (options === undefined) return void process.stdout.write(HELP)
  await bootstrap()
  const { startSimulatedPbx } = await import('./demo/simulatedPbx.js')
  const folder = mkdtempSync(join(tmpdir(), 'dialwright-bench-'))
  const world = await startSimulatedPbx({ folder, agents: options.agents })
  const scraper = startHelper('scraper.js', world.api)
  try {
    const api = createApi(world.api)
    const ids = await startCampaigns(api, { agents: world.agents, campaigns: options.campaigns })
    // The library's first look at the process is not counted.
    await scraper.ask({ scrapes: 10, everyMs: 10 })
    process.stderr.write('agents wait for leads ...\n')
    const quiet = await measure(scraper, options)
    for (const [index, id] of ids.entries()) await importLeads(api, id, index)
    process.stderr.write('calls are made ...\n')
    await delay(10_000)
    const dialing = await measure(scraper, options)
    process.stdout.write(`${JSON.stringify({ machine: machineFacts(), ...options, quiet, dialing }, null, 2)}\n`)
  } finally {
    scraper.close()
    // What the disk has not taken of the last calls goes with the folder.
    await world.stop().catch(() => {})
    rmSync(folder, { recursive: true, force: true })
  }
}

/** @typedef {{ agents: number, campaigns: number, windows: number, seconds: number, scrapes: number }} Options */

/**
 * @param {ReturnType<typeof startHelper>} scraper
 * @param {Options} options
 */
async function measure(scraper, { windows, seconds, scrapes }) {
  const costs = []
  /** @type {Scraped[]} */
  const told = []
  for (let pair = 0; pair < windows; pair += 1) {
    process.stderr.write(`windows ${pair + 1} of ${windows} ...\n`)
    const without = await cpuMsDuring(() => delay(seconds * 1000))
    const during = await cpuMsDuring(async () => {
      told.push(await scraper.ask({ scrapes, everyMs: (seconds * 1000) / scrapes }))
    })
    costs.push((during - without) / scrapes)
  }
  const cpuMsPerScrape = costs.reduce((sum, one) => sum + one, 0) / costs.length
  const answersMs = told.flatMap(one => one.answersMs).sort((one, other) => one - other)
  const [last] = told.slice(-1)
  return {
    cpuMsPerScrape: round(cpuMsPerScrape),
    cpuMsPerScrapeByPair: costs.map(round),
    [`shareOfACoreScrapedEach${EVERY_SECONDS}s`]: round(cpuMsPerScrape / (EVERY_SECONDS * 1000)),
    answerMsHalf: round(answersMs[Math.floor(answersMs.length / 2)] ?? Number.NaN),
    answerMs99: round(answersMs[Math.floor(answersMs.length * 0.99)] ?? Number.NaN),
    series: last?.series,
    bytes: last?.bytes,
  }
}

/** @param {number} value */
function round(value) {
  return Number(value.toPrecision(3))
}

/** @typedef {{ answersMs: readonly number[], series: number, bytes: number }} Scraped */

/** @returns {Options | undefined} */
function readOptions() {
  const options = readWholeNumbers({ agents: 200, campaigns: 5, windows: 6, seconds: 5, scrapes: 50 })
  if (options !== undefined && options.campaigns > 10)
    throw new SetupFailure('usage', 'There are at most 10 campaigns.', 2)
  return options
}
