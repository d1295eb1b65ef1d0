import { InputError } from '../../errors.ts'
import type { DoNotCallEntry } from '../../ports/doNotCall.ts'
import type { MoveInPart } from '../../ports/importing/imports.ts'
import { type PackedLeads, packLeads } from '../../ports/importing/packedLeads.ts'
import { type MovedCall, type PackedMoved, packMoved } from '../../ports/importing/packedMoved.ts'
import type { NewLead } from '../../ports/leads.ts'
import type { RowRemark } from '../rowRemark.ts'
import { serveImport } from '../serveImport.ts'
import { type Callbacks, createCallbacks } from './callbacks.ts'
import { createCallReader } from './calls.ts'
import { readFrames } from './frames.ts'
import { createLeadReader, type VicidialOptions } from './leads.ts'
import { createRefusalReader, movedRefusal } from './refusals.ts'
import { readTable, type TableRow } from './table.ts'

/** Some rows of one table. */
export interface MoveInBatch {
  readonly part: MoveInPart
  readonly file: string
  readonly rows: number
  readonly bad: readonly RowRemark[]
  readonly warnings: readonly RowRemark[]
  /** Rows that are of no use, by reason. */
  readonly skipped: Readonly<Record<string, number>>
  /** At most 100 leads of one list, with their lines. */
  readonly leads?: { readonly list: string; readonly packed: PackedLeads; readonly lines: readonly number[] }
  /** At most 100 calls or refusals; those of leads are not counted as rows of their own. */
  readonly moved?: {
    readonly packed: PackedMoved
    readonly lines: readonly number[]
    readonly callIds: readonly string[]
  }
  readonly refusalsOfLeads?: PackedMoved
  /** Call-backs that came over with their leads. */
  readonly callbacks?: number
}

/** The store takes no more at once. */
const batchMax = 100
/** A file full of rubbish must not become one message. */
const remarksMax = 1_000
/** Numbers of this many lists are gathered side by side. */
const listsMax = 1_000

serveImport<VicidialOptions, MoveInBatch, void>(async ({ data, stream, send }) => {
  const callbacks = createCallbacks(data)
  let callbackFile: string | undefined
  for await (const { part, file, bytes } of readFrames(stream)) {
    const outbox = createOutbox(part, file, send)
    const read = readers(data, callbacks, outbox)[part]
    if (part === 'callbacks') callbackFile = file
    for await (const row of readTable(part, bytes, outbox.tell)) await read(row)
    await outbox.flush()
  }
  if (callbackFile === undefined) return
  const { remarks, count } = callbacks.left()
  const left = count === 0 ? {} : { 'their lead did not come over': count }
  await send({ part: 'callbacks', file: callbackFile, rows: 0, bad: [], warnings: remarks, skipped: left })
})

type Outbox = ReturnType<typeof createOutbox>

function readers(
  options: VicidialOptions,
  callbacks: Callbacks,
  outbox: Outbox,
): Readonly<Record<MoveInPart, (row: TableRow) => Promise<void>>> {
  let leads: ReturnType<typeof createLeadReader> | undefined
  const call = createCallReader(options)
  const refusal = createRefusalReader(options)
  return {
    async callbacks(row) {
      const read = callbacks.add(row)
      if ('reason' in read) await outbox.bad(read)
      else if (read.skipped !== undefined) await outbox.skip(read.skipped)
      else await outbox.callback()
    },
    async leads(row) {
      leads ??= createLeadReader(options, callbacks)
      const read = leads(row)
      if ('reason' in read) return outbox.bad(read)
      const refusals = read.refused ? read.leads.map(({ number }) => movedRefusal(number, options.now)) : []
      await outbox.leads(read, refusals)
    },
    async calls(row) {
      const read = call(row)
      if ('reason' in read) await outbox.bad(read)
      else if ('skipped' in read) await outbox.skip(read.skipped)
      else await outbox.call(read.call, read.line, read.warning)
    },
    async dnc(row) {
      const read = refusal(row)
      if ('reason' in read) {
        const { possible = [], ...bad } = read
        for (const entry of possible) await outbox.possible(entry, read.line)
        await outbox.bad(bad)
      } else if ('skipped' in read) await outbox.skip(read.skipped)
      else await outbox.refusal(read.entry, read.line)
    },
  }
}

interface Gathered<Item> {
  readonly items: Item[]
  readonly lines: number[]
}

