import { given } from '../../core/given.ts'
import type { InstantMs } from '../../core/ids.ts'
import { companyList } from '../../ports/bulkLists.ts'
import type { DoNotCallEntry } from '../../ports/doNotCall.ts'
import { type PackedLeads, packLeads } from '../../ports/importing/packedLeads.ts'
import { type PackedMoved, packMoved } from '../../ports/importing/packedMoved.ts'
import type { NewLead } from '../../ports/leads.ts'
import type { RowRemark } from '../rowRemark.ts'
import { serveImport } from '../serveImport.ts'
import { type LeadFileOptions, type LeadRow, type RefusedRow, readLeads, rowProblems } from './leadRows.ts'

/** What an import of leads is started with. */
export interface LeadData extends LeadFileOptions {
  /** File name or other origin. */
  readonly source: string
  readonly now: InstantMs
}

/** Some rows of a file: at most 100 leads with their lines, and the bad rows between them. */
export interface LeadBatch {
  readonly leads: PackedLeads
  /** Of each lead. */
  readonly lines: readonly number[]
  /** How many rows of the file they come from, bad ones included. */
  readonly rows: number
  readonly bad: readonly RowRemark[]
  readonly warnings: readonly RowRemark[]
  /** At most 100 numbers that must not be called. */
  readonly refusals?: PackedMoved
  /** How many of the rows refuse. */
  readonly refused: number
  /** How many of the rows refuse, or may, and could not be read whole. */
  readonly refusalsUnread: number
}

/** The store takes no more at once. */
const leadsMax = 100
/** A file full of rubbish must not become one message. */
const badMax = 1_000

serveImport<LeadData, LeadBatch, void>(async ({ data, stream, send }) => {
  let batch = newBatch()

  async function sendAll(): Promise<void> {
    const { leads, refusals, ...rest } = batch
    batch = newBatch()
    const packed = refusals.length === 0 ? undefined : packMoved({ kind: 'refusals', refusals })
    await send({ leads: packLeads(leads), ...rest, ...given({ refusals: packed }) })
  }

  for await (const row of readLeads(stream, data, remark => batch.warnings.push(remark))) {
    if (!hasRoom(batch, row)) await sendAll()
    batch.rows += 1
    if ('reason' in row) addBad(batch, row)
    else if ('refused' in row) addRefusal(batch, row, data)
    else {
      for (const lead of row.leads) {
        batch.leads.push(lead)
        batch.lines.push(row.line)
      }
      if (row.warnings !== undefined) batch.warnings.push(...row.warnings)
    }
    if (batch.leads.length === leadsMax || batch.bad.length + batch.warnings.length >= badMax) await sendAll()
  }
  await sendAll()
})

interface OpenBatch {
  readonly leads: NewLead[]
  readonly lines: number[]
  readonly refusals: DoNotCallEntry[]
  readonly bad: RowRemark[]
  readonly warnings: RowRemark[]
  rows: number
  refused: number
  refusalsUnread: number
}

function newBatch(): OpenBatch {
  return { leads: [], lines: [], refusals: [], bad: [], warnings: [], rows: 0, refused: 0, refusalsUnread: 0 }
}

function hasRoom({ leads, refusals }: OpenBatch, row: LeadRow): boolean {
  if ('refused' in row) return refusals.length + row.refused.length <= leadsMax
  return !('leads' in row) || leads.length + row.leads.length <= leadsMax
}

function addBad(batch: OpenBatch, row: RowRemark): void {
  batch.bad.push(row)
  if (row.reason === rowProblems.refusal) batch.refusalsUnread += 1
}

function addRefusal(batch: OpenBatch, row: RefusedRow, { source, now }: LeadData): void {
  const { line, column, refused, unread } = row
  const note = `"${column}" in ${source}, line ${line}`
  for (const number of refused) batch.refusals.push({ number, list: companyList, source: 'import', at: now, note })
  batch.warnings.push({ line, reason: refusedWarning, value: column }, ...unread)
  batch.refused += 1
  if (unread.length > 0) batch.refusalsUnread += 1
}

const refusedWarning = "refused: the row says so itself; its numbers go onto the company's do-not-call list"
