// The demo's world without an Asterisk: the same engine, store and API in this process, on the simulated PBX in real
// time. The simulated carrier is its own witness.
import { join } from 'node:path'
import { OWN_LINE } from './guests.js'
import { MACHINE_SUFFIX } from './people.js'
import { capacity, teach } from './settings.js'

/** @import { CalleePlan } from '#dialwright/sim/world/callees.js' */
/** @import { CarrierFact, SimulatedTelephonyOptions } from '#dialwright/sim/world/pbx.js' */

/** @typedef {readonly [shortestMs: number, longestMs: number]} Span */

/** @typedef {Extract<CalleePlan['act'], { kind: 'fails' }>['cause']} Cause */

/**
 * One called number as the carrier saw it.
 * @typedef {{ sipCallId: string, calledNumber: string, inviteAt: number, finalCode?: number }} Call
 */

/**
 * What a called number does, and in how many of all cases.
 * @typedef {object} Behaviour
 * @property {number} weight
 * @property {Span} [ringMs] it rings first, so long
 * @property {boolean} [answers]
 * @property {boolean} [never] it rings for ever
 * @property {Cause} [cause] why it fails
 * @property {number} [code] with which SIP code
 */

/** @type {Span} */
const TALK_MS = [3_000, 24_000]
/** @type {readonly Behaviour[]} */
const MIX = [
  { weight: 34, ringMs: [800, 5_600], answers: true },
  { weight: 34, never: true },
  { weight: 9, cause: 'busy', code: 486 },
  { weight: 4, ringMs: [400, 3_200], cause: 'rejected', code: 603 },
  { weight: 4, cause: 'congestion', code: 503 },
  { weight: 5, cause: 'invalid-number', code: 404 },
]
/** @type {Behaviour} */
const MACHINE = { weight: 0, ringMs: [1_600, 8_000], answers: true }
/** @type {Readonly<Partial<Record<string, number>>>} */
const CODES = { busy: 486, rejected: 603, congestion: 503, 'invalid-number': 404, failed: 500 }

/**
 * Starts the simulated PBX, the engine and its API on a free port of the loopback.
 * @param {Parameters<import('./session.js').StartPbx>[0] & Partial<{ talkMs: Span, callsPerSecond: number, channels: number }>} options
 * @returns {Promise<import('./session.js').World>}
 */
export async function startSimulatedPbx({ folder, agents, morning, talkMs = TALK_MS, ...options }) {
  const { createSystemClock } = await import('#dialwright/dialer/clock.js')
  const { createDialer } = await import('#dialwright/dialer/dialer.js')
  const { createSimulatedTelephony } = await import('#dialwright/sim/world/telephony.js')
  const { openSqliteStore } = await import('#dialwright/store/sqlite/sqliteStore.js')
  const { createImporter } = await import('#dialwright/import/importer.js')
  const { createServer } = await import('#dialwright/http/server.js')
  const { builtPages } = await import('#dialwright/http/pages.js')
  const { createProver } = await import('#dialwright/daemon/proof/prover.js')
  const { ruleWords } = await import('#dialwright/rules/ruleText.js')
  const { createLog } = await import('#dialwright/log.js')
  const { watchEventLoop } = await import('#dialwright/daemon/eventLoop.js')
  const clock = createSystemClock()
  const log = createLog({ level: 'warn' })
  const witness = createWitness(talkMs)
  const store = await openSqliteStore({ file: join(folder, 'demo.db') })
  if (morning !== undefined) await teach(store, morning)
  const telephony = createSimulatedTelephony({
    nodeId: 'pbx',
    clock,
    callees: { plan: order => witness.plan(order) },
    witness: witness.note,
  })
  const names = Array.from({ length: agents }, (_, index) => String(1001 + index))
  const trunk = {
    trunkId: 'main',
    nodeId: 'pbx',
    dialString: 'SIM/{number}',
    stripPlus: true,
    channelsMax: options.channels ?? capacity().channels,
    callsPerSecondMax: options.callsPerSecond ?? capacity().callsPerSecond,
  }
  const dialer = createDialer({
    clock,
    telephonies: [telephony],
    store,
    log,
    trunks: [trunk],
    checkInvariants: true,
    agents: [...names, OWN_LINE].map(agentId => ({
      agentId,
      name: `Agent ${agentId}`,
      endpoint: `SIM/${agentId}`,
      nodeId: 'pbx',
    })),
    callIdPrefix: `s${Date.now().toString(36)}`,
  })
  const eventLoop = watchEventLoop()
  const pages = builtPages()
  const server = await createServer({
    gateway: dialer.gateway,
    store,
    log,
    version: 'demo',
    wordsOf: ruleWords,
    prover: createProver(join(folder, 'demo.db')),
    importer: createImporter(store),
    token: 'demo',
    health: async () => [],
    ready: () => true,
    measures: { pbxs: () => [], eventLoop: eventLoop.lateness },
    nodeIds: ['pbx'],
    ...(pages !== undefined && { pages }),
    defaultCountry: 'US',
    trunks: [{ ...trunk, callerIds: ['+12025550100', '+12025550101'] }],
  })
  const url = await server.listen({ host: '127.0.0.1', port: 0 })
  await dialer.start()
  return {
    api: { url, token: 'demo' },
    agents: names,
    front: { port: Number(new URL(url).port), listenAt: { host: '127.0.0.1', port: 0 } },
    carrier: async () => witness.statistics(),
    quiet: async () => {},
    async stop() {
      eventLoop.close()
      await server.close()
      await dialer.stop({ graceMs: 0 })
      await telephony.close()
      await store.close()
    },
  }
}

