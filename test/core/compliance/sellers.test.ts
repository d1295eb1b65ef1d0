import t from 'tap'
import { clearanceOf } from '../../../src/core/compliance/clear.ts'
import type { DoNotCallHit } from '../../../src/core/compliance/doNotCall.ts'
import { explainLaw } from '../../../src/core/compliance/lawLines.ts'
import type { RuleBook } from '../../../src/core/compliance/rules.ts'
import { decideVerdict } from '../../../src/core/compliance/verdict.ts'
import { type FactsOptions, factsAt, rulesWith, shippedRules, signedFor } from '../../support/compliance.ts'

/** A Wednesday noon in New York. */
const noon = Date.parse('2026-11-25T12:00:00-05:00')

/** Nothing is signed where no line is named. */
const signed = (...ruleIds: readonly string[]): RuleBook =>
  ruleIds.length === 0 ? shippedRules : signedFor(...ruleIds)

const said = (seller: string, more: Partial<DoNotCallHit> = {}): DoNotCallHit => ({
  ...{ list: `seller:${seller}`, kind: 'seller', version: 'own', importedAt: noon, asOf: noon, seller },
  ...more,
})
const company: DoNotCallHit = { list: 'company', kind: 'company', version: 'own', importedAt: noon, asOf: noon }
const acme = { sellerId: 'acme', place: 'US' }
const us = ['US-FTC/refusal', 'US-FCC/refusal']
const london = { number: '+442079460000' }

interface Row {
  readonly hits: readonly DoNotCallHit[]
  readonly signed: readonly string[]
  readonly binds: boolean
  readonly facts?: FactsOptions
  readonly settings?: Parameters<typeof rulesWith>[0]
}

const table: Readonly<Record<string, Row>> = {
  'own seller, unsigned': { hits: [said('acme')], signed: [], binds: true },
  'own seller, signed': { hits: [said('acme')], signed: us, binds: true },
  'other seller, unsigned': { hits: [said('fern')], signed: [], binds: true },
  'other seller, signed': { hits: [said('fern')], signed: us, binds: false },
  'other seller, one of two laws signed': { hits: [said('fern')], signed: ['US-FTC/refusal'], binds: true },
  'other seller, the other of two laws signed': { hits: [said('fern')], signed: ['US-FCC/refusal'], binds: true },
  'both sellers, signed': { hits: [said('fern'), said('acme')], signed: us, binds: true },
  'everybody, signed': { hits: [company], signed: us, binds: true },
  'other seller and everybody, signed': { hits: [said('fern'), company], signed: us, binds: true },
  'own seller at another number of the person': {
    ...{ hits: [said('acme', { through: '+12125550199' })], signed: us, binds: true },
  },
  'other seller at another number of the person': {
    ...{ hits: [said('fern', { through: '+12125550199' })], signed: us, binds: false },
  },
  'another purpose, about which the lines do not speak': {
    ...{ hits: [said('fern')], signed: us, binds: true, settings: { purpose: 'debt' } },
  },
  'a purpose of which only one line speaks': {
    ...{ hits: [said('fern')], signed: ['US-FTC/refusal'], binds: false, settings: { purpose: 'public' } },
  },
  'a Londoner called from the United States, only these signed': {
    ...{ hits: [said('fern')], signed: us, binds: true, facts: london },
  },
  'a Londoner, all signed': { hits: [said('fern')], signed: [...us, 'UK-Ofcom/refusal'], binds: false, facts: london },
  'a place whose law has no such line': {
    ...{ hits: [said('fern')], signed: us, binds: true, facts: { places: ['US-NY', 'DE'] } },
  },
  "a seller's place whose law has no such line": {
    ...{ hits: [said('fern')], signed: us, binds: true, settings: { seller: { sellerId: 'acme', place: 'DE' } } },
  },
  'a place that nobody knows': { hits: [said('fern')], signed: us, binds: true, facts: { places: [] } },
}

for (const [what, { hits, signed: by, binds, facts, settings }] of Object.entries(table)) {
  t.test(`a refusal binds by whom it was said to and what is signed: ${what}`, async t => {
    const rules = rulesWith({ seller: acme, ...settings }, signed(...by))
    const verdict = decideVerdict(factsAt(noon, { ...facts, doNotCall: hits }), rules, noon)
    const listed = !verdict.allowed && verdict.reason === 'do-not-call'
    t.equal(listed, binds)
  })
}

t.test('a profile signs nothing: it lifts nothing of what holds at the place itself', async t => {
  const book = { ...signed(...us), profiles: { DE: 'US' } }
  const facts = factsAt(noon, { places: ['US-NY', 'DE'], doNotCall: [said('fern')] })
  t.match(decideVerdict(facts, rulesWith({ seller: acme }, book), noon), { reason: 'do-not-call' })
})

t.test('the lines speak, and a call that leaves on a signature says so', async t => {
  const facts = factsAt(noon, { doNotCall: [said('fern')] })
  const answers = (...by: readonly string[]) =>
    explainLaw(facts, rulesWith({ seller: acme }, signed(...by)), noon)
      .lines.filter(({ rule }) => rule.kind === 'refusal')
      .map(({ rule, answer }) => `${rule.ruleId} ${answer}`)
  t.strictSame(answers().sort(), ['US-FCC/refusal refuses', 'US-FTC/refusal refuses'])
  t.strictSame(answers('US-FTC/refusal').sort(), ['US-FCC/refusal refuses', 'US-FTC/refusal satisfied'])
  const rules = rulesWith({ seller: acme }, signed(...us))
  t.strictSame(
    clearanceOf(facts, rules, noon)
      .rules.filter(ruleId => us.includes(ruleId))
      .sort(),
    [...us].sort(),
  )
  const unlisted = clearanceOf(factsAt(noon), rules, noon)
  t.strictSame(
    unlisted.rules.filter(ruleId => us.includes(ruleId)),
    [],
    'nobody asked',
  )
})
