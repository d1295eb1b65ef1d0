// The share of calls that are answered, in worlds that stay, drift and jump.
import t from 'tap'
import { AnswerRate } from '../../../src/core/pacing/answerRate.ts'
import { createRandom } from '../../../src/sim/world/random.ts'

/** Dials at a probability until it is believed within a share of it; how many that took, at most `most`. */
function until(rate: AnswerRate, p: number, { within, most, seed }: { within: number; most: number; seed: number }) {
  const { uniform } = createRandom(seed)
  let dials = 0
  for (; dials < most && Math.abs(rate.usual - p) > within * p; dials += 1) rate.learn(uniform() < p, dials)
  return dials
}

function settled(p: number, seed = 3): AnswerRate {
  const rate = new AnswerRate()
  const { uniform } = createRandom(seed)
  for (let n = 0; n < 5_000; n += 1) rate.learn(uniform() < p, n)
  return rate
}

t.test('it starts high and becomes what is seen', async t => {
  t.equal(new AnswerRate().usual, 0.45)
  t.ok(Math.abs(settled(0.2).usual - 0.2) < 0.03, `${settled(0.2).usual}`)
  t.equal(new AnswerRate().lately, 0.45)
})

t.test('a rise is learned within three hundred dials, a fall within seven hundred, whatever the chance', async t => {
  for (const [from, to] of [
    [0.12, 0.36],
    [0.36, 0.12],
    [0.25, 0.6],
    [0.6, 0.25],
  ] as const) {
    const dials = Array.from({ length: 12 }, (_, n) =>
      until(settled(from, n + 1), to, { within: 0.35, most: 1_000, seed: n + 51 }),
    ).sort((one, other) => one - other)
    t.ok((dials[10] ?? 1_000) < (from < to ? 300 : 700), `${from} to ${to}: all but one before ${dials[10]}`)
  }
})

t.test('a steady world stays: far fewer alarms than days', async t => {
  const rate = settled(0.25)
  const { uniform } = createRandom(9)
  let alarms = 0
  let lowest = 1
  for (let n = 0; n < 30_000; n += 1) {
    const before = rate.alarmed(n)
    rate.learn(uniform() < 0.25, n)
    if (!before && rate.alarmed(n)) alarms += 1
    lowest = Math.min(lowest, rate.usual)
  }
  t.ok(alarms <= 6, `${alarms} alarms`)
  t.ok(lowest > 0.12, `${lowest}`)
})

t.test('a fall is no alarm; a rise is one for a minute, with the upper end of what the last calls allow', async t => {
  const falling = settled(0.4)
  for (let n = 0; n < 300; n += 1) falling.learn(false, 1e6)
  t.notOk(falling.alarmed(1e6))
  t.ok(falling.usual < 0.1, `${falling.usual}`)
  const rising = settled(0.1)
  let answers = 0
  for (; answers < 50 && !rising.alarmed(1e6); answers += 1) rising.learn(true, 1e6)
  t.ok(answers > 5 && answers < 25, `after ${answers}`)
  t.ok(rising.probability(1_059_999) > rising.usual)
  t.equal(rising.probability(1_060_000), rising.usual)
  t.ok(rising.usual < 0.5, `what was believed still has its weight: ${rising.usual}`)
})

t.test('a share of a dial is learned, and suspects nothing', async t => {
  const rate = settled(0.2)
  for (let n = 0; n < 500; n += 1) rate.learnShare(0.9)
  t.notOk(rate.alarmed(1e6))
  t.ok(rate.usual > 0.45 && rate.usual < 0.5, `${rate.usual}`)
  t.ok(rate.lately > 0.89)
})

t.test('it goes on after a restart where it was, in the middle of a suspicion too', async t => {
  for (const answered of [true, false]) {
    const before = settled(0.3)
    for (let n = 0; n < 8; n += 1) before.learn(answered, 1)
    const after = new AnswerRate()
    after.restore(JSON.parse(JSON.stringify(before.memory())))
    for (let n = 0; n < 60; n += 1) {
      before.learn(answered, 2)
      after.learn(answered, 2)
      t.strictSame([after.probability(2), after.usual], [before.probability(2), before.usual], `${answered}, ${n}`)
    }
  }
})

t.test('a memory that says nonsense is as none', async t => {
  const fresh = new AnswerRate()
  const bad = [
    undefined,
    3,
    {},
    { slow: [-1, 2] },
    { slow: [0, 0], fast: 'x' },
    { more: [8, 1, 1] },
    { less: [21, 1, 1] },
    { less: [-1, 1, 1] },
  ]
  for (const memory of [...bad, { more: 'x', less: null, alarmUntil: '5' }]) {
    const rate = new AnswerRate()
    rate.restore(memory)
    t.strictSame(rate.memory(), fresh.memory(), JSON.stringify(memory))
  }
})
