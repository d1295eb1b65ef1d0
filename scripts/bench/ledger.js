// What the ledger costs: `node scripts/bench-store.js ledger`. Everything runs in one thread on one connection, as in the
// writer's thread, so that what is measured is the work and not the way to it.
import { join } from 'node:path'
import Database from 'better-sqlite3'

/** @import { WriteOperation } from '#dialwright/store/operations.js' */
/** @import { Clearance } from '#dialwright/core/compliance/clearance.js' */

/** @typedef {Extract<WriteOperation, { kind: 'begin-attempt' | 'end-attempt' }>} CallOperation */

/** @typedef {ReturnType<typeof prepare>} World */

/** @typedef {(operation: CallOperation) => void} Act */

/** @typedef {{ wallUs: number, cpuUs: number }} Taken */

/** @typedef {{ campaignId: string, agoMs: number }} Whose of which campaign calls are, and how long ago they were */

const { migrate } = await import('#dialwright/store/sqlite/migrate.js')
const { prepareCallWrites } = await import('#dialwright/store/sqlite/queries/calls/callWrites.js')
const { prepareLeadWrites } = await import('#dialwright/store/sqlite/queries/leads/leadWrites.js')
const { prepareLedgerWrites } = await import('#dialwright/store/sqlite/queries/ledgerWrites.js')
const { recordOperation } = await import('#dialwright/store/ledger/record.js')

/** Operations in one transaction: what a busy dialer's group commit holds. */
const batchCalls = 50
/** Calls go round these numbers: most are known, as in a list that is dialed for the third time. */
const numbers = 5_000
const rounds = 5

/**
 * A call with its ledger entries and without, and the entries alone, each the best of some rounds.
 * @param {string} folder
 */
export function benchLedger(folder, calls = 20_000) {
  const world = prepare(join(folder, 'ledger.db'))
  /** @type {Record<'with' | 'without' | 'append', Taken[]>} */
  const made = { with: [], without: [], append: [] }
  /** @type {Record<'with' | 'without' | 'append', Act>} */
  const acts = {
    without: operation => world.handle(operation),
    with: operation => {
      world.handle(operation)
      recordOperation(world.ledger, operation, undefined)
    },
    append: operation => recordOperation(world.ledger, operation, undefined),
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const name of /** @type {const} */ (['without', 'with', 'append']))
      made[name].push(timed(world, { act: acts[name], calls, prefix: `r${round}-${name}` }))
  }
  const entryBytes = world.bytes()
  world.database.close()
  /** @param {keyof Taken} measure */
  const figures = measure => {
    /** @param {readonly Taken[]} list */
    const perCall = list => Math.min(...list.map(one => one[measure])) / calls
    return {
      appendPerEntryUs: round(perCall(made.append) / 2),
      appendPerCallUs: round(perCall(made.append)),
      beginAndEndWithoutLedgerUs: round(perCall(made.without)),
      beginAndEndWithLedgerUs: round(perCall(made.with)),
    }
  }
  // On a machine that does other things as well the clock tells of those; the processor's time does not.
  return {
    calls,
    rounds,
    entriesPerCall: 2,
    meanEntryBytes: entryBytes,
    wall: figures('wallUs'),
    cpu: figures('cpuUs'),
  }
}

/**
 * The writer's connection, without its thread.
 * @param {string} file
 */
export function prepare(file) {
  const database = new Database(file)
  database.pragma('journal_mode = WAL')
  database.pragma('cache_size = -32768')
  // As in the writer: another thread keeps the log short.
  database.pragma('wal_autocheckpoint = 0')
  // Waiting for the disk is the same with the ledger and without: it goes in the same transaction.
  database.pragma('synchronous = OFF')
  migrate(database, file)
  const leads = prepareLeadWrites(database)
  const writes = prepareCallWrites(database, leads)
  const ledger = prepareLedgerWrites(database)
  /** @type {Act} */
  const handle = operation => {
    if (operation.kind === 'begin-attempt') writes.begin(operation.attempt)
    else writes.end(operation.end)
  }
  const mean = database.prepare('SELECT avg(length(entry)) FROM ledger').pluck()
  return { database, ledger, handle, bytes: () => Math.round(Number(mean.get())) }
}

