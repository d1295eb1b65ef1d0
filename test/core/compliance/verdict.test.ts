import t from 'tap'
import { clearanceOf } from '../../../src/core/compliance/clear.ts'
import type { Permission } from '../../../src/core/compliance/consent.ts'
import type { DoNotCallHit } from '../../../src/core/compliance/doNotCall.ts'
import type { VerdictFacts, VerdictRules } from '../../../src/core/compliance/facts.ts'
import { decayMs, defaultFatigue, explainFatigue, fatiguePoints } from '../../../src/core/compliance/fatigue.ts'
import { decideVerdict, explainVerdict } from '../../../src/core/compliance/verdict.ts'
import { type FactsOptions, factsAt, freshLists, lawless, pastAt, rulesWith } from '../../support/compliance.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
/** A Wednesday noon in New York. */
const noon = Date.parse('2026-11-25T12:00:00-05:00')

function said(facts: VerdictFacts, rules: VerdictRules, now = noon): string {
  const verdict = decideVerdict(facts, rules, now)
  if (verdict.allowed) return 'yes'
  const again = verdict.retryAt === undefined ? 'never' : `in ${Math.round((verdict.retryAt - now) / hourMs)} h`
  return `${verdict.reason} by ${verdict.rule ?? 'itself'}, again ${again}`
}

function hit(kind: DoNotCallHit['kind'], more: Partial<DoNotCallHit> = {}): DoNotCallHit {
  return { list: `the ${kind} list`, kind, version: 'v1', importedAt: noon, asOf: noon, ...more }
}

function permission(more: Partial<Permission> = {}): Permission {
  return { permissionId: 1, basis: 'written', topics: [], channels: [], givenAt: noon - dayMs, ...more }
}

t.test('checks come in the order of the law: what never changes first', async t => {
  const checks = explainVerdict(factsAt(noon), rulesWith(), noon).map(({ check }) => check)
  t.same(checks, [
    'number',
    'do-not-call',
    'lead',
    'list',
    'filter',
    'consent',
    'calling-hours',
    'attempts',
    'rest',
    'fatigue',
    'caller-identity',
  ])
  t.equal(said(factsAt(noon), rulesWith()), 'yes')
  t.equal(said(factsAt(noon, { numberValid: false }), rulesWith()), 'invalid-number by itself, again never')
  t.equal(said(factsAt(noon, { leadState: 'finished' }), rulesWith()), 'lead-finished by itself, again never')
})

t.test('lists: own refusals bind always, national ones yield to what their law lets yield', async t => {
  const listed = (...doNotCall: DoNotCallHit[]) => ({ doNotCall })
  const us = hit('national', { place: 'US' })
  const cases: readonly [string, FactsOptions, string][] = [
    ['company', listed(hit('company')), 'do-not-call by itself, again never'],
    ['bought', listed(hit('other')), 'do-not-call by itself, again never'],
    ['retired', listed(hit('retired')), 'number-retired by itself, again never'],
    ['this campaign', listed(hit('campaign', { campaignId: 'spring' })), 'do-not-call by itself, again never'],
    ['another campaign', listed(hit('campaign', { campaignId: 'autumn' })), 'yes'],
    ['national', listed(us), 'do-not-call by US, again never'],
    ['state', listed(hit('state', { place: 'US-TX' })), 'do-not-call by US-TX, again never'],
    ['national and written permission', { ...listed(us), permissions: [permission()] }, 'yes'],
    ['national and a purchase', { ...listed(us), permissions: [permission({ basis: 'purchase' })] }, 'yes'],
    [
      'national and a purchase 19 months ago',
      { ...listed(us), permissions: [permission({ basis: 'purchase', givenAt: noon - 580 * dayMs })] },
      'do-not-call by US, again never',
    ],
    [
      'national and an inquiry four months ago',
      { ...listed(us), permissions: [permission({ basis: 'inquiry', givenAt: noon - 120 * dayMs })] },
      'do-not-call by US, again never',
    ],
    [
      'national and permission for something else',
      { ...listed(us), permissions: [permission({ topics: ['insurance'] })] },
      'do-not-call by US, again never',
    ],
    [
      'national and an express word, which the rule does not name',
      { ...listed(us), permissions: [permission({ basis: 'express' })] },
      'do-not-call by US, again never',
    ],
    [
      'national and a permission for everything with this topic taken back',
      { ...listed(us), permissions: [permission(), permission({ topics: ['spring'], withdrawnAt: noon - 60_000 })] },
      'do-not-call by US, again never',
    ],
    [
      'company and written permission',
      { ...listed(hit('company')), permissions: [permission()] },
      'do-not-call by itself, again never',
    ],
  ]
  for (const [what, facts, expected] of cases) t.equal(said(factsAt(noon, facts), rulesWith()), expected, what)
  t.equal(said(factsAt(noon, listed(us)), rulesWith({ purpose: 'survey' })), 'yes', "the registry is not a survey's")
})

