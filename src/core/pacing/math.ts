const sqrt2Pi = Math.sqrt(2 * Math.PI)

/**
 * Distribution function of the standard normal, 0..1; absolute error below 7.5e-8.
 * Abramowitz and Stegun, Handbook of Mathematical Functions, 26.2.17.
 */
export function normalCdf(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z))
  const poly = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
  const tail = (Math.exp(-0.5 * z * z) / sqrt2Pi) * poly
  return z > 0 ? 1 - tail : tail
}

/** A log-normal distribution by the mean and the standard deviation of the logarithm. */
export interface LogNormal {
  readonly location: number
  readonly scale: number
}

/** The log-normal distribution with this mean and coefficient of variation. */
export function logNormalOf(mean: number, cv: number): LogNormal {
  const variance = Math.log(1 + cv * cv)
  return { location: Math.log(mean) - variance / 2, scale: Math.sqrt(variance) }
}

/** P(X <= x), 0..1. */
export function logNormalCdf(x: number, { location, scale }: LogNormal): number {
  return normalCdf((Math.log(Math.max(0, x)) - location) / scale)
}

/** One of many numbers; 0 beyond their ends. */
export function valueAt(numbers: Float64Array, index: number): number {
  return numbers[index] ?? 0
}

/** Adds one Bernoulli variable to the distribution of a sum: `pmf[0..terms]` in place; `pmf` has room for one more. */
export function addBernoulli(pmf: Float64Array, terms: number, p: number): void {
  const q = 1 - p
  pmf[terms + 1] = valueAt(pmf, terms) * p
  for (let n = terms; n > 0; n -= 1) pmf[n] = valueAt(pmf, n) * q + valueAt(pmf, n - 1) * p
  pmf[0] = valueAt(pmf, 0) * q
}

/** Turns the probabilities of 0..terms into their distribution function, in place: it ends at 1. */
export function cumulate(pmf: Float64Array, terms: number): void {
  let sum = 0
  for (let n = 0; n < terms; n += 1) {
    sum += valueAt(pmf, n)
    pmf[n] = Math.min(1, sum)
  }
  pmf[terms] = 1
}

/** Cumulants of a sum of independent variables, up to the third. */
export interface Cumulants {
  mean: number
  variance: number
  third: number
}

/**
 * P(X <= 0) for an integer variable with these cumulants: the normal approximation with continuity correction, its argument bent
 * by the skewness (Cornish and Fisher's first term), which keeps it monotone in the mean. 0..1.
 */
export function probabilityNotPositive({ mean, variance, third }: Cumulants): number {
  if (!(variance > 1e-12)) return mean < 0.5 ? 1 : 0
  const deviation = Math.sqrt(variance)
  const z = (0.5 - mean) / deviation
  const bend = third / (6 * variance * deviation)
  if (bend === 0) return normalCdf(z)
  const turn = 1 / (2 * bend)
  const inside = bend > 0 ? Math.min(z, turn) : Math.max(z, turn)
  return normalCdf(inside - bend * (inside * inside - 1))
}

/** The nearest number inside the bounds; `min` for what is not a number. */
export function clamp(value: number, min: number, max: number): number {
  return Number.isNaN(value) ? min : Math.min(max, Math.max(min, value))
}

/** The number, or `otherwise` for what is not a number. */
export function numberOr(value: number | undefined, otherwise: number): number {
  return value === undefined || Number.isNaN(value) ? otherwise : value
}
