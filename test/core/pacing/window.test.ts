import fc from 'fast-check'
import t from 'tap'
import { AbandonmentBudget } from '../../../src/core/pacing/budget.ts'
import { monthStartAt } from '../../../src/core/pacing/calendar.ts'
import type { AbandonmentWindow, CountedSpan, PacingSettings } from '../../../src/core/pacing/pacer.ts'
import { RollingCounts } from '../../../src/core/pacing/rollingCounts.ts'
import { BudgetWindow } from '../../../src/core/pacing/window.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs
/** Late on a Saturday, two days before the end of a month. */
const begin = Date.UTC(2026, 0, 29, 21, 17)

t.test('a month begins where the calendar says, at any distance from UTC', t => {
  fc.assert(
    fc.property(
      fc.integer({ min: -2_000_000_000_000, max: 7_000_000_000_000 }),
      fc.integer({ min: -12, max: 14 }),
      fc.integer({ min: -30, max: 30 }),
      (now, offset, months) => {
        const there = new Date(now + offset * hourMs)
        const expected = Date.UTC(there.getUTCFullYear(), there.getUTCMonth() + months, 1) - offset * hourMs
        return monthStartAt(now, offset * hourMs, months) === expected
      },
    ),
  )
  t.equal(monthStartAt(Date.UTC(2028, 1, 29, 23, 59)), Date.UTC(2028, 1, 1))
  t.equal(monthStartAt(Date.UTC(2026, 2, 1, 2), -5 * hourMs), Date.UTC(2026, 1, 1, 5), 'still February in Toronto')
  t.end()
})

t.test('a rolling window never shows an answer too many or an abandonment too few', t => {
  const event = fc.record({
    afterMs: fc.oneof(fc.integer({ min: 0, max: 10 * minuteMs }), fc.integer({ min: 0, max: 9 * hourMs })),
    what: fc.constantFrom('answered', 'answered', 'answered', 'abandoned', 'coded', 'restart'),
    which: fc.nat(),
  })
  let [exactly, looks] = [0, 0]
  fc.assert(
    fc.property(
      fc.array(event, { minLength: 1, maxLength: 120 }),
      fc.constantFrom(5 * hourMs, dayMs, 2 * dayMs),
      (events, lengthMs) => {
        let counts = new RollingCounts(lengthMs)
        let calls: { at: number; abandoned: boolean }[] = []
        let now = begin
        for (const { afterMs, what, which } of events) {
          now += afterMs
          counts.roll(now)
          if (what === 'restart') counts = RollingCounts.restored(JSON.parse(JSON.stringify(counts.memory()))) ?? counts
          if (what === 'answered' || what === 'abandoned') {
            counts.settle(what === 'abandoned', now)
            calls.push({ at: now, abandoned: what === 'abandoned' })
          }
          // Any call whose agent has not said so yet: the window is not told which.
          const talked = calls.filter(call => !call.abandoned)
          const coded = what === 'coded' ? talked[which % Math.max(1, talked.length)] : undefined
          if (coded !== undefined) {
            counts.uncount()
            calls = calls.filter(call => call !== coded)
          }
          counts.roll(now)
          const exact = calls.filter(({ at }) => at > now - lengthMs)
          if (counts.answers > exact.length) return false
          if (counts.abandoned < exact.filter(call => call.abandoned).length) return false
          looks += 1
          exactly += Number(counts.answers === exact.length)
        }
        return true
      },
    ),
    { numRuns: 400 },
  )
  t.ok(exactly / looks > 0.3, 'and is mostly right')
  t.end()
})

t.test('a long rolling window counts by days', t => {
  const counts = new RollingCounts(30 * dayMs)
  const midnight = Date.UTC(2026, 0, 1)
  counts.settle(false, midnight)
  counts.settle(true, midnight + 23 * hourMs)
  counts.roll(midnight + 30 * dayMs - 1)
  t.same([counts.answers, counts.abandoned], [2, 1])
  counts.roll(midnight + 30 * dayMs)
  t.same([counts.answers, counts.abandoned], [0, 1], 'answers leave with the first instant of their day')
  counts.roll(midnight + 31 * dayMs)
  t.same([counts.answers, counts.abandoned], [0, 0], 'abandonments with its last')
  t.end()
})

