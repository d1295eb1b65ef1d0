import { given } from '../given.ts'
import type { InstantMs } from '../ids.ts'
import type { Alarm, Condition, Findings, Silence } from './alarm.ts'
import { type AlarmCode, alarmKind } from './kinds.ts'

/** An alarm as kept, over restarts too. */
export interface KeptAlarm extends Condition {
  /** Its place in the order in which alarms were raised: the same alarm raised again has another. */
  readonly id: number
  readonly since: InstantMs
  readonly goneSince?: InstantMs
  /** It was given to the receiver, who is told its end as well. */
  readonly sent: boolean
}

/** What the receiver of alarms is to be told. */
export interface Notice {
  /** The same whenever it is sent again. */
  readonly id: string
  readonly kind: 'alarm-raised' | 'alarm-ended'
  readonly at: InstantMs
  readonly alarm: Alarm
}

/** All alarms that are on, what silences them, and what has not been taken by the receiver yet: plain JSON. */
export interface AlarmBook {
  readonly lastId: number
  readonly alarms: readonly KeptAlarm[]
  readonly silences: readonly Silence[]
  /** In the order of time. */
  readonly outbox: readonly Notice[]
}

/** A book without an alarm. */
export const emptyBook: AlarmBook = { lastId: 0, alarms: [], silences: [], outbox: [] }

/** Notices that wait for the receiver; beyond it the oldest are dropped. */
export const outboxMax = 200

/** Since when something is the matter that has not lasted long enough to be an alarm, by {@link alarmKey}. */
export type Brewing = ReadonlyMap<string, InstantMs>

/** How a book is followed. */
export interface Following {
  readonly now: InstantMs
  /** Whether there is a receiver. */
  readonly sends: boolean
  /** What the operator wants to last another time before it is an alarm, milliseconds. */
  readonly holdsMs?: Partial<Record<AlarmCode, number>>
}

/** What has come of a look. */
export interface Followed {
  readonly book: AlarmBook
  readonly brewing: Brewing
  readonly raised: readonly Alarm[]
  readonly ended: readonly Alarm[]
  /** Notices that found no room and the receiver will not get. */
  readonly dropped: number
  /** What is kept has changed: it is to be saved. */
  readonly changed: boolean
}

/** Tells alarms apart: each is on once. */
export function alarmKey({ code, subject }: Pick<Condition, 'code' | 'subject'>): string {
  return subject === undefined ? code : `${code} ${subject}`
}

/** The silence that holds for an alarm, the longest; absent: none. */
function silenceOf(
  { silences }: Pick<AlarmBook, 'silences'>,
  alarm: Pick<Condition, 'code' | 'subject'>,
  now: InstantMs,
): Silence | undefined {
  return silences
    .filter(({ code, subject, until }) => {
      return until > now && code === alarm.code && (subject === undefined || subject === alarm.subject)
    })
    .sort((one, other) => other.until - one.until)[0]
}

/** The alarms that are on, as people see them: the gravest first, silenced ones last, the oldest first among equals. */
export function alarmsOf(book: AlarmBook, now: InstantMs): readonly Alarm[] {
  const rank = ({ silenced, stopsDialing, severity }: Alarm): number =>
    silenced !== undefined ? 3 : stopsDialing ? 0 : severity === 'critical' ? 1 : 2
  return book.alarms
    .map(alarm => shown(book, alarm, now))
    .sort((one, other) => rank(one) - rank(other) || one.since - other.since)
}

function shown(book: Pick<AlarmBook, 'silences'>, kept: KeptAlarm, now: InstantMs): Alarm {
  const { code, subject, says, since, goneSince, stopsDialing = false } = kept
  const { what, severity, todo } = alarmKind(code)
  const silenced = silenceOf(book, kept, now)
  const rest = given({ subject, goneSince, silenced })
  return { code, what, severity, says, todo, since, stopsDialing: stopsDialing && goneSince === undefined, ...rest }
}

/**
 * Follows what a look has found. What has held for long enough is raised, once; what has been gone for long enough is ended, once;
 * what could not be looked at stays as it is. An alarm that nobody has silenced is sent once, also when its silence has ended; its
 * end is sent where it was sent itself, silenced or not, for the receiver would hold it open for ever.
 */
