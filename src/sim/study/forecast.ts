import { machineCode } from '../../core/agents/wrapUp.ts'
import { leadAfterAttempt, type RetryRules } from '../../core/campaigns/lead.ts'
import { given } from '../../core/given.ts'
import type { PacingSettings } from '../../core/pacing/pacer.ts'
import { InputError } from '../../errors.ts'
import type { Forecast } from '../../ports/foresight/foresee.ts'
import type { HistoryFit, PastAttempt } from '../scenarios/history.ts'
import { parseScenario, type Scenario } from '../scenarios/scenario.ts'
import { confidence95, mean } from '../statistics.ts'
import { type Contestant, pooledAbandonment, runSeeds } from './compare.ts'
import type { SimulationResult } from './run.ts'
import type { StudyTools } from './study.ts'

/** The circumstances of a team that a world is fitted for. */
export interface Circumstances {
  readonly name: string
  readonly agents: number
  readonly hours: number
  readonly pacing: PacingSettings
  readonly ringTimeoutMs: number
  readonly waitMaxMs: number
  readonly trunk: Scenario['trunk']
}

/** The scenario of a fitted world. A {@link ConfigError} where the records make no world, as when nothing takes any time. */
export function scenarioOfHistory(fit: HistoryFit, at: Circumstances): Scenario {
  const value = {
    name: at.name,
    description: `${at.agents} agents: as ${fit.attempts} attempts on record show it`,
    horizon: { hours: at.hours },
    agents: { start: at.agents },
    outcomes: fit.outcomes,
    times: fit.times,
    machineDetectionOn: fit.machineDetectionOn,
    ...(fit.machineDetectionOn ? { detectionErrors: { machineTakenForPerson: fit.machineTakenForPerson } } : {}),
    ...settingsOf(at),
    // A scenario counts from the originate, a campaign from the ringing.
    ringTimeoutSec: at.ringTimeoutMs / 1000 + fit.setupMaxSec,
  }
  return parseScenario(value, `the history of ${at.name}`)
}

function settingsOf({ pacing, waitMaxMs, trunk }: Circumstances) {
  return { waitMaxSec: waitMaxMs / 1000, trunk, cap: pacing.abandonmentRateMax, target: pacing.abandonmentTarget }
}

/** A scenario of the product with a team's own circumstances in place of its own. */
export function scenarioWithCircumstances(scenario: Scenario, at: Circumstances): Scenario {
  const { waitMaxSec, trunk, cap, target } = settingsOf(at)
  const agents = { start: at.agents, changes: [], breaks: undefined }
  const ringTimeoutSec = at.ringTimeoutMs / 1000
  return { ...scenario, agents, horizon: { hours: at.hours, days: 1 }, waitMaxSec, trunk, cap, target, ringTimeoutSec }
}

/** Who dials as a campaign with these settings does. @throws InputError where its agents do */
export function contestantOf(pacing: PacingSettings): Contestant {
  const { mode } = pacing
  if (mode === 'preview' || mode === 'manual')
    throw new InputError('agents-dial', `in the mode ${mode} agents dial by themselves: there is no pacing to foretell`)
  const knobs = mode === 'ratio' ? { knobs: { ratio: pacing.ratio } } : {}
  return { policy: mode, ...knobs, pacing }
}

/** Simulates a team with these settings over a few seeds. */
export async function forecast(
  {
    scenario,
    pacing,
    firstSeed,
    seeds,
  }: { scenario: Scenario; pacing: PacingSettings; firstSeed: number; seeds: number },
  tools: StudyTools,
): Promise<Forecast> {
  const { pool, onExpected, onRun } = tools
  onExpected?.(seeds)
  const contest = { pool, scenario, firstSeed, seeds, ...given({ onRun }) }
  return forecastOf(scenario, await runSeeds(contest, contestantOf(pacing)))
}

/** What runs of a scenario come to. */
export function forecastOf({ horizon }: Scenario, runs: readonly SimulationResult[]): Forecast {
  const hours = horizon.hours * horizon.days * runs.length
  const occupancies = runs.map(run => run.occupancy)
  return {
    occupancy: { mean: mean(occupancies), ci95: confidence95(occupancies) },
    abandonmentRate: { pooled: pooledAbandonment(runs), max: Math.max(0, ...runs.map(run => run.abandonmentRate)) },
    attemptsPerHour: runs.reduce((sum, run) => sum + run.attempts, 0) / hours,
    connectedPerHour: runs.reduce((sum, run) => sum + run.connected, 0) / hours,
  }
}

/**
 * How many attempts a new lead takes until it is finished, on the average: by how often an attempt of the past would finish its
 * lead under these rules.
 */
export function attemptsPerLead(past: readonly PastAttempt[], retry: RetryRules): number {
  const finishing = past.filter(({ disposition, wrapUpCode }) => {
    const word = wrapUpCode === machineCode ? 'machine' : disposition
    return leadAfterAttempt({ ...retry, attemptsMax: 2 }, { disposition: word, attempts: 1 }, 0).kind === 'finished'
  }).length
  const finished = finishing / Math.max(1, past.length)
  if (retry.attemptsMax <= 1) return 1
  return finished === 0 ? retry.attemptsMax : (1 - (1 - finished) ** retry.attemptsMax) / finished
}
