import type { Database } from 'better-sqlite3'
import type { CampaignSettings } from '../../../core/campaigns/campaign.ts'

/** Finds the key of a campaign's seller, purpose and topic, making a row for new ones. For the writer: keys never change. */
export function prepareOwnerKeys(
  database: Database,
): (owner: Pick<CampaignSettings, 'seller' | 'purpose' | 'topic'>) => number {
  const insert = database.prepare<[string, string, string]>(
    'INSERT INTO owner (sellerId, purpose, topic) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  )
  const select = database
    .prepare<[string, string, string], number>(
      'SELECT ownerKey FROM owner WHERE sellerId = ? AND purpose = ? AND topic = ?',
    )
    .pluck()
  return ({ seller: { sellerId }, purpose, topic }) =>
    select.get(sellerId, purpose, topic) ?? Number(insert.run(sellerId, purpose, topic).lastInsertRowid)
}
