import t from 'tap'
import { defaultRetryRules, leadAfterAttempt, type RetryRules } from '../../../src/core/campaigns/lead.ts'
import type { Disposition } from '../../../src/core/vocabulary.ts'

const hourMs = 3_600_000
const originatedAt = Date.UTC(2026, 5, 17, 16, 0)

/** Hours from the attempt to the retry. */
function retryAfter(disposition: Disposition, asked: Partial<RetryRules> = {}, endedMs = 30_000): number | undefined {
  const rules = { ...defaultRetryRules, ...asked }
  const next = leadAfterAttempt(rules, { disposition, attempts: 1, originatedAt }, originatedAt + endedMs)
  return next.kind === 'retry' ? (next.at - originatedAt - endedMs) / hourMs : undefined
}

function after(disposition: Disposition, hours: number, more: Partial<RetryRules> = {}): number | undefined {
  return retryAfter(disposition, { byDisposition: { [disposition]: { afterMs: hours * hourMs } }, ...more })
}

t.test(
  'the product: busy in 15 min, no answer in 4 h, machine tomorrow at another hour, abandoned after 72 h exactly',
  async t => {
    const rows: readonly (readonly [Disposition, number | undefined])[] = [
      ['busy', 0.25],
      ['congestion', 0.25],
      ['no-answer', 4],
      ['withdrawn', 4],
      ['machine', 27],
      ['abandoned', 72],
      ['hung-up-waiting', 72],
      ['connected', undefined],
      ['rejected', undefined],
      ['failed', undefined],
    ]
    for (const [disposition, hours] of rows) t.equal(retryAfter(disposition), hours, disposition)
  },
)

t.test('nobody there at that hour: a retry within an hour of it on another day comes 3 h later', async t => {
  const rows = [
    { hours: 4, comes: 4 },
    { hours: 12, comes: 12 },
    { hours: 22.9, comes: 22.9 },
    { hours: 23.1, comes: 26.1 },
    { hours: 24, comes: 27 },
    { hours: 24.9, comes: 27.9 },
    { hours: 25.1, comes: 25.1 },
    { hours: 47.5, comes: 50.5 },
    { hours: 48, comes: 51 },
    { hours: 168, comes: 171 },
    // Asked for within half a day: that is what was wanted.
    { hours: 0.5, comes: 0.5 },
    { hours: 0, comes: 0 },
  ]
  for (const disposition of ['no-answer', 'machine'] as const) {
    for (const { hours, comes } of rows) t.equal(after(disposition, hours), comes, `${disposition} ${hours} h`)
  }
})

t.test('who was there is called when it was asked for, and sameHour leaves every time as asked for', async t => {
  for (const disposition of ['busy', 'connected', 'abandoned', 'rejected'] as const) {
    t.equal(after(disposition, 24), 24, disposition)
  }
  t.equal(after('machine', 24, { sameHour: true }), 24)
  t.equal(after('no-answer', 48, { sameHour: true }), 48)
})

t.test('the hour is that of the attempt, not of its end', async t => {
  const rules = { byDisposition: { machine: { afterMs: 22.5 * hourMs } } }
  t.equal(retryAfter('machine', rules), 22.5, 'an hour and a half before')
  t.equal(
    retryAfter('machine', rules, hourMs),
    25.5,
    'it ended an hour later, so the retry would come half an hour before',
  )
})

t.test('the last attempt finishes the lead, wherever the retry would come', async t => {
  const attempt = { disposition: 'machine', attempts: defaultRetryRules.attemptsMax, originatedAt } as const
  t.strictSame(leadAfterAttempt(defaultRetryRules, attempt, originatedAt), { kind: 'finished' })
})
