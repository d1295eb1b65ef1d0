// People who answer in the very moment in which we give up on them. Whatever happens, each call must be one of: really never
// answered, connected to an agent, or abandoned with the message. A 200 that meets our CANCEL on the wire cannot be saved,
// but it must be counted. The carrier's own log is the judge.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { asteriskCommand } from '../lib/asterisk.js'
import { startRaceCarrier } from '../lib/carrierRace.js'
import {
  createApi,
  SETTINGS,
  sandboxAgents,
  sandboxRules,
  startDaemon,
  startRtpWitness,
  startSoftphones,
} from '../lib/index.js'
import { percentiles } from './facts.js'
import { campaignNumbers, csvOf } from './numbers.js'
import { callsOf, LOG_BEHIND_MS, pause, RETRY, status, until } from './world.js'

/** @import { Api } from '../lib/api.js' */
/** @import { CarrierCall } from '../lib/carrierStatistics.js' */
/** @import { RtpLeg } from '../lib/rtpWitness.js' */
/** @import { CallRecord } from '../lib/witness.js' */

/**
 * @typedef {Awaited<ReturnType<typeof open>>} World
 * @typedef {ReturnType<typeof classify>} Seen
 * @typedef {ReturnType<typeof report>} Race
 */

/** Calls of one wave: all of them ring before the first one's 15 s are over. */
const WAVE = 100
const AGENTS = 12
const RING_MS = 15_000
/** People answer so long before and after our CANCEL. */
const SPREAD_MS = 20
/** From the 15 s to the CANCEL at the carrier, before any was seen. */
const LATENCY_MS = 3
/** SIPp answers this much later than it is told to, at first; then as much as makes half of the calls answered. */
const SIPP_LATE_MS = 16
const TALK_MS = 2_500
/** This wire is short: a 200 and a CANCEL seldom meet on it by themselves. */
const CROSSING_SHARE = 0.2
/** The law's two seconds. */
const HEARD_WITHIN_MS = 2_000
/** An answered call that ends so soon was hung up on. */
const CUT_OFF_MS = 500

/**
 * @param {{ calls?: number }} options
 * @returns {Promise<{ entries: { race: Race } }>} `outcomes` counts every call once: `never-answered`, `agent`, `message`,
 * `crossed-...-and-counted`, and what begins with `WRONG`; `wrong` holds those that should not be
 */
