// The demo's world on a real Asterisk: SIPp as the carrier and as the softphones, the product's own daemon.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { startCarrier } from '../lib/carrier.js'
import { startDaemon } from '../lib/daemon.js'
import { sandboxAgents, startSoftphones } from '../lib/softphones.js'
import { doorSockets, relay } from './door.js'
import { OWN_LINE } from './guests.js'
import { teach } from './settings.js'

/** The carrier's mix; machines are told by their numbers, so that the agent can hear them and say so. */
const MIX = {
  talks: 26,
  'talks-until-hung-up': 8,
  'hangs-up-early': 4,
  'no-answer': 34,
  busy: 9,
  declined: 4,
  unavailable: 4,
  'fails-after-ringing': 2,
  'unknown-number': 5,
}
const TIME_SCALE = 0.4
/** SIPp writes its log behind the wire. */
const QUIET_MS = 1_500

/**
 * Starts carrier, softphones and daemon; ends those that run when one of them does not start.
 * @param {Parameters<import('./session.js').StartPbx>[0]} options
 * @returns {Promise<import('./session.js').World>}
 */
export async function startLivePbx({ folder, agents, morning, door }) {
  const names = sandboxAgents(agents)
  /** @type {{ stop(): Promise<void> }[]} */
  const parts = []
  async function stop() {
    for (const part of parts.splice(0).reverse()) await part.stop()
  }
  /**
   * @template {{ stop(): Promise<void> }} Part
   * @param {Promise<Part>} starting
   */
  async function start(starting) {
    const part = await starting
    parts.push(part)
    return part
  }
  try {
    const carrier = await start(
      startCarrier({ folder: join(folder, 'carrier'), mix: MIX, timeScale: TIME_SCALE, voices: ['ann', 'bob'] }),
    )
    await start(startSoftphones({ folder: join(folder, 'phones'), agents: names }))
    if (morning !== undefined) await prepareDatabase(join(folder, 'daemon'), morning)
    const api = await start(startDaemon({ folder: join(folder, 'daemon'), agents: [...names, OWN_LINE] }))
    return {
      api,
      agents: names,
      ...(door !== undefined && { front: (await start(openFront(api.url, door))).front }),
      /** SIPp's own log of what was on the wire. */
      carrier: () => carrier.statistics(),
      quiet: () => new Promise(done => setTimeout(done, QUIET_MS)),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/**
 * @param {string} folder
 * @param {NonNullable<Parameters<import('./session.js').StartPbx>[0]['morning']>} morning
 */
async function prepareDatabase(folder, morning) {
  const { openSqliteStore } = await import('#dialwright/store/sqlite/sqliteStore.js')
  mkdirSync(folder, { recursive: true })
  const store = await openSqliteStore({ file: join(folder, 'dialwright.db') })
  await teach(store, morning)
  await store.close()
}

/**
 * The inner half of the way to the daemon.
 * @param {string} url
 * @param {import('./session.js').Door} door
 * @returns {Promise<{ front: import('./guests.js').Front, stop(): Promise<void> }>}
 */
async function openFront(url, { folder, ports }) {
  const { api, links } = doorSockets(folder)
  const { hostname: host, port } = new URL(url)
  const { close } = await relay(api, { host, port: Number(port) })
  return { front: { port: ports.api, listenAt: links, linksPort: ports.links }, stop: async () => close() }
}
