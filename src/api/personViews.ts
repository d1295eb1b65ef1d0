import { type Static, Type } from 'typebox'
import type { HoursSpan } from '../core/compliance/rules.ts'
import type { ErasureReport, PermissionRecord, PersonData, PersonHoursRecord } from '../ports/people.ts'
import { callView, doNotCallView, instant, iso, leadView, viewCall, viewDoNotCall, viewLead } from './views.ts'

const text = Type.String()

/** A permission as recorded. */
export const permissionView = Type.Object({
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
})
/** See {@link permissionView}. */
export type PermissionView = Static<typeof permissionView>

/** Shows a permission. */
export function viewPermission(permission: PermissionRecord): PermissionView {
  const { permissionId, number, basis, topics, channels, givenAt, how, expiresAt, withdrawnAt } = permission
  const { withdrawnHow, recordedAt } = permission
  return {
    ...{ permissionId, number, basis, topics: [...topics], channels: [...channels], givenAt: iso(givenAt), how },
    ...(expiresAt === undefined ? {} : { expiresAt: iso(expiresAt) }),
    ...(withdrawnAt === undefined ? {} : { withdrawnAt: iso(withdrawnAt) }),
    ...(withdrawnHow === undefined ? {} : { withdrawnHow }),
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
/** See {@link personHoursView}. */
export type PersonHoursView = Static<typeof personHoursView>

/** Shows a person's hours. */
export function viewPersonHours({ number, days, how, recordedAt }: PersonHoursRecord): PersonHoursView {
  const shown = days.map((spans, day) => [weekdays[day] ?? '', spans.map(spanWords)] as const)
  return {
    number,
    days: Object.fromEntries(shown.filter(([, spans]) => spans.length > 0)),
    how,
    recordedAt: iso(recordedAt),
  }
}

function spanWords({ startMinute, endMinute }: HoursSpan): string {
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
/** See {@link personView}. */
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

/** What an erasure did, and what stays by which rule. */
export const erasureView = Type.Object({
  numbers: Type.Integer(),
  leads: Type.Integer(),
  calls: Type.Integer(),
  permissions: Type.Integer(),
  kept: Type.Array(text),
})
/** See {@link erasureView}. */
export type ErasureView = Static<typeof erasureView>

/** Shows an erasure. */
export function viewErasure(report: ErasureReport): ErasureView {
  return { ...report, kept: [...report.kept] }
}
