// The live proof of what the simulator says: the same policies, people and times on a real PBX, and what came of them by
// the carrier's and the agents' side, beside the simulator's forecast.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { asteriskCommand } from '../lib/asterisk.js'
import { carrierStatistics } from '../lib/carrierStatistics.js'
import { connectDelays, mismatchesOf } from '../lib/witness.js'
import { watchCpu } from './cpu.js'
import { countBy, loadNow, percentiles, round } from './facts.js'
import { DIAL_LEVEL_MAX, POLICIES, pacingScenario, plansOf, RATIO } from './pacingScenario.js'
import { startPacingWorld } from './pacingWorld.js'
import { callsOf, LOG_BEHIND_MS, pause, status, until } from './world.js'

/** @import { Scenario } from '#dialwright/sim/scenarios/scenario.js' */
/** @import { CarrierCall } from '../lib/carrierStatistics.js' */
/** @import { CallRecord } from '../lib/witness.js' */
/** @import { Staff } from './liveAgents.js' */
/** @import { PersonPlan, Policy } from './pacingScenario.js' */
/** @import { PacingWorld } from './pacingWorld.js' */
/** @import { Leg } from './voices.js' */

/**
 * @typedef {{ from: number, to: number }} Span epoch ms
 * @typedef {Span & { lengthMs: number }} Bounds of the dialing
 * @typedef {Awaited<ReturnType<typeof oneRun>>} PolicyRun
 * @typedef {Awaited<ReturnType<typeof runOnce>>} Run
 * @typedef {Awaited<ReturnType<ReturnType<typeof import('#dialwright/sim/study/pool.js').createSimulationPool>['run']>>} Simulated
 * @typedef {{ abandoned: number, answeredByPerson: number, attempts: number, connected: number }} Counted
 */

/** More than the fastest policy dials. */
const LEADS_PER_AGENT_SECOND = 0.25
/** So many runs of the simulator a policy; the first have the live runs' seeds. */
const SIMULATED_SEEDS = 60

/**
 * All policies at the same time, so often one after the other.
 * @param {{ agents: number, seconds: number, repeats: number, policies?: readonly Policy[] }} options
 */
export async function measurePacing({ agents, seconds, repeats, policies = POLICIES }) {
  const scenario = await pacingScenario({ agents, seconds })
  /** @type {Run[]} */
  const runs = []
  for (let seed = 1; seed <= repeats; seed += 1) {
    const run = await runOnce({ scenario, agents, seconds, policies, seed })
    runs.push(run)
    const figures = policies.map(policy => `${policy} ${round(100 * of(run.byPolicy, policy).occupancy, 1)} %`)
    process.stderr.write(`  repeat ${seed} of ${repeats}: ${figures.join(', ')}; load ${loadNow()}\n`)
  }
  const simulated = await simulateAll({ scenario, policies, seeds: Math.max(SIMULATED_SEEDS, repeats) })
  return report({ scenario, policies, runs, simulated })
}

/** @param {{ scenario: Scenario, agents: number, seconds: number, policies: readonly Policy[], seed: number }} options */
async function runOnce({ scenario, agents, seconds, policies, seed }) {
  const count = Math.ceil(agents * seconds * LEADS_PER_AGENT_SECOND) + 100
  /** @type {Map<Policy, PersonPlan[]>} */
  const plans = new Map()
  for (const policy of policies) plans.set(policy, await plansOf(scenario, { seed, policy, count }))
  const world = await startPacingWorld({ policies, agents, plans })
  const delay = monitorEventLoopDelay({ resolution: 5 })
  try {
    const cpu = watchCpu(world.pids)
    delay.enable()
    const bounds = await dial(world, { policies, seconds })
    delay.disable()
    await pause(LOG_BEHIND_MS)
    const { calls: carrierCalls } = await world.carrier.statistics()
    const lines = new Map(
      (await carrierStatistics(world.phonesLog)).calls.map(({ calledNumber, rtpPort }) => [calledNumber, rtpPort]),
    )
    /** @type {Map<Policy, PolicyRun>} */
    const byPolicy = new Map()
    for (const [policy, people] of plans)
      byPolicy.set(policy, await oneRun({ world, policy, bounds, carrierCalls, lines, plans: people }))
    const used = cpu.used()
    return {
      ...{ seed, load: loadNow(), faults: world.staff.faults.length, byPolicy },
      cores: { asterisk: round(used.asterisk / bounds.lengthMs), daemon: round(used.daemon / bounds.lengthMs) },
      benchLoopDelayMs: { p99: round(delay.percentile(99) / 1e6, 1), max: round(delay.max / 1e6, 1) },
    }
  } finally {
    await world.close()
  }
}

