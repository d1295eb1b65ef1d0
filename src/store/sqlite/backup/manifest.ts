import { createHash } from 'node:crypto'
import { closeSync, fsyncSync, openSync, readFileSync, readSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { errorCode, StoreError } from '../../../errors.ts'
import type { JournalPlace } from '../../journal/line.ts'

/** What a backup says of itself: a folder without it is none. */
export interface BackupManifest {
  readonly format: 1
  readonly databaseId: string
  /** Number of the database's schema. */
  readonly schema: number
  readonly createdAt: number
  /** Every entry of the journal up to here is in the backup; absent: there was no journal. */
  readonly journal?: JournalPlace
  /** The ledger's head. */
  readonly ledger: { readonly seq: number; readonly hash: string }
  readonly files: readonly BackupFile[]
}

/** A file of a backup. */
export interface BackupFile {
  /** From the backup's folder: `database.db`, `lists/NAME`, `ledger/NAME`. */
  readonly name: string
  readonly bytes: number
  /** 64 hexadecimal digits. */
  readonly sha256: string
}

/** Where the parts of a backup lie in its folder. */
export const backupLayout = {
  database: 'database.db',
  lists: 'lists',
  ledger: 'ledger',
  manifest: 'manifest.json',
} as const

/** Reads what a backup says of itself. @throws StoreError `no-backup` */
export function readManifest(folder: string): BackupManifest {
  let manifest: BackupManifest
  try {
    manifest = JSON.parse(readFileSync(join(folder, backupLayout.manifest), 'utf8'))
  } catch (error) {
    const why = errorCode(error) === 'ENOENT' ? 'has no manifest.json' : 'has a manifest.json that cannot be read'
    throw new StoreError(
      'no-backup',
      `${folder} is no backup: it ${why}; name the folder that \`dialwright backup\` made`,
    )
  }
  if (manifest.format === 1 && Array.isArray(manifest.files)) return manifest
  throw new StoreError('no-backup', `${folder} is no backup that this version reads (format ${manifest.format})`)
}

/** What is read at once. */
const pieceBytes = 1024 * 1024

/** Reads a file from its beginning, a piece at a time; `take` may keep no piece. Gives its length and checksum. */
export function readWhole(descriptor: number, take: (piece: Uint8Array) => void): Omit<BackupFile, 'name'> {
  const buffer = new Uint8Array(pieceBytes)
  const sum = createHash('sha256')
  let bytes = 0
  for (;;) {
    const length = readSync(descriptor, buffer, 0, pieceBytes, bytes)
    if (length === 0) return { bytes, sha256: sum.digest('hex') }
    const piece = buffer.subarray(0, length)
    sum.update(piece)
    take(piece)
    bytes += length
  }
}

/** So many bytes may wait to reach the disk: more would keep a writer's commit waiting behind them. */
export const unflushedMax = 8 * 1024 * 1024

/** Copies an open file to a new one that its owner alone may read, through to the disk; `told` hears of each piece. */
export function copyOpen(from: number, to: string, told: (bytes: number) => void): Omit<BackupFile, 'name'> {
  const target = openSync(to, 'wx', 0o600)
  try {
    let unflushed = 0
    const copied = readWhole(from, piece => {
      for (let done = 0; done < piece.length; ) done += writeSync(target, piece, done)
      unflushed += piece.length
      if (unflushed >= unflushedMax) {
        fsyncSync(target)
        unflushed = 0
      }
      told(piece.length)
    })
    fsyncSync(target)
    return copied
  } finally {
    closeSync(target)
  }
}

/** Brings a file, or what a folder names, through to the disk. */
export function flush(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
