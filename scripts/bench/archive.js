// An archive of a large database, while attempts are begun: how long it takes, and what the attempts and the event loop notice.
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { round } from './facts.js'
import { fillCalls, prepare } from './ledger.js'

/** @import { Tools } from './doNotCall.js' */

const perSecond = 30
const idleSeconds = 20
const hourMs = 3_600_000
/** When the archive is made: no rule asks so long for what was a day ago. */
const aheadMs = 20 * 366 * 24 * hourMs

/**
 * @param {Tools} tools what the store's benchmark has at hand
 * @param {{ attempts?: number | undefined }} size
 */
export async function benchArchive(tools, { attempts = 2_000_000 }) {
  const { loadRuleBook } = await import('#dialwright/rules/ruleBook.js')
  const file = join(tools.folder, 'archive.db')
  const world = prepare(file)
  fillCalls(world, attempts, { campaignId: 'filled', agoMs: 24 * hourMs })
  world.database.close()
  const store = await tools.openStore({ file })
  try {
    await store.recordRules(loadRuleBook(), Date.now())
    const leads = await tools.importSome(store, 'live', 2_000)
    const idleDelay = tools.watchLoop()
    const idle = await tools.paceAttempts(store, { leads, perSecond, seconds: idleSeconds, prefix: 'idle' })
    const idleLoopDelay = idleDelay.stop()
    const delay = tools.watchLoop()
    const own = tools.watchOwnTime()
    const memory = tools.watchMemory()
    let running = true
    const paced = tools.paceAttempts(store, { leads, perSecond, while: () => running, prefix: 'during' })
    const request = { target: join(tools.folder, 'old.gz'), dryRun: false, at: Date.now() + aheadMs }
    const report = await store.files.archive({ ...request, before: Date.now() - hourMs }).finally(() => {
      running = false
    })
    const during = await paced
    return {
      ...{ attempts, left: report.left, databaseBytes: statSync(file).size, archiveBytes: report.bytes },
      ...{ seconds: round(report.durationMs / 1000), rssMaxMb: memory.stop(), ownTime: own.stop() },
      ...{ beginAttemptIdleMs: idle, beginAttemptDuringMs: during, idleLoopDelay, loopDelay: delay.stop() },
    }
  } finally {
    await store.close()
  }
}
