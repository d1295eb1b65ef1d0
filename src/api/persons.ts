import { type Static, Type } from 'typebox'
import type { HoursSpan } from '../core/compliance/rules.ts'
import { given } from '../core/given.ts'
import type { ErasureReport, PermissionRecord, PersonData, PersonHoursRecord } from '../ports/people.ts'
import { closed, textUpTo } from './schemas.ts'
import { callView, doNotCallView, instant, iso, isoOf, leadView, viewCall, viewDoNotCall, viewLead } from './views.ts'

const text = Type.String()

/** A permission as recorded. */
const permissionView = Type.Object({
  permissionId: Type.Integer(),
  number: text,
  basis: text,
  /** Empty: every topic. */
  topics: Type.Array(text),
  channels: Type.Array(text),
  givenAt: instant,
  how: text,
  expiresAt: Type.Optional(instant),
  withdrawnAt: Type.Optional(instant),
  withdrawnHow: Type.Optional(text),
  recordedAt: instant,
  /** To whom it was given; absent: nobody said, so it is the only seller's. */
  seller: Type.Optional(text),
})
/** A permission as answers show it. */
export type PermissionView = Static<typeof permissionView>

/** Shows a permission. */
export function viewPermission(permission: PermissionRecord): PermissionView {
  const { permissionId, number, basis, topics, channels, givenAt, how, expiresAt, withdrawnAt } = permission
  const { withdrawnHow, recordedAt, seller } = permission
  return {
    permissionId,
    number,
    basis,
    topics: [...topics],
    channels: [...channels],
    givenAt: iso(givenAt),
    how,
    ...given({ expiresAt: isoOf(expiresAt), withdrawnAt: isoOf(withdrawnAt), withdrawnHow, seller }),
    recordedAt: iso(recordedAt),
  }
}

/** Weekdays as keys, Sunday first as in the store. */
export const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const

/** Hours in which a person wants to be called, `HH:MM-HH:MM` by weekday; a day that is missing is a day without calls. */
export const personHoursView = Type.Object({
  number: text,
  days: Type.Record(text, Type.Array(text)),
  how: text,
  recordedAt: instant,
})
/** A person's hours as answers show them. */
export type PersonHoursView = Static<typeof personHoursView>

const span = Type.String({
  pattern: '^([01]\\d|2[0-3]):[0-5]\\d-(([01]\\d|2[0-3]):[0-5]\\d|24:00)$',
  'x-says': 'a span like 09:00-12:30',
})

/** Hours in which a person wants to be called, with the evidence. */
export const hoursBody = Type.Object(
  {
    /** `mon`, `tue` ...; a day that is missing is a day without calls. */
    days: Type.Record(Type.String({ pattern: `^(${weekdays.join('|')})$` }), Type.Array(span, { maxItems: 8 }), closed),
    how: textUpTo(1000),
  },
  closed,
)
/** A person's hours as they are sent. */
export type HoursBody = Static<typeof hoursBody>

/** Shows a person's hours. */
export function viewPersonHours({ number, days, how, recordedAt }: PersonHoursRecord): PersonHoursView {
  const shown = days.map((spans, day) => [weekdays[day] ?? '', spans.map(spanText)] as const)
  return {
    number,
    days: Object.fromEntries(shown.filter(([, spans]) => spans.length > 0)),
    how,
    recordedAt: iso(recordedAt),
  }
}

function spanText({ startMinute, endMinute }: HoursSpan): string {
  const clock = (minute: number) =>
    `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
  return `${clock(startMinute)}-${clock(endMinute)}`
}

/** What a person permitted and asked for. */
export const consentView = Type.Object({
  number: text,
  permissions: Type.Array(permissionView),
  hours: Type.Optional(personHoursView),
})

/** A person's permissions and hours, as answers show them. */
export type ConsentView = Static<typeof consentView>

/** Everything that is kept about a person. */
export const personView = Type.Object({
  numbers: Type.Array(text),
  personIds: Type.Array(text),
  leads: Type.Array(leadView),
  calls: Type.Array(callView),
  permissions: Type.Array(permissionView),
  hours: Type.Array(personHoursView),
  doNotCall: Type.Array(doNotCallView),
  ledger: Type.Array(Type.Object({ seq: Type.Integer(), at: instant, kind: text, entry: text })),
})
/** What is kept about a person, as answers show it. */
export type PersonView = Static<typeof personView>

/** Shows what is kept. */
export function viewPerson(data: PersonData): PersonView {
  const { numbers, personIds, leads, calls, permissions, hours, doNotCall, ledger = [] } = data
  return {
    numbers: [...numbers],
    personIds: [...personIds],
    leads: leads.map(viewLead),
    calls: calls.map(viewCall),
    permissions: permissions.map(viewPermission),
    hours: hours.map(viewPersonHours),
    doNotCall: doNotCall.map(entry => viewDoNotCall(entry.number, entry)),
    ledger: ledger.map(({ seq, at, kind, entry }) => ({ seq, at: iso(at), kind, entry })),
  }
}

/** Who asked for an erasure. */
export const erasureQuery = Type.Object({ by: textUpTo(100) }, closed)

/** What an erasure did, and what stays by which rule. */
export const erasureView = Type.Object({
  numbers: Type.Integer(),
  leads: Type.Integer(),
  calls: Type.Integer(),
  permissions: Type.Integer(),
  kept: Type.Array(text),
})
/** An erasure as answers show it. */
export type ErasureView = Static<typeof erasureView>

/** Shows an erasure. */
export function viewErasure(report: ErasureReport): ErasureView {
  return { ...report, kept: [...report.kept] }
}
