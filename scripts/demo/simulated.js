// What the demo asks the simulator: what a first morning teaches, and what one call for each free agent would have come to with
// the same people.
import { SetupFailure } from '../lib/failure.js'
import { capacity, settings } from './settings.js'

/** @import { CallView } from '#dialwright/api/views.js' */
/** @import { PacerMemory } from '#dialwright/core/pacing/pacer.js' */
/** @typedef {{ occupancy: number, conversations: number }} Instead */
/** @typedef {{ memory: PacerMemory, attempts: number, persons: number, abandoned: number }} Morning `persons`: who answered */

const MORNING_HOURS = 2
const SEEDS = 20

/** Roughly the people of both carriers; who answers in truth is learned from the first call on. */
const PEOPLE = {
  outcomes: { person: 0.36, machine: 0.12, busy: 0.08, failure: 0.11 },
  times: {
    setup: { kind: 'uniform', min: 0.03, max: 0.1 },
    ring: { kind: 'uniform', min: 0.8, max: 5.6 },
    machineRing: { kind: 'uniform', min: 1.6, max: 8 },
    nobody: { kind: 'fixed', value: 15 },
    busyAfter: { kind: 'fixed', value: 0.1 },
    failureAfter: { kind: 'uniform', min: 0.1, max: 1 },
    talk: { kind: 'uniform', min: 3, max: 24 },
    machineTalk: { kind: 'uniform', min: 2, max: 5 },
    wrapUp: { kind: 'uniform', min: 0.8, max: 3.5 },
  },
  machineDetectionOn: false,
}

/**
 * What the pacing of a campaign knows after a simulated morning with such people.
 * @param {{ agents: number }} options
 * @returns {Promise<Morning>}
 */
export async function firstMorning({ agents }) {
  const { parseScenario } = await import('#dialwright/sim/scenarios/scenario.js')
  const { pacing, ringTimeout } = settings()
  const scenario = parseScenario(
    {
      ...{ name: 'first-morning', horizon: { hours: MORNING_HOURS }, agents: { start: agents }, ...PEOPLE },
      ...{ ringTimeoutSec: ringTimeout, waitMaxSec: 1.7, trunk: capacity() },
      ...{ cap: pacing.abandonmentRateMax, target: pacing.abandonmentTarget },
    },
    'the first morning',
  )
  return withPool(async pool => {
    const found = await pool.run({ scenario, seed: 1, policy: 'predictive', pacing: pacingOf(), remember: true })
    const { memory, attempts, answeredByPerson: persons, abandoned } = found
    if (memory === undefined) throw new SetupFailure('demo', 'The simulated morning has taught nothing.', 1)
    return { memory, attempts, persons, abandoned }
  })
}

/**
 * What progressive dialing would have come to in the same time with people like those of these calls: talks as long, answers as
 * often and as fast. Undefined: the calls are too few to tell.
 * @param {readonly CallView[]} calls
 * @param {{ agents: number, seconds: number }} options
 * @returns {Promise<Instead | undefined>}
 */
export async function progressiveInstead(calls, { agents, seconds }) {
  const { fitHistory, historyShortage } = await import('#dialwright/sim/scenarios/history.js')
  const { forecast, scenarioOfHistory } = await import('#dialwright/sim/study/forecast.js')
  const past = calls.flatMap(pastOf)
  if (historyShortage(past) !== undefined) return undefined
  const { ringTimeout } = settings()
  const pacing = { ...pacingOf(), mode: /** @type {const} */ ('progressive') }
  const hours = seconds / 3600
  const circumstances = { name: 'demo', agents, hours, pacing, ringTimeoutMs: ringTimeout * 1000, waitMaxMs: 1_700 }
  const scenario = scenarioOfHistory(fitHistory(past), { ...circumstances, trunk: capacity() })
  return withPool(async pool => {
    const found = await forecast({ scenario, pacing, firstSeed: 1, seeds: SEEDS }, { pool })
    return { occupancy: found.occupancy.mean, conversations: Math.round(found.connectedPerHour * hours) }
  })
}

function pacingOf() {
  return { ratio: 1, ...settings().pacing }
}

/**
 * @template Found
 * @param {(pool: import('#dialwright/sim/study/pool.js').SimulationPool) => Promise<Found>} work
 */
async function withPool(work) {
  const { createSimulationPool } = await import('#dialwright/sim/study/pool.js')
  const pool = createSimulationPool()
  try {
    return await work(pool)
  } finally {
    await pool.close()
  }
}

/** @param {CallView} call */
function pastOf(call) {
  const { disposition, originatedAt, ringingAt, answeredAt, connectedAt, endedAt, wrapUpCode, wrapUpAt } = call
  if (endedAt === undefined || disposition === undefined) return []
  const at = (/** @type {string | undefined} */ written) => (written === undefined ? undefined : Date.parse(written))
  const instants = { ringingAt: at(ringingAt), answeredAt: at(answeredAt), connectedAt: at(connectedAt) }
  const said = { wrapUpCode, wrapUpAt: at(wrapUpAt) }
  return [{ disposition, ...instants, ...said, originatedAt: Date.parse(originatedAt), endedAt: Date.parse(endedAt) }]
}
