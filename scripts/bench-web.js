#!/usr/bin/env node
// `npm run bench:web`: what agents' pages cost a daemon at work, and how late they hear. Prints one JSON object and asserts nothing. Nobody
// is dialed: the PBX is simulated.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { machineFacts, percentiles, round } from './bench/facts.js'
import { measureInteractive } from './bench/interactive.js'
import {
  busyFloor,
  cpuMsDuring,
  importLeads,
  readWholeNumbers,
  startCampaigns,
  startHelper,
} from './bench/simulatedFloor.js'
import { bootstrap } from './bootstrap.js'
import { createApi } from './lib/api.js'
import { exitOnFailure, SetupFailure } from './lib/failure.js'
import { PROJECT } from './lib/paths.js'
import { runInSandbox } from './lib/sandboxRun.js'

const HELP = `Usage: npm run bench:web -- [options]

A daemon on the simulated PBX, in real time, with an event reader for each agent as their page has one, in a process of its own.
\`pages\`: windows without readers, with an agent's page each, and with boards beside these take turns; \`lateMs\` is from an agent's
change of state to its patch at the reader.
\`reads\`: 1 000 requests a second for single agents on ten connections, beside the dialing. \`bytes\`: what a first load takes, compressed.
\`interactiveMs\`: from the navigation to the first thing that can be pressed, on a slowed processor (chromium). \`phone\`: the phone in the page on
a private Asterisk (root, Debian): from the answer, as the carrier has it, until both hear each other, and the same from a reload in mid-call.

  --agents N      agents on the line, each with a page (default 200)
  --boards N      boards that are open beside them (default 20)
  --windows N     rounds of windows (default 4)
  --seconds N     length of a window (default 10)
  --calls N       calls of the phone in the page (default 50, some 3 s each)
  --reloads N     reloads in a call (default 20)
  --help          this text
`

/** What programs of a large house ask for. */
const READS_PER_SECOND = 1_000

exitOnFailure(main())

async function main() {
  const options = readWholeNumbers({ agents: 200, boards: 20, windows: 4, seconds: 10, calls: 50, reloads: 20 })
  if (options === undefined) return void process.stdout.write(HELP)
  await bootstrap()
  const { startSimulatedPbx } = await import('./demo/simulatedPbx.js')
  const folder = mkdtempSync(join(tmpdir(), 'dialwright-bench-'))
  const world = await startSimulatedPbx({ folder, agents: options.agents, ...busyFloor })
  const readers = startHelper('pageReaders.js', world.api)
  try {
    const api = createApi(world.api)
    const ids = await startCampaigns(api, { agents: world.agents, campaigns: 5 })
    for (const [index, id] of ids.entries()) await importLeads(api, id, index)
    process.stderr.write('calls are made ...\n')
    await delay(15_000)
    const pages = await measurePages({ readers, api, agents: world.agents, options })
    const reads = await measureReads({ readers, api, agents: world.agents, options })
    process.stderr.write('first loads ...\n')
    const { bytes, interactiveMs } = await measureInteractive({
      api,
      url: world.api.url,
      agentId: world.agents[0] ?? '',
    })
    await world.stop()
    const phone = await measurePhone(options)
    const figures = { pages, reads, bytes, interactiveMs, phone }
    process.stdout.write(`${JSON.stringify({ machine: machineFacts(), ...options, ...figures }, null, 2)}\n`)
  } finally {
    readers.close()
    await world.stop().catch(() => {})
    rmSync(folder, { recursive: true, force: true })
  }
}

/** @typedef {{ agents: number, boards: number, windows: number, seconds: number, calls: number, reloads: number }} Options */
/** @typedef {{ readers: ReturnType<typeof startHelper>, api: import('./lib/api.js').Api, agents: readonly string[], options: Options }} Bench */

/**
 * In the sandbox, which prints one JSON object.
 * @param {Options} options
 */
async function measurePhone({ calls, reloads }) {
  await bootstrap({ sandbox: true })
  const runner = join(PROJECT, 'scripts', 'bench', 'run.js')
  const order = JSON.stringify({ runs: ['browserPhone'], calls, reloads })
  /** @type {string[]} */
  const lines = []
  const code = await runInSandbox(['node', runner, order], { onLine: line => void lines.push(line) })
  if (code !== 0) throw new SetupFailure('phone', `The phone in the page could not be measured (${code}).`, 1)
  const { machine: _, ...figures } = JSON.parse(lines.join('\n'))
  return figures
}

/** @param {Bench} bench */
async function measurePages({ readers, api, agents, options: { boards, windows, seconds } }) {
  const costs = {
    alone: /** @type {number[]} */ ([]),
    pages: /** @type {number[]} */ ([]),
    all: /** @type {number[]} */ ([]),
  }
  /** @type {number[]} */
  const lateMs = []
  /** @type {number[]} */
  const boardLateMs = []
  let connected = 0
  const followed = async (/** @type {number} */ count) => {
    const told = await readers.ask({ kind: 'follow', agents, boards: count, seconds })
    lateMs.push(...told.lateMs)
    boardLateMs.push(...told.boardLateMs)
  }
  for (let turn = 0; turn < windows; turn += 1) {
    process.stderr.write(`windows ${turn + 1} of ${windows} ...\n`)
    costs.alone.push(await cpuMsDuring(() => delay(seconds * 1000)))
    const before = await connectedSoFar(api)
    costs.pages.push(await cpuMsDuring(() => followed(0)))
    costs.all.push(await cpuMsDuring(() => followed(boards)))
    connected += (await connectedSoFar(api)) - before
  }
  const share = (/** @type {readonly number[]} */ cpuMs) =>
    cpuMs.reduce((sum, one) => sum + one, 0) / cpuMs.length / (seconds * 1000)
  const [alone, pages, all] = [share(costs.alone), share(costs.pages), share(costs.all)]
  return {
    bridgedPerSecond: round(connected / windows / (2 * seconds), 1),
    lateMs: percentiles(lateMs),
    boardLateMs: percentiles(boardLateMs),
    shareOfACore: {
      withoutPages: round(alone, 4),
      withPages: round(pages, 4),
      withBoardsToo: round(all, 4),
      ofPages: round(pages - alone, 4),
      ofPagesAndBoards: round(all - alone, 4),
    },
  }
}

/** @param {Bench} bench */
async function measureReads({ readers, api, agents, options: { seconds } }) {
  process.stderr.write('requests ...\n')
  const before = await attemptsSoFar(api)
  const { perSecond, tookMs } = await readers.ask({
    kind: 'read',
    agents,
    connections: 10,
    perSecond: READS_PER_SECOND,
    seconds,
  })
  const originatesPerSecond = ((await attemptsSoFar(api)) - before) / seconds
  return { perSecond, originatesPerSecond: round(originatesPerSecond, 1), tookMs: percentiles(tookMs) }
}

/** @param {import('./lib/api.js').Api} api */
const connectedSoFar = api => countersSoFar(api, 'connected')
/** @param {import('./lib/api.js').Api} api */
const attemptsSoFar = api => countersSoFar(api, 'attempts')

/**
 * @param {import('./lib/api.js').Api} api
 * @param {'connected' | 'attempts'} counter
 */
async function countersSoFar(api, counter) {
  /** @type {{ campaigns: readonly { counters: Record<string, number> }[] }} */
  const { campaigns } = await api.get('/v1/status')
  return campaigns.reduce((sum, { counters }) => sum + (counters[counter] ?? 0), 0)
}
