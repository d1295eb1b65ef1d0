import t from 'tap'
import { monthStartAt } from '../../../src/core/pacing/calendar.ts'
import { dayMs, hourMs } from '../../../src/core/time.ts'

t.test('every month of a thousand years begins on its first day, up to its last instant', async t => {
  for (let year = 1_599; year < 2_602; year += 1)
    for (let month = 0; month < 12; month += 1) {
      const [start, next] = [Date.UTC(year, month, 1), Date.UTC(year, month + 1, 1)]
      const is = [start, start + 14 * dayMs, next - 1].map(now => monthStartAt(now))
      if (is.some(one => one !== start)) t.strictSame(is, [start, start, start], `${year}-${month + 1}`)
      if (monthStartAt(start, 0, 1) !== next) t.equal(monthStartAt(start, 0, 1), next, `after ${year}-${month + 1}`)
    }
  t.pass()
})

t.test('months are counted on and back over years, and begin at the midnight of the place', async t => {
  const now = Date.UTC(2026, 1, 1, 3)
  for (const months of [-26, -14, -13, -2, -1, 0, 1, 10, 11, 12, 23]) {
    t.equal(monthStartAt(now, 0, months), Date.UTC(2026, 1 + months, 1))
    t.equal(monthStartAt(now, -3.5 * hourMs, months), Date.UTC(2026, months, 1) + 3.5 * hourMs, 'still January there')
    t.equal(monthStartAt(now, -3 * hourMs, months), Date.UTC(2026, 1 + months, 1) + 3 * hourMs, 'midnight there')
  }
})
