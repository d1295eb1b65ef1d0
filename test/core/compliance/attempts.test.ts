import t from 'tap'
import { attemptWindow } from '../../../src/core/compliance/attempts.ts'
import { inScope, type PastAttempt, type Viewpoint } from '../../../src/core/compliance/history.ts'
import type { ZoneOffset } from '../../../src/core/compliance/localTime.ts'
import { happened, restEndsAt } from '../../../src/core/compliance/rest.ts'
import { type RestCause, type Rule, restCauses } from '../../../src/core/compliance/rules.ts'
import { pastAt } from '../../support/compliance.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const now = Date.UTC(2026, 10, 25, 17)
const of: Viewpoint = { campaignId: 'spring', purpose: 'sales', topic: 'spring' }
const utc: ZoneOffset = { zone: 'UTC', offsetMinutes: 0, from: 0, until: Number.POSITIVE_INFINITY }
const east: ZoneOffset = { ...utc, zone: 'east', offsetMinutes: 600 }
const west: ZoneOffset = { ...utc, zone: 'west', offsetMinutes: -600 }

type Window = Rule<'attempts'>['window']

function windowOf(window: Window, max: number, history: readonly PastAttempt[], zones: readonly ZoneOffset[] = [utc]) {
  const rule = { kind: 'attempts', ruleId: 'x', max, window, per: 'person', across: 'all' } as Rule<'attempts'>
  const { count, retryAt } = attemptWindow(rule, { history, of, zones }, now)
  return [count, retryAt]
}

t.test('a rolling window: an attempt leaves it when its length has passed fully', async t => {
  const rolling = { kind: 'rolling', lengthMs: dayMs } as const
  const ago = (...each: number[]) => each.map(ms => pastAt(now - ms))
  t.same(windowOf(rolling, 2, []), [0, undefined])
  t.same(windowOf(rolling, 2, ago(dayMs - 1)), [1, undefined])
  t.same(windowOf(rolling, 2, ago(dayMs)), [0, undefined])
  t.same(windowOf(rolling, 1, ago(dayMs - 1)), [1, now + 1])
  t.same(windowOf(rolling, 2, ago(5, 70)), [2, now - 70 + dayMs], 'full: the older of the two must go')
  t.same(windowOf(rolling, 2, ago(5, 70, 900)), [3, now - 70 + dayMs], 'overfull: all but one must go')
  t.same(windowOf(rolling, 3, ago(5, 70)), [2, undefined])
})

t.test('a window over a life counts everything, and nothing leaves it', async t => {
  t.same(windowOf({ kind: 'life' }, 2, [pastAt(now - 1), pastAt(1)]), [2, undefined])
  t.same(windowOf({ kind: 'life' }, 9, [pastAt(now), pastAt(0), pastAt(-5)]), [3, undefined])
})

t.test('a window of a day begins at midnight there, and ends at the next', async t => {
  const midnight = Date.UTC(2026, 10, 25)
  const day = { kind: 'day' } as const
  t.same(windowOf(day, 2, [pastAt(midnight)]), [1, undefined])
  t.same(windowOf(day, 2, [pastAt(midnight - 1)]), [0, undefined])
  t.same(windowOf(day, 1, [pastAt(midnight)]), [1, midnight + dayMs])
  // 17:00 by Greenwich: 03:00 of the 26th in the east, 07:00 of the 25th in the west. The longest day counts.
  const [eastern, western] = [Date.UTC(2026, 10, 25, 14), Date.UTC(2026, 10, 25, 10)]
  t.same(windowOf(day, 1, [pastAt(eastern)], [east]), [1, eastern + dayMs])
  t.same(windowOf(day, 1, [pastAt(eastern - 1)], [east]), [0, undefined])
  for (const zones of [
    [east, west],
    [west, east],
  ]) {
    t.same(windowOf(day, 1, [pastAt(western - 1)], zones), [0, undefined])
    t.same(windowOf(day, 1, [pastAt(western)], zones), [1, western + dayMs], 'the last of the midnights')
  }
})

t.test('what costs nothing and what is out of scope does not count', async t => {
  const rolling = { kind: 'rolling', lengthMs: dayMs } as const
  const rule = { kind: 'attempts', ruleId: 'x', max: 5, window: rolling, per: 'number', across: 'topic' } as const
  const history = [pastAt(now - 1), pastAt(now - 2, { counts: false }), pastAt(now - 3, { sameNumber: false })]
  const more = [pastAt(now - 4, { topic: 'autumn' }), pastAt(now - 5)]
  const question = { history: [...history, ...more], of, zones: [utc] }
  t.equal(attemptWindow(rule as never, question, now).count, 2)
})

