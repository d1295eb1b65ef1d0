import type { Database } from 'better-sqlite3'
import { given } from '../../../core/given.ts'
import type { InstantMs } from '../../../core/ids.ts'
import { StoreError } from '../../../errors.ts'
import type { Restoration, RestoreConfirmation } from '../../../ports/backups.ts'

interface Row {
  readonly backupAt: number
  readonly restoredAt: number
  readonly replayed: number
  readonly gaps: string
  readonly confirmedBy: string | null
  readonly confirmedAt: number | null
}

/** What may be missing in a backup that somebody has put in a database's place without `restore`. */
const byHand = 'the backup was put in place by hand, and no journal was replayed'

/** Makes a copy of a database a backup: wherever it is opened, it is known to be one. */
export function markAsBackup(database: Database, backupAt: InstantMs): void {
  database
    .prepare<[number, string]>('INSERT INTO restoration (backupAt, replayed, gaps) VALUES (?, 0, ?)')
    .run(backupAt, JSON.stringify([byHand]))
}

/** The mark goes: who restores the backup says more of it. */
export function unmarkBackup(database: Database): void {
  database.exec('DELETE FROM restoration WHERE restoredAt IS NULL')
}

/** What is known of backups from which the database came. */
export interface RestorationLookups {
  /** With the gaps of all that wait, or were confirmed, together with it. */
  newest(): Restoration | undefined
  /** It is a backup that is opened for the first time; when it was taken, and what may be missing. */
  marked(): Pick<Restoration, 'backupAt' | 'replayed' | 'gaps'> | undefined
  /** Calls up to this instant may be missing; `undefined`: none are. */
  attemptsUnknownUntil(): InstantMs | undefined
}

/** Prepares the look-ups on a connection. */
export function prepareRestorationLookups(database: Database): RestorationLookups {
  const columns = 'SELECT backupAt, restoredAt, replayed, gaps, confirmedBy, confirmedAt FROM restoration'
  const newest = database.prepare<[], Row>(
    `${columns} WHERE restoredAt IS NOT NULL ORDER BY restorationId DESC LIMIT 1`,
  )
  // Whoever confirms answers for every one that nobody has confirmed before.
  const gapsTogether = database
    .prepare<[number | null], string>(
      'SELECT gaps FROM restoration WHERE restoredAt IS NOT NULL AND confirmedAt IS ? ORDER BY restorationId',
    )
    .pluck()
  const marked = database.prepare<[], Row>(`${columns} WHERE restoredAt IS NULL`)
  const until = database.prepare<[], number | null>('SELECT max(max(restoredAt, backupAt)) FROM restoration').pluck()
  return {
    newest() {
      const row = newest.get()
      if (row === undefined) return undefined
      const { gaps: _, confirmedBy, confirmedAt, ...rest } = row
      const gaps = new Set(gapsTogether.all(confirmedAt).flatMap((one): string[] => JSON.parse(one)))
      return { ...rest, gaps: [...gaps], ...given({ confirmedBy: confirmedBy ?? undefined }) }
    },
    marked() {
      const row = marked.get()
      return row && { backupAt: row.backupAt, replayed: row.replayed, gaps: JSON.parse(row.gaps) }
    },
    attemptsUnknownUntil: () => until.get() ?? undefined,
  }
}

/** Writing them, on the writer's connection. */
export function prepareRestorationWrites(database: Database): {
  record(restoration: Omit<Restoration, 'confirmedBy'>): void
  /** @throws StoreError `nothing-to-confirm`, `gaps-unsigned` */
  confirm(confirmation: RestoreConfirmation): void
} {
  const { newest } = prepareRestorationLookups(database)
  const insert = database.prepare<[number, number, number, string]>(
    'INSERT INTO restoration (backupAt, restoredAt, replayed, gaps) VALUES (?, ?, ?, ?)',
  )
  const confirm = database.prepare<[string, number]>(
    'UPDATE restoration SET confirmedBy = ?, confirmedAt = ? WHERE confirmedBy IS NULL',
  )
  return {
    record({ backupAt, restoredAt, replayed, gaps }) {
      unmarkBackup(database)
      // Sessions that were ended after the backup would go on.
      database.exec('DELETE FROM userSession')
      insert.run(backupAt, restoredAt, replayed, JSON.stringify(gaps))
    },
    confirm({ by, signsGaps, at }) {
      const open = newest()
      if (open === undefined || open.confirmedBy !== undefined)
        throw new StoreError('nothing-to-confirm', 'no restored backup waits for a confirmation: nothing was changed')
      if (open.gaps.length > 0 && !signsGaps) {
        const missing = `after the backup, refusals may be missing: ${open.gaps.join('; ')}`
        throw new StoreError('gaps-unsigned', `${missing}. Who answers for that signs with --sign-gaps`)
      }
      confirm.run(by, at)
    },
  }
}
