import t from 'tap'
import { clearanceOf } from '../../../src/core/compliance/clear.ts'
import type { Clearance } from '../../../src/core/compliance/clearance.ts'
import type { Permission } from '../../../src/core/compliance/consent.ts'
import type { DoNotCallListState } from '../../../src/core/compliance/doNotCall.ts'
import type { VerdictFacts, VerdictRules } from '../../../src/core/compliance/facts.ts'
import { createLawFinder, type LawFinder } from '../../../src/core/compliance/law.ts'
import { type Law, noRules, type PermissionBasis, type Rule } from '../../../src/core/compliance/rules.ts'
import { zoneOffset } from '../../../src/numbers/zoneOffsets.ts'
import { factsAt, lawless, pastAt } from '../../support/compliance.ts'

const dayMs = 86_400_000
const now = Date.parse('2026-11-25T12:00:00-05:00')
const nothing = createLawFinder(noRules).law({ seller: 'US', purpose: 'sales', person: [] }, now)

/** The evidence of a call whose law has these lines alone. */
function cleared(facts: Partial<VerdictFacts>, law: Partial<Law> = {}, rules: Partial<VerdictRules> = {}): Clearance {
  const laws: LawFinder = { book: noRules, law: () => ({ ...nothing, version: 'v7', ...law }) }
  return clearanceOf({ ...factsAt(now), ...facts }, { ...lawless(), ...rules, laws }, now)
}

/** A line by its name; it yields to what is named. */
function line<Kind extends Rule['kind']>(ruleId: string, more: object = {}, ...bases: readonly PermissionBasis[]) {
  const yieldsTo = bases.map(basis => ({ basis }))
  return { ruleId, source: '', date: '', ...more, ...(bases.length > 0 && { yieldsTo }) } as never as Rule<Kind>
}

function permission(permissionId: number, basis: PermissionBasis, more: Partial<Permission> = {}): Permission {
  return { permissionId, basis, topics: [], channels: [], givenAt: now - dayMs, ...more }
}

t.test('the least that a clearance says', async t => {
  const zones = [zoneOffset('America/New_York', now) ?? t.fail('a zone')] as VerdictFacts['zones']
  t.strictSame(cleared({ lists: [], zones, places: ['US-NY'] }), {
    ...{ at: now, rulesVersion: 'v7', seller: 'US', places: ['US-NY'], rules: [], lists: [], permissions: [] },
    ...{
      lifted: [],
      localTimes: [{ zone: 'America/New_York', minuteOfDay: 720, day: Date.UTC(2026, 10, 25) / dayMs }],
    },
    ...{ attempts: [], fatigue: 0 },
  })
})

t.test('what was not as ever is said: who spoke, what was automatic, whose law is unread, who was held', async t => {
  const plain = cleared({})
  for (const name of ['voice', 'automation', 'unread', 'agentReserved']) t.notOk(name in plain, name)
  t.equal(cleared({}, {}, { voice: 'artificial' }).voice, 'artificial')
  t.same(cleared({}, {}, { automation: ['dialing'] }).automation, ['dialing'])
  t.same(cleared({}, {}, { automation: [] }).automation, [])
  t.same(cleared({}, { unread: ['US-NY'] }).unread, ['US-NY'])
  t.equal(cleared({}, {}, { agentReserved: true }).agentReserved, true)
  t.notOk('agentReserved' in cleared({}, {}, { agentReserved: false }))
})

t.test('the lines that were asked, in the order of the checks', async t => {
  const law = {
    refusals: [line<'refusal'>('refusal')],
    lists: [line<'do-not-call-list'>('list', { place: 'US', ageMaxMs: 1 })],
    consent: [line<'consent'>('consent', { basis: 'written' })],
    hours: [line<'hours'>('hours', { days: [] }) as never],
    attempts: [line<'attempts'>('attempts', { max: 2, window: { kind: 'life' }, per: 'number', across: 'all' })],
    rest: [line<'rest'>('rest', { after: 'refusal' })],
    callerIdentity: [line<'caller-identity'>('ids', { forbiddenPrefixes: [] })],
    ring: [line<'ring'>('ring')],
  }
  const asked = ['list', 'consent', 'hours', 'attempts', 'rest', 'ids']
  t.same(cleared({}, law).rules, asked)
  const told = { list: 's', kind: 'seller', version: 'v', importedAt: now, asOf: now } as const
  t.same(cleared({ doNotCall: [{ ...told, seller: 'other' }] }, law).rules, ['refusal', ...asked])
  t.same(cleared({ doNotCall: [{ ...told, seller: 'acme' }] }, law).rules, asked, 'nothing was said to others')
})

