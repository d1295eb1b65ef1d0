// How many originates a second leave and arrive. The people called refuse quickly and a few answer, so that few agents
// keep a high rate going: with 40 of them the trunk's calls per second are the limit, not the pacing.
import { mismatchesOf } from '../lib/witness.js'
import { watchCpu } from './cpu.js'
import { countBy, percentiles, round } from './facts.js'
import { dialFor, records, startWorld } from './world.js'

/** @import { CarrierCall } from '../lib/carrierStatistics.js' */
/** @import { CallRecord } from '../lib/witness.js' */
/** @import { Pids } from './cpu.js' */
/** @import { Dialed } from './world.js' */

const AGENTS = 40
/** The token bucket refills at nine tenths: some 252 leave. */
const CALLS_PER_SECOND = 280
/** The first seconds fill the hopper and warm the code. */
const WARM_UP_MS = 3_000
const MIX = { busy: 55, 'unknown-number': 22, unavailable: 20, 'rings-and-talks-shortly': 3 }

/** @param {{ seconds?: number }} options */
export async function measureOriginates({ seconds = 60 }) {
  const world = await startWorld({
    ...{ agents: AGENTS, mix: MIX, timeScale: 0.2, leads: Math.ceil(CALLS_PER_SECOND * (seconds + 10)) },
    trunk: { channels: 2_000, callsPerSecond: CALLS_PER_SECOND },
    pacing: { mode: 'ratio', ratio: 10, dialLevelMax: 20 },
  })
  try {
    const cpu = watchCpu(world.pids)
    const dialed = await dialFor(world, WARM_UP_MS + seconds * 1000 + 500)
    const used = cpu.used()
    return report({ ...(await records(world)), dialed, used, seconds })
  } finally {
    await world.close()
  }
}

/** @param {{ calls: readonly CallRecord[], carrierCalls: readonly CarrierCall[], dialed: Dialed, used: Pids, seconds: number }} seen */
function report({ calls, carrierCalls, dialed, used, seconds }) {
  const fromAt = dialed.startedAt + WARM_UP_MS
  const inWindow = carrierCalls.filter(call => call.inviteAt >= fromAt && call.inviteAt < fromAt + seconds * 1000)
  const bySecond = Array.from({ length: seconds }, () => 0)
  for (const { inviteAt } of inWindow) {
    const second = Math.floor((inviteAt - fromAt) / 1000)
    bySecond[second] = (bySecond[second] ?? 0) + 1
  }
  const lost = mismatchesOf(calls, carrierCalls)
  const rate = round(inWindow.length / seconds, 1)
  return {
    cpu: { attempts: calls.length, ...used },
    entries: {
      originatesPerSecond: {
        reach: '250 or more originates per second, sustained for 60 s, none lost',
        measured: { perSecond: rate, lost: lost.length },
        ...{ seconds, agents: AGENTS, callsPerSecondOfTrunk: CALLS_PER_SECOND },
        attempts: calls.length,
        invitesInWindow: inWindow.length,
        perSecondOfWindow: { min: Math.min(...bySecond), max: Math.max(...bySecond) },
        orderToInviteMs: percentiles(orderToInvite(calls, carrierCalls)),
        dispositions: countBy(calls, call => call.disposition ?? 'none'),
        bySipCode: countBy(carrierCalls, call => call.finalCode ?? 'none'),
        daemonCores: round(used.daemon / (dialed.endedAt - dialed.startedAt)),
        asteriskCores: round(used.asterisk / (dialed.endedAt - dialed.startedAt)),
        lastDecisions: countBy(dialed.decisions, decision => decision.reason),
        ...(lost.length === 0 ? {} : { firstLost: lost.slice(0, 10) }),
      },
    },
  }
}

/**
 * From the decision to the INVITE on the wire: facts, verdict, attempt on disk, order, Asterisk.
 * @param {readonly CallRecord[]} calls
 * @param {readonly CarrierCall[]} carrierCalls
 */
function orderToInvite(calls, carrierCalls) {
  const seen = new Map(carrierCalls.map(call => [call.sipCallId, call]))
  return calls.flatMap(({ sipCallId, originatedAt }) => {
    const invite = seen.get(sipCallId ?? '')
    return invite === undefined ? [] : [invite.inviteAt - Date.parse(originatedAt)]
  })
}
