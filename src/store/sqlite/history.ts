import type Database from 'better-sqlite3'
import type { CampaignId, InstantMs } from '../../core/ids.ts'
import type { CallRecord } from '../../ports/attempts.ts'
import type { BulkListVersion } from '../../ports/bulkLists.ts'
import type { CampaignStore } from '../../ports/campaigns.ts'
import type { LeadStore } from '../../ports/leads.ts'
import { prepareCallPages } from './queries/calls/callReads.ts'
import { prepareCampaignLookups } from './queries/campaigns.ts'
import { prepareLeadScans } from './queries/leads/leadReads.ts'
import { prepareDoNotCallLookups } from './queries/people/doNotCall.ts'
import { openReadOnly } from './readOnly.ts'

/** The past as a database keeps it, beside a daemon that may be writing to it or not. Nothing is written. */
export interface HistoryReader {
  campaigns(): Awaited<ReturnType<CampaignStore['campaigns']>>
  agents(): Awaited<ReturnType<CampaignStore['agents']>>
  /** Which database it is; undefined: one of before databases had identities. */
  databaseId(): string | undefined
  /** The newest calls of a campaign, newest first. */
  calls(query: {
    readonly campaignId: CampaignId
    readonly since?: InstantMs
    readonly limit: number
  }): Iterable<CallRecord>
  leadCounts(campaignId: CampaignId): Awaited<ReturnType<LeadStore['leadCounts']>>
  /** The imported do-not-call lists by name; `file` is a name in the folder of lists. */
  doNotCallLists(): readonly Pick<BulkListVersion, 'list' | 'kind' | 'place' | 'asOf' | 'numbers' | 'file'>[]
  close(): void
}

const pageMax = 1_000

/**
 * Opens a database for reading.
 * @throws StoreError `no-database`, `older-schema`, and those of opening a store
 */
export function openHistory(file: string): HistoryReader {
  return openReadOnly(file, readerOf)
}

function readerOf(database: Database.Database): HistoryReader {
  const page = prepareCallPages(database)
  const leads = prepareLeadScans(database)
  const lookups = prepareCampaignLookups(database)
  const doNotCall = prepareDoNotCallLookups(database)
  return {
    campaigns: () => lookups.campaigns(),
    agents: () => lookups.agents(),
    databaseId: () => database.prepare<[], string>('SELECT databaseId FROM identity').pluck().get(),
    doNotCallLists: () => doNotCall.bulkLists(),
    leadCounts: campaignId => leads.leadCounts(campaignId),
    *calls({ limit, ...query }) {
      let left = limit
      let after: { after?: string } = {}
      while (left > 0) {
        const calls = page({ ...query, ...after, limit: Math.min(pageMax, left) })
        yield* calls
        const last = calls.at(-1)
        if (calls.length < pageMax || last === undefined) return
        left -= calls.length
        after = { after: last.callId }
      }
    },
    close: () => void database.close(),
  }
}
