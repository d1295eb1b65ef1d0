import fc from 'fast-check'
import t from 'tap'
import { RollingCounts } from '../../../src/core/pacing/rollingCounts.ts'
import { dayMs, hourMs } from '../../../src/core/time.ts'

/** The counts by the definition: every bucket there ever was, each look goes through all of them. */
class Recount {
  readonly #buckets: { readonly at: number; answers: number; abandoned: number }[] = []
  readonly #lengthMs: number
  readonly #bucketMs: number
  #from = Number.NEGATIVE_INFINITY

  constructor(lengthMs: number) {
    this.#lengthMs = lengthMs
    this.#bucketMs = lengthMs <= 7 * dayMs ? hourMs : dayMs
  }

  add(now: number, answers: number, abandoned: number): void {
    const at = now - (now % this.#bucketMs)
    const known = this.#buckets.find(bucket => bucket.at === at)
    if (known === undefined) this.#buckets.push({ at, answers, abandoned })
    else {
      known.answers += answers
      known.abandoned += abandoned
    }
  }

  uncount(): void {
    const newest = this.#answering().findLast(({ answers, abandoned }) => answers > abandoned)
    if (newest !== undefined) newest.answers -= 1
  }

  roll(now: number): void {
    this.#from = Math.max(this.#from, now - this.#lengthMs)
  }

  #answering() {
    return this.#buckets.filter(({ at }) => at > this.#from)
  }

  counts(): readonly number[] {
    const answers = this.#answering().reduce((sum, bucket) => sum + bucket.answers, 0)
    const held = this.#buckets.filter(({ at }) => at + this.#bucketMs > this.#from)
    return [answers, held.reduce((sum, { abandoned }) => sum + abandoned, 0)]
  }
}

const begin = Date.UTC(2026, 0, 29, 21)
const counted = (counts: RollingCounts) => [counts.answers, counts.abandoned]
const again = (counts: RollingCounts) => RollingCounts.restored(JSON.parse(JSON.stringify(counts.memory())))

t.test('a rolling window counts what a recount of its hours or days counts', async t => {
  const event = fc.record({
    after: fc.integer({ min: 0, max: 5 }),
    what: fc.constantFrom('answered', 'answered', 'abandoned', 'many', 'uncount', 'roll', 'roll', 'restart'),
    many: fc.integer({ min: 0, max: 9 }),
  })
  const lengths = fc.constantFrom(hourMs, 5 * hourMs, 7 * dayMs, 7 * dayMs + hourMs, 30 * dayMs)
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), lengths, (events, lengthMs) => {
      let counts = new RollingCounts(lengthMs)
      const recount = new Recount(lengthMs)
      let now = begin
      return events.every(({ after, what, many }) => {
        // Whole steps meet the borders of buckets and windows.
        now += (after * Math.max(hourMs, lengthMs / 5)) / 2
        if (what === 'answered' || what === 'abandoned') {
          counts.settle(what === 'abandoned', now)
          recount.add(now, 1, what === 'abandoned' ? 1 : 0)
        } else if (what === 'many') {
          counts.add({ at: now, lengthMs: hourMs, answers: many, abandoned: Math.floor(many / 3) })
          recount.add(now, many, Math.floor(many / 3))
        } else if (what === 'uncount') {
          counts.uncount()
          recount.uncount()
        } else if (what === 'roll') {
          counts.roll(now)
          recount.roll(now)
        } else counts = again(counts) ?? counts
        return String(counted(counts)) === String(recount.counts())
      })
    }),
    { numRuns: 300 },
  )
  t.pass()
})

