import t from 'tap'
import type { Permission } from '../../../src/core/compliance/consent.ts'
import type { VerdictFacts, VerdictRules } from '../../../src/core/compliance/facts.ts'
import { explainLaw } from '../../../src/core/compliance/lawLines.ts'
import { purposes } from '../../../src/core/compliance/rules.ts'
import { decideVerdict } from '../../../src/core/compliance/verdict.ts'
import { type FactsOptions, factsAt, pastAt, rulesWith } from '../../support/compliance.ts'

const hourMs = 3_600_000
/** A Wednesday noon in New York. */
const noon = Date.parse('2026-11-25T12:00:00-05:00')

const written: Permission = { permissionId: 1, basis: 'written', topics: [], channels: [], givenAt: noon - hourMs }

function answers(facts: VerdictFacts, rules: VerdictRules, now = noon): Record<string, string> {
  return Object.fromEntries(explainLaw(facts, rules, now).lines.map(({ rule, answer }) => [rule.ruleId, answer]))
}

t.test('each line answers by itself, and what no dial is asked about stands', async t => {
  const rules = rulesWith()
  const table: readonly (readonly [what: string, facts: FactsOptions, said: Record<string, string>])[] = [
    ['nothing known', {}, { 'US-FTC/hours': 'satisfied', 'US-FTC/ring': 'stands', 'US-FTC/records': 'stands' }],
    ['no list at hand', { lists: [] }, { 'US-FTC/do-not-call': 'refuses', 'US-FTC/hours': 'satisfied' }],
    [
      'on the national list',
      { doNotCall: [{ list: 'us', kind: 'national', place: 'US', version: 'v', importedAt: noon, asOf: noon }] },
      { 'US-FTC/do-not-call': 'refuses', 'US-FCC/do-not-call': 'refuses' },
    ],
    [
      'on it with a written permission',
      {
        doNotCall: [{ list: 'us', kind: 'national', place: 'US', version: 'v', importedAt: noon, asOf: noon }],
        permissions: [written],
      },
      { 'US-FTC/do-not-call': 'lifted' },
    ],
    ['a permission that nothing needs', { permissions: [written] }, { 'US-FTC/do-not-call': 'satisfied' }],
    [
      'on the company list: no line of law',
      { doNotCall: [{ list: 'company', kind: 'company', version: 'own', importedAt: noon, asOf: noon }] },
      { 'US-FTC/do-not-call': 'satisfied', 'US-FTC/hours': 'satisfied' },
    ],
    ['an unknown zone', { zones: [] }, { 'US-FTC/hours': 'refuses' }],
  ]
  for (const [what, facts, said] of table) t.match(answers(factsAt(noon, facts), rules), said, what)
})

t.test('a line of law is not hidden by what campaign, person or product say', async t => {
  const miami = { number: '+13055550100' }
  const three = [1, 2, 3].map(hours => pastAt(noon - hours * hourMs))
  const full = rulesWith({
    retry: { attemptsMax: 1, byDisposition: {} },
    callingHours: { startMinute: 0, endMinute: 1, weekdays: [] },
  })
  const said = answers(
    factsAt(noon, { ...miami, history: three, attempts: 3, ownHours: [[], [], [], [], [], [], []] }),
    full,
  )
  t.match(said, { 'US-FL/attempts': 'refuses', 'US-FL/hours': 'satisfied', 'US-FTC/hours': 'satisfied' })
  const once = factsAt(noon, { ...miami, history: three.slice(0, 1), attempts: 3 })
  t.match(answers(once, full), { 'US-FL/attempts': 'satisfied' }, 'whatever the campaign has used up')
  const talk = pastAt(noon - hourMs, { disposition: 'abandoned', connectedAt: noon - hourMs, endedAt: noon - hourMs })
  const debt = rulesWith({ purpose: 'debt', topic: 'spring' })
  const history = [{ ...talk, purpose: 'debt' as const }]
  t.match(answers(factsAt(noon, { history }), debt), { 'US-RegF/rest': 'refuses', 'US-RegF/attempts': 'satisfied' })
  // The day of the talk is the first of seven.
  const eighth = noon + 7 * 24 * hourMs - 12 * hourMs
  t.match(answers(factsAt(eighth, { history }), debt, eighth), { 'US-RegF/rest': 'satisfied' })
  t.match(answers(factsAt(eighth - 1, { history }), debt, eighth - 1), { 'US-RegF/rest': 'refuses' })
})

