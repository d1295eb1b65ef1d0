import { randomUUID } from 'node:crypto'
import { typedList } from '../../core/campaigns/lead.ts'
import { zonesOfPerson } from '../../numbers/whereabouts.ts'
import type { TypedLead } from '../../ports/importing/imports.ts'
import type { Store } from '../../ports/store.ts'

/**
 * Makes a number that somebody has typed a lead like any other: an import of one row, without a file and a thread.
 * @throws StoreError
 */
export async function addTypedLead(
  store: Pick<Store, 'importLeads' | 'activateImport' | 'discardImport'>,
  { campaignId, number, provenance, source }: TypedLead,
): Promise<void> {
  const importId = randomUUID()
  const row = { number, timeZones: zonesOfPerson({ number }), priority: 0, data: {}, provenance }
  await store.importLeads(importId, campaignId, [])
  try {
    const { duplicates } = await store.importLeads(importId, campaignId, [row])
    const counts = { rows: 1, imported: 1 - duplicates.length, duplicates: duplicates.length, invalid: 0 }
    await store.activateImport(importId, { source, list: typedList, ...counts })
  } catch (error) {
    // Where even that fails, the next start of the store does it; the first error is the one to tell.
    await store.discardImport(importId).catch(() => {})
    throw error
  }
}
