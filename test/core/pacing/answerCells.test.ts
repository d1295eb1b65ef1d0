import t from 'tap'
import { leadKind } from '../../../src/core/campaigns/lead.ts'
import { AnswerCells } from '../../../src/core/pacing/answerCells.ts'
import { createPacer } from '../../../src/core/pacing/index.ts'

t.test('a kind of lead with few dials is near the mean, one with many near its own', async t => {
  const cells = new AnswerCells()
  t.equal(cells.probability('x', 0.25), 0.25)
  for (let n = 0; n < 10; n += 1) cells.learn('few', 1)
  for (let n = 0; n < 2_000; n += 1) cells.learn('many', n % 2)
  t.ok(cells.probability('few', 0.25) < 0.4)
  t.ok(Math.abs(cells.probability('many', 0.1) - 0.5) < 0.05)
  const again = new AnswerCells()
  again.restore(JSON.parse(JSON.stringify(cells.memory())))
  t.equal(again.probability('many', 0.1), cells.probability('many', 0.1))
  for (const bad of [undefined, 3, [3], [['x', 'y', 1]], [['x', -1, 1]]])
    t.doesNotThrow(() => new AnswerCells().restore(bad))
})

t.test('no more kinds are kept than there is room for', async t => {
  const cells = new AnswerCells()
  for (let n = 0; n < 5_000; n += 1) cells.learn(`kind ${n}`, 1)
  t.equal(cells.memory().length, 2_000)
  t.equal(cells.probability('kind 0', 0.2), 0.2, 'the oldest is forgotten')
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
  const good = pacer.answerProbability?.('good', 1_000) ?? 0
  const bad = pacer.answerProbability?.('bad', 1_000) ?? 1
  t.ok(good > 0.5 && bad < 0.2, `${good} and ${bad}`)
  const agents = Array.from({ length: 20 }, () => ({
    state: 'wrap-up' as const,
    since: 1e7 - 15_000,
    leaving: false,
  }))
  const limits = { channels: 1e6, callsPerSecond: 1e6, leads: 1e6 }
  const wanted = (nextAnswerProbability: number) =>
    pacer.decide({ agents, calls: [], limits, nextAnswerProbability }, 1e7).originate
  pacer.decide({ agents, calls: [], limits }, 1e7 - 600_000)
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

t.test('a cell is a fading count of answers and others, behind which stand a hundred dials of the mean', async t => {
  const cells = new AnswerCells()
  const dials: readonly number[] = Array.from({ length: 700 }, (_, n) => (n % 3 === 0 ? 1 : n % 3 === 1 ? 0 : 0.25))
  for (const answered of dials) cells.learn('x', answered)
  const faded = (of: (answered: number) => number) =>
    dials.reduce((sum, answered, n) => sum + of(answered) * 0.999 ** (dials.length - 1 - n), 0)
  const [yes, no] = [faded(answered => answered), faded(answered => 1 - answered)]
  const should = (yes + 100 * 0.2) / (yes + no + 100)
  t.ok(Math.abs(cells.probability('x', 0.2) - should) < 1e-9)
  t.strictSame(
    [50, -3].map(mean => cells.probability('x', mean)),
    [1, 0],
    'a chance, whatever the mean',
  )
})

t.test('the kind that was dialed longest ago is forgotten first, and only when there is no room', async t => {
  const cells = new AnswerCells()
  for (let n = 0; n < 2_000; n += 1) cells.learn(`kind ${n}`, 1)
  cells.learn('kind 0', 1)
  t.equal(cells.memory().length, 2_000)
  t.not(cells.probability('kind 1', 0.2), 0.2)
  cells.learn('new', 1)
  t.equal(cells.memory().length, 2_000)
  t.equal(cells.probability('kind 1', 0.2), 0.2)
  for (const kept of ['kind 0', 'kind 2', 'new']) t.not(cells.probability(kept, 0.2), 0.2)
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