t.test('hours change their answer with the minute at which the last answer may come', async t => {
  const rules = rulesWith()
  const lastMs = Date.parse('2026-11-25T21:00:00-05:00') - rules.latestAnswerMs
  for (const [now, said] of [
    [lastMs - 60_000, 'satisfied'],
    [lastMs - 1, 'satisfied'],
    [lastMs, 'refuses'],
    [lastMs + 60_000, 'refuses'],
  ] as const)
    t.match(answers(factsAt(now), rules, now), { 'US-FTC/hours': said }, new Date(now).toISOString())
})

/** A small generator with a seed: the cases are the same in every run. */
function* chances(seed: number): Generator<number> {
  for (let state = seed; ; ) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    yield state / 2_147_483_648
  }
}

t.test('the verdict is that of the gate, and a line that refuses never stands beside a yes', async t => {
  const chance = chances(11)
  const pick = <Value>(of: readonly Value[]): Value => of[Math.floor(Number(chance.next().value) * of.length)] as Value
  const numbers = [
    '+12125550100',
    '+13055550100',
    '+442079460123',
    '+493012345678',
    '+33140123456',
    '+16045550100',
    '+390612345678',
  ]
  const past = (now: number) => [
    [],
    [pastAt(now - 2 * hourMs)],
    [pastAt(now - 5 * hourMs, { disposition: 'abandoned' })],
    Array.from({ length: 8 }, (_, index) =>
      pastAt(now - (index + 1) * 3 * hourMs, { connectedAt: now - index * hourMs }),
    ),
    [pastAt(now - 24 * hourMs, { refusal: true })],
  ]
  const seen = new Set<string>()
  const wrong: string[] = []
  for (let round = 0; round < 3_000; round += 1) {
    const now = Date.parse('2026-01-01T00:00:00Z') + Math.floor(Number(chance.next().value) * 365 * 24 * 60) * 60_000
    const place = pick(['US', 'GB', 'FR', 'DE'])
    const rules = rulesWith({
      purpose: pick(purposes),
      seller: { sellerId: 'acme', place },
      consent: pick(['respected', 'respected', 'required']),
    })
    const listed = { list: 'x', version: 'v', importedAt: now, asOf: now }
    const facts = factsAt(now, {
      number: pick(numbers),
      history: pick(past(now)),
      permissions: pick([[], [], [{ ...written, givenAt: now - hourMs }], [{ ...written, withdrawnAt: now - 1 }]]),
      doNotCall: pick([
        [],
        [],
        [{ ...listed, kind: 'national', place: 'US' }],
        [{ ...listed, kind: 'company' }],
      ] as const),
      ...pick([{}, { lists: [] }]),
    })
    const told = explainLaw(facts, rules, now)
    const verdict = decideVerdict(facts, rules, now)
    const refusing = told.lines.filter(({ answer }) => answer === 'refuses').map(({ rule }) => rule.ruleId)
    const about = JSON.stringify({ now, verdict, refusing })
    seen.add(verdict.allowed ? 'allowed' : verdict.reason)
    if (JSON.stringify(told.verdict) !== JSON.stringify(verdict)) wrong.push(`not the gate's: ${about}`)
    if (verdict.allowed && refusing.length > 0) wrong.push(`refused by a line and allowed: ${about}`)
    const cited = verdict.allowed ? undefined : verdict.rule
    if (cited !== undefined && told.lines.some(({ rule }) => rule.ruleId === cited) && !refusing.includes(cited))
      wrong.push(`the line that decided says yes by itself: ${about}`)
  }
  t.same(wrong, [])
  for (const reason of [
    'allowed',
    'do-not-call',
    'list-missing',
    'consent-missing',
    'outside-calling-hours',
    'attempts-limit',
  ])
    t.ok(seen.has(reason), `${reason} came up`)
})
