import t from 'tap'
import {
  exempts,
  hasWithdrawn,
  isValid,
  liftedBy,
  type Permission,
  type PermissionQuestion,
} from '../../../src/core/compliance/consent.ts'
import type { Exemption, Rule } from '../../../src/core/compliance/rules.ts'

const now = Date.UTC(2026, 10, 25, 17)
const latestAnswerMs = 37_000
const about: PermissionQuestion = { topic: 'solar', channel: 'call', seller: 'acme' }
const given: Permission = {
  ...{ permissionId: 1, basis: 'written', topics: ['solar'], channels: ['call'], givenAt: now - 1_000, seller: 'acme' },
}
const { seller: _, ...toOneSeller } = given

interface Row {
  readonly what: string
  readonly permission?: Partial<Permission>
  readonly about?: Partial<PermissionQuestion>
  readonly holds: boolean
}

/** Each way to hold beside the nearest way not to. */
const rows: readonly Row[] = [
  { what: 'for this topic, channel and seller', holds: true },
  { what: 'given this instant', permission: { givenAt: now }, holds: true },
  { what: 'given in an instant', permission: { givenAt: now + 1 }, holds: false },
  { what: 'expires in an instant', permission: { expiresAt: now + 1 }, holds: true },
  { what: 'expires this instant', permission: { expiresAt: now }, holds: false },
  { what: 'has expired', permission: { expiresAt: now - 1 }, holds: false },
  {
    what: 'expires after the latest answer',
    permission: { expiresAt: now + latestAnswerMs + 1 },
    about: { latestAnswerMs },
    holds: true,
  },
  {
    what: 'expires with the latest answer',
    permission: { expiresAt: now + latestAnswerMs },
    about: { latestAnswerMs },
    holds: false,
  },
  { what: 'taken back in an instant', permission: { withdrawnAt: now + 1 }, holds: true },
  {
    what: 'taken back while the phone rings',
    permission: { withdrawnAt: now + 1 },
    about: { latestAnswerMs },
    holds: true,
  },
  { what: 'taken back this instant', permission: { withdrawnAt: now }, holds: false },
  { what: 'every topic', permission: { topics: [] }, holds: true },
  { what: 'this topic among others', permission: { topics: ['wind', 'solar'] }, holds: true },
  { what: 'another topic', permission: { topics: ['wind'] }, holds: false },
  { what: 'every channel', permission: { channels: [] }, holds: true },
  { what: 'this channel among others', permission: { channels: ['sms', 'call'] }, holds: true },
  { what: 'another channel', permission: { channels: ['sms'] }, holds: false },
  { what: 'another topic on every channel', permission: { topics: ['wind'], channels: [] }, holds: false },
  { what: 'every topic on another channel', permission: { topics: [], channels: ['sms'] }, holds: false },
  { what: 'another seller', permission: { seller: 'other' }, holds: false },
  { what: 'one of several sellers, nobody says which', permission: { seller: '' }, holds: false },
  { what: 'a seller, and the campaign names another', about: { seller: 'other' }, holds: false },
  { what: 'this very number, as it says', permission: { otherNumber: false }, holds: true },
  { what: 'another number, in writing', permission: { otherNumber: true }, holds: false },
  { what: 'another number, by word', permission: { otherNumber: true, basis: 'express' }, holds: false },
  { what: 'another number, on a purchase', permission: { otherNumber: true, basis: 'purchase' }, holds: true },
  { what: 'another number, on an inquiry', permission: { otherNumber: true, basis: 'inquiry' }, holds: true },
  {
    what: 'a purchase from another seller',
    permission: { otherNumber: true, basis: 'purchase', seller: 'other' },
    holds: false,
  },
]

t.test('a permission holds, or does not: each border from both sides', async t => {
  for (const { what, permission, about: more, holds } of rows)
    t.equal(isValid({ ...given, ...permission }, { ...about, ...more }, now), holds, what)
  const { seller: __, ...anybody } = about
  t.equal(isValid(toOneSeller, about, now), true, 'where there is one seller it was given to them')
  t.equal(isValid(toOneSeller, anybody, now), true)
  t.equal(isValid(given, anybody, now), false, 'a campaign of nobody is none of the one it was given to')
})

t.test('a refusal is lifted by a later permission that holds, and by no other', async t => {
  const refusal: Permission = { ...given, permissionId: 2, givenAt: now - 90_000, withdrawnAt: now - 60_000 }
  for (const { what, permission, about: more, holds } of rows) {
    const later = { ...given, ...permission }
    const question = { ...about, ...more }
    t.equal(hasWithdrawn([refusal, later], question, now), !holds, `${what}: refused, then this`)
    t.equal(hasWithdrawn([later, refusal], question, now), !holds, `${what}: in the other order`)
  }
})

