// What the demo does with a PBX, whichever it is: the campaign, the API calls, the board and the summary are the same.
import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { createApi } from '../lib/api.js'
import { SetupFailure } from '../lib/failure.js'
import { showBoard } from './board.js'
import { inviteGuests, OWN_LINE } from './guests.js'
import { inventPeople } from './people.js'
import { startScreens } from './screens.js'
import { CAMPAIGN, isOfMorning, settings } from './settings.js'
import { firstMorning, progressiveInstead } from './simulated.js'
import { printSummary, summarise } from './summary.js'

/** @import { Api } from '../lib/api.js' */
/** @import { CarrierStatistics } from '../lib/carrierStatistics.js' */
/** @import { Status } from './board.js' */
/** @import { CallView } from '#dialwright/api/views.js' */
/** @import { Morning } from './simulated.js' */

/**
 * @typedef {{ agents: number, leads?: string, seconds: number, cold?: boolean, door?: Door }} DemoOptions `cold`: nothing is learned before
 *
 * @typedef {object} World a PBX with the engine on it
 * @property {{ url: string, token: string }} api
 * @property {readonly string[]} agents
 * @property {() => Promise<CarrierStatistics>} carrier the carrier's own record: a witness that knows nothing of us
 * @property {() => Promise<unknown>} quiet the carrier's record is complete
 * @property {() => Promise<void>} stop
 * @property {import('./guests.js').Front} [front] where browsers reach it
 *
 * @typedef {{ folder: string, ports: import('./door.js').DoorPorts }} Door the host's half of the way to the daemon
 *
 * @typedef {(options: { folder: string, agents: number, morning?: Morning, door?: Door }) => Promise<World>} StartPbx `morning`: what
 *   the pacing has learned before
 *
 * @typedef {{ asked: Promise<void>, settleMs: number }} Patience
 *
 * @typedef {Awaited<ReturnType<typeof inviteGuests>>} Guests
 */

/** After the last originate: set-up, the longest ring and a goodbye take 28 s at most; a slow machine gets as much again. */
const SETTLE_MS = 60_000
/** Whoever works in their browser is not sent home while they do; somebody who has left their desk is. */
const GUEST_MS = 3_600_000
/** From the link to the line: a microphone is asked for, a line is tried. */
const ARRIVAL_MS = 60_000
/** Who logs out is shown the log-in page before the daemon ends. */
const FAREWELL_MS = 3_000

/**
 * Starts the PBX, runs the campaign on it and prints its summary; whatever happens, what was opened is closed.
 * @param {DemoOptions} options
 * @param {{ startPbx: StartPbx, asked: Promise<void>, folder: string, settleMs?: number }} means `asked` ends the dialing
 */
export async function runDemo(options, { startPbx, asked, folder, settleMs = SETTLE_MS }) {
  const { agents, cold, door } = options
  const morning = cold ? undefined : await simulatedMorning(agents)
  const world = await startPbx({ folder, agents, ...(morning && { morning }), ...(door && { door }) })
  try {
    const summary = await campaign(world, { ...options, asked, settleMs })
    await printSummary(summary)
    return summary
  } finally {
    await world.stop()
  }
}

/** @param {number} agents */
async function simulatedMorning(agents) {
  process.stderr.write('Simulating a first morning for the pacing to begin with (--cold: nothing) ...\n')
  const morning = await firstMorning({ agents })
  const { persons, abandoned } = morning
  process.stderr.write(`It taught who answers and when: ${persons} people answered, ${abandoned} were abandoned.\n`)
  return morning
}

/**
 * @param {World} world
 * @param {DemoOptions & Patience} options
 */
async function campaign(world, { agents, leads, seconds, asked, settleMs }) {
  const api = createApi(world.api)
  await api.put(`/v1/campaigns/${CAMPAIGN}`, settings())
  const list = leads === undefined ? await invented(agents, seconds) : { csv: readList(leads), doNotCall: '' }
  const imported = await importLists(api, list)
  await until(async () => (await status(api)).nodes.every(node => node.link === 'up'), 'the PBX is not up')
  const { counters: before } = await statusOfCampaign(api)
  const guests = world.front && (await inviteGuests(api, { url: world.api.url, front: world.front }))
  const dialing = { agents: world.agents, guests, forMs: seconds * 1000, asked, settleMs }
  const { occupancy } = await dial(api, dialing).finally(() => guests?.close())
  const calls = await allCalls(api)
  await world.quiet()
  const carrier = await world.carrier()
  const instead = await progressiveInstead(calls, { agents, seconds })
  const seen = { calls, carrier, imported, before, after: (await statusOfCampaign(api)).counters, occupancy }
  return summarise(instead === undefined ? seen : { ...seen, instead })
}

/**
 * Logs the agents in, dials, and lets the calls end. The occupancy is that of the moment in which the dialing stops.
 * @param {Api} api
 * @param {{ agents: readonly string[], guests: Guests | undefined, forMs: number } & Patience} options
 */
