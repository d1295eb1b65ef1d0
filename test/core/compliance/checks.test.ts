import t from 'tap'
import {
  allowedCallerIds,
  attemptsVerdict,
  callerIdentityVerdict,
  consentVerdict,
  hoursVerdict,
  restVerdict,
} from '../../../src/core/compliance/checks.ts'
import type { Permission } from '../../../src/core/compliance/consent.ts'
import { type Case, no, type VerdictFacts, type VerdictRules, yes } from '../../../src/core/compliance/facts.ts'
import { createLawFinder } from '../../../src/core/compliance/law.ts'
import { type Law, noRules, type PermissionBasis, type Rule } from '../../../src/core/compliance/rules.ts'
import { factsAt, lawless, pastAt, rulesWith } from '../../support/compliance.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs
/** A Wednesday noon in New York. */
const now = Date.parse('2026-11-25T12:00:00-05:00')
const nothing = createLawFinder(noRules).law({ seller: 'US', purpose: 'sales', person: [] }, now)

interface Asked {
  readonly facts?: Partial<VerdictFacts>
  readonly rules?: Partial<VerdictRules>
  readonly law?: Partial<Law>
}

/** A case whose law has these lines alone. */
function caseWith({ facts, rules, law }: Asked = {}): Case {
  return {
    facts: { ...factsAt(now), ...facts },
    rules: { ...lawless(), ...rules },
    law: { ...nothing, ...law },
    now,
  }
}

function consentRule(basis: 'written' | 'express', yieldsTo: readonly PermissionBasis[] = []): Rule<'consent'> {
  return {
    ...{ kind: 'consent', basis, ruleId: `${basis}-line`, source: '', date: '' },
    ...(yieldsTo.length > 0 && { yieldsTo: yieldsTo.map(each => ({ basis: each })) }),
  }
}

function permission(more: Partial<Permission> = {}): Permission {
  return { permissionId: 1, basis: 'written', topics: [], channels: [], givenAt: now - dayMs, ...more }
}

t.test('which permission is enough for which line, and which line decides', async t => {
  const [written, express] = [consentRule('written'), consentRule('express')]
  const required = { consent: 'required' } as const
  const lines: readonly (readonly [what: string, asked: Asked, enough: readonly PermissionBasis[], rule: string])[] = [
    ['written', { law: { consent: [written] } }, ['written'], 'written-line'],
    ['express', { law: { consent: [express] } }, ['written', 'express'], 'express-line'],
    ['both', { law: { consent: [express, written] } }, ['written'], 'written-line'],
    ['both, the other way round', { law: { consent: [written, express] } }, ['written'], 'written-line'],
    ['the campaign', { rules: required }, ['written', 'express'], 'campaign/consent'],
    ['campaign and law', { rules: required, law: { consent: [written] } }, ['written'], 'written-line'],
    [
      'one that a purchase lifts',
      { law: { consent: [consentRule('written', ['purchase'])] } },
      ['written', 'purchase'],
      'written-line',
    ],
    [
      'lifted, and still the campaign asks',
      { rules: required, law: { consent: [consentRule('written', ['purchase', 'express'])] } },
      ['written', 'express'],
      'written-line',
    ],
  ]
  for (const [what, asked, enough, rule] of lines) {
    t.match(consentVerdict(caseWith(asked)), { reason: 'consent-missing', rule, retryAt: now + dayMs }, what)
    for (const basis of ['written', 'express', 'purchase', 'inquiry'] as const) {
      const verdict = consentVerdict(caseWith({ ...asked, facts: { permissions: [permission({ basis })] } }))
      t.equal(verdict.allowed, enough.includes(basis), `${what}: ${basis}`)
    }
    const expired = [permission({ expiresAt: now })]
    t.match(consentVerdict(caseWith({ ...asked, facts: { permissions: expired } })), { reason: 'consent-expired' })
  }
  t.strictSame(consentVerdict(caseWith()), yes, 'where nobody asks')
  const detail = 'written consent for spring'
  t.match(consentVerdict(caseWith({ law: { consent: [written] } })), { detail })
})

