import t from 'tap'
import { DurationEstimate } from '../../../src/core/pacing/durations.ts'

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
