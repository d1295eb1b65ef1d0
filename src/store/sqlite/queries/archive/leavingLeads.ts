import type { Database } from 'better-sqlite3'
import type { InstantMs, LeadId } from '../../../../core/ids.ts'
import type { LeadRecord } from '../../../../ports/leads.ts'
import { isCampaignOver, mayLeadLeave } from '../../../decisions/archive.ts'
import { type LeadRow, leadOfRow, selectLead } from '../leads/leadRows.ts'

type LeavingRow = LeadRow & { readonly campaignKey: number; readonly activatedAt: InstantMs | null }

/**
 * Prepares whether a lead may leave for an archive; `undefined`: it stays. `leaves`: attempts for which it says yes are taken to have
 * left already.
 */
export function prepareLeavingLead(
  database: Database,
  leaves?: (campaignKey: number, number: number, before: InstantMs) => boolean,
): (leadId: LeadId, before: InstantMs) => LeadRecord | undefined {
  const find = database.prepare<[LeadId], LeavingRow>(
    `${selectLead.replace('SELECT', 'SELECT lead.campaignKey, activatedAt,')} AND leadId = ?`,
  )
  const over = prepareCampaignOver(database)
  const attempt = database.prepare<[number, number]>(
    'SELECT 1 FROM attempt INDEXED BY attemptOfNumber WHERE number = ? AND campaignKey = ? LIMIT 1',
  )
  return (leadId, before) => {
    const row = find.get(leadId)
    if (row === undefined || row.activatedAt === null) return undefined
    const { campaignKey, number, activatedAt } = row
    const hasAttempts =
      leaves === undefined ? attempt.get(number, campaignKey) !== undefined : !leaves(campaignKey, number, before)
    const lead = leadOfRow(row)
    const campaignOver = over(campaignKey, before)
    return mayLeadLeave({ lead, importedAt: activatedAt, campaignOver, hasAttempts }, before) ? lead : undefined
  }
}

/** A campaign's end, by two look-ups. */
export function prepareCampaignOver(database: Database): (campaignKey: number, before: InstantMs) => boolean {
  const running = database
    .prepare<[number], number | null>('SELECT running FROM campaign WHERE campaignKey = ?')
    .pluck()
  const last = database
    .prepare<[number], number | null>(
      'SELECT max(originatedAt) FROM attempt INDEXED BY attemptOfCampaign WHERE campaignKey = ?',
    )
    .pluck()
  return (campaignKey, before) => {
    const lastBegunAt = last.get(campaignKey) ?? undefined
    return isCampaignOver({ running: running.get(campaignKey) === 1, lastBegunAt }, before)
  }
}
