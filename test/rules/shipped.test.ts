import t from 'tap'
import type { Rule } from '../../src/core/compliance/rules.ts'
import { loadRuleBook } from '../../src/rules/ruleBook.ts'
import { stateFigures } from './stateFigures.ts'

const book = loadRuleBook()
const secondMs = 1000
const hourMs = 3_600_000
const dayMs = 24 * hourMs

const overseasMobiles = [...['+590690', '+590691', '+594694', '+596696', '+596697', '+262692', '+262693', '+262639']]

/** The figures of the law, written down a second time: a wrong edit of a file goes red here. Notes and names are not held. */
const figures: Readonly<Record<string, object>> = {
  ...stateFigures,
  'US-FTC/abandonment': {
    ...{ kind: 'abandonment', purposes: ['sales', 'public'], rateMax: 0.03 },
    window: { kind: 'successive', lengthMs: 30 * dayMs },
  },
  'US-FTC/connect': {
    kind: 'connect',
    purposes: ['sales', 'public'],
    withinMs: 2 * secondMs,
    message: true,
    optOutKey: false,
  },
  'US-FTC/ring': { kind: 'ring', purposes: ['sales', 'public'], minMs: 15 * secondMs },
  'US-FTC/message': {
    kind: 'duty',
    purposes: ['sales', 'public'],
    says: /at once the seller's name and telephone number/,
  },
  'US-FTC/hours': { kind: 'hours', purposes: ['sales', 'public'], days: everyDay(8, 21) },
  'US-FTC/do-not-call': {
    ...{ kind: 'do-not-call-list', purposes: ['sales'], place: 'US', ageMaxMs: 31 * dayMs },
    // 18 months are at least 546 days, 3 months at least 89.
    yieldsTo: [
      { basis: 'written' },
      { basis: 'purchase', withinMs: 546 * dayMs },
      { basis: 'inquiry', withinMs: 89 * dayMs },
    ],
  },
  'US-FTC/records': { kind: 'retention', of: 'records', forMs: (5 * 365 + 2) * dayMs },
  'US-FCC/abandonment': {
    ...{ kind: 'abandonment', purposes: ['sales'], rateMax: 0.03 },
    window: { kind: 'successive', lengthMs: 30 * dayMs },
  },
  'US-FCC/connect': { kind: 'connect', purposes: ['sales'], withinMs: 2 * secondMs, message: true, optOutKey: true },
  'US-FCC/ring': { kind: 'ring', purposes: ['sales'], minMs: 15 * secondMs },
  'US-FCC/hours': { kind: 'hours', purposes: ['sales'], days: everyDay(8, 21) },
  'US-FCC/hours-not-sales': { kind: 'hours', purposes: ['service', 'survey', 'public'], days: everyDay(8, 21) },
  'US-FCC/do-not-call': {
    ...{ kind: 'do-not-call-list', purposes: ['sales'], place: 'US', ageMaxMs: 31 * dayMs },
    yieldsTo: [
      { basis: 'written' },
      { basis: 'purchase', withinMs: 546 * dayMs },
      { basis: 'inquiry', withinMs: 89 * dayMs },
    ],
  },
  'US-FCC/opt-out': { kind: 'duty', says: /10 business days.*at once/ },
  'US-FL/hours': { kind: 'hours', purposes: ['sales'], days: everyDay(8, 20) },
  'US-FL/attempts': {
    ...{ kind: 'attempts', purposes: ['sales'], max: 3, window: { kind: 'rolling', lengthMs: dayMs } },
    ...{ per: 'person', across: 'topic' },
  },
  'US-OK/hours': { kind: 'hours', purposes: ['sales'], days: everyDay(8, 20) },
  'US-OK/attempts': {
    ...{ kind: 'attempts', purposes: ['sales'], max: 3, window: { kind: 'rolling', lengthMs: dayMs } },
    ...{ per: 'person', across: 'topic' },
  },
  'US-WA/hours': { kind: 'hours', purposes: ['sales'], days: everyDay(8, 20) },
  'US-RegF/attempts': {
    ...{ kind: 'attempts', purposes: ['debt'], max: 7, window: { kind: 'rolling', lengthMs: 7 * dayMs } },
    ...{ per: 'person', across: 'topic' },
  },
  'US-RegF/rest': {
    ...{ kind: 'rest', purposes: ['debt'], after: 'conversation', forMs: 7 * dayMs, per: 'person', across: 'topic' },
    wholeDays: 'from-the-day',
  },
  'US-RegF/hours': { kind: 'hours', purposes: ['debt'], days: everyDay(8, 21) },
  'UK-Ofcom/abandonment': {
    ...{ kind: 'abandonment', rateMax: 0.03, target: 0, window: { kind: 'rolling', lengthMs: dayMs } },
    from: Date.UTC(2017, 2, 1),
    hungUpWaiting: 'not-counted',
  },
  'UK-Ofcom/ring': { kind: 'ring', minMs: 15 * secondMs },
  'UK-Ofcom/connect': { kind: 'connect', withinMs: 2 * secondMs, message: true, optOutKey: false },
  'UK-Ofcom/rest': {
    ...{ kind: 'rest', after: 'abandonment', forMs: 72 * hourMs, unless: 'agent-reserved' },
    ...{ per: 'number', across: 'all' },
  },
  'UK-Ofcom/detection': { kind: 'duty', says: /reasoned estimate/ },
  'UK-Ofcom/caller-identity': { kind: 'duty', says: /presented.*calls it back/ },
  'UK-Ofcom/do-not-call': {
    ...{ kind: 'do-not-call-list', purposes: ['sales', 'public'], place: 'GB', ageMaxMs: 28 * dayMs },
    yieldsTo: [{ basis: 'written' }, { basis: 'express' }],
  },
  'UK-Ofcom/hours': {
    ...{ kind: 'hours', days: week({ weekdays: [[8, 21]], saturday: [[9, 21]], sunday: [] }), holidays: 'closed' },
  },
  'UK-Ofcom/data-source': { kind: 'duty', says: /where the data came from/ },
  'CA-CRTC/abandonment': {
    ...{ kind: 'abandonment', purposes: ['sales'], rateMax: 0.05, window: { kind: 'calendar-month' } },
  },
  'CA-CRTC/connect': { kind: 'connect', purposes: ['sales'], withinMs: 2 * secondMs, message: true, optOutKey: false },
  'CA-CRTC/hours': {
    ...{ kind: 'hours', purposes: ['sales'] },
    days: week({ weekdays: [[9, 21.5]], saturday: [[10, 18]], sunday: [[10, 18]] }),
  },
  'CA-CRTC/hours-not-sales': {
    ...{ kind: 'hours', purposes: ['service', 'debt', 'survey', 'public'] },
    days: week({ weekdays: [[9, 21]], saturday: [[10, 18]], sunday: [[10, 18]] }),
  },
  'CA-CRTC/do-not-call': {
    ...{ kind: 'do-not-call-list', purposes: ['sales'], place: 'CA', ageMaxMs: 31 * dayMs },
    // 6 months are at least 181 days.
    yieldsTo: [
      { basis: 'written' },
      { basis: 'express' },
      { basis: 'purchase', withinMs: 546 * dayMs },
      { basis: 'inquiry', withinMs: 181 * dayMs },
    ],
  },
  'US-FTC/refusal': { kind: 'refusal', binds: 'everybody', purposes: ['sales', 'public'] },
  'US-FCC/refusal': { kind: 'refusal', binds: 'everybody', purposes: ['sales'] },
  'UK-Ofcom/refusal': { kind: 'refusal', binds: 'everybody', purposes: ['sales', 'public'] },
  'CA-CRTC/refusal': { kind: 'refusal', binds: 'everybody', purposes: ['sales'] },
  'CA-CRTC/own-list': { kind: 'retention', of: 'refusals', forMs: (3 * 365 + 1 + 31) * dayMs },
  'AU/hours': {
    ...{ kind: 'hours', days: week({ weekdays: [[9, 20]], saturday: [[9, 17]], sunday: [] }), holidays: 'closed' },
    purposes: ['sales', 'service', 'debt', 'public'],
    yieldsTo: [
      { basis: 'written', agreedHours: true },
      { basis: 'express', agreedHours: true },
    ],
  },
  'AU/caller-identity': { kind: 'duty', says: /30 days/ },
  'AU/do-not-call': {
    ...{ kind: 'do-not-call-list', purposes: ['sales'], place: 'AU', ageMaxMs: 30 * dayMs },
    yieldsTo: [{ basis: 'written' }, { basis: 'express' }],
  },
  'FR/hours': {
    ...{ kind: 'hours', purposes: ['sales'], holidays: 'closed' },
    yieldsTo: [{ basis: 'written' }, { basis: 'express' }],
    days: week({
      weekdays: [
        [10, 13],
        [14, 20],
      ],
      saturday: [],
      sunday: [],
    }),
  },
  'FR/hours-not-sales': {
    ...{ kind: 'hours', purposes: ['service', 'debt', 'survey', 'public'], holidays: 'closed' },
    days: week({ weekdays: [[8, 20]], saturday: [[9, 18]], sunday: [] }),
  },
  'FR/attempts': {
    ...{ kind: 'attempts', purposes: ['sales'], max: 4, window: { kind: 'rolling', lengthMs: 30 * dayMs } },
    ...{ per: 'person', across: 'purpose' },
  },
  'FR/rest': {
    ...{ kind: 'rest', purposes: ['sales'], after: 'refusal', forMs: 60 * dayMs, per: 'person', across: 'all' },
    wholeDays: 'from-the-next-day',
  },
  'FR/caller-identity': { kind: 'caller-identity', forbiddenPrefixes: ['+336', '+337', ...overseasMobiles] },
  'FR/bloctel': {
    ...{ kind: 'do-not-call-list', purposes: ['sales'], place: 'FR', ageMaxMs: 30 * dayMs },
    until: Date.UTC(2026, 7, 10, 22),
  },
  // Midnight in Paris, where it is summer.
  'FR/consent': { kind: 'consent', purposes: ['sales'], basis: 'express', from: Date.UTC(2026, 7, 10, 22) },
  'DE/consent': { kind: 'consent', purposes: ['sales'], basis: 'express' },
  'DE/consent-record': { kind: 'retention', of: 'records', forMs: (5 * 365 + 2) * dayMs },
  'DE/abandonment': {
    ...{ kind: 'abandonment', rateMax: 0.03, target: 0, window: { kind: 'rolling', lengthMs: dayMs } },
  },
  'DE/hours': {
    ...{ kind: 'hours', days: week({ weekdays: [[8, 20]], saturday: [[9, 18]], sunday: [] }), holidays: 'closed' },
  },
  'DE/ring': { kind: 'ring', minMs: 15 * secondMs, maxMs: 40 * secondMs },
  'DE/attempts-day': { kind: 'attempts', max: 3, window: { kind: 'day' }, per: 'person', across: 'all' },
  'DE/attempts-week': {
    ...{ kind: 'attempts', max: 15, window: { kind: 'rolling', lengthMs: 7 * dayMs }, per: 'person', across: 'all' },
  },
  'DE/attempts-campaign': { kind: 'attempts', max: 30, window: { kind: 'life' }, per: 'person', across: 'campaign' },
  'CN/consent': { kind: 'consent', purposes: ['sales', 'survey'], basis: 'express' },
  'CN/consent-evidence': { kind: 'duty', purposes: ['sales', 'survey'], says: /evidence.*silence is a refusal/ },
  'CN/do-not-call': { kind: 'do-not-call-list', purposes: ['sales', 'survey'], place: 'CN', ageMaxMs: 31 * dayMs },
  'CN/hours': { kind: 'hours', days: everyDay(9, 20) },
  'EU/data-source': { kind: 'duty', says: /where the data came from/ },
}

