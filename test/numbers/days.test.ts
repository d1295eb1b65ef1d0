import t from 'tap'
import { dayIn } from '../../src/numbers/days.ts'
import { zonesOfPlace } from '../../src/numbers/placeTables.ts'

const at = (text: string): number => Date.parse(text)
const iso = (instant: number): string => new Date(instant).toISOString().slice(0, 16)

function dayOf(zones: readonly string[], when: string): string {
  const { from, until } = dayIn(zones, at(when))
  return `${iso(from)} ${iso(until)}`
}

t.test('a day is the calendar day of the zone, however long the clocks make it', async t => {
  const cases: readonly (readonly [zone: string, when: string, day: string])[] = [
    ['UTC', '2026-03-08T00:00:00Z', '2026-03-08T00:00 2026-03-09T00:00'],
    ['UTC', '2026-03-08T23:59:59.999Z', '2026-03-08T00:00 2026-03-09T00:00'],
    ['America/New_York', '2026-03-08T04:59:59Z', '2026-03-07T05:00 2026-03-08T05:00'],
    // 23 and 25 hours.
    ['America/New_York', '2026-03-08T05:00:00Z', '2026-03-08T05:00 2026-03-09T04:00'],
    ['America/New_York', '2026-03-09T03:59:59Z', '2026-03-08T05:00 2026-03-09T04:00'],
    ['America/New_York', '2026-11-01T04:00:00Z', '2026-11-01T04:00 2026-11-02T05:00'],
    ['America/New_York', '2026-11-02T04:59:59Z', '2026-11-01T04:00 2026-11-02T05:00'],
    ['Europe/Berlin', '2026-06-30T22:00:00Z', '2026-06-30T22:00 2026-07-01T22:00'],
    // Midnight itself is skipped: the day begins at one.
    ['America/Santiago', '2026-09-06T03:59:59Z', '2026-09-05T04:00 2026-09-06T04:00'],
    ['America/Santiago', '2026-09-06T04:00:00Z', '2026-09-06T04:00 2026-09-07T03:00'],
  ]
  for (const [zone, when, day] of cases) t.equal(dayOf([zone], when), day, `${zone} ${when}`)
  t.equal(dayOf([], '2026-03-08T12:00:00Z'), '2026-03-08T00:00 2026-03-09T00:00', 'no zone: UTC')
})

t.test('where there are several zones a day is over when it is over in all of them', async t => {
  const us = zonesOfPlace('US')
  t.ok(us.includes('America/New_York') && us.includes('Pacific/Honolulu'))
  t.equal(dayOf(us, '2026-11-25T09:59:59Z'), '2026-11-24T10:00 2026-11-25T10:00', 'midnight in Honolulu')
  t.equal(dayOf(us, '2026-11-25T10:00:00Z'), '2026-11-25T10:00 2026-11-26T10:00')
  t.equal(dayOf(['Asia/Tokyo', 'Pacific/Honolulu'], '2026-11-25T15:00:00Z'), '2026-11-25T10:00 2026-11-26T10:00')
})

t.test('days follow one another without a gap, in every zone of the big countries', async t => {
  for (const place of ['US', 'CA', 'AU', 'BR', 'RU', 'DE', 'CL', 'GB']) {
    let day = dayIn(zonesOfPlace(place), at('2026-01-01T12:00:00Z'))
    for (let count = 0; count < 400; count += 1) {
      const next = dayIn(zonesOfPlace(place), day.until)
      const before = dayIn(zonesOfPlace(place), day.until - 1)
      if (next.from !== day.until || before.from !== day.from || before.until !== day.until)
        t.fail(`${place}: ${iso(day.until)}`, { day, next, before })
      day = next
    }
    t.ok(day.from > at('2027-02-01T00:00:00Z'), place)
  }
})
