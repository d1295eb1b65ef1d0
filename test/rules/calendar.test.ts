import t from 'tap'
import { calendarYears, easterSunday, expandHolidays, readHolidayRule } from '../../src/rules/calendar.ts'
import { loadRuleBook } from '../../src/rules/ruleBook.ts'

const dayMs = 86_400_000
const { holidays } = loadRuleBook()

function iso(day: number | undefined): string {
  return day === undefined ? 'never' : new Date(day * dayMs).toISOString().slice(0, 10)
}

function datesOf(place: string, year: number): readonly string[] {
  return (holidays[place] ?? []).map(iso).filter(date => date.startsWith(`${year}-`))
}

t.test('Easter falls where the almanacs have it', async t => {
  const almanac = [
    ...['2020-04-12', '2021-04-04', '2022-04-17', '2023-04-09', '2024-03-31', '2025-04-20', '2026-04-05'],
    ...['2027-03-28', '2028-04-16', '2029-04-01', '2030-04-21', '2035-03-25', '2038-04-25', '2040-04-01'],
  ]
  for (const date of almanac) t.equal(iso(easterSunday(Number(date.slice(0, 4)))), date)
})

t.test('a holiday falls by date, by weekday of a month, beside a date, by Easter, or once', async t => {
  const table: readonly (readonly [on: string, year: number, date: string])[] = [
    ['12-25', 2026, '2026-12-25'],
    ['02-29', 2024, '2024-02-29'],
    ['02-29', 2025, 'never'],
    ['2022-09-19', 2022, '2022-09-19'],
    ['2022-09-19', 2023, 'never'],
    ['1st mon of sep', 2025, '2025-09-01'],
    ['3rd mon of jan', 2026, '2026-01-19'],
    ['4th thu of nov', 2026, '2026-11-26'],
    ['last mon of may', 2026, '2026-05-25'],
    ['last mon of dec', 2029, '2029-12-31'],
    ['mon before 05-25', 2026, '2026-05-18'],
    ['mon before 05-25', 2027, '2027-05-24'],
    ['wed after 11-22', 2026, '2026-11-25'],
    ['sun after 11-22', 2026, '2026-11-29'],
    ['easter', 2026, '2026-04-05'],
    ['easter-2', 2026, '2026-04-03'],
    ['easter+39', 2026, '2026-05-14'],
  ]
  for (const [on, year, date] of table) t.equal(iso(readHolidayRule(on)?.(year)), date, `${on} in ${year}`)
  for (const wrong of [
    '13-01',
    '02-30',
    '2023-02-29',
    '5th mon of may',
    '1st day of may',
    'easter+100',
    'christmas',
    '',
  ])
    t.equal(readHolidayRule(wrong), undefined, wrong)
})

t.test('a holiday on a weekend is closed, and so is the day on which it is observed', async t => {
  const us = datesOf('US', 2026)
  t.ok(us.includes('2026-07-04') && us.includes('2026-07-03'), 'a Saturday and the Friday before')
  t.ok(datesOf('US', 2021).includes('2021-12-31'), "the New Year's Day of 2022 was a Saturday")
  t.ok(datesOf('US', 2027).includes('2027-07-05'), 'a Sunday and the Monday after')
  const christmas = (year: number): readonly string[] => datesOf('GB', year).filter(date => date.slice(5) >= '12-25')
  t.strictSame(christmas(2021), ['2021-12-25', '2021-12-26', '2021-12-27', '2021-12-28'])
  t.strictSame(christmas(2022), ['2022-12-25', '2022-12-26', '2022-12-27'], 'Boxing Day keeps its Monday')
  t.strictSame(christmas(2024), ['2024-12-25', '2024-12-26'])
})

t.test('the holidays shipped are those that the countries had and will have', async t => {
  t.strictSame(datesOf('FR', 2026), [
    ...['2026-01-01', '2026-04-06', '2026-05-01', '2026-05-08', '2026-05-14', '2026-05-25', '2026-07-14'],
    ...['2026-08-15', '2026-11-01', '2026-11-11', '2026-12-25'],
  ])
  t.strictSame(datesOf('RE', 2026), datesOf('FR', 2026))
  t.strictSame(datesOf('DE', 2025), [
    ...['2025-01-01', '2025-04-18', '2025-04-21', '2025-05-01', '2025-05-29', '2025-06-09', '2025-10-03'],
    ...['2025-12-25', '2025-12-26'],
  ])
  t.strictSame(datesOf('GB', 2022), [
    ...['2022-01-01', '2022-01-03', '2022-04-15', '2022-04-18', '2022-05-02', '2022-06-02', '2022-06-03'],
    ...['2022-08-29', '2022-09-19', '2022-12-25', '2022-12-26', '2022-12-27'],
  ])
  t.strictSame(
    datesOf('GB', 2020).filter(date => date.startsWith('2020-05')),
    ['2020-05-08', '2020-05-25'],
  )
  t.ok(datesOf('GB', 2023).includes('2023-05-08'), 'the coronation')
  t.strictSame(datesOf('US', 2025), [
    ...['2025-01-01', '2025-01-20', '2025-02-17', '2025-05-26', '2025-06-19', '2025-07-04', '2025-09-01'],
    ...['2025-10-13', '2025-11-11', '2025-11-27', '2025-12-25'],
  ])
  t.notOk(datesOf('US', 2020).includes('2020-06-19'), 'Juneteenth is a holiday since 2021')
  t.strictSame(datesOf('AU', 2026), [
    ...['2026-01-01', '2026-01-26', '2026-04-03', '2026-04-04', '2026-04-06', '2026-04-25', '2026-04-27'],
    ...['2026-12-25', '2026-12-26', '2026-12-28'],
  ])
  t.strictSame(datesOf('CA', 2025), [
    ...['2025-01-01', '2025-04-18', '2025-05-19', '2025-07-01', '2025-09-01', '2025-09-30', '2025-10-13'],
    ...['2025-11-11', '2025-12-25', '2025-12-26'],
  ])
})

t.test('holidays are known for every year of the calendar, ascending, and for no other', async t => {
  for (const [place, days] of Object.entries(holidays)) {
    t.strictSame(
      [...days],
      [...new Set(days)].sort((left, right) => left - right),
      place,
    )
    t.match(iso(days[0]), `${calendarYears.first}-01-`, place)
    t.match(iso(days.at(-1)), `${calendarYears.last}-12-`, place)
  }
  const once = expandHolidays([{ name: 'x', on: '05-01', from: 2026, until: 2029, except: [2027] }])
  t.strictSame(once.map(iso), ['2026-05-01', '2028-05-01', '2029-05-01'])
})