const sources: readonly (readonly [rule: string, source: RegExp])[] = [
  ['US-FTC/abandonment', /16 CFR 310\.4\(b\)\(4\)\(i\)/],
  ['US-FTC/connect', /310\.4\(b\)\(1\)\(iv\)/],
  ['US-FTC/ring', /310\.4\(b\)\(4\)\(ii\)/],
  ['US-FTC/message', /310\.4\(b\)\(4\)\(iii\)/],
  ['US-FTC/hours', /310\.4\(c\)/],
  ['US-FTC/records', /89 FR 26760/],
  ['US-FCC/abandonment', /47 CFR 64\.1200\(a\)\(7\)/],
  ['US-FCC/ring', /64\.1200\(a\)\(6\)/],
  ['US-FCC/do-not-call', /64\.1200\(c\)\(2\)/],
  ['US-FCC/opt-out', /64\.1200\(a\)\(10\)/],
  ['US-FL/attempts', /501\.616/],
  ['US-RegF/attempts', /12 CFR 1006\.14\(b\)\(2\)/],
  ['UK-Ofcom/rest', /2016-12-20/],
  ['FR/hours', /2022-1313/],
  ['FR/consent', /2025-06-30/],
  ['DE/consent', /UWG 7/],
  ['DE/consent-record', /UWG 7a/],
  ['EU/data-source', /Art\. 14\(2\)\(f\), 14\(3\)/],
]

