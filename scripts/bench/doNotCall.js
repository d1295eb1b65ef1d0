// A do-not-call list of national size: imported while attempts go on, asked, changed, and read whole. The numbers exist
// in this process alone, are made while they are read, and are never dialed.
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { constants, setPriority } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { round } from './facts.js'
import { numberSpace } from './numberRows.js'

/** @import { SqliteStore } from '#dialwright/store/sqlite/sqliteStore.js' */
/** @import { Importer } from '#dialwright/ports/importing/importer.js' */

/** @import { NumberSpace } from './numberRows.js' */

/**
 * @typedef {{ numbers: number, order: string }} Size
 *
 * @typedef {{ leadId: number, number: string }} Lead
 *
 * How attempts are begun: so many a second, for so long or while something goes on; their names begin with the prefix.
 * @typedef {{ leads: readonly Lead[], perSecond: number, seconds?: number, while?: () => boolean, prefix: string }} Pace
 *
 * @typedef {{ count: number, p50: number, p99: number, max: number }} Figures
 *
 * @typedef {object} Tools
 * @property {string} folder
 * @property {typeof import('#dialwright/store/sqlite/sqliteStore.js').openSqliteStore} openStore
 * @property {typeof import('#dialwright/import/importer.js').createImporter} createImporter
 * @property {(store: SqliteStore, campaignId: string, count: number) => Promise<readonly Lead[]>} importSome
 * @property {(store: SqliteStore, pace: Pace) => Promise<Figures>} paceAttempts
 * @property {() => { stop(): { p99Ms: number, maxMs: number } }} watchLoop
 * @property {() => { stop(): number }} watchMemory
 * @property {typeof watchOwnTime} watchOwnTime
 * @property {(values: readonly number[]) => Figures} percentiles
 */

const CHECKS = 1_000_000
const { priority } = constants

/**
 * @param {Tools} tools what the store's benchmark has at hand
 * @param {Partial<Size>} [size]
 */
export async function benchDoNotCall(tools, { numbers = 250_000_000, order = 'scattered' } = {}) {
  const space = await numberSpace(numbers, order)
  const file = join(tools.folder, 'do-not-call.db')
  const store = await tools.openStore({ file })
  try {
    const importer = tools.createImporter(store)
    const leads = await tools.importSome(store, 'live', 2_000)
    const idleDelay = tools.watchLoop()
    const idle = await tools.paceAttempts(store, { leads, perSecond: 50, seconds: 10, prefix: 'idle' })
    const idleLoopDelay = idleDelay.stop()
    const full = await measured(tools, { store, leads, prefix: 'full' }, () =>
      importer.importDoNotCall({ ...request, stream: rows('full', { numbers, order }) }),
    )
    const bytes = listBytes(file)
    const checks = await checkAll(tools, store, { space, numbers })
    const delta = await measured(tools, { store, leads, prefix: 'delta' }, () =>
      importer.importDoNotCall({ ...request, delta: 'changes', stream: rows('changes', { numbers, order }) }),
    )
    const verifyAt = performance.now()
    await store.files.verifyDoNotCallList(request.list)
    return {
      numbers,
      order,
      full: { ...full, bytesOnDisk: bytes, bytesPerNumber: round(bytes / full.listed) },
      checks,
      delta,
      verifySeconds: round((performance.now() - verifyAt) / 1000),
      idle: { loopDelay: idleLoopDelay, beginAttemptMs: idle },
    }
  } finally {
    await store.close()
  }
}

const request = /** @type {const} */ ({
  list: 'national',
  source: 'bench',
  defaultCountry: 'US',
  kind: 'national',
  place: 'US',
})
/**
 * Runs an import with attempts at 50 a second beside it.
 * @param {Tools} tools
 * @param {{ store: SqliteStore, leads: readonly Lead[], prefix: string }} beside
 * @param {() => ReturnType<Importer['importDoNotCall']>} run
 */
async function measured(tools, { store, leads, prefix }, run) {
  const memory = tools.watchMemory()
  const delay = tools.watchLoop()
  const own = watchOwnTime()
  let importing = true
  const paced = tools.paceAttempts(store, { leads, perSecond: 50, while: () => importing, prefix })
  const report = await run().finally(() => {
    importing = false
  })
  const beginAttemptMs = await paced
  return {
    ...{ seconds: round(report.durationMs / 1000), rows: report.rows, imported: report.imported },
    listed: report.list.numbers,
    ...(report.changes === undefined ? {} : { changes: report.changes }),
    ...{ rssMaxMb: memory.stop(), loopDelay: delay.stop(), ownTime: own.stop(), beginAttemptMs },
  }
}

/**
 * On the main thread, through the store's port, one after the other: hits and misses in turn, all over the list. The gate's own
 * look-up is the same without the promise and with the number at hand as an integer: a tenth faster.
 * @param {Tools} tools
 * @param {SqliteStore} store
 * @param {{ space: NumberSpace, numbers: number }} list
 */
async function checkAll(tools, store, { space, numbers }) {
  /** @type {string[]} */
  const asked = []
  for (let check = 0; check < CHECKS; check += 1) {
    const index = (check * 104_729) % numbers
    asked.push(`+${10_000_000_000 + space.at(check % 2 === 0 ? index : numbers + index)}`)
  }
  let found = 0
  /** @type {number[]} */
  const samples = []
  const startedAt = performance.now()
  for (let check = 0; check < CHECKS; check += 1) {
    const at = check % 100 === 0 ? performance.now() : 0
    found += (await store.doNotCallHits(asked[check] ?? '')).length
    if (at !== 0) samples.push((performance.now() - at) * 1000)
  }
  const perSecond = Math.round(CHECKS / ((performance.now() - startedAt) / 1000))
  const { p50, p99, max } = tools.percentiles(samples)
  return { checks: CHECKS, found, perSecond, p50Us: round(p50), p99Us: round(p99), maxUs: round(max) }
}

/**
 * Rows from a process of their own, as an upload would bring them; that one comes from another machine and must not count.
 * @param {'full' | 'changes'} what
 * @param {Size} size
 */
export function rows(what, { numbers, order }) {
  const program = fileURLToPath(new URL('numberRows.js', import.meta.url))
  const maker = spawn(process.execPath, [program, what, String(numbers), order], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (maker.pid !== undefined) setPriority(maker.pid, priority.PRIORITY_LOW)
  return maker.stdout
}

/**
 * Between two turns of the loop: the longest time for which the main thread itself was at work, and for which it was ready
 * and other programs had the cores (Linux). The first is ours; the second says what the machine was doing.
 */
export function watchOwnTime() {
  const file = `/proc/self/task/${process.pid}/schedstat`
  if (!existsSync(file)) return { stop: () => undefined }
  const now = () => {
    const [workNs = 0, waitNs = 0] = readFileSync(file, 'latin1').split(' ').map(Number)
    return { workNs, waitNs }
  }
  let last = now()
  const max = { workMs: 0, waitMs: 0 }
  const timer = setInterval(() => {
    const next = now()
    max.workMs = Math.max(max.workMs, round((next.workNs - last.workNs) / 1e6))
    max.waitMs = Math.max(max.waitMs, round((next.waitNs - last.waitNs) / 1e6))
    last = next
  }, 1)
  return {
    stop() {
      clearInterval(timer)
      return max
    },
  }
}

/** @param {string} file */
function listBytes(file) {
  const folder = `${file}-lists`
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)
}
