import { resolve } from 'node:path'
import Database from 'better-sqlite3'
import { given } from '../../core/given.ts'
import { errorCode, OperatingError, StoreError } from '../../errors.ts'
import type { ArchiveWrites } from '../../ports/archives.ts'
import type { FileStore } from '../../ports/files.ts'
import type { PackedLeadStore } from '../../ports/importing/packedLeads.ts'
import type { MoveInStore } from '../../ports/importing/packedMoved.ts'
import type { Store } from '../../ports/store.ts'
import { type LoadedThread, startAnswering } from '../../threads/threads.ts'
import type { Journal } from '../journal/journal.ts'
import { journalled } from '../journal/journalled.ts'
import type { WriteOperation, WriteResult } from '../operations.ts'
import { writePort } from '../writePort.ts'
import { attemptPort } from './attemptPort.ts'
import { type BulkListFiles, openBulkLists } from './bulkListFiles.ts'
import { campaignPort } from './campaignPort.ts'
import { censusPort } from './censusPort.ts'
import { lockWhenFree } from './databaseLock.ts'
import { doNotCallPort } from './doNotCallPort.ts'
import { filePort } from './filePort.ts'
import { openJournalCaughtUp } from './keeping/catchUp.ts'
import { createFilePlace } from './keeping/filePlace.ts'
import { checkMarker } from './keeping/marker.ts'
import { rescue } from './keeping/rescue.ts'
import { createSpaceReserve, type SpaceReserve } from './keeping/spaceReserve.ts'
import { watchStore } from './keeping/storeWatch.ts'
import { leadPort } from './leadPort.ts'
import { leadUpkeepPort } from './leadUpkeepPort.ts'
import { ledgerPort } from './ledgerPort.ts'
import { personPort } from './personPort.ts'
import { storeErrorOf } from './problems.ts'
import { prepareDoNotCallLookups } from './queries/people/doNotCall.ts'
import { prepareRestorationLookups, type RestorationLookups } from './queries/restorations.ts'
import type { ReaderData, ScanQuestion } from './scans.ts'
import { type StoreThreads, storeWorkers } from './storeThreads.ts'
import { userPort } from './userPort.ts'
import type { WriterData } from './workers/writerWorker.ts'
import { createLogTidier, type TidyData, type TidyQuestion } from './writing/logTidier.ts'
import type { WritingThreads } from './writing/sender.ts'
import { createWriting, type Writing } from './writing/writing.ts'

/** A store in an SQLite database, with bulk do-not-call lists in files beside it. */
export interface SqliteStore extends Store, PackedLeadStore, MoveInStore, ArchiveWrites {
  readonly files: FileStore
  /** Which database it is: a copy has the same, another one another. */
  readonly databaseId: string
}

/** Which database, and how it is written. */
export interface SqliteStoreOptions {
  readonly file: string
  /**
   * How long a call's records may wait for others with which they share a commit, milliseconds. Nothing else waits, and whoever reads
   * ends the waiting. Default: 0.
   */
  readonly gatherMs?: number
  /** Room kept on the disk for refusals and ends of calls, bytes; less on a small disk. Default: 0. */
  readonly reserveMaxBytes?: number
  /** Where refusals, withdrawals and erasures are kept beside the database, best on another disk; absent: nowhere. */
  readonly journal?: string
  /** Takes the database that is there, or none, whatever the marker beside it says was there. */
  readonly acceptDatabase?: boolean
  /** Is told in one line what an operator should know, though it opens. */
  readonly warn?: (line: string) => void
  /** So long the daemon that has the database is waited for, milliseconds. Default: 0. */
  readonly ownerGoneMaxMs?: number
  /** Threads whose code is loaded. Absent: they are started when they are needed. */
  readonly threads?: StoreThreads
  /** Is done before anything is made or changed: where it rejects, there is no database that was not there before. */
  readonly beforehand?: () => Promise<void>
}

