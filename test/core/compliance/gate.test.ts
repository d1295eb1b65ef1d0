import t from 'tap'
import type { DoNotCallHit } from '../../../src/core/compliance/doNotCall.ts'
import { type Case, no, type VerdictFacts, type VerdictRules } from '../../../src/core/compliance/facts.ts'
import type { PastAttempt } from '../../../src/core/compliance/history.ts'
import { createLawFinder, type LawFinder } from '../../../src/core/compliance/law.ts'
import { explainLaw, type LineAnswer } from '../../../src/core/compliance/lawLines.ts'
import { type Law, noRules, type Rule, type RuleBook } from '../../../src/core/compliance/rules.ts'
import {
  caseOf,
  countriesOf,
  decideVerdict,
  explainVerdict,
  refusalsOf,
  verdictRules,
  yesOf,
} from '../../../src/core/compliance/verdict.ts'
import { factsAt, lawless, pastAt } from '../../support/compliance.ts'
import { testCampaign } from '../../support/engineHarness.ts'

const dayMs = 86_400_000
const now = Date.parse('2026-11-25T12:00:00-05:00')
const nothing = createLawFinder(noRules).law({ seller: 'US', purpose: 'sales', person: [] }, now)

function finder(law: Partial<Law>, book: RuleBook = noRules): LawFinder {
  return { book, law: () => ({ ...nothing, ...law }) }
}

/** What the gate says of a New Yorker, changed as asked. */
function said(facts: Partial<VerdictFacts>, rules: Partial<VerdictRules> = {}) {
  return decideVerdict({ ...factsAt(now), ...facts }, { ...lawless(), ...rules }, now)
}

t.test('a number that can be no person’s, or of a country that is not called', async t => {
  t.strictSame(said({}), { allowed: true })
  t.strictSame(said({ numberValid: false, refusedKind: 'pager' }), no('invalid-number'))
  t.strictSame(said({ refusedKind: 'pager' }), no('number-kind', { rule: 'product/number-kind', detail: 'is a pager' }))
  const countries = new Set(['US', 'CA'])
  const abroad = (country: string) =>
    no('country-not-allowed', {
      ...{ rule: 'campaign/countries', retryAt: now + dayMs, detail: `of ${country}, the campaign calls US, CA` },
    })
  t.strictSame(said({ numberPlaces: ['CA'] }, { countries }), { allowed: true })
  t.strictSame(said({ numberPlaces: ['GB-SCT'] }, { countries }), abroad('GB'))
  t.strictSame(said({ numberPlaces: ['US-NY', 'MX', 'GB'] }, { countries }), abroad('MX'), 'one of several')
  t.strictSame(said({ numberPlaces: [] }, { countries }), { allowed: true })
  const { numberPlaces: _, ...unasked } = factsAt(now)
  t.strictSame(decideVerdict(unasked, { ...lawless(), countries }, now), { allowed: true }, 'it has not been asked')
})

t.test('a lead that is finished, whose list rests, or that the filter leaves out', async t => {
  t.strictSame(said({ leadState: 'finished' }), no('lead-finished'))
  t.strictSame(said({ leadState: 'retry' }), { allowed: true })
  const mix = (...listMix: { list: string; share: number }[]) => said({ list: 'a' }, { listMix })
  const rests = no('list-rests', { rule: 'campaign/lists', retryAt: now + 15 * 60_000, detail: 'list a' })
  t.strictSame(mix(), { allowed: true })
  t.strictSame(mix({ list: 'a', share: 0 }), rests)
  t.strictSame(mix({ list: 'b', share: 1 }), rests)
  t.strictSame(mix({ list: 'a', share: 0 }, { list: 'b', share: 1 }), rests)
  t.strictSame(mix({ list: 'b', share: 1 }, { list: 'a', share: 0.01 }), { allowed: true })
  const out = no('filtered-out', { rule: 'campaign/filter', retryAt: now + dayMs })
  t.strictSame(said({ columns: { a: '1' } }, { filter: ({ a }) => a === '1' }), { allowed: true })
  t.strictSame(said({ columns: { a: '2' } }, { filter: ({ a }) => a === '1' }), out)
  t.strictSame(said({}, { filter: columns => Object.keys(columns).length === 0 }), { allowed: true })
})

