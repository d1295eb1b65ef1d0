import t from 'tap'
import { leadKind } from '../../../src/core/campaigns/lead.ts'
import { AnswerCells } from '../../../src/core/pacing/answerCells.ts'
import { createPacer } from '../../../src/core/pacing/index.ts'
import { tryManyCalls } from '../../support/pacing.ts'

t.test('a kind of lead with few dials is near the mean, one with many near its own', async t => {
  const cells = new AnswerCells()
  t.equal(cells.factor('x', 0.25), 1)
  for (let n = 0; n < 10; n += 1) cells.learn('few', { answered: 1, expected: 0.25 })
  for (let n = 0; n < 2_000; n += 1) cells.learn('many', { answered: n % 2, expected: 0.1 })
  t.equal(cells.factor('few', 0.25).toFixed(2), ((25 + 9.955) / (25 + 2.489)).toFixed(2))
  t.ok(Math.abs(cells.factor('many', 0.1) - 5) < 0.6)
  const again = new AnswerCells()
  again.restore(JSON.parse(JSON.stringify(cells.memory())))
  t.equal(again.factor('many', 0.1), cells.factor('many', 0.1))
  for (const bad of [undefined, 3, [3], [['x', 'y', 1]], [['x', -1, 1]]])
    t.doesNotThrow(() => new AnswerCells().restore(bad))
})

t.test('no more kinds are kept than there is room for', async t => {
  const cells = new AnswerCells()
  for (let n = 0; n < 5_000; n += 1) cells.learn(`kind ${n}`, { answered: 1, expected: 0.5 })
  t.equal(cells.memory().length, 2_000)
  t.equal(cells.factor('kind 0', 0.2), 1, 'the oldest is forgotten')
})

t.test('a pacer tells kinds apart, and a likely lead is dialed more carefully', async t => {
  const pacer = createPacer({
    ...{ mode: 'predictive', ratio: 1, abandonmentTarget: 0.03, abandonmentRateMax: 1, dialLevelMax: 50 },
  })
  for (let n = 0; n < 600; n += 1) {
    const answered = n % 3 === 0
    if (answered) pacer.observe({ kind: 'answered', afterMs: 9_000, leadKind: 'good' }, n)
    else pacer.observe({ kind: 'not-answered', afterMs: 25_000, carrierFault: false, leadKind: 'bad' }, n)
    pacer.observe({ kind: 'settled', abandoned: false }, n)
  }
  const good = pacer.answerFactor?.('good') ?? 0
  const bad = pacer.answerFactor?.('bad') ?? 1
  t.ok(good > 1.5 && bad < 0.6, `${good} and ${bad}`)
  const agents = Array.from({ length: 20 }, () => ({
    state: 'wrap-up' as const,
    since: 1e7 - 15_000,
    leaving: false,
  }))
  const limits = { channels: 1e6, callsPerSecond: 1e6, leads: 1e6 }
  const wanted = (nextAnswerFactor: number) =>
    pacer.decide({ agents, calls: [], limits, nextAnswerFactor }, 1e7).originate
  tryManyCalls(pacer, 1e7)
  t.ok(wanted(bad) > wanted(good), `${wanted(bad)} > ${wanted(good)}`)
})

t.test('leads are alike by country and area, by attempt and by hour', async t => {
  const lead = { leadId: 1, number: '+12125550100', attempts: 0 }
  const nine = Date.UTC(2026, 0, 5, 9, 59)
  t.equal(leadKind(lead, nine), leadKind({ ...lead, leadId: 2, number: '+12125559999' }, nine))
  t.not(leadKind(lead, nine), leadKind(lead, nine + 60_000))
  t.not(leadKind(lead, nine), leadKind({ ...lead, attempts: 1 }, nine))
  t.not(leadKind(lead, nine), leadKind({ ...lead, number: '+13125550100' }, nine))
  t.equal(leadKind({ ...lead, attempts: 7 }, nine), leadKind({ ...lead, attempts: 9 }, nine))
})

t.test(
  'a cell is a fading count of answers and of those expected, behind which stand a hundred dials of the mean',
  async t => {
    const cells = new AnswerCells()
    const dials = Array.from({ length: 700 }, (_, n) => ({
      answered: [1, 0, 0.25][n % 3] ?? 0,
      expected: n < 350 ? 0.2 : 0.5,
    }))
    for (const dial of dials) cells.learn('x', dial)
    const faded = (of: (dial: (typeof dials)[number]) => number) =>
      dials.reduce((sum, dial, n) => sum + of(dial) * 0.999 ** (dials.length - 1 - n), 0)
    const should = (faded(dial => dial.answered) + 100 * 0.2) / (faded(dial => dial.expected) + 100 * 0.2)
    t.ok(Math.abs(cells.factor('x', 0.2) - should) < 1e-9)
    t.strictSame(
      [0, -1, Number.NaN].map(mean => cells.factor('x', mean)),
      [1, 1, 1],
      'of a mean that is none nothing can be a multiple',
    )
  },
)

t.test('what the whole campaign did is no kind of its own', async t => {
  const cells = new AnswerCells()
  for (let n = 0; n < 3_000; n += 1) {
    const mean = n % 1_000 < 500 ? 0.1 : 0.4
    cells.learn('usual', { answered: mean, expected: mean })
    cells.learn('twice', { answered: 2 * mean, expected: mean })
  }
  t.ok(Math.abs(cells.factor('usual', 0.4) - 1) < 1e-9)
  t.ok(Math.abs(cells.factor('twice', 0.1) - 2) < 0.1)
})

t.test('the kind that was dialed longest ago is forgotten first, and only when there is no room', async t => {
  const cells = new AnswerCells()
  const dial = { answered: 1, expected: 0.2 }
  for (let n = 0; n < 2_000; n += 1) cells.learn(`kind ${n}`, dial)
  cells.learn('kind 0', dial)
  t.equal(cells.memory().length, 2_000)
  t.not(cells.factor('kind 1', 0.2), 1)
  cells.learn('new', dial)
  t.equal(cells.memory().length, 2_000)
  t.equal(cells.factor('kind 1', 0.2), 1)
  for (const kept of ['kind 0', 'kind 2', 'new']) t.not(cells.factor(kept, 0.2), 1)
})

t.test('of a memory each cell is taken up that makes sense', async t => {
  const read = (...entries: readonly unknown[]) => {
    const cells = new AnswerCells()
    cells.restore(entries)
    return cells.memory()
  }
  const good = ['good', 0, 3] as const
  t.strictSame(read(good, ['other', 3, 0]), [good, ['other', 3, 0]])
  for (const bad of [
    ...[null, 7, 'x', []],
    ...[['x'], ['x', 1], [7, 1, 1], ['x', '1', 1], ['x', 1, '1'], ['x', -1, 1], ['x', 1, -1]],
    ...[
      ['x', Number.NaN, 1],
      ['x', Number.POSITIVE_INFINITY, 1],
    ],
  ])
    t.strictSame(read(bad, good), [good], JSON.stringify(bad))
})