t.test('lists that the law wants must be there and young', async t => {
  const aged = (days: number) => freshLists(noon).map(list => ({ ...list, asOf: noon - days * dayMs }))
  t.equal(said(factsAt(noon, { lists: aged(31) }), rulesWith()), 'yes')
  t.equal(said(factsAt(noon, { lists: aged(32) }), rulesWith()), 'list-too-old by US-FCC/do-not-call, again in 0 h')
  t.equal(said(factsAt(noon, { lists: [] }), rulesWith()), 'list-missing by US-FCC/do-not-call, again in 0 h')
  t.equal(
    said(factsAt(noon, { lists: [], permissions: [permission()] }), rulesWith()),
    'yes',
    'not for who permitted it',
  )
  t.equal(said(factsAt(noon, { lists: [] }), rulesWith({ purpose: 'service' })), 'yes', 'not for service calls')
  const old = aged(1).map(list => ({ ...list, asOf: list.place === 'US' ? noon - 40 * dayMs : list.asOf }))
  t.equal(
    said(factsAt(noon, { lists: [...freshLists(noon), ...old] }), rulesWith()),
    'list-too-old by US-FCC/do-not-call, again in 0 h',
  )
})

t.test('consent: given, for the topic and the channel, not expired, not taken back', async t => {
  const required = rulesWith({ consent: 'required' })
  const given = (more: Partial<Permission>) => factsAt(noon, { permissions: [permission(more)] })
  t.equal(said(factsAt(noon), required), 'consent-missing by campaign/consent, again in 24 h')
  t.equal(said(given({}), required), 'yes')
  t.equal(said(given({ topics: ['spring'], channels: ['call'] }), required), 'yes')
  t.equal(said(given({ topics: ['autumn'] }), required), 'consent-missing by campaign/consent, again in 24 h')
  t.equal(said(given({ channels: ['sms'] }), required), 'consent-missing by campaign/consent, again in 24 h')
  t.equal(said(given({ givenAt: noon + 1 }), required), 'consent-missing by campaign/consent, again in 24 h')
  // The last possible answer comes 37 s after the verdict: departure, setup, ring timeout.
  const last = noon + required.latestAnswerMs
  t.equal(required.latestAnswerMs, 37_000)
  t.equal(said(given({ expiresAt: last + 1 }), required), 'yes')
  t.equal(said(given({ expiresAt: last }), required), 'consent-expired by campaign/consent, again in 24 h')
  t.equal(said(given({ expiresAt: noon + 1 }), required), 'consent-expired by campaign/consent, again in 24 h')
  t.equal(said(given({ expiresAt: noon }), required), 'consent-expired by campaign/consent, again in 24 h')
  t.equal(said(given({ withdrawnAt: noon }), required), 'consent-withdrawn by itself, again in 24 h')
  t.equal(said(given({ withdrawnAt: noon + 1 }), required), 'yes', 'until then it holds')
  t.equal(said(given({ basis: 'purchase' }), required), 'consent-missing by campaign/consent, again in 24 h')
  t.equal(
    said(given({ withdrawnAt: noon - 1 }), rulesWith()),
    'consent-withdrawn by itself, again in 24 h',
    'respected too',
  )
  t.equal(said(given({ topics: ['autumn'], withdrawnAt: noon - 1 }), rulesWith()), 'yes', 'another topic was refused')
  const again = [permission({ withdrawnAt: noon - hourMs }), permission({ permissionId: 2, givenAt: noon - 60_000 })]
  t.equal(said(factsAt(noon, { permissions: again }), required), 'yes', 'a later permission counts again')
  const sameDay = [permission({ withdrawnAt: noon - hourMs }), permission({ permissionId: 2, givenAt: noon - hourMs })]
  t.match(said(factsAt(noon, { permissions: sameDay }), required), /consent-withdrawn/, 'of one day the refusal')
})

