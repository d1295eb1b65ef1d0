import { given } from '../../core/given.ts'
import type { PacingSettings } from '../../core/pacing/pacer.ts'
import { policyOf } from '../rivals/index.ts'
import type { Knobs, PolicyName } from '../rivals/policies.ts'
import type { Scenario } from '../scenarios/scenario.ts'
import { confidence95, mean } from '../statistics.ts'
import { optimumOfScenario } from './optimum.ts'
import type { SimulationPool } from './pool.ts'
import type { PolicyResult } from './results.ts'
import type { SimulationResult } from './run.ts'

/** One policy to run over a scenario's seeds. */
export interface Contestant {
  readonly policy: PolicyName
  readonly knobs?: Knobs
  readonly tuned?: boolean
  readonly pacing?: Partial<PacingSettings>
}

/** Where and with which seeds contestants run. */
export interface Contest {
  readonly pool: SimulationPool
  readonly scenario: Scenario
  readonly firstSeed: number
  readonly seeds: number
  /** Samples over time of the first seed's run; absent: none. */
  readonly samples?: number
  /** Told after every run. */
  readonly onRun?: (result: SimulationResult) => void
}

/** Runs a contestant over all seeds, in their order: the same seeds, and so the same callees, for everyone. */
export async function runSeeds(
  { pool, scenario, firstSeed, seeds, samples, onRun }: Contest,
  { policy, knobs, pacing }: Contestant,
): Promise<readonly SimulationResult[]> {
  const one = async (index: number): Promise<SimulationResult> => {
    const result = await pool.run({
      scenario,
      seed: firstSeed + index,
      policy,
      ...given({ knobs, pacing, samples: index === 0 ? samples : undefined }),
    })
    onRun?.(result)
    return result
  }
  return Promise.all(Array.from({ length: seeds }, (_, index) => one(index)))
}

/** Puts a contestant's runs together. */
export function summarize(scenario: Scenario, contestant: Contestant, runs: readonly SimulationResult[]): PolicyResult {
  const sum = (of: (run: SimulationResult) => number): number => runs.reduce((total, run) => total + of(run), 0)
  const occupancies = runs.map(run => run.occupancy)
  const persons = sum(run => run.answeredByPerson)
  const waits = sum(run => run.waits.counts.reduce((total, count) => total + count, 0))
  const weighted = sum(run => run.agentWaitSec.mean * run.waits.counts.reduce((total, count) => total + count, 0))
  const pooled = pooledAbandonment(runs)
  const occupancy = mean(occupancies)
  const agentHours = sum(run => run.agentHours)
  const optimum = optimumOfScenario(scenario, pooled)
  const { policy, knobs, tuned = false } = contestant
  return {
    policy,
    knobs: { ...policyOf(policy).defaults, ...knobs },
    tuned,
    occupancy: { mean: occupancy, ci95: confidence95(occupancies) },
    abandonmentRate: { pooled, max: Math.max(0, ...runs.map(run => run.abandonmentRate)) },
    agentWaitSec: {
      mean: waits > 0 ? weighted / waits : 0,
      p90: mean(runs.map(run => run.agentWaitSec.p90)),
    },
    connected: sum(run => run.connected),
    attempts: sum(run => run.attempts),
    answeredByPerson: persons,
    connectedPerAgentHour: sum(run => run.connected) / Math.max(1e-9, agentHours),
    ...given({ ratioToOptimum: optimum === undefined ? undefined : occupancy / optimum }),
  }
}

/** Abandoned / answered by a person, over all runs together. */
export function pooledAbandonment(runs: readonly SimulationResult[]): number {
  const persons = runs.reduce((sum, run) => sum + run.answeredByPerson, 0)
  return persons > 0 ? runs.reduce((sum, run) => sum + run.abandoned, 0) / persons : 0
}
