import { randomUUID } from 'node:crypto'
import { given } from '../../core/given.ts'
import type { CallId, InstantMs } from '../../core/ids.ts'
import { InputError } from '../../errors.ts'
import { canonicalZone } from '../../numbers/zoneOffsets.ts'
import type { MoveInPart, MoveInPartReport, MoveInReport, MoveInRequest } from '../../ports/importing/imports.ts'
import type { MoveInStore } from '../../ports/importing/packedMoved.ts'
import { workerAt } from '../../threads/threads.ts'
import { runImportThread } from '../importThread.ts'
import { checkCampaign, type LeadImportStore } from '../leads/leadImport.ts'
import { createProblemList } from '../problemList.ts'
import { createProgress } from '../progress.ts'
import { createWarningList } from '../warningList.ts'
import type { VicidialOptions } from './leads.ts'
import type { MoveInBatch } from './moveInWorker.ts'

/** What is moved in goes there. */
export type MoveInTarget = LeadImportStore & MoveInStore

/** Calls of one move; their ids are kept until it has succeeded. */
const callsMax = 2_000_000
const takeBackMax = 100

/**
 * Moves in what VICIdial exported. Leads appear all at once at the end, and calls are taken back when it fails; refusals stay
 * whatever happens.
 * @throws InputError, StoreError
 */
export async function moveIn(store: MoveInTarget, request: MoveInRequest, now: InstantMs): Promise<MoveInReport> {
  const startedAt = performance.now()
  await checkCampaign(store, request)
  if (canonicalZone(request.timeZone) === undefined)
    throw new InputError(
      'unknown-time-zone',
      `"${request.timeZone}" is no IANA zone: write one such as America/New_York`,
    )
  const reports = createReports()
  const writing = request.dryRun === true ? dryRun() : createWriting(store, request)
  const progress = createProgress(request)
  let rows = 0
  try {
    await runImportThread<MoveInBatch, void>({
      file: workerAt('./moveInWorker', import.meta.url),
      data: optionsOf(request, now),
      stream: request.stream,
      onBytes: progress.bytes,
      async onBatch(batch) {
        reports.of(batch).take(batch, await writing.write(batch))
        rows += batch.rows
        progress.rows(rows)
      },
    })
    await writing.finish(request.source)
  } catch (error) {
    // The first error is the one to tell; what stays behind after a second one is not dialable.
    await writing.undo().catch(() => {})
    throw error
  }
  return { parts: reports.all(), durationMs: Math.round(performance.now() - startedAt) }
}

function optionsOf(request: MoveInRequest, now: InstantMs): VicidialOptions {
  const { defaultCountry, timeZone, fromCampaign, provenance, withoutOrigin, statuses } = request
  return {
    defaultCountry,
    timeZone,
    now,
    ...given({ fromCampaign, provenance, withoutOrigin, statuses }),
  }
}

/** Positions of what was there already. */
interface Written {
  readonly leads: ReadonlySet<number>
  readonly moved: ReadonlySet<number>
}

interface Writing {
  write(batch: MoveInBatch): Promise<Written>
  finish(source: string): Promise<void>
  undo(): Promise<void>
}

const nothingTwice: Written = { leads: new Set(), moved: new Set() }

function dryRun(): Writing {
  return { write: async () => nothingTwice, finish: async () => {}, undo: async () => {} }
}

interface ListImport {
  readonly importId: string
  rows: number
  imported: number
}

