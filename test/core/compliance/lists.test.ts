import t from 'tap'
import type { Permission } from '../../../src/core/compliance/consent.ts'
import type { DoNotCallHit, DoNotCallListState } from '../../../src/core/compliance/doNotCall.ts'
import type { Case, VerdictFacts } from '../../../src/core/compliance/facts.ts'
import { createLawFinder } from '../../../src/core/compliance/law.ts'
import {
  isAboutPerson,
  isListOf,
  listAgeDays,
  listsVerdict,
  othersRefusals,
  permissionsIn,
  refusalsVerdict,
} from '../../../src/core/compliance/lists.ts'
import { type Law, noRules, type PermissionBasis, type Rule } from '../../../src/core/compliance/rules.ts'
import { factsAt, lawless } from '../../support/compliance.ts'

const dayMs = 86_400_000
const now = Date.parse('2026-11-25T12:00:00-05:00')
const nothing = createLawFinder(noRules).law({ seller: 'US', purpose: 'sales', person: [] }, now)

type Asked = Partial<VerdictFacts> & { readonly law?: Partial<Law>; readonly sellerId?: string | undefined }

function caseWith({ law, sellerId = 'acme', ...facts }: Asked): Case {
  const rules = lawless()
  const of = { ...rules.of, sellerId }
  return { facts: { ...factsAt(now), ...facts }, rules: { ...rules, of }, law: { ...nothing, ...law }, now }
}

function hit(kind: DoNotCallHit['kind'], more: Partial<DoNotCallHit> = {}): DoNotCallHit {
  return { list: `${kind}-list`, kind, version: 'v', importedAt: now, asOf: now, ...more }
}

function listRule(place: string, basis?: PermissionBasis): Rule<'do-not-call-list'> {
  return {
    ...{ kind: 'do-not-call-list', place, ageMaxMs: 31 * dayMs, ruleId: `${place}/list`, source: '', date: '' },
    ...(basis && { yieldsTo: [{ basis }] }),
  }
}

function state(kind: DoNotCallListState['kind'], place: string, more: Partial<DoNotCallListState> = {}) {
  return { name: `of ${place}`, kind, place, version: 'v', numbers: 1, importedAt: now, asOf: now, ...more }
}

function permission(basis: PermissionBasis): Permission {
  return { permissionId: 1, basis, topics: [], channels: [], givenAt: now - dayMs }
}

function said(asked: Asked): string {
  const verdict = listsVerdict(caseWith(asked))
  return verdict.allowed ? 'yes' : `${verdict.reason} ${verdict.rule ?? '-'}: ${verdict.detail}`
}

t.test('what is asked about: this call, at its latest answer', async t => {
  const { latestAnswerMs } = lawless()
  const about = { topic: 'spring', channel: 'call', latestAnswerMs, seller: 'acme' }
  t.strictSame(permissionsIn(caseWith({})), { permissions: [], about })
  const ownHours = [[], [], [], [], [], [], []]
  t.strictSame(permissionsIn(caseWith({ ownHours })).about, { ...about, ownHours: true })
  const nobody = caseWith({})
  const { sellerId: _, ...of } = nobody.rules.of
  t.notOk('seller' in permissionsIn({ ...nobody, rules: { ...nobody.rules, of } }).about)
})

