import { randomUUID } from 'node:crypto'
import { typedList } from '../../core/campaigns/lead.ts'
import { given } from '../../core/given.ts'
import type { InstantMs } from '../../core/ids.ts'
import { InputError } from '../../errors.ts'
import { createNumberReader } from '../../numbers/phone.ts'
import type { LeadImportReport, LeadImportRequest } from '../../ports/importing/imports.ts'
import { type PackedLeadStore, unpackLeads } from '../../ports/importing/packedLeads.ts'
import type { MoveInStore } from '../../ports/importing/packedMoved.ts'
import type { Store } from '../../ports/store.ts'
import { workerAt } from '../../threads/threads.ts'
import { runImportThread } from '../importThread.ts'
import { createProblemList } from '../problemList.ts'
import { createProgress } from '../progress.ts'
import { createWarningList } from '../warningList.ts'
import type { LeadBatch, LeadData } from './leadWorker.ts'

/** What imports of leads are written to. */
export type LeadImportStore = Pick<Store, 'campaigns' | 'importLeads' | 'activateImport' | 'discardImport'> &
  PackedLeadStore &
  Pick<MoveInStore, 'moveIn'>

/** Leads whose import names no list. */
const usualList = 'leads'

/**
 * Imports leads from a CSV. Whom a row calls a refusal goes onto the company's list, and stays there where the import fails.
 * @throws InputError, StoreError
 */
export async function importLeads(
  store: LeadImportStore,
  request: LeadImportRequest,
  now: InstantMs,
): Promise<LeadImportReport> {
  const startedAt = performance.now()
  const { campaignId, source, stream, list = usualList } = request
  await checkCampaign(store, request)
  checkListName(list)
  const importId = randomUUID()
  const counts = { rows: 0, imported: 0, duplicates: 0, invalid: 0 }
  const refusals = { refused: 0, refusalsUnread: 0 }
  const problems = createProblemList()
  const warnings = createWarningList()
  const progress = createProgress(request)

  async function onBatch({ leads, lines, rows, bad, warnings: remarks, ...refusing }: LeadBatch): Promise<void> {
    for (const problem of bad) problems.add(problem)
    for (const remark of remarks) warnings.add(remark)
    // Before any lead of the file can be dialed.
    if (refusing.refusals !== undefined) await store.moveIn(campaignId, refusing.refusals)
    refusals.refused += refusing.refused
    refusals.refusalsUnread += refusing.refusalsUnread
    const { duplicates } = await store.importPackedLeads(importId, campaignId, leads)
    const unpacked = duplicates.length === 0 ? [] : unpackLeads(leads)
    for (const position of duplicates) {
      const reason = 'duplicate: the campaign has this number already'
      problems.add({ line: lines[position] ?? 0, reason, value: unpacked[position]?.number ?? '' })
    }
    counts.rows += rows
    counts.imported += lines.length - duplicates.length
    counts.duplicates += duplicates.length
    counts.invalid += bad.length
    progress.rows(counts.rows)
  }

  await store.importLeads(importId, campaignId, [])
  try {
    const data = dataOf(request, importId, now)
    await runImportThread<LeadBatch, void>({
      file: workerAt('./leadWorker', import.meta.url),
      data,
      stream,
      onBatch,
      onBytes: progress.bytes,
    })
    await store.activateImport(importId, { source, list, ...counts })
  } catch (error) {
    // Where even that fails, the next start of the store does it; the first error is the one to tell.
    await store.discardImport(importId).catch(() => {})
    throw error
  }
  const durationMs = Math.round(performance.now() - startedAt)
  return { source, list, ...counts, ...refusals, ...problems.report(), warnings: warnings.report(), durationMs }
}

function dataOf(request: LeadImportRequest, personPrefix: string, now: InstantMs): LeadData {
  const { defaultCountry, columns, provenance, withoutOrigin, source } = request
  return {
    source,
    now,
    defaultCountry,
    personPrefix,
    ...given({ columns, provenance, withoutOrigin }),
  }
}

/**
 * Refuses what no file can make good.
 * @throws InputError `unknown-country`, `unknown-campaign`
 */
export async function checkCampaign(
  store: Pick<Store, 'campaigns'>,
  { campaignId, defaultCountry }: Pick<LeadImportRequest, 'campaignId' | 'defaultCountry'>,
): Promise<void> {
  createNumberReader(defaultCountry)
  const campaigns = await store.campaigns()
  if (campaigns.some(({ settings }) => settings.campaignId === campaignId)) return
  throw new InputError('unknown-campaign', `there is no campaign "${campaignId}": apply it first`)
}

function checkListName(list: string): void {
  if (list === typedList)
    throw new InputError(
      'bad-list-name',
      `the list "${typedList}" is of numbers that agents have typed, which no campaign dials by itself: use another name`,
    )
  if (/^[A-Za-z0-9_-]{1,40}$/.test(list)) return
  throw new InputError('bad-list-name', `"${list}" is no name for a list: use up to 40 letters, digits, "_" and "-"`)
}