function createWriting(store: MoveInTarget, { campaignId }: MoveInRequest): Writing {
  const moveId = randomUUID()
  const lists = new Map<string, ListImport>()
  const callIds: CallId[] = []

  async function writeLeads({ list, packed, lines }: NonNullable<MoveInBatch['leads']>): Promise<ReadonlySet<number>> {
    const open = lists.get(list) ?? { importId: `${moveId}:${list}`, rows: 0, imported: 0 }
    lists.set(list, open)
    const { duplicates } = await store.importPackedLeads(open.importId, campaignId, packed)
    open.rows += lines.length
    open.imported += lines.length - duplicates.length
    return new Set(duplicates)
  }

  async function writeMoved({ packed, callIds: ids }: NonNullable<MoveInBatch['moved']>): Promise<ReadonlySet<number>> {
    if (callIds.length + ids.length > callsMax) {
      const message = `the log has more than ${callsMax} calls: export those since the longest window that matters, 90 days or so`
      throw new InputError('too-many-calls', message)
    }
    const duplicates = new Set((await store.moveIn(campaignId, packed)).duplicates)
    for (const [position, callId] of ids.entries()) if (!duplicates.has(position)) callIds.push(callId)
    return duplicates
  }

  return {
    async write({ leads, moved, refusalsOfLeads }) {
      if (refusalsOfLeads !== undefined) await store.moveIn(campaignId, refusalsOfLeads)
      return {
        leads: leads === undefined ? nothingTwice.leads : await writeLeads(leads),
        moved: moved === undefined ? nothingTwice.moved : await writeMoved(moved),
      }
    },
    async finish(source) {
      // Asked for together, they are committed together.
      await Promise.all(
        [...lists].map(([list, { importId, rows, imported }]) =>
          store.activateImport(importId, { source, list, rows, imported, duplicates: rows - imported, invalid: 0 }),
        ),
      )
    },
    async undo() {
      for (const { importId } of lists.values()) await store.discardImport(importId)
      while (callIds.length > 0) await store.takeBackCalls(campaignId, callIds.splice(0, takeBackMax))
    },
  }
}

interface PartReport {
  take(batch: MoveInBatch, written: Written): void
  report(): MoveInPartReport
}

function createReports(): { of(batch: MoveInBatch): PartReport; all(): readonly MoveInPartReport[] } {
  const byFile = new Map<string, PartReport>()
  return {
    of({ part, file }) {
      const key = `${part} ${file}`
      const report = byFile.get(key) ?? createPartReport(part, file)
      byFile.set(key, report)
      return report
    },
    all: () => [...byFile.values()].map(one => one.report()),
  }
}

const twice = {
  leads: 'duplicate: the campaign has this number already',
  calls: 'duplicate: the call came in before',
  dnc: "duplicate: is on the company's list already",
  callbacks: '',
} as const

function createPartReport(part: MoveInPart, file: string): PartReport {
  const startedAt = performance.now()
  const counts = { rows: 0, imported: 0, duplicates: 0, invalid: 0 }
  const skipped: Record<string, number> = {}
  const problems = createProblemList()
  const warnings = createWarningList()

  function takeItems(lines: readonly number[], duplicates: ReadonlySet<number>): void {
    for (const position of duplicates) problems.add({ line: lines[position] ?? 0, reason: twice[part], value: '' })
    counts.imported += lines.length - duplicates.size
    counts.duplicates += duplicates.size
  }

  return {
    take(batch, written) {
      counts.rows += batch.rows
      counts.invalid += batch.bad.length
      counts.imported += batch.callbacks ?? 0
      for (const problem of batch.bad) problems.add(problem)
      for (const warning of batch.warnings) warnings.add(warning)
      for (const [reason, count] of Object.entries(batch.skipped)) skipped[reason] = (skipped[reason] ?? 0) + count
      if (batch.leads !== undefined) takeItems(batch.leads.lines, written.leads)
      if (batch.moved !== undefined) takeItems(batch.moved.lines, written.moved)
      if (batch.part === 'callbacks' && batch.rows === 0)
        counts.imported -= Object.values(batch.skipped).reduce((sum, count) => sum + count, 0)
    },
    report: () => ({
      part,
      source: file,
      ...counts,
      skipped,
      ...problems.report(),
      warnings: warnings.report(),
      durationMs: Math.round(performance.now() - startedAt),
    }),
  }
}