t.test('lists that bind always, those of one campaign, and those of one seller', async t => {
  for (const kind of ['company', 'other', 'deceased', 'wrong-person'] as const)
    t.equal(said({ doNotCall: [hit(kind)] }), `do-not-call -: list ${kind}-list`)
  t.equal(said({ doNotCall: [hit('retired')] }), 'number-retired -: the network says that nobody has this number')
  const through = { through: '+12125550111' }
  t.equal(
    said({ doNotCall: [hit('company', through)] }),
    'do-not-call -: list company-list, by another number of the person',
  )
  t.equal(said({ doNotCall: [hit('campaign', { campaignId: 'spring' })] }), 'do-not-call -: list campaign-list')
  t.equal(said({ doNotCall: [hit('campaign', { campaignId: 'autumn' })] }), 'yes')
  t.equal(said({ doNotCall: [hit('campaign')] }), 'yes', 'of no campaign')
  t.equal(
    said({ doNotCall: [hit('campaign'), hit('company')] }),
    'do-not-call -: list company-list',
    'the first that binds',
  )
  const perSeller = { refusalsPerSeller: true }
  const toldUs = [hit('seller', { seller: 'acme' })]
  const toldThem = [hit('seller', { seller: 'other' })]
  t.match(said({ doNotCall: toldUs }), /^do-not-call/)
  t.match(said({ doNotCall: toldUs, law: perSeller }), /^do-not-call/)
  t.match(said({ doNotCall: toldThem }), /^do-not-call/, 'everybody, until somebody has signed')
  t.equal(said({ doNotCall: toldThem, law: perSeller }), 'yes')
  t.equal(said({ doNotCall: [hit('seller')], law: perSeller }), 'yes')
  const one = caseWith({ doNotCall: toldThem, law: perSeller })
  const { sellerId: _, ...of } = one.rules.of
  t.match(listsVerdict({ ...one, rules: { ...one.rules, of } }), { reason: 'do-not-call' }, 'who calls for nobody')
})

t.test('refusals that were said to others, and the line that makes them bind', async t => {
  const line = (binds: 'everybody' | 'seller') => ({ kind: 'refusal', binds }) as Rule<'refusal'>
  const told = hit('seller', { seller: 'other' })
  const one = caseWith({ doNotCall: [hit('company'), hit('seller', { seller: 'acme' }), told] })
  t.same(othersRefusals(one), [told])
  t.match(refusalsVerdict(line('everybody'), one), { reason: 'do-not-call', detail: 'list seller-list' })
  t.match(refusalsVerdict(line('seller'), one), { allowed: true })
  t.match(refusalsVerdict(line('everybody'), caseWith({ doNotCall: [hit('company')] })), { allowed: true })
})

t.test("a nation's and a state's list bind by their own lines, and yield to what those yield to", async t => {
  const us = [hit('national', { place: 'US' })]
  const texas = [hit('state', { place: 'US-TX' })]
  const fresh = [state('national', 'US'), state('state', 'US-TX')]
  const bound = (law: Partial<Law>, doNotCall: readonly DoNotCallHit[], ...bases: readonly PermissionBasis[]) =>
    said({ law, doNotCall, lists: fresh, permissions: bases.map(permission) }) !== 'yes'
  const federal = (...lists: readonly Rule<'do-not-call-list'>[]) => ({ lists, listPlaces: ['US'] })
  t.equal(said({ doNotCall: us }), 'do-not-call US: list national-list')
  t.equal(bound({}, us), true, 'a book that does not know the list')
  t.equal(bound({ listPlaces: ['US'] }, us), false, 'a line for other purposes')
  t.equal(bound({ listPlaces: ['US'] }, [hit('national')]), true, 'of no place')
  t.equal(bound(federal(listRule('US')), us), true)
  t.equal(bound(federal(listRule('US')), us, 'written'), true)
  t.equal(bound(federal(listRule('US', 'written')), us, 'written'), false)
  t.equal(bound(federal(listRule('US', 'written')), us, 'purchase'), true)
  const two = federal(listRule('US', 'written'), listRule('US', 'purchase'))
  t.equal(bound(two, us, 'written'), true, 'every line must yield')
  t.equal(bound(two, us, 'written', 'purchase'), false)
  const states = { stateLists: [listRule('US-TX', 'written')], listPlaces: ['US', 'US-TX'] }
  t.equal(bound(states, texas), true, "a state's, wherever the person is")
  t.equal(bound(states, texas, 'written'), false)
  t.equal(bound({ ...states, ...federal(listRule('US-TX')) }, texas, 'written'), false, 'by the lines about states')
  t.equal(bound({ ...federal(listRule('US', 'written')), stateLists: [listRule('US')] }, us, 'written'), false)
  t.equal(bound({ ...states, stateLists: [listRule('US-FL', 'written')] }, texas, 'written'), false)
})

