import { randomUUID } from 'node:crypto'
import type { InstantMs } from '../../core/ids.ts'
import { createNumberReader } from '../../numbers/phone.ts'
import type { ImportReport } from '../../ports/importing/importReports.ts'
import type { PermissionImportRequest } from '../../ports/importing/imports.ts'
import type { Store } from '../../ports/store.ts'
import { workerAt } from '../../threads/threads.ts'
import { runImportThread } from '../importThread.ts'
import { createProblemList } from '../problemList.ts'
import { createProgress } from '../progress.ts'
import { createWarningList } from '../warningList.ts'
import type { PermissionFileOptions } from './permissionRows.ts'
import type { PermissionBatch } from './permissionWorker.ts'

/** What imports of permissions are written to. */
export type PermissionImportStore = Pick<Store, 'importPermissions' | 'activatePermissions' | 'discardPermissions'>

/**
 * Imports permissions from a CSV.
 * @throws InputError, StoreError
 */
export async function importPermissions(
  store: PermissionImportStore,
  request: PermissionImportRequest,
  now: InstantMs,
): Promise<ImportReport> {
  const startedAt = performance.now()
  const { source, stream, onProgress: _told, ...options } = request
  createNumberReader(request.defaultCountry)
  const importId = randomUUID()
  const counts = { rows: 0, imported: 0, duplicates: 0, invalid: 0 }
  const problems = createProblemList()
  const warnings = createWarningList()
  const progress = createProgress(request)

  async function onBatch({ permissions, lines, bad, warnings: remarks }: PermissionBatch): Promise<void> {
    for (const remark of remarks) warnings.add(remark)
    for (const problem of bad) problems.add(problem)
    const { duplicates } = await store.importPermissions(importId, permissions)
    for (const position of duplicates) {
      const reason = 'duplicate: the same permission is recorded already'
      problems.add({ line: lines[position] ?? 0, reason, value: permissions[position]?.number ?? '' })
    }
    counts.rows += lines.length + bad.length
    counts.imported += lines.length - duplicates.length
    counts.duplicates += duplicates.length
    counts.invalid += bad.length
    progress.rows(counts.rows)
  }

  await store.importPermissions(importId, [])
  try {
    const data: PermissionFileOptions = { ...options, now }
    await runImportThread<PermissionBatch, void>({
      file: workerAt('./permissionWorker', import.meta.url),
      data,
      stream,
      onBatch,
      onBytes: progress.bytes,
    })
    await store.activatePermissions(importId, { source, imported: counts.imported, at: now })
  } catch (error) {
    // Where even that fails, the next start of the store does it; the first error is the one to tell.
    await store.discardPermissions(importId).catch(() => {})
    throw error
  }
  const durationMs = Math.round(performance.now() - startedAt)
  return { source, ...counts, ...problems.report(), warnings: warnings.report(), durationMs }
}
