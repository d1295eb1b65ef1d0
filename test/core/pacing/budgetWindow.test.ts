// One account of one window: when its periods begin, what it takes from the store, and what it has left.
import fc from 'fast-check'
import t from 'tap'
import type { AbandonmentWindow, CountedSpan } from '../../../src/core/pacing/pacer.ts'
import { BudgetWindow, kindOf } from '../../../src/core/pacing/window.ts'
import { dayMs, hourMs } from '../../../src/core/time.ts'

const begin = Date.UTC(2026, 0, 29, 21)
const day: AbandonmentWindow = { name: 'day', lengthMs: dayMs }

function counted(account: BudgetWindow): readonly number[] {
  return [account.answers, account.abandoned, account.expected]
}

/** An account that has seen so many, from `begin` on. */
function settled(window: AbandonmentWindow, answers: number, abandoned = 0, now = begin): BudgetWindow {
  const account = new BudgetWindow()
  account.roll(window, now)
  for (let n = 0; n < answers; n += 1) account.settle(n < abandoned, now)
  return account
}

t.test('a window says how it moves, or its length does', async t => {
  t.equal(kindOf({} as AbandonmentWindow), 'life')
  t.equal(kindOf({ name: 'x', lengthMs: 0 }), 'successive')
  t.equal(kindOf({ name: 'x', lengthMs: 9, kind: 'rolling' }), 'rolling')
  t.equal(kindOf({ name: 'x', kind: 'calendar-month' }), 'calendar-month')
})

t.test('periods of one length follow one another from the first call, also those in which nothing happens', async t => {
  const account = settled(day, 5, 2)
  t.strictSame(account.memory(), { start: begin, answers: 5, abandoned: 2, previousAnswers: 0 })
  account.roll(day, begin + dayMs - 1)
  t.strictSame(counted(account), [5, 2, 5])
  account.roll(day, begin + dayMs)
  t.strictSame(account.memory(), { start: begin + dayMs, answers: 0, abandoned: 0, previousAnswers: 5 })
  t.strictSame(counted(account), [0, 0, 5], 'as many are expected as in the last')
  account.settle(false, begin + dayMs)
  account.roll(day, begin + 4 * dayMs + 7)
  t.strictSame(account.memory(), { start: begin + 4 * dayMs, answers: 0, abandoned: 0, previousAnswers: 1 })
})

t.test('a length that is none makes no periods, and a life never ends', async t => {
  for (const window of [
    { lengthMs: 0 },
    { lengthMs: -1 },
    { lengthMs: Number.NaN },
    { kind: 'successive' },
    {},
  ] as const) {
    const account = settled({ name: 'x', ...window }, 5, 2)
    account.roll({ name: 'x', ...window }, begin + 1_000 * dayMs)
    t.strictSame(
      account.memory(),
      { start: begin, answers: 5, abandoned: 2, previousAnswers: 0 },
      JSON.stringify(window),
    )
  }
})

t.test('a month ends with the calendar there, and a clock that goes back opens no old one', async t => {
  const month: AbandonmentWindow = { name: 'month', kind: 'calendar-month', utcOffsetMs: -5 * hourMs }
  const february = Date.UTC(2026, 1, 1, 5)
  const account = settled(month, 5, 2)
  t.equal(account.memory().start, Date.UTC(2026, 0, 1, 5))
  account.roll(month, february - 1)
  t.strictSame(counted(account), [5, 2, 5])
  account.roll(month, february)
  t.strictSame(account.memory(), { start: february, answers: 0, abandoned: 0, previousAnswers: 5 })
  account.settle(true, february)
  account.roll(month, february - 1)
  account.roll(month, february + 1)
  t.strictSame(account.memory(), { start: february, answers: 1, abandoned: 1, previousAnswers: 5 })
})

t.test('a rolling window keeps its counts until its length is another', async t => {
  const rolling: AbandonmentWindow = { name: 'r', kind: 'rolling', lengthMs: 3 * hourMs }
  const account = settled(rolling, 5, 2)
  account.roll(rolling, begin + hourMs)
  t.strictSame(counted(account), [5, 2, 5])
  account.roll(rolling, begin + 3 * hourMs)
  t.strictSame(counted(account), [0, 2, 0])
  account.roll({ ...rolling, lengthMs: 4 * hourMs }, begin + 3 * hourMs)
  t.strictSame(counted(account), [0, 0, 0])
  const none = settled({ name: 'r', kind: 'rolling' }, 5, 2)
  none.roll({ name: 'r', kind: 'rolling' }, begin)
  none.roll({ name: 'r', kind: 'rolling' }, begin + hourMs)
  t.strictSame(counted(none), [0, 0, 0], 'without a length it holds nothing')
  none.count(
    [{ at: begin, lengthMs: hourMs, answers: 9, abandoned: 9 }],
    { name: 'r', kind: 'rolling' },
    begin + 9 * hourMs,
  )
  t.strictSame(counted(none), [0, 0, 0])
})

