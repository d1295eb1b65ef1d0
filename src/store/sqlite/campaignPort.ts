import type { Database } from 'better-sqlite3'
import type { Store } from '../../ports/store.ts'
import { prepareCampaignLookups } from './queries/campaigns.ts'
import type { Writing } from './writing/writing.ts'

/** What is read of campaigns and agents. */
export function campaignPort(
  database: Database,
  writes: Writing,
): Pick<Store, 'campaigns' | 'agents' | 'agentsOfFile'> {
  const lookups = prepareCampaignLookups(database)
  return {
    async campaigns() {
      await writes.settled()
      return lookups.campaigns()
    },
    async agents() {
      await writes.settled()
      return lookups.agents()
    },
    async agentsOfFile() {
      await writes.settled()
      return lookups.agentsOfFile()
    },
  }
}
