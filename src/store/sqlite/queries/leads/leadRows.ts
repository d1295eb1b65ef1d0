import type { LegalBasis, Provenance } from '../../../../core/compliance/provenance.ts'
import type { AgentId, CampaignId, InstantMs, LeadId } from '../../../../core/ids.ts'
import type { Disposition } from '../../../../core/vocabulary.ts'
import { integerToNumber } from '../../../../numbers/e164.ts'
import type { LeadRecord } from '../../../../ports/leads.ts'

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
  readonly places: string
  readonly callbackAgentId: AgentId | null
  readonly list: string
  readonly origin: string | null
  readonly obtainedAt: InstantMs | null
  readonly legalBasis: LegalBasis | null
  readonly personId: string | null
}

/** Reads leads that exist for dialing; a WHERE clause follows. */
export const selectLead = `
  SELECT leadId, campaignId, number, priority, lead.state, dialableAt, lead.attempts, lastDisposition, reason, timeZones, data,
    places, callbackAgentId, list, origin, obtainedAt, legalBasis, personId
  FROM lead JOIN import USING (importKey) JOIN campaign ON campaign.campaignKey = lead.campaignKey
    LEFT JOIN provenance USING (provenanceKey) LEFT JOIN person USING (personKey)
  WHERE import.state = 'active'`

/** Zones, places, topics as the tables keep them: none of these names has a comma. */
export function joinZones(names: readonly string[]): string {
  return names.join(',')
}

/** The inverse of {@link joinZones}. */
export function splitZones(text: string): readonly string[] {
  return text === '' ? [] : text.split(',')
}

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
    list: row.list,
    places: splitZones(row.places),
    ...provenanceOfRow(row),
    ...(row.personId === null ? {} : { personId: row.personId }),
    ...(row.callbackAgentId === null ? {} : { callbackAgentId: row.callbackAgentId }),
    ...(row.lastDisposition === null ? {} : { lastDisposition: row.lastDisposition }),
    ...(row.reason === null ? {} : { reason: row.reason }),
  }
}

function provenanceOfRow({ origin, obtainedAt, legalBasis }: LeadRow): { readonly provenance?: Provenance } {
  if (origin === null || legalBasis === null) return {}
  return { provenance: { origin, legalBasis, ...(obtainedAt === null ? {} : { obtainedAt }) } }
}