type Spans = readonly (readonly [startHour: number, endHour: number])[]

function spans(hours: Spans): readonly object[] {
  return hours.map(([start, end]) => ({ startMinute: start * 60, endMinute: end * 60 }))
}

/** By weekday, Sunday first. */
function week(parts: { weekdays: Spans; saturday: Spans; sunday: Spans }): readonly (readonly object[])[] {
  const weekday = spans(parts.weekdays)
  return [spans(parts.sunday), weekday, weekday, weekday, weekday, weekday, spans(parts.saturday)]
}

function everyDay(start: number, end: number): readonly (readonly object[])[] {
  return week({ weekdays: [[start, end]], saturday: [[start, end]], sunday: [[start, end]] })
}

const rules: readonly Rule[] = book.jurisdictions.flatMap(one => one.rules)

t.test('every line shipped says what the law says, and nothing else', async t => {
  t.strictSame(
    rules.map(({ ruleId }) => ruleId).sort(),
    Object.keys(figures).sort(),
    'no line is missing, none is unheld',
  )
  for (const { ruleId, source: _, date: __, ...said } of rules) {
    const { says, ...wanted } = { says: undefined, ...figures[ruleId] }
    if (says === undefined) t.strictSame({ ...said }, wanted, ruleId)
    else t.match({ ...said }, { ...wanted, says }, ruleId)
  }
})

