// How the budget steers the accepted risk, what it steers to, and which window has its say.
import fc from 'fast-check'
import t from 'tap'
import { AbandonmentBudget } from '../../../src/core/pacing/budget.ts'
import type { PacingSettings } from '../../../src/core/pacing/pacer.ts'
import { dayMs, hourMs } from '../../../src/core/time.ts'

const lawless: PacingSettings = {
  ...{ mode: 'predictive', ratio: 1, abandonmentTarget: 0.03, abandonmentRateMax: 1, dialLevelMax: 50 },
}
const law: PacingSettings = { ...lawless, abandonmentTarget: 0.027, abandonmentRateMax: 0.03 }

interface Settled {
  readonly abandoned: boolean
  readonly riskBound: boolean
}

function settle(
  budget: AbandonmentBudget,
  settings: PacingSettings,
  of: { answers: number; abandoned?: number; now?: number },
) {
  const { answers, abandoned = 0, now = 0 } = of
  for (let n = 0; n < answers; n += 1) budget.settle(n < abandoned, settings, { riskBound: true, now })
  return budget
}

const clip = (value: number) => Math.min(0.6, Math.max(0.001, value))
/** Below .002 the risk falls exponentially, by two and a half factors e at most. */
const used = (value: number) =>
  value >= 0.002 ? Math.min(0.6, value) : Math.max(0.002 * Math.exp(value / 0.002 - 1), 0.002 * Math.exp(-2.5))

/** The controller as its constants say: balance, level, the calls that have moved them, and the risk. */
function steered(calls: readonly Settled[], target: number) {
  let [balance, level, moved] = [0, (target * 5) / 6, 0]
  const step = () => 0.002 * (1 + 2 / (1 + moved / 300))
  for (const { abandoned, riskBound } of calls) {
    if (!abandoned && !riskBound) continue
    moved += 1
    balance = Math.min(0.6 / step(), balance + target - (abandoned ? 1 : 0))
    level = clip(level + (step() ** 2 / 3) * balance)
  }
  return { balance, level, steered: moved, theta: used(level + step() * balance) }
}

function isSteeredSo(calls: readonly Settled[], target: number): boolean {
  const settings = { ...lawless, abandonmentTarget: target }
  const budget = new AbandonmentBudget()
  for (const { abandoned, riskBound } of calls) budget.settle(abandoned, settings, { riskBound, now: 0 })
  const should = steered(calls, target)
  const startLevel = (target * 5) / 6
  const is = { ...budget.memory(), theta: budget.theta(settings) }
  return (['balance', 'level', 'steered', 'theta'] as const).every(
    name => Math.abs((is[name] ?? startLevel) - should[name]) < 1e-9,
  )
}

t.test('the accepted risk is what the controller says, to the last digit, also at its bounds', async t => {
  const calls = fc.array(fc.record({ abandoned: fc.boolean(), riskBound: fc.boolean() }), { maxLength: 60 })
  fc.assert(fc.property(calls, fc.constantFrom(0.01, 0.03, 0.1), isSteeredSo), { numRuns: 60 })
  const many = (count: number, abandoned: boolean) =>
    Array.from({ length: count }, () => ({ abandoned, riskBound: true }))
  for (const target of [0.03, 1]) {
    t.ok(isSteeredSo(many(3_000, false), target), 'for long none')
    t.ok(isSteeredSo(many(900, true), target), 'for long each')
    t.ok(isSteeredSo([...many(3_000, false), ...many(40, true)], target))
    t.ok(isSteeredSo([...many(900, true), ...many(700, false)], target))
  }
  t.ok(Math.abs(new AbandonmentBudget().theta(lawless) - 0.025) < 1e-12, 'before anything')
  t.equal(new AbandonmentBudget().theta({ ...lawless, abandonmentTarget: 1 }), 0.6)
})

