import t from 'tap'
import type { Purpose } from '../../../src/core/compliance/rules.ts'
import { decideVerdict, explainVerdict } from '../../../src/core/compliance/verdict.ts'
import { type FactsOptions, factsAt, rulesWith } from '../../support/compliance.ts'

interface Row {
  readonly what: string
  readonly number: string
  /** With an offset, so that the row says what clocks show there. */
  readonly at: string
  /** `yes`, or the reason and the line that decided. */
  readonly verdict: string
  /** When it may be asked again. */
  readonly again?: string
  readonly purpose?: Purpose
  readonly facts?: FactsOptions
}

/** Departure, setup and ring timeout of the test campaign: the latest possible answer is 37 s after the verdict. */
const rows: readonly Row[] = [
  {
    what: 'New York, a minute before eight',
    number: '+12125550100',
    at: '2026-11-25T07:59:00-05:00',
    verdict: 'outside-calling-hours US-FCC/hours',
    again: '2026-11-25T08:00:00-05:00',
  },
  { what: 'New York at eight', number: '+12125550100', at: '2026-11-25T08:00:00-05:00', verdict: 'yes' },
  {
    what: 'New York, an answer could still come before nine',
    number: '+12125550100',
    at: '2026-11-25T20:59:22-05:00',
    verdict: 'yes',
  },
  {
    what: 'New York, the latest answer would come at nine',
    number: '+12125550100',
    at: '2026-11-25T20:59:23-05:00',
    verdict: 'outside-calling-hours US-FCC/hours',
    again: '2026-11-26T08:00:00-05:00',
  },
  {
    what: 'New York at nine',
    number: '+12125550100',
    at: '2026-11-25T21:00:00-05:00',
    verdict: 'outside-calling-hours US-FCC/hours',
  },
  {
    what: 'Miami, Florida ends at eight',
    number: '+13055550100',
    at: '2026-11-25T20:00:00-05:00',
    verdict: 'outside-calling-hours US-FL/hours',
    again: '2026-11-26T08:00:00-05:00',
  },
  {
    what: 'Miami for a survey: the act is about sales',
    number: '+13055550100',
    at: '2026-11-25T20:30:00-05:00',
    verdict: 'yes',
    purpose: 'survey',
  },
  {
    what: 'Seattle, Washington ends at eight',
    number: '+12065550100',
    at: '2026-11-25T20:00:00-08:00',
    verdict: 'outside-calling-hours US-WA/hours',
  },
  { what: 'Oklahoma City at 19:59', number: '+14055550100', at: '2026-11-25T19:59:00-06:00', verdict: 'yes' },
  {
    what: 'Oklahoma City at 20:00',
    number: '+14055550100',
    at: '2026-11-25T20:00:00-06:00',
    verdict: 'outside-calling-hours US-OK/hours',
  },
  // The Panhandle: 850 has two zones, both must permit.
  {
    what: 'Tallahassee at 8:30 of its own, 7:30 in Pensacola',
    number: '+18505550100',
    at: '2026-11-25T08:30:00-05:00',
    verdict: 'outside-calling-hours US-FCC/hours',
    again: '2026-11-25T09:00:00-05:00',
  },
  {
    what: 'Pensacola by address at 8:30',
    number: '+18505550100',
    at: '2026-11-25T08:30:00-06:00',
    verdict: 'yes',
    facts: { zones: ['America/Chicago'] },
  },
  // The day the clocks change: 2026-03-08 and 2026-11-01.
  {
    what: 'spring: 07:59 of the new time',
    number: '+12125550100',
    at: '2026-03-08T07:59:00-04:00',
    verdict: 'outside-calling-hours US-FCC/hours',
    again: '2026-03-08T08:00:00-04:00',
  },
  { what: 'spring: 08:00 of the new time', number: '+12125550100', at: '2026-03-08T08:00:00-04:00', verdict: 'yes' },
  {
    what: 'spring: the evening before points at the new time',
    number: '+12125550100',
    at: '2026-03-07T23:00:00-05:00',
    verdict: 'outside-calling-hours US-FCC/hours',
    again: '2026-03-08T08:00:00-04:00',
  },
  {
    what: 'autumn: 07:59 of the new time',
    number: '+12125550100',
    at: '2026-11-01T07:59:00-05:00',
    verdict: 'outside-calling-hours US-FCC/hours',
    again: '2026-11-01T08:00:00-05:00',
  },
  { what: 'autumn: 08:00 of the new time', number: '+12125550100', at: '2026-11-01T08:00:00-05:00', verdict: 'yes' },
  {
    what: 'autumn: the last call of the evening before',
    number: '+12125550100',
    at: '2026-10-31T20:59:00-04:00',
    verdict: 'yes',
  },
  // Arizona keeps its clocks, the Navajo Nation changes them.
  {
    what: 'Phoenix in summer at 08:30',
    number: '+16025550100',
    at: '2026-07-01T08:30:00-07:00',
    verdict: 'yes',
    facts: { zones: ['America/Phoenix'] },
  },
  {
    what: 'a Navajo address in summer at 20:30 of Phoenix, 21:30 of its own',
    number: '+19285550100',
    at: '2026-07-01T20:30:00-07:00',
    verdict: 'outside-calling-hours US-FCC/hours',
    facts: { zones: ['America/Phoenix', 'America/Denver'] },
  },
  {
    what: 'the same in winter, when both agree',
    number: '+19285550100',
    at: '2026-12-01T20:30:00-07:00',
    verdict: 'yes',
    facts: { zones: ['America/Phoenix', 'America/Denver'] },
  },
  // Indiana: Indianapolis with New York, the corners with Chicago.
  {
    what: 'Indianapolis at 08:00',
    number: '+13175550100',
    at: '2026-11-25T08:00:00-05:00',
    verdict: 'yes',
    facts: { zones: ['America/Indiana/Indianapolis'] },
  },
  {
    what: 'Gary at 07:30',
    number: '+12195550100',
    at: '2026-11-25T08:30:00-05:00',
    verdict: 'outside-calling-hours US-FCC/hours',
    facts: { zones: ['America/Chicago'] },
  },
  // Half hours and quarters of hours.
  {
    what: "St. John's, half an hour ahead of Halifax, at 09:00",
    number: '+17095550100',
    at: '2026-11-25T09:00:00-03:30',
    verdict: 'yes',
    facts: { zones: ['America/St_Johns'] },
  },
  {
    what: "St. John's at 08:59",
    number: '+17095550100',
    at: '2026-11-25T08:59:00-03:30',
    verdict: 'outside-calling-hours CA-CRTC/hours',
    again: '2026-11-25T09:00:00-03:30',
    facts: { zones: ['America/St_Johns'] },
  },
  {
    what: 'Adelaide by address at 09:00',
    number: '+61882220100',
    at: '2026-11-25T09:00:00+10:30',
    verdict: 'yes',
    facts: { zones: ['Australia/Adelaide'] },
  },
  {
    what: 'Adelaide by address at 08:59',
    number: '+61882220100',
    at: '2026-11-25T08:59:00+10:30',
    verdict: 'outside-calling-hours AU/hours',
    again: '2026-11-25T09:00:00+10:30',
    facts: { zones: ['Australia/Adelaide'] },
  },
  // Weekdays and holidays.
  {
    what: 'Toronto on a Saturday at 09:59',
    number: '+14165550100',
    at: '2026-11-28T09:59:00-05:00',
    verdict: 'outside-calling-hours CA-CRTC/hours',
    again: '2026-11-28T10:00:00-05:00',
  },
  { what: 'Toronto on a Saturday at 17:59', number: '+14165550100', at: '2026-11-28T17:59:00-05:00', verdict: 'yes' },
  {
    what: 'Sydney on a Sunday',
    number: '+61292220100',
    at: '2026-11-29T11:00:00+11:00',
    verdict: 'outside-calling-hours AU/hours',
    again: '2026-11-30T09:00:00+11:00',
  },
  {
    what: 'Sydney on Christmas Day, a Friday: the Monday is Boxing Day observed',
    number: '+61292220100',
    at: '2026-12-25T11:00:00+11:00',
    verdict: 'outside-calling-hours AU/hours',
  },
  {
    what: 'London on a bank holiday',
    number: '+442079460100',
    at: '2026-05-25T11:00:00+01:00',
    verdict: 'outside-calling-hours UK-Ofcom/hours',
    again: '2026-05-26T08:00:00+01:00',
  },
  {
    what: 'Paris for a survey on 14 July',
    number: '+33142600100',
    at: '2026-07-14T11:00:00+02:00',
    verdict: 'outside-calling-hours FR/hours-not-sales',
    again: '2026-07-15T08:00:00+02:00',
    purpose: 'survey',
  },
  {
    what: 'Berlin for a survey at 19:59',
    number: '+493022220100',
    at: '2026-11-25T19:59:00+01:00',
    verdict: 'yes',
    purpose: 'survey',
  },
  {
    what: 'Berlin for a survey on Ascension Day',
    number: '+493022220100',
    at: '2026-05-14T11:00:00+02:00',
    verdict: 'outside-calling-hours DE/hours',
    again: '2026-05-15T08:00:00+02:00',
    purpose: 'survey',
  },
  // A leap day is a day like any other.
  { what: 'New York on 29 February at eight', number: '+12125550100', at: '2028-02-29T08:00:00-05:00', verdict: 'yes' },
  {
    what: 'New York on 28 February in the night points at the 29th',
    number: '+12125550100',
    at: '2028-02-28T23:00:00-05:00',
    verdict: 'outside-calling-hours US-FCC/hours',
    again: '2028-02-29T08:00:00-05:00',
  },
  // Places that nobody has rules for.
  {
    what: 'Spain has duties and no hours here',
    number: '+34912220100',
    at: '2026-11-25T11:00:00+01:00',
    verdict: 'unknown-place undefined',
    purpose: 'survey',
  },
  {
    what: 'a toll-free number says nothing of a place',
    number: '+18005550100',
    at: '2026-11-25T11:00:00-05:00',
    verdict: 'unknown-place undefined',
    facts: { zones: ['America/New_York'] },
  },
  {
    what: 'no zone at all',
    number: '+12125550100',
    at: '2026-11-25T11:00:00-05:00',
    verdict: 'unknown-time-zone undefined',
    facts: { zones: [] },
  },
]

