#!/usr/bin/env node
// Measures the store: `node scripts/bench-store.js [leads|do-not-call|calls|ledger|backup|archive|all] [--rows N] [--numbers N] [--folder DIR]`.
// Runs the compiled program (dist) and prints one JSON object. The numbers are never dialed.
import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { benchArchive } from './bench/archive.js'
import { benchBackup } from './bench/backup.js'
import { benchDoNotCall, watchOwnTime } from './bench/doNotCall.js'
import { benchLedger } from './bench/ledger.js'

/** @import { SqliteStore } from '#dialwright/store/sqlite/sqliteStore.js' */
/** @import { CampaignAttempt } from '#dialwright/core/calls/call.js' */
/** @import { Lead, Pace } from './bench/doNotCall.js' */

const { campaignSettings } = await import('#dialwright/config/campaignFile.js')
const { openSqliteStore } = await import('#dialwright/store/sqlite/sqliteStore.js')
const { createImporter } = await import('#dialwright/import/importer.js')

const [what = 'all', ...options] = process.argv.slice(2)
/** @param {string} name */
const option = name => (options.includes(name) ? options[options.indexOf(name) + 1] : undefined)
const rowsAsked = option('--rows')
const folder = mkdtempSync(join(option('--folder') ?? tmpdir(), 'dialwright-bench-'))

