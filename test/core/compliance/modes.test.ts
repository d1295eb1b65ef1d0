import t from 'tap'
import { clearanceOf } from '../../../src/core/compliance/clear.ts'
import type { Permission } from '../../../src/core/compliance/consent.ts'
import { listAgeDays } from '../../../src/core/compliance/lists.ts'
import { restEndsAt } from '../../../src/core/compliance/rest.ts'
import type { Automation, PermissionBasis, Purpose, Voice } from '../../../src/core/compliance/rules.ts'
import { decideVerdict, explainVerdict } from '../../../src/core/compliance/verdict.ts'
import { zoneOffset } from '../../../src/numbers/zoneOffsets.ts'
import { type FactsOptions, factsAt, freshLists, pastAt, rulesWith } from '../../support/compliance.ts'
import { testCampaign } from '../../support/engineHarness.ts'

const dayMs = 86_400_000
/** A Wednesday, 13:00 in New York, 10:00 in Portland. */
const noon = Date.parse('2026-11-25T13:00:00-05:00')
const both: readonly Automation[] = ['selection', 'dialing']

const numbers = {
  oklahoma: '+14055550100',
  maryland: '+14105550100',
  florida: '+13055550100',
  wyoming: '+13075550100',
  connecticut: '+18605550100',
  newYork: '+12125550100',
  texas: '+15125550100',
} as const

function given(basis: PermissionBasis, more: Partial<Permission> = {}): Permission {
  return { permissionId: 1, basis, topics: [], channels: [], givenAt: noon - dayMs, ...more }
}

interface Call {
  readonly voice?: Voice
  readonly automation?: readonly Automation[]
  readonly purpose?: Purpose
  readonly topic?: string
  readonly optOutNumber?: string
}

function said(facts: FactsOptions, call: Call = {}, now = noon): string {
  const verdict = decideVerdict(factsAt(now, facts), rulesWith(call), now)
  return verdict.allowed ? 'yes' : `${verdict.reason} ${verdict.rule}`
}

t.test('consent for automation: selection or dialing, selection and dialing, neither', async t => {
  const rows: readonly [keyof typeof numbers, readonly Automation[], PermissionBasis | undefined, string][] = [
    ['oklahoma', both, undefined, 'consent-missing US-OK/consent'],
    ['oklahoma', ['selection'], undefined, 'consent-missing US-OK/consent'],
    ['oklahoma', ['dialing'], undefined, 'consent-missing US-OK/consent'],
    ['oklahoma', [], undefined, 'yes'],
    ['oklahoma', both, 'express', 'consent-missing US-OK/consent'],
    ['oklahoma', both, 'purchase', 'consent-missing US-OK/consent'],
    ['oklahoma', both, 'written', 'yes'],
    ['maryland', ['selection'], undefined, 'consent-missing US-MD/consent'],
    ['maryland', ['dialing'], 'express', 'consent-missing US-MD/consent'],
    ['maryland', both, 'written', 'yes'],
    ['maryland', [], undefined, 'yes'],
    ['florida', both, undefined, 'consent-missing US-FL/consent'],
    ['florida', ['selection'], undefined, 'yes'],
    ['florida', ['dialing'], undefined, 'yes'],
    ['florida', both, 'express', 'consent-missing US-FL/consent'],
    // Business with the seller, or the person's own request: not unsolicited.
    ['florida', both, 'purchase', 'yes'],
    ['florida', both, 'inquiry', 'yes'],
    ['florida', both, 'written', 'yes'],
    ['newYork', both, undefined, 'yes'],
  ]
  for (const [where, automation, basis, verdict] of rows) {
    const permissions = basis === undefined ? [] : [given(basis)]
    const facts = { number: numbers[where], permissions }
    t.equal(said(facts, { automation }), verdict, `${where}, ${automation.join(' and ') || 'by hand'}, ${basis}`)
  }
  t.equal(said({ number: numbers.oklahoma }), 'consent-missing US-OK/consent', 'silence is both')
  t.equal(said({ number: numbers.oklahoma }, { purpose: 'service' }), 'yes', 'the act is about sales')
})

