import t from 'tap'
import { ColdStart } from '../../../src/core/pacing/coldStart.ts'
import type { Census } from '../../../src/core/pacing/limits.ts'

const idle: Census = { serving: 9, available: 0, leavingAvailable: 0, inFlight: 0, waiting: 0 }
const stepMs = 15_000

t.test('the start grows from the most of free agents, calls in flight and one', async t => {
  const first = (counts: Partial<Census>) => new ColdStart().inFlightMax({ ...idle, ...counts }, 7_000)
  t.equal(first({}), 2, '1.5, rounded up')
  t.equal(first({ available: 4 }), 6)
  t.equal(first({ inFlight: 7 }), 11)
  t.equal(first({ available: 4, inFlight: 3 }), 6)
})

t.test('what it may have grows by a half with each step, whatever is there later, and ends after twelve', async t => {
  const start = new ColdStart()
  start.inFlightMax({ ...idle, available: 4 }, 1_000)
  for (let step = 0; step < 12; step += 1)
    for (const inside of [0, 1, stepMs - 1])
      t.equal(
        start.inFlightMax({ ...idle, inFlight: 50 }, 1_000 + step * stepMs + inside),
        Math.ceil(4 * 1.5 ** (step + 1)),
      )
  t.equal(start.inFlightMax(idle, 1_000 + 12 * stepMs), undefined)
  t.equal(start.inFlightMax(idle, 1_000 - stepMs), 4, 'a clock that went back allows what was there')
  t.equal(start.inFlightMax(idle, 1_000 - 9 * stepMs), 4)
})

t.test('five answers are dialed for without any risk, thirty from elsewhere are start enough', async t => {
  const start = new ColdStart()
  t.strictSame(
    [0, 4, 5, 6].map(answers => start.learning(answers)),
    [true, true, false, false],
  )
  start.learnedElsewhere(29)
  t.equal(start.inFlightMax(idle, 0), 2)
  start.learnedElsewhere(30)
  t.equal(start.inFlightMax(idle, 0), undefined)
  t.match(start.memory(), { over: true })
})

t.test('a memory is taken up as far as it makes sense', async t => {
  const after = (memory: unknown) => {
    const start = new ColdStart()
    start.restore(memory)
    return start.inFlightMax({ ...idle, available: 4 }, stepMs)
  }
  const fresh = after(undefined)
  t.equal(fresh, 6)
  for (const bad of [
    null,
    3,
    'over',
    {},
    { over: 1 },
    { over: false },
    { base: 3 },
    { beganAt: 'x', base: 3 },
    { beganAt: 0 },
  ])
    t.equal(after(bad), fresh, JSON.stringify(bad))
  t.equal(after({ over: true, beganAt: 0, base: 2 }), undefined)
  t.equal(after({ over: false, beganAt: 0, base: 2 }), 5, '2 * 1.5 ^ 2, rounded up')
  t.equal(after({ beganAt: 0, base: 1 }), 3)
  for (const base of [0.9, -4, 'x', Number.NaN]) t.equal(after({ beganAt: 0, base }), 3, `a base of ${base} is 1`)
  t.strictSame(new ColdStart().memory(), { beganAt: null, base: 1, over: false })
  const begun = new ColdStart()
  begun.inFlightMax({ ...idle, available: 4 }, 9)
  t.strictSame(begun.memory(), { beganAt: 9, base: 4, over: false })
})