export async function measureRace({ calls = 500 }) {
  const folder = mkdtempSync(join(tmpdir(), 'dialwright-race-'))
  /** @type {(() => unknown)[]} */
  const closing = []
  try {
    const world = await open({ folder, closing })
    const numbers = await campaignNumbers({ count: calls })
    /** @type {Seen[]} */
    const seen = []
    let aimMs = LATENCY_MS - SIPP_LATE_MS
    for (let start = 0; start < calls; start += WAVE) {
      const id = `wave-${start / WAVE + 1}`
      const wave = await runWave(world, { folder, id, numbers: numbers.slice(start, start + WAVE), aimMs })
      seen.push(...wave)
      const raced = wave.filter(({ outcome }) => !outcome.includes('crossed-on-the-wire'))
      const answeredShare = raced.filter(({ carrierCode }) => carrierCode === 200).length / raced.length
      aimMs -= Math.round((0.5 - answeredShare) * 2 * SPREAD_MS)
    }
    return { entries: { race: report(seen) } }
  } finally {
    await asteriskCommand('channel request hangup all')
    for (const end of closing.reverse()) await end()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** @param {{ folder: string, closing: (() => unknown)[] }} options */
async function open({ folder, closing }) {
  // The last ones: tests that share this PBX expect some of the first not to be registered.
  const agents = sandboxAgents(SETTINGS.agents).slice(-AGENTS)
  const witness = await startRtpWitness({ echo: true })
  closing.push(() => witness.close())
  const phones = await startSoftphones({ folder: join(folder, 'phones'), agents })
  closing.push(() => phones.stop())
  const trunk = { channels: WAVE, callsPerSecond: 30 }
  // Ten lines an agent leave people without one on purpose: the law would let none of it happen.
  const more = { rules: await sandboxRules({ abandonment: false }) }
  const daemon = await startDaemon({ folder: join(folder, 'daemon'), agents, trunk, more })
  closing.push(() => daemon.stop())
  const api = createApi(daemon)
  await until('the PBX is linked', async () => (await status(api)).nodes.every(node => node.link === 'up'))
  return { api, witness, agents }
}

/**
 * Calls ring; the campaign is stopped by force, so each is withdrawn when it has rung for 15 s; its person answers about then.
 * @param {World} world
 * @param {{ folder: string, id: string, numbers: string[], aimMs: number }} wave
 */
async function runWave({ api, witness, agents }, { folder, id, numbers, aimMs }) {
  const answersAfterMs = answerTimes(aimMs)
  const carrier = await startRaceCarrier({
    ...{
      folder: join(folder, id),
      rtpPort: witness.port,
      talkMs: TALK_MS,
      answersAfterMs,
      crossingShare: CROSSING_SHARE,
    },
  })
  try {
    await openCampaign(api, { id, numbers })
    for (const name of agents) await api.post(`/v1/agents/${name}/login`, { campaign: id })
    await until('agents on the line', async () => (await status(api)).agents.available === agents.length)
    await api.post(`/v1/campaigns/${id}/start`)
    await until('everybody rings', async () => (await status(api)).calls.ringing >= numbers.length, RING_MS)
    await api.post(`/v1/campaigns/${id}/stop`, { force: true })
    await until('calls end', async () => Object.values((await status(api)).calls).every(count => count === 0))
    await pause(LOG_BEHIND_MS)
    const calls = await callsOf(api, id)
    const { calls: carrierCalls } = await carrier.statistics()
    const bySip = new Map(calls.map(call => [call.sipCallId, call]))
    return carrierCalls.map(seen =>
      classify({ seen, call: bySip.get(seen.sipCallId), leg: witness.legs.get(seen.rtpPort ?? 0) }),
    )
  } finally {
    await carrier.stop()
    for (const name of agents) await api.post(`/v1/agents/${name}/logout`, { force: true }).catch(() => {})
    await until('agents have left', async () => (await status(api)).agents.available === 0)
  }
}

/**
 * A millisecond apart, around the moment in which our CANCEL is expected.
 * @param {number} aimMs
 */
function answerTimes(aimMs) {
  return Array.from({ length: 2 * SPREAD_MS + 1 }, (_, index) => RING_MS + aimMs - SPREAD_MS + index)
}

/**
 * @param {Api} api
 * @param {{ id: string, numbers: string[] }} campaign
 */
async function openCampaign(api, { id, numbers }) {
  await api.put(`/v1/campaigns/${id}`, {
    ...{ id, pacing: { mode: 'ratio', ratio: 10, dialLevelMax: 20 }, message: 'dialwright/demo-message' },
    ...{ ringTimeout: '40s', setupTimeout: 10, wrapUp: { timeout: 1 } },
    ...{ hours: '00:00-24:00', weekdays: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] },
    retry: Object.fromEntries(RETRY.map(disposition => [disposition, 'never'])),
  })
  await api.upload(
    `/v1/campaigns/${id}/leads/import?source=race&country=US&origin=invented&basis=other:invented`,
    csvOf(numbers),
    'text/csv',
  )
}

/**
 * What became of a call: by the carrier's log first, and whether the engine's record agrees.
 * @param {{ seen: CarrierCall, call: (CallRecord & { sipCode?: number, detail?: string }) | undefined, leg: RtpLeg | undefined }} of
 */
function classify({ seen, call, leg }) {
  const { disposition, detail } = call ?? {}
  const facts = {
    ...{ callId: call?.callId, disposition, detail, sipCode: call?.sipCode, carrierCode: seen.finalCode },
    cancelMs: since(seen.ringingAt, seen.cancelledAt),
    answerMs: since(seen.ringingAt, seen.answeredAt),
    talkedMs: since(seen.answeredAt, seen.endedAt),
    heardMs: since(seen.answeredAt, leg?.firstAudibleAt),
    byeFrom: seen.byeFrom,
  }
  return { ...facts, outcome: outcomeOf(facts) }
}

/**
 * @param {number | undefined} from
 * @param {number | undefined} to
 */
function since(from, to) {
  return from === undefined || to === undefined ? undefined : to - from
}

/**
 * @param {{ carrierCode?: number | undefined, disposition?: string | undefined, cancelMs?: number | undefined,
 *   talkedMs?: number | undefined, byeFrom?: string | undefined }} facts
 */
function outcomeOf({ carrierCode, disposition, cancelMs, talkedMs, byeFrom }) {
  const unanswered = disposition === 'withdrawn' || disposition === 'no-answer'
  // SIPp sometimes confirms a CANCEL by itself and forgets the 487; a 200 it has not sent.
  if (carrierCode === 487 || (carrierCode === undefined && cancelMs !== undefined))
    return unanswered ? 'never-answered' : 'WRONG: not answered, and counted otherwise'
  if (carrierCode !== 200) return 'WRONG: no final answer'
  if (unanswered || disposition === undefined) return 'WRONG: answered, and counted as not answered'
  if (disposition === 'connected') return 'agent'
  const cutOff = byeFrom === 'dialer' && talkedMs !== undefined && talkedMs < CUT_OFF_MS
  if (!cutOff) return 'message'
  return cancelMs === undefined ? 'crossed-inside-the-pbx-and-counted' : 'crossed-on-the-wire-and-counted'
}

/** @param {readonly Seen[]} seen */
function report(seen) {
  /** @type {Record<string, number>} */
  const outcomes = {}
  for (const { outcome } of seen) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
  const served = seen.filter(({ outcome }) => outcome === 'agent' || outcome === 'message')
  const cancels = seen.flatMap(({ cancelMs }) => (cancelMs === undefined ? [] : [cancelMs]))
  return {
    calls: seen.length,
    outcomes,
    wrong: seen.filter(({ outcome }) => outcome.startsWith('WRONG')),
    answeredByCarrier: seen.filter(({ carrierCode }) => carrierCode === 200).length,
    served: served.length,
    // Audio before the answer is an earlier call's on the same port: of that call nothing is known.
    heardMs: percentiles(served.flatMap(({ heardMs }) => (heardMs !== undefined && heardMs >= 0 ? [heardMs] : []))),
    heardTooLate: served.filter(({ heardMs }) => heardMs === undefined || heardMs > HEARD_WITHIN_MS),
    cancelAfterRingingMs: percentiles(cancels),
    earliestCancelMs: Math.min(...cancels),
    answerAfterRingingMs: percentiles(seen.flatMap(({ answerMs }) => (answerMs === undefined ? [] : [answerMs]))),
  }
}
