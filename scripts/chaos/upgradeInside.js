// Inside the sandbox: thirty people in talks that do not end, others who are dialed meanwhile, and a daemon that is replaced by the next
// one, again and again. Afterwards the carrier's own log says who was cut off and how long nobody was called.
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import { createApi } from '../lib/api.js'
import { startCarrier } from '../lib/carrier.js'
import { startDaemon } from '../lib/daemon.js'
import { exitOnFailure } from '../lib/failure.js'
import { PROJECT } from '../lib/paths.js'
import { sandboxAgents, startSoftphones } from '../lib/softphones.js'
import { talksRecordedWrong } from '../lib/talkWitness.js'
import { linked, prepare, status, until } from './campaign.js'

/** @import { CarrierCall } from '../lib/carrierStatistics.js' */
/** @import { CallRecord } from '../lib/witness.js' */
/** @import { TalkRecord } from '../lib/talkWitness.js' */

/** @typedef {TalkRecord & CallRecord & { detail?: string }} Call */

const TALKS = 30
/** So many work on while the others talk: enough that one of them is always free, and somebody is called several times a second. */
const WORKERS = 20
const LEADS = 900
/** Nobody answers within a second: such answers are held to be false, and open the trunk's breaker. */
const TIME_SCALE = 1.2
/** Most ring and decline, so that some ring at every moment and few agents talk: a gap is then the daemon's, and not the talks'. */
const MIX = { talks: 1, declined: 30, busy: 10 }
/** People of these area codes answer and never hang up. */
const AREAS =
  '201 202 203 205 206 207 208 209 210 212 213 214 215 216 217 218 219 224 225 228 229 231 234 239 240 248 251 252 253 254'
const TALKERS = AREAS.split(' ').map(area => `+1${area}5550110`)
const WORKS_MS = 8_000
const WAIT_MS = 90_000

exitOnFailure(main(process.argv.slice(2)))

