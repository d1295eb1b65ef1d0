// Fills a database with leads and their history past the importer, which is measured elsewhere.
import Database from 'better-sqlite3'

const DAY_MS = 86_400_000
const { zonesOfNumber } = await import('#dialwright/numbers/zones.js')

/**
 * Leads 1..n of campaign `bench`, each with so many unanswered attempts, the last three days ago.
 * @param {string} file
 * @param {{ leads: number, history: number, listed: number, space: import('./numberRows.js').NumberSpace,
 *   settings: import('#dialwright/core/campaigns/campaign.js').CampaignSettings, now: number }} options
 */
export function fillLeads(file, { leads, history, listed, space, settings, now }) {
  const database = new Database(file)
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = OFF')
  database.pragma('cache_size = -262144')
  const insertCampaign = database.prepare(
    'INSERT INTO campaign (campaignKey, campaignId, settings, ownerKey) VALUES (1, ?, ?, 1)',
  )
  insertCampaign.run(settings.campaignId, JSON.stringify(settings))
  database.exec(
    `INSERT INTO import (importKey, importId, campaignKey, state, leads) VALUES (1, 'bench', 1, 'active', ${leads})`,
  )
  const lead = database.prepare(
    `INSERT INTO lead (leadId, campaignKey, importKey, number, priority, state, dialableAt, attempts, timeZones, data)
     VALUES (?, 1, 1, ?, 0, ?, 0, ?, ?, '{}')`,
  )
  const attempt = database.prepare(
    `INSERT INTO attempt (callId, campaignKey, ownerKey, leadId, number, nodeId, trunkId, callerId, originatedAt,
       disposition, endedAt, leadRetryAt, countsAsAttempt)
     VALUES (?, 1, 1, ?, ?, 'pbx', 'main', '+12125550100', ?, 'no-answer', ?, ?, 1)`,
  )
  /** @type {Map<number, string>} */
  const zones = new Map()
  const some = database.transaction((/** @type {number} */ from, /** @type {number} */ until) => {
    for (let leadId = from; leadId < until; leadId += 1) {
      // One in twenty stands on the list, which holds the first numbers of the space.
      const national = space.at(leadId % 20 === 0 && leadId < listed ? leadId : listed + leadId)
      const number = 10_000_000_000 + national
      const area = Math.floor(national / 10_000_000)
      const timeZones = zones.get(area) ?? zonesOfNumber(`+${number}`).join(',')
      zones.set(area, timeZones)
      lead.run(leadId, number, history === 0 ? 'new' : 'retry', Math.min(history, 4), timeZones)
      for (let nth = 0; nth < history; nth += 1) {
        const at = now - (3 + 5 * nth) * DAY_MS
        attempt.run(`b${leadId}-${nth}`, leadId, number, at, at + 25_000, at + DAY_MS)
      }
    }
  })
  for (let from = 1; from <= leads; from += 50_000) some(from, Math.min(leads + 1, from + 50_000))
  database.pragma('wal_checkpoint(TRUNCATE)')
  database.close()
}
