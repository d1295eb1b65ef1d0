import t from 'tap'
import { DurationEstimate } from '../../../src/core/pacing/durations.ts'
import { logNormalCdf } from '../../../src/core/pacing/math.ts'

const prior = { meanSec: 120, cv: 1, weight: 20, forgetsAfter: 1_500 }

function learned(...parts: readonly (readonly [times: number, from: number, to: number])[]): DurationEstimate {
  const estimate = new DurationEstimate(prior)
  for (const [times, from, to] of parts)
    for (let n = 0; n < times; n += 1) estimate.observe(from + ((n * 7) % 20) * ((to - from) / 20))
  estimate.settle()
  return estimate
}

t.test('sixty talks of half a minute are believed, their shape too', async t => {
  const before = new DurationEstimate(prior)
  const after = learned([60, 20, 40])
  t.ok(before.at(60) < 0.5)
  t.ok(after.at(60) > 0.93, `${after.at(60)}`)
  t.ok(after.at(18) < 0.1, `${after.at(18)}`)
  t.ok(Math.abs(after.quantile(0.5) - 30) < 4, `${after.quantile(0.5)}`)
})

t.test('a distribution function begins at 0, never falls, and ends at 1', async t => {
  for (const estimate of [new DurationEstimate(prior), learned([60, 20, 40]), learned([500, 100, 900])]) {
    t.equal(estimate.at(0), 0)
    for (let sec = 1; sec <= 2_400; sec += 7) t.ok(estimate.at(sec) >= estimate.at(sec - 1) && estimate.at(sec) <= 1)
    t.ok(estimate.at(36_000) > 0.999)
    for (const share of [0.1, 0.5, 0.9])
      t.ok(Math.abs(estimate.at(estimate.quantile(share)) - share) < 0.05, `${share}`)
  }
})

t.test('the world has changed: what was long ago is forgotten', async t => {
  const estimate = learned([3_000, 90, 110], [6_000, 15, 25])
  t.ok(estimate.at(30) > 0.9, `${estimate.at(30)}`)
  const hardly = learned([3_000, 90, 110], [150, 15, 25])
  t.ok(hardly.at(30) < 0.2, `${hardly.at(30)}`)
})

t.test('what was learned in thousands of calls is the same after a restart, and goes on alike', async t => {
  const before = learned([4_000, 90, 110], [2_500, 15, 25])
  const after = new DurationEstimate(prior)
  after.restore(JSON.parse(JSON.stringify(before.memory())))
  const told = (estimate: DurationEstimate) => [5, 20, 30, 95, 120, 400].map(sec => estimate.at(sec).toFixed(9))
  t.strictSame(told(after), told(before))
  for (let n = 0; n < 800; n += 1) for (const estimate of [before, after]) estimate.observe(50)
  for (const estimate of [before, after]) estimate.settle()
  t.strictSame(told(after), told(before))
})

t.test('none at all is a duration, a negative one and one that is no number are not', async t => {
  const estimate = new DurationEstimate(prior)
  const before = estimate.at(40)
  for (const wrong of [-1, Number.NaN]) for (let n = 0; n < 90; n += 1) estimate.observe(wrong)
  estimate.settle()
  t.equal(estimate.at(40), before)
  for (let n = 0; n < 200; n += 1) estimate.observe(0)
  estimate.settle()
  t.ok(estimate.at(0.1) > 0.8, `${estimate.at(0.1)}`)
})

/** The bins of the histogram: seconds up to 20, then each 7 % longer than the last, in whole seconds, to half an hour. */
const edges = [0]
for (let edge = 0; edge < 1_800; ) {
  edge = edge < 20 ? edge + 1 : Math.min(1_800, Math.max(edge + 1, Math.round(edge * 1.07)))
  edges.push(edge)
}

