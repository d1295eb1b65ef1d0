import fc from 'fast-check'
import t from 'tap'
import { exactRoom, prepared, SumsAtPoints } from '../../../src/core/pacing/sums.ts'

/** Yes-or-no variables that were added together: so many, each with its probability at every point. */
interface Added {
  readonly row: readonly number[]
  readonly times: number
  /** Absent: the row was prepared before. */
  readonly scale?: number
}

function probabilitiesAt(added: readonly Added[], point: number): readonly number[] {
  return added.flatMap(({ row, times, scale = 1 }) =>
    Array.from({ length: times }, () => Math.min(1, scale * (row[point] ?? Number.NaN))),
  )
}

/** P(sum = n), n = 0..probabilities, by going from the last variable to the first. */
function convolved(probabilities: readonly number[]): readonly number[] {
  let pmf = [1]
  for (const p of probabilities)
    pmf = Array.from({ length: pmf.length + 1 }, (_, n) => (pmf[n] ?? 0) * (1 - p) + (pmf[n - 1] ?? 0) * p)
  return pmf
}

/** Mean, variance and third central moment, from the distribution itself. */
function momentsOf(distribution: readonly number[]) {
  const moment = (of: (n: number) => number) => distribution.reduce((sum, p, n) => sum + p * of(n), 0)
  const mean = moment(n => n)
  return { mean, variance: moment(n => (n - mean) ** 2), third: moment(n => (n - mean) ** 3) }
}

function isNear(one: number, other: number): boolean {
  return Math.abs(one - other) < 1e-9
}

function add(sums: SumsAtPoints, { row, times, scale }: Added): void {
  if (scale === undefined) sums.addPrepared(prepared(Float64Array.from(row)), times)
  else sums.add(Float64Array.from(row), times, scale)
}

/** Whether the sums are what adding the variables one by one gives, at every point. */
function areRight(sums: SumsAtPoints, added: readonly Added[]): boolean {
  return sums.mean.every((_, point) => {
    const distribution = convolved(probabilitiesAt(added, point))
    const should = momentsOf(distribution)
    const is = { mean: 9, variance: 9, third: 9 }
    sums.cumulants(point, is)
    const moments =
      isNear(is.mean, should.mean) && isNear(is.variance, should.variance) && isNear(is.third, should.third)
    const exactly = [...sums.distribution(point)]
    return moments && (!sums.exact || distribution.every((p, n) => isNear(p, exactly[n] ?? Number.NaN)))
  })
}

const chance = fc.double({ min: 0, max: 1, noNaN: true })
const points = 3
const added: fc.Arbitrary<Added> = fc.record(
  {
    row: fc.array(chance, { minLength: points, maxLength: points }),
    times: fc.integer({ min: 0, max: 4 }),
    scale: fc.double({ min: 0, max: 3, noNaN: true }),
  },
  { requiredKeys: ['row', 'times'] },
)

t.test('sums are those that adding one variable after the other gives, at each point for itself', async t => {
  const sums = new SumsAtPoints(points)
  t.equal(sums.terms, 0)
  t.notOk(sums.exact, 'before it was told to be')
  fc.assert(
    fc.property(fc.array(added, { maxLength: 8 }), fc.boolean(), (all, exact) => {
      sums.reset(exact)
      for (const one of all) add(sums, one)
      const terms = all.reduce((sum, { times }) => sum + times, 0)
      return sums.exact === exact && sums.terms === terms && areRight(sums, all)
    }),
    { numRuns: 60 },
  )
})

t.test('a prepared row carries the moments of one variable', async t => {
  const { mean, variance, third } = prepared(Float64Array.of(0, 0.25, 0.5, 1))
  t.strictSame([...mean], [0, 0.25, 0.5, 1])
  t.strictSame([...variance], [0, 0.1875, 0.25, 0])
  t.same([...third], [0, 0.09375, 0, 0])
})

t.test('sums stay exact while there is room, and beyond it keep their cumulants', async t => {
  for (const scale of [undefined, 0.5]) {
    const sums = new SumsAtPoints(1)
    sums.reset(true)
    const most = { row: [0.25], times: exactRoom, scale }
    add(sums, most as Added)
    t.ok(sums.exact)
    t.ok(areRight(sums, [most as Added]), 'to the last place')
    add(sums, { ...most, times: 1 } as Added)
    t.notOk(sums.exact)
    t.equal(sums.terms, exactRoom + 1)
    const p = 0.25 * (scale ?? 1)
    t.ok(isNear(sums.mean[0] ?? 0, (exactRoom + 1) * p))
    sums.reset(true)
    t.ok(sums.exact, 'and begin anew')
    t.equal(sums.terms, 0)
    t.ok(areRight(sums, []))
  }
})

t.test('distribution functions replace the distributions only where those are exact', async t => {
  const sums = new SumsAtPoints(2)
  sums.reset(true)
  sums.add(Float64Array.of(0.5, 0.25), 2, 1)
  sums.cumulate()
  t.strictSame([...sums.distribution(0)].slice(0, 4), [0.25, 0.75, 1, 0])
  t.strictSame([...sums.distribution(1)].slice(0, 4), [0.5625, 0.9375, 1, 0])
  t.equal(sums.distribution(2).length, 0)
  sums.reset(false)
  sums.add(Float64Array.of(0.5, 0.25), 1, 1)
  sums.cumulate()
  t.strictSame([...sums.distribution(0)].slice(0, 4), [0.25, 0.75, 1, 0], 'nothing was written')
})
