import type { Database } from 'better-sqlite3'
import type { HopperLead } from '../../../../core/campaigns/lead.ts'
import type { Place } from '../../../../core/compliance/rules.ts'
import type { AgentId, CampaignId, InstantMs, LeadId, PhoneNumber } from '../../../../core/ids.ts'
import { integerToNumber, numberToInteger } from '../../../../numbers/e164.ts'
import { placesOfNumber } from '../../../../numbers/places.ts'
import type { LeadRecord, LeadStore } from '../../../../ports/leads.ts'
import { type LeadFacts, placesOf } from '../../../decisions/facts.ts'
import { prepareHopperLead } from './dialableLeads.ts'
import { type LeadRow, leadOfRow, selectLead, splitZones } from './leadRows.ts'

/** Look-ups of single leads, some microseconds each. */
export interface LeadLookups {
  /** `columns`: the row's own columns too, which must be read from their text. */
  facts(query: FactsQuery): LeadFacts | undefined
  lead(leadId: LeadId): LeadRecord | undefined
  callableLead(leadId: LeadId): HopperLead | undefined
  leadsByNumber(number: PhoneNumber): readonly LeadRecord[]
  callBacksOf(agentId: AgentId): readonly LeadRecord[]
}

/** Which lead, and how much of it. */
export interface FactsQuery {
  readonly campaignId: CampaignId
  readonly leadId: LeadId
  readonly columns?: boolean | undefined
}

interface FactsRow extends Pick<LeadRow, 'number' | 'state' | 'attempts' | 'timeZones' | 'data'> {
  readonly dialableAt: InstantMs
  readonly places: string
  readonly list: string
}

/** Prepares the look-ups on a connection. */
export function prepareLeadLookups(database: Database): LeadLookups {
  const facts = database.prepare<[LeadId, CampaignId], FactsRow>(
    `SELECT number, lead.state, dialableAt, lead.attempts, timeZones, places, data, list
     FROM lead JOIN import USING (importKey) JOIN campaign ON campaign.campaignKey = lead.campaignKey
     WHERE leadId = ? AND campaignId = ? AND import.state = 'active'`,
  )
  const hopperLead = prepareHopperLead(database)
  const byId = database.prepare<[LeadId], LeadRow>(`${selectLead} AND leadId = ?`)
  const byNumber = database.prepare<[number], LeadRow>(`${selectLead} AND number = ? ORDER BY leadId`)
  const promised = database.prepare<[AgentId], LeadRow>(
    `${selectLead} AND callbackAgentId = ? AND lead.state <> 'finished' ORDER BY dialableAt, leadId`,
  )
  return {
    facts({ campaignId, leadId, columns }) {
      const row = facts.get(leadId, campaignId)
      if (row === undefined) return undefined
      const { data, ...rest } = row
      return {
        ...rest,
        number: integerToNumber(row.number),
        timeZones: splitZones(row.timeZones),
        places: splitZones(row.places),
        ...(columns ? { columns: JSON.parse(data) } : {}),
      }
    },
    lead(leadId) {
      const row = byId.get(leadId)
      return row && leadOfRow(row)
    },
    callableLead(leadId) {
      if (byId.get(leadId) === undefined) return undefined
      const { priority: _, ...lead } = hopperLead(leadId)
      return lead
    },
    leadsByNumber: number => byNumber.all(numberToInteger(number)).map(leadOfRow),
    callBacksOf: agentId => promised.all(agentId).map(leadOfRow),
  }
}

/** Questions that scan: for the reader, never for the loop. */
export interface LeadScans {
  listLeads(query: Parameters<LeadStore['listLeads']>[0]): readonly LeadRecord[]
  leadCounts(campaignId: CampaignId): Awaited<ReturnType<LeadStore['leadCounts']>>
  placesOfLeads(campaignId: CampaignId): readonly Place[]
}

/** Prepares the scans on a connection. */
export function prepareLeadScans(database: Database): LeadScans {
  const list = database.prepare<[LeadId, number], LeadRow>(`${selectLead} AND leadId > ? ORDER BY leadId LIMIT ?`)
  const listOfCampaign = database.prepare<[CampaignId, LeadId, number], LeadRow>(
    `${selectLead} AND lead.campaignKey = (SELECT campaignKey FROM campaign WHERE campaignId = ?) AND leadId > ?
     ORDER BY leadId LIMIT ?`,
  )
  const count = database.prepare<[CampaignId], { total: number; dialable: number }>(
    `SELECT total(leads) AS total, total(
       (SELECT count(*) FROM lead INDEXED BY leadDialable
        WHERE lead.campaignKey = import.campaignKey AND lead.importKey = import.importKey AND lead.state <> 'finished')
     ) AS dialable
     FROM import WHERE state = 'active' AND campaignKey = (SELECT campaignKey FROM campaign WHERE campaignId = ?)`,
  )
  // Numbers that begin alike are at the same place: the longest prefix that tells one has eight digits.
  const alike = database.prepare<[CampaignId], { places: string; number: number }>(
    `SELECT places, min(number) AS number FROM lead JOIN import USING (importKey)
     WHERE lead.campaignKey = (SELECT campaignKey FROM campaign WHERE campaignId = ?)
       AND lead.state <> 'finished' AND import.state = 'active'
     GROUP BY places, substr(number, 1, 8)`,
  )
  return {
    placesOfLeads(campaignId) {
      const found = new Set<Place>()
      for (const { places, number } of alike.iterate(campaignId))
        for (const place of placesOf(placesOfNumber(integerToNumber(number)), splitZones(places))) found.add(place)
      return [...found].sort()
    },
    listLeads({ campaignId, limit, after = 0 }) {
      const rows = campaignId === undefined ? list.all(after, limit) : listOfCampaign.all(campaignId, after, limit)
      return rows.map(leadOfRow)
    },
    leadCounts(campaignId) {
      const { total, dialable } = count.get(campaignId) ?? { total: 0, dialable: 0 }
      return { total, dialable, finished: total - dialable }
    },
  }
}