t.test('no risk is accepted where no abandonment is wanted', async t => {
  const budget = settle(new AbandonmentBudget(), lawless, { answers: 100 })
  t.equal(budget.theta({ ...lawless, abandonmentTarget: 0 }), 0)
  t.equal(budget.theta({ ...lawless, abandonmentTarget: -1 }), 0)
  t.ok(budget.theta({ ...lawless, abandonmentTarget: 1e-9 }) > 0)
})

t.test('the target is the share that is wanted, without what nobody sees', async t => {
  const budget = new AbandonmentBudget()
  const target = (more: Partial<PacingSettings>) => budget.target({ ...lawless, ...more })
  t.equal(target({}), 0.03)
  t.equal(target({ intensity: 0.5 }), 0.015)
  t.strictSame(
    [2, -1, Number.NaN].map(intensity => target({ intensity })),
    [0.03, 0, 0.03],
  )
  t.strictSame(
    [2, -1, Number.NaN].map(abandonmentTarget => target({ abandonmentTarget })),
    [1, 0, 0],
  )
  const hidden = (rate: number) => target({ abandonmentTarget: 0.2, personTakenForMachineRate: rate })
  t.equal(hidden(0.1), (0.2 - 0.1) / 0.9)
  t.equal(hidden(0.2), 0)
  t.equal(hidden(-1), 0.2)
  t.equal(hidden(Number.NaN), 0.2)
  t.equal(target({ abandonmentTarget: 1, personTakenForMachineRate: 0.9 }), 1, 'no more than half is ever hidden')
  t.ok(Math.abs(target({ abandonmentTarget: 0.9, personTakenForMachineRate: 0.9 }) - 0.8) < 1e-12)
})

t.test('what nobody sees must fit into every window, of the campaign and of its owner', async t => {
  const hidden = { ...law, abandonmentTarget: 0.03, personTakenForMachineRate: 0.002 }
  const usual = (0.03 - 0.002) / 0.998
  const sustained = (limit: number, seen: number) => {
    const unseen = (seen / 0.998) * 0.002
    return (limit * (seen / 0.998) - unseen - 3.4 * Math.sqrt(unseen) - 1) / seen
  }
  const near = (is: number, should: number, what: string) =>
    t.ok(Math.abs(is - should) < 1e-12, `${what}: ${is}, ${should}`)
  const windows = {
    ...hidden,
    abandonmentWindows: [{ name: 'life' }, { name: 'hour', lengthMs: hourMs, rateMax: 0.025 }],
  }
  near(new AbandonmentBudget().target(windows), usual, 'without an account there is nothing to fit into')
  const budget = settle(new AbandonmentBudget(), windows, { answers: 1_000 })
  near(budget.target(windows), sustained(0.025, 1_000), 'the tighter limit')
  budget.roll(windows, hourMs)
  settle(budget, windows, { answers: 1_000, now: hourMs })
  near(budget.target({ ...windows, abandonmentWindows: [{ name: 'life' }] }), sustained(0.03, 2_000), 'by its size')
  const owner = new AbandonmentBudget()
  const few = [{ at: 0, lengthMs: hourMs, answers: 400, abandoned: 0 }]
  const many = [{ at: 0, lengthMs: hourMs, answers: 4_000, abandoned: 0 }]
  owner.count({ own: many, owner: few }, hidden, 0)
  near(owner.target(hidden), sustained(0.03, 400), "the owner's")
  owner.count({ own: few, owner: many }, hidden, 0)
  near(owner.target(hidden), sustained(0.03, 400), 'its own')
  t.equal(owner.target({ ...hidden, abandonmentRateMax: 1 }), usual, 'no law')
  t.equal(owner.target({ ...law, abandonmentTarget: 0.03 }), 0.03, 'nothing is hidden')
  t.equal(owner.target({ ...hidden, personTakenForMachineRate: 0.02 }), 0)
})

