import { given } from '../../core/given.ts'
import { policyOf } from '../rivals/index.ts'
import type { PolicyName } from '../rivals/policies.ts'
import type { Scenario } from '../scenarios/scenario.ts'
import { mean } from '../statistics.ts'
import { type Contest, type Contestant, pooledAbandonment, runSeeds, summarize } from './compare.ts'
import { type Tuning, tunePolicy } from './knobs.ts'
import { optimumOfScenario } from './optimum.ts'
import type { SimulationPool } from './pool.ts'
import type { FrontierPoint, PolicyResult, ReportData, ScenarioResult } from './results.ts'
import type { SimulationResult } from './run.ts'

/** What to find out about a scenario. */
export interface StudyPlan {
  readonly scenario: Scenario
  readonly policies: readonly PolicyName[]
  readonly firstSeed: number
  readonly seeds: number
  /** What else to steer to, beside the scenario's target: the rules that steer run once more for each. */
  readonly moreTargets: readonly number[]
  /** Also look for each rival's best knobs at the scenario's target. */
  readonly tune: boolean
  /** Also gather what only the page shows: runs over time, the frontier. */
  readonly report: boolean
}

/** Who runs it, and who is told. */
export interface StudyTools {
  readonly pool: SimulationPool
  /** So many more runs will come. */
  readonly onExpected?: (runs: number) => void
  readonly onRun?: (result: SimulationResult) => void
}

/** A result; `target` where it steered to another than the scenario's. */
export type StudyResult = PolicyResult & { readonly target?: number }

/** What a study found. */
export interface Study {
  readonly result: ScenarioResult & { readonly policies: readonly StudyResult[] }
  /** Rivals that no knobs of theirs could keep at the target. */
  readonly untamed: readonly PolicyName[]
  /** Only where it was asked for. */
  readonly report?: ReportData
}

/** Searches and frontiers look at so many seeds at most: they need many runs, and their figures are not the final ones. */
const fewSeeds = 4
const samples = 480
/** A rival with four knobs could be searched for ever; after so many settings the best of them is taken. */
const settingsTried = 48
/** Ours is drawn at these multiples of the scenario's target. */
const frontierShares = [0.5, 1, 1.5, 2]
/** The rules that steer to the target; to the others it is nothing. */
const steered: readonly PolicyName[] = ['predictive', 'kappa-tuned']

/** Runs all rules of a plan over all its seeds. The answer does not depend on the number of threads. */
export async function runStudy(plan: StudyPlan, tools: StudyTools): Promise<Study> {
  const { scenario, firstSeed, seeds } = plan
  const contest: Contest = {
    pool: tools.pool,
    scenario,
    firstSeed,
    seeds,
    ...given({ onRun: tools.onRun, samples: plan.report ? samples : undefined }),
  }
  const shipped = shippedContestants(plan)
  const frontier = plan.report ? frontierContestants(plan) : []
  tools.onExpected?.(shipped.length * seeds + frontier.length * few(seeds))
  const [ranShipped, tuned, ranFrontier] = await Promise.all([
    runAll(contest, shipped),
    plan.tune ? runTuned(plan, contest, tools) : [],
    runAll(lean({ ...contest, seeds: few(seeds) }), frontier),
  ])
  // Put together in one order, whoever came first: the optimum is refined from question to question.
  const entries = [...ranShipped, ...tuned.flatMap(({ ran }) => ran)].map(ran => ({
    ...ran,
    result: resultOf(scenario, ran),
  }))
  const result = { scenario: scenario.name, seeds, policies: entries.map(entry => entry.result) }
  const untamed = tuned.filter(({ ran }) => ran.length === 0).map(({ policy }) => policy)
  if (!plan.report) return { result, untamed }
  const points = [...frontierOf(plan, entries, ranFrontier), ...tuned.flatMap(one => one.frontier)]
  return { result, untamed, report: reportOf(plan, { result, entries, frontier: points }) }
}

function few(seeds: number): number {
  return Math.min(fewSeeds, seeds)
}

function lean({ samples: _, ...contest }: Contest): Contest {
  return contest
}

interface Ran {
  readonly contestant: Contestant
  readonly runs: readonly SimulationResult[]
}

interface Entry extends Ran {
  readonly result: StudyResult
}

async function runAll(contest: Contest, contestants: readonly Contestant[]): Promise<readonly Ran[]> {
  return Promise.all(contestants.map(async contestant => ({ contestant, runs: await runSeeds(contest, contestant) })))
}

