// The live proof of what the simulator says: the same policies, people and times on a real PBX, and what came of them by
// the carrier's and the agents' side, beside the simulator's forecast.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { asteriskCommand } from '../lib/asterisk.js'
import { carrierStatistics } from '../lib/carrierStatistics.js'
import { mismatchesOf } from '../lib/witness.js'
import { watchCpu } from './cpu.js'
import { countBy, loadNow, percentiles, round } from './facts.js'
import { DIAL_LEVEL_MAX, POLICIES, pacingScenario, plansOf, RATIO } from './pacingScenario.js'
import { startPacingWorld } from './pacingWorld.js'
import { callsOf, LOG_BEHIND_MS, pause, status, until } from './world.js'

/** More than the fastest policy dials. */
const LEADS_PER_AGENT_SECOND = 0.25
/** So many runs of the simulator a policy; the first have the live runs' seeds. */
const SIMULATED_SEEDS = 60

/** All policies at the same time, so often one after the other. */
export async function measurePacing({ agents, seconds, repeats, policies = POLICIES }) {
  const scenario = await pacingScenario({ agents, seconds })
  const runs = []
  for (let seed = 1; seed <= repeats; seed += 1) {
    const run = await runOnce({ scenario, agents, seconds, policies, seed })
    runs.push(run)
    const figures = policies.map(policy => `${policy} ${round(100 * run.byPolicy[policy].occupancy, 1)} %`)
    process.stderr.write(`  repeat ${seed} of ${repeats}: ${figures.join(', ')}; load ${loadNow()}\n`)
  }
  const simulated = await simulateAll({ scenario, policies, seeds: Math.max(SIMULATED_SEEDS, repeats) })
  return report({ scenario, policies, runs, simulated })
}

async function runOnce({ scenario, agents, seconds, policies, seed }) {
  const count = Math.ceil(agents * seconds * LEADS_PER_AGENT_SECOND) + 100
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
    const byPolicy = {}
    for (const policy of policies)
      byPolicy[policy] = await oneRun({ world, policy, bounds, carrierCalls, lines, plans: plans.get(policy) })
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

/** What a policy came to in one run: people by the carrier's log, conversations by the audio, wrap-ups by the agents. */
async function oneRun({ world, policy, bounds, carrierCalls, lines, plans }) {
  const calls = await callsOf(world.api, policy)
  const numbers = new Set(plans.map(({ number }) => number.slice(1)))
  const seen = carrierCalls.filter(({ calledNumber }) => numbers.has(calledNumber))
  const answered = seen.filter(({ finalCode }) => finalCode === 200)
  const talked = answered.filter(call => heardAgent(world.customers.legs.get(call.rtpPort), call))
  const team = world.teams.get(policy)
  const paidMs = team.length * bounds.lengthMs
  const wrappedMs = inBounds(
    world.staff.wrapUps.filter(({ agentId }) => team.includes(agentId)),
    bounds,
  )
  const heardMs = inBounds(
    team.flatMap(agentId => world.speakers.legs.get(lines.get(agentId))?.heard ?? []),
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
    waitMs: percentiles(connected.map(call => Date.parse(call.connectedAt) - Date.parse(call.answeredAt))),
    meanWaitMs: mean(connected.map(call => Date.parse(call.connectedAt) - Date.parse(call.answeredAt))),
    meanHeardMs: heardMs / Math.max(1, talked.length),
    setupMs: percentiles(setupTimes(calls, seen)),
  }
}

function heardAgent(leg, { answeredAt, endedAt = Number.POSITIVE_INFINITY }) {
  return leg?.heard.some(({ from, to }) => to >= answeredAt && from <= endedAt) === true
}

function inBounds(spans, { from, to }) {
  return spans.reduce((sum, span) => sum + Math.max(0, Math.min(span.to, to) - Math.max(span.from, from)), 0)
}

const BUSY = new Set(['reserved', 'on-call', 'wrap-up'])

/** As the simulator counts: reserved, talking or writing up, by the engine's own events. */
function busyMs(states, { team, bounds }) {
  const spans = []
  for (const name of team) {
    const own = states.filter(({ agentId }) => agentId === name)
    for (const [index, { state, at }] of own.entries())
      if (BUSY.has(state)) spans.push({ from: at, to: own[index + 1]?.at ?? Number.POSITIVE_INFINITY })
  }
  return inBounds(spans, bounds)
}

function setupTimes(calls, seen) {
  const invites = new Map(seen.map(({ sipCallId, inviteAt }) => [sipCallId, inviteAt]))
  return calls.flatMap(({ sipCallId, originatedAt }) =>
    invites.has(sipCallId) ? [invites.get(sipCallId) - Date.parse(originatedAt)] : [],
  )
}

async function simulateAll({ scenario, policies, seeds }) {
  process.stderr.write(`Simulating the same, ${seeds} seeds a policy ...\n`)
  const { createSimulationPool } = await import('#dialwright/sim/study/pool.js')
  const pool = createSimulationPool()
  const pacing = { dialLevelMax: DIAL_LEVEL_MAX }
  try {
    const byPolicy = {}
    for (const policy of policies) {
      const knobs = policy === 'ratio' ? { ratio: RATIO } : {}
      const tasks = Array.from({ length: seeds }, (_, index) => ({ scenario, seed: index + 1, policy, knobs, pacing }))
      byPolicy[policy] = await Promise.all(tasks.map(task => pool.run(task)))
    }
    return byPolicy
  } finally {
    await pool.close()
  }
}

async function report({ scenario, policies, runs, simulated }) {
  const { confidence95 } = await import('#dialwright/sim/study/statistics.js')
  const world = (results, occupancyOf) => {
    const sum = name => results.reduce((total, result) => total + result[name], 0)
    const occupancies = results.map(occupancyOf)
    return {
      occupancy: { mean: round(mean(occupancies), 4), ci95: round(confidence95(occupancies), 4) },
      abandonmentRate: round(sum('abandoned') / Math.max(1, sum('answeredByPerson')), 4),
      ...{ attempts: sum('attempts'), connected: sum('connected'), answeredByPerson: sum('answeredByPerson') },
      runs: results.length,
    }
  }
  const byPolicy = {}
  for (const policy of policies) {
    const results = runs.map(run => run.byPolicy[policy])
    const paired = results.map((result, index) => 100 * (result.occupancyByEngine - simulated[policy][index].occupancy))
    const live = world(results, result => result.occupancy)
    const forecast = world(simulated[policy], result => result.occupancy)
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

function readable(run) {
  const byPolicy = Object.fromEntries(
    Object.entries(run.byPolicy).map(([policy, result]) => [
      policy,
      Object.fromEntries(
        Object.entries(result).map(([name, value]) => [name, typeof value === 'number' ? round(value, 4) : value]),
      ),
    ]),
  )
  return { ...run, byPolicy }
}

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
}
