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