t.test('answers leave with the first instant of their hour, abandonments with its last', async t => {
  const counts = new RollingCounts(2 * hourMs)
  for (const abandoned of [false, true]) counts.settle(abandoned, begin + 1)
  for (const [now, answers, abandoned] of [
    [begin + 2 * hourMs - 1, 2, 1],
    [begin + 2 * hourMs, 0, 1],
    [begin + 3 * hourMs - 1, 0, 1],
    [begin + 3 * hourMs, 0, 0],
  ] as const) {
    counts.roll(now)
    t.strictSame(counted(counts), [answers, abandoned], `${(now - begin) / hourMs} h`)
  }
  t.same(counts.memory(), { lengthMs: 2 * hourMs, answersFrom: 0, buckets: [] }, 'nothing is kept for longer')
})

t.test('a week is counted by hours, a window a moment longer by days', async t => {
  const bucketsOf = (lengthMs: number) => {
    const counts = new RollingCounts(lengthMs)
    for (const hours of [0, 1, 3]) counts.settle(false, begin + hours * hourMs)
    return counts.memory().buckets
  }
  t.same(
    bucketsOf(7 * dayMs),
    [0, 1, 3].map(hours => [begin + hours * hourMs, 1, 0]),
  )
  t.same(bucketsOf(7 * dayMs + 1), [
    [begin - 21 * hourMs, 2, 0],
    [begin + 3 * hourMs, 1, 0],
  ])
})

t.test('a call is taken out of the newest hour that has one to spare, never out of what has left', async t => {
  const counts = new RollingCounts(3 * hourMs)
  for (let n = 0; n < 3; n += 1) counts.settle(false, begin)
  counts.settle(true, begin + hourMs)
  counts.settle(false, begin + 2 * hourMs)
  const answers = () => counts.memory().buckets.map(([, count]) => count)
  counts.uncount()
  t.strictSame(answers(), [3, 1, 0])
  counts.uncount()
  t.strictSame(answers(), [2, 1, 0], 'the hour between has only one that was abandoned')
  counts.roll(begin + 3 * hourMs)
  t.strictSame(counted(counts), [1, 1])
  counts.uncount()
  t.strictSame(counted(counts), [1, 1], 'the first hour has no say any more')
  t.strictSame(answers(), [2, 1, 0])
})

t.test('a restart keeps what is left of the window; a memory without sense is none', async t => {
  const counts = new RollingCounts(3 * hourMs)
  for (const hours of [0, 1, 2]) counts.settle(hours === 0, begin + hours * hourMs)
  counts.roll(begin + 3 * hourMs)
  t.strictSame(again(counts)?.memory(), counts.memory())
  t.strictSame([again(counts)?.answers, again(counts)?.abandoned, again(counts)?.lengthMs], [2, 1, 3 * hourMs])
  const good = { lengthMs: hourMs, buckets: [[begin, 5, 1]] }
  for (const bad of [
    ...[undefined, null, 3, {}, { lengthMs: hourMs }, { buckets: [] }],
    ...[
      { ...good, lengthMs: '1' },
      { ...good, lengthMs: Number.NaN },
      { ...good, buckets: 'x' },
    ],
  ])
    t.equal(RollingCounts.restored(bad), undefined, JSON.stringify(bad))
  const read = (memory: object) => {
    const restored = RollingCounts.restored({ ...good, ...memory })
    return restored === undefined ? undefined : counted(restored)
  }
  t.strictSame(read({}), [5, 1])
  for (const bad of [3, null, [begin, 1], [begin, 1, 1, 1], [begin, 'x', 1], [begin, Number.NaN, 1]])
    t.strictSame(read({ buckets: [bad, [begin, 2, 1]] }), [2, 1], JSON.stringify(bad))
  t.strictSame(read({ buckets: [[begin, -1, -2]] }), [0, 0])
  t.strictSame(read({ answersFrom: 'x' }), [5, 1])
  t.strictSame(read({ answersFrom: 1 }), [0, 1])
  t.strictSame(read({ answersFrom: 7 }), [0, 1])
  const beyond = RollingCounts.restored({ ...good, answersFrom: 7 })
  beyond?.settle(false, begin + hourMs)
  beyond?.roll(begin + hourMs + 1)
  t.equal(beyond?.answers, 1, 'more buckets gone than there are: those that are')
})
