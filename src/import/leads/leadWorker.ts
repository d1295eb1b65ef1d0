import type { NewLead } from '../../ports/leads.ts'
import { type PackedLeads, packLeads } from '../../ports/packedLeads.ts'
import { serveImport } from '../serveImport.ts'
import { type LeadFileOptions, type RowRemark, readLeads } from './leadRows.ts'

/** Some rows of a file: at most 100 leads with their lines, and the bad rows between them. */
export interface LeadBatch {
  readonly leads: PackedLeads
  /** Of each lead. */
  readonly lines: readonly number[]
  /** How many rows of the file they come from, bad ones included. */
  readonly rows: number
  readonly bad: readonly RowRemark[]
  readonly warnings: readonly RowRemark[]
}

/** The store takes no more at once. */
const leadsMax = 100
/** A file full of rubbish must not become one message. */
const badMax = 1_000

serveImport<LeadFileOptions, LeadBatch, void>(async ({ data, stream, send }) => {
  let leads: NewLead[] = []
  let lines: number[] = []
  let bad: RowRemark[] = []
  let warnings: RowRemark[] = []
  let rows = 0

  async function sendAll(): Promise<void> {
    await send({ leads: packLeads(leads), lines, rows, bad, warnings })
    leads = []
    lines = []
    bad = []
    warnings = []
    rows = 0
  }

  for await (const row of readLeads(stream, data)) {
    rows += 1
    if ('reason' in row) bad.push(row)
    else {
      if (leads.length + row.leads.length > leadsMax) {
        rows -= 1
        await sendAll()
        rows = 1
      }
      for (const lead of row.leads) {
        leads.push(lead)
        lines.push(row.line)
      }
      if (row.warnings !== undefined) warnings.push(...row.warnings)
    }
    if (leads.length === leadsMax || bad.length >= badMax || warnings.length >= badMax) await sendAll()
  }
  await sendAll()
})
