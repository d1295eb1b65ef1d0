import { given } from '../../core/given.ts'
import type { Knobs, PolicyName } from '../rivals/policies.ts'
import { type KnobRange, knobRangesOf, positionOf, valueAt } from './knobRanges.ts'
import type { FrontierPoint } from './results.ts'

/** What knobs reached over all seeds. Ratios 0..1; what is not finite is taken as not measured. */
export interface Measured {
  readonly occupancy: number
  /** Abandoned / answered by a person. */
  readonly abandonmentRate: number
}

/** What to search the knobs of. */
export interface TuningTask {
  readonly policy: PolicyName
  /** Abandoned / answered that may not be exceeded, 0..1. */
  readonly target: number
  /** Runs the policy with these knobs; many at once. Equal knobs are asked for once only. A rejection ends the search. */
  evaluate(knobs: Knobs): Promise<Measured>
  /** Never evaluate more often than this, at least 1; default 120. */
  readonly budget?: number
}

/** What a search found. */
export interface Tuning {
  /** The highest occupancy that was measured at no more than the target; absent when no knobs kept it. */
  readonly best?: FrontierPoint
  /**
   * Occupancy at exactly the target: read off between the neighbours on the frontier on both sides of it. Without one above, that
   * of the best; absent without one below.
   */
  readonly occupancyAtTarget?: number
  /** The points that no other beats in both, by rising abandonment. */
  readonly frontier: readonly FrontierPoint[]
  readonly evaluations: number
}

/** Neighbours on the frontier on both sides of the target are near enough when their occupancies differ by less. */
const nearEnough = 0.005
const budgetDefault = 120
/** So much of the budget may go into the first look over the whole range. */
const gridShare = 2 / 3
/** A search that has not ended by then is walking on noise. */
const roundsMax = 14
/** Steps around the best are halved so often at least before a search with several knobs may end. */
const halvingsMin = 2
/** Where to look between two neighbours. */
const between: readonly number[] = [0.25, 0.5, 0.75]

/**
 * Searches the knobs with which a policy reaches the highest occupancy at no more abandonment than the target, as an oracle would:
 * first a grid over the whole useful range, then around the best and between it and its neighbour above the target, until those
 * two are near enough. Evaluations are submitted in batches, all of a batch at once. Deterministic where `evaluate` is.
 */
export async function tunePolicy(task: TuningTask): Promise<Tuning> {
  const { policy, target } = task
  const ranges = knobRangesOf(policy, target)
  const search = new Search(task)
  const steps = ranges.map(firstStep)
  await search.measure(thinned(gridOf(ranges), Math.ceil(search.left * gridShare)))
  let halvings = 0
  for (let round = 0; round < roundsMax && ranges.length > 0; round += 1) {
    const { low, high } = search.bounds()
    const centre = low ?? high
    if (centre === undefined || (low !== undefined && high === undefined && ranges.length === 1)) break
    const candidates = [
      ...(low === undefined || high === undefined ? [] : knobsBetween(ranges, low.knobs, high.knobs)),
      ...(ranges.length > 1 || low === undefined ? neighbours(ranges, centre.knobs, steps) : []),
    ]
    if ((await search.measure(candidates)) === 0 && halvings >= halvingsMin) break
    const after = search.bounds()
    const gain = (after.low?.occupancy ?? 0) - (low?.occupancy ?? 0)
    const gap = after.high === undefined ? 0 : after.high.occupancy - (after.low?.occupancy ?? 0)
    const settled = gain < nearEnough / 4
    if (settled && gap < nearEnough && (ranges.length === 1 || halvings >= halvingsMin)) break
    if (!settled) continue
    halvings += 1
    for (const [index, step] of steps.entries()) steps[index] = step / 2
  }
  return search.result()
}

/** What has been measured so far. */
class Search {
  readonly #task: TuningTask
  readonly #asked = new Set<string>()
  readonly #points: FrontierPoint[] = []
  left: number

  constructor(task: TuningTask) {
    this.#task = task
    this.left = Math.max(1, Math.floor(task.budget ?? budgetDefault))
  }