t.test('the lists that would have refused the call, had the number been on them', async t => {
  const law = {
    lists: ['US', 'US-NY', 'CA'].map(place => line<'do-not-call-list'>(place, { place })),
    stateLists: [line<'do-not-call-list'>('tx', { place: 'US-TX' })],
    listPlaces: ['US', 'US-NY', 'CA', 'GB', 'US-TX', 'US-FL'],
  }
  const table: readonly (readonly [list: Partial<DoNotCallListState>, asked: boolean])[] = [
    [{ kind: 'company' }, true],
    [{ kind: 'other' }, true],
    [{ kind: 'seller' }, true],
    [{ kind: 'campaign', campaignId: 'spring' }, true],
    [{ kind: 'campaign', campaignId: 'autumn' }, false],
    [{ kind: 'national', place: 'US' }, true],
    [{ kind: 'national', place: 'CA' }, false],
    [{ kind: 'national', place: 'GB' }, false],
    [{ kind: 'national', place: 'FR' }, true],
    [{ kind: 'national' }, true],
    [{ kind: 'state', place: 'US-TX' }, true],
    [{ kind: 'state', place: 'US-NY' }, true],
    [{ kind: 'national', place: 'US-TX' }, false],
    [{ kind: 'state', place: 'US-FL' }, false],
    [{ kind: 'state', place: 'US-GA' }, true],
    [{ kind: 'state' }, true],
  ]
  for (const [more, asked] of table) {
    const one = { name: 'it', version: 'v1', numbers: 1, importedAt: 5, asOf: 7, ...more } as DoNotCallListState
    const { lists } = cleared({ lists: [one], places: ['US-NY'] }, law)
    t.strictSame(lists, asked ? [{ list: 'it', version: 'v1', asOf: 7 }] : [], JSON.stringify(more))
  }
})

t.test('the permissions that were relied on: where somebody asks for one, and what lifted a line', async t => {
  const permissions = [
    permission(1, 'written'),
    permission(2, 'express', { expiresAt: now }),
    permission(3, 'purchase'),
  ]
  const ids = (law: Partial<Law>, rules: Partial<VerdictRules> = {}) =>
    cleared({ permissions }, law, rules).permissions.map(({ permissionId }) => permissionId)
  const consent = line<'consent'>('consent', { basis: 'written' })
  t.same(ids({}), [], 'nobody asked')
  t.same(ids({ consent: [consent] }), [1, 3], 'those that hold')
  t.same(ids({}, { consent: 'required' }), [1, 3])
  const list = line<'do-not-call-list'>('list', { place: 'US' }, 'purchase')
  t.same(ids({ lists: [list] }), [3], 'what lifted the list')
  t.same(ids({ lists: [list], consent: [consent] }), [1, 3], 'once each')
  const more = { seller: 'acme', otherNumber: true } as const
  const relied = cleared({ permissions: [permission(4, 'purchase', more)] }, { lists: [list] })
  t.strictSame(relied.permissions, [{ permissionId: 4, basis: 'purchase', seller: 'acme', otherNumber: true }])
  const plain = cleared({ permissions: [permission(4, 'purchase', { otherNumber: false })] }, { lists: [list] })
  t.strictSame(plain.permissions, [{ permissionId: 4, basis: 'purchase' }])
})

t.test('what was lifted: lists, hours, consent and windows, each once', async t => {
  const list = line<'do-not-call-list'>('tx', { place: 'US-TX' }, 'written')
  const window = { max: 2, window: { kind: 'life' }, per: 'number', across: 'all' }
  const law = {
    lists: [line<'do-not-call-list'>('us', { place: 'US' }, 'written'), list],
    stateLists: [list],
    hours: [line<'hours'>('hours', { days: [] }, 'written') as never, line<'hours'>('firm', { days: [] }) as never],
    consent: [line<'consent'>('consent', { basis: 'written' }, 'written')],
    attempts: [line<'attempts'>('attempts', window, 'written'), line<'attempts'>('other', window, 'express')],
    rest: [line<'rest'>('rest', { after: 'refusal' }, 'written')],
  }
  const permissions = [permission(1, 'written')]
  t.same(cleared({ permissions }, law).lifted, ['us', 'tx', 'hours', 'consent', 'attempts'])
  t.same(cleared({}, law).lifted, [])
  t.same(cleared({ permissions }, law).attempts, [{ ruleId: 'other', count: 0, max: 2 }], 'a lifted window is none')
})

t.test('how full the windows were, and how worn the number: to a tenth of a point, 0 where nobody counts', async t => {
  const attempts = [line<'attempts'>('a', { max: 9, window: { kind: 'life' }, per: 'number', across: 'all' })]
  const { fatigue } = lawless()
  const history = [pastAt(now), pastAt(now - fatigue.halfLifeMs / 2)]
  t.strictSame(cleared({ history }, { attempts }).attempts, [{ ruleId: 'a', count: 2, max: 9 }])
  t.equal(cleared({ history }).fatigue, 1.7, 'of 1 + 0.707')
  t.equal(cleared({ history }, {}, { fatigue: { ...fatigue, on: false } }).fatigue, 0)
})
