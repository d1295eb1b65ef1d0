import { once } from 'node:events'
import { closeSync, lstatSync, openSync, rmSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import Database from 'better-sqlite3'
import { given } from '../../../core/given.ts'
import { Defect, errorCode, errorMessage, InputError, StoreError } from '../../../errors.ts'
import { isE164 } from '../../../numbers/e164.ts'
import type { ArchiveContent, ArchivedCampaign, LeavingRows } from '../../../ports/archives.ts'
import { stepBack } from '../../../threads/threads.ts'
import { readArchive } from '../../archive/readArchive.ts'
import { type ArchiveHeader, lineOfCall, lineOfLead, openRow, type SubjectOf } from '../../archive/rows.ts'
import type { SealingSubject } from '../../archive/seal.ts'
import { createLineFile, lineSum } from '../archive/archiveFile.ts'
import { readWhole } from '../backup/manifest.ts'
import { storeErrorOf } from '../problems.ts'
import { prepareLeavingRows } from '../queries/archive/leavingRows.ts'
import { prepareLedgerLookups } from '../queries/ledgerReads.ts'

/** What the thread is started with: it does one thing and ends. */
export type ArchiveOrder =
  /** Without `part` nothing is written. */
  | {
      readonly kind: 'write'
      readonly file: string
      readonly part?: string
      readonly before: number
      readonly at: number
    }
  /** Reads an archive again, so that its rows may leave. */
  | { readonly kind: 'release'; readonly archive: string }
  | { readonly kind: 'sum'; readonly path: string }

/** What was written, or would be. */
export interface Written extends ArchiveContent {
  readonly bytes: number
  readonly sha256: string
}

/** What the thread says. It waits for a word after `name` and `release`; the last three end it. */
export type ArchiveAnswer =
  | { readonly kind: 'progress'; readonly what: string; readonly done: number; readonly total?: number }
  | { readonly kind: 'name'; readonly numbers: readonly string[] }
  | { readonly kind: 'release-rows'; readonly rows: LeavingRows }
  | { readonly kind: 'written'; readonly written: Written }
  | { readonly kind: 'done'; readonly sha256?: string }
  | { readonly kind: 'problem'; readonly code: string; readonly message: string; readonly isInput: boolean }

/** Progress is told no more often than this. */
const tellEveryMs = 200
/** So many rows leave in one transaction: others wait behind it. */
const rowsMax = 100

function say(answer: ArchiveAnswer): void {
  parentPort?.postMessage(answer)
}

async function ask(question: ArchiveAnswer): Promise<void> {
  if (parentPort === null) throw new Defect('this file is run in a worker thread only')
  const answered = once(parentPort, 'message')
  say(question)
  await answered
}

function teller(what: string, total?: number): (done: number) => void {
  let done = 0
  let toldAt = performance.now()
  return more => {
    done += more
    if (performance.now() < toldAt + tellEveryMs) return
    toldAt = performance.now()
    say({ kind: 'progress', what, done, ...(total !== undefined && { total }) })
  }
}

/** Counts what is written. */
function createCount() {
  const campaigns = new Map<string, { attempts: number; leads: number }>()
  let [oldestAt, newestAt] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  const of = (campaignId: string) => {
    const known = campaigns.get(campaignId) ?? { attempts: 0, leads: 0 }
    campaigns.set(campaignId, known)
    return known
  }
  return {
    call(campaignId: string, at: number): void {
      of(campaignId).attempts += 1
      oldestAt = Math.min(oldestAt, at)
      newestAt = Math.max(newestAt, at)
    },
    lead(campaignId: string): void {
      of(campaignId).leads += 1
    },
    content(): ArchiveContent {
      const sorted: ArchivedCampaign[] = [...campaigns]
        .sort()
        .map(([campaignId, counts]) => ({ campaignId, ...counts }))
      const attempts = sorted.reduce((sum, one) => sum + one.attempts, 0)
      const leads = sorted.reduce((sum, one) => sum + one.leads, 0)
      return { attempts, leads, campaigns: sorted, ...(attempts > 0 && { oldestAt, newestAt }) }
    },
  }
}

type WriteOrder = Extract<ArchiveOrder, { kind: 'write' }>

/** Nobody's: for counting how long a file would be. */
const nobody = { subject: '0'.repeat(32), key: '0'.repeat(64) }

/** Gives names to those who have none, and finds whose numbers they are. */
async function named(numbers: readonly (string | undefined)[], find: SubjectOf): Promise<void> {
  const without = [...new Set(numbers.filter(number => number !== undefined && isE164(number)))].filter(
    number => number !== undefined && find(number) === undefined,
  )
  for (let from = 0; from < without.length; from += rowsMax)
    await ask({ kind: 'name', numbers: without.slice(from, from + rowsMax).flatMap(number => number ?? []) })
}

async function write(order: WriteOrder): Promise<ArchiveAnswer> {
  const { file, part, before, at } = order
  const database = new Database(file, { readonly: true, fileMustExist: true })
  const lines = createLineFile(part)
  try {
    const find = prepareLedgerLookups(database).subject
    const subjectOf: SubjectOf = part === undefined ? () => nobody : find
    const ownerOf = (number: string | undefined) =>
      number !== undefined && isE164(number) ? subjectOf(number) : undefined
    // Erased since the row was read: there is no key to seal it with.
    const isGone = (number: string | undefined) =>
      number !== undefined && isE164(number) && subjectOf(number) === undefined
    const leaving = prepareLeavingRows(database)
    const count = createCount()
    const databaseId = database.prepare<[], string>('SELECT databaseId FROM identity').pluck().get() ?? ''
    const header: ArchiveHeader = { format: 'dialwright-archive', version: 1, databaseId, before, createdAt: at }
    lines.add(JSON.stringify(header))
    const told = teller('attempts read', leaving.count(before))
    for (const { calls, looked } of leaving.calls(before)) {
      await named(
        calls.map(({ number }) => number),
        subjectOf,
      )
      for (const call of calls) {
        if (isGone(call.number)) continue
        lines.add(openable(lineOfCall(call, subjectOf), ownerOf(call.number)))
        count.call(call.campaignId, call.originatedAt)
      }
      told(looked)
    }
    const toldLeads = teller('leads read')
    for (const leads of leaving.leads(before)) {
      await named(
        leads.map(({ number }) => number),
        subjectOf,
      )
      for (const lead of leads) {
        if (isGone(lead.number)) continue
        lines.add(openable(lineOfLead(lead, subjectOf), ownerOf(lead.number)))
        count.lead(lead.campaignId)
      }
      toldLeads(leads.length)
    }
    const content = count.content()
    lines.add(JSON.stringify({ end: { attempts: content.attempts, leads: content.leads } }))
    const { bytes, sha256, lines: sum } = lines.end()
    if (part !== undefined) await readBack(part, sum)
    return { kind: 'written', written: { ...content, bytes, sha256 } }
  } finally {
    lines.close()
    database.close()
  }
}

/** What leaves on the strength of this file is read from it first: every line. */
async function readBack(part: string, sum: string): Promise<void> {
  const lines = lineSum()
  const told = teller('rows read back')
  for await (const _line of readArchive(part, { onLine: text => lines.add(text) })) told(1)
  if (lines.digest() !== sum)
    throw new StoreError(
      'archive-damaged',
      `${part} does not read as it was written; nothing has left: look at its disk`,
    )
}

/** What nobody could open again must not leave. */
function openable(line: string, of: SealingSubject | undefined): string {
  if (of !== undefined && openRow(JSON.parse(line), of) === undefined)
    throw new Defect('a row for an archive does not open with its key')
  return line
}

/** Has the rows of an archive leave, a few at a time. */
async function release(archive: string): Promise<ArchiveAnswer> {
  const told = teller('rows let go')
  let before = 0
  let rows: { attempts: LeavingRows['attempts'][number][]; leads: LeavingRows['leads'][number][] } = {
    attempts: [],
    leads: [],
  }
  const letGo = async (): Promise<void> => {
    const { attempts, leads } = rows
    if (attempts.length + leads.length > 0) await ask({ kind: 'release-rows', rows: { before, attempts, leads } })
    told(attempts.length + leads.length)
    rows = { attempts: [], leads: [] }
  }
  for await (const line of readArchive(archive)) {
    if (line.kind === 'header') before = line.header.before
    if (line.kind !== 'row') continue
    if ('lead' in line.row) {
      const { leadId, state, attempts, dialableAt } = line.row.lead
      rows.leads.push({ leadId, state, attempts, dialableAt })
    } else {
      const { callId, wrapUp } = line.row.attempt
      rows.attempts.push({ callId, ...given({ code: wrapUp?.code }) })
    }
    if (rows.attempts.length + rows.leads.length === rowsMax) await letGo()
  }
  await letGo()
  return { kind: 'done' }
}

function sumOf(path: string): ArchiveAnswer {
  const descriptor = openSync(path, 'r')
  try {
    return { kind: 'done', sha256: readWhole(descriptor, () => {}).sha256 }
  } finally {
    closeSync(descriptor)
  }
}

/** The part of a run that was cut off before anything left is nobody's loss; what is none of ours is not touched. */
async function removeOldPart(part: string): Promise<void> {
  if (lstatSync(part, { throwIfNoEntry: false }) === undefined) return
  if (!(await isOurs(part)))
    throw new StoreError(
      'file-exists',
      `${part} exists and is no archive that was cut off: move it away, or name another file`,
    )
  rmSync(part)
}

async function isOurs(part: string): Promise<boolean> {
  if (!lstatSync(part).isFile()) return false
  if (lstatSync(part).size === 0) return true
  try {
    for await (const { kind } of readArchive(part)) return kind === 'header'
  } catch {
    // Whatever it is, it was not begun by an archive.
  }
  return false
}

async function carryOut(order: ArchiveOrder): Promise<ArchiveAnswer> {
  if (order.kind === 'release') return release(order.archive)
  if (order.kind === 'sum') return sumOf(order.path)
  const { part } = order
  if (part === undefined) return write(order)
  await removeOldPart(part)
  try {
    return await write(order)
  } catch (error) {
    rmSync(part, { force: true })
    throw storeErrorOf(error, part)
  }
}

stepBack()
// Started with this type by makeArchive.ts only.
carryOut(workerData as ArchiveOrder).then(say, (error: unknown) =>
  say({ kind: 'problem', code: errorCode(error), message: errorMessage(error), isInput: error instanceof InputError }),
)
