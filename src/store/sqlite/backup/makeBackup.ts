import { readdirSync, rmSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { errorCode, StoreError } from '../../../errors.ts'
import type { BackupReport, BackupRequest } from '../../../ports/backups.ts'
import type { Waiter } from '../../../ports/waiter.ts'
import { startWorker, workerAt } from '../../../threads/threads.ts'
import type { JournalPlace } from '../../journal/line.ts'
import type { BackupAnswer, BackupOrder } from '../workers/backupWorker.ts'
import { readManifest } from './manifest.ts'

/** What is to be backed up. */
export interface BackedUp {
  readonly file: string
  /** Up to here the journal is in the database. */
  readonly journal: JournalPlace | undefined
}

/** Makes a backup in a thread of its own, then lets go of older ones. @throws StoreError */
export async function makeBackup({ file, journal }: BackedUp, request: BackupRequest): Promise<BackupReport> {
  const begunAt = performance.now()
  const { at, keep, onProgress } = request
  const wanted = resolve(request.target)
  const target = keep === undefined ? wanted : `${wanted}-${stamp(at)}`
  const { bytes, found } = await inThread({ kind: 'make', file, target, at, journal }, onProgress)
  const removed = keep === undefined ? [] : letGo(wanted, keep)
  return { folder: target, bytes, ...found, durationMs: Math.round(performance.now() - begunAt), removed }
}

/** Reads a backup whole, in a thread of its own. @throws StoreError `no-backup`, `backup-damaged`, `newer-schema` */
export async function checkBackup(folder: string, onProgress?: Waiter['onProgress']): Promise<void> {
  await inThread({ kind: 'verify', folder }, onProgress)
}

type Done = Extract<BackupAnswer, { kind: 'done' }>

function inThread(order: BackupOrder, onProgress: Waiter['onProgress']): Promise<Omit<Done, 'kind'>> {
  return new Promise((resolve, reject) => {
    const worker = startWorker(workerAt('../workers/backupWorker', import.meta.url), order)
    worker.on('message', (answer: BackupAnswer) => {
      if (answer.kind === 'progress') {
        const { what, done, total } = answer
        onProgress?.({ what, done, total })
        return
      }
      if (answer.kind === 'done') resolve(answer)
      else reject(new StoreError(answer.code, answer.message))
      void worker.terminate()
    })
    worker.once('error', reject)
    worker.once('exit', () => reject(new StoreError('backup-ended', 'the backup ended without a result: try again')))
  })
}

/** As it sorts: `20260131T143000Z`. */
function stamp(at: number): string {
  return new Date(at).toISOString().replaceAll(/[-:]|\.\d+/g, '')
}

/** The backups of this name that were made with the time behind it, the oldest first. */
export function rotatedBackups(wanted: string): readonly string[] {
  const begins = `${basename(wanted)}-`
  return backupsIn(dirname(wanted))
    .filter(path => basename(path).startsWith(begins) && /^\d{8}T\d{6}Z$/.test(basename(path).slice(begins.length)))
    .sort()
}

/** Every backup that lies in a folder. @throws StoreError `no-backup`, where the folder cannot be read */
export function backupsIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .map(name => join(folder, name))
      .filter(isBackup)
  } catch (error) {
    throw new StoreError('no-backup', `${folder} cannot be read (${errorCode(error)}): name a backup`)
  }
}

/** Keeps the newest so many backups of this name; what is none of ours stays, whatever it is called. */
function letGo(wanted: string, keep: number): readonly string[] {
  const ours = rotatedBackups(wanted)
  const old = ours.slice(0, Math.max(0, ours.length - keep))
  for (const path of old) rmSync(path, { recursive: true, force: true })
  return old
}

function isBackup(path: string): boolean {
  try {
    return readManifest(path).format === 1
  } catch {
    return false
  }
}
