import type { Scenario } from '../scenarios/scenario.ts'
import type { Dist } from '../world/distributions.ts'
import {
  bestLevels,
  type LongRun,
  longRunOf,
  type MemorylessWorld,
  progressiveLevels,
  type RingLevels,
} from './ringLevels.ts'

/** What a policy reaches in the long run. Ratios 0..1. */
export interface OptimumPoint {
  /** Busy / logged-in time. */
  readonly occupancy: number
  /** Abandoned / answered by a person. */
  readonly abandonmentRate: number
}

/** A memoryless world and the share of answered persons that may be abandoned in it, 0..1. */
export interface OptimumQuestion extends MemorylessWorld {
  readonly abandonmentRate: number
}

/**
 * The highest occupancy that any policy can reach in a memoryless world at this abandonment, exact: the solution of a constrained
 * Markov decision process over (busy agents, ringing calls), where every event may raise the number ringing. Two deterministic
 * optima, mixed in time, reach the rate (Altman, Constrained Markov Decision Processes, 1999). The rate of the answer is lower than
 * asked where even endless dialing abandons less than that. Takes about a second for 200 agents.
 */
export function optimumOf({ abandonmentRate, ...world }: OptimumQuestion): OptimumPoint {
  return new Frontier(world).at(abandonmentRate)
}

/** The optimum at several rates, in their order; cheaper than one by one. */
export function optimumFrontier(world: MemorylessWorld, rates: readonly number[]): readonly OptimumPoint[] {
  const frontier = new Frontier(world)
  return rates.map(rate => frontier.at(rate))
}

/** Solved once for each scenario: every policy of a comparison asks at its own rate. */
const frontiers = new WeakMap<Scenario, Frontier>()

/**
 * The highest occupancy (0..1) that any policy can reach in the scenario at this abandonment (abandoned / answered, 0..1);
 * `undefined` when it is not known: the scenario is not memoryless, or has more agents than can be solved quickly.
 */
export function optimumOfScenario(scenario: Scenario, abandonmentRate: number): number | undefined {
  const known = frontiers.get(scenario)
  if (known !== undefined) return known.at(abandonmentRate).occupancy
  const world = memorylessWorldOf(scenario)
  if (world === undefined) return undefined
  const frontier = new Frontier(world)
  frontiers.set(scenario, frontier)
  return frontier.at(abandonmentRate).occupancy
}

/** Beyond this the solution takes longer than the simulation. */
const agentsMax = 400
/** An exponential time is cut off by a limit of so many means in one of 500 million. */
const meansUntilNever = 20
/** A trunk that permits this much limits nothing. */
const plenty = 100_000

/** The memoryless world that a scenario describes; `undefined` where it describes another. */
export function memorylessWorldOf(scenario: Scenario): MemorylessWorld | undefined {
  const { agents, outcomes, times } = scenario
  const ringMeanSec = exponentialMean(times.ring)
  const handleMeanSec = exponentialMean(times.talk)
  if (ringMeanSec === undefined || handleMeanSec === undefined) return undefined
  const ringsWhateverComes =
    exponentialMean(times.nobody) === ringMeanSec && scenario.ringTimeoutSec >= meansUntilNever * ringMeanSec
  const nobodyWaits = scenario.waitMaxSec === 0 && isZero(times.detection)
  const personsOnly = outcomes.machine === 0 && outcomes.busy === 0 && outcomes.failure === 0
  const plain = isZero(times.setup) && isZero(times.wrapUp) && steady(scenario)
  const solvable = agents.start >= 1 && agents.start <= agentsMax && outcomes.person > 0
  if (!(ringsWhateverComes && nobodyWaits && personsOnly && plain && solvable)) return undefined
  return { agents: agents.start, answerProbability: outcomes.person, ringMeanSec, handleMeanSec }
}

/** Nothing changes with time, and nothing but the agents limits the dialing. */
function steady({ agents, trunk, detectionErrors, ...scenario }: Scenario): boolean {
  return (
    agents.changes.length === 0 &&
    (agents.breaks?.perHour ?? 0) === 0 &&
    scenario.answerDrift === undefined &&
    scenario.ringWithdrawalAfterSec === undefined &&
    scenario.eventDelay === undefined &&
    scenario.agentGapSec === 0 &&
    detectionErrors.personTakenForMachine === 0 &&
    trunk.channels >= plenty &&
    trunk.callsPerSecond >= plenty
  )
}

function exponentialMean(dist: Dist): number | undefined {
  return dist.kind === 'exponential' && dist.mean > 0 ? dist.mean : undefined
}

function isZero(dist: Dist): boolean {
  return dist.kind === 'fixed' && dist.value === 0
}

interface Vertex extends LongRun {
  readonly abandonmentRate: number
}

/** Two corners with nothing better between them are neighbours; what is better by less occupancy than this is not looked for. */
const tolerance = 1e-6
const searchesMax = 60
/** Prices of an abandonment, in handle times of an idle agent: first, factor from one to the next, least. */
const prices = { first: 1, factor: 0.25, least: 1e-7 }

