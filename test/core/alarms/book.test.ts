import t from 'tap'
import type { Condition, Silence } from '../../../src/core/alarms/alarm.ts'
import {
  type AlarmBook,
  alarmsOf,
  type Brewing,
  emptyBook,
  type Followed,
  followAlarms,
  outboxMax,
} from '../../../src/core/alarms/book.ts'
import type { AlarmCode } from '../../../src/core/alarms/kinds.ts'
import { alarmKind } from '../../../src/core/alarms/kinds.ts'

const down: Condition = { code: 'node-down', subject: 'pbx1', says: 'the PBX is not reachable' }
const silent: Silence = { code: 'node-down', until: 500_000, by: 'Ann', reason: 'moved' }
const { holdMs, restMs } = alarmKind('node-down')

/** A book in the test's hands, looked at by instants. */
function createHand(start: AlarmBook = emptyBook) {
  let at: { book: AlarmBook; brewing: Brewing } = { book: start, brewing: new Map() }
  const look = (
    now: number,
    conditions: readonly Condition[],
    more: { unknown?: readonly { code: AlarmCode; subject?: string }[]; sends?: boolean } = {},
  ): Followed => {
    const { unknown = [], sends = true } = more
    const followed = followAlarms(at, { conditions, unknown }, { now, sends })
    at = followed
    return followed
  }
  const silence = (...silences: Silence[]) => {
    at = { ...at, book: { ...at.book, silences } }
  }
  return { look, silence, book: () => at.book }
}

const told = ({ raised, ended }: Followed) => [raised.length, ended.length]
const kinds = ({ outbox }: AlarmBook) => outbox.map(({ kind }) => kind)

t.test('what holds for long enough is raised once, and what is gone for long enough is ended once', async t => {
  const { look } = createHand()
  const table: readonly (readonly [now: number, holds: boolean, raised: number, ended: number])[] = [
    [0, true, 0, 0],
    [holdMs - 1, true, 0, 0],
    [holdMs, true, 1, 0],
    [holdMs + 1, true, 0, 0],
    [100_000, false, 0, 0],
    [100_000 + restMs - 1, false, 0, 0],
    // It flaps: no end, no second beginning.
    [100_000 + restMs - 1, true, 0, 0],
    [200_000, false, 0, 0],
    [200_000 + restMs, false, 0, 1],
    [200_000 + restMs + 1, false, 0, 0],
    // What comes for a moment is none.
    [300_000, true, 0, 0],
    [300_001, false, 0, 0],
    [300_000 + holdMs, true, 0, 0],
  ]
  for (const [now, holds, raised, ended] of table)
    t.same(told(look(now, holds ? [down] : [])), [raised, ended], `${now} ${holds}`)
})

t.test('an alarm has its first instant, what it says last, and stops dialing only while it holds', async t => {
  const { look, book } = createHand()
  const full: Condition = { code: 'disk-low', says: '100 MiB are free', stopsDialing: true }
  look(10, [full])
  look(20, [{ ...full, says: '50 MiB are free' }])
  const [alarm] = alarmsOf(book(), 20)
  t.match(alarm, {
    code: 'disk-low',
    what: 'store',
    severity: 'warning',
    since: 10,
    says: '50 MiB are free',
    stopsDialing: true,
  })
  t.equal(alarm?.todo, alarmKind('disk-low').todo)
  look(30, [])
  t.match(alarmsOf(book(), 30), [{ goneSince: 30, stopsDialing: false }])
})

t.test('subjects are apart, and what could not be looked at stays as it is', async t => {
  const { look } = createHand()
  const other = { ...down, subject: 'pbx2' }
  look(0, [down, other])
  t.same(told(look(holdMs, [down, other])), [2, 0])
  look(100_000, [down], { unknown: [{ code: 'node-down', subject: 'pbx2' }] })
  t.same(told(look(100_000 + restMs, [down], { unknown: [{ code: 'node-down' }] })), [0, 0], 'a code stands for all')
  look(200_000, [down])
  t.match(look(200_000 + restMs, [down]).ended, [{ subject: 'pbx2' }])
})

