import {
  chmodSync,
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import Database from 'better-sqlite3'
import { errorCode, errorMessage, StoreError } from '../../../errors.ts'
import { stepBack } from '../../../threads/threads.ts'
import type { JournalPlace } from '../../journal/line.ts'
import { segmentFolder, segmentSpan } from '../../ledger/segments.ts'
import {
  type BackupFile,
  type BackupManifest,
  backupLayout,
  copyOpen,
  flush,
  readManifest,
  readWhole,
  unflushedMax,
} from '../backup/manifest.ts'
import { checkRoom, makePartial, unmarkPartial } from '../backup/partial.ts'
import { type VerifiedBackup, verifyBackup } from '../backup/verifyBackup.ts'
import { bulkListFolder } from '../bulkListFiles.ts'
import { storeErrorOf } from '../problems.ts'
import { prepareLedgerLookups } from '../queries/ledgerReads.ts'
import { prepareDoNotCallLookups } from '../queries/people/doNotCall.ts'
import { markAsBackup } from '../queries/restorations.ts'

/** What the thread is started with: it does one thing and ends. */
export type BackupOrder =
  | {
      readonly kind: 'make'
      readonly file: string
      readonly target: string
      readonly at: number
      readonly journal: JournalPlace | undefined
    }
  | { readonly kind: 'verify'; readonly folder: string }

/** What the thread says: how far it is, now and then, and at its end one of the others. */
export type BackupAnswer =
  | { readonly kind: 'progress'; readonly what: string; readonly done: number; readonly total: number }
  | { readonly kind: 'done'; readonly bytes: number; readonly found: VerifiedBackup }
  | { readonly kind: 'problem'; readonly code: string; readonly message: string }

type Done = Omit<Extract<BackupAnswer, { kind: 'done' }>, 'kind'>

/** Progress is told no more often than this. */
const tellEveryMs = 200
const megabyte = 1_000_000

function say(answer: BackupAnswer): void {
  parentPort?.postMessage(answer)
}

/** Tells so many of all these bytes, in megabytes. */
function teller(what: string, totalBytes: number): (bytes: number) => void {
  let done = 0
  let toldAt = Number.NEGATIVE_INFINITY
  return bytes => {
    done += bytes
    if (performance.now() < toldAt + tellEveryMs) return
    toldAt = performance.now()
    say({ kind: 'progress', what, done: Math.floor(done / megabyte), total: Math.ceil(totalBytes / megabyte) })
  }
}

/** So many pages are copied in one go. */
const pagesAtOnce = 2_048

/** A state of the database that stays, whatever is written meanwhile, and its files, which stay open though they be replaced. */
interface Snapshot {
  readonly database: Database.Database
  readonly files: readonly { readonly name: string; readonly descriptor: number }[]
  close(): void
}

/** A list that is replaced between the look and the opening is looked up again. */
const triesMax = 5

function openSnapshot(file: string): Snapshot {
  for (let tried = 1; ; tried += 1) {
    try {
      return trySnapshot(file)
    } catch (error) {
      if (errorCode(error) !== 'ENOENT' || tried === triesMax) throw error
    }
  }
}

function trySnapshot(file: string): Snapshot {
  const database = new Database(file, { readonly: true, fileMustExist: true })
  const files: { name: string; descriptor: number }[] = []
  const close = () => {
    for (const { descriptor } of files) closeSync(descriptor)
    database.close()
  }
  const add = (part: string, path: string) =>
    void files.push({ name: `${part}/${basename(path)}`, descriptor: openSync(path, 'r') })
  try {
    database.exec('BEGIN')
    for (const list of prepareDoNotCallLookups(database).bulkLists())
      add(backupLayout.lists, join(bulkListFolder(file), list.file))
    for (const name of neededSegments(file, database)) add(backupLayout.ledger, join(segmentFolder(file), name))
    return { database, files, close }
  } catch (error) {
    close()
    throw error
  }
}

/** Those whose entries have left the database, and those that its rotations name: what came later is in the database yet. */
function neededSegments(file: string, database: Database.Database): readonly string[] {
  const lookups = prepareLedgerLookups(database)
  const first = lookups.first()?.seq ?? 0
  const named = new Set(lookups.ofKind('rotation').map(({ entry }) => String(JSON.parse(entry).file)))
  const folder = segmentFolder(file)
  if (!existsSync(folder)) return []
  return readdirSync(folder).filter(name => {
    const span = segmentSpan(name)
    return span !== undefined && (span.toSeq <= first || named.has(name))
  })
}

function bytesOf({ database, files }: Snapshot): number {
  return files.reduce((sum, { descriptor }) => sum + fstatSync(descriptor).size, databaseBytes(database))
}

function databaseBytes(database: Database.Database): number {
  const pageBytes = Number(database.pragma('page_size', { simple: true }))
  return pageBytes * Number(database.pragma('page_count', { simple: true }))
}

/** Pages as they lie, in one state for as long as it takes: the transaction is this connection's own. */
async function copyDatabase(
  { database }: Snapshot,
  { to, at }: { readonly to: string; readonly at: number },
): Promise<void> {
  const pageBytes = Number(database.pragma('page_size', { simple: true }))
  const total = databaseBytes(database)
  const told = teller('MB copied', total)
  let left = total / pageBytes
  let unflushed = 0
  await database.backup(to, {
    progress({ remainingPages }) {
      const bytes = (left - remainingPages) * pageBytes
      told(bytes)
      left = remainingPages
      unflushed += bytes
      if (unflushed >= unflushedMax) {
        flush(to)
        unflushed = 0
      }
      return pagesAtOnce
    },
  })
  chmodSync(to, 0o600)
  // One file, without a log beside it.
  const copy = new Database(to, { fileMustExist: true })
  copy.pragma('journal_mode = DELETE')
  markAsBackup(copy, at)
  copy.close()
  flush(to)
}

function fileOf(folder: string, name: string): BackupFile {
  const descriptor = openSync(join(folder, name), 'r')
  try {
    return { name, ...readWhole(descriptor, () => {}) }
  } finally {
    closeSync(descriptor)
  }
}

async function fill(folder: string, order: Extract<BackupOrder, { kind: 'make' }>): Promise<BackupManifest> {
  const snapshot = openSnapshot(order.file)
  try {
    const { bavail, bsize } = statfsSync(dirname(folder))
    checkRoom({ folder: dirname(folder), bytes: bytesOf(snapshot), free: bavail * bsize })
    await copyDatabase(snapshot, { to: join(folder, backupLayout.database), at: order.at })
    const { database: source } = snapshot
    const head = prepareLedgerLookups(source).head() ?? { seq: 0, hash: '' }
    const files = [fileOf(folder, backupLayout.database)]
    const told = teller('MB of lists copied', 0)
    for (const part of [backupLayout.lists, backupLayout.ledger]) mkdirSync(join(folder, part), { mode: 0o700 })
    for (const { name, descriptor } of snapshot.files)
      files.push({ name, ...copyOpen(descriptor, join(folder, name), told) })
    for (const part of [backupLayout.lists, backupLayout.ledger]) flush(join(folder, part))
    return {
      format: 1,
      databaseId: source.prepare<[], string>('SELECT databaseId FROM identity').pluck().get() ?? '',
      schema: Number(source.pragma('user_version', { simple: true })),
      createdAt: order.at,
      ...(order.journal && { journal: order.journal }),
      ledger: { seq: head.seq, hash: head.hash },
      files,
    }
  } finally {
    snapshot.close()
  }
}

async function verified(folder: string, manifest: BackupManifest): Promise<Done> {
  const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0)
  return { bytes, found: await verifyBackup(folder, manifest, teller('MB verified', bytes)) }
}

