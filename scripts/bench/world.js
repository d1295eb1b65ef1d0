// A campaign on the private Asterisk: carrier, softphones, the product's daemon, agents on the line.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { asteriskCommand, asteriskPid } from '../lib/asterisk.js'
import { startCarrier } from '../lib/carrier.js'
import { SetupFailure } from '../lib/failure.js'
import { createApi, SETTINGS, sandboxAgents, startDaemon, startSoftphones } from '../lib/index.js'
import { fictionalLeads } from './numbers.js'
import { startVoices } from './voices.js'

/** @import { Api } from '../lib/api.js' */
/** @import { Mix } from '../lib/carrierBehaviours.js' */
/** @import { Carrier, CarrierCall } from '../lib/carrierStatistics.js' */
/** @import { CallRecord } from '../lib/witness.js' */
/** @import { Status } from '../demo/board.js' */
/** @import { Voice, Voices } from './voices.js' */

/**
 * @typedef {object} WorldOptions
 * @property {number} agents how many are logged in
 * @property {Mix} mix how the called people behave
 * @property {number} [timeScale] of their behaviour
 * @property {{ channels?: number, callsPerSecond?: number }} trunk
 * @property {Readonly<Record<string, unknown>>} pacing
 * @property {number} leads
 * @property {(folder: string) => void} [prepare] what is to be in the daemon's folder before it starts
 *
 * @typedef {(() => unknown)[]} Closing what has been opened, in order
 * @typedef {{ folder: string, closing: Closing }} Place
 * @typedef {Awaited<ReturnType<typeof open>>} World
 * @typedef {Awaited<ReturnType<typeof dialFor>>} Dialed
 */

/** SIPp writes its log behind the wire. */
export const LOG_BEHIND_MS = 1_500
/** Nobody is called twice: a number is one attempt, so that both sides' records are easy to read. */
export const RETRY = [
  'busy',
  'no-answer',
  'congestion',
  'rejected',
  'failed',
  'connected',
  'abandoned',
  'withdrawn',
  'hung-up-waiting',
]

/**
 * Both programs that are measured.
 * @param {{ pid: number }} daemon
 */
export function pidsOf(daemon) {
  const asterisk = asteriskPid()
  if (asterisk === undefined) throw new SetupFailure('bench', 'The private Asterisk has ended.', 1)
  return { daemon: daemon.pid, asterisk }
}

/** @param {WorldOptions} options */
export function startWorld(options) {
  return openWorld(open, options)
}

/**
 * Opens a world with a folder of its own; what it has opened is closed again when it fails, and by `close`.
 * @template {object} Opened
 * @template Options
 * @param {(options: Options, place: Place) => Promise<Opened>} open
 * @param {Options} options
 */
export async function openWorld(open, options) {
  const folder = mkdtempSync(join(tmpdir(), 'dialwright-bench-'))
  /** @type {Closing} */
  const closing = []
  const close = async () => {
    await asteriskCommand('channel request hangup all')
    for (const end of closing.reverse()) await end()
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    return { ...(await open(options, { folder, closing })), close }
  } catch (error) {
    await close()
    throw error
  }
}

/**
 * @param {WorldOptions} options
 * @param {Place} place
 */
async function open({ agents, mix, timeScale = 1, trunk, pacing, leads, prepare }, { folder, closing }) {
  const customers = await voices(closing, { voice: 'customer', hears: 'agent' })
  const speakers = await voices(closing, { voice: 'agent', hears: 'customer' })
  // The last ones: tests that share this PBX expect some of the first not to be registered.
  const names = sandboxAgents(SETTINGS.agents).slice(-agents)
  const carrier = await startCarrier({
    ...{ folder: join(folder, 'carrier'), mix, timeScale, bySuffix: false, rtpPort: customers.port },
  })
  closing.push(() => carrier.stop())
  const phonesFolder = join(folder, 'phones')
  const phones = await startSoftphones({ folder: phonesFolder, agents: names, rtpPort: speakers.port })
  closing.push(() => phones.stop())
  prepare?.(join(folder, 'daemon'))
  // As in production: the invariants are for tests and fault-finding and cost a look over the whole state at each step.
  const daemon = await startDaemon({
    ...{ folder: join(folder, 'daemon'), agents: names, trunk, more: { debugInvariants: false } },
  })
  closing.push(() => daemon.stop())
  const world = {
    ...{ api: createApi(daemon), at: { url: daemon.url, token: daemon.token }, folder, carrier, customers, speakers },
    pids: pidsOf(daemon),
    phonesLog: join(phonesFolder, 'softphone-messages.log'),
  }
  await campaign(world.api, { pacing, leads })
  await logIn(world.api, names)
  return world
}

