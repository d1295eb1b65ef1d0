import type { Database } from 'better-sqlite3'
import type { LegalBasis } from '../../../../core/compliance/provenance.ts'
import type { CampaignId, InstantMs, LeadId } from '../../../../core/ids.ts'
import type { Disposition } from '../../../../core/vocabulary.ts'
import type { LeadRecord } from '../../../../ports/leads.ts'
import type { LeadListState, LeadRecycling, LeadUpkeepStore } from '../../../../ports/leadUpkeep.ts'
import { type LeadRow, leadOfRow, selectLead } from './leadRows.ts'
import { isActive, isPutOff, mayRecycle, mayUnlist, rowsMax } from './leadUpkeep.ts'

/** So many leads are looked at for one question: the hopper's waits behind it. */
const lookedAtMax = 2_000

/** Which finished leads to look for, from which lead on. */
export type RecyclingQuestion = Omit<LeadRecycling, 'dryRun'> & { readonly after: LeadId }

/** At most {@link rowsMax} leads that may be called again, and counts of the others. `after`: go on behind this lead. */
export interface RecyclingPage {
  readonly leadIds: readonly LeadId[]
  readonly barred: number
  readonly exhausted: number
  readonly after?: LeadId
}

/** Part of the answer about lists. `after`: go on behind this lead. */
export interface ListsPage {
  readonly parts: readonly LeadListState[]
  readonly after?: LeadId
}

/** Questions that scan: for the reader, never for the loop. */
export interface LeadUpkeepScans {
  recyclable(question: RecyclingQuestion): RecyclingPage
  lists(campaignId: CampaignId, after: LeadId): ListsPage
  putOff(query: Parameters<LeadUpkeepStore['leadsPutOff']>[0]): readonly LeadRecord[]
}

/** Prepares the scans on a connection. */
export function prepareLeadUpkeepScans(database: Database): LeadUpkeepScans {
  return { recyclable: prepareRecyclable(database), lists: prepareLists(database), putOff: preparePutOff(database) }
}

interface FinishedRow {
  readonly leadId: LeadId
  readonly state: LeadRecord['state']
  readonly importKey: number
  readonly attempts: number
  readonly lastDisposition: Disposition | null
}

const campaignKeyOf = '(SELECT campaignKey FROM campaign WHERE campaignId = ?)'

function prepareRecyclable(database: Database): LeadUpkeepScans['recyclable'] {
  const page = database.prepare<[CampaignId, LeadId, number], FinishedRow>(
    `SELECT leadId, state, importKey, attempts, lastDisposition FROM lead INDEXED BY leadOfCampaign
     WHERE campaignKey = ${campaignKeyOf} AND leadId > ? ORDER BY leadId LIMIT ?`,
  )
  const lists = prepareListsOfImports(database)
  const asks = (may: string) => database.prepare<[LeadId], number>(`SELECT ${may} FROM lead WHERE leadId = ?`).pluck()
  const [recycle, unlist] = [asks(mayRecycle), asks(mayUnlist)]
  return ({ campaignId, list, last, resetAttempts, attemptsMax, after, listed }) => {
    const may = listed ? unlist : recycle
    const listOf = lists(campaignId)
    const leadIds: LeadId[] = []
    let [barred, exhausted] = [0, 0]
    let [looked, lastLeadId] = [0, after]
    for (const row of page.iterate(campaignId, after, lookedAtMax)) {
      const { leadId, state, importKey, attempts, lastDisposition } = row
      looked += 1
      lastLeadId = leadId
      const of = listOf.get(importKey)
      if (state !== 'finished' || of === undefined || (list !== undefined && of !== list)) continue
      if (last !== undefined && (lastDisposition === null || !last.includes(lastDisposition))) continue
      if (may.get(leadId) !== 1) barred += 1
      else if (!resetAttempts && attempts >= attemptsMax) exhausted += 1
      else leadIds.push(leadId)
      if (leadIds.length === rowsMax) return { leadIds, barred, exhausted, after: leadId }
    }
    return { leadIds, barred, exhausted, ...(looked < lookedAtMax ? {} : { after: lastLeadId }) }
  }
}

