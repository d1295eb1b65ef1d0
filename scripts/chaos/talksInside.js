// Inside the sandbox: calls that people answer, talk in and end at any moment, and a daemon that is killed (SIGKILL) sixteen times and
// is away for one to six seconds. Afterwards every record is held against the carrier's own log.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { createApi } from '../lib/api.js'
import { startCarrier } from '../lib/carrier.js'
import { startDaemon } from '../lib/daemon.js'
import { exitOnFailure } from '../lib/failure.js'
import { sandboxAgents, startSoftphones } from '../lib/softphones.js'
import { talksRecordedWrong } from '../lib/talkWitness.js'
import { mismatchesOf } from '../lib/witness.js'
import { linked, prepare, until } from './campaign.js'

/** @import { CallRecord } from '../lib/witness.js' */
/** @import { TalkRecord } from '../lib/talkWitness.js' */

/**
 * @typedef {{ agentId: string, state: string, callId?: string }} Agent
 * @typedef {TalkRecord & CallRecord & { detail?: string }} Call
 */

const KILLS = 16
const AGENTS = 16
const LEADS = 600
const WAIT_MS = 60_000
/** So long it works before each kill, and is away after it, in turn. */
const WORKS_MS = [2_000, 1_300, 3_100, 700]
const AWAY_MS = [1_000, 3_000, 6_000, 2_000, 4_500]
/** Times are a tenth of people's: talks of 0.8 to 6 s, rings of 0.2 to 1.4 s. */
const TIME_SCALE = 0.1
const MIX = { talks: 6, 'hangs-up-early': 2, 'talks-until-hung-up': 1, 'no-answer': 1, busy: 1, declined: 1 }

exitOnFailure(main())

async function main() {
  const folder = mkdtempSync(join(tmpdir(), 'dialwright-chaos-'))
  const carrier = await startCarrier({
    folder: join(folder, 'carrier'),
    mix: MIX,
    bySuffix: false,
    timeScale: TIME_SCALE,
  })
  const agents = sandboxAgents(AGENTS)
  const phones = await startSoftphones({ folder: join(folder, 'phones'), agents })
  const serve = () => startDaemon({ folder: join(folder, 'daemon'), agents })
  let daemon = await serve()
  /** @type {Map<string, string>} */
  const talked = new Map()
  try {
    const first = createApi(daemon)
    await prepare(first, { agents, leads: LEADS })
    await first.post('/v1/campaigns/chaos/start')
    for (let kill = 0; kill < KILLS; kill += 1) {
      await watch(createApi(daemon), talked, Number(WORKS_MS[kill % WORKS_MS.length]))
      await daemon.kill('SIGKILL')
      await setTimeout(AWAY_MS[kill % AWAY_MS.length])
      daemon = await serve()
      await linked(createApi(daemon), WAIT_MS)
    }
    const api = createApi(daemon)
    await end(api, talked)
    const calls = await recordsOf(api)
    const { calls: seen } = await carrier.statistics()
    const wrong = talksRecordedWrong(calls, seen, talked)
    const answered = seen.filter(call => call.answeredAt !== undefined)
    const numbers = new Set(seen.map(call => call.calledNumber))
    // Whom the daemon lost unanswered has the carrier's own word, or none, as their end.
    const strange = mismatchesOf(
      calls.filter(({ detail }) => detail !== 'recovered'),
      answered,
    ).filter(text => !text.endsWith('no such Call-ID'))
    const found = {
      ...{ kills: KILLS, calls: calls.length, answered: answered.length, talkedAsSeen: talked.size },
      dispositions: countBy(calls.map(({ disposition = 'none' }) => disposition)),
      ...{ talksRecordedWrong: wrong.length, calledTwice: seen.length - numbers.size },
      ...{ wrong: wrong.slice(0, 20), strange: strange.slice(0, 20) },
    }
    const ok = wrong.length === 0 && found.calledTwice === 0 && talked.size > KILLS
    process.stdout.write(`${JSON.stringify({ ok, ...found })}\n`)
  } finally {
    await daemon.stop()
    await phones.stop()
    await carrier.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Nothing more is dialed, and what is open ends. @param {ReturnType<typeof createApi>} api @param {Map<string, string>} talked */
async function end(api, talked) {
  await watch(api, talked, 2_000)
  await api.post('/v1/campaigns/chaos/stop', { force: false })
  await until(
    'the end of all calls',
    async () => {
      const open = (await recordsOf(api)).filter(({ disposition }) => disposition === undefined)
      // What waits, or ends in this moment, is refused; the next look finds it.
      for (const { callId } of open) await api.post(`/v1/calls/${callId}/hang-up`).catch(() => {})
      return open.length === 0
    },
    WAIT_MS,
  )
}

/** Notes who has which call. @param {ReturnType<typeof createApi>} api @param {Map<string, string>} talked @param {number} forMs */
async function watch(api, talked, forMs) {
  for (const until = Date.now() + forMs; Date.now() < until; await setTimeout(40)) {
    /** @type {{ agents: Agent[] }} */
    const { agents } = await api.get('/v1/agents')
    for (const { agentId, state, callId } of agents)
      if (state === 'on-call' && callId !== undefined) talked.set(callId, agentId)
  }
}

/** @param {ReturnType<typeof createApi>} api @returns {Promise<Call[]>} */
async function recordsOf(api) {
  /** @type {{ calls: Call[] }} */
  const { calls } = await api.get('/v1/calls?limit=1000')
  return calls
}

/** @param {readonly string[]} words */
function countBy(words) {
  /** @type {Record<string, number>} */
  const counts = {}
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1
  return counts
}
