// A month in virtual time: the real dialer under the rules as shipped, and a second implementation that reads its ledger.
import t, { type Test } from 'tap'
import { liveMonth, type Month } from '../support/month.ts'
import { covered, isBarred, whoIs } from '../support/monthWorld.ts'

// On a busy machine.
t.setTimeout(300_000)

/** Every reason for which a lead can be put off in such a month; the others need a disk that fails or a number that is none. */
const reasons = [
  ...['do-not-call', 'number-retired', 'list-missing', 'list-too-old', 'filtered-out'],
  ...['consent-missing', 'consent-expired', 'consent-withdrawn', 'outside-own-hours', 'outside-calling-hours'],
  ...['unknown-place', 'unknown-time-zone', 'attempts-limit', 'fatigue-rest', 'fatigue-limit', 'caller-identity'],
  // A refusal never comes to its rest: all of the person's numbers are on the company's list by then.
  ...['rest-after-abandonment', 'rest-after-conversation'],
]

/** What must have come to pass, else the month proves little: how calls end, what agents say, who refuses and how. */
const happenings = [
  ...['busy', 'no-answer', 'rejected', 'failed', 'connected', 'abandoned', 'hung-up-waiting', 'withdrawn'],
  ...[
    'congestion true',
    'congestion false',
    'opt-out agent',
    'opt-out opt-out-key',
    'opt-out operator',
    'opt-out network',
  ],
  ...[
    'refused',
    'complaint',
    'machine',
    'later',
    'wrong-person',
    'deceased',
    'opt-in',
    'given',
    'withdrawn consent',
    'run1',
    'run2',
  ],
]

t.test('in a month under all rules nobody is called who must not be', { timeout: 300_000 }, async t => {
  const month = await liveMonth({ seed: 6 })
  t.same(month.violations, [])
  t.same(month.faults, [])
  // Fewer than there are people to call: a refusal ends a whole family's numbers.
  t.ok(month.originates.length > 3_000, `${month.originates.length} calls`)
  for (const home of covered) {
    const calls = month.originates.filter(({ number }) => whoIs(number).home === home).length
    t.ok(calls >= 100, `${calls} calls to ${home}`)
  }
  t.notOk(
    month.originates.some(({ number }) => whoIs(number).home === 'madrid'),
    'no rules cover Spain',
  )
  const missing = (wanted: readonly string[], seen: ReadonlySet<string>) => wanted.filter(one => !seen.has(one))
  t.same(missing(reasons, new Set(month.refusals.keys())), [], 'every refusal has occurred')
  t.same(missing(happenings, happened(month)), [], 'everything has happened')
  witnessed(t, month)
})

function happened({ entries }: Month): ReadonlySet<string> {
  return new Set(
    entries.flatMap(({ kind, entry: { callId, code, counts, disposition, event, source } }) => {
      if (kind === 'originate') return [String(callId).split('-')[0] ?? '']
      if (kind === 'outcome') return [String(disposition), `${disposition} ${counts}`]
      if (kind === 'wrap-up') return [String(code)]
      if (kind === 'opt-out') return [`opt-out ${source}`]
      return kind === 'consent' ? [event === 'withdrawn' ? 'withdrawn consent' : String(event)] : [kind]
    }),
  )
}

/** What the carrier saw: the ledger says nothing of who stands on a list, and nothing of what it left out. */
function witnessed(t: Test, { entries, originates }: Month): void {
  const originated = entries.filter(({ kind }) => kind === 'originate').map(({ entry }) => entry)
  const known = new Map(originated.map(entry => [entry.callId, entry]))
  t.notOk(
    originates.some(({ callId }) => !known.has(callId)),
    'the carrier was asked for nothing that the ledger does not have',
  )
  const barred = originates.filter(({ callId, number }) => {
    const { campaign, purpose } = known.get(callId) ?? {}
    return isBarred(number, { campaign: String(campaign), purpose: String(purpose) })
  })
  t.same(barred, [], 'nobody was called against a list')
}
