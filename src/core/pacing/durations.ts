import { clamp, type LogNormal, logNormalCdf, logNormalOf } from './math.ts'

/** What a duration estimate starts from and how fast it forgets. */
export interface DurationPrior {
  readonly meanSec: number
  /** Standard deviation / mean. */
  readonly cv: number
  /** How many observations the log-normal shape weighs, for ever. */
  readonly weight: number
  /** Observations after which one has lost 63 % of its weight. */
  readonly forgetsAfter: number
}

/** A duration estimate as plain JSON. */
export interface DurationMemory {
  readonly counts: readonly number[]
  readonly zeros: number
  /** Sum of counts and zeros, as it was kept. */
  readonly total: number
  readonly logWeight: number
  readonly logSum: number
  readonly logSquares: number
}

/** The grid of {@link DurationEstimate.cdf}: whole seconds, 0..1 800. Beyond it the last hazard goes on. */
const gridSec = 1_800
/** Bins of one second up to here, then each 7 % longer than the last: the first seconds matter most. */
const fineSec = 20
const binGrowth = 1.07
/** Shorter durations are "none at all": an atom at zero. */
const zeroSec = 0.02
/** How many observations the prior's own shape weighs against that of the observations, when the log-normal is fitted. */
const shapeWeight = 6
/** The distribution function follows when this share of all that is remembered is new. */
const refreshShare = 0.03

const binEdges: readonly number[] = (() => {
  const edges = Array.from({ length: fineSec + 1 }, (_, second) => second)
  for (let edge = fineSec; edge < gridSec; ) {
    edge = Math.min(gridSec, Math.max(edge + 1, Math.round(edge * binGrowth)))
    edges.push(edge)
  }
  return edges
})()
const bins = binEdges.length - 1
const binOfSecond = new Int32Array(gridSec)
for (let bin = 0; bin < bins; bin += 1)
  for (let second = binEdges[bin] ?? 0; second < (binEdges[bin + 1] ?? 0); second += 1) binOfSecond[second] = bin

/**
 * Learns the distribution of a duration from observations: a forgetting histogram mixed with a log-normal whose shape is fitted
 * to the same observations. The distribution function follows by itself whenever enough was learned: what it says depends on
 * the observations alone, never on when somebody reads it.
 */
export class DurationEstimate {
  /** P(duration <= s) at whole seconds. */
  readonly cdf = new Float64Array(gridSec + 1)
  /** Changes whenever `cdf` does. */
  version = 0
  readonly #prior: DurationPrior
  readonly #priorShape: LogNormal
  /** Counts in units of {@link #unit}: instead of fading all the old ones, the newest weighs more. */
  readonly #counts = new Float64Array(bins)
  #zeros = 0
  /** Sum of counts and zeros. */
  #total = 0
  #unit = 1
  #logWeight: number
  #logSum: number
  #logSquares: number
  #unseen = 0

  constructor(prior: DurationPrior) {
    this.#prior = prior
    this.#priorShape = logNormalOf(prior.meanSec, prior.cv)
    const { location, scale } = this.#priorShape
    this.#logWeight = shapeWeight
    this.#logSum = shapeWeight * location
    this.#logSquares = shapeWeight * (scale * scale + location * location)
    this.#refresh()
  }

  /** Learns one duration, in seconds; what is not a duration is ignored. */
  observe(sec: number): void {
    if (!(sec >= 0) || !Number.isFinite(sec)) return
    this.#forget()
    this.#unseen += 1
    this.#total += this.#unit
    if (sec < zeroSec) this.#zeros += this.#unit
    else this.#learn(sec)
    if (this.#unseen > Math.max(1, (refreshShare * this.#total) / this.#unit)) this.#refresh()
  }

  #learn(sec: number): void {
    const bin = binOfSecond[Math.min(gridSec - 1, Math.floor(sec))] ?? 0
    this.#counts[bin] = (this.#counts[bin] ?? 0) + this.#unit
    const log = Math.log(Math.max(sec, 0.1))
    this.#logWeight += 1
    this.#logSum += log
    this.#logSquares += log * log
  }