/**
 * @param {Closing} closing
 * @param {{ voice: Voice, hears: Voice }} options
 * @returns {Promise<Voices>}
 */
export async function voices(closing, options) {
  const made = await startVoices(options)
  closing.push(() => made.close())
  return made
}

/**
 * @param {Api} api
 * @param {Pick<WorldOptions, 'pacing' | 'leads'>} options
 */
async function campaign(api, { pacing, leads }) {
  await api.put('/v1/campaigns/bench', {
    ...{ id: 'bench', pacing, message: 'dialwright/demo-message', ringTimeout: 15, setupTimeout: 10 },
    ...{ hours: '00:00-24:00', weekdays: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] },
    wrapUp: { timeout: 1 },
    retry: Object.fromEntries(RETRY.map(disposition => [disposition, 'never'])),
  })
  const csv = await fictionalLeads(leads)
  await api.upload(
    '/v1/campaigns/bench/leads/import?source=bench&country=US&origin=invented&basis=other:invented',
    csv,
    'text/csv',
  )
}

/**
 * @param {Api} api
 * @param {readonly string[]} names
 */
async function logIn(api, names) {
  await until('the PBX is linked', async () => (await status(api)).nodes.every(node => node.link === 'up'))
  for (const name of names) await api.post(`/v1/agents/${name}/login`, { campaign: 'bench' })
  await until('agents on the line', async () => (await status(api)).agents.available === names.length)
}

/**
 * Dials for so many ms; then dials nothing more and waits until every call has ended. Gives the dialing's bounds.
 * @param {{ api: Api }} world
 * @param {number} ms
 */
export function dialFor(world, ms) {
  return dialWhile(world, pause(ms))
}

/**
 * As {@link dialFor}, until something has ended.
 * @param {{ api: Api }} world
 * @param {Promise<unknown>} work
 */
export async function dialWhile({ api }, work) {
  const startedAt = Date.now()
  await api.post('/v1/campaigns/bench/start')
  await work
  const decisions = (await status(api)).campaigns[0]?.decisions ?? []
  const endedAt = Date.now()
  await api.post('/v1/campaigns/bench/stop', { force: false })
  await until('calls end', async () => Object.values((await status(api)).calls).every(count => count === 0))
  return { startedAt, endedAt, decisions }
}

/**
 * What both sides have on record: the daemon's calls, and the carrier's from its own log.
 * @param {{ api: Api, carrier: Carrier }} world
 * @returns {Promise<{ calls: CallRecord[], carrierCalls: readonly CarrierCall[] }>}
 */
export async function records({ api, carrier }) {
  await pause(LOG_BEHIND_MS)
  return { calls: await callsOf(api, 'bench'), carrierCalls: (await carrier.statistics()).calls }
}

/**
 * Every call of a campaign on the daemon's record.
 * @param {Api} api
 * @param {string} campaign
 */
export async function callsOf(api, campaign) {
  /** @type {CallRecord[]} */
  const calls = []
  for (let after = ''; ; ) {
    /** @type {{ calls: CallRecord[], next?: string }} */
    const page = await api.get(`/v1/calls?campaign=${campaign}&limit=1000${after}`)
    calls.push(...page.calls)
    if (page.next === undefined) return calls
    after = `&after=${page.next}`
  }
}

/**
 * @param {Api} api
 * @returns {Promise<Status>}
 */
export function status(api) {
  return api.get('/v1/status')
}

/**
 * @param {string} what
 * @param {() => Promise<boolean>} condition
 */
export async function until(what, condition, limitMs = 60_000) {
  const end = Date.now() + limitMs
  while (!(await condition())) {
    if (Date.now() > end) throw new SetupFailure('bench', `The benchmark waits in vain: ${what}.`, 1)
    await pause(250)
  }
}

/** @param {number} ms */
export function pause(ms) {
  return new Promise(done => setTimeout(done, ms))
}