/** @param {readonly string[]} others clones of other versions */
async function main(others) {
  const folder = mkdtempSync(join(tmpdir(), 'dialwright-chaos-'))
  const carrier = await startCarrier({ folder: join(folder, 'carrier'), mix: MIX, timeScale: TIME_SCALE })
  const agents = sandboxAgents(TALKS + WORKERS)
  const phones = await startSoftphones({ folder: join(folder, 'phones'), agents })
  /** @param {string} project @param {Parameters<typeof startDaemon>[0]['from']} [from] */
  const serve = (project, from) => startDaemon({ folder: join(folder, 'daemon'), agents, project, from })
  const [first = PROJECT, ...next] = [...others, PROJECT, PROJECT]
  let project = first
  let daemon = await serve(project)
  try {
    await prepare(createApi(daemon), { agents, leads: LEADS, first: TALKERS, maxCallSec: 600 })
    await createApi(daemon).post('/v1/campaigns/chaos/start')
    await until('the talks', async () => (await talkers(carrier)).length === TALKS, WAIT_MS)
    // Not at their phone: a daemon of before this version leaves no word of it.
    await createApi(daemon).post(`/v1/agents/${agents.at(-1)}/pause`, { reason: 'lunch', force: true })
    const turns = []
    for (const successor of next) {
      await setTimeout(WORKS_MS)
      const takesOver = await canTakeOver(successor)
      const before = daemon
      const from = Date.now()
      const gone = before.exited.then(() => Date.now() - from)
      let how = 'taken over'
      if (takesOver) daemon = await serve(successor, before)
      else {
        how = await leave(before, project)
        daemon = await serve(successor)
      }
      const readyMs = Date.now() - from
      const goneMs = await gone
      await linked(createApi(daemon), WAIT_MS)
      const linkedMs = Date.now() - from
      await setTimeout(WORKS_MS)
      turns.push({ from, to: Date.now(), how, goneMs, readyMs, linkedMs, changed: successor !== project })
      project = successor
    }
    process.stdout.write(`${JSON.stringify(await judged({ carrier, daemon, turns }))}\n`)
  } finally {
    await daemon.stop()
    await phones.stop()
    await carrier.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A version of before waits for nobody. @param {string} project */
async function canTakeOver(project) {
  const launcher = join(project, 'bin', 'dialwright.js')
  const { stdout } = await promisify(execFile)(process.execPath, [launcher, 'serve', '--help'])
  return stdout.includes('--take-over')
}

/** A version of before cannot hand over: it is stopped as it was. @param {Awaited<ReturnType<typeof startDaemon>>} daemon @param {string} project */
async function leave(daemon, project) {
  const launcher = join(project, 'bin', 'dialwright.js')
  const drain = ['--config', daemon.config, '--json', 'drain', '--hand-over']
  const handed = promisify(execFile)(process.execPath, [launcher, ...drain]).then(
    ({ stdout }) => JSON.parse(stdout),
    () => undefined,
  )
  const told = await Promise.race([handed, daemon.exited.then(() => 'ended')])
  if (told === undefined) await daemon.stop()
  await daemon.exited
  return told === undefined ? 'stopped' : 'handed over'
}

/** @param {Awaited<ReturnType<typeof startCarrier>>} carrier */
async function talkers(carrier) {
  const { calls } = await carrier.statistics()
  return calls.filter(
    call => call.calledNumber.endsWith('5550110') && call.answeredAt !== undefined && call.endedAt === undefined,
  )
}

/**
 * @typedef {{ from: number, to: number, how: string, goneMs: number, readyMs: number, linkedMs: number, changed: boolean }} Turn
 * @param {{ carrier: Awaited<ReturnType<typeof startCarrier>>, daemon: Awaited<ReturnType<typeof startDaemon>>, turns: readonly Turn[] }} seen
 */
async function judged({ carrier, daemon, turns }) {
  const talkOn = (await talkers(carrier)).length
  const api = createApi(daemon)
  /** @type {{ agents: { agentId: string, state: string, callId?: string }[] }} */
  const { agents } = await api.get('/v1/agents')
  const talked = new Map(agents.flatMap(({ agentId, callId }) => (callId === undefined ? [] : [[callId, agentId]])))
  const states = (await status(api)).agents
  await end(api)
  const { calls: records } = await (async () =>
    /** @type {{ calls: Call[] }} */ (await api.get('/v1/calls?limit=1000')))()
  const { calls: seen } = await carrier.statistics()
  const wrong = talksRecordedWrong(records, seen, talked)
  const numbers = new Set(seen.map(call => call.calledNumber))
  const unmet = records.filter(({ disposition }) => disposition === 'abandoned' || disposition === 'hung-up-waiting')
  const lost = records.filter(({ detail }) => detail === 'recovered')
  const gaps = turns.map(({ from, to, ...turn }) => ({
    ...turn,
    secondsWithoutDialing: longestGapMs(seen, { from: from - 1_000, to }) / 1000,
    ordinarySeconds: longestGapMs(seen, { from: from - WORKS_MS, to: from }) / 1000,
  }))
  const found = {
    ...{ talks: TALKS, cutOff: TALKS - talkOn, calls: records.length, abandoned: unmet.length, lost: lost.length },
    ...{
      recordedWrong: wrong.length,
      calledTwice: seen.length - numbers.size,
      turns: gaps,
      pausedStill: states.paused,
      agents: states,
    },
    ...{ wrong: wrong.slice(0, 20), unmet: unmet.slice(0, 20), lostCalls: lost.slice(0, 20) },
  }
  const ok = talkOn === TALKS && wrong.length === 0 && lost.length === 0 && found.calledTwice === 0
  return { ok, ...found }
}

/** @param {readonly CarrierCall[]} calls @param {{ from: number, to: number }} span */
function longestGapMs(calls, { from, to }) {
  const invites = calls.map(({ inviteAt }) => inviteAt).filter(at => at >= from && at <= to)
  const at = [from, ...invites.sort((one, other) => one - other), to]
  return at.reduce((longest, now, index) => Math.max(longest, now - (at[index - 1] ?? now)), 0)
}

/** What is open ends. @param {ReturnType<typeof createApi>} api */
async function end(api) {
  await api.post('/v1/campaigns/chaos/stop', { force: true })
  await until(
    'the end of all calls',
    async () => {
      /** @type {{ calls: Call[] }} */
      const { calls } = await api.get('/v1/calls?limit=1000')
      const open = calls.filter(({ disposition }) => disposition === undefined)
      // What waits, or ends in this moment, is refused; the next look finds it.
      for (const { callId } of open) await api.post(`/v1/calls/${callId}/hang-up`).catch(() => {})
      return open.length === 0
    },
    WAIT_MS,
  )
}