t.test('a machine takes away an answer that was not abandoned, if there is one', async t => {
  const account = settled(day, 3, 2)
  account.uncount()
  t.strictSame(counted(account), [2, 2, 2])
  account.uncount()
  t.strictSame(counted(account), [2, 2, 2])
  const rolling = settled({ name: 'r', kind: 'rolling', lengthMs: dayMs }, 3, 2)
  for (let n = 0; n < 2; n += 1) rolling.uncount()
  t.strictSame(counted(rolling), [2, 2, 2])
})

/** Hours of the store, by their distance from `begin`. */
const spans = (
  ...hours: readonly (readonly [hour: number, answers: number, abandoned: number])[]
): readonly CountedSpan[] =>
  hours.map(([hour, answers, abandoned]) => ({ at: begin + hour * hourMs, lengthMs: hourMs, answers, abandoned }))

function taken(of: {
  readonly window: AbandonmentWindow
  readonly spans: readonly CountedSpan[]
  readonly began?: number
  readonly nowHour: number
}) {
  const account = of.began === undefined ? new BudgetWindow() : settled(of.window, 77, 7, of.began)
  account.count(of.spans, of.window, begin + of.nowHour * hourMs)
  const { start, answers, abandoned, previousAnswers } = account.memory()
  return [start === null ? null : (start - begin) / hourMs, answers, abandoned, previousAnswers]
}

t.test('periods are filled from the hours: what reaches over a beginning gives its abandonments alone', async t => {
  const three = spans([0, 10, 1], [23, 20, 2], [24, 40, 4])
  const at = (nowHour: number, began?: number) =>
    taken({ window: day, spans: three, nowHour, ...(began === undefined ? {} : { began: begin + began * hourMs }) })
  t.strictSame(at(1), [0, 70, 7, 0], 'the first period begins with the first hour, and has no other before it')
  t.strictSame(at(23.9), [0, 70, 7, 0])
  t.strictSame(at(24), [24, 40, 4, 30])
  t.strictSame(at(48), [48, 0, 0, 40])
  t.strictSame(at(72), [72, 0, 0, 0])
  t.strictSame(at(24, 0.5), [24, 40, 4, 30], 'begun within the first hour: from its beginning')
  t.strictSame(at(24.5, -0.5), [23.5, 40, 6, 30], 'begun before: from there, and an hour reaches over')
  t.strictSame(at(24, 1), [1, 60, 6, 10], 'begun behind the first hour: a period before holds that one')
  t.strictSame(at(24, 24), [24, 40, 4, 30])
  t.strictSame(at(25, 25), [25, 0, 0, 60])
  t.strictSame(at(20, 24), [0, 70, 7, 0], 'begun later than now: the one before')
  t.strictSame(at(-5, 0), [0, 70, 7, 0], 'never a period before the first')
})

t.test('a life and a month are filled whole, and what was counted before is forgotten', async t => {
  const life: AbandonmentWindow = { name: 'life' }
  const two = spans([0, 10, 1], [60, 20, 2])
  t.strictSame(taken({ window: life, spans: two, nowHour: 61 }), [0, 30, 3, 0])
  t.strictSame(taken({ window: life, spans: two, nowHour: 61, began: begin + hourMs }), [0, 30, 3, 0])
  t.strictSame(taken({ window: life, spans: two, nowHour: 61, began: begin - hourMs }), [-1, 30, 3, 0])
  // Hour 51 is the first of February in UTC; December ended 29 days before `begin` less 21 hours.
  const month: AbandonmentWindow = { name: 'month', kind: 'calendar-month' }
  const all = spans([-(28 * 24 + 22), 100, 10], [-(28 * 24 + 21), 1, 1], [50, 2, 0], [51, 40, 4], [60, 20, 2])
  t.strictSame(taken({ window: month, spans: all, nowHour: 61 }), [51, 60, 6, 3])
  t.strictSame(taken({ window: month, spans: all, nowHour: 61, began: begin }), [51, 60, 6, 3])
  const east = { ...month, utcOffsetMs: hourMs }
  t.strictSame(taken({ window: east, spans: all, nowHour: 61 }), [50, 62, 6, 101], 'an hour earlier in the east')
  for (const window of [life, month, day, { name: 'r', kind: 'rolling', lengthMs: dayMs } as const])
    t.strictSame(taken({ window, spans: [], nowHour: 61, began: begin }).slice(1), [0, 0, 0], window.name)
  t.strictSame(taken({ window: day, spans: [], nowHour: 61, began: begin + hourMs }), [1, 0, 0, 0], 'periods go on')
})