/**
 * Opens the database at `file`, creating it or bringing its schema up to date, and makes this process its owner until
 * `close`. One thread writes, one answers what
 * scans, one keeps the log short; look-ups of single rows are read here in microseconds.
 * @throws StoreError `in-use`, `read-only`, `disk-full`, `newer-schema`, `not-a-database`, `cannot-open`, `list-missing`, and
 *   `database-gone`, `database-replaced`, `log-gone` where another database was here before; `journal-damaged`, `journal-of-another`
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<SqliteStore> {
  const file = resolve(options.file)
  const undo: (() => unknown)[] = []
  try {
    undo.push(await lockWhenFree(file, options.ownerGoneMaxMs ?? 0))
    const marker = checkMarker(file, given({ acceptDatabase: options.acceptDatabase }))
    await options.beforehand?.()
    const reserve = createSpaceReserve(file, options.reserveMaxBytes ?? 0)
    const { threads } = options
    const writer = await startWriter({ file, identity: marker.identity }, reserve, threads?.writer)
    undo.push(() => writer.close())
    marker.opened()
    undo.push(() => marker.closed())
    const { reader, tidyThread } = await startOthers(file, threads, close => undo.push(close))
    const database = new Database(file, { readonly: true, fileMustExist: true })
    undo.push(() => database.close())
    const restorations = prepareRestorationLookups(database)
    await noteBackupByHand(restorations, writer)
    const lists = await openBulkLists(file, prepareDoNotCallLookups(database).bulkLists(), {
      install: version => writer.ask([{ kind: 'install-bulk-list', version }]),
    })
    undo.push(() => lists.close())
    const { databaseId } = marker.identity
    const journal =
      options.journal === undefined
        ? undefined
        : await openJournalCaughtUp({
            database,
            writer,
            databaseId,
            file: options.journal,
            ...given({ warn: options.warn }),
          })
    undo.push(() => journal?.close())
    let isLogGone = false
    // A log whose name has gone holds nothing that the marker must ask for.
    const tidier = createLogTidier(file, tidyThread, { moved: () => (isLogGone ? undefined : marker.moved()) })
    undo.push(() => tidier.close())
    const watcher = watchStore({
      place: await createFilePlace(file),
      reserve,
      tryWriting: () => writer.ask([]),
      rescue: ({ code }) => {
        isLogGone = true
        return rescue({ file, database, tidier, marker }, code)
      },
    })
    undo.push(() => watcher.close())
    watcher.awaitConfirmation(restorations.newest())
    await watcher.look()
    return composeStore({
      file,
      databaseId,
      writer,
      reader,
      tidier,
      watcher,
      database,
      lists,
      undo,
      gatherMs: options.gatherMs ?? 0,
      journal,
    })
  } catch (error) {
    for (const step of undo.reverse()) await step()
    throw error instanceof OperatingError ? error : storeErrorOf(error, file)
  }
}

/** A backup that was put in place by hand is known to be one from its first opening on; where that cannot be written, it is not opened. */
async function noteBackupByHand(
  { marked }: RestorationLookups,
  writer: Pick<WritingThreads['writer'], 'ask'>,
): Promise<void> {
  const backup = marked()
  if (backup === undefined) return
  const restoration = { ...backup, restoredAt: Date.now() }
  const [result] = await writer.ask([{ kind: 'record-restore', restoration }])
  if (result !== undefined && !result.ok) throw new StoreError(result.code, result.message)
}

/** A disk that is full gives the reserve of an earlier run for the start: what is on the list must be known before anything else. */
async function startWriter(
  data: WriterData,
  reserve: SpaceReserve,
  loaded?: LoadedThread,
): Promise<WritingThreads['writer']> {
  const start = (thread?: LoadedThread) =>
    startAnswering<readonly WriteOperation[], readonly WriteResult[]>(storeWorkers.writer, data, thread)
  try {
    return await start(loaded)
  } catch (error) {
    if (errorCode(error) !== 'disk-full' || !reserve.giveUp()) throw error
    return start()
  }
}

/** The threads that a prepared database is opened by; both at once, for each is a good part of a start. */
async function startOthers(
  file: string,
  loaded: StoreThreads | undefined,
  onStarted: (close: () => Promise<void>) => void,
) {
  async function start<Question, Answer>(worker: 'reader' | 'tidy', data: ReaderData & TidyData) {
    const thread = await startAnswering<Question, Answer>(storeWorkers[worker], data, loaded?.[worker])
    onStarted(() => thread.close())
    return thread
  }
  const starting = [
    start<ScanQuestion, unknown>('reader', { file }),
    start<TidyQuestion, boolean>('tidy', { file }),
  ] as const
  // What has started is closed with the rest, so whoever fails waits for the other.
  await Promise.allSettled(starting)
  const [reader, tidyThread] = await Promise.all(starting)
  return { reader, tidyThread }
}

interface Parts extends WritingThreads {
  readonly file: string
  readonly databaseId: string
  readonly gatherMs: number
  readonly database: Database.Database
  readonly lists: BulkListFiles
  readonly journal: Journal | undefined
  /** Closes everything, last first. */
  readonly undo: (() => unknown)[]
}

function composeStore(parts: Parts): SqliteStore {
  const { database, file, journal } = parts
  const direct = createWriting(parts, parts.gatherMs)
  const writes = { ...direct, write: journal === undefined ? direct.write : journalled(direct.write, journal) }
  const attemptsUnknownUntil = prepareRestorationLookups(database).attemptsUnknownUntil()
  const { doNotCall, port: lists } = doNotCallPort(parts, writes)
  return {
    ...writePort(writes.write),
    ...leadPort({ database, doNotCall, attemptsUnknownUntil }, writes),
    ...attemptPort(database, writes),
    ...lists,
    ...campaignPort(database, writes),
    ...ledgerPort(database, writes),
    ...personPort(database, writes),
    ...userPort(database, writes),
    ...leadUpkeepPort(writes),
    ...censusPort(file, writes.settled),
    files: filePort(parts, writes),
    databaseId: parts.databaseId,
    trouble: parts.watcher.trouble,
    load: writes.load,
    onTrouble: parts.watcher.onTrouble,
    tryWriting: async () => void (await parts.writer.ask([])),
    close: closing(parts, writes),
  }
}

function closing({ undo }: Parts, writes: Writing): () => Promise<void> {
  let closed: Promise<void> | undefined

  async function closeAll(): Promise<void> {
    await writes.close()
    for (const step of undo.reverse()) await step()
  }

  return () => {
    closed ??= closeAll()
    return closed
  }
}
