import type { Database } from 'better-sqlite3'
import type { CampaignId } from '../../../core/ids.ts'

/** Finds a campaign's key, making a row for one that nobody applied yet. For the writer: keys never change. */
export function prepareCampaignKeys(database: Database): (campaignId: CampaignId) => number {
  const insert = database.prepare<[CampaignId]>('INSERT INTO campaign (campaignId) VALUES (?) ON CONFLICT DO NOTHING')
  const select = database.prepare<[CampaignId], number>('SELECT campaignKey FROM campaign WHERE campaignId = ?').pluck()
  return campaignId => {
    const existing = select.get(campaignId)
    if (existing !== undefined) return existing
    return Number(insert.run(campaignId).lastInsertRowid)
  }
}
