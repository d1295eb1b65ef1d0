import t from 'tap'
import { DurationTally } from '../../src/core/tally.ts'

t.test('a duration is counted once, up to its bound', async t => {
  const tally = new DurationTally([10, 20])
  for (const ms of [0, 10, 10.1, 20, 21, 5_000, -3]) tally.add(ms)
  const { boundsMs, counts, sumMs } = tally.copy()
  t.same({ boundsMs, counts }, { boundsMs: [10, 20], counts: [3, 2, 2] })
  t.equal(Math.round(sumMs * 10), 50_611, 'what ran backwards took no time')
})

t.test('a copy stays what it was', async t => {
  const tally = new DurationTally([10])
  const before = tally.copy()
  tally.add(1)
  t.same(before.counts, [0, 0])
  t.same(tally.copy().counts, [1, 0])
})
