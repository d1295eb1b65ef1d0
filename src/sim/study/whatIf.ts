import type { CampaignSettings } from '../../core/campaigns/campaign.ts'
import { given } from '../../core/given.ts'
import type { Expected, Foresight, ForesightBasis, ForesightQuestion } from '../../ports/foresight/foresee.ts'
import { fitHistory, historyShortage, type PastAttempt } from '../scenarios/history.ts'
import type { Scenario } from '../scenarios/scenario.ts'
import { loadScenario } from '../scenarios/scenarioFiles.ts'
import { runSeeds } from './compare.ts'
import {
  attemptsPerLead,
  type Circumstances,
  contestantOf,
  forecastOf,
  scenarioOfHistory,
  scenarioWithCircumstances,
} from './forecast.ts'
import type { SimulationResult } from './run.ts'
import type { StudyTools } from './study.ts'

/** A few runs of a few hours: an operator waits for it. */
export const whatIfPlan = { seeds: 4, hours: 4, firstSeed: 1 } as const
/** The worlds that stand in for a history that is too short, by their number of agents. */
const assumptions: readonly number[] = [5, 10, 20, 50, 100]

/** A campaign as it is and as it might be, with its past, newest first. */
export interface WhatIfQuestion extends ForesightQuestion {
  readonly past: readonly PastAttempt[]
}

/** One run of each with the same callees. */
export interface WhatIfRound {
  readonly present: SimulationResult
  readonly changed: SimulationResult
}

/** What is run for a question, round by round. */
export interface WhatIf {
  readonly basis: ForesightBasis
  run(round: number, tools: StudyTools): Promise<WhatIfRound>
  /** What these rounds come to; at least one. */
  answer(rounds: readonly WhatIfRound[]): Foresight
}

/**
 * Makes the worlds in which both are tried.
 * @throws InputError `agents-dial`: agents dial by themselves, and there is no pacing to foretell
 * @throws ConfigError where the records make no world, as when nothing takes any time
 */
export function prepareWhatIf(question: WhatIfQuestion): WhatIf {
  const { past, present, changed, openLeads } = question
  const { basis, worldFor } = worldOf(question)
  const worlds = { present: worldFor(present), changed: worldFor(changed) }
  const contestants = { present: contestantOf(present.pacing), changed: contestantOf(changed.pacing) }
  const expected = (side: keyof WhatIfRound, rounds: readonly WhatIfRound[]): Expected => {
    const found = forecastOf(
      worlds[side],
      rounds.map(round => round[side]),
    )
    const attempts = openLeads * attemptsPerLead(past, (side === 'present' ? present : changed).retry)
    return { ...found, ...given({ hoursToFinish: hoursFor(attempts, found.attemptsPerHour) }) }
  }
  return {
    basis,
    async run(round, { pool, onRun }) {
      const one = async (side: keyof WhatIfRound): Promise<SimulationResult> => {
        const contest = { pool, scenario: worlds[side], firstSeed: whatIfPlan.firstSeed + round, seeds: 1 }
        const [result] = await runSeeds({ ...contest, ...given({ onRun }) }, contestants[side])
        // One seed is one run.
        return result as SimulationResult
      }
      const [before, after] = await Promise.all([one('present'), one('changed')])
      return { present: before, changed: after }
    },
    answer: rounds => ({
      basis,
      runs: rounds.length,
      hours: whatIfPlan.hours,
      present: expected('present', rounds),
      changed: expected('changed', rounds),
    }),
  }
}

function hoursFor(attempts: number, attemptsPerHour: number): number | undefined {
  if (attempts === 0) return 0
  return attemptsPerHour > 0 ? attempts / attemptsPerHour : undefined
}

interface World {
  readonly basis: ForesightBasis
  worldFor(settings: CampaignSettings): Scenario
}

function worldOf({ past, agents, trunk }: WhatIfQuestion): World {
  const at = ({ campaignId: name, pacing, ringTimeoutMs, waitMaxMs }: CampaignSettings): Circumstances => {
    return { name, agents, hours: whatIfPlan.hours, pacing, ringTimeoutMs, waitMaxMs, trunk }
  }
  const because = historyShortage(past)
  if (because === undefined) {
    const fit = fitHistory(past)
    const basis = { kind: 'history', attempts: fit.attempts } as const
    return { basis, worldFor: settings => scenarioOfHistory(fit, at(settings)) }
  }
  const assumed = loadScenario(`realistic-${nearest(agents)}`)
  const basis = { kind: 'assumption', scenario: assumed.name, because } as const
  return { basis, worldFor: settings => scenarioWithCircumstances(assumed, at(settings)) }
}

function nearest(agents: number): number {
  const apart = (count: number): number => Math.abs(Math.log(count / Math.max(1, agents)))
  return assumptions.reduce((best, count) => (apart(count) < apart(best) ? count : best))
}
