import t from 'tap'
import { expandHolidays, type HolidayLine } from '../../src/rules/calendar.ts'

const dayMs = 86_400_000

/** The days of 2021 to 2023 on which lines close. 2022-05-01 was a Sunday, 2021-05-01 a Saturday. */
function closed(...lines: readonly HolidayLine[]): readonly string[] {
  return expandHolidays(lines.map(line => ({ from: 2021, until: 2023, ...line }))).map(day =>
    new Date(day * dayMs).toISOString().slice(0, 10),
  )
}

t.test('a holiday on a Saturday, on a Sunday and on a working day is kept beside where its rule says', async t => {
  const may = { name: 'May Day', on: '05-01' } as const
  const own = ['2021-05-01', '2022-05-01', '2023-05-01']
  t.strictSame(closed(may), own)
  const monday = ['2021-05-01', '2021-05-03', '2022-05-01', '2022-05-02', '2023-05-01']
  t.strictSame(closed({ ...may, observed: 'next-weekday' }), monday)
  const nearest = ['2021-04-30', '2021-05-01', '2022-05-01', '2022-05-02', '2023-05-01']
  t.strictSame(closed({ ...may, observed: 'nearest-weekday' }), nearest)
  t.strictSame(closed({ ...may, observed: 'after-sunday' }), ['2021-05-01', '2022-05-01', '2022-05-02', '2023-05-01'])
})

t.test('the next weekday is one that no other holiday has taken', async t => {
  const line = (on: string): HolidayLine => ({ name: on, on, observed: 'next-weekday', from: 2022, until: 2022 })
  t.strictSame(closed(line('05-01'), { ...line('05-02'), from: 2022 }), ['2022-05-01', '2022-05-02', '2022-05-03'])
  // Saturday and Sunday: the first is kept on Monday, the second on Tuesday.
  t.strictSame(closed(line('12-24'), line('12-25')), ['2022-12-24', '2022-12-25', '2022-12-26', '2022-12-27'])
})
