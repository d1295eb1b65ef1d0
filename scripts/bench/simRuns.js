// Runs contestants over seeds and condenses what came of them.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { PROJECT } from '../lib/paths.js'

/** @import { Contestant } from '#dialwright/sim/study/compare.js' */
/** @import { SimulationPool } from '#dialwright/sim/study/pool.js' */
/** @import { SimulationResult } from '#dialwright/sim/study/run.js' */
/** @import { Scenario } from '#dialwright/sim/scenarios/scenario.js' */
/** @import { PolicyResult } from '#dialwright/sim/study/results.js' */

/**
 * What a section works with; `scale` multiplies the numbers of seeds.
 * @typedef {{ pool: SimulationPool, say: (text: string) => void, full: boolean, scale: number }} Bench
 *
 * @typedef {Partial<Contestant> & { scenario: Scenario, seeds: number, days?: number }} Runs
 *
 * @typedef {Omit<PolicyResult, 'policy' | 'tuned'> & { seeds: number, lawfulRate: number, worstHour: number,
 *   seedsOverCap: number, windows?: Windows }} Figures
 *
 * @typedef {{ count: number, over: number, p50: number, max: number }} Windows
 *
 * @typedef {Contestant['policy']} PolicyName
 *
 * @typedef {Awaited<ReturnType<typeof tuned>>} Tuned
 */

const { runSeeds, summarize } = await import('#dialwright/sim/study/compare.js')
const { tunePolicy } = await import('#dialwright/sim/study/knobs.js')
const { parseScenario } = await import('#dialwright/sim/scenarios/scenario.js')

/**
 * A shipped scenario, with some of its keys changed.
 * @param {string} name
 * @param {Readonly<Record<string, unknown>>} changes
 */
export function scenarioOf(name, changes = {}) {
  const file = join(PROJECT, 'scenarios', `${name}.yaml`)
  return parseScenario({ ...parse(readFileSync(file, 'utf8')), ...changes }, file)
}

/**
 * At least two, and as many as the scale says.
 * @param {Bench} bench
 * @param {number} seeds
 */
function seedsOf({ scale }, seeds) {
  return Math.max(2, Math.round(seeds * scale))
}

/**
 * Runs a policy (ours when none is named) over its seeds and condenses the runs. `days`: each day of a run is a window.
 * @param {Bench} bench
 * @param {Runs} runs_
 * @returns {Promise<Figures>}
 */
export async function few(bench, { scenario, policy = 'predictive', knobs, pacing, seeds, days }) {
  const contestant = { policy, ...(knobs && { knobs }), ...(pacing && { pacing }) }
  const count = seedsOf(bench, seeds)
  const runs = await runSeeds({ pool: bench.pool, scenario, firstSeed: 1, seeds: count }, contestant)
  const { policy: _, tuned: __, ...figures } = summarize(scenario, contestant, runs)
  const cap = scenario.cap ?? 1
  const rates = runs.flatMap(run =>
    run.hours.filter(hour => hour.persons >= 30).map(hour => hour.abandoned / hour.persons),
  )
  return {
    seeds: count,
    ...rounded(figures),
    lawfulRate: round(lawfulRate(runs)),
    worstHour: Number(Math.max(0, ...rates).toFixed(4)),
    seedsOverCap: runs.filter(run => run.abandoned > cap * run.answeredByPerson).length,
    ...(days === undefined ? {} : { windows: windowsOf(runs, { days, hours: scenario.horizon.hours, cap }) }),
  }
}

/**
 * As a regulator counts where nothing tells machines apart: every answer that met nobody stays in the numerator.
 * @param {readonly SimulationResult[]} runs
 */
function lawfulRate(runs) {
  /** @param {(run: SimulationResult) => number} of */
  const sum = of => runs.reduce((total, run) => total + of(run), 0)
  return (
    sum(run => run.abandoned + run.machinesAbandoned) /
    Math.max(
      1,
      sum(run => run.answeredByPerson),
    )
  )
}

/**
 * The share of each day's persons who were abandoned, against the cap.
 * @param {readonly SimulationResult[]} runs
 * @param {{ days: number, hours: number, cap: number }} options
 * @returns {Windows}
 */
function windowsOf(runs, { days, hours, cap }) {
  const rates = runs
    .flatMap(run =>
      Array.from({ length: days }, (_, day) => {
        const today = run.hours.slice(day * hours, (day + 1) * hours)
        const persons = today.reduce((sum, hour) => sum + hour.persons, 0)
        return persons === 0 ? 0 : today.reduce((sum, hour) => sum + hour.abandoned, 0) / persons
      }),
    )
    .sort((one, other) => one - other)
  const over = rates.filter(rate => rate > cap + 1e-12).length
  return { count: rates.length, over, p50: round(rates[rates.length >> 1] ?? 0), max: round(rates.at(-1) ?? 0) }
}

/**
 * The best knobs of a rival in a scenario, found by search on few seeds, then run on the full number.
 * @param {Bench} bench
 * @param {{ scenario: Scenario, policy: PolicyName, target: number, worst?: boolean, lawful?: boolean }} options
 */
export async function tuned(bench, { scenario, policy, target, worst = false, lawful = false }) {
  const searchSeeds = bench.full ? 6 : 2
  const short = bench.full
    ? scenario
    : { ...scenario, horizon: { ...scenario.horizon, hours: Math.min(4, scenario.horizon.hours) } }
  const {
    best: found,
    occupancyAtTarget,
    evaluations,
  } = await tunePolicy({
    ...{ policy, target, budget: bench.full ? 120 : 14 },
    async evaluate(knobs) {
      const runs = await runSeeds(
        { pool: bench.pool, scenario: short, firstSeed: 1, seeds: searchSeeds },
        { policy, knobs },
      )
      const { occupancy, abandonmentRate } = summarize(short, { policy, knobs }, runs)
      return {
        occupancy: occupancy.mean,
        abandonmentRate: lawful ? lawfulRate(runs) : worst ? abandonmentRate.max : abandonmentRate.pooled,
      }
    },
  })
  if (found === undefined) return /** @type {const} */ ({ policy, evaluations, found: false })
  const final = await few(bench, { scenario, policy, knobs: found.knobs, seeds: bench.full ? 30 : 6 })
  const atTarget = occupancyAtTarget === undefined ? {} : { occupancyAtTarget: round(occupancyAtTarget) }
  return { policy, found: /** @type {const} */ (true), evaluations, ...figuresOf(final), ...atTarget }
}

/**
 * Of several tuned rivals the one with the most conversations an hour.
 * @param {readonly Tuned[]} rivals
 */
export function best(rivals) {
  return rivals
    .flatMap(rival => (rival.found ? [rival] : []))
    .sort((one, other) => other.connectedPerAgentHour - one.connectedPerAgentHour)[0]
}

/**
 * The figures that a comparison needs.
 * @param {Figures} figures
 */
export function figuresOf({
  knobs,
  seeds,
  occupancy,
  abandonmentRate,
  lawfulRate,
  connectedPerAgentHour,
  seedsOverCap,
}) {
  return { knobs, seeds, occupancy, abandonmentRate, lawfulRate, connectedPerAgentHour, seedsOverCap }
}

/**
 * @template Value
 * @param {Value} value
 * @returns {Value}
 */
function rounded(value) {
  return /** @type {Value} */ (roundedAny(value))
}

/**
 * @param {unknown} value
 * @returns {unknown}
 */
function roundedAny(value) {
  if (typeof value === 'number') return round(value)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, roundedAny(inner)]))
}

/** @param {number} value */
function round(value) {
  return Number.isInteger(value) ? value : Number(value.toFixed(5))
}