t.test('two permissions count one by one, and one that expires while the phone rings has expired', async t => {
  const asked = { law: { consent: [consentRule('written')] } }
  const { latestAnswerMs } = lawless()
  const said = (...permissions: readonly Permission[]) => {
    const verdict = consentVerdict(caseWith({ ...asked, facts: { permissions } }))
    return verdict.allowed ? 'yes' : verdict.reason
  }
  const last = now + latestAnswerMs
  t.equal(said(permission({ expiresAt: last })), 'consent-expired')
  t.equal(said(permission({ expiresAt: last + 1 })), 'yes')
  t.equal(said(permission({ expiresAt: last }), permission({ expiresAt: last + 1 })), 'yes', 'one is enough')
  t.equal(said(permission({ basis: 'purchase' }), permission({ expiresAt: now - dayMs })), 'consent-expired')
  t.equal(said(permission({ basis: 'purchase', expiresAt: last + 1 })), 'consent-missing')
})

t.test('who has taken it back is not asked for more, whoever asks', async t => {
  const facts = { permissions: [permission({ withdrawnAt: now })] }
  const refused = no('consent-withdrawn', { retryAt: now + dayMs, detail: 'topic spring' })
  t.strictSame(consentVerdict(caseWith({ facts })), refused)
  t.strictSame(consentVerdict(caseWith({ facts, law: { consent: [consentRule('written')] } })), refused)
})

t.test('a message that a machine speaks has a way out that costs nothing', async t => {
  const line = (tollFree: boolean): Rule<'opt-out'> => ({
    ...{ kind: 'opt-out', ruleId: `out-${tollFree}`, key: true, tollFree, source: '', date: '' },
  })
  const number = { optOutNumber: '+18005550100' }
  const detail = 'the campaign names no toll-free optOutNumber'
  const missing = no('opt-out-missing', { rule: 'out-true', retryAt: now + 15 * minuteMs, detail })
  t.strictSame(consentVerdict(caseWith({ law: { optOut: [line(false)] } })), yes)
  t.strictSame(consentVerdict(caseWith({ law: { optOut: [line(false), line(true)] } })), missing)
  t.strictSame(consentVerdict(caseWith({ law: { optOut: [line(true)] }, rules: number })), yes)
  const lacking = caseWith({ law: { optOut: [line(true)], consent: [consentRule('written')] } })
  t.match(consentVerdict(lacking), { reason: 'consent-missing' }, 'what the person must say comes first')
})

t.test("a person's own hours: inside, outside, never, and where nobody knows the place", async t => {
  const spans = [{ startMinute: 780, endMinute: 840 }]
  const week = (...open: readonly number[]) => [0, 1, 2, 3, 4, 5, 6].map(day => (open.includes(day) ? spans : []))
  const said = (facts: Partial<VerdictFacts>) => consentVerdict(caseWith({ facts }))
  const outside = (retryAt: number) =>
    no('outside-own-hours', { rule: 'person/hours', retryAt, detail: 'not now in America/New_York' })
  t.strictSame(said({ ownHours: week(3) }), outside(now + hourMs))
  t.strictSame(said({ ownHours: week(4) }), outside(now + 25 * hourMs))
  t.strictSame(said({ ownHours: week() }), outside(now + dayMs), 'never is no answer')
  t.strictSame(said({ ownHours: [0, 1, 2, 3, 4, 5, 6].map(() => [{ startMinute: 720, endMinute: 721 }]) }), yes)
  t.strictSame(said({ ownHours: week(), zones: [] }), yes, 'the hours of a place say no in its stead')
  const narrow = { ownHours: [0, 1, 2, 3, 4, 5, 6].map(() => [{ startMinute: 720, endMinute: 721 }]) }
  const late = consentVerdict(caseWith({ facts: narrow, rules: { latestAnswerMs: minuteMs } }))
  t.match(late, { reason: 'outside-own-hours' }, 'for the last answer too')
})

t.test('a place that nobody knows or has rules for is not called, where there are rules at all', async t => {
  const { laws } = rulesWith()
  const again = now + 15 * minuteMs
  const said = (facts: Partial<VerdictFacts>, law: Partial<Law> = {}) =>
    hoursVerdict(caseWith({ facts, law, rules: { laws } }))
  t.strictSame(said({}), yes)
  t.strictSame(said({ zones: [] }), no('unknown-time-zone'))
  const nowhere = no('unknown-place', { retryAt: again, detail: 'nothing says where the person is' })
  t.strictSame(said({ places: [] }), nowhere)
  t.strictSame(
    said({}, { uncovered: ['XK', 'YY'] }),
    no('unknown-place', { retryAt: again, detail: 'no rules cover XK' }),
  )
  t.strictSame(hoursVerdict(caseWith({ facts: { places: [] }, law: { uncovered: ['XK'] } })), yes, 'without any rules')
})

