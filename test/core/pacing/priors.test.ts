// What is believed before anything is seen, and how fast that fades: the figures that the docs and the design name.
import t from 'tap'
import { AnswerRate } from '../../../src/core/pacing/answerRate.ts'
import { DurationEstimate } from '../../../src/core/pacing/durations.ts'
import { Estimates } from '../../../src/core/pacing/estimate.ts'
import type { PacingObservation } from '../../../src/core/pacing/pacer.ts'

t.test('each duration begins with its prior, and forgets over 1 500 calls', async t => {
  const table = [
    ['ring', { meanSec: 11, cv: 0.6, weight: 20 }, afterMs => ({ kind: 'answered', afterMs })],
    [
      'unanswered',
      { meanSec: 22, cv: 0.5, weight: 15 },
      afterMs => ({ kind: 'not-answered', afterMs, carrierFault: false }),
    ],
    ['talk', { meanSec: 120, cv: 1, weight: 20 }, talkMs => ({ kind: 'talk-ended', talkMs })],
    ['wrapUp', { meanSec: 20, cv: 0.8, weight: 20 }, wrapUpMs => ({ kind: 'wrap-up-ended', wrapUpMs })],
  ] as const satisfies readonly (readonly [keyof Estimates, object, (ms: number) => PacingObservation])[]
  for (const [name, prior, observation] of table) {
    const estimates = new Estimates()
    const alone = new DurationEstimate({ ...prior, forgetsAfter: 1_500 })
    const told = (of: DurationEstimate) => [1, 5, 11, 22, 60, 200].map(sec => of.at(sec))
    t.strictSame(told(estimates[name]), told(alone), `${name}, before anything`)
    for (let n = 0; n < 2_500; n += 1) {
      const ms = 1_000 + ((n * 7) % 40) * 1_000
      estimates.observe(observation(ms), n)
      alone.observe(ms / 1_000)
    }
    estimates.settle()
    alone.settle()
    t.strictSame(told(estimates[name]), told(alone), `${name}, after many`)
  }
})

t.test('the rate of answers fades over 1 000 dials, the last ones over 60', async t => {
  const rate = new AnswerRate()
  const dials = Array.from({ length: 400 }, (_, n) => (n % 2 === 0 ? 0.5 : 0.4))
  for (const answered of dials) rate.learnShare(answered)
  const faded = (forgetsAfter: number) => {
    const keep = 1 - 1 / forgetsAfter
    let [yes, no] = [9, 11]
    for (const answered of dials) [yes, no] = [yes * keep + answered, no * keep + 1 - answered]
    return yes / (yes + no)
  }
  t.ok(Math.abs(rate.usual - faded(1_000)) < 1e-12)
  t.ok(Math.abs(rate.lately - faded(60)) < 1e-12)
})

t.test('a rise is believed at a ratio of e^7, a fall at e^20; from there the rate is learned anew', async t => {
  for (const [answered, factor, believedAt] of [
    [true, 1.6, 7],
    [false, 1 / 1.6, 20],
  ] as const) {
    const rate = new AnswerRate()
    for (let n = 0; n < 9_000; n += 1) rate.learnShare(0.5)
    let [yes = 0, no = 0] = rate.memory().slow
    let sum = 0
    for (let dials = 1; sum < believedAt && dials < 200; dials += 1) {
      const believed = yes / (yes + no)
      const suspected = believed * factor
      sum += answered ? Math.log(suspected / believed) : Math.log((1 - suspected) / (1 - believed))
      if (sum >= believedAt) {
        yes = 120 * believed + (answered ? dials : 0)
        no = 120 * (1 - believed) + (answered ? 0 : dials)
      }
      yes = yes * 0.999 + (answered ? 1 : 0)
      no = no * 0.999 + (answered ? 0 : 1)
      rate.learn(answered, dials)
      t.equal(rate.alarmed(dials), answered && sum >= believedAt, `${answered}, dial ${dials}`)
      t.ok(Math.abs(rate.usual - yes / (yes + no)) < 1e-9, `${answered}, dial ${dials}`)
    }
    t.ok(sum >= believedAt, `${answered} is believed`)
  }
})

t.test('in an alarm the upper end of an 80 % interval of the last dials is believed, where that is more', async t => {
  const rate = new AnswerRate()
  for (let n = 0; n < 40; n += 1) rate.learn(true, 1_000)
  t.ok(rate.alarmed(1_000))
  const { fast } = rate.memory()
  const [yes = 0, no = 0] = fast
  const p = yes / (yes + no)
  const upper = Math.min(1, p + 1.2816 * Math.sqrt((p * (1 - p)) / (yes + no + 1)))
  t.ok(Math.abs(rate.probability(1_000) - Math.max(rate.usual, upper)) < 1e-12)
  for (let n = 0; n < 300; n += 1) rate.learnShare(0)
  t.equal(rate.probability(1_000), rate.usual, 'the last dials say less')
})
