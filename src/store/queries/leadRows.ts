import type { CampaignId, InstantMs, LeadId } from '../../core/ids.ts'
import type { Disposition } from '../../core/words.ts'
import { integerToNumber } from '../../numbers/e164.ts'
import type { LeadRecord } from '../../ports.ts'

/** A lead as it stands in the table, with its campaign's id. */
export interface LeadRow {
  readonly leadId: LeadId
  readonly campaignId: CampaignId
  readonly number: number
  readonly priority: number
  readonly state: LeadRecord['state']
  readonly dialableAt: InstantMs
  readonly attempts: number
  readonly lastDisposition: Disposition | null
  readonly reason: string | null
  readonly timeZones: string
  readonly data: string
}

/** Reads leads that exist for dialing; a WHERE clause follows. */
export const selectLead = `
  SELECT leadId, campaignId, number, priority, lead.state, dialableAt, lead.attempts, lastDisposition, reason, timeZones, data
  FROM lead JOIN import USING (importKey) JOIN campaign ON campaign.campaignKey = lead.campaignKey
  WHERE import.state = 'active'`

/** Zones as the table keeps them: IANA names have no comma. */
export function joinZones(zones: readonly string[]): string {
  return zones.join(',')
}

/** The inverse of {@link joinZones}. */
export function splitZones(text: string): readonly string[] {
  return text === '' ? [] : text.split(',')
}

/** Makes the record that callers see. */
export function leadOfRow(row: LeadRow): LeadRecord {
  const { leadId, campaignId, attempts, state, dialableAt, priority } = row
  return {
    number: integerToNumber(row.number),
    timeZones: splitZones(row.timeZones),
    priority,
    data: JSON.parse(row.data),
    leadId,
    campaignId,
    attempts,
    state,
    dialableAt,
    ...(row.lastDisposition === null ? {} : { lastDisposition: row.lastDisposition }),
    ...(row.reason === null ? {} : { reason: row.reason }),
  }
}
