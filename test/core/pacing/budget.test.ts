import t from 'tap'
import { AbandonmentBudget } from '../../../src/core/pacing/budget.ts'
import type { PacingSettings } from '../../../src/core/pacing/pacer.ts'

const settings: PacingSettings = {
  ...{ mode: 'predictive', ratio: 1, abandonmentTarget: 0.027, abandonmentRateMax: 0.03, dialLevelMax: 50 },
  abandonmentWindows: [
    { name: 'day', lengthMs: 86_400_000 },
    { name: 'life', rateMax: 0.025 },
  ],
}

function settle(
  budget: AbandonmentBudget,
  of: {
    readonly answers: number
    readonly abandoned: number
    readonly now: number
    readonly settings?: PacingSettings
  },
): void {
  for (let n = 0; n < of.answers; n += 1)
    budget.settle(n < of.abandoned, of.settings ?? settings, { riskBound: true, now: of.now })
}

t.test('each window has a budget of its own limit, and the one with least left decides', async t => {
  const budget = new AbandonmentBudget()
  settle(budget, { answers: 400, abandoned: 8, now: 0 })
  t.match(budget.state(settings), { verdict: 'open', window: 'life', left: 2 }, '.025 * 400 - 8')
  settle(budget, { answers: 1, abandoned: 1, now: 1 })
  settle(budget, { answers: 1, abandoned: 1, now: 1 })
  t.match(budget.state(settings), { verdict: 'legal-stop', window: 'life', left: 0 })
  // The next day has an empty account, and life remembers.
  settle(budget, { answers: 200, abandoned: 0, now: 86_400_001 })
  t.match(budget.state(settings), { verdict: 'open', window: 'life', left: 5, answers: 602 })
  settle(budget, { answers: 3, abandoned: 3, now: 86_400_002 })
  t.match(budget.state(settings), { window: 'life', left: 2 })
  settle(budget, { answers: 3, abandoned: 3, now: 86_400_003 })
  t.match(budget.state(settings), { window: 'life', left: -1 }, '.025 * 608 - 16')
})

t.test('what is left in each window can be read, and reading moves none', async t => {
  const budget = new AbandonmentBudget()
  settle(budget, { answers: 400, abandoned: 8, now: 0 })
  budget.settleElsewhere(true, settings, 1)
  const before = JSON.stringify(budget.memory())
  t.same(budget.windows(settings), [
    { window: 'day', of: 'campaign', rateMax: 0.03, answers: 400, abandoned: 8, left: 4 },
    { window: 'day', of: 'seller', rateMax: 0.03, answers: 401, abandoned: 9, left: 3 },
    { window: 'life', of: 'campaign', rateMax: 0.025, answers: 400, abandoned: 8, left: 2 },
    { window: 'life', of: 'seller', rateMax: 0.025, answers: 401, abandoned: 9, left: 1 },
  ])
  t.match(budget.state(settings), { left: 1, window: 'life (seller)' }, 'the tightest of them decides')
  t.equal(JSON.stringify(budget.memory()), before)
  t.same(budget.windows({ ...settings, abandonmentRateMax: 1 }), [], 'without a law there is none')
})

t.test('a restart continues every window', async t => {
  const budget = new AbandonmentBudget()
  settle(budget, { answers: 500, abandoned: 9, now: 5 })
  const again = new AbandonmentBudget()
  again.restore(JSON.parse(JSON.stringify(budget.memory())))
  t.same(again.memory(), budget.memory())
  t.same(again.state(settings), budget.state(settings))
  for (const bad of [undefined, 3, { windows: 'x' }, { windows: [{ name: 3 }, null, { name: 'day', answers: 'x' }] }])
    t.doesNotThrow(() => new AbandonmentBudget().restore(bad))
})

t.test('persons hung up on as machines are taken off, with their chance', async t => {
  const seen = { ...settings, abandonmentWindows: [{ name: 'day', lengthMs: 86_400_000 }] }
  const hidden = { ...seen, personTakenForMachineRate: 0.01 }
  const budget = new AbandonmentBudget()
  settle(budget, { answers: 990, abandoned: 0, now: 0, settings: hidden })
  t.equal(budget.state(seen).left, 29)
  // 1 000 persons, 10 expected unseen and 3.4 deviations more.
  t.equal(budget.state(hidden).left, Math.floor(30 - 10 - 3.4 * Math.sqrt(10)))
  t.ok(budget.target(hidden) < (0.027 - 0.01) / 0.99, 'it steers below what the mean alone would allow')
  t.ok(budget.target(seen) === 0.027)
  t.equal(budget.target({ ...hidden, personTakenForMachineRate: 0.05 }), 0, 'nothing is left of the target')
  t.equal(budget.theta({ ...hidden, personTakenForMachineRate: 0.05 }), 0)
})

t.test('intensity is the share of the target that is used', async t => {
  const budget = new AbandonmentBudget()
  t.equal(budget.target({ ...settings, intensity: 0.5 }), 0.0135)
  t.equal(budget.theta({ ...settings, intensity: 0 }), 0)
})
