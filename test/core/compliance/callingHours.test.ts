import fc from 'fast-check'
import t from 'tap'
import { closedHours, type Hours } from '../../../src/core/compliance/callingHours.ts'
import { instantOf, localTime, offsetAt, weekdayOf, type ZoneOffset } from '../../../src/core/compliance/localTime.ts'
import type { HoursSpan } from '../../../src/core/compliance/rules.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs
/** A Wednesday; the clocks change at `changesAt`, four days later. */
const wednesday = Date.UTC(2026, 2, 25)
const changesAt = Date.UTC(2026, 2, 29, 1)

function zone(offsetMinutes: number, nextOffsetMinutes?: number): ZoneOffset {
  const name = `${offsetMinutes}/${nextOffsetMinutes}`
  const until = nextOffsetMinutes === undefined ? Number.POSITIVE_INFINITY : changesAt
  return { zone: name, offsetMinutes, from: 0, until, ...(nextOffsetMinutes !== undefined && { nextOffsetMinutes }) }
}

const spring = zone(60, 120)
const autumn = zone(120, 60)
const utc = zone(0)

t.test('wall time before, at and after a change of the clocks', async t => {
  t.equal(offsetAt(spring, changesAt - 1), 60)
  t.equal(offsetAt(spring, changesAt), 120)
  t.equal(offsetAt({ ...utc, until: changesAt }, changesAt), 0, 'an end without a change is none')
  const day = Date.UTC(2026, 2, 29) / dayMs
  t.same(localTime(spring, changesAt - 1), { day, minuteOfDay: 119, weekday: 0 })
  t.same(localTime(spring, changesAt), { day, minuteOfDay: 180, weekday: 0 })
  t.same(localTime(autumn, changesAt - 1), { day, minuteOfDay: 179, weekday: 0 })
  t.same(localTime(autumn, changesAt), { day, minuteOfDay: 120, weekday: 0 })
  t.same(localTime(zone(-60), wednesday), { day: wednesday / dayMs - 1, minuteOfDay: 1380, weekday: 2 })
  t.same(localTime(utc, -1), { day: -1, minuteOfDay: 1439, weekday: 3 })
})

t.test('weekdays go round, before 1970 too', async t => {
  for (let day = -15; day <= 15; day += 1)
    t.equal(weekdayOf(day), new Date(day * dayMs).getUTCDay(), new Date(day * dayMs).toISOString())
})

t.test('the instant of a wall time: the first of two, and the change where the clocks skip it', async t => {
  const day = Date.UTC(2026, 2, 29) / dayMs
  const at = (where: ZoneOffset, minuteOfDay: number) => (instantOf(where, day, minuteOfDay) - changesAt) / minuteMs
  t.same(
    [0, 119, 120, 121, 150, 179, 180, 181].map(minute => at(spring, minute)),
    [-120, -1, 0, 0, 0, 0, 0, 1],
  )
  t.same(
    [0, 119, 120, 121, 179, 180, 181].map(minute => at(autumn, minute)),
    [-180, -61, -60, -59, -1, 60, 61],
  )
  for (const where of [spring, autumn, utc])
    for (let minute = 0; minute < 1440; minute += 7) {
      const instant = instantOf(where, day, minute)
      const shown = localTime(where, instant).minuteOfDay
      if (shown !== minute) t.same([where, instant, minute > 120 && minute < 180], [spring, changesAt, true])
      else t.ok(instant < changesAt || localTime(where, instant - hourMs).minuteOfDay !== minute, 'the first')
    }
})

/** Every day the same. */
function daily(...spans: readonly (readonly [startMinute: number, endMinute: number])[]): Hours {
  const day = spans.map(([startMinute, endMinute]) => ({ startMinute, endMinute }))
  return { ruleId: 'daily', days: [0, 1, 2, 3, 4, 5, 6].map(() => day) }
}