t.test('whether the topic is refused: by whom, when, and what came after', async t => {
  const refused = (withdrawnAt: number, more: Partial<Permission> = {}) => ({ ...given, withdrawnAt, ...more })
  const table: readonly (readonly [what: string, permissions: readonly Permission[], refused: boolean])[] = [
    ['nothing was ever said', [], false],
    ['a permission stands', [given], false],
    ['refused this instant', [refused(now)], true],
    ['refused in an instant', [refused(now + 1)], false],
    ['refused long ago', [refused(1)], true],
    ['another topic refused', [refused(now, { topics: ['wind'] })], false],
    ['another channel refused', [refused(now, { channels: ['sms'] })], false],
    ['everything refused', [refused(now, { topics: [], channels: [] })], true],
    ['said to another seller: a no is a no', [refused(now, { seller: 'other' })], true],
    ['said on another number', [refused(now, { otherNumber: true })], true],
    ['refused what had expired', [refused(now, { expiresAt: now - 5_000 })], true],
    ['permitted again an instant later', [refused(given.givenAt - 1), given], false],
    ['permitted in the instant of the refusal', [refused(given.givenAt), given], true],
    ['refused again after that', [refused(given.givenAt - 1), given, refused(given.givenAt + 1)], true],
    ['refused later, and the later word comes first', [refused(now), refused(given.givenAt - 1), given], true],
    ['permitted twice, the later word comes first', [given, { ...given, givenAt: 1 }, refused(now - 2_000)], false],
    ['a permission for another topic lifts nothing', [refused(now - 9_000), { ...given, topics: ['wind'] }], true],
  ]
  for (const [what, permissions, expected] of table) t.equal(hasWithdrawn(permissions, about, now), expected, what)
})

t.test('an exemption is of its basis, and of its age to the millisecond', async t => {
  const at = (agoMs: number, basis: Permission['basis'] = 'purchase') => ({ ...given, basis, givenAt: now - agoMs })
  t.equal(exempts(at(1e12), { basis: 'purchase' }, now), true, 'of any age')
  t.equal(exempts(at(0, 'inquiry'), { basis: 'purchase' }, now), false)
  t.equal(exempts(at(500), { basis: 'purchase', withinMs: 500 }, now), true)
  t.equal(exempts(at(501), { basis: 'purchase', withinMs: 500 }, now), false)
  t.equal(exempts(at(0, 'inquiry'), { basis: 'purchase', withinMs: 500 }, now), false)
})

t.test('a rule is lifted by a permission that holds, that the rule names, and that no refusal overtakes', async t => {
  const rule = (...yieldsTo: Exemption[]): Rule => ({
    ...{ kind: 'consent', basis: 'written', ruleId: 'X/consent', source: '', date: '', yieldsTo },
  })
  const lifted = (of: Rule, permissions: readonly Permission[], question: PermissionQuestion = about) =>
    liftedBy(of, { permissions, about: question }, now)?.permissionId
  const { yieldsTo: _none, ...firm } = rule()
  t.equal(lifted(firm as Rule, [given]), undefined, 'a rule that yields to nothing')
  t.equal(lifted(rule(), [given]), undefined)
  t.equal(lifted(rule({ basis: 'written' }), []), undefined, 'nothing was said')
  t.equal(lifted(rule({ basis: 'written' }), [given]), 1)
  t.equal(lifted(rule({ basis: 'express' }), [given]), undefined)
  t.equal(lifted(rule({ basis: 'express' }, { basis: 'written' }), [given]), 1, 'one of several that it names')
  for (const { what, permission, about: more, holds } of rows) {
    const one = { ...given, ...permission }
    t.equal(lifted(rule({ basis: one.basis }), [one], { ...about, ...more }), holds ? 1 : undefined, what)
  }
  const refusal = { ...given, permissionId: 2, withdrawnAt: given.givenAt }
  t.equal(lifted(rule({ basis: 'written' }), [given, refusal]), undefined, 'who has said no lifts nothing')
  t.equal(lifted(rule({ basis: 'written' }), [{ ...refusal, withdrawnAt: given.givenAt - 1 }, given]), 1)
  const other = { ...given, permissionId: 3, basis: 'purchase' as const }
  t.equal(lifted(rule({ basis: 'purchase' }), [given, other]), 3, 'the one that lifts it is named')
})

t.test('what lifts a rule is still young enough when the phone is answered', async t => {
  const withinMs = 50_000
  const rule = { kind: 'consent', basis: 'written', yieldsTo: [{ basis: 'purchase', withinMs }] } as never as Rule
  const lifted = (ageMs: number, question: PermissionQuestion) =>
    liftedBy(rule, { permissions: [{ ...given, basis: 'purchase', givenAt: now - ageMs }], about: question }, now) !==
    undefined
  t.equal(lifted(withinMs, about), true)
  t.equal(lifted(withinMs + 1, about), false)
  t.equal(lifted(withinMs - latestAnswerMs, { ...about, latestAnswerMs }), true)
  t.equal(lifted(withinMs - latestAnswerMs + 1, { ...about, latestAnswerMs }), false)
})

t.test('agreed hours lift where the person has hours of their own', async t => {
  const agreed = { basis: 'written', agreedHours: true } as const
  const lifted = (exemption: Exemption, question: PermissionQuestion) =>
    liftedBy({ yieldsTo: [exemption] } as never as Rule, { permissions: [given], about: question }, now) !== undefined
  t.equal(lifted(agreed, about), false)
  t.equal(lifted(agreed, { ...about, ownHours: true }), true)
  t.equal(lifted({ ...agreed, basis: 'express' }, { ...about, ownHours: true }), false)
  t.equal(lifted({ basis: 'written' }, about), true)
})
