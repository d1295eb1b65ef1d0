import t from 'tap'
import { restVerdict } from '../../../src/core/compliance/checks.ts'
import { factsAt, lawless, pastAt } from '../../support/compliance.ts'

const now = Date.UTC(2026, 0, 13, 15)
const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** What the rests say of a lead with its own retry time, and of a person who was left in silence an hour ago. */
function said(dialableAt: number) {
  const history = [pastAt(now - hourMs, { disposition: 'abandoned', answeredAt: now - hourMs })]
  const facts = factsAt(now, { dialableAt, history })
  return restVerdict({ facts, rules: lawless(), law: { rest: [] }, now } as never) as {
    reason?: string
    retryAt?: number
  }
}

t.test('of several rests the one that ends last decides, whatever the order', async t => {
  const own = said(0)
  t.equal(own.reason, 'rest-after-abandonment')
  const ends = own.retryAt ?? Number.NaN
  t.ok(ends > now + hourMs)
  t.strictSame(said(ends - 1), own, 'a retry time before it changes nothing')
  t.match(said(ends + 1), { reason: 'resting', retryAt: ends + 1 })
  t.match(said(now + 400 * dayMs), { reason: 'resting', retryAt: now + 400 * dayMs })
})

t.test('a rest that ends now is over', async t => {
  const facts = (dialableAt: number) => factsAt(now, { dialableAt, history: [] })
  const of = (dialableAt: number) =>
    restVerdict({ facts: facts(dialableAt), rules: lawless(), law: { rest: [] }, now } as never)
  t.notMatch(of(now), { reason: 'resting' })
  t.match(of(now + 1), { reason: 'resting', retryAt: now + 1 })
})
