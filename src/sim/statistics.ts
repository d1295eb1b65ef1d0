/** The mean of some numbers; 0 of none. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
}

/** Standard deviation of a sample (n - 1); 0 of less than two. */
export function deviation(values: readonly number[]): number {
  if (values.length < 2) return 0
  const middle = mean(values)
  return Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1))
}

const upper975 = 1.959964

/**
 * Upper 2.5 % point of Student's distribution with so many degrees of freedom (>= 1): exact for 1 and 2, else the expansion
 * around the normal's (Abramowitz and Stegun 26.7.5), right to 1 % from 3 on.
 */
export function studentQuantile975(freedom: number): number {
  if (freedom <= 1) return 12.7062
  if (freedom === 2) return 4.30265
  const z = upper975
  const first = (z ** 3 + z) / 4
  const second = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96
  const third = (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384
  return z + first / freedom + second / freedom ** 2 + third / freedom ** 3
}

/** Half the width of the 95 % confidence interval of the mean of a sample; 0 of less than two. */
export function confidence95(values: readonly number[]): number {
  if (values.length < 2) return 0
  return (studentQuantile975(values.length - 1) * deviation(values)) / Math.sqrt(values.length)
}
