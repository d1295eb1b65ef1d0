// How soon a person who answers has an agent: by the daemon's records, and by the audio on the wire.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { carrierStatistics } from '../lib/carrierStatistics.js'
import { connectDelays, mismatchesOf } from '../lib/witness.js'
import { watchCpu } from './cpu.js'
import { countBy, percentiles, round } from './facts.js'
import { dialFor, pause, records, startWorld } from './world.js'

/** @import { CarrierCall } from '../lib/carrierStatistics.js' */
/** @import { CallRecord } from '../lib/witness.js' */
/** @import { Pids } from './cpu.js' */
/** @import { Aside } from './run.js' */
/** @import { Leg } from './voices.js' */
/** @import { Dialed, World } from './world.js' */

/** @typedef {ReadonlyMap<string, number | undefined>} Ports by agent */

const AGENTS = 75
/** The trunk's allowance leaves a tenth for the burst: 20 a second leave. */
const CALLS_PER_SECOND = 22
/** So long the agents' music and phones are measured before anybody is dialed. */
const ALONE_MS = 5_000
/** Whoever has not been heard so long after the answer was not heard. */
const HEARD_WITHIN_MS = 1_500

/**
 * Everybody answers and talks for a second; with a second of ringing and of wrap-up some 65 of 75 agents are always at work.
 * @param {{ seconds?: number }} options
 */
export async function measureBridging({ seconds = 60 }) {
  const world = await startWorld({
    ...{ agents: AGENTS, mix: { 'rings-and-talks-shortly': 1 }, timeScale: 0.2 },
    leads: Math.ceil(CALLS_PER_SECOND * (seconds + 20)),
    trunk: { channels: 300, callsPerSecond: CALLS_PER_SECOND },
    pacing: { mode: 'progressive' },
  })
  const delay = monitorEventLoopDelay({ resolution: 5 })
  try {
    const alone = await agentsAlone(world)
    const cpu = watchCpu(world.pids)
    const from = performance.now()
    delay.enable()
    const dialed = await dialFor(world, seconds * 1000)
    delay.disable()
    const used = { ...cpu.used(), aside: { ...alone, seconds: (performance.now() - from) / 1000 } }
    const agentLegs = agentPorts((await carrierStatistics(world.phonesLog)).calls)
    return report({ ...(await records(world)), dialed, used, agentLegs, world, delay })
  } finally {
    await world.close()
  }
}

/**
 * What agents who wait cost without any call, in ms a second: it goes on while there are calls, and is none of theirs.
 * @param {World} world
 * @returns {Promise<Pids>}
 */
async function agentsAlone({ pids }) {
  const cpu = watchCpu(pids)
  const from = performance.now()
  await pause(ALONE_MS)
  const { daemon, asterisk } = cpu.used()
  const seconds = (performance.now() - from) / 1000
  return { daemon: daemon / seconds, asterisk: asterisk / seconds }
}

/**
 * The PBX's audio port towards each agent: a softphone's log is read as a carrier's, whose called numbers are agents.
 * @param {readonly CarrierCall[]} phoneCalls
 * @returns {Ports}
 */
function agentPorts(phoneCalls) {
  return new Map(phoneCalls.map(({ calledNumber, rtpPort }) => [calledNumber, rtpPort]))
}

/**
 * @param {{ calls: readonly CallRecord[], carrierCalls: readonly CarrierCall[], dialed: Dialed, used: Pids & { aside: Aside }, agentLegs: Ports,
 *   world: World, delay: import('node:perf_hooks').IntervalHistogram }} seen
 */
function report({ calls, carrierCalls, dialed, used, agentLegs, world, delay }) {
  const lost = mismatchesOf(calls, carrierCalls)
  const connected = calls.filter(call => call.connectedAt !== undefined)
  const load = {
    ...{ agents: AGENTS, callsPerSecond: round((calls.length * 1000) / (dialed.endedAt - dialed.startedAt), 1) },
    ...{ attempts: calls.length, connected: connected.length, lost: lost.length },
    dispositions: countBy(calls, call => call.disposition ?? 'none'),
  }
  const bridged = percentiles(connectDelays(calls))
  return {
    cpu: { attempts: calls.length, ...used },
    entries: {
      answerToBridged: {
        reach: 'answer event -> bridged to a waiting agent, 75 agents, 20 calls/s: p50 <= 10 ms, p99 <= 50 ms',
        measured: { p50: bridged.p50, p99: bridged.p99 },
        ...{ connectDelayMs: bridged, ...load },
        lastDecisions: countBy(dialed.decisions, decision => decision.reason),
      },
      answerToAudio: {
        reach: 'the 200 on the wire -> audio both ways, same load: p99 <= 300 ms',
        ...audio({ connected, carrierCalls, agentLegs, world }),
        // Packets are stamped by this program, so its own lateness is in the figures.
        witnessLoopDelayMs: { p99: round(delay.percentile(99) / 1e6, 1), max: round(delay.max / 1e6, 1) },
      },
    },
  }
}

/**
 * The 200 is stamped by SIPp; the first packet with the other side's voice by the program that plays both phones.
 * @param {{ connected: readonly CallRecord[], carrierCalls: readonly CarrierCall[], agentLegs: Ports, world: World }} seen
 */
function audio({ connected, carrierCalls, agentLegs, world }) {
  const seen = new Map(carrierCalls.map(call => [call.sipCallId, call]))
  /** @type {Record<'agentByCustomer' | 'customerByAgent' | 'bothWays', number[]>} */
  const heard = { agentByCustomer: [], customerByAgent: [], bothWays: [] }
  let unheard = 0
  for (const { sipCallId, agentId } of connected) {
    const { answeredAt, rtpPort } = seen.get(sipCallId ?? '') ?? {}
    const agent = onsetAfter(legAt(world.customers.legs, rtpPort), answeredAt)
    const customer = onsetAfter(legAt(world.speakers.legs, agentLegs.get(agentId ?? '')), answeredAt)
    if (agent === undefined || customer === undefined) unheard += 1
    else heard.bothWays.push(Math.max(agent, customer))
    if (agent !== undefined) heard.agentByCustomer.push(agent)
    if (customer !== undefined) heard.customerByAgent.push(customer)
  }
  const ms = {
    agentByCustomer: percentiles(heard.agentByCustomer),
    customerByAgent: percentiles(heard.customerByAgent),
    bothWays: percentiles(heard.bothWays),
  }
  return {
    measured: { p50: ms.bothWays.p50, p99: ms.bothWays.p99 },
    ...{ ms, notHeardBothWays: unheard },
    note: 'The customer begins to speak up to 20 ms after the first packet that they get: both ways is an upper bound.',
  }
}

/**
 * @param {ReadonlyMap<number, Leg>} legs
 * @param {number | undefined} port
 */
function legAt(legs, port) {
  return port === undefined ? undefined : legs.get(port)
}

/**
 * @param {Leg | undefined} leg
 * @param {number | undefined} answeredAt
 */
function onsetAfter(leg, answeredAt) {
  if (answeredAt === undefined) return undefined
  const at = leg?.onsets.find(onset => onset >= answeredAt && onset <= answeredAt + HEARD_WITHIN_MS)
  return at === undefined ? undefined : at - answeredAt
}