t.test('whom an agent has typed no system chooses, unless the person has agreed to a call-back', async t => {
  const byHand = no('by-hand-only', { rule: 'product/typed', retryAt: now + dayMs })
  const talk = { ...pastAt(now - 3 * dayMs), disposition: 'connected' } as const
  const typed = (history: readonly PastAttempt[], rules: Partial<VerdictRules> = {}) =>
    said({ list: 'typed', history }, rules)
  t.strictSame(typed([]), byHand)
  t.strictSame(typed([], { agentMode: 'preview' }), byHand, 'who is shown is chosen by the system')
  t.strictSame(typed([], { agentMode: 'manual' }), { allowed: true })
  t.strictSame(typed([talk]), byHand)
  t.strictSame(typed([{ ...talk, promised: true }]), { allowed: true })
  const busy = { ...pastAt(now - 2 * dayMs), disposition: 'busy' } as const
  t.strictSame(typed([busy, { ...talk, promised: true }]), { allowed: true }, 'it has not been kept yet')
  t.strictSame(typed([talk, { ...talk, promised: true }]), byHand, 'it has been kept')
  t.strictSame(typed([{ ...talk, promised: true, campaignId: 'other' }]), byHand, 'what another campaign was promised')
  t.strictSame(said({ list: 'leads', history: [] }), { allowed: true })
})

t.test('the gate answers with the first no of all that there are, and explains each', async t => {
  const facts = { ...factsAt(now), leadState: 'finished', attempts: 9, zones: [] } as const
  const rules = lawless()
  const one = caseOf(facts, rules, now)
  const refused = refusalsOf(one).map(({ check, verdict }) => [check, verdict.reason])
  t.same(refused, [
    ['lead', 'lead-finished'],
    ['calling-hours', 'unknown-time-zone'],
    ['attempts', 'attempts-exhausted'],
  ])
  t.strictSame(decideVerdict(facts, rules, now), no('lead-finished'))
  const all = explainVerdict(facts, rules, now)
  t.equal(all.length, 11)
  t.same(
    all.filter(({ verdict }) => !verdict.allowed),
    refusalsOf(one),
  )
  t.same(refusalsOf(caseOf(factsAt(now), rules, now)), [])
})

t.test('a yes says whose law is unread, where there is somebody', async t => {
  const unread = (...places: string[]) => yesOf({ law: { ...nothing, unread: places } } as never as Case)
  t.strictSame(unread(), { allowed: true })
  t.strictSame(unread('US-NY'), { allowed: true, unread: ['US-NY'] })
  t.strictSame(decideVerdict(factsAt(now), { ...lawless(), laws: finder({ unread: ['X'] }) }, now), unread('X'))
})

t.test('a law that wants a longer ring puts off the latest answer', async t => {
  const latest = (ringMinMs: number) => {
    const rules = { ...lawless(), ringTimeoutMs: 20_000, latestAnswerMs: 50_000, laws: finder({ ringMinMs }) }
    return caseOf(factsAt(now), rules, now).rules.latestAnswerMs
  }
  t.equal(latest(0), 50_000)
  t.equal(latest(20_000), 50_000)
  t.equal(latest(20_001), 50_001)
  t.equal(latest(30_000), 60_000)
})

t.test('the law is asked about this call', async t => {
  const asked: unknown[] = []
  const laws: LawFinder = {
    book: noRules,
    law(...question) {
      asked.push(question)
      return nothing
    },
  }
  const rules = { ...lawless({ voice: 'recorded', automation: ['dialing'] }), laws }
  caseOf({ ...factsAt(now), places: ['US-FL'] }, rules, now)
  const question = { seller: 'US', purpose: 'sales', topic: 'spring', voice: 'recorded', automation: ['dialing'] }
  t.same(asked, [[{ ...question, person: ['US-FL'] }, now]])
})

