import { strictEqual } from 'node:assert'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Test } from 'tap'
import { watchEventLoop } from '../../src/daemon/eventLoop.ts'
import { createSystemClock } from '../../src/dialer/clock.ts'
import { createDialer } from '../../src/dialer/dialer.ts'
import { createServer } from '../../src/http/server.ts'
import { createImporter } from '../../src/import/importer.ts'
import { createLog } from '../../src/log.ts'
import { ruleWords } from '../../src/rules/ruleText.ts'
import type { CalleePlan } from '../../src/sim/world/callees.ts'
import type { SimulatedTelephonyOptions } from '../../src/sim/world/pbx.ts'
import { createSimulatedTelephony } from '../../src/sim/world/telephony.ts'
import { openSqliteStore } from '../../src/store/sqlite/sqliteStore.ts'

const token = 'a-token-of-some-length'

interface SimulatedDaemonOptions {
  readonly agents: number
  readonly trunkIds: readonly string[]
  readonly plan: (number: string) => CalleePlan
}

/** A daemon in this process in real time: engine, SQLite, API, and the simulated PBX. */
export async function startSimulatedDaemon(t: Test, { agents, trunkIds, plan }: SimulatedDaemonOptions) {
  const clock = createSystemClock()
  const log = createLog({ level: 'fatal' })
  const store = await openSqliteStore({ file: join(t.testdir(), 'dialwright.db') })
  const callees: SimulatedTelephonyOptions['callees'] = { plan: order => plan(order.attempt.number) }
  const telephony = createSimulatedTelephony({ nodeId: 'pbx', clock, callees })
  const agentIds = Array.from({ length: agents }, (_, index) => String(1001 + index))
  const trunks = trunkIds.map(trunkId => ({ trunkId, nodeId: 'pbx', dialString: 'SIM/{number}', stripPlus: true }))
  const dialer = createDialer({
    ...{ clock, telephonies: [telephony], store, log, checkInvariants: true, callIdPrefix: 'm1' },
    trunks: trunks.map(trunk => ({ ...trunk, channelsMax: 100, callsPerSecondMax: 50 })),
    agents: agentIds.map(agentId => ({ agentId, name: 'Mary Poppins', endpoint: `SIM/${agentId}`, nodeId: 'pbx' })),
  })
  const eventLoop = watchEventLoop()
  const server = await createServer({
    ...{ gateway: dialer.gateway, store, log, version: '1.2.3', token, importer: createImporter(store) },
    ...{ health: async () => [], nodeIds: ['pbx'], defaultCountry: 'US', wordsOf: ruleWords },
    trunks: trunks.map(({ trunkId }) => ({ trunkId, callerIds: ['+12025550100'] })),
    measures: { pbxs: () => [], eventLoop: eventLoop.lateness },
  })
  const url = await server.listen({ host: '127.0.0.1', port: 0 })
  await dialer.start()
  t.teardown(async () => {
    eventLoop.close()
    await server.close()
    await dialer.stop({ graceMs: 0 })
    await telephony.close()
    await store.close()
  })
  return { ...createCaller(url), agentIds, telephony, store }
}

function createCaller(url: string) {
  const authorization = `Bearer ${token}`
  const fetchText = async (path: string): Promise<string> =>
    (await fetch(`${url}${path}`, { headers: { authorization } })).text()
  const ask = async (method: string, path: string, body?: string | object) => {
    const type = typeof body === 'string' ? 'text/csv' : 'application/json'
    const headers = { authorization, ...(body !== undefined && { 'content-type': type }) }
    const sent = typeof body === 'string' ? body : JSON.stringify(body)
    const response = await fetch(`${url}${path}`, { method, headers, ...(body !== undefined && { body: sent }) })
    const answer: unknown = await response.json()
    strictEqual(response.ok, true, JSON.stringify(answer))
    return answer
  }
  /** Asks again and again until it holds. */
  const until = async <Found>(look: () => Promise<Found | undefined>): Promise<Found> => {
    for (;;) {
      const found = await look()
      if (found !== undefined) return found
      await delay(20)
    }
  }
  return { url, text: fetchText, ask, until }
}