t.test('what the store has counted fills each kind of window', t => {
  const at = (month: number, day: number, hour: number) => Date.UTC(2026, month, day, hour)
  const span = (of: number, answers: number, abandoned: number): CountedSpan => ({
    ...{ at: of, lengthMs: hourMs, answers, abandoned },
  })
  const spans = [span(at(0, 2, 9), 1000, 30), span(at(1, 1, 4), 100, 4), span(at(1, 2, 9), 10, 1)]
  const now = at(1, 2, 9) + 30 * minuteMs
  const filled = (window: Omit<AbandonmentWindow, 'name'>) => {
    const budget = new BudgetWindow()
    budget.count(spans, { name: 'w', ...window }, now)
    budget.roll({ name: 'w', ...window }, now)
    return [budget.answers, budget.abandoned]
  }
  t.same(filled({}), [1110, 35], 'a life')
  t.same(filled({ kind: 'rolling', lengthMs: dayMs }), [10, 1])
  t.same(filled({ kind: 'rolling', lengthMs: 30 * dayMs }), [110, 5])
  t.same(filled({ kind: 'successive', lengthMs: 30 * dayMs }), [10, 1], 'the second period began on February 1, at 9')
  t.same(filled({ kind: 'calendar-month' }), [110, 5])
  t.same(filled({ kind: 'calendar-month', utcOffsetMs: -5 * hourMs }), [10, 1], 'the 4th hour of UTC was January')
  t.end()
})

t.test('a period that began within an hour goes on from there, and gives itself no answer of the hour before', t => {
  const window = { name: 'day', lengthMs: dayMs }
  const hour = Math.floor(begin / hourMs) * hourMs
  const budget = new BudgetWindow()
  budget.roll(window, begin)
  const spans = [-2, 0, 23, 24].map(hours => ({
    ...{ at: hour + hours * hourMs, lengthMs: hourMs, answers: 50, abandoned: 1 },
  }))
  budget.count(spans, window, begin + dayMs + minuteMs)
  t.same([budget.answers, budget.abandoned], [0, 1], 'the hour reaches over the border')
  budget.roll(window, begin + dayMs + 2 * minuteMs)
  t.same([budget.answers, budget.abandoned], [0, 1])
  t.end()
})

t.test('the first period begins with the hour of its first call, so that it is no longer than the law says', t => {
  const window = { name: 'day', lengthMs: dayMs }
  const hour = Math.floor(begin / hourMs) * hourMs
  const budget = new BudgetWindow()
  budget.roll(window, begin)
  const spans = [0, 23, 24].map(hours => ({
    ...{ at: hour + hours * hourMs, lengthMs: hourMs, answers: 50, abandoned: 1 },
  }))
  budget.count(spans.slice(0, 1), window, begin + minuteMs)
  t.same([budget.answers, budget.abandoned], [50, 1], 'all of its hour is inside')
  t.equal(budget.memory().start, hour)
  budget.count(spans.slice(0, 2), window, hour + dayMs - 1)
  t.same([budget.answers, budget.abandoned], [100, 2])
  budget.roll(window, hour + dayMs)
  t.same([budget.answers, budget.abandoned], [0, 0], 'a day after the hour it is over')
  budget.count(spans, window, hour + dayMs + minuteMs)
  t.same([budget.answers, budget.abandoned], [50, 1])
  t.end()
})

const windows: readonly AbandonmentWindow[] = [
  { name: 'life', rateMax: 0.05 },
  { name: 'day', lengthMs: dayMs, rateMax: 0.06 },
  { name: 'rolling', kind: 'rolling', lengthMs: dayMs, rateMax: 0.06 },
  { name: 'month', kind: 'calendar-month', utcOffsetMs: -5 * hourMs, rateMax: 0.05 },
]
const settings: PacingSettings = {
  ...{ mode: 'predictive', ratio: 1, abandonmentTarget: 0.04, abandonmentRateMax: 0.06, dialLevelMax: 50 },
  abandonmentWindows: windows,
}

t.test(
  'a month begins with nothing: each further abandonment is earned anew, however good the last one was',
  async t => {
    const month: AbandonmentWindow = { name: 'month', kind: 'calendar-month', utcOffsetMs: -5 * hourMs, rateMax: 0.05 }
    const toronto = { ...settings, abandonmentWindows: [month] }
    const turn = Date.UTC(2026, 10, 1, 5)
    const budget = new AbandonmentBudget()
    const settle = (count: number, now: number, abandoned = false) => {
      for (let index = 0; index < count; index += 1) budget.settle(abandoned, toronto, { riskBound: true, now })
      return budget.state(toronto).verdict
    }
    t.equal(settle(500, turn - 1), 'open')
    budget.roll(toronto, turn)
    t.equal(budget.state(toronto).verdict, 'not-earned')
    t.equal(settle(19, turn), 'not-earned')
    t.equal(settle(1, turn), 'open', 'one of 20 is 5 %')
    t.not(settle(1, turn, true), 'open')
    t.not(settle(18, turn), 'open', 'a second of 39 would be 5.1 %')
    t.equal(settle(1, turn), 'open')
  },
)

