import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { StoreError } from '../../../errors.ts'
import type { JournalTrim, JournalTrimRequest } from '../../../ports/backups.ts'
import type { Journal } from '../../journal/journal.ts'
import type { JournalPlace } from '../../journal/line.ts'
import type { Writing } from '../writing/writing.ts'
import { backupsIn, checkBackup, rotatedBackups } from './makeBackup.ts'
import { type BackupManifest, backupLayout, readManifest } from './manifest.ts'

/** What is trimmed, and by what. */
export interface TrimParts {
  readonly databaseId: string
  readonly journal: Pick<Journal, 'settled' | 'trim'> | undefined
  readonly writes: Writing
}

/**
 * Lets go of what a journal has from before a backup, the oldest that may still be restored: it is read whole first, and where an older
 * one lies beside it, nothing is done. Up to that backup's place the database has everything, on its disk.
 * @throws StoreError `no-journal`, `no-backup`, `backup-damaged`, `backup-of-another`, `backup-without-journal`, `older-backup`,
 *   `not-in-journal`, `journal-unwritable`
 */
export async function trimJournal(
  { databaseId, journal, writes }: TrimParts,
  { backup, at, onProgress }: JournalTrimRequest,
): Promise<JournalTrim> {
  if (journal === undefined)
    throw new StoreError('no-journal', 'no journal is configured (journal.path): nothing to trim')
  const folder = oldestOf(resolve(backup))
  const { manifest, place } = readPlace(folder, databaseId)
  refuseOlder(folder, { databaseId, place })
  await checkBackup(folder, onProgress)
  await writes.settled()
  const settled = journal.settled()
  if (settled.seq < place.seq)
    throw new StoreError(
      'not-in-journal',
      `the journal ends before ${folder} was taken: it is not the one that was kept`,
    )
  // A start looks behind this place for what the database lacks: it must not lie in what goes.
  await writes.write({ kind: 'keep-journal-place', place: settled })
  const trimmed = await journal.trim({ upTo: place, at, ...(onProgress !== undefined && { onProgress }) })
  return { backup: folder, backupAt: manifest.createdAt, ...trimmed }
}

/** The backup itself, or the oldest of those that were made by this name with the time behind it. */
function oldestOf(wanted: string): string {
  if (existsSync(join(wanted, backupLayout.manifest))) return wanted
  const [oldest] = rotatedBackups(wanted)
  return oldest ?? wanted
}

function readPlace(folder: string, databaseId: string): { manifest: BackupManifest; place: JournalPlace } {
  const manifest = readManifest(folder)
  if (manifest.databaseId !== databaseId)
    throw new StoreError('backup-of-another', `${folder} is a backup of another database: name one of this one`)
  const { journal: place } = manifest
  if (place === undefined)
    throw new StoreError(
      'backup-without-journal',
      `${folder} was taken without a journal, so all of it would be asked for: name a later backup when this one is gone`,
    )
  return { manifest, place }
}

/** An older backup beside this one would be restored with less than it has today. */
function refuseOlder(folder: string, { databaseId, place }: { databaseId: string; place: JournalPlace }): void {
  for (const other of backupsIn(dirname(folder))) {
    const { databaseId: of, journal } = readManifest(other)
    if (of !== databaseId || (journal !== undefined && journal.seq >= place.seq)) continue
    throw new StoreError(
      'older-backup',
      `${other} is older than ${folder} and would lack refusals when it is restored: name it instead, or remove it first`,
    )
  }
}