t.test('what is left decides: one is enough, none is a stop where something was abandoned', async t => {
  const state = (answers: number, abandoned: number) =>
    settle(new AbandonmentBudget(), law, { answers, abandoned }).state(law)
  t.strictSame(state(33, 0), { verdict: 'not-earned', left: 0, window: 'life', answers: 33, abandoned: 0 })
  t.match(state(34, 0), { verdict: 'open', left: 1 })
  t.match(state(1_000, 29), { verdict: 'open', left: 1 })
  t.match(state(1_000, 30), { verdict: 'legal-stop', left: 0 })
  t.match(state(1_001, 30), { verdict: 'legal-stop', left: 0 }, '.98 of the limit is enough')
  t.match(state(60, 1), { verdict: 'not-earned', left: 0 }, 'one of 60 is 56 % of the limit')
  t.match(state(35, 1), { verdict: 'not-earned', left: 0 })
  t.match(state(34, 1), { verdict: 'legal-stop', left: 0 }, 'one of 34 is 98.04 %')
  t.match(settle(new AbandonmentBudget(), law, { answers: 0 }).state(law), {
    verdict: 'not-earned',
    left: 0,
    answers: 0,
  })
  const day = { ...law, abandonmentWindows: [{ name: 'day', lengthMs: dayMs }] }
  const second = settle(new AbandonmentBudget(), day, { answers: 1_000 })
  settle(second, day, { answers: 34, abandoned: 2, now: dayMs })
  t.match(second.state(day), { verdict: 'not-earned', left: -1 }, 'as many answers are expected as yesterday')
})

t.test('the tightest window has its say, of equals the first, and the own before that of the owner', async t => {
  const budget = new AbandonmentBudget()
  const life = [{ at: 0, lengthMs: hourMs, answers: 500, abandoned: 3 }]
  budget.count({ own: life, owner: life }, law, 0)
  t.strictSame(budget.state(law), { verdict: 'open', left: 12, window: 'life', answers: 500, abandoned: 3 })
  budget.count({ own: life, owner: [{ at: 0, lengthMs: hourMs, answers: 600, abandoned: 7 }] }, law, 0)
  t.strictSame(budget.state(law), { verdict: 'open', left: 11, window: 'life (seller)', answers: 600, abandoned: 7 })
  const two = { ...law, abandonmentWindows: [{ name: 'a' }, { name: 'b' }, { name: 'c', rateMax: 0.01 }] }
  budget.count({ own: life, owner: life }, two, 0)
  t.match(budget.state(two), { window: 'c', left: 2 })
  t.match(budget.state({ ...two, abandonmentWindows: two.abandonmentWindows.slice(0, 2) }), { window: 'a', left: 12 })
  t.match(budget.state({ ...two, abandonmentWindows: [{ name: 'new' }] }), { window: 'new', left: 0, answers: 0 })
  t.match(budget.state({ ...two, abandonmentWindows: [] }), { window: 'life' }, 'no windows are one')
  t.match(budget.state({ ...law, abandonmentWindows: [{ name: 'a', rateMax: -1 }] }), { left: -3 })
  t.match(budget.state({ ...law, abandonmentWindows: [{ name: 'a', rateMax: 7 }] }), { left: 497 })
})

t.test('a limit of 1 is no law: what was since the start is told, and nothing is held back', async t => {
  const budget = settle(new AbandonmentBudget(), lawless, { answers: 9, abandoned: 5 })
  const open = { verdict: 'open', left: Number.POSITIVE_INFINITY, window: undefined, answers: 9, abandoned: 5 }
  t.strictSame(budget.state(lawless), open)
  t.strictSame(budget.state({ ...lawless, abandonmentRateMax: 2 }), open)
  t.match(budget.state({ ...lawless, abandonmentRateMax: 0.999 }), { left: 3, window: 'life' })
  t.equal(budget.answers, 9)
})