t.test('a permission lifts the hours of the law, never those of the campaign or the person', async t => {
  const never = { ruleId: 'never', days: [[], [], [], [], [], [], []] }
  const lawful = (yieldsTo: readonly PermissionBasis[] = []) =>
    ({ ...never, ...(yieldsTo.length > 0 && { yieldsTo: yieldsTo.map(basis => ({ basis })) }) }) as never
  const said = (asked: Asked) => {
    const verdict = hoursVerdict(caseWith(asked))
    return verdict.allowed ? 'yes' : [verdict.rule, verdict.detail, (verdict.retryAt ?? 0) - now]
  }
  const closed = ['never', 'closed in America/New_York', dayMs]
  const permissions = [permission()]
  t.same(said({ law: { hours: [lawful(['written'])] } }), closed)
  t.equal(said({ law: { hours: [lawful(['written'])] }, facts: { permissions } }), 'yes')
  t.same(said({ law: { hours: [lawful(['express'])] }, facts: { permissions } }), closed)
  t.same(said({ law: { hours: [lawful()] }, facts: { permissions } }), closed)
  t.same(said({ law: { hours: [lawful(['written']), lawful()] }, facts: { permissions } }), closed)
  t.same(said({ rules: { callingHours: never }, facts: { permissions } }), closed)
  t.same(said({ facts: { permissions, ownHours: never.days } }), ['person/hours', ...closed.slice(1)])
})

function limit(ruleId: string, max: number, lengthMs?: number, basis?: PermissionBasis): Rule<'attempts'> {
  return {
    ...{ kind: 'attempts', ruleId, max, per: 'number', across: 'all', source: '', date: '' },
    window: lengthMs === undefined ? { kind: 'life' } : { kind: 'rolling', lengthMs },
    ...(basis && { yieldsTo: [{ basis }] }),
  }
}

t.test('of several full windows the one that opens last decides, one that never opens before all', async t => {
  const history = [pastAt(now - 10), pastAt(now - 20), pastAt(now - 30)]
  const said = (
    lawful: readonly Rule<'attempts'>[],
    own: readonly Rule<'attempts'>[] = [],
    more: Partial<VerdictFacts> = {},
  ) => {
    const asked = { facts: { history, ...more }, law: { attempts: lawful }, rules: { attemptLimits: own } }
    const verdict = attemptsVerdict(caseWith(asked))
    return verdict.allowed ? 'yes' : [verdict.rule, verdict.detail, verdict.retryAt && verdict.retryAt - now]
  }
  t.equal(said([]), 'yes')
  t.equal(said([limit('a', 4, dayMs)]), 'yes')
  t.same(said([limit('a', 3, dayMs)]), ['a', '3 of 3', dayMs - 30])
  t.same(said([limit('a', 2, dayMs)]), ['a', '3 of 2', dayMs - 20])
  t.same(said([limit('a', 3, 2 * dayMs), limit('b', 2, dayMs)]), ['a', '3 of 3', 2 * dayMs - 30])
  t.same(said([limit('b', 2, dayMs), limit('a', 3, 2 * dayMs)]), ['a', '3 of 3', 2 * dayMs - 30])
  t.same(said([limit('b', 3, dayMs)], [limit('c', 3, dayMs)]), ['b', '3 of 3', dayMs - 30], 'the first of equals')
  t.same(said([], [limit('c', 1, 500)]), ['c', '3 of 1', 490])
  t.same(said([limit('a', 4, dayMs)], [limit('c', 1, 500)]), ['c', '3 of 1', 490])
  for (const [one, two] of [
    [limit('ever', 3), limit('a', 3, dayMs)],
    [limit('a', 3, dayMs), limit('ever', 3)],
  ] as const)
    t.same(said([one, two]), ['ever', '3 of 3', undefined])
  t.same(said([limit('ever', 3), limit('too', 2)]), ['ever', '3 of 3', undefined])
  t.equal(said([limit('a', 1, dayMs)], [limit('c', 1, dayMs)], { history: [] }), 'yes')
  const lifted = { permissions: [permission()] }
  t.equal(said([limit('a', 3, dayMs, 'written')], [], lifted), 'yes')
  t.same(said([limit('a', 3, dayMs, 'express')], [], lifted), ['a', '3 of 3', dayMs - 30])
  t.same(said([limit('a', 3, dayMs, 'written')]), ['a', '3 of 3', dayMs - 30])
  t.same(
    said([], [limit('c', 3, dayMs, 'written')], lifted),
    ['c', '3 of 3', dayMs - 30],
    'the campaign yields to nothing',
  )
  const never = attemptsVerdict(caseWith({ facts: { history }, law: { attempts: [limit('ever', 3)] } }))
  t.notOk('retryAt' in never)
})