interface Settled {
  readonly campaign: string
  readonly at: number
  readonly abandoned: boolean
  ended: boolean
  machine: boolean
}

/** What the store would say: ended calls by the hour. */
function spansOf(calls: readonly Settled[]): readonly CountedSpan[] {
  const hours = new Map<number, { answers: number; abandoned: number }>()
  for (const call of calls.filter(({ ended, machine }) => ended && !machine)) {
    const at = Math.floor(call.at / hourMs) * hourMs
    const hour = hours.get(at) ?? { answers: 0, abandoned: 0 }
    hours.set(at, { answers: hour.answers + 1, abandoned: hour.abandoned + Number(call.abandoned) })
  }
  return [...hours].sort(([one], [other]) => one - other).map(([at, counts]) => ({ at, lengthMs: hourMs, ...counts }))
}

/** By the definition of each window, from the calls alone; a successive period begins where the account says. */
function exactLeft(window: AbandonmentWindow, calls: readonly Settled[], when: { now: number; start: number }): number {
  const toronto = new Date(when.now - 5 * hourMs)
  const month = Date.UTC(toronto.getUTCFullYear(), toronto.getUTCMonth(), 1) + 5 * hourMs
  const from = { life: 0, day: when.start, rolling: when.now - dayMs + 1, month }[window.name] ?? 0
  const inside = calls.filter(({ at, machine }) => at >= from && !machine)
  return Math.floor((window.rateMax ?? 1) * inside.length + 1e-9) - inside.filter(call => call.abandoned).length
}

function startOf(memory: readonly { readonly name: string; readonly start: number | null }[]): number {
  return memory.find(({ name }) => name === 'day')?.start ?? 0
}

t.test('whatever happens, a budget is open only where every window has earned it', t => {
  const event = fc.record({
    afterMs: fc.oneof(fc.integer({ min: 0, max: 5 * minuteMs }), fc.integer({ min: 0, max: 12 * hourMs })),
    what: fc.constantFrom('answers', 'answers', 'abandoned', 'coded', 'ended', 'restart', 'rename', 'elsewhere'),
    which: fc.nat(),
  })
  let open = 0
  fc.assert(
    fc.property(fc.array(event, { minLength: 10, maxLength: 80 }), events => {
      const calls: Settled[] = []
      let budget = new AbandonmentBudget()
      let [campaign, now] = ['spring', begin]
      const settle = (whose: string, abandoned: boolean): void => {
        calls.push({ campaign: whose, at: now, abandoned, ended: abandoned, machine: false })
        if (whose === campaign) budget.settle(abandoned, settings, { riskBound: true, now })
        else budget.settleElsewhere(abandoned, settings, now)
      }
      for (const { afterMs, what, which } of events) {
        now += afterMs
        const own = () => calls.filter(call => call.campaign === campaign)
        if (what === 'answers') for (let n = 0; n <= which % 40; n += 1) settle(campaign, false)
        else if (what === 'abandoned') settle(campaign, true)
        else if (what === 'elsewhere') settle('autumn', which % 5 === 0)
        else if (what === 'ended') for (const call of calls) call.ended = true
        else if (what === 'coded') {
          const talked = own().filter(call => !call.abandoned && !call.machine)
          const coded = talked[which % Math.max(1, talked.length)]
          if (coded !== undefined) {
            coded.machine = true
            budget.uncount(settings)
          }
        } else {
          if (what === 'rename') campaign = `${campaign}-again`
          const memory = JSON.parse(JSON.stringify(budget.memory()))
          budget = new AbandonmentBudget()
          if (what === 'restart') budget.restore(memory)
          budget.count({ own: spansOf(own()), owner: spansOf(calls) }, settings, now)
        }
        budget.roll(settings, now)
        if (budget.state(settings).verdict !== 'open') continue
        open += 1
        const { windows: mine, ownerWindows } = budget.memory()
        for (const window of windows) {
          if (exactLeft(window, own(), { now, start: startOf(mine) }) < 1) return false
          if (exactLeft(window, calls, { now, start: startOf(ownerWindows) }) < 1) return false
        }
      }
      return true
    }),
    { numRuns: 600 },
  )
  t.ok(open > 500, `the budget was open ${open} times`)
  t.end()
})
