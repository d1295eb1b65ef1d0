import t from 'tap'
import type { Permission, PersonHours } from '../../../src/core/compliance/consent.ts'
import { explainLaw } from '../../../src/core/compliance/lawLines.ts'
import { decideVerdict } from '../../../src/core/compliance/verdict.ts'
import { factsAt, rulesWith } from '../../support/compliance.ts'

/** A Sunday in Sydney: the standard has no hours at all. */
const sunday = '2026-11-29'
const sydney = '+61292220100'
const tenToEleven = [{ startMinute: 600, endMinute: 660 }]
const sundayMornings: PersonHours = [tenToEleven, [], [], [], [], [], []]

function express(more: Partial<Permission> = {}): Permission {
  return { permissionId: 1, basis: 'express', topics: [], channels: [], givenAt: 0, seller: 'acme', ...more }
}

interface Row {
  readonly clock: string
  readonly says: string
  readonly permissions?: readonly Permission[]
  readonly ownHours?: PersonHours | undefined
  readonly purpose?: 'sales' | 'survey'
}

t.test(
  'express consent lifts Australia’s hours for the hours that the person has agreed to, and for no others',
  async t => {
    const agreed = { permissions: [express()], ownHours: sundayMornings }
    const rows: readonly Row[] = [
      { clock: '10:00:00', ...agreed, says: 'yes' },
      { clock: '09:59:59', ...agreed, says: 'outside-own-hours' },
      // The latest answer comes 37 s after the verdict.
      { clock: '10:59:22', ...agreed, says: 'yes' },
      { clock: '10:59:23', ...agreed, says: 'outside-own-hours' },
      { clock: '10:00:00', ...agreed, permissions: [express({ basis: 'written' })], says: 'yes' },
      { clock: '10:00:00', ...agreed, permissions: [express({ basis: 'purchase' })], says: 'outside-calling-hours' },
      { clock: '10:00:00', ...agreed, permissions: [express({ seller: 'other' })], says: 'outside-calling-hours' },
      { clock: '10:00:00', ...agreed, permissions: [express({ otherNumber: true })], says: 'outside-calling-hours' },
      { clock: '10:00:00', ...agreed, permissions: [express({ topics: ['other'] })], says: 'outside-calling-hours' },
      { clock: '10:00:00', ...agreed, permissions: [], says: 'outside-calling-hours' },
      { clock: '10:00:00', ...agreed, ownHours: undefined, says: 'outside-calling-hours' },
      { clock: '10:00:00', ...agreed, purpose: 'survey', says: 'yes' },
    ]
    for (const { clock, says, permissions = [], ownHours, purpose = 'sales' } of rows) {
      const now = Date.parse(`${sunday}T${clock}+11:00`)
      const facts = factsAt(now, { number: sydney, permissions, ...(ownHours === undefined ? {} : { ownHours }) })
      const verdict = decideVerdict(facts, rulesWith({ seller: { sellerId: 'acme', place: 'AU' }, purpose }), now)
      t.equal(verdict.allowed ? 'yes' : verdict.reason, says, JSON.stringify({ clock, permissions, ownHours, purpose }))
    }
  },
)

t.test('a line that was lifted by agreed hours says so, and the next agreed hour is when to ask again', async t => {
  const rules = rulesWith({ seller: { sellerId: 'acme', place: 'AU' } })
  const facts = (now: number) => factsAt(now, { number: sydney, permissions: [express()], ownHours: sundayMornings })
  const inside = Date.parse(`${sunday}T10:30:00+11:00`)
  const line = explainLaw(facts(inside), rules, inside).lines.find(({ rule }) => rule.ruleId === 'AU/hours')
  t.equal(line?.answer, 'lifted')
  const saturday = Date.parse('2026-11-28T10:30:00+11:00')
  t.match(decideVerdict(facts(saturday), rules, saturday), { retryAt: Date.parse(`${sunday}T10:00:00+11:00`) })
})