/**
 * So many calls with their ledger entries, as fast as they go.
 * @param {World} world
 * @param {number} calls
 * @param {Partial<Whose>} [whose]
 */
export function fillCalls(world, calls, { campaignId = 'bench', agoMs = 0 } = {}) {
  /** @type {Act} */
  const act = operation => {
    world.handle(operation)
    recordOperation(world.ledger, operation, undefined)
  }
  timed(world, { act, calls, prefix: 'filled', whose: { campaignId, agoMs } })
}

/**
 * Operations are made outside of what is timed, a transaction's at a time, as they come from the dialer.
 * @param {World} world
 * @param {{ act: Act, calls: number, prefix: string, whose?: Whose }} round
 * @returns {Taken}
 */
function timed({ database, ledger }, { act, calls, prefix, whose = { campaignId: 'bench', agoMs: 0 } }) {
  const carryOut = database.transaction((/** @type {readonly CallOperation[]} */ batch) => {
    ledger.begin()
    for (const operation of batch) act(operation)
  })
  let [wallUs, cpuUs] = [0, 0]
  for (let from = 0; from < calls; from += batchCalls) {
    const batch = Array.from({ length: Math.min(batchCalls, calls - from) }, (_, index) =>
      operationsOf(`${prefix}-${from + index}`, from + index, whose),
    ).flat()
    const before = process.cpuUsage()
    const startedAt = performance.now()
    carryOut.immediate(batch)
    wallUs += (performance.now() - startedAt) * 1_000
    const { user, system } = process.cpuUsage(before)
    cpuUs += user + system
  }
  return { wallUs, cpuUs }
}

/**
 * @param {string} callId
 * @param {number} index
 * @param {Whose} whose
 * @returns {CallOperation[]}
 */
function operationsOf(callId, index, { campaignId, agoMs }) {
  const at = Date.now() - agoMs
  const number = `+1303556${String(index % numbers).padStart(4, '0')}`
  const origin = /** @type {const} */ ('campaign')
  const ids = { origin, callId, campaignId, leadId: 1, number }
  const attempt = { ...ids, nodeId: 'pbx', trunkId: 'trunk', callerId: '+12025550100', originatedAt: at }
  const times = { ringingAt: at + 2_000, endedAt: at + 27_000, leadRetryAt: at + 900_000 }
  return [
    { kind: 'begin-attempt', attempt, clearance: clearanceAt(at) },
    {
      kind: 'end-attempt',
      end: { ...ids, disposition: 'no-answer', sipCode: 487, countsAsAttempt: true, ...times },
    },
  ]
}

/**
 * As long as one for a call from the United States to a state with rules of its own.
 * @param {number} at
 * @returns {Clearance}
 */
function clearanceAt(at) {
  const day = Math.floor(at / 86_400_000)
  const rules = [
    'US-FTC/do-not-call',
    'US-FCC/do-not-call',
    'US-FTC/hours',
    'US-FCC/hours',
    'US-FL/hours',
    'US-FL/attempts',
  ]
  const attempts = ['US-FL/attempts', 'campaign/lifetime'].map(ruleId => ({ ruleId, count: 1, max: 3 }))
  const lists = ['us', 'us-fl', 'bought'].map(list => ({ list, version: '4f2a9c0d', asOf: at - 86_400_000 }))
  return {
    ...{ at, rulesVersion: '9c4f2a9c0d11', seller: 'US', places: ['US-FL'], rules, lists, permissions: [], lifted: [] },
    localTimes: ['America/New_York', 'America/Chicago'].map(zone => ({ zone, minuteOfDay: 720, day })),
    ...{ attempts, fatigue: 2.4, decisionId: '1795610264339-42' },
  }
}

/** @param {number} value */
function round(value) {
  return Math.round(value * 10) / 10
}