t.test('whom and which calls a scope looks at', async t => {
  const table: readonly (readonly [across: 'all' | 'purpose' | 'topic' | 'campaign', other: Partial<PastAttempt>])[] = [
    ['purpose', { purpose: 'debt' }],
    ['topic', { topic: 'autumn' }],
    ['campaign', { campaignId: 'autumn' }],
  ]
  for (const per of ['number', 'person'] as const) {
    const scope = (across: 'all' | 'purpose' | 'topic' | 'campaign', more: Partial<PastAttempt> = {}) =>
      inScope(pastAt(now, more), { per, across }, of)
    for (const [across, other] of table) {
      t.equal(scope(across), true, `${per} ${across}: the same`)
      t.equal(scope(across, other), false, `${per} ${across}: another`)
      t.equal(scope(across, { sameNumber: false }), per === 'person', `${per} ${across}: on another number`)
      for (const [elsewhere] of table)
        if (elsewhere !== across) t.equal(scope(elsewhere, other), true, `${per} ${elsewhere} does not ask`)
      t.equal(scope('all', { ...other, sameNumber: true }), true, `${per}, whatever the call`)
    }
    t.equal(scope('all', { sameNumber: false }), per === 'person')
  }
})

t.test('after what a person rests', async t => {
  const talked: Partial<PastAttempt> = { disposition: 'connected', connectedAt: now }
  const table: readonly (readonly [Partial<PastAttempt>, readonly RestCause[]])[] = [
    [{}, []],
    [{ disposition: 'abandoned' }, ['abandonment']],
    [{ disposition: 'hung-up-waiting' }, ['abandonment']],
    [{ disposition: 'busy' }, []],
    [talked, ['conversation']],
    [{ ...talked, machine: true }, []],
    [{ machine: true }, []],
    [{ refusal: true }, ['refusal']],
    [{ complaint: true }, ['complaint']],
    [{ ...talked, refusal: true, complaint: true }, ['refusal', 'conversation', 'complaint']],
  ]
  for (const [more, causes] of table)
    for (const cause of restCauses)
      t.equal(happened(pastAt(now, more), cause), causes.includes(cause), `${cause} of ${JSON.stringify(more)}`)
})

type Rest = Parameters<typeof restEndsAt>[0]

t.test('a rest is counted from the end of the last call that asks for it', async t => {
  const rule: Rest = { after: 'refusal', forMs: 3 * hourMs, per: 'person', across: 'topic' }
  const refusal = (agoMs: number, more: Partial<PastAttempt> = {}) =>
    pastAt(now - agoMs, { refusal: true, endedAt: now - agoMs + 50, ...more })
  const ends = (...history: readonly PastAttempt[]) => restEndsAt(rule, history, of)
  t.equal(ends(), undefined)
  t.equal(ends(pastAt(now - 5)), undefined, 'nobody refused')
  t.equal(ends(refusal(1_000)), now - 950 + 3 * hourMs)
  t.equal(ends(pastAt(now - 5), refusal(1_000), refusal(9_000)), now - 950 + 3 * hourMs, 'the last one')
  t.equal(ends(refusal(10, { topic: 'autumn' }), refusal(1_000)), now - 950 + 3 * hourMs, 'of this topic')
  const { endedAt: _, ...open } = refusal(1_000)
  t.equal(ends(open), now - 1_000 + 3 * hourMs, 'one that has not ended: from its beginning')
})

t.test('whole days of rest end at a midnight there, in the last of all zones', async t => {
  const rest = (forMs: number, wholeDays: 'from-the-day' | 'from-the-next-day', zones: readonly ZoneOffset[]) => {
    const rule: Rest = { after: 'complaint', forMs, wholeDays, per: 'person', across: 'all' }
    return restEndsAt(rule, [pastAt(now, { complaint: true, endedAt: now })], { ...of, zones })
  }
  const midnight = (day: number, offsetMinutes = 0) => Date.UTC(2026, 10, day) - offsetMinutes * 60_000
  t.equal(rest(dayMs, 'from-the-day', [utc]), midnight(26))
  t.equal(rest(dayMs + 1, 'from-the-day', [utc]), midnight(27), 'a day begun is a day')
  t.equal(rest(7 * dayMs, 'from-the-day', [utc]), midnight(32))
  t.equal(rest(7 * dayMs, 'from-the-next-day', [utc]), midnight(33))
  t.equal(rest(dayMs, 'from-the-day', [east]), midnight(27, 600))
  t.equal(rest(dayMs, 'from-the-day', [west]), midnight(26, -600))
  t.equal(rest(dayMs, 'from-the-day', [west, east]), midnight(27, 600))
  t.equal(rest(dayMs, 'from-the-day', [east, west]), midnight(27, 600))
  t.equal(rest(dayMs, 'from-the-day', []), now + dayMs, 'nobody knows where: by the hour')
})