/**
 * Decides what a called number does, and keeps the carrier's own record of what became of it.
 * @param {Span} talkMs
 */
function createWitness(talkMs) {
  /** @type {Map<string, Call>} */
  const calls = new Map()
  /**
   * @param {string} number
   * @returns {CalleePlan}
   */
  function planOf(number) {
    const machine = number.endsWith(MACHINE_SUFFIX)
    const behaviour = machine ? MACHINE : draw()
    if (behaviour.never) return { ringingAfterMs: 60, act: { kind: 'rings' } }
    const ringMs = behaviour.ringMs === undefined ? 80 : between(behaviour.ringMs)
    const ringing = behaviour.ringMs === undefined ? {} : { ringingAfterMs: 60 }
    const afterMs = 60 + ringMs
    if (behaviour.cause !== undefined && behaviour.code !== undefined)
      return { ...ringing, act: { kind: 'fails', cause: behaviour.cause, sipCode: behaviour.code, afterMs } }
    return {
      ...ringing,
      act: { kind: 'answers', by: machine ? 'machine' : 'person', afterMs, detectionMs: 0, talkMs: between(talkMs) },
    }
  }

  return {
    /** @param {Parameters<SimulatedTelephonyOptions['callees']['plan']>[0]} order */
    plan(order) {
      const { callId, number } = order.attempt
      calls.set(callId, { sipCallId: `${callId}@sim`, calledNumber: number.slice(1), inviteAt: Date.now() })
      return planOf(number)
    },
    /** @param {CarrierFact} fact */
    note(fact) {
      const call = calls.get(fact.callId)
      if (call === undefined) return
      if (fact.kind === 'answered') call.finalCode = 200
      else if (fact.kind === 'ended') call.finalCode ??= CODES[fact.cause] ?? 487
    },
    statistics() {
      const all = [...calls.values()]
      /** @type {Record<string, number>} */
      const bySipCode = {}
      for (const { finalCode = 'none' } of all) bySipCode[finalCode] = (bySipCode[finalCode] ?? 0) + 1
      return { invites: all.length, answered: bySipCode[200] ?? 0, bySipCode, calls: all }
    },
  }
}

/** @returns {Behaviour} */
function draw() {
  const total = MIX.reduce((sum, { weight }) => sum + weight, 0)
  let left = Math.random() * total
  for (const behaviour of MIX) {
    left -= behaviour.weight
    if (left < 0) return behaviour
  }
  return MACHINE
}

/** @param {Span} span */
function between([from, to]) {
  return from + Math.random() * (to - from)
}
