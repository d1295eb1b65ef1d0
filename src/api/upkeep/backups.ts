import { type Static, Type } from 'typebox'
import { closed } from '../schemas.ts'

/** What a backup is asked for. */
export const backupBody = Type.Object(
  {
    /** Absolute, on the daemon's machine. */
    folder: Type.String({ pattern: '^/', maxLength: 4096 }),
    /** Keep so many; the folder's name then gets the time behind it. */
    rotate: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
  },
  closed,
)
/** What a backup is asked for. */
export type BackupBody = Static<typeof backupBody>

/** A backup that is there. */
export const backupView = Type.Object({
  folder: Type.String(),
  bytes: Type.Integer(),
  lists: Type.Integer(),
  segments: Type.Integer(),
  ledgerEntries: Type.Integer(),
  durationMs: Type.Integer(),
  removed: Type.Array(Type.String()),
})
/** A backup that is there. */
export type BackupView = Static<typeof backupView>

/** Behind which backup the journal may be trimmed. */
export const journalTrimBody = Type.Object(
  {
    /** Absolute, on the daemon's machine: the oldest backup that may still be restored, or the name that rotated backups have. */
    backup: Type.String({ pattern: '^/', maxLength: 4096 }),
  },
  closed,
)
/** Behind which backup the journal may be trimmed. */
export type JournalTrimBody = Static<typeof journalTrimBody>

/** What of the journal has gone. */
export const journalTrimView = Type.Object({
  backup: Type.String(),
  backupAt: Type.String(),
  removed: Type.Integer(),
  /** Erasures from before, which stay. */
  kept: Type.Integer(),
  bytesBefore: Type.Integer(),
  bytes: Type.Integer(),
})
/** What of the journal has gone. */
export type JournalTrimView = Static<typeof journalTrimView>

/** Whether the database came from a backup, and who has let it dial since. */
export const restorationView = Type.Object({
  /** False: it has grown here. */
  restored: Type.Boolean(),
  /** Nothing is dialed until somebody confirms it. */
  waits: Type.Boolean(),
  backupAt: Type.Optional(Type.String()),
  restoredAt: Type.Optional(Type.String()),
  replayed: Type.Optional(Type.Integer()),
  /** What may be missing, a line each. */
  gaps: Type.Array(Type.String()),
  confirmedBy: Type.Optional(Type.String()),
})
/** Whether the database came from a backup, and who has let it dial since. */
export type RestorationView = Static<typeof restorationView>

/** Who lets a restored database dial. */
export const confirmationBody = Type.Object(
  {
    by: Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' }),
    /** They answer for what may be missing. */
    signGaps: Type.Optional(Type.Boolean()),
  },
  closed,
)
/** Who lets a restored database dial. */
export type ConfirmationBody = Static<typeof confirmationBody>