export function followAlarms(
  before: { readonly book: AlarmBook; readonly brewing: Brewing },
  findings: Findings,
  following: Following,
): Followed {
  const { now } = following
  const { book } = before
  const silences = book.silences.filter(({ until }) => until > now)
  const found = new Map(findings.conditions.map(condition => [alarmKey(condition), condition]))
  const unknown = new Set(findings.unknown.map(alarmKey))
  const held = book.alarms.map(alarm => lookedAt(alarm, { found, unknown, now }))
  const ended = held.filter(alarm => isOver(alarm, now))
  const known = new Set(book.alarms.map(alarmKey))
  const { brewing, ripe } = ripen(
    [...found.values()].filter(condition => !known.has(alarmKey(condition))),
    before.brewing,
    following,
  )
  const fresh = ripe.map((alarm, index): KeptAlarm => ({ ...alarm, id: book.lastId + 1 + index, sent: false }))
  const on = [...held.filter(alarm => !isOver(alarm, now)), ...fresh]
  const sending = on.map(alarm => {
    const sends = following.sends && alarm.code !== 'webhook-failing'
    return sends && !alarm.sent && alarm.goneSince === undefined && silenceOf({ silences }, alarm, now) === undefined
  })
  const notices = [
    ...ended.filter(({ sent }) => sent).map(alarm => noticeOf('alarm-ended', alarm, { silences, now })),
    ...on.filter((_, index) => sending[index]).map(alarm => noticeOf('alarm-raised', alarm, { silences, now })),
  ]
  const outbox = [...book.outbox, ...notices]
  const next: AlarmBook = {
    lastId: book.lastId + fresh.length,
    alarms: on.map((alarm, index) => (sending[index] ? { ...alarm, sent: true } : alarm)),
    silences,
    outbox: outbox.slice(-outboxMax),
  }
  return {
    book: next,
    brewing,
    raised: fresh.map(alarm => shown(next, alarm, now)),
    ended: ended.map(alarm => shown(next, alarm, now)),
    dropped: Math.max(0, outbox.length - outboxMax),
    changed: fresh.length + ended.length + notices.length > 0 || silences.length < book.silences.length,
  }
}

interface Look {
  readonly found: ReadonlyMap<string, Condition>
  readonly unknown: ReadonlySet<string>
  readonly now: InstantMs
}

/** An alarm as the look leaves it: it holds, says something else now, or has gone. */
function lookedAt(alarm: KeptAlarm, { found, unknown, now }: Look): KeptAlarm {
  const condition = found.get(alarmKey(alarm))
  if (condition !== undefined) {
    const { id, since, sent } = alarm
    return { ...condition, id, since, sent }
  }
  if (unknown.has(alarmKey(alarm)) || unknown.has(alarm.code)) return alarm
  return { ...alarm, goneSince: alarm.goneSince ?? now }
}

function isOver({ code, goneSince }: KeptAlarm, now: InstantMs): boolean {
  return goneSince !== undefined && now - goneSince >= alarmKind(code).restMs
}

/** What is new: it brews until it has lasted. */
function ripen(conditions: readonly Condition[], before: Brewing, { now, holdsMs = {} }: Following) {
  const brewing = new Map<string, InstantMs>()
  const ripe: (Condition & { readonly since: InstantMs })[] = []
  for (const condition of conditions) {
    const key = alarmKey(condition)
    const since = before.get(key) ?? now
    const holdMs = holdsMs[condition.code] ?? alarmKind(condition.code).holdMs
    if (now - since >= holdMs) ripe.push({ ...condition, since })
    else brewing.set(key, since)
  }
  return { brewing, ripe }
}

function noticeOf(
  kind: Notice['kind'],
  alarm: KeptAlarm,
  { silences, now }: { readonly silences: readonly Silence[]; readonly now: InstantMs },
): Notice {
  return { id: `${kind}-${alarm.since}-${alarm.id}`, kind, at: now, alarm: shown({ silences }, alarm, now) }
}
