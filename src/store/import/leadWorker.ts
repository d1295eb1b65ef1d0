import type { NewLead } from '../../ports.ts'
import { type PackedLeads, packLeads } from '../packedLeads.ts'
import { type LeadFileOptions, readLeads } from './leadRows.ts'
import { serveImport } from './serveImport.ts'

/** Some rows of a file: at most 100 leads with their lines, and the bad ones between them. */
export interface LeadBatch {
  readonly leads: PackedLeads
  /** Of each lead. */
  readonly lines: readonly number[]
  readonly bad: readonly { readonly line: number; readonly reason: string; readonly value: string }[]
}

/** The store takes no more at once. */
const leadsMax = 100
/** A file full of rubbish must not become one message. */
const badMax = 1_000

serveImport<LeadFileOptions, LeadBatch, void>(async ({ data, stream, send }) => {
  let leads: NewLead[] = []
  let lines: number[] = []
  let bad: LeadBatch['bad'][number][] = []

  async function sendAll(): Promise<void> {
    await send({ leads: packLeads(leads), lines, bad })
    leads = []
    lines = []
    bad = []
  }

  for await (const row of readLeads(stream, data)) {
    if ('reason' in row) bad.push(row)
    else {
      leads.push(row.lead)
      lines.push(row.line)
    }
    if (leads.length === leadsMax || bad.length === badMax) await sendAll()
  }
  await sendAll()
})