t.test('the law itself asks for consent: Germany, and France from 2026-08-11', async t => {
  const berlin = { number: '+493022220100' }
  const at = (text: string) => Date.parse(text)
  const winter = at('2026-11-25T12:00:00+01:00')
  t.equal(said(factsAt(winter, berlin), rulesWith(), winter), 'consent-missing by DE/consent, again in 24 h')
  t.equal(
    said(
      factsAt(winter, { ...berlin, permissions: [permission({ basis: 'express', givenAt: 0 })] }),
      rulesWith(),
      winter,
    ),
    'yes',
  )
  const paris = { number: '+33142600100' }
  const [before, after] = [at('2026-08-10T11:00:00+02:00'), at('2026-08-11T11:00:00+02:00')]
  t.equal(said(factsAt(before, paris), rulesWith(), before), 'yes')
  t.equal(said(factsAt(after, paris), rulesWith(), after), 'consent-missing by FR/consent, again in 24 h')
})

t.test('attempts: each window for itself, and the one that opens last says when', async t => {
  const florida = { number: '+13055550100', permissions: [permission()] }
  const hours = (...ago: number[]) => ago.map(one => pastAt(noon - one * hourMs))
  const tired = { fatigue: { ...defaultFatigue, on: false } }
  const rules = rulesWith(tired)
  t.equal(said(factsAt(noon, { ...florida, history: hours(1, 2) }), rules), 'yes')
  t.equal(
    said(factsAt(noon, { ...florida, history: hours(1, 2, 3) }), rules),
    'attempts-limit by US-FL/attempts, again in 21 h',
  )
  t.equal(
    said(factsAt(noon, { ...florida, history: hours(1, 2, 24) }), rules),
    'yes',
    'after 24 h one has left the window',
  )
  const free = hours(1, 2, 3).map((past, at) => (at === 0 ? { ...past, counts: false } : past))
  t.equal(said(factsAt(noon, { ...florida, history: free }), rules), 'yes', "a carrier's fault costs nothing")
  const other = hours(1, 2, 3).map(past => ({ ...past, topic: 'autumn' }))
  t.equal(said(factsAt(noon, { ...florida, history: other }), rules), 'yes', 'another subject')
  const numbers = hours(1, 2, 3).map(past => ({ ...past, sameNumber: false }))
  t.equal(
    said(factsAt(noon, { ...florida, history: numbers }), rules),
    'attempts-limit by US-FL/attempts, again in 21 h',
    'the person, whatever the number',
  )
  const open = [{ ...pastAt(noon - hourMs), disposition: undefined, endedAt: undefined } as never, ...hours(2, 3)]
  t.equal(
    said(factsAt(noon, { ...florida, history: open }), rules),
    'attempts-limit by US-FL/attempts, again in 21 h',
    'one that has not ended counts',
  )
  const debt = rulesWith({ ...tired, purpose: 'debt', topic: 'debt-7' })
  const week = Array.from({ length: 7 }, (_, day) =>
    pastAt(noon - (day + 0.5) * dayMs, { topic: 'debt-7', purpose: 'debt' }),
  )
  t.equal(said(factsAt(noon, { history: week }), debt), 'attempts-limit by US-RegF/attempts, again in 12 h')
  t.equal(said(factsAt(noon, { history: week.slice(0, 6) }), debt), 'yes')
  const talked = [
    pastAt(noon - 6.9 * dayMs, {
      topic: 'debt-7',
      purpose: 'debt',
      connectedAt: noon - 6.9 * dayMs,
      disposition: 'connected',
    }),
  ]
  // The talk was on the 18th, the first of seven days: the 25th is free from midnight on.
  t.equal(said(factsAt(noon, { history: talked }), debt), 'yes')
  const evening = noon - 12.5 * hourMs
  const before = factsAt(evening, { history: talked, zones: ['America/New_York'] })
  t.match(said(before, debt, evening), /outside-calling-hours/)
  const rested = explainVerdict(before, debt, evening).find(({ check }) => check === 'rest')?.verdict
  t.match(rested, { reason: 'rest-after-conversation', rule: 'US-RegF/rest', retryAt: noon - 12 * hourMs })
})

