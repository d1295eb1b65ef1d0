import type { Database } from 'better-sqlite3'
import type { Provenance } from '../../../../core/compliance/provenance.ts'
import type { CampaignId, InstantMs } from '../../../../core/ids.ts'
import { numberToInteger } from '../../../../numbers/e164.ts'
import type { LeadImportSummary } from '../../../../ports/importing/importReports.ts'
import type { NewLead } from '../../../../ports/leads.ts'
import { storeProblems } from '../../../decisions/problems.ts'
import { prepareCampaignKeys } from '../campaignKeys.ts'
import { prepareLeadOrigins } from './leadOrigins.ts'
import { joinZones } from './leadRows.ts'
import { prepareOpenImports } from './openImports.ts'

/** Brings leads in; each call runs in the writer's transaction. */
export interface LeadImports {
  importRows(
    importId: string,
    campaignId: CampaignId,
    rows: readonly NewLead[],
  ): { readonly duplicates: readonly number[] }
  activate(importId: string, summary: LeadImportSummary): void
}

type NewRow = [
  campaignKey: number,
  importKey: number,
  number: number,
  priority: number,
  state: string,
  dialableAt: number,
  attempts: number,
  lastDisposition: string | null,
  reason: string | null,
  timeZones: string,
  data: string,
  personKey: number | null,
  provenanceKey: number | null,
  places: string,
  callbackAgentId: string | null,
]

const fresh = { state: 'new', attempts: 0 } as const

/** Prepares the imports on the writer's connection. */
export function prepareLeadImports(database: Database): LeadImports {
  const campaignKeys = prepareCampaignKeys(database)
  const imports = prepareOpenImports(database)
  const addOne = prepareAdd(database)
  const add = database.prepare<[number, number]>('UPDATE import SET leads = leads + ? WHERE importKey = ?')
  const activate = database.prepare<[string, string, number, number, number, number, InstantMs, number]>(
    `UPDATE import SET state = 'active', list = ?, source = ?, rows = ?, imported = ?, duplicates = ?, invalid = ?,
       activatedAt = ?
     WHERE importKey = ?`,
  )
  return {
    importRows(importId, campaignId, rows) {
      const campaignKey = campaignKeys(campaignId)
      const importKey = imports.begin(importId, campaignKey)
      const duplicates: number[] = []
      rows.forEach((row, position) => {
        if (!addOne(campaignKey, importKey, row)) duplicates.push(position)
      })
      add.run(rows.length - duplicates.length, importKey)
      return { duplicates }
    },
    activate(importId, { list = 'leads', source, rows, imported, duplicates, invalid }) {
      const importKey = imports.find(importId)
      if (importKey === undefined) throw storeProblems.unknownImport(importId)
      activate.run(list, source, rows, imported, duplicates, invalid, Date.now(), importKey)
    },
  }
}

/** Adds one lead; false where the campaign has the number already. */
function prepareAdd(database: Database): (campaignKey: number, importKey: number, row: NewLead) => boolean {
  const origins = prepareLeadOrigins(database)
  const insert = database.prepare<NewRow>(
    `INSERT INTO lead (campaignKey, importKey, number, priority, state, dialableAt, attempts, lastDisposition, reason,
       timeZones, data, personKey, provenanceKey, places, callbackAgentId)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (number, campaignKey) DO NOTHING`,
  )
  // A number whose row waits to be swept away with a discarded import is free.
  const reclaim = database.prepare<[number, number]>(
    `DELETE FROM lead WHERE number = ? AND campaignKey = ?
       AND importKey IN (SELECT importKey FROM import INDEXED BY importDiscarded WHERE state = 'discarded')`,
  )
  // Leads of a batch share the objects of their origins; a batch is inside one transaction.
  let last: { readonly provenance: Provenance; readonly key: number } | undefined

  function provenanceKey(provenance: Provenance): number {
    if (last?.provenance !== provenance) last = { provenance, key: origins.provenance(provenance) }
    return last.key
  }

  return (campaignKey, importKey, row) => {
    const number = numberToInteger(row.number)
    const {
      state,
      attempts,
      dialableAt = 0,
      lastDisposition = null,
      reason = null,
      callbackAgentId = null,
    } = row.past ?? { ...fresh }
    const { provenance, personId, places = [] } = row
    const values: NewRow = [
      ...([campaignKey, importKey, number, row.priority, state, dialableAt, attempts] as const),
      ...([lastDisposition, reason, joinZones(row.timeZones), JSON.stringify(row.data)] as const),
      personId === undefined ? null : origins.person(personId),
      provenance === undefined ? null : provenanceKey(provenance),
      joinZones(places),
      callbackAgentId,
    ]
    if (insert.run(...values).changes > 0) return true
    return reclaim.run(number, campaignKey).changes > 0 && insert.run(...values).changes > 0
  }
}