  /** Evaluates what is new among these, as far as the budget goes. Returns how many those were. */
  async measure(candidates: readonly Knobs[]): Promise<number> {
    const fresh: Knobs[] = []
    for (const knobs of candidates) {
      const key = JSON.stringify(knobs)
      if (this.left === 0 || this.#asked.has(key)) continue
      this.#asked.add(key)
      this.left -= 1
      fresh.push(knobs)
    }
    const { policy } = this.#task
    const measured = await Promise.all(fresh.map(knobs => this.#task.evaluate(knobs)))
    for (const [index, { occupancy, abandonmentRate }] of measured.entries()) {
      if (!(Number.isFinite(occupancy) && Number.isFinite(abandonmentRate))) continue
      this.#points.push({ policy, knobs: fresh[index] ?? {}, occupancy, abandonmentRate })
    }
    return fresh.length
  }

  /** The neighbours on the frontier on both sides of the target. */
  bounds(): Bounds {
    return boundsOf(frontierOf(this.#points), this.#task.target)
  }

  result(): Tuning {
    const frontier = frontierOf(this.#points)
    const best = boundsOf(frontier, this.#task.target).low
    const occupancyAtTarget = occupancyAt(frontier, this.#task.target)
    return { ...given({ best, occupancyAtTarget }), frontier, evaluations: this.#asked.size }
  }
}

/** The points that no other beats or equals in both occupancy and abandonment, by rising abandonment. */
export function frontierOf(points: readonly FrontierPoint[]): readonly FrontierPoint[] {
  const sorted = points.toSorted((a, b) => a.abandonmentRate - b.abandonmentRate || b.occupancy - a.occupancy)
  let highest = Number.NEGATIVE_INFINITY
  return sorted.filter(({ occupancy }) => {
    if (occupancy <= highest) return false
    highest = occupancy
    return true
  })
}

interface Bounds {
  readonly low: FrontierPoint | undefined
  readonly high: FrontierPoint | undefined
}

function boundsOf(frontier: readonly FrontierPoint[], target: number): Bounds {
  const next = frontier.findIndex(point => point.abandonmentRate > target)
  return next === -1
    ? { low: frontier.at(-1), high: undefined }
    : { low: next > 0 ? frontier[next - 1] : undefined, high: frontier[next] }
}

/**
 * Occupancy at exactly this abandonment, linear between the frontier's points on both sides; beyond the last point that point's;
 * `undefined` below the first.
 */
export function occupancyAt(frontier: readonly FrontierPoint[], abandonmentRate: number): number | undefined {
  const { low, high } = boundsOf(frontier, abandonmentRate)
  if (low === undefined || high === undefined) return low?.occupancy
  const share = (abandonmentRate - low.abandonmentRate) / (high.abandonmentRate - low.abandonmentRate)
  return low.occupancy + share * (high.occupancy - low.occupancy)
}

/** Every combination of the ranges' first values. */
function gridOf(ranges: readonly KnobRange[]): readonly Knobs[] {
  return ranges.reduce<readonly Knobs[]>(
    (grid, { name, grid: values }) => grid.flatMap(knobs => values.map(value => ({ ...knobs, [name]: value }))),
    [{}],
  )
}

/** So many of the list, evenly spread, both ends among them. */
function thinned<T>(list: readonly T[], count: number): readonly T[] {
  if (list.length <= count) return list
  const stride = (list.length - 1) / Math.max(1, count - 1)
  return list.filter((_, index) => Math.floor((index - 1) / stride) !== Math.floor(index / stride)).slice(0, count)
}

/** Half of the usual distance of a grid's values; for a grid of one, an eighth of the range. */
function firstStep(range: KnobRange): number {
  const positions = range.grid.map(value => positionOf(range, value))
  const width = Math.max(...positions) - Math.min(...positions)
  if (width > 0) return width / (positions.length - 1) / 2
  return (positionOf(range, range.max) - positionOf(range, range.min)) / 8
}

function knobsBetween(ranges: readonly KnobRange[], low: Knobs, high: Knobs): readonly Knobs[] {
  return between.map(share =>
    Object.fromEntries(
      ranges.map(range => {
        const from = positionOf(range, low[range.name] ?? range.min)
        const to = positionOf(range, high[range.name] ?? range.min)
        return [range.name, valueAt(range, from + share * (to - from))]
      }),
    ),
  )
}

/** The knobs with each one moved by its step, up and down. A whole number moves by one at least. */
function neighbours(ranges: readonly KnobRange[], centre: Knobs, steps: readonly number[]): readonly Knobs[] {
  return ranges.flatMap((range, index) => {
    const step = Math.max(steps[index] ?? 0, range.whole === true ? 1 : 0)
    const position = positionOf(range, centre[range.name] ?? range.min)
    return [position - step, position + step].map(moved => ({ ...centre, [range.name]: valueAt(range, moved) }))
  })
}