/**
 * @param {PacingWorld} world
 * @param {{ policies: readonly Policy[], seconds: number }} options
 * @returns {Promise<Bounds>}
 */
async function dial({ api }, { policies, seconds }) {
  const from = Date.now()
  for (const policy of policies) await api.post(`/v1/campaigns/${policy}/start`)
  await pause(from + seconds * 1000 - Date.now())
  const to = Date.now()
  // A pause that does not wait for the calls, as the simulator's at the bell.
  for (const policy of policies) await api.post(`/v1/campaigns/${policy}/pause`)
  const calls = async () => Object.entries((await status(api)).calls).filter(([, count]) => count > 0)
  // Whoever answers behind the bell still counts; the conversations need not be waited for.
  await until('nobody rings', async () => (await calls()).every(([state]) => state === 'connected'))
  await asteriskCommand('channel request hangup all')
  await until('calls end', async () => (await calls()).length === 0)
  return { from, to, lengthMs: to - from }
}

/**
 * What a policy came to in one run: people by the carrier's log, conversations by the audio, wrap-ups by the agents.
 * @param {{ world: PacingWorld, policy: Policy, bounds: Bounds, carrierCalls: readonly CarrierCall[],
 *   lines: ReadonlyMap<string, number | undefined>, plans: readonly PersonPlan[] }} run
 */
async function oneRun({ world, policy, bounds, carrierCalls, lines, plans }) {
  const calls = await callsOf(world.api, policy)
  const numbers = new Set(plans.map(({ number }) => number.slice(1)))
  const seen = carrierCalls.filter(({ calledNumber }) => numbers.has(calledNumber))
  const answered = seen.filter(({ finalCode }) => finalCode === 200)
  const talked = answered.filter(call => heardAgent(world.customers.legs.get(call.rtpPort ?? 0), call))
  const team = world.teams.get(policy) ?? []
  const paidMs = team.length * bounds.lengthMs
  const wrappedMs = inBounds(
    world.staff.wrapUps.filter(({ agentId }) => team.includes(agentId)),
    bounds,
  )
  const heardMs = inBounds(
    team.flatMap(agentId => world.speakers.legs.get(lines.get(agentId) ?? 0)?.heard ?? []),
    bounds,
  )
  const connected = calls.filter(call => call.connectedAt !== undefined)
  return {
    occupancy: (heardMs + wrappedMs) / paidMs,
    occupancyByEngine: busyMs(world.staff.states, { team, bounds }) / paidMs,
    ...{ attempts: seen.length, answeredByPerson: answered.length, connected: talked.length },
    abandoned: answered.length - talked.length,
    connectedByEngine: connected.length,
    dispositions: countBy(calls, call => call.disposition ?? 'none'),
    lost: mismatchesOf(calls, seen).slice(0, 5),
    waitMs: percentiles(connectDelays(calls)),
    meanWaitMs: mean(connectDelays(calls)),
    meanHeardMs: heardMs / Math.max(1, talked.length),
    setupMs: percentiles(setupTimes(calls, seen)),
  }
}

/**
 * @param {Leg | undefined} leg
 * @param {CarrierCall} call
 */
function heardAgent(leg, { answeredAt = Number.POSITIVE_INFINITY, endedAt = Number.POSITIVE_INFINITY }) {
  return leg?.heard.some(({ from, to }) => to >= answeredAt && from <= endedAt) === true
}

/**
 * @param {readonly Span[]} spans
 * @param {Span} bounds
 */
function inBounds(spans, { from, to }) {
  return spans.reduce((sum, span) => sum + Math.max(0, Math.min(span.to, to) - Math.max(span.from, from)), 0)
}

const BUSY = new Set(['reserved', 'on-call', 'wrap-up'])

/**
 * As the simulator counts: reserved, talking or writing up, by the engine's own events.
 * @param {Staff['states']} states
 * @param {{ team: readonly string[], bounds: Bounds }} options
 */
function busyMs(states, { team, bounds }) {
  /** @type {Span[]} */
  const spans = []
  for (const name of team) {
    const own = states.filter(({ agentId }) => agentId === name)
    for (const [index, { state, at }] of own.entries())
      if (BUSY.has(state)) spans.push({ from: at, to: own[index + 1]?.at ?? Number.POSITIVE_INFINITY })
  }
  return inBounds(spans, bounds)
}