function shippedContestants({ policies, moreTargets }: StudyPlan): readonly Contestant[] {
  const others = moreTargets.flatMap(target =>
    policies.filter(policy => steered.includes(policy)).map(policy => steeringTo(policy, target)),
  )
  return [...policies.map(policy => ({ policy })), ...others]
}

function steeringTo(policy: PolicyName, abandonmentTarget: number): Contestant {
  return { policy, pacing: { abandonmentTarget } }
}

/** Ours at other targets; the scenario's own is among the results already. */
function frontierContestants({ scenario, policies, moreTargets }: StudyPlan): readonly Contestant[] {
  if (!policies.includes('predictive')) return []
  const targets = frontierTargets(scenario).filter(
    target => target !== scenario.target && !moreTargets.includes(target),
  )
  return targets.map(target => steeringTo('predictive', target))
}

function frontierTargets({ target, cap = 1 }: Scenario): readonly number[] {
  return [...new Set(frontierShares.map(share => share * target))].filter(one => one <= cap)
}

/** What the search of a rival's knobs found, and how the best of them did over all seeds. */
interface Tuned {
  readonly policy: PolicyName
  readonly frontier: readonly FrontierPoint[]
  /** Nothing where no knobs kept the target. */
  readonly ran: readonly Ran[]
}

/** Each rival that has knobs with the best of them: found with few seeds, measured with all. */
async function runTuned(plan: StudyPlan, contest: Contest, tools: StudyTools): Promise<readonly Tuned[]> {
  const rivals = plan.policies.filter(policy => Object.keys(policyOf(policy).defaults).length > 0)
  return Promise.all(
    rivals.map(async policy => {
      const { best, frontier } = await search(policy, lean({ ...contest, seeds: few(plan.seeds) }), tools)
      if (best === undefined) return { policy, frontier, ran: [] }
      tools.onExpected?.(plan.seeds)
      return { policy, frontier, ran: await runAll(contest, [{ policy, knobs: best.knobs, tuned: true }]) }
    }),
  )
}

function search(policy: PolicyName, contest: Contest, tools: StudyTools): Promise<Tuning> {
  return tunePolicy({
    policy,
    target: contest.scenario.target,
    budget: settingsTried,
    async evaluate(knobs) {
      tools.onExpected?.(contest.seeds)
      const runs = await runSeeds(contest, { policy, knobs })
      return { occupancy: mean(runs.map(run => run.occupancy)), abandonmentRate: pooledAbandonment(runs) }
    },
  })
}

function resultOf(scenario: Scenario, { contestant, runs }: Ran): StudyResult {
  const target = contestant.pacing?.abandonmentTarget
  return { ...summarize(scenario, contestant, runs), ...given({ target }) }
}

function frontierOf(plan: StudyPlan, entries: readonly Entry[], ranFrontier: readonly Ran[]): readonly FrontierPoint[] {
  const { scenario } = plan
  const ours = entries.map(entry => entry.result).filter(({ policy, tuned }) => policy === 'predictive' && !tuned)
  const more = ranFrontier.map(ran => resultOf(scenario, ran))
  const points = [...ours, ...more].map(({ policy, knobs, occupancy, abandonmentRate }) => ({
    policy,
    knobs,
    occupancy: occupancy.mean,
    abandonmentRate: abandonmentRate.pooled,
  }))
  const optimum = frontierTargets(scenario).flatMap(abandonmentRate => {
    const occupancy = optimumOfScenario(scenario, abandonmentRate)
    return occupancy === undefined ? [] : [{ policy: 'optimum' as const, knobs: {}, occupancy, abandonmentRate }]
  })
  return [...points, ...optimum]
}

function reportOf(
  { scenario, firstSeed }: StudyPlan,
  found: {
    readonly result: ScenarioResult
    readonly entries: readonly Entry[]
    readonly frontier: ReportData['frontier']
  },
): ReportData {
  const atTarget = found.entries.filter(({ result }) => result.target === undefined)
  const { description, agents, target, cap } = scenario
  return {
    ...found.result,
    policies: atTarget.map(entry => entry.result),
    description,
    firstSeed,
    agents: agents.start,
    target,
    frontier: found.frontier,
    ...given({ cap }),
    runs: atTarget.flatMap(({ contestant, runs: [first] }) => {
      if (first?.timeline === undefined) return []
      const { policy, tuned = false } = contestant
      return [{ policy, tuned, timeline: first.timeline, waits: first.waits }]
    }),
  }
}