t.test('who speaks decides on consent, the way out and how often', async t => {
  const toll = '+18005550100'
  const rows: readonly [Voice, Purpose, PermissionBasis | undefined, string | undefined, string][] = [
    ['live', 'sales', undefined, undefined, 'yes'],
    ['recorded', 'sales', undefined, toll, 'consent-missing US-FCC/consent-recorded'],
    ['recorded', 'sales', 'express', toll, 'consent-missing US-FCC/consent-recorded'],
    ['recorded', 'sales', 'written', toll, 'yes'],
    ['artificial', 'sales', 'express', toll, 'consent-missing US-FCC/consent-recorded'],
    ['artificial', 'sales', 'written', toll, 'yes'],
    ['artificial', 'sales', 'written', undefined, 'opt-out-missing US-FCC/opt-out-recorded'],
    ['recorded', 'service', undefined, toll, 'consent-missing US-FCC/consent-recorded-not-sales'],
    ['recorded', 'service', 'express', toll, 'yes'],
    ['recorded', 'service', 'express', undefined, 'opt-out-missing US-FCC/opt-out-recorded'],
    ['live', 'service', undefined, undefined, 'yes'],
  ]
  for (const [voice, purpose, basis, optOutNumber, verdict] of rows) {
    const permissions = basis === undefined ? [] : [given(basis)]
    const call = { voice, purpose, ...(optOutNumber && { optOutNumber }) }
    t.equal(said({ permissions }, call), verdict, `${voice} ${purpose} ${basis} ${optOutNumber}`)
  }
  const clearance = clearanceOf(
    factsAt(noon, { permissions: [given('written')] }),
    rulesWith({ voice: 'recorded' }),
    noon,
  )
  t.equal(clearance.voice, 'recorded', 'the ledger says who spoke')
  t.equal(clearanceOf(factsAt(noon), rulesWith(), noon).voice, undefined, 'a person goes without saying')
})

t.test('three messages in thirty days to whoever has consented to none', async t => {
  const past = (days: number) => pastAt(noon - days * dayMs, { purpose: 'service', topic: 'service' })
  const full = [past(1), past(10), past(29.99)]
  const windows = (history: typeof full, voice: Voice, permissions: readonly Permission[] = []) =>
    explainVerdict(factsAt(noon, { history, permissions }), rulesWith({ voice, purpose: 'service' }), noon).find(
      ({ check }) => check === 'attempts',
    )?.verdict
  t.match(windows(full, 'recorded'), { reason: 'attempts-limit', rule: 'US-FCC/attempts-recorded' })
  t.match(windows([past(1), past(10), past(30)], 'recorded'), { allowed: true }, 'after 30 days one has left')
  t.match(windows(full, 'live'), { allowed: true }, 'a person speaks')
  t.match(windows(full, 'recorded', [given('express')]), { allowed: true }, 'consent lifts the limit')
})

t.test('topics that a law names, in Britain', async t => {
  const london = { number: '+442079460100' }
  const at = Date.parse('2026-11-25T11:00:00Z')
  const ask = (topic: string, basis?: PermissionBasis) =>
    said({ ...london, permissions: basis === undefined ? [] : [given(basis)] }, { topic }, at)
  t.equal(ask('kitchens'), 'yes')
  t.equal(ask('claims-management'), 'consent-missing UK-Ofcom/consent-claims')
  t.equal(ask('claims-management', 'purchase'), 'consent-missing UK-Ofcom/consent-claims')
  t.equal(ask('claims-management', 'express'), 'yes')
  t.equal(ask('pensions'), 'consent-missing UK-Ofcom/consent-pensions')
  t.equal(ask('pensions', 'purchase'), 'yes', 'an existing client')
  const listed = { list: 'TPS', kind: 'national', place: 'GB', version: 'v1', importedAt: at, asOf: at } as const
  const charity = { ...london, doNotCall: [listed] }
  t.equal(said(charity, { purpose: 'public' }, at), 'do-not-call GB', 'a charity asks the TPS too')
  t.equal(said(charity, { purpose: 'survey' }, at), 'yes', 'research is no marketing')
})

t.test("a state's list must be there, and yields to what the state lets it yield", async t => {
  const lists = freshLists(noon).filter(({ place }) => place !== 'US-TX')
  t.equal(said({ number: numbers.texas, lists }), 'list-missing US-TX/do-not-call')
  t.equal(said({ number: numbers.texas, lists }, { purpose: 'service' }), 'yes')
  const listed = { list: 'texas', kind: 'state', place: 'US-TX', version: 'v1', importedAt: noon, asOf: noon } as const
  const asked = (basis?: PermissionBasis, number: string = numbers.texas) =>
    said({ number, doNotCall: [listed], permissions: basis === undefined ? [] : [given(basis)] })
  t.equal(asked(), 'do-not-call US-TX')
  t.equal(asked('purchase'), 'yes', 'an established relationship: 304.004')
  t.equal(asked('inquiry'), 'yes')
  t.equal(asked(undefined, numbers.newYork), 'do-not-call US-TX', 'who has asked Texas is asked there, with any number')
  t.equal(asked('purchase', numbers.newYork), 'yes')
})