/**
 * The best policies of a world. Minimising idle agents + price * abandonments gives one corner of the set of what policies can
 * reach, for any price; what lies between two neighbouring corners is reached by mixing them in time. The bound on
 * abandoned / answered is a line through that set: answered = served + abandoned, and served follows from the idle agents.
 */
class Frontier {
  readonly #world: MemorylessWorld
  readonly #ringingMax: number
  /** By rising abandonment. */
  readonly #vertices: Vertex[]

  constructor(world: MemorylessWorld) {
    const { agents, answerProbability, ringMeanSec, handleMeanSec } = world
    this.#world = world
    // More never ring in a state that is worth counting: four times what keeps everybody busy, and what all idle agents of a small
    // team are worth.
    this.#ringingMax = Math.ceil(((4 * agents * ringMeanSec) / handleMeanSec + 20) / answerProbability) + agents
    this.#vertices = [this.#vertexOf(longRunOf(world, progressiveLevels(world)))]
  }

  /** The optimum at this abandonment; less than none is none. */
  at(abandonmentRate: number): OptimumPoint {
    const rate = abandonmentRate > 0 ? abandonmentRate : 0
    const bounds = this.#around(rate)
    let { low } = bounds
    let { high } = bounds
    for (let search = 0; search < searchesMax && high !== undefined && low.abandonmentRate < rate; search += 1) {
      const price = (low.idle - high.idle) / (high.abandonedPerSec - low.abandonedPerSec)
      const between = this.#best(price, this.#startBetween(low, high))
      const gain = costOf(low, price) - costOf(between, price)
      if (!(gain > tolerance * this.#world.agents)) break
      this.#keep(between)
      if (between.abandonmentRate <= rate) low = between
      else high = between
    }
    return this.#mix(low, high, rate)
  }

  /** Corners on both sides of a rate; none above when no policy abandons that much. */
  #around(rate: number): { readonly low: Vertex; readonly high: Vertex | undefined } {
    const { handleMeanSec } = this.#world
    for (let price = prices.first; price >= prices.least; price *= prices.factor) {
      const next = this.#vertices.findIndex(vertex => vertex.abandonmentRate > rate)
      const high = this.#vertices[next]
      const low = this.#vertices[next - 1]
      if (high !== undefined && low !== undefined) return { low, high }
      this.#keep(this.#best(price * handleMeanSec, this.#start(this.#vertices.at(-1))))
    }
    return {
      low: this.#vertices.at(-1) ?? this.#best(prices.first * handleMeanSec, this.#start(undefined)),
      high: undefined,
    }
  }

  #best(price: number, start: RingLevels): Vertex {
    return this.#vertexOf(bestLevels(this.#world, price, { start, ringingMax: this.#ringingMax }))
  }

  /** Levels to look on from; those of the progressive corner are too far from any other. */
  #start(near: Vertex | undefined): RingLevels {
    if (near !== undefined && near.abandonmentRate > 0) return near.levels
    // A line for each answer that the idle agents could take.
    const { answerProbability } = this.#world
    return progressiveLevels(this.#world).map(idle => Math.min(this.#ringingMax, Math.ceil(idle / answerProbability)))
  }

  #startBetween(low: Vertex, high: Vertex): RingLevels {
    const lower = this.#start(low)
    return high.levels.map((level, busy) => Math.ceil((level + (lower[busy] ?? level)) / 2))
  }

  #vertexOf(run: LongRun): Vertex {
    const served = (this.#world.agents - run.idle) / this.#world.handleMeanSec
    return { ...run, abandonmentRate: run.abandonedPerSec / (run.abandonedPerSec + served) }
  }

  #keep(vertex: Vertex): void {
    const next = this.#vertices.findIndex(kept => kept.abandonmentRate >= vertex.abandonmentRate)
    if (next === -1) this.#vertices.push(vertex)
    else if (this.#vertices[next]?.abandonmentRate !== vertex.abandonmentRate) this.#vertices.splice(next, 0, vertex)
  }

  /** Both in turn, for so much of the time that the rate is met exactly. */
  #mix(low: Vertex, high: Vertex | undefined, rate: number): OptimumPoint {
    const { agents, handleMeanSec } = this.#world
    if (high === undefined) return { occupancy: 1 - low.idle / agents, abandonmentRate: low.abandonmentRate }
    const excess = ({ idle, abandonedPerSec }: Vertex): number =>
      (1 - rate) * abandonedPerSec - (rate * (agents - idle)) / handleMeanSec
    const share = excess(low) / (excess(low) - excess(high))
    return { occupancy: 1 - (low.idle + share * (high.idle - low.idle)) / agents, abandonmentRate: rate }
  }
}

function costOf({ idle, abandonedPerSec }: LongRun, price: number): number {
  return idle + price * abandonedPerSec
}
