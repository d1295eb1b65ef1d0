// A backup of a large database with a large list, while attempts are begun: how long it takes, and what the attempts notice.
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { rows } from './doNotCall.js'
import { round } from './facts.js'
import { fillCalls, prepare } from './ledger.js'

/** @import { Tools } from './doNotCall.js' */

const perSecond = 30
const idleSeconds = 20

/**
 * @param {Tools} tools what the store's benchmark has at hand
 * @param {{ attempts?: number | undefined, numbers: number }} size
 */
export async function benchBackup(tools, { attempts = 2_000_000, numbers }) {
  const file = join(tools.folder, 'backup.db')
  const world = prepare(file)
  fillCalls(world, attempts)
  world.database.close()
  const store = await tools.openStore({ file })
  try {
    const order = 'scattered'
    const request = /** @type {const} */ ({ list: 'national', source: 'bench', defaultCountry: 'US' })
    if (numbers > 0)
      await tools.createImporter(store).importDoNotCall({ ...request, stream: rows('full', { numbers, order }) })
    const leads = await tools.importSome(store, 'live', 2_000)
    const idle = await tools.paceAttempts(store, { leads, perSecond, seconds: idleSeconds, prefix: 'idle' })
    const delay = tools.watchLoop()
    const memory = tools.watchMemory()
    let running = true
    const paced = tools.paceAttempts(store, { leads, perSecond, while: () => running, prefix: 'during' })
    const report = await store.files.backup({ target: join(tools.folder, 'a-backup'), at: Date.now() }).finally(() => {
      running = false
    })
    const during = await paced
    return {
      ...{ attempts, numbers, databaseBytes: statSync(file).size, backupBytes: report.bytes },
      ...{ seconds: round(report.durationMs / 1000), ledgerEntries: report.ledgerEntries },
      ...{ beginAttemptIdleMs: idle, beginAttemptDuringMs: during, loopDelay: delay.stop(), rssMaxMb: memory.stop() },
    }
  } finally {
    await store.close()
  }
}
