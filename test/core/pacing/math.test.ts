import t, { type Test } from 'tap'
import { DurationEstimate } from '../../../src/core/pacing/durations.ts'
import {
  addBernoulli,
  clamp,
  cumulate,
  logNormalCdf,
  logNormalOf,
  normalCdf,
  numberOr,
  probabilityNotPositive,
  valueAt,
} from '../../../src/core/pacing/math.ts'

interface Reference {
  cdf(x: number, ...parameters: readonly number[]): number
}
/** jstat comes without types: what is used of it is typed here, and its name is kept from the compiler. */
const referenceLibrary: string = 'jstat'
const {
  default: { jStat },
}: { readonly default: { readonly jStat: Readonly<Record<'normal' | 'lognormal' | 'binomial', Reference>> } } =
  await import(referenceLibrary)

function near(test: Test, is: number, should: number, within: number): void {
  test.ok(Math.abs(is - should) <= within, `${is} is within ${within} of ${should}`)
}

t.test('the normal distribution function agrees with jstat', async test => {
  for (let z = -6; z <= 6; z += 0.25) near(test, normalCdf(z), jStat.normal.cdf(z, 0, 1), 1e-7)
  test.equal(normalCdf(Number.NEGATIVE_INFINITY), 0)
  test.equal(normalCdf(Number.POSITIVE_INFINITY), 1)
})

t.test(
  'the log-normal distribution function agrees with jstat, and its mean and variation are those asked for',
  async test => {
    const shape = logNormalOf(120, 1)
    for (const x of [0.5, 10, 60, 120, 300, 1_000])
      near(test, logNormalCdf(x, shape), jStat.lognormal.cdf(x, shape.location, shape.scale), 1e-6)
    for (const [mean, cv] of [
      [120, 1],
      [11, 0.6],
      [20, 2.5],
    ] as const) {
      const { location, scale } = logNormalOf(mean, cv)
      near(test, Math.exp(location + scale ** 2 / 2), mean, 1e-9)
      near(test, Math.sqrt(Math.exp(scale ** 2) - 1), cv, 1e-9)
    }
    test.equal(logNormalCdf(0, shape), 0)
    test.equal(logNormalCdf(-1, shape), 0)
  },
)

t.test('a sum of equal Bernoulli variables is binomial', async test => {
  const pmf = new Float64Array(32)
  pmf[0] = 1
  for (let terms = 0; terms < 30; terms += 1) addBernoulli(pmf, terms, 0.3)
  cumulate(pmf, 30)
  for (let k = 0; k <= 30; k += 1) near(test, pmf[k] ?? -1, jStat.binomial.cdf(k, 30, 0.3), 1e-6)
})

t.test('a sum of different Bernoulli variables has their mean and variance', async test => {
  const ps = [0, 0.1, 0.5, 0.9, 1, 0.33]
  const pmf = new Float64Array(ps.length + 1)
  pmf[0] = 1
  for (const [terms, p] of ps.entries()) addBernoulli(pmf, terms, p)
  const mean = pmf.reduce((sum, p, n) => sum + n * p, 0)
  const square = pmf.reduce((sum, p, n) => sum + n * n * p, 0)
  near(
    test,
    pmf.reduce((sum, p) => sum + p, 0),
    1,
    1e-12,
  )
  near(test, mean, 2.83, 1e-12)
  near(
    test,
    square - mean * mean,
    ps.reduce((sum, p) => sum + p * (1 - p), 0),
    1e-12,
  )
})

t.test('adding to a sum makes room for one term, and a distribution function ends with its terms', async test => {
  const pmf = Float64Array.of(0.5, 0.5, 7, 8)
  addBernoulli(pmf, 1, 0.25)
  test.strictSame([...pmf], [0.375, 0.5, 0.125, 8])
  cumulate(pmf, 2)
  test.strictSame([...pmf], [0.375, 0.875, 1, 8])
  const rounded = Float64Array.of(0.7, 0.300_000_000_1, 0.1)
  cumulate(rounded, 2)
  test.strictSame([...rounded], [0.7, 1, 1], 'never above 1')
  const nothing = Float64Array.of(1, 9)
  cumulate(nothing, 0)
  test.strictSame([...nothing], [1, 9])
})

t.test('beyond the ends of a list of numbers there is 0', async test => {
  const numbers = Float64Array.of(7, 8)
  test.strictSame(
    [-1, 0, 1, 2].map(index => valueAt(numbers, index)),
    [0, 7, 8, 0],
  )
})

t.test('a sum without spread is what its mean says, rounded', async test => {
  for (const variance of [0, 1e-12])
    test.strictSame(
      [-0.5, 0.499, 0.5, 0.501, 0.9].map(mean => probabilityNotPositive({ mean, variance, third: 0 })),
      [1, 1, 0, 0, 0],
    )
  near(test, probabilityNotPositive({ mean: 0.5, variance: 1.5e-12, third: 0 }), 0.5, 1e-6)
})