/** @type {Readonly<Record<string, (rows?: number) => Promise<object>>>} */
const benchmarks = {
  ...{ leads: benchLeads, 'do-not-call': benchLists, calls: benchCalls, ledger: benchEntries },
  ...{ backup: benchBackups, archive: benchArchives },
}
try {
  const names = what === 'all' ? Object.keys(benchmarks) : [what]
  /** @type {Record<string, object>} */
  const results = {}
  for (const name of names) {
    const benchmark = benchmarks[name]
    if (benchmark === undefined)
      throw new RangeError(`there is no benchmark "${name}": ${Object.keys(benchmarks).join(', ')} or all`)
    results[name] = await benchmark(rowsAsked === undefined ? undefined : Number(rowsAsked))
  }
  process.stdout.write(`${JSON.stringify(results, null, 2)}\n`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** @param {string} campaignId */
function settingsOf(campaignId) {
  const seller = { sellerId: 'bench', place: 'US' }
  return campaignSettings(
    { id: campaignId, message: 'message' },
    { trunks: [{ trunkId: 'trunk', callerIds: ['+12015550100'] }], seller },
  )
}

/** A CSV of leads is imported; then another while attempts go on at 50 calls/s; then the hopper asks. */
async function benchLeads(rows = 1_000_000) {
  const csv = await writeFile('leads.csv', leadLines(rows))
  const store = await openSqliteStore({ file: join(folder, 'leads.db') })
  try {
    for (const campaignId of ['bench', 'second', 'live']) await store.saveCampaign(settingsOf(campaignId))
    const memory = watchMemory()
    const delay = watchLoop()
    const report = await createImporter(store).importLeads({ campaignId: 'bench', ...source(csv) })
    const result = {
      rows: report.rows,
      imported: report.imported,
      seconds: report.durationMs / 1000,
      rowsPerSecond: Math.round(report.rows / (report.durationMs / 1000)),
      rssMaxMb: memory.stop(),
      loopDelay: delay.stop(),
    }
    return { ...result, ...(await benchHopper(store)), ...(await benchLive(store, Math.ceil(rows / 5))) }
  } finally {
    await store.close()
  }
}

/**
 * @param {SqliteStore} store
 * @param {number} rows
 */
async function benchLive(store, rows) {
  const csv = await writeFile('more.csv', leadLines(rows))
  const leads = await importSome(store, 'live', 2_000)
  const idle = await paceAttempts(store, { leads, perSecond: 50, seconds: 5, prefix: 'idle' })
  let importing = true
  const busy = paceAttempts(store, { leads, perSecond: 50, while: () => importing, prefix: 'busy' })
  const report = await createImporter(store)
    .importLeads({ campaignId: 'second', ...source(csv) })
    .finally(() => {
      importing = false
    })
  const rowsPerSecond = Math.round(report.rows / (report.durationMs / 1000))
  return { live: { rowsPerSecond, beginAttemptIdleMs: idle, beginAttemptDuringImportMs: await busy } }
}

/** @param {SqliteStore} store */
async function benchHopper(store) {
  const now = Date.now()
  /** @type {number[]} */
  const refills = []
  const delay = watchLoop()
  /** @type {number[]} */
  const exclude = []
  for (let round = 0; round < 20; round += 1) {
    const startedAt = performance.now()
    const { leads } = await store.dialableLeads({ campaignId: 'bench', limit: 1_000, exclude, now })
    refills.push(performance.now() - startedAt)
    if (round === 10) exclude.push(...leads.map(lead => lead.leadId))
  }
  const loopDelay = delay.stop()
  const { leads } = await store.dialableLeads({ campaignId: 'bench', limit: 1_000, exclude: [], now })
  const lookups = 200_000
  const startedAt = performance.now()
  for (let index = 0; index < lookups; index += 1) {
    await store.facts({ campaignId: 'bench', leadId: inTurn(leads, index).leadId, now })
  }
  const factsPerSecond = Math.round(lookups / ((performance.now() - startedAt) / 1000))
  const countsAt = performance.now()
  await store.leadCounts('bench')
  const leadCountsMs = round(performance.now() - countsAt)
  return { refillOf1000Ms: percentiles(refills), refillLoopDelay: loopDelay, factsPerSecond, leadCountsMs }
}

function benchLists() {
  const numbers = Number(option('--numbers') ?? '250000000')
  return benchDoNotCall(tools(), { numbers, order: option('--order') ?? 'scattered' })
}

/**
 * `--rows`: attempts, `--numbers`: of a list.
 * @param {number} [attempts]
 */
function benchBackups(attempts) {
  return benchBackup(tools(), { attempts, numbers: Number(option('--numbers') ?? '50000000') })
}

/**
 * `--rows`: attempts.
 * @param {number} [attempts]
 */
function benchArchives(attempts) {
  return benchArchive(tools(), { attempts })
}

function tools() {
  const parts = { openStore: openSqliteStore, createImporter, folder }
  return { ...parts, importSome, paceAttempts, watchLoop, watchMemory, watchOwnTime, percentiles }
}

/**
 * What the ledger costs a call.
 * @param {number} [calls]
 */
async function benchEntries(calls) {
  return benchLedger(folder, calls)
}

/** Attempts begun and ended, as many at once as a busy dialer has. */
async function benchCalls(count = 50_000) {
  const store = await openSqliteStore({ file: join(folder, 'calls.db') })
  try {
    await store.saveCampaign(settingsOf('live'))
    const leads = await importSome(store, 'live', 2_000)
    /** @type {Record<string, object>} */
    const results = {}
    for (const atOnce of [1, 20, 200]) results[`atOnce${atOnce}`] = await runAttempts(store, { leads, atOnce, count })
    return results
  } finally {
    await store.close()
  }
}

/**
 * @param {SqliteStore} store
 * @param {{ leads: readonly Lead[], atOnce: number, count: number }} options
 */
async function runAttempts(store, { leads, atOnce, count }) {
  /** @type {number[]} */
  const began = []
  /** @type {number[]} */
  const ended = []
  let next = 0
  const attempts = atOnce === 1 ? Math.min(count, 10_000) : count
  const delay = watchLoop()
  const startedAt = performance.now()
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (next < attempts) {
        next += 1
        const attempt = attemptOf(inTurn(leads, next), `calls-${atOnce}-${next}`)
        began.push(await timed(() => store.beginAttempt(attempt)))
        ended.push(await timed(() => store.endAttempt(endOf(attempt))))
      }
    }),
  )
  const seconds = (performance.now() - startedAt) / 1000
  const perSecond = Math.round(attempts / seconds)
  return {
    attemptsPerSecond: perSecond,
    beginMs: percentiles(began),
    endMs: percentiles(ended),
    loopDelay: delay.stop(),
  }
}

/**
 * @param {SqliteStore} store
 * @param {Pace} pace
 */
async function paceAttempts(store, { leads, perSecond, seconds = 0, while: goOn, prefix }) {
  /** @type {number[]} */
  const began = []
  /** @type {Promise<void>[]} */
  const pending = []
  const startedAt = performance.now()
  const running = goOn ?? (() => performance.now() - startedAt < seconds * 1000)
  for (let index = 0; running(); index += 1) {
    const attempt = attemptOf(inTurn(leads, index), `${prefix}-${index}`)
    pending.push(
      timed(() => store.beginAttempt(attempt)).then(ms => {
        began.push(ms)
        return store.endAttempt(endOf(attempt))
      }),
    )
    await new Promise(resolve => setTimeout(resolve, 1000 / perSecond))
  }
  await Promise.all(pending)
  return percentiles(began)
}

