import t from 'tap'
import { type Dist, sampler } from '../../src/sim/world/distributions.ts'
import { createRandom } from '../../src/sim/world/random.ts'
import { createVirtualClock } from '../../src/sim/world/scheduler.ts'

t.test('timers fire in the order of their time, those of one instant in the order in which they were set', async t => {
  const clock = createVirtualClock(100)
  const fired: string[] = []
  const set = (at: number, name: string) => clock.wakeAt(at, () => fired.push(`${name}@${clock.now()}`))
  for (const [at, name] of [
    ...([
      [300, 'c'],
      [200, 'a'],
      [300, 'd'],
      [200, 'b'],
      [50, 'past'],
      [900, 'late'],
    ] as const),
  ])
    set(at, name)
  set(250, 'cancelled')()
  await clock.runUntil(500)
  t.strictSame(fired, ['past@100', 'a@200', 'b@200', 'c@300', 'd@300'])
  t.equal(clock.now(), 500)
  t.equal(clock.fired, 5)
  await clock.runUntil(900)
  t.equal(fired.at(-1), 'late@900')
})

t.test('time waits for every promise that can go on, however long the chain', async t => {
  const clock = createVirtualClock()
  const seen: number[] = []
  const chain = async (): Promise<void> => {
    for (let link = 0; link < 500; link += 1) await null
    seen.push(clock.now())
    await new Promise<void>(resolve => {
      clock.wakeAt(clock.now() + 5, resolve)
    })
    for (let link = 0; link < 500; link += 1) await Promise.resolve(link)
    seen.push(clock.now())
  }
  clock.wakeAt(10, () => void chain().catch(t.fail))
  clock.wakeAt(11, () => seen.push(-11))
  clock.wakeAt(16, () => seen.push(-16))
  await clock.runUntil(20)
  t.strictSame(seen, [10, -11, 15, -16])
})

t.test('many timers set and cancelled at random fire in order', async t => {
  const clock = createVirtualClock()
  const random = createRandom(7)
  let last = 0
  let count = 0
  for (let n = 0; n < 3_000; n += 1) {
    const at = Math.floor(random.uniform() * 1_000)
    const cancel = clock.wakeAt(at, () => {
      if (clock.now() !== at || at < last) t.fail(`${at} fired at ${clock.now()} after ${last}`)
      last = at
      count += 1
    })
    if (n % 3 === 0) cancel()
  }
  await clock.runUntil(1_000)
  t.equal(count, 2_000)
})

t.test('equal seeds give equal chance, other seeds and other streams another', async t => {
  const draw = (seed: number, stream: number) => {
    const random = createRandom(seed, stream)
    return [random.uniform(), random.normal(), random.uniform()]
  }
  t.strictSame(draw(1, 0), draw(1, 0))
  t.notSame(draw(1, 0), draw(2, 0))
  t.notSame(draw(1, 0), draw(1, 1))
  const firsts = new Set(Array.from({ length: 5_000 }, (_, stream) => createRandom(3, 1_000_000 + stream).uniform()))
  t.equal(firsts.size, 5_000, 'neighbouring streams differ')
})

const lognormal: Dist = { kind: 'lognormal', mean: 120, cv: 1 }
const moments: readonly (readonly [Dist, number, number])[] = [
  [{ kind: 'fixed', value: 3 }, 3, 0],
  [{ kind: 'uniform', min: 2, max: 4 }, 3, Math.sqrt(4 / 12)],
  [{ kind: 'exponential', mean: 10 }, 10, 10],
  [lognormal, 120, 120],
  [{ kind: 'lognormal', mean: 20, cv: 0 }, 20, 0],
  [{ kind: 'lognormal', mean: 0, cv: 1 }, 0, 0],
  [{ kind: 'erlang', shift: 2, mean: 11, k: 3 }, 11, 9 / Math.sqrt(3)],
  [
    {
      kind: 'mixture',
      parts: [
        { weight: 3, dist: { kind: 'fixed', value: 0 } },
        { weight: 1, dist: { kind: 'fixed', value: 8 } },
      ],
    },
    2,
    Math.sqrt(12),
  ],
]

t.test('every distribution has the mean and the deviation that its name promises', async t => {
  for (const [dist, mean, deviation] of moments) {
    const random = createRandom(11)
    const draw = sampler(dist)
    const draws = Array.from({ length: 40_000 }, () => draw(random))
    const average = draws.reduce((sum, x) => sum + x, 0) / draws.length
    const spread = Math.sqrt(draws.reduce((sum, x) => sum + (x - average) ** 2, 0) / draws.length)
    t.ok(Math.abs(average - mean) <= 0.03 * mean, `${dist.kind}: mean ${average}, should be ${mean}`)
    t.ok(Math.abs(spread - deviation) <= 0.08 * deviation + 1e-9, `${dist.kind}: ${spread}, should be ${deviation}`)
    t.ok(draws.every(x => x >= 0 && Number.isFinite(x)))
  }
})

t.test('streams of neighbouring leads are uniform together', async t => {
  const first = Array.from({ length: 20_000 }, (_, lead) => createRandom(5, 1_000_000 + lead).uniform())
  const share = first.filter(x => x < 0.25).length / first.length
  t.ok(Math.abs(share - 0.25) < 0.01, `${share} of the first draws are under a quarter`)
})