for (const { what, number, at, verdict, again, purpose = 'sales', facts } of rows) {
  t.test(what, async t => {
    const now = Date.parse(at)
    const rules = rulesWith({ purpose })
    const answer = explainVerdict(factsAt(now, { number, ...facts }), rules, now).find(
      ({ check }) => check === 'calling-hours',
    )?.verdict
    t.equal(answer?.allowed ? 'yes' : `${answer?.reason} ${answer?.rule}`, verdict)
    if (again === undefined || answer?.allowed !== false) return
    t.equal(new Date(answer.retryAt ?? 0).toISOString(), new Date(again).toISOString(), 'asked again at the opening')
    const facts2 = factsAt(answer.retryAt ?? 0, { number, ...facts })
    const then = explainVerdict(facts2, rules, answer.retryAt ?? 0).find(({ check }) => check === 'calling-hours')
    t.equal(then?.verdict.allowed, true, 'when it is asked again it is allowed')
  })
}

t.test('France rests at lunch: a call before it may not be answered in it', async t => {
  // Sales need consent from 2026-08-11; before it the hours are all there is.
  const lunch = (clock: string) => {
    const now = Date.parse(`2026-06-10T${clock}+02:00`)
    const verdict = decideVerdict(
      factsAt(now, { number: '+33142600100' }),
      rulesWith({ callerIds: ['+33162000199'] }),
      now,
    )
    return verdict.allowed ? 'yes' : `${verdict.reason} ${new Date(verdict.retryAt ?? 0).toISOString()}`
  }
  t.equal(lunch('12:59:22'), 'yes')
  t.equal(lunch('12:59:23'), 'outside-calling-hours 2026-06-10T12:00:00.000Z')
  t.equal(lunch('13:30:00'), 'outside-calling-hours 2026-06-10T12:00:00.000Z')
  t.equal(lunch('14:00:00'), 'yes')
})