/** @param {() => Promise<void>} run */
async function timed(run) {
  const startedAt = performance.now()
  await run()
  return performance.now() - startedAt
}

/**
 * @param {Lead} lead
 * @param {string} callId
 * @returns {CampaignAttempt}
 */
function attemptOf({ leadId, number }, callId) {
  const way = { nodeId: 'pbx', trunkId: 'trunk', callerId: '+12015550100' }
  return { origin: 'campaign', callId, campaignId: 'live', leadId, number, ...way, originatedAt: Date.now() }
}

/**
 * One after the other, and again from the first.
 * @template Item
 * @param {readonly Item[]} items
 * @param {number} index
 */
function inTurn(items, index) {
  const item = items[index % items.length]
  if (item === undefined) throw new RangeError('there are no leads')
  return item
}

/**
 * @param {CampaignAttempt} attempt
 * @returns {import('#dialwright/core/calls/call.js').AttemptEnd}
 */
function endOf({ origin, callId, campaignId, leadId, number, originatedAt }) {
  const ids = { origin, callId, campaignId, leadId, number }
  const times = { endedAt: originatedAt + 20_000, leadRetryAt: originatedAt + 900_000 }
  return { ...ids, disposition: 'busy', sipCode: 486, countsAsAttempt: true, ...times }
}

/**
 * @param {SqliteStore} store
 * @param {string} campaignId
 * @param {number} count
 */
async function importSome(store, campaignId, count) {
  const rows = Array.from({ length: count }, (_, index) => ({
    number: `+1303555${String(index).padStart(4, '0')}`,
    timeZones: ['America/Denver'],
    priority: 0,
    data: {},
  }))
  await store.importLeads(campaignId, campaignId, rows)
  const summary = { source: 'bench', rows: count, imported: count, duplicates: 0, invalid: 0 }
  await store.activateImport(campaignId, summary)
  return store.listLeads({ campaignId, limit: count })
}

/** @param {string} file */
function source(file) {
  const provenance = /** @type {const} */ ({ origin: 'invented', obtainedAt: 0, legalBasis: 'other:invented' })
  return { source: file, defaultCountry: 'US', stream: createReadStream(file), provenance }
}

/**
 * @param {string} name
 * @param {Iterable<string>} lines
 */
async function writeFile(name, lines) {
  const file = join(folder, name)
  await pipeline(Readable.from(lines), createWriteStream(file))
  return file
}

/**
 * All different, in no order: every third area code exists many times over.
 * @param {number} rows
 */
function* leadLines(rows) {
  yield 'phone,first_name,last_name,city,email,priority\n'
  for (let index = 0; index < rows; index += 1000) {
    let text = ''
    for (let row = index; row < Math.min(rows, index + 1000); row += 1) {
      text += `${numberAt(row, rows)},Ann${row},Person${row},Springfield,person${row}@example.com,${row % 5}\n`
    }
    yield text
  }
}

/**
 * @param {number} index
 * @param {number} rows
 */
function numberAt(index, rows) {
  const areas = ['201', '212', '303', '312', '415', '503', '602', '702', '713', '808', '904', '917']
  const scattered = (index * 7_368_787) % Math.max(rows, 8_000_000)
  const area = areas[scattered % areas.length]
  return `+1${area}${2_000_000 + (Math.floor(scattered / areas.length) % 8_000_000)}`
}

function watchLoop() {
  const histogram = monitorEventLoopDelay({ resolution: 1 })
  histogram.enable()
  return {
    stop() {
      histogram.disable()
      return { p99Ms: round(histogram.percentile(99) / 1e6), maxMs: round(histogram.max / 1e6) }
    },
  }
}

function watchMemory() {
  let max = 0
  const look = () => {
    max = Math.max(max, process.memoryUsage.rss())
  }
  const timer = setInterval(look, 100)
  return {
    stop() {
      look()
      clearInterval(timer)
      return Math.round(max / 1024 / 1024)
    },
  }
}

/** @param {readonly number[]} values */
function percentiles(values) {
  const sorted = [...values].sort((a, b) => a - b)
  /** @param {number} share */
  const at = share => round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0)
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) }
}

/** @param {number} value */
function round(value) {
  return Math.round(value * 100) / 100
}
