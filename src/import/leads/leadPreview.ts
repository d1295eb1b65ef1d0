import { given } from '../../core/given.ts'
import { createNumberReader } from '../../numbers/phone.ts'
import type { LeadPreview, LeadPreviewRequest } from '../../ports/importing/imports.ts'
import { workerAt } from '../../threads/threads.ts'
import { runImportThread } from '../importThread.ts'
import type { PreviewData } from './previewWorker.ts'

/**
 * How a file of leads would be understood, read in a thread of its own from its first bytes. The last row of them may be cut off,
 * and is left out.
 * @throws InputError as an import, but for what is lacking
 */
export async function previewLeads({ stream, ...request }: LeadPreviewRequest): Promise<LeadPreview> {
  const { defaultCountry, columns, provenance, withoutOrigin } = request
  createNumberReader(defaultCountry)
  const data: PreviewData = { defaultCountry, personPrefix: 'person', ...given({ columns, provenance, withoutOrigin }) }
  return runImportThread<never, LeadPreview>({
    file: workerAt('./previewWorker', import.meta.url),
    data,
    stream,
    onBytes: () => {},
    onBatch: async () => {},
  })
}
