import { ApiError, obeyed } from '../api/apiError.ts'
import { type ListImportQuery, type ListImportView, viewListImport } from '../api/doNotCall.ts'
import { type ImportView, viewImport } from '../api/imports.ts'
import {
  type LeadImportQuery,
  type LeadImportView,
  type LeadPreviewView,
  type MoveInQuery,
  type MoveInView,
  viewLeadPreview,
} from '../api/leads.ts'
import type { PermissionImportQuery } from '../api/permissions.ts'
import { importReasons, listReasons, permissionReasons } from '../core/compliance/release.ts'
import { given } from '../core/given.ts'
import { companyList } from '../ports/bulkLists.ts'
import type { DoNotCallImportRequest } from '../ports/doNotCall.ts'
import type { ImportRequest } from '../ports/importing/importReports.ts'
import { type LeadColumns, type MovedStatus, type MoveInReport, movedStatuses } from '../ports/importing/imports.ts'
import type { Waiter } from '../ports/waiter.ts'
import { findCampaign } from './campaigns.ts'
import { type AppContext, optionalMs } from './context.ts'
import { unlistLeads } from './doNotCall.ts'
import { readOrigin } from './origin.ts'
import { sellerOf, sellersOf } from './sellers.ts'

/** A file as it arrives, and who waits for what becomes of it. */
interface Upload {
  readonly stream: AsyncIterable<Uint8Array>
  readonly waiter?: Waiter
}

/** The stream, with the rows told to whoever waits. An import is not stopped for one who has gone: a file that has come whole is taken. */
function readFor({ stream, waiter }: Upload): Pick<ImportRequest, 'stream' | 'onProgress'> {
  return { stream, onProgress: ({ rows }) => waiter?.onProgress?.({ what: 'rows', done: rows }) }
}

/** Imports a file of leads; dialable once it is whole. */
export async function importLeads(
  context: AppContext,
  id: string,
  { query, ...upload }: { readonly query: LeadImportQuery } & Upload,
): Promise<LeadImportView> {
  const { gateway, importer, runImport } = context
  const { campaignId } = findCampaign(context, id).settings
  const { source = 'upload', country = context.defaultCountry, list } = query
  const wanted = {
    source,
    campaignId,
    defaultCountry: country.toUpperCase(),
    columns: readColumns(query),
    ...given({ list }),
    ...readOrigin(query),
  }
  const report = await runImport(() => importer.importLeads({ ...wanted, ...readFor(upload) })).finally(() =>
    // Refusals that the file itself names stay where the import fails.
    gateway.refuse({ way: 'move-in' }),
  )
  obeyed(await gateway.command({ kind: 'leads-changed', campaignId }))
  gateway.release({ campaignId, reasons: importReasons })
  const { list: name, refused, refusalsUnread } = report
  return { ...viewImport(report), list: name, refused, refusalsUnread }
}

/** So much of a file shows how it is to be understood. */
const previewBytesMax = 256 * 1024

/** How a file of leads would be understood, from its beginning; nothing is kept of it, and the rest is not read. */
export async function previewLeads(
  context: AppContext,
  id: string,
  { query, stream }: { readonly query: LeadImportQuery } & Upload,
): Promise<LeadPreviewView> {
  findCampaign(context, id)
  const { source = 'upload', country = context.defaultCountry } = query
  return viewLeadPreview(
    await context.importer.previewLeads({
      source,
      defaultCountry: country.toUpperCase(),
      columns: readColumns(query),
      stream: beginningOf(stream, previewBytesMax),
      ...readOrigin(query),
    }),
  )
}

async function* beginningOf(stream: AsyncIterable<Uint8Array>, bytesMax: number): AsyncIterable<Uint8Array> {
  let left = bytesMax
  for await (const piece of stream) {
    yield piece.subarray(0, left)
    left -= piece.length
    if (left <= 0) return
  }
}

function readColumns(query: LeadImportQuery): LeadColumns {
  const { numberColumn, numberColumns, timeZoneColumn, priorityColumn, doNotCallColumns, dataColumns } = query
  const names = (written: string | undefined) => written?.split(',').map(name => name.trim())
  return given({
    number: numberColumn,
    numbers: names(numberColumns),
    doNotCall: names(doNotCallColumns),
    data: names(dataColumns),
    timeZone: timeZoneColumn,
    priority: priorityColumn,
  })
}