/** Gathers what came of a table's rows and sends it in batches that the store takes. */
function createOutbox(part: MoveInPart, file: string, send: (batch: MoveInBatch) => Promise<void>) {
  const report = createRowReport(part, file, send)
  const leads = createLeadOutbox(report)
  const moved = createMovedOutbox(report)
  return {
    ...moved.put,
    leads: leads.put,
    tell: (remark: RowRemark): void => void report.now.warnings.push(remark),
    async bad(problem: RowRemark): Promise<void> {
      report.now.bad.push(problem)
      await report.row()
    },
    async skip(why: string): Promise<void> {
      report.now.skipped[why] = (report.now.skipped[why] ?? 0) + 1
      await report.row()
    },
    async callback(): Promise<void> {
      report.now.callbacks += 1
      await report.row()
    },
    async flush(): Promise<void> {
      await leads.flush()
      await moved.flush()
      await report.post({})
    },
  }
}

type RowReport = ReturnType<typeof createRowReport>

/** What is to be said of rows, sent along with the next batch. */
function createRowReport(part: MoveInPart, file: string, send: (batch: MoveInBatch) => Promise<void>) {
  const report = {
    now: fresh(),
    async post(more: Partial<MoveInBatch>): Promise<void> {
      const batch = { part, file, ...report.now, ...more }
      report.now = fresh()
      await send(batch)
    },
    /** One row has been read. */
    async row(): Promise<void> {
      report.now.rows += 1
      if (report.now.bad.length + report.now.warnings.length >= remarksMax) await report.post({})
    },
  }
  return report
}

function fresh() {
  const remarks: { bad: RowRemark[]; warnings: RowRemark[] } = { bad: [], warnings: [] }
  const skipped: Record<string, number> = {}
  return { rows: 0, ...remarks, skipped, callbacks: 0 }
}

interface LeadsOfRow {
  readonly line: number
  readonly list: string
  readonly leads: readonly NewLead[]
  readonly warnings: readonly RowRemark[]
}

function createLeadOutbox(report: RowReport) {
  const lists = new Map<string, Gathered<NewLead>>()
  let refused: DoNotCallEntry[] = []

  async function postLeads(list: string, { items, lines }: Gathered<NewLead>): Promise<void> {
    lists.delete(list)
    await report.post({ leads: { list, packed: packLeads(items), lines } })
  }

  async function postRefusals(): Promise<void> {
    const refusals = refused.splice(0, batchMax)
    await report.post({ refusalsOfLeads: packMoved({ kind: 'refusals', refusals }) })
  }

  return {
    async put(row: LeadsOfRow, refusals: readonly DoNotCallEntry[]): Promise<void> {
      const { list, leads } = row
      if (lists.size >= listsMax && !lists.has(list))
        throw new InputError('too-many-lists', `the leads are in more than ${listsMax} lists: move them in by parts`)
      const full = lists.get(list)
      if (full !== undefined && full.items.length + leads.length > batchMax) await postLeads(list, full)
      const open = lists.get(list) ?? { items: [], lines: [] }
      lists.set(list, open)
      for (const lead of leads) {
        open.items.push(lead)
        open.lines.push(row.line)
      }
      report.now.warnings.push(...row.warnings)
      refused = [...refused, ...refusals]
      if (refused.length >= batchMax) await postRefusals()
      await report.row()
    },
    async flush(): Promise<void> {
      for (const [list, gathered] of [...lists]) await postLeads(list, gathered)
      while (refused.length > 0) await postRefusals()
    },
  }
}

function createMovedOutbox(report: RowReport) {
  const calls: Gathered<MovedCall> = { items: [], lines: [] }
  const refusals: Gathered<DoNotCallEntry> = { items: [], lines: [] }

  async function postCalls(): Promise<void> {
    const { items, lines } = taken(calls)
    const callIds = items.map(({ callId }) => callId)
    await report.post({ moved: { packed: packMoved({ kind: 'calls', calls: items }), lines, callIds } })
  }

  async function postRefusals(): Promise<void> {
    const { items, lines } = taken(refusals)
    await report.post({ moved: { packed: packMoved({ kind: 'refusals', refusals: items }), lines, callIds: [] } })
  }

  async function putRefusal(entry: DoNotCallEntry, line: number): Promise<void> {
    refusals.items.push(entry)
    refusals.lines.push(line)
    if (refusals.items.length === batchMax) await postRefusals()
  }

  return {
    put: {
      async call(call: MovedCall, line: number, warning: RowRemark | undefined): Promise<void> {
        calls.items.push(call)
        calls.lines.push(line)
        if (warning !== undefined) report.now.warnings.push(warning)
        await report.row()
        if (calls.items.length === batchMax) await postCalls()
      },
      async refusal(entry: DoNotCallEntry, line: number): Promise<void> {
        await report.row()
        await putRefusal(entry, line)
      },
      /** What a row may mean that cannot be read; the row itself is a bad one. */
      possible: putRefusal,
    },
    async flush(): Promise<void> {
      if (calls.items.length > 0) await postCalls()
      if (refusals.items.length > 0) await postRefusals()
    },
  }
}

function taken<Item>({ items, lines }: Gathered<Item>): Gathered<Item> {
  return { items: items.splice(0), lines: lines.splice(0) }
}
