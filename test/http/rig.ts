import { EventEmitter, once } from 'node:events'
import type { Test } from 'tap'
import type { SessionLimits } from '../../src/app/access/book.ts'
import type { LawFinder } from '../../src/core/compliance/law.ts'
import type { TelephonyEvent } from '../../src/core/inputs.ts'
import { recordingPacers } from '../../src/core/pacing/record.ts'
import type { Passwords } from '../../src/credentials/passwords.ts'
import type { Dialer } from '../../src/dialer/dialer.ts'
import { type ApiOptions, type ApiServer, createServer } from '../../src/http/server.ts'
import { importDoNotCall } from '../../src/import/doNotCall/doNotCallImport.ts'
import { previewLeads } from '../../src/import/leads/leadPreview.ts'
import { addTypedLead } from '../../src/import/leads/typedLead.ts'
import { importPermissions } from '../../src/import/permissions/permissionImport.ts'
import { moveIn } from '../../src/import/vicidial/moveIn.ts'
import { createLog } from '../../src/log.ts'
import type { AlarmOptions } from '../../src/ports/alarms.ts'
import type { Clock } from '../../src/ports/clock.ts'
import type { Importer } from '../../src/ports/importing/importer.ts'
import type { ImportReport, ImportRequest } from '../../src/ports/importing/importReports.ts'
import type { PackedLeadStore } from '../../src/ports/importing/packedLeads.ts'
import type { MoveInStore } from '../../src/ports/importing/packedMoved.ts'
import type { Store } from '../../src/ports/store.ts'
import type { Telephony } from '../../src/ports/telephony.ts'
import { ruleWords } from '../../src/rules/ruleText.ts'
import { createVirtualClock, type VirtualClock } from '../../src/sim/world/scheduler.ts'
import { createMemoryStore } from '../../src/store/memory/memoryStore.ts'
import { createOpenDialer, engineStateOf } from '../support/engineState.ts'
import { withFiles } from '../support/memoryFiles.ts'

/** A Tuesday, 15:00 UTC: inside every calling hour of the eastern United States. */
export const startAt = Date.parse('2026-01-13T15:00:00Z')
export const token = 'a-token-of-some-length'

/** A PBX in the test's hands: it does nothing by itself and remembers what it was asked. */
export interface HandMadePbx extends Telephony {
  readonly asked: string[]
  tell(event: TelephonyEvent): void
}

export function createHandMadePbx(): HandMadePbx {
  const asked: string[] = []
  let listener: ((event: TelephonyEvent) => void) | undefined
  const ask = async (what: string): Promise<void> => {
    asked.push(what)
  }
  return {
    nodeId: 'pbx1',
    asked,
    tell: event => listener?.(event),
    start(told) {
      listener = told
    },
    watchAgents() {},
    originate: order => ask(`originate ${order.attempt.number}`),
    connect: order => ask(`connect ${order.callId} ${order.agentId}`),
    playMessage: callId => ask(`message ${callId}`),
    say: order => ask(`say ${order.sounds.join(' ')}`),
    turnAway: callId => ask(`turn-away ${callId}`),
    hangUp: callId => ask(`hang-up ${callId}`),
    hold: ({ callId, on }) => ask(`${on ? 'hold' : 'unhold'} ${callId}`),
    sendDigits: ({ callId, digits }) => ask(`digits ${callId} ${digits}`),
    callTarget: ({ callId, endpoint }) => ask(`call-target ${callId} ${endpoint}`),
    joinTarget: ({ callId, to }) => ask(`join-target ${callId} ${to}`),
    dropTarget: callId => ask(`drop-target ${callId}`),
    callAgent: order => ask(`call-agent ${order.agentId}`),
    releaseAgent: agentId => ask(`release ${agentId}`),
    tellAgent: order => ask(`tell ${order.agentId} ${order.sounds.join(' ')}`),
    forgetAgent: agentId => void asked.push(`forget ${agentId}`),
    acknowledgeUnattended: () => ask('acknowledge'),
    callWritten: () => {},
    health: async () => ({
      version: '22.10.0',
      currentCalls: 0,
      uptimeSec: 5,
      modules: {},
      endpoints: {},
      contexts: {},
    }),
    async close() {},
  }
}

