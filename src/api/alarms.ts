import { type Static, Type } from 'typebox'
import { durationSchema } from '../config/campaignFile.ts'
import type { Alarm, Silence } from '../core/alarms/alarm.ts'
import { alarmCodes, alarmSeverities, alarmSubjects } from '../core/alarms/kinds.ts'
import { given } from '../core/given.ts'
import type { SentNotice } from '../ports/alarms.ts'
import { instant, iso, isoOf } from './instants.ts'

const text = Type.String()
const code = Type.Enum([...alarmCodes], { 'x-says': 'the code of an alarm, like no-agents' })

/** Whom an alarm is silenced by, until when and why. */
const silencedView = Type.Object({ until: instant, by: text, reason: text })

/** An alarm that is on. */
export const alarmView = Type.Object({
  code,
  /** What it is about. */
  what: Type.Enum([...alarmSubjects]),
  /** Which one of them: an id or a name; absent: there is only one. */
  subject: Type.Optional(text),
  severity: Type.Enum([...alarmSeverities]),
  says: text,
  /** What to do. */
  todo: text,
  since: instant,
  /** It does not hold any more, since then; absent: it holds. */
  goneSince: Type.Optional(instant),
  /** Nothing is dialed until it has gone. */
  stopsDialing: Type.Boolean(),
  /** It is not sent to the receiver of alarms. */
  silenced: Type.Optional(silencedView),
})
/** An alarm as answers show it. */
export type AlarmView = Static<typeof alarmView>

/** A silence, whether an alarm is on or not. */
export const silenceView = Type.Object({ code, subject: Type.Optional(text), ...silencedView.properties })
/** A silence as answers show it. */
export type SilenceView = Static<typeof silenceView>

/** The alarms that are on, what is silenced, and how the receiver of alarms does. */
export const alarmListView = Type.Object({
  alarms: Type.Array(alarmView),
  silences: Type.Array(silenceView),
  /** Absent: the configuration names no receiver. */
  webhook: Type.Optional(
    Type.Object({
      receiver: text,
      /** Notices that it has not taken yet. */
      waiting: Type.Integer({ minimum: 0 }),
      /** Why it did not take the last one; absent: it did. */
      failure: Type.Optional(text),
    }),
  ),
})
/** The answer to `dialwright alarms`. */
export type AlarmListView = Static<typeof alarmListView>

const closed = { additionalProperties: false }
const subject = Type.Optional(Type.String({ minLength: 1, maxLength: 200 }))

/** A silence as asked for. */
export const silenceBody = Type.Object(
  {
    code,
    subject,
    for: durationSchema,
    by: Type.String({ minLength: 1, maxLength: 100, pattern: '\\S' }),
    reason: Type.String({ minLength: 1, maxLength: 500, pattern: '\\S' }),
  },
  closed,
)
/** What is asked for. */
export type SilenceBody = Static<typeof silenceBody>

/** Which silence ends. */
export const unsilenceQuery = Type.Object({ code, subject }, closed)
/** What is asked for. */
export type UnsilenceQuery = Static<typeof unsilenceQuery>

/** The receiver has taken a test. */
export const alarmTestView = Type.Object({ taken: Type.Literal(true), receiver: text })
/** The answer to `dialwright alarms test`. */
export type AlarmTestView = Static<typeof alarmTestView>

/** Shows an alarm. */
export function viewAlarm({ since, goneSince, silenced, ...alarm }: Alarm): AlarmView {
  const silence = silenced && { until: iso(silenced.until), by: silenced.by, reason: silenced.reason }
  return { ...alarm, since: iso(since), ...given({ goneSince: isoOf(goneSince), silenced: silence }) }
}

/** Shows a silence. */
export function viewSilence({ until, ...silence }: Silence): SilenceView {
  return { ...silence, until: iso(until) }
}

/** What the receiver of alarms reads: the body of a Standard Webhooks message. Nobody's name stands in it. */
export function viewNotice(notice: SentNotice) {
  const timestamp = iso(notice.at)
  if (notice.kind === 'alarm-test') {
    const says = 'this is a test of the alarms: nothing is the matter'
    return { type: notice.kind, timestamp, data: { says } }
  }
  const { code, what, subject, severity, says, todo, since, stopsDialing } = notice.alarm
  const data = { code, what, severity, says, todo, since: iso(since), stopsDialing, ...given({ subject }) }
  return { type: notice.kind, timestamp, data }
}
