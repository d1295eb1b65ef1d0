import { InputError } from '../../errors.ts'
import type { MoveInPart } from '../../ports/imports.ts'
import type { DoNotCallEntry, NewLead } from '../../ports.ts'
import { type PackedLeads, packLeads } from '../packedLeads.ts'
import { type MovedCall, type PackedMoved, packMoved } from '../packedMoved.ts'
import type { RowRemark } from './leadRows.ts'
import { serveImport } from './serveImport.ts'
import { type Callbacks, createCallbacks } from './vicidial/callbacks.ts'
import { createCallReader } from './vicidial/calls.ts'
import { readFrames } from './vicidial/frames.ts'
import { createLeadReader, type VicidialOptions } from './vicidial/leads.ts'
import { createRefusalReader, movedRefusal } from './vicidial/refusals.ts'
import { readTable, type TableRow } from './vicidial/table.ts'

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
    for await (const row of readTable(part, bytes)) await read(row)
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
      if ('reason' in read) await outbox.bad(read)
      else if ('skipped' in read) await outbox.skip(read.skipped)
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
  const lists = new Map<string, Gathered<NewLead>>()
  const calls: Gathered<MovedCall> = { items: [], lines: [] }
  const refusals: Gathered<DoNotCallEntry> = { items: [], lines: [] }
  let ofLeads: DoNotCallEntry[] = []
  let report = fresh()

  async function post(more: Partial<MoveInBatch>): Promise<void> {
    const batch = { part, file, ...report, ...more }
    report = fresh()
    await send(batch)
  }

  async function postLeads(list: string, { items, lines }: Gathered<NewLead>): Promise<void> {
    lists.delete(list)
    await post({ leads: { list, packed: packLeads(items), lines } })
  }

  async function postCalls(): Promise<void> {
    const { items, lines } = taken(calls)
    const callIds = items.map(({ callId }) => callId)
    await post({ moved: { packed: packMoved({ kind: 'calls', calls: items }), lines, callIds } })
  }

  async function postRefusals(): Promise<void> {
    const { items, lines } = taken(refusals)
    await post({ moved: { packed: packMoved({ kind: 'refusals', refusals: items }), lines, callIds: [] } })
  }

  async function postRefusalsOfLeads(): Promise<void> {
    const refused = ofLeads.splice(0, batchMax)
    await post({ refusalsOfLeads: packMoved({ kind: 'refusals', refusals: refused }) })
  }

  async function counted(): Promise<void> {
    report.rows += 1
    if (report.bad.length + report.warnings.length >= remarksMax) await post({})
  }

  return {
    async bad(problem: RowRemark): Promise<void> {
      report.bad.push(problem)
      await counted()
    },
    async skip(why: string): Promise<void> {
      report.skipped[why] = (report.skipped[why] ?? 0) + 1
      await counted()
    },
    async callback(): Promise<void> {
      report.callbacks += 1
      await counted()
    },
    async leads(
      row: { line: number; list: string; leads: readonly NewLead[]; warnings: readonly RowRemark[] },
      refused: readonly DoNotCallEntry[],
    ): Promise<void> {
      if (lists.size >= listsMax && !lists.has(row.list))
        throw new InputError('too-many-lists', `the leads are in more than ${listsMax} lists: move them in by parts`)
      const gathered = lists.get(row.list) ?? { items: [], lines: [] }
      lists.set(row.list, gathered)
      if (gathered.items.length + row.leads.length > batchMax) await postLeads(row.list, gathered)
      const open = lists.get(row.list) ?? { items: [], lines: [] }
      lists.set(row.list, open)
      for (const lead of row.leads) {
        open.items.push(lead)
        open.lines.push(row.line)
      }
      report.warnings.push(...row.warnings)
      ofLeads = [...ofLeads, ...refused]
      if (ofLeads.length >= batchMax) await postRefusalsOfLeads()
      await counted()
    },
    async call(call: MovedCall, line: number, warning: RowRemark | undefined): Promise<void> {
      calls.items.push(call)
      calls.lines.push(line)
      if (warning !== undefined) report.warnings.push(warning)
      await counted()
      if (calls.items.length === batchMax) await postCalls()
    },
    async refusal(entry: DoNotCallEntry, line: number): Promise<void> {
      refusals.items.push(entry)
      refusals.lines.push(line)
      await counted()
      if (refusals.items.length === batchMax) await postRefusals()
    },
    async flush(): Promise<void> {
      for (const [list, gathered] of [...lists]) await postLeads(list, gathered)
      if (calls.items.length > 0) await postCalls()
      if (refusals.items.length > 0) await postRefusals()
      while (ofLeads.length > 0) await postRefusalsOfLeads()
      await post({})
    },
  }
}

function fresh() {
  const lists: { bad: RowRemark[]; warnings: RowRemark[] } = { bad: [], warnings: [] }
  const skipped: Record<string, number> = {}
  return { rows: 0, ...lists, skipped, callbacks: 0 }
}

function taken<Item>({ items, lines }: Gathered<Item>): Gathered<Item> {
  return { items: items.splice(0), lines: lines.splice(0) }
}