/** Moves in from VICIdial: leads, call-backs, calls and refusals. */
export async function moveIn(
  context: AppContext,
  id: string,
  { query, ...upload }: { readonly query: MoveInQuery } & Upload,
): Promise<MoveInView> {
  const { gateway, importer, runImport } = context
  const { campaignId } = findCampaign(context, id).settings
  const { source = 'VICIdial', country = context.defaultCountry, timeZone, dryRun = false } = query
  const { fromCampaign, statuses } = query
  const wanted = {
    source,
    campaignId,
    timeZone,
    dryRun,
    defaultCountry: country.toUpperCase(),
    ...given({ fromCampaign, statuses: statuses === undefined ? undefined : readStatuses(statuses) }),
    ...readOrigin(query),
  }
  const report = await runImport(() => importer.moveIn({ ...wanted, ...readFor(upload) })).finally(async () => {
    // Refusals stay where the move-in fails.
    if (!dryRun) await gateway.refuse({ way: 'move-in' })
  })
  if (!dryRun) {
    obeyed(await gateway.command({ kind: 'leads-changed', campaignId }))
    gateway.release({ campaignId, reasons: importReasons })
  }
  return viewMoveIn(report)
}

function viewMoveIn({ parts, durationMs }: MoveInReport): MoveInView {
  return {
    parts: parts.map(({ problems, skipped, warnings, ...part }) => ({
      ...part,
      problems: problems.map(problem => ({ ...problem })),
      skipped: { ...skipped },
      warnings: [...warnings],
    })),
    durationMs,
  }
}

function readStatuses(written: string): Readonly<Record<string, MovedStatus>> {
  const pairs = written.split(',').map(pair => {
    const [code = '', meant = ''] = pair.split('=').map(part => part.trim())
    const meaning = movedStatuses.find(one => one === meant)
    if (/^[A-Za-z0-9_-]{1,6}$/.test(code) && meaning !== undefined) return [code, meaning] as const
    throw new ApiError(422, 'bad-status', `"${pair}" says nothing: write CODE=${movedStatuses.join(' or CODE=')}`)
  })
  return Object.fromEntries(pairs)
}

/** Imports a file of permissions, all rows or none. Withdrawals in it end what rings. */
export async function importPermissions(
  context: AppContext,
  query: PermissionImportQuery,
  upload: Upload,
): Promise<ImportView> {
  const { gateway, importer, runImport } = context
  const { source = 'upload', country = context.defaultCountry, topics, channels, basis, how } = query
  const wanted = {
    source,
    defaultCountry: country.toUpperCase(),
    sellers: sellersOf(context),
    ...given({
      topics: topics === '*' ? [] : topics?.split(','),
      channels: channels?.split(','),
      basis,
      how,
      givenAt: optionalMs(query.givenAt, 'givenAt'),
      expiresAt: optionalMs(query.expiresAt, 'expiresAt'),
      seller: query.seller === undefined ? undefined : sellerOf(context, query.seller),
    }),
  }
  const report = await runImport(() => importer.importPermissions({ ...wanted, ...readFor(upload) }))
  await gateway.refuse({ way: 'permission-import' })
  gateway.release({ reasons: permissionReasons })
  return viewImport(report)
}

/** Imports a do-not-call list: it replaces the list of that name whole, or changes it. Who stands on it now rings no more. */
export async function importList(context: AppContext, query: ListImportQuery, upload: Upload): Promise<ListImportView> {
  const { gateway, importer, runImport } = context
  const wanted = listRequest(query, context)
  const isNew = !(await context.store.doNotCallLists()).some(({ name }) => name === query.list)
  const report = await runImport(() => importer.importDoNotCall({ ...wanted, ...readFor(upload) }))
  await gateway.refuse({ way: 'list-import' })
  const { kind } = report.list
  const isRegistry = kind === 'national' || kind === 'state'
  if (isRegistry) gateway.release({ reasons: listReasons })
  // A registry's new version has everybody of the last but a few, and its leads are not worth another look at each.
  const frees = query.delta === undefined ? !isNew && !isRegistry : (report.changes?.removed ?? 0) > 0
  if (frees) await unlistLeads(context)
  return viewListImport(report)
}

function listRequest(query: ListImportQuery, context: AppContext): Omit<DoNotCallImportRequest, 'stream'> {
  const { list, source = 'upload', country = context.defaultCountry, asOf, ...rest } = query
  if (list === companyList) {
    throw new ApiError(
      422,
      'list-reserved',
      `the list "${companyList}" is the company's own: import under another name`,
    )
  }
  return {
    list,
    source,
    defaultCountry: country.toUpperCase(),
    ...rest,
    ...given({ asOf: asOf === undefined ? undefined : dayStart(asOf) }),
  }
}

/** The list is as old as the beginning of its day: a day counted too much does no harm. */
function dayStart(day: string): number {
  const at = Date.parse(`${day}T00:00:00Z`)
  if (Number.isFinite(at) && new Date(at).toISOString().startsWith(day)) return at
  throw new ApiError(422, 'bad-date', `there is no day ${day}`)
}