t.test('a silenced alarm is shown and not sent, and is sent when the silence has ended, if it still holds', async t => {
  const { look, silence, book } = createHand()
  silence(silent)
  look(0, [down])
  t.same(told(look(holdMs, [down])), [1, 0])
  t.match(alarmsOf(book(), holdMs), [{ code: 'node-down', silenced: silent }])
  t.same(kinds(book()), [])
  look(silent.until - 1, [down])
  t.same(kinds(book()), [])
  const { changed } = look(silent.until, [down])
  t.ok(changed)
  t.same(kinds(book()), ['alarm-raised'])
  t.same(book().silences, [], 'it has gone')
  // The receiver would hold it open for ever.
  silence({ ...silent, until: 900_000 })
  look(600_000, [])
  look(600_000 + restMs, [])
  t.same(kinds(book()), ['alarm-raised', 'alarm-ended'])
})

t.test('whoever never heard of an alarm hears of no end, and the receiver does not hear of itself', async t => {
  const { look, silence, book } = createHand()
  silence({ ...silent, subject: 'pbx1' })
  look(0, [down, { ...down, subject: 'pbx2' }])
  look(holdMs, [down, { ...down, subject: 'pbx2' }, { code: 'webhook-failing', says: 'it answers 500' }])
  t.match(book().outbox, [{ alarm: { subject: 'pbx2' } }])
  look(100_000, [])
  look(100_000 + restMs, [])
  t.same(kinds(book()), ['alarm-raised', 'alarm-ended'])
  t.same(book().alarms, [])
})

t.test('an alarm that still holds after a restart is not sent twice, and again it has another name', async t => {
  const first = createHand()
  first.look(0, [down])
  first.look(holdMs, [down])
  const written: AlarmBook = JSON.parse(JSON.stringify(first.book()))
  const second = createHand(written)
  t.same(told(second.look(200_000, [])), [0, 0], 'the first look sees nothing yet')
  t.same(told(second.look(200_001, [down])), [0, 0])
  t.same(kinds(second.book()), ['alarm-raised'])
  second.look(300_000, [])
  second.look(300_000 + restMs, [])
  second.look(400_000, [down])
  second.look(400_000 + holdMs, [down])
  const ids = second.book().outbox.map(({ id }) => id)
  t.equal(new Set(ids).size, 3, ids.join(' '))
  t.same(kinds(second.book()), ['alarm-raised', 'alarm-ended', 'alarm-raised'])
})

t.test('without a receiver nothing waits, and one that comes later is told what is on', async t => {
  const { look, book } = createHand()
  look(0, [down], { sends: false })
  look(holdMs, [down], { sends: false })
  t.same(kinds(book()), [])
  look(holdMs + 1, [down])
  t.same(kinds(book()), ['alarm-raised'])
})

t.test('the outbox has an end: the oldest go', async t => {
  const { look, book } = createHand()
  const many = Array.from({ length: outboxMax + 3 }, (_, index): Condition => ({ ...down, subject: `pbx${index}` }))
  look(0, many)
  t.equal(look(holdMs, many).dropped, 3)
  t.equal(book().outbox.length, outboxMax)
  t.match(book().outbox[0], { alarm: { subject: 'pbx3' } })
})

t.test('the gravest come first, what is silenced last', async t => {
  const { look, silence, book } = createHand()
  silence({ ...silent, subject: 'a' })
  look(0, [
    { ...down, subject: 'a' },
    { code: 'disk-low', says: 'x' },
    { ...down, subject: 'b' },
  ])
  look(holdMs, [
    ...[{ ...down, subject: 'a' }, { code: 'disk-low', says: 'x' } as const, { ...down, subject: 'b' }],
    { code: 'disk-full', says: 'y', stopsDialing: true },
  ])
  t.same(
    alarmsOf(book(), holdMs).map(({ code, subject = '' }) => `${code}${subject}`),
    ['disk-full', 'node-downb', 'disk-low', 'node-downa'],
  )
})