/** Reads a stream to its end: each line with a comma is a lead's row, the rest is reported. */
function createLineImporter(
  store: Store & PackedLeadStore & MoveInStore,
  tell: (what: 'begun' | 'done' | 'failed') => void,
): Importer {
  const read = async ({ stream, source }: ImportRequest): Promise<{ report: ImportReport; lines: string[] }> => {
    const decoder = new TextDecoder()
    let bytes = 0
    let text = ''
    tell('begun')
    try {
      for await (const chunk of stream) {
        bytes += chunk.length
        if (text.length < 10_000) text += decoder.decode(chunk, { stream: true })
      }
    } catch (error) {
      tell('failed')
      throw error
    }
    tell('done')
    const lines = text.split('\n').filter(line => line !== '')
    const counts = { rows: lines.length, imported: lines.length, duplicates: 0, invalid: 0 }
    return { lines, report: { source, ...counts, problems: [], problemsLeftOut: 0, durationMs: bytes } }
  }
  return {
    async importLeads(request) {
      const { report, lines } = await read(request)
      const rows = lines.slice(0, 100).map(line => {
        const [number = '', name = ''] = line.split(',')
        return { number, timeZones: ['America/New_York'], priority: 0, data: { name } }
      })
      await store.importLeads('i1', request.campaignId, rows)
      await store.activateImport('i1', report)
      return { ...report, list: 'leads', refused: 0, refusalsUnread: 0, warnings: [] }
    },
    previewLeads,
    addLead: lead => addTypedLead(store, lead),
    importDoNotCall: request => importDoNotCall(store, request, Date.now),
    importPermissions: request => importPermissions(store, request, startAt),
    moveIn: request => moveIn(store, request, startAt),
  }
}

export interface Rig {
  readonly url: string
  readonly clock: VirtualClock
  readonly store: Store & PackedLeadStore & MoveInStore
  readonly dialer: Dialer
  readonly pbx: HandMadePbx
  readonly server: ApiServer
  /** Resolves when an import does this next. */
  nextImport(does: 'begun' | 'done' | 'failed'): Promise<unknown>
  call(method: string, path: string, body?: unknown): Promise<{ readonly status: number; readonly body: Answer }>
}

/** JSON of any shape: tests look into it with `t.match`. */
export type Answer = Record<string, unknown>