/** What an estimate of these observations must say at a whole second: from the weight of each, worked out anew. */
function byDefinition(observed: readonly number[], { meanSec, cv, weight, forgetsAfter }: typeof prior) {
  const keep = 1 - 1 / forgetsAfter
  const weighed = observed.map((sec, index) => ({ sec, weight: keep ** (observed.length - 1 - index) }))
  const sum = (of: readonly { readonly weight: number }[]) => of.reduce((total, one) => total + one.weight, 0)
  const zeros = sum(weighed.filter(({ sec }) => sec < 0.02))
  const lasting = weighed.filter(({ sec }) => sec >= 0.02)
  const total = zeros + sum(lasting)
  // The shape: the prior's own, as heavy as six observations that fade, and the logarithms of what was seen.
  const variance = Math.log(1 + cv * cv)
  const location = Math.log(meanSec) - variance / 2
  const old = 6 * keep ** observed.length
  const logs = lasting.map(({ sec, weight: w }) => ({ weight: w, log: Math.log(Math.max(0.1, sec)) }))
  const mean = (old * location + logs.reduce((all, { weight: w, log }) => all + w * log, 0)) / (old + sum(logs))
  const square = logs.reduce((all, { weight: w, log }) => all + w * log * log, 0)
  const spread = (old * (variance + location * location) + square) / (old + sum(logs)) - mean * mean
  const shape = { location: mean, scale: Math.sqrt(Math.min(9, Math.max(0.01, spread))) }
  const zeroShare = total > 0 ? zeros / total : 0
  return (second: number) => {
    let inside = 0
    for (const { sec, weight: w } of lasting) {
      const to = edges.find(edge => edge > sec) ?? 1_800
      const from = edges.findLast(edge => edge < to) ?? 0
      inside += w * Math.min(1, Math.max(0, (second - from) / (to - from)))
    }
    const shaped = weight * (zeroShare + (1 - zeroShare) * logNormalCdf(second, shape))
    return (zeros + inside + shaped) / (total + weight)
  }
}

t.test('an estimate is what its definition says at every second, whatever was observed', async t => {
  const sequences: readonly (readonly number[])[] = [
    [],
    [0],
    [0.02, 0.0199, 0.019],
    [19.99, 20, 20.5, 21, 21.999, 22, 44.9, 45, 1_680, 1_799, 1_799.5, 1_800, 5_000],
    Array.from({ length: 40 }, (_, n) => (n % 3 === 0 ? 0 : n * n * 1.3)),
    Array.from({ length: 300 }, () => 30),
    Array.from({ length: 200 }, (_, n) => (n % 2 === 0 ? 0.03 : 100_000)),
  ]
  for (const [index, observed] of sequences.entries()) {
    const swift = { ...prior, forgetsAfter: 40 }
    const estimate = new DurationEstimate(swift)
    for (const sec of observed) estimate.observe(sec)
    estimate.settle()
    const should = byDefinition(observed, swift)
    const wrong = [...estimate.cdf.keys()].filter(
      second => Math.abs((estimate.cdf[second] ?? 2) - should(second)) > 1e-9,
    )
    t.strictSame(wrong, [], `sequence ${index}`)
    t.equal(estimate.cdf.length, 1_801)
  }
})

t.test(
  'it follows by itself when more than three in a hundred of what it remembers are new, and more than one',
  async t => {
    const estimate = new DurationEstimate({ ...prior, forgetsAfter: 400 })
    t.equal(estimate.version, 1)
    const followed: number[] = []
    const should: number[] = []
    let [remembered, unseen] = [0, 0]
    for (let n = 1; n <= 900; n += 1) {
      const { version } = estimate
      estimate.observe(n % 90)
      if (estimate.version !== version) followed.push(n)
      t.ok(estimate.version <= version + 1)
      remembered = remembered * (1 - 1 / 400) + 1
      unseen += 1
      if (unseen > 1 && unseen > 0.03 * remembered) {
        should.push(n)
        unseen = 0
      }
    }
    t.strictSame(followed, should)
    const { version } = estimate
    estimate.settle()
    t.equal(estimate.version, version + 1)
  },
)

t.test('between seconds it is a line, beyond half an hour what is left fades with a mean of 300 s', async t => {
  const estimate = learned([60, 20, 40], [30, 1_700, 3_000])
  const at = (second: number) => estimate.cdf[second] ?? Number.NaN
  t.equal(estimate.at(25), at(25))
  t.ok(Math.abs(estimate.at(25.25) - (0.75 * at(25) + 0.25 * at(26))) < 1e-12)
  t.equal(estimate.at(0), at(0))
  t.strictSame([estimate.at(-0.1), estimate.at(Number.NaN)], [0, 0])
  t.equal(estimate.at(1_800), at(1_800))
  t.ok(Math.abs(estimate.at(1_799.5) - (at(1_799) + at(1_800)) / 2) < 1e-12)
  t.ok(at(1_800) < 1)
  t.ok(Math.abs(1 - estimate.at(2_100) - (1 - at(1_800)) / Math.E) < 1e-12)
})