  /** Brings `cdf` up to date. */
  #refresh(): void {
    this.#normalize()
    const total = this.#total
    this.#unseen = 0
    this.version += 1
    const { weight } = this.#prior
    const mass = total + weight
    const zeroShare = total > 0 ? this.#zeros / total : 0
    const zeroMass = this.#zeros + weight * zeroShare
    const shapeMass = weight * (1 - zeroShare)
    const shape = this.#shape()
    let counted = 0
    for (let bin = 0; bin < bins; bin += 1) {
      const from = binEdges[bin] ?? 0
      const to = binEdges[bin + 1] ?? gridSec
      const count = this.#counts[bin] ?? 0
      for (let second = from; second < to; second += 1) {
        const inside = counted + (count * (second - from)) / (to - from)
        this.cdf[second] = (zeroMass + inside + shapeMass * logNormalCdf(second, shape)) / mass
      }
      counted += count
    }
    this.cdf[gridSec] = (zeroMass + counted + shapeMass * logNormalCdf(gridSec, shape)) / mass
  }

  /** Brings all counts back to a unit of 1. */
  #normalize(): void {
    const scale = 1 / this.#unit
    for (let bin = 0; bin < bins; bin += 1) this.#counts[bin] = (this.#counts[bin] ?? 0) * scale
    this.#zeros *= scale
    this.#total *= scale
    this.#unit = 1
  }

  /** P(duration <= sec), 0..1, linear between seconds; beyond the grid an exponential tail of 300 s. */
  at(sec: number): number {
    if (!(sec > 0)) return sec === 0 ? (this.cdf[0] ?? 0) : 0
    if (sec >= gridSec) return 1 - (1 - (this.cdf[gridSec] ?? 1)) * Math.exp((gridSec - sec) / 300)
    const second = Math.floor(sec)
    const below = this.cdf[second] ?? 0
    return below + ((this.cdf[second + 1] ?? 1) - below) * (sec - second)
  }

  /** The shortest duration with `at(duration) >= probability`, in seconds. */
  quantile(probability: number): number {
    let low = 0
    let high = gridSec
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((this.cdf[middle] ?? 1) < probability) low = middle
      else high = middle
    }
    const below = this.cdf[low] ?? 0
    if (below >= probability) return low
    const step = (this.cdf[high] ?? 1) - below
    return step > 0 ? low + Math.min(1, (probability - below) / step) : high
  }

  /** Brings `cdf` up to date now. One that is restored does so too: from there both go on alike. */
  settle(): void {
    this.#refresh()
  }

  /** What it has learned, as plain JSON. */
  memory(): DurationMemory {
    const scale = 1 / this.#unit
    return {
      counts: Array.from(this.#counts, count => count * scale),
      zeros: this.#zeros * scale,
      total: this.#total * scale,
      logWeight: this.#logWeight,
      logSum: this.#logSum,
      logSquares: this.#logSquares,
    }
  }

  /** Takes up what an earlier estimate had learned; anything malformed is ignored whole. */
  restore(memory: unknown): void {
    if (!isDurationMemory(memory)) return
    this.#counts.set(memory.counts)
    this.#zeros = memory.zeros
    this.#total = memory.total
    this.#unit = 1
    this.#logWeight = memory.logWeight
    this.#logSum = memory.logSum
    this.#logSquares = memory.logSquares
    this.#refresh()
  }

  #forget(): void {
    const keep = 1 - 1 / this.#prior.forgetsAfter
    this.#unit /= keep
    this.#logWeight *= keep
    this.#logSum *= keep
    this.#logSquares *= keep
  }

  #shape(): LogNormal {
    if (!(this.#logWeight > 1e-6)) return this.#priorShape
    const location = this.#logSum / this.#logWeight
    const variance = this.#logSquares / this.#logWeight - location * location
    return { location, scale: Math.sqrt(clamp(variance, 0.01, 9)) }
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
}

function isDurationMemory(memory: unknown): memory is DurationMemory {
  if (typeof memory !== 'object' || memory === null) return false
  if (!('counts' in memory) || !Array.isArray(memory.counts) || memory.counts.length !== bins) return false
  if (
    !('zeros' in memory && 'total' in memory && 'logWeight' in memory && 'logSum' in memory && 'logSquares' in memory)
  )
    return false
  return (
    memory.counts.every(isCount) &&
    isCount(memory.zeros) &&
    isCount(memory.total) &&
    isCount(memory.logWeight) &&
    isCount(memory.logSquares) &&
    typeof memory.logSum === 'number' &&
    Number.isFinite(memory.logSum)
  )
}