t.test("the campaign's own limits and the lead's attempts come on top", async t => {
  const limit = (max: number, window: 'day' | 'life') => ({
    ...{ kind: 'attempts' as const, ruleId: `campaign/${max}`, max, window: { kind: window } },
    ...{ per: 'number' as const, across: 'all' as const, source: '', date: '' },
  })
  const off = { fatigue: { ...defaultFatigue, on: false } }
  const history = [pastAt(noon - 3 * hourMs)]
  t.equal(
    said(factsAt(noon, { history }), lawless({ ...off, attemptLimits: [limit(1, 'day')] })),
    'attempts-limit by campaign/1, again in 12 h',
  )
  t.equal(
    said(
      factsAt(noon, { history: [pastAt(noon - 13 * hourMs)] }),
      lawless({ ...off, attemptLimits: [limit(1, 'day')] }),
    ),
    'yes',
    'yesterday',
  )
  t.equal(
    said(factsAt(noon, { history }), lawless({ ...off, attemptLimits: [limit(1, 'life')] })),
    'attempts-limit by campaign/1, again never',
  )
  t.equal(said(factsAt(noon, { attempts: 5 }), lawless(off)), 'attempts-exhausted by campaign/attempts, again never')
})

t.test(
  'rests: after an abandonment 72 h unless an agent is reserved, after a refusal where the law says so',
  async t => {
    const off = { fatigue: { ...defaultFatigue, on: false } }
    const abandoned = [pastAt(noon - 70 * hourMs, { disposition: 'abandoned', endedAt: noon - 70 * hourMs })]
    t.equal(
      said(factsAt(noon, { history: abandoned }), lawless(off)),
      'rest-after-abandonment by product/rest-after-abandonment, again in 2 h',
    )
    t.equal(said(factsAt(noon, { history: abandoned }), { ...lawless(off), agentReserved: true }), 'yes')
    const london = { number: '+442079460100', history: abandoned }
    t.match(said(factsAt(noon, london), rulesWith(off)), /^rest-after-abandonment/)
    t.equal(
      said(factsAt(noon, london), { ...rulesWith(off), agentReserved: true }),
      'yes',
      'Ofcom lets a reserved agent',
    )
    t.equal(said(factsAt(noon, { dialableAt: noon + hourMs }), lawless(off)), 'resting by campaign/retry, again in 1 h')
  },
)

t.test('fatigue: points decay, lengthen the rest, and stop at the limit', async t => {
  const quick = pastAt(noon - 8 * dayMs, {
    answeredAt: noon - 8 * dayMs,
    endedAt: noon - 8 * dayMs + 4_000,
    disposition: 'connected',
  })
  t.equal(
    Math.round(100 * fatiguePoints([quick], defaultFatigue, noon)) / 100,
    Math.round(100 * 5 * 2 ** (-8 / 14)) / 100,
  )
  t.equal(said(factsAt(noon, { history: [quick] }), lawless()), 'yes')
  const refused = pastAt(noon - dayMs, { refusal: true })
  t.match(said(factsAt(noon, { history: [refused] }), lawless()), /^fatigue-limit by product\/fatigue, again in \d+ h$/)
  const many = [1, 2, 3, 4, 5, 6].map(days =>
    pastAt(noon - days * dayMs, {
      answeredAt: noon - days * dayMs,
      endedAt: noon - days * dayMs + 19_000,
      disposition: 'connected',
    }),
  )
  t.match(said(factsAt(noon, { history: many }), lawless()), /^fatigue-limit/)
  const recent = [pastAt(noon - hourMs), pastAt(noon - 5 * hourMs), pastAt(noon - 9 * hourMs)]
  t.equal(said(factsAt(noon, { history: recent }), lawless()), 'fatigue-rest by product/fatigue, again in 9 h')
  t.equal(
    said(factsAt(noon, { history: many }), lawless({ fatigue: { ...defaultFatigue, on: false } })),
    'yes',
    'tunable',
  )
  const { parts, points } = explainFatigue([refused, ...recent], defaultFatigue, noon)
  t.equal(parts[0]?.what, 'refusal')
  t.equal(Math.round(points * 1000), Math.round(1000 * fatiguePoints([refused, ...recent], defaultFatigue, noon)))
  const restedAt = noon + decayMs(12, 6, defaultFatigue.halfLifeMs)
  t.equal(restedAt, noon + defaultFatigue.halfLifeMs)
})

