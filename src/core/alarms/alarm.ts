import type { InstantMs } from '../ids.ts'
import { minuteMs } from '../time.ts'
import type { AlarmCode, AlarmSeverity, AlarmSubject } from './kinds.ts'

/** Something that somebody has found to be the matter, now. */
export interface Condition {
  readonly code: AlarmCode
  /** Which node, trunk, campaign ... it is about: its id or name; absent: there is only one. */
  readonly subject?: string
  /** One line that says what it is, with its figures. No personal data. */
  readonly says: string
  /** Nothing is dialed while it holds. */
  readonly stopsDialing?: boolean
}

/** What a look has found. `unknown`: what could not be looked at, so that it neither begins nor ends. */
export interface Findings {
  readonly conditions: readonly Condition[]
  readonly unknown: readonly Pick<Condition, 'code' | 'subject'>[]
}

/** Who has silenced which alarms, until when and why. */
export interface Silence {
  readonly code: AlarmCode
  /** Absent: whatever it is about. */
  readonly subject?: string
  readonly until: InstantMs
  readonly by: string
  readonly reason: string
}

/** An alarm as people see it. */
export interface Alarm {
  readonly code: AlarmCode
  readonly what: AlarmSubject
  readonly subject?: string
  readonly severity: AlarmSeverity
  /** One line that says what it is. */
  readonly says: string
  /** What to do, in one line. */
  readonly todo: string
  /** When it was first seen. */
  readonly since: InstantMs
  /** It does not hold any more, since then, and is ended when that has lasted; absent: it holds. */
  readonly goneSince?: InstantMs
  /** Nothing is dialed until it has gone. */
  readonly stopsDialing: boolean
  /** It is shown, and not sent. */
  readonly silenced?: Silence
}

/** From where on an alarm is one, as the operator wants it. */
export interface AlarmThresholds {
  /** A campaign that could dial has had nobody for so long, milliseconds. */
  readonly noAgentsAfterMs: number
  /** The leads last for less than this, milliseconds. */
  readonly listLeftMs: number
  /** Of what the law's tightest window permits so much is used, 0..1. */
  readonly budgetUsedRatio: number
  /** Less than this is free on the disk, bytes. */
  readonly diskFreeMinBytes: number
  /** A certificate ends within so many days. */
  readonly certificateMinDays: number
}

const mebibyte = 1024 * 1024

/** What holds unless the operator says otherwise. */
export const defaultThresholds: AlarmThresholds = {
  noAgentsAfterMs: 2 * minuteMs,
  listLeftMs: 30 * minuteMs,
  budgetUsedRatio: 0.8,
  diskFreeMinBytes: 1024 * mebibyte,
  certificateMinDays: 14,
}