t.test("the campaign's own hours and the person's come on top", async t => {
  const now = Date.parse('2026-11-25T09:30:00-05:00')
  const late = rulesWith({ callingHours: { startMinute: 600, endMinute: 720, weekdays: [3] } })
  t.match(decideVerdict(factsAt(now), late, now), { reason: 'outside-calling-hours', rule: 'campaign/hours' })
  const evenings = [0, 1, 2, 3, 4, 5, 6].map(() => [{ startMinute: 1080, endMinute: 1140 }])
  const own = decideVerdict(factsAt(now, { ownHours: evenings }), rulesWith(), now)
  t.match(own, { reason: 'outside-own-hours', rule: 'person/hours', retryAt: Date.parse('2026-11-25T18:00:00-05:00') })
})

t.test('two sets of hours that never meet are asked again tomorrow, when somebody may have set them right', async t => {
  const now = Date.parse('2026-11-25T09:30:00-05:00')
  const nights = rulesWith({ callingHours: { startMinute: 0, endMinute: 300, weekdays: [0, 1, 2, 3, 4, 5, 6] } })
  const verdict = decideVerdict(factsAt(now), nights, now)
  t.match(verdict, { allowed: false, retryAt: now + 86_400_000 })
})

t.test('hours to midnight run on into a day that begins with hours', async t => {
  const always = { startMinute: 0, endMinute: 1440, weekdays: [0, 1, 2, 3, 4, 5, 6] }
  const now = Date.parse('2026-11-25T23:59:50Z')
  const facts = factsAt(now, { zones: ['UTC'], places: [] })
  const { lawless } = await import('../../support/compliance.ts')
  t.equal(decideVerdict(facts, lawless({ callingHours: always }), now).allowed, true)
  const wednesdays = lawless({ callingHours: { ...always, weekdays: [3] } })
  t.match(decideVerdict(facts, wednesdays, now), { reason: 'outside-calling-hours' })
})