/** The list of each active import of a campaign. */
function prepareListsOfImports(database: Database): (campaignId: CampaignId) => ReadonlyMap<number, string> {
  const imports = database.prepare<[CampaignId], { readonly importKey: number; readonly list: string }>(
    `SELECT importKey, list FROM import WHERE state = 'active' AND campaignKey = ${campaignKeyOf}`,
  )
  return campaignId => new Map(imports.all(campaignId).map(({ importKey, list }) => [importKey, list]))
}

interface PartRow {
  readonly importKey: number
  readonly leads: number
  readonly finished: number
  readonly attempts: number
  readonly lastLeadId: LeadId
  readonly origin: string | null
  readonly obtainedAt: InstantMs | null
  readonly legalBasis: LegalBasis | null
}

function prepareLists(database: Database): LeadUpkeepScans['lists'] {
  const parts = database.prepare<[CampaignId, LeadId, number], PartRow>(
    `SELECT importKey, count(*) AS leads, sum(state = 'finished') AS finished, sum(attempts) AS attempts,
       max(leadId) AS lastLeadId, origin, obtainedAt, legalBasis
     FROM (
       SELECT leadId, importKey, state, attempts, provenanceKey FROM lead INDEXED BY leadOfCampaign
       WHERE campaignKey = ${campaignKeyOf} AND leadId > ? ORDER BY leadId LIMIT ?
     ) LEFT JOIN provenance USING (provenanceKey)
     GROUP BY importKey, provenanceKey`,
  )
  const lists = prepareListsOfImports(database)
  return (campaignId, after) => {
    const rows = parts.all(campaignId, after, lookedAtMax)
    const looked = rows.reduce((sum, { leads }) => sum + leads, 0)
    const found = partsOf(rows, lists(campaignId))
    if (looked < lookedAtMax) return { parts: found }
    return { parts: found, after: Math.max(...rows.map(({ lastLeadId }) => lastLeadId)) }
  }
}

function partsOf(rows: readonly PartRow[], listOf: ReadonlyMap<number, string>): readonly LeadListState[] {
  return rows.flatMap(({ importKey, leads, finished, attempts, origin, obtainedAt, legalBasis }) => {
    const list = listOf.get(importKey)
    if (list === undefined) return []
    const from =
      origin === null || legalBasis === null
        ? []
        : [{ origin, legalBasis, ...(obtainedAt === null ? {} : { obtainedAt }) }]
    return [{ list, leads, finished, dialable: leads - finished, attempts, origins: from }]
  })
}

function preparePutOff(database: Database): LeadUpkeepScans['putOff'] {
  const keys = database
    .prepare<[{ campaignId: CampaignId | null }], number>(
      'SELECT campaignKey FROM campaign WHERE @campaignId IS NULL OR campaignId = @campaignId',
    )
    .pluck()
  const of = database
    .prepare<[number, string, LeadId, number], LeadId>(
      `SELECT leadId FROM lead INDEXED BY leadPutOff
       WHERE campaignKey = ? AND reason = ? AND leadId > ? AND ${isPutOff} AND ${isActive} ORDER BY leadId LIMIT ?`,
    )
    .pluck()
  const byId = database.prepare<[LeadId], LeadRow>(`${selectLead} AND leadId = ?`)
  return ({ reason, campaignId, limit, after = 0 }) => {
    const found = keys.all({ campaignId: campaignId ?? null }).flatMap(key => of.all(key, reason, after, limit))
    const rows = found
      .sort((a, b) => a - b)
      .slice(0, limit)
      .map(leadId => byId.get(leadId))
    return rows.flatMap(row => (row === undefined ? [] : [leadOfRow(row)]))
  }
}
