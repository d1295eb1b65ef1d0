// A live campaign of 30 calls a second, alone and then beside a backup of a large database with a large list: the delay from the
// answer to the agent, and what became of the calls, by the daemon's records.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { SetupFailure } from '../lib/failure.js'
import { connectDelays } from '../lib/witness.js'
import { rows } from './doNotCall.js'
import { countBy, percentiles, round } from './facts.js'
import { fillCalls, prepare } from './ledger.js'
import { dialFor, dialWhile, records, startWorld } from './world.js'

/** @import { CallRecord } from '../lib/witness.js' */
/** @import { Dialed } from './world.js' */

const AGENTS = 40
/** The trunk's allowance leaves a tenth for the burst: 30 a second leave. */
const CALLS_PER_SECOND = 33
/** Numbers of the range for fiction; dialing beside the backup ends when they are used up. */
const LEADS = 20_000

/**
 * Two of five answer and talk for a second, the others are busy: some 12 a second are joined.
 * @param {{ seconds?: number, rows?: number, numbers?: number }} options
 */
export async function measureBackup({ seconds = 60, rows: attempts = 2_000_000, numbers = 50_000_000 }) {
  const world = await startWorld({
    ...{ agents: AGENTS, mix: { 'rings-and-talks-shortly': 2, busy: 3 }, timeScale: 0.2 },
    ...{ leads: LEADS, trunk: { channels: 300, callsPerSecond: CALLS_PER_SECOND } },
    pacing: { mode: 'ratio', ratio: 2 },
    prepare: folder => fill(folder, attempts),
  })
  try {
    if (numbers > 0) await importList(world.at, numbers)
    const alone = await dialFor(world, seconds * 1000)
    /** @type {Promise<{ bytes: number, durationMs: number, ledgerEntries: number }>} */
    const backup = world.api.post('/v1/backups', { folder: join(world.folder, 'a-backup') })
    const beside = await dialWhile(world, backup)
    const { bytes, durationMs, ledgerEntries } = await backup
    const { calls } = await records(world)
    const idle = phase(calls, alone)
    const during = phase(calls, beside)
    return {
      entries: {
        backupBesideDialing: {
          reach:
            'backup of 2 M attempts and 50 M list numbers at 30 calls/s: <= 60 s; connect delay p99 <= 2 x idle; nothing refused',
          measured: {
            seconds: round(durationMs / 1000),
            connectDelayP99Ms: { idle: idle.connectDelayMs.p99, during: during.connectDelayMs.p99 },
          },
          ...{ attempts, numbers, backupBytes: bytes, ledgerEntries, idle, during },
        },
      },
    }
  } finally {
    await world.close()
  }
}

/**
 * @param {string} folder of the daemon, which is not there yet
 * @param {number} attempts
 */
function fill(folder, attempts) {
  mkdirSync(folder, { recursive: true })
  const filled = prepare(join(folder, 'dialwright.db'))
  // Of a campaign of their own: reading the calls of the one that dials must not read these.
  fillCalls(filled, attempts, { campaignId: 'filled' })
  filled.database.pragma('wal_checkpoint(TRUNCATE)')
  filled.database.close()
}

/**
 * Through the API, as an operator does it.
 * @param {{ url: string, token: string }} at
 * @param {number} numbers
 */
async function importList({ url, token }, numbers) {
  const query = 'list=national&source=bench&kind=national&place=US&country=US'
  /** @type {RequestInit & { duplex: 'half' }} */
  const request = {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'text/csv' },
    body: /** @type {ReadableStream<Uint8Array>} */ (Readable.toWeb(rows('full', { numbers, order: 'scattered' }))),
    duplex: 'half',
  }
  const response = await fetch(`${url}/v1/do-not-call/import?${query}`, request)
  if (!response.ok) throw new SetupFailure('bench', `The list was not imported: ${await response.text()}`, 1)
}

/**
 * @param {readonly CallRecord[]} calls
 * @param {Dialed} dialed
 */
function phase(calls, { startedAt, endedAt }) {
  const within = calls.filter(({ originatedAt }) => {
    const at = Date.parse(originatedAt)
    return at >= startedAt && at < endedAt
  })
  return {
    callsPerSecond: round((within.length * 1000) / Math.max(1, endedAt - startedAt), 1),
    dispositions: countBy(within, ({ disposition = 'none' }) => disposition),
    connectDelayMs: percentiles(connectDelays(within)),
  }
}
