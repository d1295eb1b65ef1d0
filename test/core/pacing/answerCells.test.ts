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
