import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import type { InstantMs } from '../../core/ids.ts'
import { InputError } from '../../errors.ts'
import { createNumberReader } from '../../numbers/phone.ts'
import type {
  DoNotCallImportRequest,
  Importer,
  ImportReport,
  ImportRequest,
  LeadImportRequest,
  Store,
} from '../../ports.ts'
import { type BulkListStore, companyList } from '../bulkLists.ts'
import { type PackedLeadStore, unpackLeads } from '../packedLeads.ts'
import type { DoNotCallData, DoNotCallResult } from './doNotCallWorker.ts'
import { runImportThread } from './importThread.ts'
import type { LeadFileOptions } from './leadRows.ts'
import type { LeadBatch } from './leadWorker.ts'
import { createProblemList } from './problemList.ts'

/** What imports are written to. */
export type ImportStore = Pick<Store, 'campaigns' | 'importLeads' | 'activateImport' | 'discardImport'> &
  BulkListStore &
  PackedLeadStore

/** Progress is told no more often than this. */
const progressEveryMs = 200

/**
 * Makes the importer of a store. Files are read in a worker thread; one import runs at a time, the next waits. `now` is
 * the time with which lists are dated.
 */
export function createImporter(store: ImportStore, options: { readonly now?: () => InstantMs } = {}): Importer {
  const now = options.now ?? Date.now
  let last: Promise<unknown> = Promise.resolve()

  function inTurn<Result>(run: () => Promise<Result>): Promise<Result> {
    const result = last.then(run, run)
    last = result.catch(() => {})
    return result
  }

  return {
    importLeads: request => inTurn(() => importLeads(store, request)),
    importDoNotCall: request => inTurn(() => importDoNotCall(store, request, now)),
  }
}

async function importLeads(store: ImportStore, request: LeadImportRequest): Promise<ImportReport> {
  const startedAt = performance.now()
  const { campaignId, source, stream, defaultCountry, columns } = request
  await checkLeadRequest(store, request)
  const importId = randomUUID()
  const counts = { rows: 0, imported: 0, duplicates: 0, invalid: 0 }
  const problems = createProblemList()
  const progress = createProgress(request)

  async function onBatch({ leads, lines, bad }: LeadBatch): Promise<void> {
    for (const problem of bad) problems.add(problem)
    const { duplicates } = await store.importPackedLeads(importId, campaignId, leads)
    const unpacked = duplicates.length === 0 ? [] : unpackLeads(leads)
    for (const position of duplicates) {
      const reason = 'duplicate: the campaign has this number already'
      problems.add({ line: lines[position] ?? 0, reason, value: unpacked[position]?.number ?? '' })
    }
    counts.rows += lines.length + bad.length
    counts.imported += lines.length - duplicates.length
    counts.duplicates += duplicates.length
    counts.invalid += bad.length
    progress.rows(counts.rows)
  }

  const data: LeadFileOptions = { defaultCountry, ...(columns === undefined ? {} : { columns }) }
  await store.importLeads(importId, campaignId, [])
  try {
    await runImportThread<LeadBatch, void>({
      path: 'import/leadWorker',
      data,
      stream,
      onBytes: progress.bytes,
      onBatch,
    })
    await store.activateImport(importId, { source, ...counts })
  } catch (error) {
    // Where even that fails, the next start of the store does it; the first error is the one to tell.
    await store.discardImport(importId).catch(() => {})
    throw error
  }
  return { source, ...counts, ...problems.report(), durationMs: Math.round(performance.now() - startedAt) }
}

async function checkLeadRequest(store: ImportStore, { campaignId, defaultCountry }: LeadImportRequest): Promise<void> {
  createNumberReader(defaultCountry)
  const campaigns = await store.campaigns()
  if (campaigns.some(({ settings }) => settings.campaignId === campaignId)) return
  throw new InputError('unknown-campaign', `there is no campaign "${campaignId}": apply it first`)
}

async function importDoNotCall(
  store: ImportStore,
  request: DoNotCallImportRequest,
  now: () => InstantMs,
): Promise<ImportReport> {
  const startedAt = performance.now()
  const { list, source, stream, defaultCountry, column } = request
  checkListName(list)
  createNumberReader(defaultCountry)
  const file = await store.newBulkListFile(list)
  const progress = createProgress(request)
  const data: DoNotCallData = { file, defaultCountry, ...(column === undefined ? {} : { column }) }
  try {
    const { rows, imported, invalid, problems } = await runImportThread<{ rows: number }, DoNotCallResult>({
      path: 'import/doNotCallWorker',
      data,
      stream,
      onBytes: progress.bytes,
      onBatch: async batch => progress.rows(batch.rows),
    })
    if (imported === 0)
      throw new InputError('empty-list', `${source} holds no number: the list "${list}" stays as it was`)
    await store.installBulkList({ list, file, numbers: imported, source, importedAt: now() })
    const duplicates = rows - imported - invalid
    const durationMs = Math.round(performance.now() - startedAt)
    return { source, rows, imported, duplicates, invalid, ...problems, durationMs }
  } catch (error) {
    rmSync(file, { force: true })
    throw error
  }
}

function checkListName(list: string): void {
  if (list === companyList) {
    const message = `"${companyList}" is the company's own list, which no import replaces: give this one another name`
    throw new InputError('reserved-name', message)
  }
  if (!/^[A-Za-z0-9][A-Za-z0-9 _.-]{0,59}$/.test(list)) {
    throw new InputError(
      'bad-list-name',
      `"${list}" is no name for a list: use up to 60 letters, digits, ".", "_", "-"`,
    )
  }
}

function createProgress({ onProgress }: ImportRequest): { bytes(bytes: number): void; rows(rows: number): void } {
  const done = { bytes: 0, rows: 0 }
  let toldAt = Number.NEGATIVE_INFINITY
  function tell(): void {
    if (performance.now() < toldAt + progressEveryMs) return
    toldAt = performance.now()
    onProgress?.({ ...done })
  }
  return {
    bytes(bytes) {
      done.bytes = bytes
      tell()
    },
    rows(rows) {
      done.rows = rows
      tell()
    },
  }
}