function closed(all: readonly Hours[], minute: number, latestAnswerMs = 0, zones: readonly ZoneOffset[] = [utc]) {
  const found = closedHours(all, { zones, latestAnswerMs }, wednesday + minute * minuteMs)
  return found && [found.ruleId, found.zone, found.retryAt && (found.retryAt - wednesday) / minuteMs]
}

t.test('hours are open from their first minute to before their end, for the last answer too', async t => {
  const hours = daily([540, 720], [780, 1080])
  t.same(closed([hours], 539), ['daily', '0/undefined', 540])
  t.equal(closed([hours], 540), undefined)
  t.equal(closed([hours], 719), undefined)
  t.same(closed([hours], 720), ['daily', '0/undefined', 780])
  t.equal(closed([hours], 710, 10 * minuteMs - 1), undefined)
  t.same(closed([hours], 710, 10 * minuteMs), ['daily', '0/undefined', 780])
  t.same(closed([hours], 710, 80 * minuteMs), ['daily', '0/undefined', 780], 'not over lunch')
  t.same(closed([hours], 1080), ['daily', '0/undefined', 1440 + 540])
  t.same(closed([hours, daily([600, 660])], 540), ['daily', '0/undefined', 600], 'all of them')
  t.same(closed([hours], 530, 0, [utc, zone(60)]), ['daily', '0/undefined', 540], 'in all places')
  t.same(closed([hours], 660, 0, [utc, zone(60)]), ['daily', '60/undefined', 780], 'the place that is closed')
  t.equal(closed([], 0), undefined)
})

t.test('hours to midnight run on where the next day begins with some, and nowhere else', async t => {
  const days = (...each: readonly (readonly HoursSpan[])[]): Hours => ({ ruleId: 'week', days: each })
  const late = [{ startMinute: 1200, endMinute: 1440 }]
  const early = [{ startMinute: 0, endMinute: 60 }]
  const tenMs = 10 * minuteMs
  const week = (wed: readonly HoursSpan[], thu: readonly HoursSpan[]) => days([], [], [], wed, thu, [], [])
  t.equal(closed([week(late, early)], 1435, tenMs), undefined)
  t.equal(closed([week(late, early)], 1435, 65 * minuteMs - 1), undefined, 'until its end')
  t.same(closed([week(late, early)], 1435, 65 * minuteMs)?.[0], 'week')
  t.same(closed([week(late, [])], 1435, tenMs)?.[0], 'week')
  t.same(closed([week(late, [{ startMinute: 1, endMinute: 60 }])], 1435, tenMs)?.[0], 'week')
  t.same(closed([week([{ startMinute: 1200, endMinute: 1439 }], early)], 1435, tenMs)?.[0], 'week')
  t.same(closed([daily([0, 1440])], 1435, dayMs + tenMs)?.[0], 'daily', 'not over a whole day')
  const missing: Hours = { ruleId: 'week', days: [] }
  t.same(closed([missing], 600)?.[0], 'week', 'a day that nobody has set is closed')
})

t.test('a holiday is closed, as a Sunday, or a day like others', async t => {
  const sundays = [[{ startMinute: 720, endMinute: 780 }], ...daily([540, 1080]).days.slice(1)]
  const on = (holidays: Hours['holidays'], day: number): Hours => {
    const calendar = new Set([wednesday / dayMs + day])
    return { ruleId: 'h', days: sundays, calendar, ...(holidays && { holidays }) }
  }
  t.equal(closed([on(undefined, 0)], 600), undefined)
  t.same(closed([on('closed', 0)], 600), ['h', '0/undefined', 1440 + 540])
  t.equal(closed([on('closed', 1)], 600), undefined, 'the day before')
  t.same(closed([on('sunday', 0)], 600), ['h', '0/undefined', 720])
  t.equal(closed([on('sunday', 0)], 720), undefined)
  const { calendar: _, ...none } = on('closed', 0)
  t.equal(closed([none], 600), undefined, 'nobody knows of any')
  t.same(closed([{ ...on('sunday', 0), days: [] }], 600), ['h', '0/undefined', undefined])
})