t.test('caller identities: a French mobile is presented to nobody in France', async t => {
  const before = Date.parse('2026-06-10T11:00:00+02:00')
  const paris = factsAt(before, { number: '+33142600100' })
  const off = { fatigue: { ...defaultFatigue, on: false } }
  t.equal(
    said(paris, rulesWith({ ...off, callerIds: ['+33612345678'] }), before),
    'caller-identity by FR/caller-identity, again in 0 h',
  )
  t.equal(said(paris, rulesWith({ ...off, callerIds: ['+33612345678', '+33162000199'] }), before), 'yes')
  t.equal(
    said(paris, rulesWith({ ...off, callerIds: ['+33142600199'] }), before),
    'caller-identity by FR/caller-identity, again in 0 h',
    'a system shows verified numbers alone',
  )
  t.equal(
    said(paris, rulesWith({ ...off, callerIds: ['+12125550100'] }), before),
    'yes',
    'another plan has other rules',
  )
})

t.test('the filter decides by columns', async t => {
  const rules = lawless({ filter: "state = 'FL' and age >= 18" })
  t.equal(said(factsAt(noon, { columns: { state: 'fl', age: '18' } }), rules), 'yes')
  t.equal(
    said(factsAt(noon, { columns: { state: 'FL', age: '17' } }), rules),
    'filtered-out by campaign/filter, again in 24 h',
  )
  t.equal(said(factsAt(noon), rules), 'filtered-out by campaign/filter, again in 24 h', 'no columns, no pass')
})

t.test('a list without a share rests, and one that the mix does not name', async t => {
  const mix = (...listMix: { list: string; share: number }[]) => said(factsAt(noon), lawless({ listMix }))
  t.equal(mix({ list: 'leads', share: 1 }, { list: 'cold', share: 9 }), 'yes')
  t.equal(mix({ list: 'leads', share: 0 }), 'list-rests by campaign/lists, again in 0 h')
  t.equal(mix({ list: 'lead', share: 70 }), 'list-rests by campaign/lists, again in 0 h')
})

t.test('a clearance says on what a yes rested', async t => {
  const facts = factsAt(noon, {
    number: '+13055550100',
    permissions: [permission({ basis: 'purchase', permissionId: 7 })],
    history: [pastAt(noon - 3 * dayMs)],
  })
  const clearance = clearanceOf(facts, rulesWith(), noon)
  t.match(clearance, {
    at: noon,
    rulesVersion: /^[0-9a-f]+/,
    permissions: [{ permissionId: 7, basis: 'purchase' }],
    localTimes: [{ zone: 'America/New_York', minuteOfDay: 720 }],
    attempts: [{ ruleId: 'US-FL/attempts', count: 0, max: 3 }],
  })
  t.ok(clearance.lists.some(({ list, version }) => list === 'list-US' && version === 'v1'))
  const texas = {
    name: 'texas',
    kind: 'state',
    place: 'US-TX',
    version: 'v2',
    numbers: 1,
    importedAt: noon,
    asOf: noon,
  } as const
  const own = { ...texas, name: 'spring only', kind: 'campaign', campaignId: 'spring' } as const
  const others = { ...own, name: 'autumn only', campaignId: 'autumn' }
  const more = clearanceOf({ ...facts, lists: [texas, own, others] }, rulesWith(), noon)
  t.same(
    more.lists.map(({ list }) => list),
    ['texas', 'spring only'],
    'every list that would have refused it',
  )
  const old = permission({ permissionId: 8, expiresAt: noon - 1 })
  const relied = clearanceOf(
    { ...facts, permissions: [...facts.permissions, old] },
    rulesWith({ consent: 'required' }),
    noon,
  )
  t.same(
    relied.permissions.map(({ permissionId }) => permissionId),
    [7],
    'nothing rests on what has expired',
  )
  t.ok(clearance.lifted.includes('US-FTC/do-not-call'))
  t.ok(clearance.rules.includes('US-FL/hours'))
  t.notOk(JSON.stringify(clearance).includes('3055550100'), 'without the number')
})
