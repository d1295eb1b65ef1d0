import t from 'tap'
import { Growth } from '../../../src/core/pacing/growth.ts'

const seen = (inFlight: number, available = 0) => ({ inFlight, available })

t.test(
  'half as many again as were tried, and four: from what is in flight at first, from whoever is free, never from nothing',
  async t => {
    t.equal(new Growth().inFlightMax(seen(0), 0), 6)
    t.equal(new Growth().inFlightMax(seen(0, 7), 0), 15)
    t.equal(new Growth().inFlightMax(seen(10, 2), 0), 19)
  },
)

t.test('what is in flight counts as tried after a quarter of a minute, the most of it', async t => {
  const growth = new Growth()
  growth.inFlightMax(seen(0), 1_000)
  t.equal(growth.inFlightMax(seen(6), 1_001), 6)
  growth.inFlightMax(seen(2), 9_000)
  t.equal(growth.inFlightMax(seen(2), 15_999), 6)
  t.equal(growth.inFlightMax(seen(2), 16_000), 13)
  t.equal(growth.inFlightMax(seen(40), 30_999), 13, 'not before they were tried')
  t.equal(growth.inFlightMax(seen(40), 31_000), 64)
})

t.test('steps follow each other as far as each is tried', async t => {
  const growth = new Growth()
  let allowed = growth.inFlightMax(seen(0), 0)
  const reached = [15_000, 30_000, 45_000, 60_000].map(now => {
    growth.inFlightMax(seen(allowed), now - 1)
    allowed = growth.inFlightMax(seen(allowed), now)
    return allowed
  })
  t.strictSame(reached, [13, 24, 40, 64])
})

t.test('what was tried is worth half after half an hour, and a pause of hours begins anew', async t => {
  const tried = () => {
    const growth = new Growth()
    for (const now of [0, 15_000]) growth.inFlightMax(seen(100), now)
    growth.inFlightMax(seen(0), 30_000)
    return growth
  }
  t.equal(tried().inFlightMax(seen(0), 30_000), 154)
  t.equal(tried().inFlightMax(seen(0), 30_000 + 30 * 60_000), 79)
  t.equal(tried().inFlightMax(seen(0), 30_000 + 12 * 3_600_000), 6)
})

t.test('goes on after a restart where it was; what is malformed is as nothing', async t => {
  const before = new Growth()
  for (const now of [0, 15_000, 20_000]) before.inFlightMax(seen(20), now)
  const after = new Growth()
  after.restore(JSON.parse(JSON.stringify(before.memory())))
  for (const now of [20_001, 30_000, 60_000])
    t.equal(after.inFlightMax(seen(3), now), before.inFlightMax(seen(3), now), `at ${now}`)
  const good = { tried: 50, most: 0, stepAt: 0 }
  const bad = [undefined, null, 3, {}, { ...good, tried: -1 }, { ...good, most: 'x' }, { ...good, stepAt: null }]
  for (const memory of [...bad, { ...good, tried: Number.POSITIVE_INFINITY }]) {
    const fresh = new Growth()
    fresh.restore(memory)
    t.equal(fresh.inFlightMax(seen(0), 0), 6, JSON.stringify(memory))
  }
  const fresh = new Growth()
  fresh.restore(JSON.parse(JSON.stringify(new Growth().memory())))
  t.equal(fresh.inFlightMax(seen(10), 7), 19, 'one that has not begun begins then')
})
