import { link, lstat, open, rename, unlink } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { Database } from 'better-sqlite3'
import { given } from '../../../core/given.ts'
import { Defect, errorCode, StoreError } from '../../../errors.ts'
import type { ArchiveReport, ArchiveRequest, ArchiveStep, LeavingRows } from '../../../ports/archives.ts'
import type { Waiter } from '../../../ports/waiter.ts'
import { archiveBorder, borderFor } from '../../decisions/archiveBorder.ts'
import { prepareCampaignLookups } from '../queries/campaigns.ts'
import { type LedgerLookups, prepareLedgerLookups } from '../queries/ledgerReads.ts'
import { rulesInForce } from '../retention.ts'
import type { Written } from '../workers/archiveWorker.ts'
import type { Writing } from '../writing/writing.ts'
import { checkPlace } from './checkPlace.ts'
import { inThread } from './inThread.ts'

/** What an archive is made of. */
export interface ArchiveParts {
  readonly database: Database
  readonly file: string
  readonly writes: Writing
}

type Left = ArchiveReport['left']

/**
 * Makes an archive: the file is written, flushed and read back; the ledger says that it is there; it gets its name; then its rows
 * leave, and the ledger says how many did. Whatever stops it in between, every row is in the file or in the database, and the next run
 * ends what this one began.
 * @throws InputError `retention`, `another-folder`; StoreError `file-exists`, `disk-full`, `archive-damaged`
 */
export async function makeArchive(parts: ArchiveParts, request: ArchiveRequest): Promise<ArchiveReport> {
  const begunAt = performance.now()
  const { at, dryRun } = request
  const target = resolve(request.target)
  if (request.asker !== undefined && !dryRun) await checkPlace(target, request.asker.mark)
  await parts.writes.settled()
  const lookups = prepareLedgerLookups(parts.database)
  const book = rulesInForce(lookups)
  const campaigns = prepareCampaignLookups(parts.database)
    .campaigns()
    .map(({ settings }) => settings)
  const before = borderFor({ book, campaigns, at, ...given({ asked: request.before }) })
  const allowed = archiveBorder({ book, campaigns, at })?.before ?? before
  const work = { ...parts, lookups, target, before, allowed, at, onProgress: request.onProgress }
  const resumed = dryRun ? undefined : await endBrokenOff(work)
  const took = () => Math.round(performance.now() - begunAt)
  const those = resumed === undefined ? [] : [resumed.file]
  if (resumed?.file === target) return { ...resumed, resumed: those, durationMs: took() }
  const done = dryRun ? await onlyCount(work) : await archive(work)
  return { ...done, file: target, before, resumed: those, durationMs: took() }
}

interface Work extends ArchiveParts {
  readonly lookups: LedgerLookups
  readonly target: string
  readonly before: number
  /** Nothing from after this may leave. */
  readonly allowed: number
  readonly at: number
  readonly onProgress: Waiter['onProgress']
}

type Done = Omit<ArchiveReport, 'file' | 'before' | 'resumed' | 'durationMs'>

async function onlyCount({ file, before, at, onProgress }: Work): Promise<Done> {
  const { sha256: _, ...written } = await writtenBy({ kind: 'write', file, before, at }, { onProgress })
  return { ...written, left: { attempts: 0, leads: 0 } }
}

async function writtenBy(...[order, needs]: Parameters<typeof inThread>): Promise<Written> {
  const answer = await inThread(order, needs)
  if (answer.kind !== 'written') throw new Defect('an archive was written and nobody said so')
  return answer.written
}

async function archive(work: Work): Promise<Done> {
  const { target, file, before, at, onProgress, writes } = work
  if (await isThere(target)) throw exists(target)
  const part = partOf(target)
  const name = (numbers: readonly string[]) => writes.write({ kind: 'name-subjects', numbers })
  const { campaigns, ...written } = await writtenBy({ kind: 'write', file, part, before, at }, { onProgress, name })
  if (written.attempts + written.leads === 0) {
    await unlink(part)
    const { sha256: _, ...nothing } = written
    return { ...nothing, campaigns, bytes: 0, left: { attempts: 0, leads: 0 } }
  }
  await tell(work, { event: 'written', file: basename(target), ...written, before })
  await place(part, target)
  return { ...written, campaigns, left: await letGo(work, { path: target, sha256: written.sha256 }) }
}

function tell({ writes, at }: Work, step: ArchiveStep): Promise<void> {
  return writes.write({ kind: 'record-archive', step, at })
}

/** Has the rows of an archive leave, and tells the ledger how many did. */
async function letGo(work: Work, { path, sha256 }: { readonly path: string; readonly sha256: string }): Promise<Left> {
  const left = { attempts: 0, leads: 0 }
  await inThread(
    { kind: 'release', archive: path },
    {
      onProgress: work.onProgress,
      async letGo(rows: LeavingRows) {
        // What today's rules ask for stays, though the archive was begun under others.
        const before = Math.min(rows.before, work.allowed)
        const { attempts, leads } = await work.writes.write({ kind: 'let-rows-go', rows: { ...rows, before } })
        left.attempts += attempts
        left.leads += leads
      },
    },
  )
  await tell(work, { event: 'left', file: basename(path), sha256, ...left })
  return left
}

/** Ends an archive of which the ledger says that it is written and not that it has left; one that is not beside the new one stays begun. */
async function endBrokenOff(work: Work): Promise<Omit<ArchiveReport, 'resumed' | 'durationMs'> | undefined> {
  const last = work.lookups.ofKind('archive').at(-1)
  // The writer has written it, with these members.
  const step: ArchiveStep | undefined = last && JSON.parse(last.entry)
  if (step?.event !== 'written') return undefined
  const path = join(dirname(work.target), basename(step.file))
  const found = (await isOf(path, step.sha256)) ? path : undefined
  const part = found === undefined && (await isOf(partOf(path), step.sha256)) ? partOf(path) : undefined
  if (part !== undefined) await place(part, path)
  if (found === undefined && part === undefined) return undefined
  const { event: _, ...record } = step
  return { ...record, file: path, campaigns: [], left: await letGo(work, { path, sha256: step.sha256 }) }
}

function partOf(path: string): string {
  return `${path}.part`
}

async function isOf(path: string, sha256: string): Promise<boolean> {
  if (!(await isThere(path))) return false
  const found = await inThread({ kind: 'sum', path }, {})
  return found.kind === 'done' && found.sha256 === sha256
}

async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path)
    return true
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false
    throw new StoreError('file-unwritable', `${path} cannot be looked at (${errorCode(error)}): name another file`)
  }
}

function exists(target: string): StoreError {
  return new StoreError('file-exists', `${target} exists already: an archive overwrites nothing; name another file`)
}

/** File systems that have no second names for a file. */
const linkless: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'])

/** Gives the part its name, in whose place nothing may be: a link is refused where a renaming would overwrite. */
async function place(part: string, target: string): Promise<void> {
  try {
    await link(part, target)
    await unlink(part)
  } catch (error) {
    if (errorCode(error) === 'EEXIST' || !linkless.has(errorCode(error)) || (await isThere(target)))
      throw exists(target)
    await rename(part, target)
  }
  const folder = await open(dirname(target), 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
