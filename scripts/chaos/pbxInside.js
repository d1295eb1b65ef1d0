// Inside the sandbox: the product's daemon with wires between it and the PBX that can be slowed and cut; a carrier where everybody
// answers and talks until hung up on, and agents who take them. What became of those who answered while the fault lasted.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { createApi } from '../lib/api.js'
import { startCarrier } from '../lib/carrier.js'
import { startDaemon } from '../lib/daemon.js'
import { exitOnFailure, SetupFailure } from '../lib/failure.js'
import { sandboxAgents, startSoftphones } from '../lib/softphones.js'
import { prepare, status } from './campaign.js'

/** @import { Fault } from './pbx.js' */

const LEADS = 600
const AGENTS = 20
const SLOW_MS = 1_200
/** How long each fault lasts. @type {Readonly<Record<Fault, number>>} */
const LASTS_MS = { 'pbx-slow': 20_000, 'manager-cut': 8_000, 'bridge-gone': 20_000 }
/** What may be lost of those who answer meanwhile. @type {Readonly<Record<Fault, number>>} */
const LOST_MAX = { 'pbx-slow': 2, 'manager-cut': 0, 'bridge-gone': 1 }
const RECOVERS_MS = 15_000

exitOnFailure(main(/** @type {Fault} */ (process.argv[2])))

/** @param {Fault} fault */
async function main(fault) {
  const folder = mkdtempSync(join(tmpdir(), 'dialwright-chaos-'))
  const ariUrl = new URL(needed('DIALWRIGHT_SANDBOX_ARI'))
  const ari = await layWire(Number(ariUrl.port))
  const ami = await layWire(Number(needed('DIALWRIGHT_SANDBOX_AMI').split(':')[1]))
  const carrier = await startCarrier({
    folder: join(folder, 'carrier'),
    mix: { 'talks-until-hung-up': 1 },
    bySuffix: false,
    timeScale: 0.3,
  })
  const agents = sandboxAgents(AGENTS)
  const phones = await startSoftphones({ folder: join(folder, 'phones'), agents })
  const login = { user: needed('DIALWRIGHT_SANDBOX_USER'), secret: needed('DIALWRIGHT_SANDBOX_SECRET') }
  const url = new URL(ariUrl)
  url.port = String(ari.port)
  const nodes = [{ id: 'pbx', ami: { host: '127.0.0.1', port: ami.port, ...login }, ari: { url: url.href, ...login } }]
  const daemon = await startDaemon({ folder: join(folder, 'daemon'), agents, more: { nodes } })
  try {
    const api = createApi(daemon)
    await prepare(api, { agents, leads: LEADS })
    const found = await play(fault, { api, ari, ami })
    const log = readFileSync(daemon.logFile, 'utf8').trim().split('\n')
    const said = log.flatMap(line => (line === '' ? [] : [String(JSON.parse(line).msg)]))
    process.stdout.write(`${JSON.stringify({ ...found, said: [...new Set(said)] })}\n`)
  } finally {
    await daemon.stop()
    await phones.stop()
    await carrier.stop()
    for (const wire of [ari, ami]) wire.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** @typedef {{ api: ReturnType<typeof createApi>, ari: Wire, ami: Wire }} World */

/**
 * @param {Fault} fault
 * @param {World} world
 */
async function play(fault, { api, ari, ami }) {
  /** @type {string[]} */
  const breaker = []
  const watch = async () => {
    const [node] = (await status(api)).nodes
    const now = node?.breaker === undefined ? 'closed' : `${node.breaker.state} ${node.breaker.cause}`
    if (breaker.at(-1) !== now) breaker.push(now)
  }
  await begin(fault, { api, ari, ami })
  const before = await counters(api)
  await during(LASTS_MS[fault], watch)
  const meanwhile = await counters(api)
  ari.delayMs = 0
  ami.isCut = false
  await during(RECOVERS_MS, watch)
  const after = await counters(api)
  const lost = after.abandoned - before.abandoned
  return {
    fault,
    lastedMs: LASTS_MS[fault],
    answered: meanwhile.answered - before.answered,
    connected: meanwhile.connected - before.connected,
    abandoned: lost,
    originatedMeanwhile: meanwhile.attempts - before.attempts,
    originatedAfterwards: after.attempts - meanwhile.attempts,
    breaker,
    ok: lost <= LOST_MAX[fault] && breaker.at(-1) === 'closed' && meanwhile.answered > before.answered,
  }
}

/**
 * The fault meets calls that ring.
 * @param {Fault} fault
 * @param {World} world
 */
async function begin(fault, { api, ari, ami }) {
  if (fault === 'bridge-gone') await pbx('DELETE', '/bridges/dw-bridge-1001')
  await api.post('/v1/campaigns/chaos/start')
  await setTimeout(300)
  if (fault === 'pbx-slow') ari.delayMs = SLOW_MS
  if (fault === 'manager-cut') ami.isCut = true
}

/** @param {number} durationMs @param {() => Promise<void>} watch */
async function during(durationMs, watch) {
  for (const end = Date.now() + durationMs; Date.now() < end; await setTimeout(100)) await watch()
}

/** @param {ReturnType<typeof createApi>} api */
async function counters(api) {
  const [campaign] = (await status(api)).campaigns
  if (campaign === undefined) throw new SetupFailure('chaos', 'The campaign is gone.', 1)
  return campaign.counters
}

/** @param {string} method @param {string} path */
async function pbx(method, path) {
  const login = `${needed('DIALWRIGHT_SANDBOX_USER')}:${needed('DIALWRIGHT_SANDBOX_SECRET')}`
  const authorization = `Basic ${Buffer.from(login).toString('base64')}`
  await fetch(`${needed('DIALWRIGHT_SANDBOX_ARI')}${path}`, { method, headers: { authorization } })
}

/** @param {string} name */
function needed(name) {
  const value = process.env[name]
  if (value === undefined) throw new SetupFailure('sandbox', `${name} is missing: run npm run chaos`, 64)
  return value
}

/**
 * @typedef {object} Wire
 * @property {number} port
 * @property {number} delayMs what we ask arrives so much later; what is told comes at once
 * @property {boolean} isCut
 * @property {() => void} close
 */

/** @param {number} toPort @returns {Promise<Wire>} */
async function layWire(toPort) {
  /** @type {Set<import('node:net').Socket>} */
  const sockets = new Set()
  const state = { delayMs: 0, isCut: false }
  const server = createServer(near => {
    if (state.isCut) {
      near.destroy()
      return
    }
    const far = connect(toPort, '127.0.0.1')
    for (const [from, to] of [
      [near, far],
      [far, near],
    ]) {
      if (from === undefined || to === undefined) continue
      sockets.add(from)
      const isAsked = from === near
      from.on('data', chunk => {
        if (!isAsked || state.delayMs === 0) to.write(chunk)
        else void setTimeout(state.delayMs).then(() => to.write(chunk))
      })
      from.on('error', () => to.destroy())
      from.on('close', () => {
        sockets.delete(from)
        to.destroy()
      })
    }
  })
  await new Promise(resolve => server.listen(0, '127.0.0.1', () => resolve(undefined)))
  const address = server.address()
  const drop = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    get delayMs() {
      return state.delayMs
    },
    set delayMs(delayMs) {
      state.delayMs = delayMs
    },
    get isCut() {
      return state.isCut
    },
    set isCut(isCut) {
      state.isCut = isCut
      if (isCut) drop()
    },
    close() {
      server.close()
      drop()
    },
  }
}