t.test('a list that the law wants is there, of the right place and kind, and young enough', async t => {
  const law = { lists: [listRule('US', 'purchase')] }
  const missing = 'list-missing US/list: no do-not-call list of US has been imported'
  t.equal(said({ law, lists: [state('national', 'US')] }), 'yes')
  t.equal(said({ law, lists: [state('state', 'US')] }), 'yes')
  t.equal(said({ law, lists: [] }), missing)
  t.equal(said({ law, lists: [state('national', 'CA'), state('company', 'US')] }), missing)
  t.equal(said({ law, lists: [], permissions: [permission('purchase')] }), 'yes', 'not for who has lifted it')
  t.equal(said({ law, lists: [], permissions: [permission('written')] }), missing)
  t.equal(said({ law, lists: [], places: ['CA'] }), 'yes', "not about the person's place")
  t.equal(said({ law, lists: [], places: ['CA', 'US-FL'] }), missing)
  t.equal(said({ law: { lists: [listRule('US-FL')] }, lists: [], places: ['US'] }), 'yes', 'of one part')
  t.equal(said({ law: { lists: [listRule('CA'), listRule('US')] }, lists: [] }), missing, 'the second line too')
  const aged = (days: number) => ({ asOf: Date.UTC(2026, 10, 25 - days) })
  t.equal(said({ law, lists: [state('national', 'US', aged(31))] }), 'yes')
  const old = 'list-too-old US/list: list of US is 32 days old'
  t.equal(said({ law, lists: [state('national', 'US', aged(32))] }), old)
  t.equal(said({ law, lists: [state('national', 'US'), state('national', 'US', aged(32))] }), old, 'every one of them')
  t.equal(said({ law, lists: [state('national', 'US', aged(31))], zones: [] }), 'yes')
  t.equal(said({ law, lists: [state('national', 'US', aged(32))], zones: [] }), old)
  const [retryAt] = [listsVerdict(caseWith({ law, lists: [] }))].map(verdict => 'retryAt' in verdict && verdict.retryAt)
  t.equal(retryAt, now + 15 * 60_000)
})

t.test('the age of a list in days of a calendar, the most of all zones', async t => {
  const zone = (offsetMinutes: number) => ({ zone: `${offsetMinutes}`, offsetMinutes, from: 0, until: Infinity })
  const noon = Date.UTC(2026, 10, 25, 12)
  const [west, utc, east] = [zone(-780), zone(0), zone(780)]
  t.equal(listAgeDays(Date.UTC(2026, 10, 20), [utc], noon), 5, 'dated by day')
  t.equal(listAgeDays(Date.UTC(2026, 10, 20), [west], noon), 4)
  t.equal(listAgeDays(Date.UTC(2026, 10, 20), [east], noon), 6)
  t.equal(listAgeDays(Date.UTC(2026, 10, 20), [west, east, utc], noon), 6)
  t.equal(listAgeDays(Date.UTC(2026, 10, 20, 23), [utc], noon), 5, 'dated by the hour: that day there')
  t.equal(listAgeDays(Date.UTC(2026, 10, 20, 23), [east], noon), 5)
  t.equal(listAgeDays(Date.UTC(2026, 10, 20, 1), [west], noon), 5)
})

t.test('which list a line wants, and whom it is about', async t => {
  const rule = listRule('US')
  t.equal(isListOf(state('national', 'US'), rule), true)
  t.equal(isListOf(state('state', 'US'), rule), true)
  t.equal(isListOf(state('other', 'US'), rule), false)
  t.equal(isListOf(state('national', 'US-FL'), rule), false)
  t.equal(isAboutPerson(rule, caseWith({ places: ['US'] })), true)
  t.equal(isAboutPerson(rule, caseWith({ places: ['US-FL'] })), true)
  t.equal(isAboutPerson(rule, caseWith({ places: ['CA'] })), false)
  t.equal(isAboutPerson(listRule('US-FL'), caseWith({ places: ['US'] })), false)
  t.equal(isAboutPerson(rule, caseWith({ places: [] })), false)
})