t.test('calls of other campaigns weigh in the accounts of the owner alone', async t => {
  const budget = settle(new AbandonmentBudget(), law, { answers: 100 })
  const before = budget.memory()
  budget.settleElsewhere(true, law, 0)
  const accounts = () => {
    const { windows, ownerWindows } = budget.memory()
    return [...windows, ...ownerWindows].map(({ answers, abandoned }) => [answers, abandoned])
  }
  t.strictSame(accounts(), [
    [100, 0],
    [101, 1],
  ])
  budget.uncountElsewhere()
  t.strictSame(accounts(), [
    [100, 0],
    [100, 1],
  ])
  const { ownerWindows: _before, ...own } = before
  t.match(budget.memory(), own)
  budget.uncount(law)
  t.strictSame(accounts(), [
    [99, 0],
    [99, 1],
  ])
  t.equal(budget.answers, 99)
  t.ok(Math.abs(budget.memory().balance - (before.balance - 0.027)) < 1e-12, 'it has earned nothing')
})

t.test('a machine is taken back only from answers that were not abandoned', async t => {
  const budget = settle(new AbandonmentBudget(), law, { answers: 3, abandoned: 2 })
  budget.uncount(law)
  const one = budget.memory()
  t.match(one, { answers: 2, abandoned: 2, windows: [{ answers: 2 }], ownerWindows: [{ answers: 2 }] })
  budget.uncount(law)
  t.strictSame(budget.memory(), one)
})

t.test('a call counts in the period of its own instant, elsewhere too', async t => {
  const day = { ...law, abandonmentWindows: [{ name: 'day', lengthMs: dayMs }] }
  const budget = settle(new AbandonmentBudget(), day, { answers: 9 })
  settle(budget, day, { answers: 1, now: dayMs })
  t.match(budget.memory(), { windows: [{ start: dayMs, answers: 1 }], ownerWindows: [{ start: dayMs, answers: 1 }] })
  budget.settleElsewhere(false, day, 2 * dayMs)
  t.match(budget.memory(), {
    windows: [{ start: 2 * dayMs, answers: 0 }],
    ownerWindows: [{ start: 2 * dayMs, answers: 1 }],
  })
})

t.test('a memory is taken up within the bounds of the controller', async t => {
  const read = (memory: unknown) => {
    const budget = new AbandonmentBudget()
    budget.restore(memory)
    const { balance, level, steered: moved, answers, abandoned } = budget.memory()
    return [balance, level, moved, answers, abandoned]
  }
  const good = { balance: -7, level: 0.3, steered: 12, answers: 9, abandoned: 4 }
  const fresh = [0, null, 0, 0, 0]
  t.strictSame(read(good), [-7, 0.3, 12, 9, 4])
  for (const bad of [undefined, null, 3, {}]) t.strictSame(read(bad), fresh)
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, '1', null])
    t.strictSame(read({ balance: bad, level: bad, steered: bad, answers: bad, abandoned: bad }), fresh, `${bad}`)
  t.strictSame(read({ ...good, balance: 1e9, level: 3 }), [300, 0.6, 12, 9, 4], '.6 at a gain of .002')
  t.strictSame(read({ ...good, level: 0 }), [-7, 0.001, 12, 9, 4])
  t.strictSame(read({ ...good, steered: -1, answers: -2 }), [-7, 0.3, 0, 0, 0])
  t.strictSame(read({ ...good, abandoned: 10 }), [-7, 0.3, 12, 9, 9])
  t.strictSame(read({ ...good, abandoned: -1 }), [-7, 0.3, 12, 9, 0])
  const windows = [{ name: 'life', start: 1, answers: 5, abandoned: 1, previousAnswers: 0 }]
  const ownerWindows = [{ name: 'life', start: 1, answers: 6, abandoned: 2, previousAnswers: 0 }]
  const budget = new AbandonmentBudget()
  budget.restore({ windows, ownerWindows })
  t.match(budget.memory(), { windows, ownerWindows })
  const older = new AbandonmentBudget()
  older.restore({ windows })
  t.match(older.memory(), { windows, ownerWindows: windows })
})