async function dial(api, { agents, guests, forMs, asked, settleMs }) {
  const screens = startScreens(api)
  let board
  try {
    for (const agent of agents) await api.post(`/v1/agents/${agent}/login`, { campaign: CAMPAIGN })
    await until(async () => (await status(api)).agents.available === agents.length, 'agents are missing')
    await api.post(`/v1/campaigns/${CAMPAIGN}/start`)
    board = await showBoard(api, { footer: linkLines(guests) })
    await waitFor(forMs, asked)
    if (guests !== undefined) await waitForGuest(api, { guests, asked })
    const { occupancy } = await statusOfCampaign(api)
    await settle(api, { screens, settleMs })
    return { occupancy }
  } finally {
    board?.close()
    screens.close()
  }
}

/** @param {Guests | undefined} guests */
function linkLines(guests) {
  if (guests === undefined) return []
  const { board, agent } = guests.links
  return [`The board in a browser:     ${board}`, `Be an agent in a browser:   ${agent}`]
}

/**
 * Until the line that a browser works on is logged out, or it is asked to end. Whoever has just come is waited for.
 * @param {Api} api
 * @param {{ guests: Guests, asked: Promise<void> }} until
 */
async function waitForGuest(api, { guests, asked }) {
  let isAsked = false
  void asked.then(() => {
    isAsked = true
  })
  const end = Date.now() + GUEST_MS
  let wasThere = false
  while (!isAsked && Date.now() < end) {
    /** @type {{ agent: { state: string, since: string } }} */
    const { agent } = await api.get(`/v1/agents/${OWN_LINE}`)
    const cameAt = guests.cameAt() ?? Number.POSITIVE_INFINITY
    wasThere ||= agent.state !== 'offline' || Date.parse(agent.since) > cameAt
    const comes = cameAt < Date.now() && Date.now() - cameAt < ARRIVAL_MS
    if (agent.state === 'offline' && (wasThere || !comes)) break
    await pause(500)
  }
  if (wasThere && !isAsked) await pause(FAREWELL_MS)
}

/**
 * Some time, or until it is asked to end; leaves no timer behind.
 * @param {number} ms
 * @param {Promise<void>} asked
 */
async function waitFor(ms, asked) {
  const ending = new AbortController()
  await Promise.race([pause(ms, ending.signal), asked])
  ending.abort()
}

/**
 * @param {number} agents
 * @param {number} seconds
 */
async function invented(agents, seconds) {
  const { createNumberReader } = await import('#dialwright/numbers/phone.js')
  const { placesOfNumber } = await import('#dialwright/numbers/places.js')
  const read = createNumberReader('US')
  /** @param {string} number */
  const isAmerican = number => placesOfNumber(number).some(place => place.startsWith('US'))
  /** @param {string} number */
  const isValid = number => read(number).valid && isAmerican(number)
  return inventPeople({ count: Math.max(600, agents * seconds), isValid })
}

/** @param {string} file */
function readList(file) {
  try {
    return readFileSync(file)
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? error.code : error
    throw new SetupFailure('leads', `The list ${file} cannot be read (${why}): name an existing CSV.`, 2)
  }
}

/**
 * @param {Api} api
 * @param {{ csv: string | Uint8Array<ArrayBuffer>, doNotCall: string }} lists
 * @returns {Promise<import('./summary.js').Imported>}
 */
async function importLists(api, { csv, doNotCall }) {
  if (doNotCall !== '') await api.upload('/v1/do-not-call/import?list=demo&source=demo', doNotCall, 'text/csv')
  return api.upload(
    `/v1/campaigns/${CAMPAIGN}/leads/import?source=demo&country=US&origin=invented&basis=other:invented`,
    csv,
    'text/csv',
  )
}

/**
 * Dials nothing more, and waits for what rings and talks: first by itself, then with the agents saying goodbye.
 * @param {Api} api
 * @param {{ screens: import('./screens.js').Screens, settleMs: number }} options
 */
async function settle(api, { screens, settleMs }) {
  await api.post(`/v1/campaigns/${CAMPAIGN}/stop`, { force: false })
  screens.sayGoodbye()
  const none = async () => Object.values((await status(api)).calls).every(count => count === 0)
  await until(none, 'calls do not end', settleMs)
}

/** @param {Api} api */
async function allCalls(api) {
  /** @type {(CallView & { number: string })[]} */
  const calls = []
  for (let after = ''; ; ) {
    /** @type {{ calls: (CallView & { number: string })[], next?: string }} */
    const page = await api.get(`/v1/calls?campaign=${CAMPAIGN}&limit=1000${after}`)
    calls.push(...page.calls.filter(call => !isOfMorning(call)))
    if (page.next === undefined) return calls
    after = `&after=${page.next}`
  }
}

/**
 * @param {Api} api
 * @returns {Promise<Status>}
 */
function status(api) {
  return api.get('/v1/status')
}

/** @param {Api} api */
async function statusOfCampaign(api) {
  const [campaign] = (await status(api)).campaigns
  if (campaign === undefined) throw new SetupFailure('demo', 'The demo cannot go on: its campaign is gone.', 1)
  return campaign
}

/**
 * @param {() => Promise<boolean>} condition
 * @param {string} otherwise
 */
async function until(condition, otherwise, limitMs = 20_000) {
  const end = Date.now() + limitMs
  while (!(await condition())) {
    if (Date.now() > end) throw new SetupFailure('demo', `The demo cannot go on: ${otherwise}.`, 1)
    await pause(100)
  }
}

/**
 * @param {number} ms
 * @param {AbortSignal} [signal]
 */
function pause(ms, signal) {
  return delay(ms, undefined, { signal }).catch(() => {})
}