/** A real server on a real port, before the real engine, a store in memory and a PBX in the test's hands. */
export async function startRig(
  t: Test,
  options: {
    readonly token?: string | null
    readonly laws?: LawFinder
    readonly importer?: Importer
    readonly clock?: Clock
    readonly beatMs?: number
    readonly sounds?: ApiOptions['sounds']
    readonly foresee?: ApiOptions['foresee']
    readonly alarms?: AlarmOptions
    readonly store?: Store & PackedLeadStore & MoveInStore
    readonly passwords?: Passwords
    readonly tls?: ApiOptions['tls']
    readonly sessions?: SessionLimits
    readonly pages?: string
    readonly pageGoneMs?: number
    readonly phones?: ApiOptions['phones']
    readonly transfers?: ApiOptions['transfers']
    readonly prover?: ApiOptions['prover']
  } = {},
): Promise<Rig> {
  const clock = createVirtualClock(startAt)
  const store = options.store ?? withFiles(createMemoryStore(), t.testdir())
  const pbx = createHandMadePbx()
  const imports = new EventEmitter()
  const nextImport = (does: string): Promise<unknown> => once(imports, does)
  const log = createLog({ level: 'silent' })
  const trunk = { trunkId: 'main', nodeId: 'pbx1', dialString: 'PJSIP/{number}@x', stripPlus: false }
  const dialer = createOpenDialer({
    createPacer: recordingPacers(),
    ...(options.laws === undefined ? {} : { laws: options.laws }),
    ...(options.alarms === undefined ? {} : { alarms: options.alarms }),
    ...{ clock, store, log, telephonies: [pbx], callIdPrefix: 't1', checkInvariants: true },
    trunks: [{ ...trunk, channelsMax: 10, callsPerSecondMax: 100 }],
    agents: [{ agentId: '1001', name: 'Ann', endpoint: 'PJSIP/1001', nodeId: 'pbx1' }],
  })
  await dialer.start()
  const asked = options.token === undefined ? token : options.token
  const server = await createServer({
    ...{
      gateway: dialer.gateway,
      store,
      log,
      importer: options.importer ?? createLineImporter(store, what => void imports.emit(what)),
      version: '1.2.3',
      wordsOf: ruleWords,
    },
    ...(asked === null ? {} : { token: asked }),
    ...(options.clock === undefined ? {} : { clock: options.clock }),
    ...(options.sounds === undefined ? {} : { sounds: options.sounds }),
    ...(options.foresee === undefined ? {} : { foresee: options.foresee }),
    ...(options.passwords === undefined ? {} : { passwords: options.passwords }),
    ...(options.sessions === undefined ? {} : { sessions: options.sessions }),
    ...(options.tls === undefined ? {} : { tls: options.tls }),
    ...(options.phones === undefined ? {} : { phones: options.phones }),
    ...(options.prover === undefined ? {} : { prover: options.prover }),
    ...(options.pages === undefined ? {} : { pages: options.pages }),
    ...(options.pageGoneMs === undefined ? {} : { pageGoneMs: options.pageGoneMs }),
    ...(options.beatMs === undefined ? {} : { beatMs: options.beatMs }),
    health: async () => [{ nodeId: 'pbx1', reachable: true, ...(await pbx.health()) }],
    ...{
      nodeIds: ['pbx1'],
      transfers: options.transfers ?? [],
      trunks: [{ trunkId: 'main', callerIds: ['+12025550100'] }],
      defaultCountry: 'US',
    },
  })
  const url = await server.listen({ host: '127.0.0.1', port: 0 })
  t.teardown(async () => {
    await server.close()
    const stopped = dialer.stop({ graceMs: 0 }).then(() => true)
    while (!(await Promise.race([stopped, turn()]))) await clock.runUntil(clock.now() + 1)
  })
  return {
    url,
    clock,
    store,
    dialer,
    pbx,
    server,
    nextImport,
    call: (method, path, body) => call(`${url}${path}`, { method, body }),
  }
}

function turn(): Promise<false> {
  return new Promise(resolve => setImmediate(() => resolve(false)))
}

async function call(url: string, { method, body }: { method: string; body: unknown }) {
  const response = await fetch(url, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  // The API answers objects; tests look into them with t.match.
  return { status: response.status, body: (await response.json()) as Answer }
}

/** A campaign at work with one agent on the line: Ann, `1001`. */
export async function dialingRig(t: Test, options: Parameters<typeof startRig>[1] = {}): Promise<Rig> {
  const rig = await startRig(t, options)
  const { pbx, clock } = rig
  const at = clock.now()
  pbx.tell({ kind: 'node-up', nodeId: 'pbx1', inventory: { calls: [], agents: [], unattended: [] }, at })
  await rig.call('PUT', '/v1/campaigns/spring', { id: 'spring', message: 'sorry', pacing: { mode: 'progressive' } })
  await fetch(`${rig.url}/v1/campaigns/spring/leads/import`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'text/csv' },
    body: '+12025550111,Bob\n+12025550112,Carol\n',
  })
  await rig.call('POST', '/v1/campaigns/spring/start')
  await rig.call('POST', '/v1/agents/1001/login', { campaign: 'spring' })
  pbx.tell({ kind: 'agent-leg-up', agentId: '1001', nodeId: 'pbx1', by: 'engine', at: clock.now() })
  await clock.runUntil(clock.now() + 2000)
  return rig
}

/** The call that the PBX was asked for last, answered and in the agent's hands. */
export async function connectCall(rig: Rig): Promise<string> {
  const { dialer, pbx, clock } = rig
  const [callId = ''] = [...engineStateOf(dialer).calls.keys()]
  pbx.tell({ kind: 'call-ringing', callId, at: clock.now() })
  await clock.runUntil(clock.now() + 3000)
  pbx.tell({ kind: 'call-answered', callId, at: clock.now() })
  pbx.tell({ kind: 'call-connected', callId, agentId: '1001', at: clock.now() })
  await clock.runUntil(clock.now() + 1000)
  return callId
}
