import t from 'tap'
import { createListShares, type ListShares } from '../../src/dialer/listMix.ts'

const mix = [
  { list: 'warm', share: 5 },
  { list: 'cold', share: 3 },
  { list: 'old', share: 2 },
]

/** How many leads each list gives over refills of these sizes. */
function given(shares: ListShares, of: typeof mix, counts: readonly number[]): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const count of counts) {
    const parts = shares.split(of, count)
    const whole = parts.reduce((sum, part) => sum + part.count, 0)
    if (whole !== count) throw new RangeError(`a refill of ${count} was divided into ${whole}`)
    for (const part of parts) sums[part.list ?? ''] = (sums[part.list ?? ''] ?? 0) + part.count
  }
  return sums
}

t.test('shares are exact over many refills, whatever their sizes', async t => {
  for (const sizes of [[1], [3], [7], [100], [1, 2, 3, 4], [1, 99], [13, 1, 1, 1, 4]]) {
    const round = sizes.reduce((sum, size) => sum + size, 0)
    const counts = Array.from({ length: 10 * sizes.length }, (_, index) => sizes[index % sizes.length] ?? 0)
    const expected = { warm: 5 * round, cold: 3 * round, old: 2 * round }
    t.strictSame(given(createListShares(), mix, counts), expected, `refills of ${sizes}`)
  }
})

t.test('no list is ever ahead of its share by a lead or more, nor behind', async t => {
  const shares = createListShares()
  const sums = { warm: 0, cold: 0, old: 0 } as Record<string, number>
  for (let refill = 1; refill <= 200; refill += 1) {
    for (const { list = '', count } of shares.split(mix, 1)) sums[list] = (sums[list] ?? 0) + count
    for (const { list, share } of mix) {
      const off = Math.abs((sums[list] ?? 0) - (refill * share) / 10)
      if (off >= 1) t.fail(`${list} is off by ${off} after ${refill} leads`)
    }
  }
  t.strictSame(sums, { warm: 100, cold: 60, old: 40 })
})

t.test('without a mix a refill is one question; a share of 0 rests; a mix of zeros gives nothing', async t => {
  t.strictSame(createListShares().split([], 40), [{ count: 40 }])
  const resting = [
    { list: 'warm', share: 1 },
    { list: 'cold', share: 0 },
  ]
  t.strictSame(createListShares().split(resting, 40), [{ list: 'warm', count: 40 }])
  t.strictSame(createListShares().split([{ list: 'cold', share: 0 }], 40), [])
})

t.test('a changed mix counts from the change on: what a list was owed before is not made up for', async t => {
  const shares = createListShares()
  given(shares, mix, [1, 1, 1])
  const half = [
    { list: 'warm', share: 50 },
    { list: 'fresh', share: 50 },
  ]
  const sums = given(
    shares,
    half,
    Array.from({ length: 100 }, () => 1),
  )
  t.ok(Math.abs((sums.warm ?? 0) - 50) <= 1, `${sums.warm} of 100`)
  t.equal((sums.warm ?? 0) + (sums.fresh ?? 0), 100)
})

t.test('a random walk of mixes and refills always divides the whole refill', async t => {
  const shares = createListShares()
  let seed = 7
  const random = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
    return seed % below
  }
  for (let turn = 0; turn < 2_000; turn += 1) {
    const lists = ['a', 'b', 'c', 'd'].slice(0, 1 + random(4)).map(list => ({ list, share: 1 + random(9) }))
    given(shares, lists, [random(30)])
  }
  t.pass()
})
