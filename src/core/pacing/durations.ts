import { clamp, type LogNormal, logNormalCdf, logNormalOf, valueAt } from './math.ts'

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

const binEdges = (() => {
  const edges = Array.from({ length: fineSec + 1 }, (_, second) => second)
  for (let edge = fineSec; edge < gridSec; ) {
    edge = Math.min(gridSec, Math.round(edge * binGrowth))
    edges.push(edge)
  }
  return Float64Array.from(edges)
})()
const bins = binEdges.length - 1
const binOfSecond = new Float64Array(gridSec)
for (const [bin, edge] of binEdges.entries()) binOfSecond.fill(bin, edge)

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
    const bin = valueAt(binOfSecond, Math.min(gridSec - 1, Math.floor(sec)))
    this.#counts[bin] = valueAt(this.#counts, bin) + this.#unit
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
      const from = valueAt(binEdges, bin)
      const to = valueAt(binEdges, bin + 1)
      const count = valueAt(this.#counts, bin)
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
    this.#counts.set(this.#counts.map(count => count * scale))
    this.#zeros *= scale
    this.#total *= scale
    this.#unit = 1
  }

  /** P(duration <= sec), 0..1, linear between seconds; beyond the grid an exponential tail of 300 s. */
  at(sec: number): number {
    if (!(sec >= 0)) return 0
    if (sec >= gridSec) return 1 - (1 - valueAt(this.cdf, gridSec)) * Math.exp((gridSec - sec) / 300)
    const second = Math.floor(sec)
    const below = valueAt(this.cdf, second)
    return below + (valueAt(this.cdf, second + 1) - below) * (sec - second)
  }

  /** The shortest duration with `at(duration) >= probability`, in seconds. */
  quantile(probability: number): number {
    let low = 0
    let high = gridSec
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if (valueAt(this.cdf, middle) < probability) low = middle
      else high = middle
    }
    const below = valueAt(this.cdf, low)
    if (below >= probability) return low
    return low + Math.min(1, (probability - below) / (valueAt(this.cdf, high) - below))
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
  const parts: Partial<Record<keyof DurationMemory, unknown>> = memory
  const { counts, zeros, total, logWeight, logSum, logSquares } = parts
  if (!Array.isArray(counts) || counts.length !== bins || !counts.every(isCount)) return false
  return [zeros, total, logWeight, logSquares].every(isCount) && Number.isFinite(logSum)
}