/** The name appears when everything is there and was read back. */
async function make(order: Extract<BackupOrder, { kind: 'make' }>): Promise<Done> {
  const { target } = order
  if (existsSync(target))
    throw new StoreError('file-exists', `${target} exists already: a backup overwrites nothing; name another folder`)
  const partial = `${target}.partial`
  try {
    makePartial(partial)
  } catch (error) {
    throw storeErrorOf(error, target)
  }
  try {
    const manifest = await fill(partial, order)
    const done = await verified(partial, manifest)
    const path = join(partial, backupLayout.manifest)
    writeFileSync(path, `${JSON.stringify(manifest, undefined, 2)}\n`, { mode: 0o600 })
    flush(path)
    flush(partial)
    renameSync(partial, target)
    unmarkPartial(target)
    flush(target)
    flush(dirname(target))
    return done
  } catch (error) {
    rmSync(partial, { force: true, recursive: true })
    throw storeErrorOf(error, target)
  }
}

function carryOut(order: BackupOrder): Promise<Done> {
  return order.kind === 'make' ? make(order) : verified(order.folder, readManifest(order.folder))
}

stepBack()
// Started with this type by makeBackup.ts only.
carryOut(workerData as BackupOrder).then(
  done => say({ kind: 'done', ...done }),
  (error: unknown) => say({ kind: 'problem', code: errorCode(error), message: errorMessage(error) }),
)