t.test('every line names its source and the day of the reading', async t => {
  for (const { ruleId, source, date } of rules) {
    t.ok(source.length >= 5, `${ruleId} has a source`)
    t.match(date, /^20\d\d-\d\d-\d\d$/, ruleId)
  }
  for (const [ruleId, source] of sources) t.match(rules.find(rule => rule.ruleId === ruleId)?.source, source, ruleId)
})

const states =
  'US-AL US-CO US-CT US-IN US-KY US-LA US-MA US-MD US-MI US-MN US-MO US-MS US-NM US-NV US-OR US-PA US-RI US-SD US-TN US-TX US-UT US-WY'.split(
    ' ',
  )

t.test('every jurisdiction holds where its law does', async t => {
  const places = Object.fromEntries(book.jurisdictions.map(one => [one.jurisdictionId, one.places]))
  const { EU: union = [], ...others } = places
  t.strictSame(others, {
    ...{ AU: ['AU'], 'CA-CRTC': ['CA'], CN: ['CN'], DE: ['DE'], FR: ['FR', 'GP', 'GF', 'MQ', 'RE', 'YT'] },
    ...{ 'UK-Ofcom': ['GB'], 'US-FCC': ['US'], 'US-FL': ['US-FL'], 'US-FTC': ['US'], 'US-OK': ['US-OK'] },
    ...{ 'US-RegF': ['US'], 'US-WA': ['US-WA'] },
    ...Object.fromEntries(states.map(state => [state, [state]])),
  })
  const members = 'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK'.split(' ')
  t.strictSame(
    members.filter(member => !union.includes(member)),
    [],
    'all 27 members',
  )
})
