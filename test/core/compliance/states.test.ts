import t from 'tap'
import { explainVerdict } from '../../../src/core/compliance/verdict.ts'
import { factsAt, rulesWith } from '../../support/compliance.ts'

/** The hours of a sales call to a place whose only zone is this one. */
function open(place: string, zone: string, at: string): string {
  const now = Date.parse(at)
  const facts = factsAt(now, { places: [place], zones: [zone] })
  const campaign = { callingHours: { startMinute: 0, endMinute: 1440, weekdays: [0, 1, 2, 3, 4, 5, 6] } }
  const found = explainVerdict(facts, rulesWith(campaign), now).find(({ check }) => check === 'calling-hours')
  return found?.verdict.allowed === false ? (found.verdict.rule ?? found.verdict.reason) : 'yes'
}

/** Place, zone, offset, then opening and closing of a weekday (Wednesday 2026-11-18), of Saturday and Sunday; '' closed. */
const hours: readonly [string, string, string, string, string, string][] = [
  ['US-MD', 'America/New_York', '-05:00', '08-20', '08-20', '08-20'],
  ['US-MA', 'America/New_York', '-05:00', '08-20', '08-20', '08-20'],
  ['US-OR', 'America/Los_Angeles', '-08:00', '08-20', '08-20', '08-20'],
  ['US-TX', 'America/Chicago', '-06:00', '09-21', '09-21', '12-21'],
  ['US-LA', 'America/Chicago', '-06:00', '08-20', '08-20', ''],
  ['US-MS', 'America/Chicago', '-06:00', '08-20', '08-20', ''],
  ['US-UT', 'America/Denver', '-07:00', '08-21', '08-21', ''],
  ['US-RI', 'America/New_York', '-05:00', '09-18', '10-17', ''],
  ['US-KY', 'America/New_York', '-05:00', '10-21', '10-21', '10-21'],
  ['US-CT', 'America/New_York', '-05:00', '09-20', '09-20', '09-20'],
  ['US-NV', 'America/Los_Angeles', '-08:00', '09-20', '09-20', '09-20'],
  ['US-NM', 'America/Denver', '-07:00', '09-21', '09-21', '09-21'],
  ['US-MN', 'America/Chicago', '-06:00', '09-21', '09-21', '09-21'],
  ['US-MI', 'America/New_York', '-05:00', '09-21', '09-21', '09-21'],
  ['US-PA', 'America/New_York', '-05:00', '08-21', '08-21', '08-21'],
  ['US-AL', 'America/Chicago', '-06:00', '08-20', '08-20', ''],
  ['US-SD', 'America/Chicago', '-06:00', '09-21', '', ''],
  ['US-TN', 'America/Chicago', '-06:00', '08-21', '08-21', '08-21'],
]

t.test('hours of the states: the minute before, at, and after', async t => {
  for (const [place, zone, offset, ...days] of hours) {
    for (const [index, day] of ['2026-11-18', '2026-11-21', '2026-11-22'].entries()) {
      const at = (clock: string) => open(place, zone, `${day}T${clock}:00${offset}`)
      const [start = '', end = ''] = (days[index] ?? '').split('-')
      if (start === '') {
        t.match(at('12:00'), `${place}/`, `${place} is closed on ${day}`)
        continue
      }
      const before = `${String(Number(start) - 1).padStart(2, '0')}:59`
      t.not(at(before), 'yes', `${place} ${day} ${before}`)
      t.equal(at(`${start}:00`), 'yes', `${place} ${day} ${start}:00`)
      t.equal(at(`${Number(end) - 1}:59`), 'yes', `${place} ${day}, the last minute in which all can happen`)
      t.not(at(`${end}:00`), 'yes', `${place} ${day} ${end}:00`)
    }
  }
})

t.test('holidays are those of the law that names them', async t => {
  const rows: readonly [string, string, string, string][] = [
    ['US-UT', 'America/Denver', '2026-07-24T12:00:00-06:00', 'US-UT/hours'],
    ['US-UT', 'America/Denver', '2027-07-23T12:00:00-06:00', 'US-UT/hours'],
    ['US-UT', 'America/Denver', '2027-06-21T12:00:00-06:00', 'US-UT/hours'],
    ['US-UT', 'America/Denver', '2026-06-15T12:00:00-06:00', 'US-UT/hours'],
    ['US-UT', 'America/Denver', '2026-06-19T12:00:00-06:00', 'yes'],
    ['US-UT', 'America/Denver', '2027-03-26T12:00:00-06:00', 'US-UT/hours'],
    ['US-LA', 'America/Chicago', '2027-02-09T12:00:00-06:00', 'US-LA/hours'],
    ['US-LA', 'America/Chicago', '2026-08-31T12:00:00-05:00', 'yes'],
    ['US-LA', 'America/Chicago', '2027-08-30T12:00:00-05:00', 'US-LA/hours'],
    ['US-LA', 'America/Chicago', '2026-11-03T12:00:00-06:00', 'US-LA/hours'],
    ['US-LA', 'America/Chicago', '2027-11-02T12:00:00-05:00', 'yes'],
    ['US-RI', 'America/New_York', '2027-08-09T12:00:00-04:00', 'US-RI/hours'],
    ['US-RI', 'America/New_York', '2027-05-04T12:00:00-04:00', 'US-RI/hours'],
    ['US-RI', 'America/New_York', '2026-06-19T12:00:00-04:00', 'US-RI/hours'],
    ['US-PA', 'America/New_York', '2027-03-26T12:00:00-04:00', 'US-PA/hours'],
    ['US-PA', 'America/New_York', '2026-06-15T12:00:00-04:00', 'US-PA/hours'],
    ['US-PA', 'America/New_York', '2026-06-19T12:00:00-04:00', 'yes'],
    ['US-PA', 'America/New_York', '2027-11-02T12:00:00-04:00', 'US-PA/hours'],
    ['US-AL', 'America/Chicago', '2027-04-26T12:00:00-05:00', 'US-AL/hours'],
    ['US-AL', 'America/Chicago', '2027-06-07T12:00:00-05:00', 'US-AL/hours'],
    ['US-MS', 'America/Chicago', '2026-12-25T12:00:00-06:00', 'yes'],
    ['US-TX', 'America/Chicago', '2026-12-25T12:00:00-06:00', 'yes'],
    ['DE-BY', 'Europe/Berlin', '2027-01-06T12:00:00+01:00', 'DE/hours'],
    ['DE-BE', 'Europe/Berlin', '2027-01-06T12:00:00+01:00', 'yes'],
    ['DE-SN', 'Europe/Berlin', '2026-11-18T12:00:00+01:00', 'DE/hours'],
    ['DE-BY', 'Europe/Berlin', '2026-11-18T12:00:00+01:00', 'yes'],
    ['DE', 'Europe/Berlin', '2026-11-18T12:00:00+01:00', 'DE/hours'],
    ['DE-BE', 'Europe/Berlin', '2026-12-25T12:00:00+01:00', 'DE/hours'],
  ]
  for (const [place, zone, at, verdict] of rows) t.equal(open(place, zone, at), verdict, `${place} ${at}`)
})
