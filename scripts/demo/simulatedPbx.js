// The demo's world without an Asterisk: the same engine, store and API in this process, on the simulated PBX in real
// time. The simulated carrier is its own witness.
import { join } from 'node:path'
import { MACHINE_SUFFIX } from './people.js'

const TALK_MS = [3_000, 24_000]
/** Behaviours with their weights and, where they ring first, how long. */
const MIX = [
  { weight: 34, ringMs: [800, 5_600], answers: true },
  { weight: 34, never: true },
  { weight: 9, cause: 'busy', code: 486 },
  { weight: 4, ringMs: [400, 3_200], cause: 'rejected', code: 603 },
  { weight: 4, cause: 'congestion', code: 503 },
  { weight: 5, cause: 'invalid-number', code: 404 },
]
const CODES = { busy: 486, rejected: 603, congestion: 503, 'invalid-number': 404, failed: 500 }

/** Starts the simulated PBX, the engine and its API on a free port of the loopback. */
export async function startSimulatedPbx({ folder, agents }) {
  const load = async path => import(`../../dist/${path}.js`)
  const { createSystemClock } = await load('dialer/clock')
  const { createDialer } = await load('dialer/dialer')
  const { createSimulatedTelephony } = await load('sim/telephony')
  const { openSqliteStore } = await load('store/sqliteStore')
  const { createImporter } = await load('store/import/importer')
  const { createServer } = await load('http/server')
  const { createLog } = await load('log')
  const clock = createSystemClock()
  const log = createLog({ level: 'warn' })
  const witness = createWitness()
  const store = await openSqliteStore({ file: join(folder, 'demo.db') })
  const telephony = createSimulatedTelephony({
    nodeId: 'pbx',
    clock,
    callees: { plan: order => witness.plan(order) },
    witness: witness.note,
  })
  const names = Array.from({ length: agents }, (_, index) => String(1001 + index))
  const trunks = [
    {
      trunkId: 'main',
      nodeId: 'pbx',
      dialString: 'SIM/{number}',
      stripPlus: true,
      channelsMax: 300,
      callsPerSecondMax: 30,
    },
  ]
  const dialer = createDialer({
    ...{ clock, telephonies: [telephony], store, log, trunks, checkInvariants: true },
    agents: names.map(agentId => ({ agentId, name: `Agent ${agentId}`, endpoint: `SIM/${agentId}`, nodeId: 'pbx' })),
    callIdPrefix: `s${Date.now().toString(36)}`,
  })
  const server = await createServer({
    ...{ gateway: dialer.gateway, store, log, version: 'demo', importer: createImporter(store), token: 'demo' },
    ...{ health: async () => [], ready: () => true, nodeIds: ['pbx'], defaultCountry: 'US' },
    trunks: [{ ...trunks[0], callerIds: ['+12025550100', '+12025550101'] }],
  })
  const url = await server.listen({ host: '127.0.0.1', port: 0 })
  await dialer.start()
  return {
    api: { url, token: 'demo' },
    agents: names,
    carrier: async () => witness.statistics(),
    quiet: async () => {},
    async stop() {
      await server.close()
      await dialer.stop({ graceMs: 0 })
      await telephony.close()
      await store.close()
    },
  }
}

/** Decides what a called number does, and keeps the carrier's own record of what became of it. */
function createWitness() {
  const calls = new Map()

  function planOf(number) {
    const machine = number.endsWith(MACHINE_SUFFIX)
    const behaviour = machine ? { ringMs: [1_600, 8_000], answers: true } : draw()
    if (behaviour.never) return { ringingAfterMs: 60, act: { kind: 'rings' } }
    const ringMs = behaviour.ringMs === undefined ? 80 : between(behaviour.ringMs)
    const ringing = behaviour.ringMs === undefined ? {} : { ringingAfterMs: 60 }
    const afterMs = 60 + ringMs
    if (!behaviour.answers)
      return { ...ringing, act: { kind: 'fails', cause: behaviour.cause, sipCode: behaviour.code, afterMs } }
    return {
      ...ringing,
      act: { kind: 'answers', by: machine ? 'machine' : 'person', afterMs, detectionMs: 0, talkMs: between(TALK_MS) },
    }
  }

  return {
    plan(order) {
      const { callId, number } = order.attempt
      calls.set(callId, { sipCallId: `${callId}@sim`, calledNumber: number.slice(1) })
      return planOf(number)
    },
    note(fact) {
      const call = calls.get(fact.callId)
      if (call === undefined) return
      if (fact.kind === 'answered') call.finalCode = 200
      else if (fact.kind === 'ended') call.finalCode ??= CODES[fact.cause] ?? 487
    },
    statistics() {
      const all = [...calls.values()]
      const bySipCode = {}
      for (const { finalCode = 'none' } of all) bySipCode[finalCode] = (bySipCode[finalCode] ?? 0) + 1
      return { invites: all.length, answered: bySipCode[200] ?? 0, bySipCode, calls: all }
    },
  }
}

function draw() {
  const total = MIX.reduce((sum, { weight }) => sum + weight, 0)
  let left = Math.random() * total
  for (const behaviour of MIX) {
    left -= behaviour.weight
    if (left < 0) return behaviour
  }
  return MIX[0]
}

function between([from, to]) {
  return from + Math.random() * (to - from)
}
