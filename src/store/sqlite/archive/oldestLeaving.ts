import type { InstantMs } from '../../../core/ids.ts'
import { archiveBorder } from '../../decisions/archiveBorder.ts'
import { prepareLeavingRows } from '../queries/archive/leavingRows.ts'
import { prepareCampaignLookups } from '../queries/campaigns.ts'
import { prepareLedgerLookups } from '../queries/ledgerReads.ts'
import { openReadOnly } from '../readOnly.ts'
import { rulesInForce } from '../retention.ts'

/** What a database could let go, and the room in it that is free already. */
export interface LettingGo {
  /** Attempts from before may leave; absent: no rule says how long they are kept. */
  readonly before?: InstantMs
  /** When the oldest attempt was begun that may leave; absent: none may. */
  readonly oldestAt?: InstantMs
  /** Bytes of its file that are written to again before the file grows. */
  readonly freeInsideBytes: number
}

/**
 * Looks into a database, beside a daemon that may be writing to it or not.
 * @throws StoreError `no-database`, `older-schema`, and those of opening a store
 */
export function readLettingGo(file: string, at: InstantMs): LettingGo {
  const { freeInsideBytes, border, oldestAt } = openReadOnly(file, database => {
    try {
      const settings = prepareCampaignLookups(database).campaigns()
      const book = rulesInForce(prepareLedgerLookups(database))
      const border = archiveBorder({ book, campaigns: settings.map(one => one.settings), at })
      const pages = Number(database.pragma('freelist_count', { simple: true }))
      const freeInsideBytes = pages * Number(database.pragma('page_size', { simple: true }))
      if (border === undefined) return { freeInsideBytes, border, oldestAt: undefined }
      for (const { calls } of prepareLeavingRows(database).calls(border.before))
        if (calls[0] !== undefined) return { freeInsideBytes, border, oldestAt: calls[0].originatedAt }
      return { freeInsideBytes, border, oldestAt: undefined }
    } finally {
      database.close()
    }
  })
  return {
    freeInsideBytes,
    ...(border !== undefined && { before: border.before }),
    ...(oldestAt !== undefined && { oldestAt }),
  }
}