t.test('the rules of a campaign are those of its settings', async t => {
  const laws = createLawFinder(noRules)
  const callingHours = { startMinute: 540, endMinute: 600, weekdays: [1, 6] }
  const settings = { ...testCampaign, callingHours, optOutNumber: '+18005550100', countries: ['CA'] }
  const rules = verdictRules(settings, laws)
  const span = [{ startMinute: 540, endMinute: 600 }]
  t.match(rules, {
    ...{ of: { campaignId: 'spring', purpose: 'sales', topic: 'spring', sellerId: 'acme' }, seller: 'US' },
    ...{ voice: 'live', automation: ['selection', 'dialing'], consent: 'respected', optOutNumber: '+18005550100' },
    ...{ attemptsMax: testCampaign.retry.attemptsMax, ringTimeoutMs: 25_000, latestAnswerMs: 2_000 + 10_000 + 25_000 },
  })
  t.strictSame(rules.callingHours, { ruleId: 'campaign/hours', days: [[], span, [], [], [], [], span] })
  for (const weekday of [0, 1, 2, 3, 4, 5, 6]) {
    const { days } = verdictRules(
      { ...settings, callingHours: { ...callingHours, weekdays: [weekday] } },
      laws,
    ).callingHours
    t.strictSame(
      days,
      [0, 1, 2, 3, 4, 5, 6].map(day => (day === weekday ? span : [])),
    )
  }
  t.strictSame([...rules.countries], ['CA'])
  t.strictSame(countriesOf({ seller: { sellerId: 'x', place: 'US-FL' } }), ['US'])
  t.equal(verdictRules(settings, laws), rules, 'worked out once')
  t.not(verdictRules({ ...settings }, laws), rules)
  t.not(verdictRules(settings, createLawFinder(noRules)), rules, 'other laws')
  t.notOk('filter' in rules)
  t.notOk('optOutNumber' in verdictRules(testCampaign, laws))
  t.equal(verdictRules({ ...testCampaign, filter: 'age > 3' }, laws).filter?.({ age: '4' }), true)
  t.equal(verdictRules({ ...testCampaign, filter: 'age > 3' }, laws).filter?.({ age: '3' }), false)
  t.equal(verdictRules({ ...testCampaign, filter: 'age >' }, laws).filter?.({ age: '4' }), false, 'nobody passes')
  const other = verdictRules({ ...testCampaign, voice: 'artificial', automation: [] }, laws)
  t.match([other.voice, other.automation], ['artificial', []])
})

const given = { source: '', date: '' }
const lines: Readonly<Record<string, Rule>> = {
  hours: { kind: 'hours', days: [], ruleId: 'hours', ...given },
  attempts: {
    ...{ kind: 'attempts', max: 1, window: { kind: 'life' }, per: 'number', across: 'all', ruleId: 'attempts' },
    ...given,
  },
  rest: { kind: 'rest', after: 'refusal', forMs: dayMs, per: 'number', across: 'all', ruleId: 'rest', ...given },
  consent: { kind: 'consent', basis: 'written', ruleId: 'consent', ...given },
  'opt-out': { kind: 'opt-out', key: true, tollFree: true, ruleId: 'opt-out', ...given },
  lists: { kind: 'do-not-call-list', place: 'US', ageMaxMs: dayMs, ruleId: 'lists', ...given },
  'caller-identity': { kind: 'caller-identity', forbiddenPrefixes: ['+1'], ruleId: 'caller-identity', ...given },
  refusal: { kind: 'refusal', binds: 'everybody', ruleId: 'refusal', ...given },
  ring: { kind: 'ring', minMs: 0, ruleId: 'ring', ...given },
  duty: { kind: 'duty', says: '', ruleId: 'duty', ...given },
}

/** What a law of these lines says of one call, line by line. */
function answers(names: readonly string[], facts: Partial<VerdictFacts>, more: Partial<Rule> = {}) {
  const rules = names.map(name => ({ ...lines[name], ...more })) as readonly Rule[]
  const places = ['US', 'US-NY']
  const jurisdictions = [{ jurisdictionId: 'US', name: '', places, rules }]
  const settings = lawless({
    retry: { attemptsMax: 1, byDisposition: {} },
    fatigue: { ...testCampaign.fatigue, on: false },
  })
  const laws = createLawFinder({ ...noRules, jurisdictions })
  const told = explainLaw({ ...factsAt(now), ...facts }, { ...settings, laws }, now)
  return Object.fromEntries(told.lines.map(({ rule, answer }): [string, LineAnswer] => [rule.ruleId, answer]))
}

