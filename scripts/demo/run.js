// The demo itself. Runs inside the sandbox beside a private Asterisk, or anywhere on the simulated PBX: the campaign,
// the API calls, the board and the summary are the same. Started by ../demo.js with its options as JSON.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { createApi } from '../lib/api.js'
import { exitOnFailure, SetupFailure } from '../lib/failure.js'
import { showBoard } from './board.js'
import { startLivePbx } from './livePbx.js'
import { inventPeople } from './people.js'
import { startScreens } from './screens.js'
import { startSimulatedPbx } from './simulatedPbx.js'
import { printSummary, summarise } from './summary.js'

const CAMPAIGN = 'demo'
/** After the last originate: set-up, the longest ring and a goodbye take 28 s at most; a slow machine gets as much again. */
const SETTLE_MS = 60_000

exitOnFailure(main(JSON.parse(process.argv[2] ?? '{}')))

async function main(options) {
  const folder = mkdtempSync(join(tmpdir(), 'dialwright-demo-'))
  const asked = interrupted()
  let world
  try {
    world = await (options.sim ? startSimulatedPbx : startLivePbx)({ folder, agents: options.agents })
    const summary = await campaign(world, { ...options, asked })
    printSummary(summary)
    if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(summary, null, 2)}\n`)
    process.exitCode = summary.mismatches === 0 ? 0 : 1
  } finally {
    await world?.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Ctrl-C ends the dialing, not the demo: the summary still comes. A second one ends it at once. */
function interrupted() {
  return new Promise(resolve => {
    let times = 0
    for (const signal of ['SIGINT', 'SIGTERM']) {
      process.on(signal, () => {
        times += 1
        if (times > 1) process.exit(130)
        resolve()
      })
    }
  })
}

async function campaign(world, { agents, leads, seconds, asked }) {
  const api = createApi(world.api)
  await api.put(`/v1/campaigns/${CAMPAIGN}`, settings())
  const list = leads === undefined ? await invented(agents, seconds) : { csv: readList(leads), doNotCall: '' }
  const imported = await importLists(api, list)
  await until(async () => (await api.get('/v1/status')).nodes.every(node => node.link === 'up'), 'the PBX is not up')
  const { occupancy } = await dial(api, { agents: world.agents, forMs: seconds * 1000, asked })
  const calls = await allCalls(api)
  await world.quiet()
  const carrier = await world.carrier()
  const { campaigns } = await api.get('/v1/status')
  return summarise({ calls, carrier, imported, campaign: campaigns[0], occupancy })
}

/** Logs the agents in, dials, and lets the calls end. The occupancy is that of the moment in which the dialing stops. */
async function dial(api, { agents, forMs, asked }) {
  const screens = startScreens(api)
  let board
  try {
    for (const agent of agents) await api.post(`/v1/agents/${agent}/login`, { campaign: CAMPAIGN })
    await until(async () => (await api.get('/v1/status')).agents.available === agents.length, 'agents are missing')
    await api.post(`/v1/campaigns/${CAMPAIGN}/start`)
    board = await showBoard(api)
    await waitFor(forMs, asked)
    const { campaigns } = await api.get('/v1/status')
    await settle(api, screens)
    return { occupancy: campaigns[0].occupancy }
  } finally {
    board?.close()
    screens.close()
  }
}

/** Some time, or until it is asked to end; leaves no timer behind. */
async function waitFor(ms, asked) {
  const ending = new AbortController()
  await Promise.race([pause(ms, ending.signal), asked])
  ending.abort()
}

function settings() {
  return {
    id: CAMPAIGN,
    name: 'Demo',
    pacing: { mode: 'predictive', abandonmentTarget: 0.027, abandonmentRateMax: 0.03, dialLevelMax: 6 },
    message: 'dialwright/demo-message',
    optOutKey: '9',
    ringTimeout: 15,
    setupTimeout: 5,
    // It works at any hour: its people are invented.
    hours: '00:00-24:00',
    weekdays: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'],
    wrapUp: { timeout: 8, codes: { 1: 'sale', 2: 'not-interested', 3: 'callback', 7: 'machine', 9: 'refused' } },
  }
}

async function invented(agents, seconds) {
  const { createNumberReader } = await import('../../dist/numbers/phone.js')
  const { placesOfNumber } = await import('../../dist/numbers/places.js')
  const read = createNumberReader('US')
  const isAmerican = number => placesOfNumber(number).some(place => place.startsWith('US'))
  const isValid = number => read(number).valid && isAmerican(number)
  return inventPeople({ count: Math.max(600, agents * seconds), isValid })
}

function readList(file) {
  try {
    return readFileSync(file)
  } catch (error) {
    throw new SetupFailure('leads', `The list ${file} cannot be read (${error.code}): name an existing CSV.`, 2)
  }
}

async function importLists(api, { csv, doNotCall }) {
  if (doNotCall !== '') await api.upload('/v1/do-not-call/import?list=demo&source=demo', doNotCall, 'text/csv')
  return api.upload(
    `/v1/campaigns/${CAMPAIGN}/leads/import?source=demo&country=US&origin=invented&basis=other:invented`,
    csv,
    'text/csv',
  )
}

/** Dials nothing more, and waits for what rings and talks: first by itself, then with the agents saying goodbye. */
async function settle(api, screens) {
  await api.post(`/v1/campaigns/${CAMPAIGN}/stop`, { force: false })
  screens.sayGoodbye()
  const none = async () => Object.values((await api.get('/v1/status')).calls).every(count => count === 0)
  await until(none, 'calls do not end', SETTLE_MS)
}

async function allCalls(api) {
  const calls = []
  for (let after = ''; ; ) {
    const page = await api.get(`/v1/calls?campaign=${CAMPAIGN}&limit=1000${after}`)
    calls.push(...page.calls)
    if (page.next === undefined) return calls
    after = `&after=${page.next}`
  }
}

async function until(condition, otherwise, limitMs = 20_000) {
  const end = Date.now() + limitMs
  while (!(await condition())) {
    if (Date.now() > end) throw new SetupFailure('demo', `The demo cannot go on: ${otherwise}.`, 1)
    await pause(100)
  }
}

function pause(ms, signal) {
  return delay(ms, undefined, { signal }).catch(() => {})
}
