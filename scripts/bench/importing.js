// A live campaign of 50 calls a second, alone and then beside an import of a million leads: the delay from the answer to
// the agent, by the daemon's records.
import { connectDelays } from '../lib/witness.js'
import { percentiles, round } from './facts.js'
import { dialFor, records, startWorld, status } from './world.js'

const AGENTS = 50
/** The trunk's allowance leaves a tenth for the burst: 50 a second leave. */
const CALLS_PER_SECOND = 55
const ROWS = 1_000_000

/**
 * Two of five answer and talk for a second, the others are busy: some 20 a second are joined.
 * @param {{ seconds?: number }} options
 */
export async function measureImporting({ seconds = 40 }) {
  const world = await startWorld({
    ...{ agents: AGENTS, mix: { 'rings-and-talks-shortly': 2, busy: 3 }, timeScale: 0.2 },
    leads: Math.ceil(CALLS_PER_SECOND * (2 * seconds + 30)),
    trunk: { channels: 300, callsPerSecond: CALLS_PER_SECOND },
    pacing: { mode: 'ratio', ratio: 2 },
  })
  try {
    await world.api.put('/v1/campaigns/other', { id: 'other', message: 'dialwright/demo-message', trunks: ['main'] })
    const alone = await dialFor(world, seconds * 1000)
    let rows = 0
    const importing = world.api
      .upload(
        '/v1/campaigns/other/leads/import?source=bench&country=US&origin=invented&basis=other:invented',
        csv(),
        'text/csv',
      )
      .then(report => {
        rows = report.imported
        return Date.now()
      })
    const beside = await dialFor(world, seconds * 1000)
    const importedAt = await importing
    const { calls } = await records(world)
    const beganAt = beside.startedAt
    /** @param {import('./world.js').Dialed} dialed */
    const of = ({ startedAt, endedAt }) => phase(calls, startedAt, endedAt)
    return {
      entries: {
        connectDelayDuringImport: {
          reach: 'import beside a campaign at 50 calls/s: connect delay p99 <= 2 x the idle one',
          measured: { alone: of(alone).connectDelayMs.p99, beside: of(beside).connectDelayMs.p99 },
          ...{ alone: of(alone), beside: phase(calls, beganAt, Math.min(beside.endedAt, importedAt)) },
          import: { rows, seconds: round((importedAt - beganAt) / 1000) },
          nodes: (await status(world.api)).nodes.map(({ link }) => link),
        },
      },
    }
  } finally {
    await world.close()
  }
}

/**
 * @param {readonly import('../lib/witness.js').CallRecord[]} calls
 * @param {number} from
 * @param {number} until
 */
function phase(calls, from, until) {
  const within = calls.filter(call => Date.parse(call.originatedAt) >= from && Date.parse(call.originatedAt) < until)
  const connected = within.filter(call => call.connectedAt !== undefined)
  const delays = connectDelays(within)
  const callsPerSecond = round((within.length * 1000) / Math.max(1, until - from), 1)
  return { callsPerSecond, attempts: within.length, connected: connected.length, connectDelayMs: percentiles(delays) }
}

/** As one text: valid American numbers that are never dialed, for the campaign does not run. */
function csv() {
  const rows = ['phone,name']
  for (let row = 0; row < ROWS; row += 1) {
    const [area, exchange] = [
      212 + (Math.floor(row / 200_000) % 5 === 4 ? 100 : Math.floor(row / 200_000)),
      220 + (Math.floor(row / 10_000) % 20),
    ]
    rows.push(`+1${area}${exchange}${String(row % 10_000).padStart(4, '0')},Nobody ${row}`)
  }
  return `${rows.join('\n')}\n`
}