const everyLine = Object.keys(lines)
const hit = (kind: DoNotCallHit['kind'], more: Partial<DoNotCallHit> = {}): DoNotCallHit => ({
  ...{ list: kind, kind, version: 'v', importedAt: now, asOf: now, ...more },
})
const expected = (answer: LineAnswer, ...of: readonly string[]) => Object.fromEntries(of.map(name => [name, answer]))

t.test('each line refuses by what it is about, alone and beside all others', async t => {
  const refused = pastAt(now - 1_000, { refusal: true })
  const never = [[], [], [], [], [], [], []]
  const table: readonly (readonly [facts: Partial<VerdictFacts>, refusing: readonly string[]])[] = [
    [{}, []],
    [{ history: [pastAt(now - 1_000)] }, ['attempts']],
    [{ history: [refused] }, ['attempts', 'rest']],
    [{ history: [{ ...refused, endedAt: now - dayMs, counts: false }] }, []],
    [{ history: [{ ...refused, endedAt: now - dayMs + 1, counts: false }] }, ['rest']],
    [{ lists: [] }, ['lists']],
    [{ doNotCall: [hit('national', { place: 'US' })] }, ['lists']],
    [{ doNotCall: [hit('national', { place: 'CA' })] }, []],
    [{ doNotCall: [hit('company')] }, []],
    [{ doNotCall: [hit('seller', { seller: 'other' })] }, ['refusal']],
    [{ doNotCall: [hit('seller', { seller: 'acme' })] }, []],
    [{ attempts: 9, ownHours: never }, []],
  ]
  const ever = ['hours', 'consent', 'opt-out', 'caller-identity']
  for (const [facts, more] of table) {
    const refusing = [...ever, ...more]
    const rest = everyLine.filter(name => !refusing.includes(name) && name !== 'ring' && name !== 'duty')
    const says = { ...expected('refuses', ...refusing), ...expected('satisfied', ...rest) }
    const whole = { ...says, ...expected('stands', 'ring', 'duty') }
    t.same(answers(everyLine, facts), whole, JSON.stringify(facts))
    for (const name of everyLine) t.same(answers([name], facts), { [name]: whole[name as keyof typeof whole] }, name)
  }
})

t.test('a line is lifted where it would refuse, and satisfied where it would not', async t => {
  const permissions = [{ permissionId: 1, basis: 'written', topics: [], channels: [], givenAt: 1 }] as const
  const yieldsTo = [{ basis: 'written' }] as const
  const one = (name: string, facts: Partial<VerdictFacts>, more: Partial<Rule> = { yieldsTo }) =>
    answers([name], { permissions, ...facts }, more)[name]
  t.equal(one('hours', {}), 'lifted')
  t.equal(one('hours', { permissions: [] }), 'refuses')
  t.equal(one('hours', {}, {}), 'refuses')
  t.equal(one('attempts', { history: [pastAt(now - 1)] }), 'lifted')
  t.equal(one('attempts', {}), 'satisfied')
  t.equal(one('attempts', { history: [pastAt(now - 1)], permissions: [] }), 'refuses')
  t.equal(one('lists', { lists: [] }), 'lifted')
  t.equal(one('lists', {}), 'satisfied')
  t.equal(one('lists', {}, {}), 'satisfied')
  t.equal(one('consent', {}, {}), 'satisfied', 'it is what the line asks for')
  t.equal(one('consent', {}), 'lifted')
  t.equal(one('consent', { permissions: [{ ...permissions[0], withdrawnAt: now }] }, {}), 'refuses')
  const agreed = { yieldsTo: [{ basis: 'written', agreedHours: true }] } as const
  t.equal(one('hours', {}, agreed), 'refuses')
  t.equal(one('hours', { ownHours: [[], [], [], [], [], [], []] }, agreed), 'lifted')
})

t.test('what is explained is what the gate says', async t => {
  const told = explainLaw({ ...factsAt(now), leadState: 'finished', attempts: 9 }, lawless(), now)
  t.strictSame(told.verdict, no('lead-finished'))
  t.same(
    told.refusals.map(({ check }) => check),
    ['lead', 'attempts'],
  )
  t.same(told.lines, [])
  t.strictSame(explainLaw(factsAt(now), lawless(), now).verdict, { allowed: true })
})