t.test('a quantile is the shortest duration that is reached with the probability', async t => {
  for (const estimate of [
    new DurationEstimate(prior),
    learned([60, 20, 40]),
    learned([90, 0, 0.01], [60, 1_500, 3_000]),
  ]) {
    const [least, most] = [estimate.at(0), estimate.at(1_800)]
    for (let n = 0; n <= 100; n += 1) {
      const probability = n / 100
      const sec = estimate.quantile(probability)
      if (probability <= least) t.equal(sec, 0)
      else if (probability > most) t.equal(sec, 1_800)
      else {
        t.ok(Math.abs(estimate.at(sec) - probability) < 1e-9, `${probability}: ${sec}`)
        t.ok(estimate.at(sec - 0.01) < probability)
      }
    }
    for (const second of [0, 1, 2, 30, 1_799]) t.ok(estimate.quantile(estimate.at(second)) <= second, `${second}`)
  }
})

t.test('a memory of which any part is malformed is ignored whole', async t => {
  const good = learned([60, 20, 40]).memory()
  const untouched = new DurationEstimate(prior)
  const before = [...untouched.cdf]
  const without = (name: string) => Object.fromEntries(Object.entries(good).filter(([key]) => key !== name))
  const broken = [
    ...Object.keys(good).map(without),
    ...['zeros', 'total', 'logWeight', 'logSquares'].flatMap(name =>
      [-1, Number.NaN, Number.POSITIVE_INFINITY, '1', null].map(value => ({ ...good, [name]: value })),
    ),
    ...[Number.NaN, Number.POSITIVE_INFINITY, '1', null].map(logSum => ({ ...good, logSum })),
    ...[
      good.counts.slice(1),
      [...good.counts, 0],
      [...good.counts.slice(1), -1],
      [...good.counts.slice(1), '1'],
      3,
    ].map(counts => ({ ...good, counts })),
    ...[null, undefined, 'x', 3],
  ]
  for (const [index, memory] of broken.entries()) {
    untouched.restore(memory)
    t.equal(untouched.version, 1, `memory ${index}`)
  }
  t.strictSame([...untouched.cdf], before)
  untouched.restore({ ...good, logSum: -5 })
  t.equal(untouched.version, 2, 'logarithms may be negative')
  t.strictSame(untouched.memory(), { ...good, logSum: -5 })
})

t.test('a memory says what is remembered in observations, and is the whole of it', async t => {
  const estimate = new DurationEstimate({ ...prior, forgetsAfter: 4 })
  for (const sec of [0, 7.5, 7.2]) estimate.observe(sec)
  const { counts, zeros, total, logWeight, logSum, logSquares } = estimate.memory()
  const near = (is: number, should: number, what: string) =>
    t.ok(Math.abs(is - should) < 1e-9, `${what}: ${is}, ${should}`)
  t.equal(counts.length, edges.length - 1)
  near(counts[7] ?? 0, 1.75, 'two of seven seconds, the older by three quarters')
  near(zeros, 0.5625, 'none at all, two ago')
  near(total, 2.3125, 'all')
  near(
    counts.reduce((sum, count) => sum + count, 0),
    1.75,
    'nothing elsewhere',
  )
  const location = Math.log(120) - Math.log(2) / 2
  const fade = 6 * 0.75 ** 3
  near(logWeight, fade + 1.75, 'logarithms')
  near(logSum, fade * location + 0.75 * Math.log(7.5) + Math.log(7.2), 'their sum')
  near(
    logSquares,
    fade * (Math.log(2) + location ** 2) + 0.75 * Math.log(7.5) ** 2 + Math.log(7.2) ** 2,
    'their squares',
  )
})

t.test('without any logarithm the shape is the prior', async t => {
  const none = { counts: Array.from({ length: edges.length - 1 }, () => 0), zeros: 0, total: 0, logWeight: 0 }
  const estimate = new DurationEstimate(prior)
  const before = [...estimate.cdf]
  const isPrior = (of: object) => {
    estimate.restore({ ...none, logSum: 0, logSquares: 0, ...of })
    return estimate.cdf.every((chance, second) => Math.abs(chance - (before[second] ?? 2)) < 1e-9)
  }
  t.ok(isPrior({}))
  t.ok(isPrior({ logWeight: 1e-6 }), 'a millionth of one is none')
  t.notOk(isPrior({ logWeight: 1.5e-6 }))
})