t.test('a rolling window is filled with the hours that it holds', async t => {
  const rolling: AbandonmentWindow = { name: 'r', kind: 'rolling', lengthMs: dayMs }
  const account = settled(rolling, 77, 7)
  account.count(spans([0, 10, 1], [23, 20, 2], [24, 40, 4]), rolling, begin + 24.5 * hourMs)
  t.strictSame(counted(account), [60, 7, 60])
  const other = settled(day, 77, 7)
  other.count(spans([0, 10, 1]), rolling, begin + hourMs)
  t.match(other.memory(), { start: null, answers: 0, abandoned: 0 }, 'no periods any more')
  account.count(spans([0, 10, 1]), day, begin + 24.5 * hourMs)
  t.strictSame(counted(account), [0, 0, 10], 'no rolling one any more')
})

const deviations = 3.4
const most = (expected: number) => expected + (expected > 0 ? deviations * Math.sqrt(expected) : 0)

t.test('what is left: by what has been answered, or by the end of a period that goes like the last', async t => {
  const share = fc.constantFrom(0, 0.001, 0.01, 0.02)
  const count = fc.integer({ min: 0, max: 2_000 })
  fc.assert(
    fc.property(count, count, fc.integer({ min: 0, max: 40 }), share, (previous, answers, lost, hidden) => {
      const [limit, abandoned] = [0.03, Math.min(lost, answers)]
      const account = BudgetWindow.restored({ start: 0, answers, abandoned, previousAnswers: previous })
      const persons = answers / (1 - hidden)
      const room = (all: number, unseen: number) => Math.floor(limit * all - unseen - abandoned + 1e-9)
      let left = room(persons, most(persons * hidden))
      if (hidden > 0 && previous > answers) {
        const end = room(previous / (1 - hidden), most((previous / (1 - hidden)) * hidden))
        const soFar = room(persons, persons * hidden + Math.sqrt(persons * hidden))
        left = Math.max(left, Math.min(end, soFar))
      }
      return account.left(limit, hidden) === left
    }),
    { numRuns: 500 },
  )
  t.equal(settled(day, 100).left(0.03, 0), 3, 'three of a hundred, in spite of rounding')
  t.equal(settled(day, 99).left(0.03, 0), 2)
  t.equal(settled(day, 100, 4).left(0.03, 0), -1)
})

t.test('the rate to keep leaves room for the unseen and for one, in a period of at least 300', async t => {
  const rate = (answers: number, previous: number, hidden: number) =>
    BudgetWindow.restored({ answers, previousAnswers: previous }).sustainedRate(0.03, hidden)
  t.ok(Math.abs(rate(0, 0, 0) - (0.03 * 300 - 1) / 300) < 1e-12)
  t.ok(Math.abs(rate(299, 3, 0) - (0.03 * 300 - 1) / 300) < 1e-12)
  t.ok(Math.abs(rate(500, 400, 0) - (0.03 * 500 - 1) / 500) < 1e-12)
  t.ok(Math.abs(rate(500, 990, 0.01) - (0.03 * 1_000 - 10 - deviations * Math.sqrt(10) - 1) / 990) < 1e-12)
})

t.test('a restart keeps an account, and what makes no sense in a memory counts as nothing', async t => {
  const rolling = settled({ name: 'r', kind: 'rolling', lengthMs: dayMs }, 5, 2)
  t.match(rolling.memory(), { rolling: { lengthMs: dayMs } })
  t.notOk('rolling' in settled(day, 5, 2).memory())
  const again = BudgetWindow.restored(JSON.parse(JSON.stringify(rolling.memory())))
  t.strictSame(again.memory(), rolling.memory())
  const good = { start: 7, answers: 9, abandoned: 3, previousAnswers: 4 }
  t.strictSame(BudgetWindow.restored(good).memory(), good)
  const read = (memory: object) => {
    const { start, answers, abandoned, previousAnswers } = BudgetWindow.restored({ ...good, ...memory }).memory()
    return [start, answers, abandoned, previousAnswers]
  }
  for (const bad of ['7', null, Number.NaN, Number.POSITIVE_INFINITY]) {
    t.strictSame(read({ start: bad }), [null, 9, 3, 4])
    t.strictSame(read({ answers: bad }), [7, 0, 0, 4])
    t.strictSame(read({ abandoned: bad }), [7, 9, 0, 4])
    t.strictSame(read({ previousAnswers: bad }), [7, 9, 3, 0])
  }
  t.strictSame(read({ answers: -1, abandoned: -2, previousAnswers: -3 }), [7, 0, 0, 0])
  t.strictSame(read({ abandoned: 12 }), [7, 9, 9, 4], 'never more abandoned than answered')
})
