import { closeSync, mkdirSync, openSync, rmSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import Database from 'better-sqlite3'
import type { PhoneNumber } from '../../../core/ids.ts'
import { StoreError } from '../../../errors.ts'
import { integerToNumber } from '../../../numbers/e164.ts'
import type { Restoration } from '../../../ports/backups.ts'
import type { Waiter } from '../../../ports/waiter.ts'
import { planReplay, type Replay, replay } from '../../journal/replay.ts'
import { segmentFolder } from '../../ledger/segments.ts'
import { bulkListFolder } from '../bulkListFiles.ts'
import { lockDatabase } from '../databaseLock.ts'
import { storeErrorOf } from '../problems.ts'
import { prepareKeepJournalPlace } from '../queries/journalPlace.ts'
import { unmarkBackup } from '../queries/restorations.ts'
import { openSqliteStore } from '../sqliteStore.ts'
import { checkBackup } from './makeBackup.ts'
import { type BackupManifest, backupLayout, copyOpen, readManifest } from './manifest.ts'
import { putInPlace } from './placing.ts'
import { followLedger } from './verifyBackup.ts'

/** What is to be restored, and where. */
export interface RestoreRequest {
  /** The folder that is the backup. */
  readonly backup: string
  /** The database that is to come from it. */
  readonly file: string
  /** Of what was said after the backup; absent: there is none. */
  readonly journal?: string | undefined
  readonly at: number
  readonly onProgress?: Waiter['onProgress']
}

/** What was restored. */
export interface RestoreReport extends Omit<Restoration, 'confirmedBy'> {
  /** Where what was there has been moved; absent: nothing was there. */
  readonly aside?: string
  readonly ledgerEntries: number
}

/**
 * Puts a backup in the place of a database: read whole first, brought up to what the journal has beside, and moved into its place when
 * all of that is done. What was there is moved aside. Whatever fails, it is as it was before.
 * @throws StoreError `in-use`: a daemon has the database; `no-backup`, `backup-damaged`, `newer-schema`, `journal-of-another`
 */
export async function restoreBackup(request: RestoreRequest): Promise<RestoreReport> {
  const file = resolve(request.file)
  const backup = resolve(request.backup)
  const manifest = readManifest(backup)
  const unlock = lockDatabase(file)
  try {
    await checkBackup(backup, request.onProgress)
    const plan = planReplay(request.journal, manifest)
    return await carryOut({ ...request, file, backup }, manifest, plan)
  } finally {
    unlock()
  }
}

async function carryOut(request: RestoreRequest, manifest: BackupManifest, plan: Replay): Promise<RestoreReport> {
  const { file, backup, at } = request
  const staging = `${file}-restoring`
  const staged = join(staging, basename(file))
  try {
    rmSync(staging, { recursive: true, force: true })
    mkdirSync(staging, { mode: 0o700 })
    copyBackup(backup, staged, manifest)
    const restoration = await bringUp(staged, { manifest, plan, at })
    const ledgerEntries = await checkStaged(staged, manifest)
    const aside = putInPlace(file, { staged, at })
    return { ...restoration, ledgerEntries, ...(aside !== undefined && { aside }) }
  } catch (error) {
    throw storeErrorOf(error, file)
  } finally {
    rmSync(staging, { recursive: true, force: true })
  }
}

function copyBackup(backup: string, staged: string, { files }: BackupManifest): void {
  const folders = new Map<string, string>([
    [backupLayout.lists, bulkListFolder(staged)],
    [backupLayout.ledger, segmentFolder(staged)],
  ])
  for (const folder of folders.values()) mkdirSync(folder, { mode: 0o700 })
  for (const { name, sha256 } of files) {
    const folder = folders.get(dirname(name))
    const to = folder === undefined ? staged : join(folder, basename(name))
    if (folder === undefined && name !== backupLayout.database)
      throw new StoreError('backup-damaged', `${name} has no place in a backup: take another one than ${backup}`)
    const from = openSync(join(backup, name), 'r')
    try {
      if (copyOpen(from, to, () => {}).sha256 === sha256) continue
      throw new StoreError('backup-damaged', `${name} of the backup ${backup} has changed while it was read: try again`)
    } finally {
      closeSync(from)
    }
  }
}

interface BringingUp {
  readonly manifest: BackupManifest
  readonly plan: Replay
  readonly at: number
}

/** Does again what the journal has, and writes that nothing may be dialed yet. */
async function bringUp(staged: string, { manifest, plan, at }: BringingUp): Promise<Omit<Restoration, 'confirmedBy'>> {
  const database = new Database(staged, { fileMustExist: true })
  try {
    unmarkBackup(database)
    // What is done again below is not to be done again at the next start.
    if (plan.last !== undefined) prepareKeepJournalPlace(database)(plan.last)
  } finally {
    database.close()
  }
  const store = await openSqliteStore({ file: staged })
  try {
    const { replayed, gaps } = await replay(store, plan, () => numbersIn(staged))
    // A clock that was behind at the backup must not make the rest shorter.
    const restoration = { backupAt: manifest.createdAt, restoredAt: Math.max(at, manifest.createdAt), replayed, gaps }
    await store.files.recordRestore(restoration)
    return restoration
  } finally {
    await store.close()
  }
}

/** Everybody of whom the database has something. */
function* numbersIn(file: string): Generator<PhoneNumber> {
  const database = new Database(file, { readonly: true, fileMustExist: true })
  const tables = ['lead', 'attempt', 'permission', 'personHours', 'doNotCall', 'subject', 'personLeft']
  const numbers = tables.map(table => `SELECT number FROM ${table} WHERE number > 0`).join(' UNION ')
  try {
    for (const integer of database.prepare<[], number>(numbers).pluck().iterate()) yield integerToNumber(integer)
  } finally {
    database.close()
  }
}

async function checkStaged(staged: string, { ledger: head }: BackupManifest): Promise<number> {
  const database = new Database(staged, { readonly: true, fileMustExist: true })
  const problem = (says: string) => new StoreError('ledger-broken', `the restored ledger does not hold: ${says}`)
  try {
    return (await followLedger(database, { folder: segmentFolder(staged), head, problem })).ledgerEntries
  } finally {
    database.close()
  }
}
