import type { NewLead } from '../../ports.ts'
import { type LeadFileOptions, readLeads } from './leadRows.ts'
import { serveImport } from './serveImport.ts'

/** Some rows of a file: at most 100 leads with their lines, and the bad ones between them. */
export interface LeadBatch {
  readonly leads: NewLead[]
  readonly lines: number[]
  readonly bad: { readonly line: number; readonly reason: string; readonly value: string }[]
}

/** The store takes no more at once. */
const leadsMax = 100
/** A file full of rubbish must not become one message. */
const badMax = 1_000

serveImport<LeadFileOptions, LeadBatch, void>(async ({ data, stream, send }) => {
  let batch: LeadBatch = { leads: [], lines: [], bad: [] }
  for await (const row of readLeads(stream, data)) {
    if ('reason' in row) batch.bad.push(row)
    else {
      batch.leads.push(row.lead)
      batch.lines.push(row.line)
    }
    if (batch.leads.length < leadsMax && batch.bad.length < badMax) continue
    await send(batch)
    batch = { leads: [], lines: [], bad: [] }
  }
  await send(batch)
})
