import type { Alarm, AlarmThresholds, Findings, Silence } from '../core/alarms/alarm.ts'
import type { AlarmBook, Notice } from '../core/alarms/book.ts'
import type { Judging } from '../core/alarms/conditions.ts'

/** What people may ask of the alarms. */
export interface AlarmDesk {
  /** The alarms that are on, the gravest first, silenced ones last; what is silenced; and how the receiver does. */
  overview(): AlarmOverview
  /** From now on they are shown and not sent; one that is silenced already gets the new time. Kept over restarts. */
  silence(silence: Silence): void
  /** Ends a silence: what still holds is sent. False where there was none. */
  unsilence(silence: Pick<Silence, 'code' | 'subject'>): boolean
  /** Sends one notice that says that it is a test, once. Never rejects. */
  test(): Promise<PostOutcome>
}

/** Everything that is to be shown of the alarms. */
export interface AlarmOverview {
  readonly alarms: readonly Alarm[]
  readonly silences: readonly Silence[]
  /** Absent: the configuration names none. */
  readonly webhook?: {
    /** Where it is, without what may be secret: `https://example.org`. */
    readonly receiver: string
    /** Notices that it has not taken yet. */
    readonly waiting: number
    /** Why it did not take the last one; absent: it did, or there was none. */
    readonly failure?: string
  }
}

/** What came of sending a notice. `taken`: answered with 2xx; `again`: it may go through later. */
export type PostOutcome =
  | { readonly taken: true }
  | { readonly taken: false; readonly again: boolean; readonly reason: string }

/** A notice as the receiver is to read it: an alarm that was raised or has ended, or a test. */
export type SentNotice = Notice | (Pick<Notice, 'id' | 'at'> & { readonly kind: 'alarm-test' })

/** The receiver of alarms. */
export interface AlarmPost {
  readonly receiver: string
  /** Sends it once. Never rejects, and settles within a bounded time. */
  send(notice: SentNotice): Promise<PostOutcome>
  /** Idempotent: gives up what is under way. */
  close(): void
}

/** Where the alarms are kept over restarts. A store that cannot be written is one of them, so they are kept beside it. */
export interface AlarmKeeper {
  /** What was kept; absent: nothing, or nothing that can be read. */
  load(): AlarmBook | undefined
  /** Keeps the book in place of the one before; never rejects, and what fails is tried with the next. */
  save(book: AlarmBook): void
  /** Resolves when what was to be kept is, or cannot be. */
  settled(): Promise<void>
}

/** What the alarms of a daemon stand on. */
export interface AlarmOptions {
  readonly thresholds: AlarmThresholds
  readonly keeper: AlarmKeeper
  /** Absent: nobody is sent any. */
  readonly post?: AlarmPost
  /** What was found beside the engine at the last look: the disk, certificates, lists ... Costs nothing. */
  readonly watched: (judging: Judging) => Findings
}