/**
 * @param {readonly CallRecord[]} calls
 * @param {readonly CarrierCall[]} seen
 */
function setupTimes(calls, seen) {
  const invites = new Map(seen.map(({ sipCallId, inviteAt }) => [sipCallId, inviteAt]))
  return calls.flatMap(({ sipCallId, originatedAt }) => {
    const inviteAt = invites.get(sipCallId ?? '')
    return inviteAt === undefined ? [] : [inviteAt - Date.parse(originatedAt)]
  })
}

/** @param {{ scenario: Scenario, policies: readonly Policy[], seeds: number }} options */
async function simulateAll({ scenario, policies, seeds }) {
  process.stderr.write(`Simulating the same, ${seeds} seeds a policy ...\n`)
  const { createSimulationPool } = await import('#dialwright/sim/study/pool.js')
  const pool = createSimulationPool()
  const pacing = { dialLevelMax: DIAL_LEVEL_MAX }
  try {
    /** @type {Map<Policy, Simulated[]>} */
    const byPolicy = new Map()
    for (const policy of policies) {
      /** @type {Record<string, number>} */
      const knobs = policy === 'ratio' ? { ratio: RATIO } : {}
      const tasks = Array.from({ length: seeds }, (_, index) => ({ scenario, seed: index + 1, policy, knobs, pacing }))
      byPolicy.set(policy, await Promise.all(tasks.map(task => pool.run(task))))
    }
    return byPolicy
  } finally {
    await pool.close()
  }
}

/** @param {{ scenario: Scenario, policies: readonly Policy[], runs: readonly Run[], simulated: ReadonlyMap<Policy, Simulated[]> }} found */
async function report({ scenario, policies, runs, simulated }) {
  const { confidence95 } = await import('#dialwright/sim/statistics.js')
  /**
   * @template {Counted} Result
   * @param {readonly Result[]} results
   * @param {(result: Result) => number} occupancyOf
   */
  const world = (results, occupancyOf) => {
    /** @param {keyof Counted} name */
    const sum = name => results.reduce((total, result) => total + result[name], 0)
    const occupancies = results.map(occupancyOf)
    return {
      occupancy: { mean: round(mean(occupancies), 4), ci95: round(confidence95(occupancies), 4) },
      abandonmentRate: round(sum('abandoned') / Math.max(1, sum('answeredByPerson')), 4),
      ...{ attempts: sum('attempts'), connected: sum('connected'), answeredByPerson: sum('answeredByPerson') },
      runs: results.length,
    }
  }
  /** @type {Record<string, object>} */
  const byPolicy = {}
  for (const policy of policies) {
    const results = runs.map(run => of(run.byPolicy, policy))
    const forecasts = of(simulated, policy)
    const paired = results.map(
      (result, index) => 100 * (result.occupancyByEngine - (forecasts[index]?.occupancy ?? Number.NaN)),
    )
    const live = world(results, result => result.occupancy)
    const forecast = world(forecasts, result => result.occupancy)
    byPolicy[policy] = {
      live: { ...live, occupancyByEngine: world(results, result => result.occupancyByEngine).occupancy },
      simulated: forecast,
      differencePoints: round(100 * (live.occupancy.mean - forecast.occupancy.mean)),
      // The same leads do the same in both: what is left is how the PBX and the simulator differ.
      sameSeedsDifferencePoints: { mean: round(mean(paired)), ci95: round(confidence95(paired)) },
    }
  }
  return { entries: { pacing: { scenario, policies: byPolicy, runs: runs.map(readable) } } }
}

/** @param {Run} run */
function readable(run) {
  const byPolicy = Object.fromEntries(
    [...run.byPolicy].map(([policy, result]) => [
      policy,
      Object.fromEntries(
        Object.entries(result).map(([name, value]) => [name, typeof value === 'number' ? round(value, 4) : value]),
      ),
    ]),
  )
  return { ...run, byPolicy }
}

/**
 * What a policy came to: there is something of every policy.
 * @template Value
 * @param {ReadonlyMap<Policy, Value>} byPolicy
 * @param {Policy} policy
 */
function of(byPolicy, policy) {
  const value = byPolicy.get(policy)
  if (value === undefined) throw new RangeError(`nothing was measured of ${policy}`)
  return value
}

/** @param {readonly number[]} values */
function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
}