t.test('the next opening is looked for over fifteen days, and not beyond', async t => {
  const closedDays = (count: number): Hours => ({
    ...daily([0, 1440]),
    holidays: 'closed',
    calendar: new Set(Array.from({ length: count }, (_, day) => wednesday / dayMs + day)),
  })
  for (const days of [1, 2, 3, 5, 6, 14, 15])
    t.same(closed([closedDays(days)], 0), ['daily', '0/undefined', days * 1440], `after ${days} days`)
  t.same(closed([closedDays(16)], 0), ['daily', '0/undefined', undefined])
  t.same(closed([closedDays(16)], 1440), ['daily', '0/undefined', 16 * 1440], 'a day later it is near enough')
})

const latestMinutes = 40
const step = 10

/** The same, minute by minute on one's fingers: open as long as an answer may come. */
function isOpenThroughout(all: readonly Hours[], zones: readonly ZoneOffset[], at: number): boolean {
  for (let instant = at; instant <= at + latestMinutes * minuteMs; instant += step * minuteMs)
    for (const { offsetMinutes, nextOffsetMinutes, until } of zones) {
      const offset = instant >= until ? (nextOffsetMinutes ?? offsetMinutes) : offsetMinutes
      const wall = new Date(instant + offset * minuteMs)
      const minute = wall.getUTCHours() * 60 + wall.getUTCMinutes()
      const day = Math.floor(wall.getTime() / dayMs)
      for (const { days, holidays, calendar } of all) {
        const isHoliday = holidays !== undefined && calendar?.has(day) === true
        const spans = isHoliday && holidays === 'closed' ? [] : (days[isHoliday ? 0 : wall.getUTCDay()] ?? [])
        if (!spans.some(({ startMinute, endMinute }) => startMinute <= minute && minute < endMinute)) return false
      }
    }
  return true
}

/** Hours that begin by day, or at midnight: nobody calls while the clocks change. */
const span = fc.constantFrom<readonly (readonly [number, number])[]>(
  [],
  [[540, 1080]],
  [[480, 720]],
  [
    [600, 720],
    [840, 1200],
  ],
  [[1200, 1440]],
  [[0, 1440]],
  [
    [0, 240],
    [1140, 1440],
  ],
)
const hoursMade = fc.record({
  days: fc.array(
    span.map(spans => spans.map(([startMinute, endMinute]) => ({ startMinute, endMinute }))),
    { minLength: 7, maxLength: 7 },
  ),
  holidays: fc.constantFrom<Hours['holidays']>(undefined, 'closed', 'sunday'),
  calendar: fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 4 }),
})

t.test('open, closed and the next opening are what a clock on the wall would say', async t => {
  const holds = () =>
    fc.assert(
      fc.property(
        fc.array(hoursMade, { minLength: 1, maxLength: 2 }),
        fc.uniqueArray(fc.constantFrom(utc, spring, autumn, zone(-300), zone(360)), { minLength: 1, maxLength: 2 }),
        fc.integer({ min: 0, max: (6 * 1440) / step }),
        (made, zones, steps) => {
          const all = made.map(({ days, holidays, calendar }, index): Hours => {
            const around = new Set(calendar.map(day => wednesday / dayMs + day))
            return { ruleId: `${index}`, days, calendar: around, ...(holidays && { holidays }) }
          })
          const now = wednesday + steps * step * minuteMs
          const found = closedHours(all, { zones, latestAnswerMs: latestMinutes * minuteMs }, now)
          let next = now
          while (next <= now + 15 * dayMs && !isOpenThroughout(all, zones, next)) next += step * minuteMs
          if (next === now) return found === undefined
          return found !== undefined && found.retryAt === (next > now + 15 * dayMs ? undefined : next)
        },
      ),
      { seed: 11, numRuns: 250 },
    )
  t.doesNotThrow(holds)
})