t.test('a list dated by day counts days at the person, and is young on its 31st', async t => {
  const zones = [zoneOffset('America/New_York', noon) ?? t.bailout()].flatMap(zone => zone ?? [])
  const asOf = Date.UTC(2026, 9, 25)
  const age = (text: string) => listAgeDays(asOf, zones, Date.parse(text))
  t.equal(age('2026-11-25T00:00:00-05:00'), 31, 'from its first minute')
  t.equal(age('2026-11-25T23:59:59-05:00'), 31, 'to its last, though by Greenwich it is the next day')
  t.equal(age('2026-11-26T00:00:00-05:00'), 32)
  const lists = freshLists(noon).map(list => ({ ...list, asOf }))
  const late = Date.parse('2026-11-25T20:30:00-05:00')
  t.equal(said({ lists }, {}, late), 'yes')
  t.equal(said({ lists }, {}, late + 12 * 3_600_000), 'list-too-old US-FCC/do-not-call')
})

t.test('whole days: the talk is the first of seven, sixty pass after a refusal', async t => {
  const zones = [zoneOffset('America/New_York', noon)].flatMap(zone => zone ?? [])
  const talk = Date.parse('2026-11-18T18:00:00-05:00')
  const history = [pastAt(talk, { connectedAt: talk, endedAt: talk + 60_000, disposition: 'connected' })]
  const of = { campaignId: 'spring', purpose: 'sales' as const, topic: 'spring', zones }
  const rule = { after: 'conversation' as const, forMs: 7 * dayMs, per: 'person' as const, across: 'all' as const }
  const ends = (wholeDays?: 'from-the-day' | 'from-the-next-day') =>
    restEndsAt(wholeDays === undefined ? rule : { ...rule, wholeDays }, history, of)
  t.equal(ends(), talk + 60_000 + 7 * dayMs)
  t.equal(ends('from-the-day'), Date.parse('2026-11-25T00:00:00-05:00'))
  t.equal(ends('from-the-next-day'), Date.parse('2026-11-26T00:00:00-05:00'))
  const west = [...zones, ...[zoneOffset('America/Los_Angeles', noon)].flatMap(zone => zone ?? [])]
  t.equal(
    restEndsAt({ ...rule, wholeDays: 'from-the-day' }, history, { ...of, zones: west }),
    Date.parse('2026-11-25T00:00:00-08:00'),
    'the last of all midnights',
  )
})

t.test('a yes says whose law nobody has read', async t => {
  const unread = (facts: FactsOptions) => {
    const verdict = decideVerdict(factsAt(noon, facts), rulesWith({ purpose: 'service' }), noon)
    return verdict.allowed ? (verdict.unread ?? []) : [verdict.reason]
  }
  t.same(unread({ number: numbers.newYork }), ['US-NY'])
  t.same(unread({ number: numbers.florida }), [])
  t.same(unread({ number: numbers.florida, places: ['US-FL', 'US-GA'] }), ['US-GA'])
  t.same(unread({ number: numbers.florida, places: ['US'] }), ['US'], 'nobody knows which state')
  t.same(unread({ number: numbers.florida, places: ['US', 'US-FL'] }), [])
})

t.test('the lines of law ask for the mode, where the campaign says nothing of automation', async t => {
  const skips = { decideMs: 30_000, timeUp: 'skip', skipReasons: [{ name: 'no' }] } as const
  const calls = { ...skips, timeUp: 'call' } as const
  const rows = [
    ['oklahoma', 'predictive', skips, 'consent-missing US-OK/consent'],
    ['oklahoma', 'preview', skips, 'consent-missing US-OK/consent'],
    ['oklahoma', 'manual', skips, 'yes'],
    ['maryland', 'preview', skips, 'consent-missing US-MD/consent'],
    ['maryland', 'manual', skips, 'yes'],
    ['florida', 'progressive', skips, 'consent-missing US-FL/consent'],
    ['florida', 'preview', skips, 'yes'],
    ['florida', 'preview', calls, 'consent-missing US-FL/consent'],
    ['florida', 'manual', calls, 'yes'],
  ] as const
  for (const [where, mode, preview, verdict] of rows) {
    const facts = factsAt(noon, { number: numbers[where], lists: freshLists(noon) })
    const rules = rulesWith({ preview, pacing: { ...testCampaign.pacing, mode } })
    const found = decideVerdict(facts, rules, noon)
    const words = found.allowed ? 'yes' : `${found.reason} ${found.rule}`
    t.equal(words, verdict, `${where}, ${mode}, ${preview.timeUp}`)
    if (found.allowed) t.equal(clearanceOf(facts, rules, noon).mode, mode, 'the evidence says how it was dialed')
  }
})