t.test('skewness bends the argument as far as its turn, and no further', async test => {
  for (const third of [-9, -2, -0.3, 0.3, 2, 9])
    for (const variance of [0.5, 3])
      for (let mean = -9; mean <= 9; mean += 0.75) {
        const bend = third / (6 * variance ** 1.5)
        const bent = (z: number) => z - bend * (z * z - 1)
        const z = (0.5 - mean) / Math.sqrt(variance)
        // Where the bent argument would turn back it stays: the highest of all before it, or the lowest of all behind it.
        let furthest = bent(z)
        for (let step = 0; step <= 30; step += 0.01)
          furthest = third > 0 ? Math.max(furthest, bent(z - step)) : Math.min(furthest, bent(z + step))
        near(test, probabilityNotPositive({ mean, variance, third }), jStat.normal.cdf(furthest, 0, 1), 1e-3)
      }
})

t.test('the approximation is near the exact sum, far into its skewed tail, and monotone in the mean', async test => {
  const n = 80
  const p = 0.06
  const q = 1 - p
  const variance = n * p * q
  for (let shift = 0; shift <= 12; shift += 1) {
    const approximate = probabilityNotPositive({ mean: n * p - shift, variance, third: variance * (q - p) })
    near(test, approximate, jStat.binomial.cdf(shift, n, p), 0.008)
  }
  for (const third of [-3, -1, 0, 1, 3]) {
    let before = 1
    for (let mean = -12; mean <= 12; mean += 0.25) {
      const now = probabilityNotPositive({ mean, variance: 2, third })
      test.ok(now <= before + 1e-12 && now >= 0 && now <= 1, `monotone at ${mean} with skewness ${third}`)
      before = now
    }
  }
  test.equal(probabilityNotPositive({ mean: 0, variance: 0, third: 0 }), 1)
  test.equal(probabilityNotPositive({ mean: 1, variance: 0, third: 0 }), 0)
})

t.test('a number is kept inside its bounds, and what is none is replaced', async test => {
  test.strictSame(
    [6, 1, 3.5, 2, 5, Number.NaN].map(value => clamp(value, 2, 5)),
    [5, 2, 3.5, 2, 5, 2],
  )
  test.strictSame(
    [Number.NaN, undefined, 0, -3].map(value => numberOr(value, 0.7)),
    [0.7, 0.7, 0, -3],
  )
})

const prior = { meanSec: 120, cv: 1, weight: 20, forgetsAfter: 500 }

t.test('a duration estimate starts from its log-normal prior', async test => {
  const estimate = new DurationEstimate(prior)
  const shape = logNormalOf(120, 1)
  for (const sec of [10, 60, 120, 240, 600]) near(test, estimate.at(sec), logNormalCdf(sec, shape), 1e-3)
  near(test, estimate.at(estimate.quantile(0.5)), 0.5, 1e-3)
})

t.test('a duration estimate learns what it sees, whatever its shape', async test => {
  const estimate = new DurationEstimate(prior)
  for (let n = 0; n < 2_000; n += 1) estimate.observe(n % 4 === 0 ? 5.5 : 200 + (n % 100))
  near(test, estimate.at(30), 0.25, 0.03)
  near(test, estimate.at(150), 0.25, 0.04)
  near(test, estimate.at(320), 1, 0.03)
})

t.test('a duration estimate forgets', async test => {
  const estimate = new DurationEstimate(prior)
  for (let n = 0; n < 2_000; n += 1) estimate.observe(300)
  for (let n = 0; n < 2_500; n += 1) estimate.observe(10)
  test.ok(estimate.at(30) > 0.93, `${estimate.at(30)} of the mass is where the last observations were`)
})

t.test('durations of nothing at all are an atom at zero', async test => {
  const estimate = new DurationEstimate(prior)
  for (let n = 0; n < 300; n += 1) estimate.observe(0)
  near(test, estimate.at(0), 1, 1e-9)
})

t.test(
  'a distribution function never falls and stays between 0 and 1, beyond its grid too; garbage is not learned',
  async test => {
    const estimate = new DurationEstimate(prior)
    for (const sec of [Number.NaN, -1, Number.POSITIVE_INFINITY, 1e9, 0, 3, 3_000, 90]) estimate.observe(sec)
    let before = 0
    for (let sec = 0; sec < 4_000; sec += 7.3) {
      const now = estimate.at(sec)
      test.ok(now >= before && now <= 1, `at ${sec}`)
      before = now
    }
    test.equal(estimate.at(-5), 0)
  },
)

t.test('a duration estimate survives JSON exactly, and ignores what is malformed', async test => {
  const estimate = new DurationEstimate(prior)
  for (let n = 0; n < 100; n += 1) estimate.observe(n)
  const restored = new DurationEstimate(prior)
  restored.restore(JSON.parse(JSON.stringify(estimate.memory())))
  estimate.restore(estimate.memory())
  test.same([...restored.cdf], [...estimate.cdf])
  const untouched = new DurationEstimate(prior)
  const good = estimate.memory()
  for (const bad of [null, 3, {}, { ...good, counts: [1] }, { ...good, zeros: -1 }, { ...good, logSum: Number.NaN }])
    untouched.restore(bad)
  near(test, untouched.at(120), logNormalCdf(120, logNormalOf(120, 1)), 1e-3)
})