t.test("a lead's own attempts are used up when there are as many", async t => {
  const said = (attempts: number) => attemptsVerdict(caseWith({ facts: { attempts }, rules: { attemptsMax: 5 } }))
  t.strictSame(said(4), yes)
  t.strictSame(said(5), no('attempts-exhausted', { rule: 'campaign/attempts', detail: '5 of 5' }))
  t.match(said(6), { detail: '6 of 5' })
})

t.test('rests: of the law, of the product, and neither for an agent who is reserved where that is said', async t => {
  const line = (unless?: 'agent-reserved'): Rule<'rest'> => ({
    ...{ kind: 'rest', ruleId: 'law', after: 'abandonment', forMs: 9 * dayMs, per: 'person', across: 'all' },
    ...{ source: '', date: '', ...(unless && { unless }) },
  })
  const history = [pastAt(now - hourMs, { disposition: 'abandoned', endedAt: now - hourMs })]
  const said = (rest: readonly Rule<'rest'>[], agentReserved = false, past = history) => {
    const verdict = restVerdict(caseWith({ facts: { history: past }, law: { rest }, rules: { agentReserved } }))
    return verdict.allowed ? 'yes' : [verdict.reason, verdict.rule, (verdict.retryAt ?? 0) - now]
  }
  const own = ['rest-after-abandonment', 'product/rest-after-abandonment', 3 * dayMs - hourMs]
  const lawful = ['rest-after-abandonment', 'law', 9 * dayMs - hourMs]
  t.same(said([]), own)
  t.equal(said([], true), 'yes')
  t.same(said([line()]), lawful)
  t.same(said([line()], true), lawful)
  t.equal(said([line('agent-reserved')], true), 'yes')
  t.same(said([line('agent-reserved')]), lawful)
  t.equal(said([line()], false, []), 'yes')
  const other = history.map(past => ({ ...past, sameNumber: false, campaignId: 'autumn', topic: 'x' }))
  t.same(said([], false, other), own, 'the person, in every campaign')
  t.equal(said([], false, [pastAt(now - hourMs)]), 'yes', 'who was not left in silence')
  const retry = (dialableAt: number) => restVerdict(caseWith({ facts: { dialableAt } }))
  t.strictSame(retry(now), yes)
  t.strictSame(retry(now + 1), no('resting', { retryAt: now + 1, rule: 'campaign/retry' }))
})

t.test('which caller identities may be presented', async t => {
  const line = (forbiddenPrefixes: readonly string[], except?: readonly string[]): Rule<'caller-identity'> => ({
    ...{ kind: 'caller-identity', ruleId: 'ids', forbiddenPrefixes, source: '', date: '', ...(except && { except }) },
  })
  const pool = ['+33612345678', '+33162000199', '+12125550100']
  const allowed = (...callerIdentity: readonly Rule<'caller-identity'>[]) =>
    allowedCallerIds({ ...nothing, callerIdentity }, pool)
  t.same(allowed(), pool)
  t.same(allowed(line(['+336'])), ['+33162000199', '+12125550100'])
  t.same(allowed(line(['+336', '+1'])), ['+33162000199'])
  t.same(allowed(line(['+33'], ['+33162'])), ['+33162000199', '+12125550100'])
  t.same(allowed(line(['+33'], ['+33162', '+336'])), pool)
  t.same(allowed(line(['+33'], ['+33162']), line(['+1'])), ['+33162000199'], 'every line must let it')
  t.same(allowed(line(['+'], [])), [])
  const said = (callerIdentity: readonly Rule<'caller-identity'>[], callerIds = pool) =>
    callerIdentityVerdict(caseWith({ rules: { callerIds }, law: { callerIdentity } }))
  t.strictSame(said([line(['+33'])]), yes)
  const detail = "none of the campaign's caller identities may be presented there"
  const retryAt = now + 15 * minuteMs
  t.strictSame(said([line(['+'])]), no('caller-identity', { detail, retryAt, rule: 'ids' }))
  t.strictSame(said([], []), no('caller-identity', { detail, retryAt }))
})
