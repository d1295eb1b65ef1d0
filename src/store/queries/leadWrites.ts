import type { Database } from 'better-sqlite3'
import type { CampaignId, InstantMs, LeadId } from '../../core/ids.ts'
import type { Disposition } from '../../core/words.ts'
import { numberToInteger } from '../../numbers/e164.ts'
import type { ImportSummary, LeadRecord, NewLead } from '../../ports.ts'
import type { LeadMove } from '../outcome.ts'
import { storeProblems } from '../problems.ts'
import { prepareCampaignKeys } from './campaignKeys.ts'
import { joinZones } from './leadRows.ts'

/** A lead as far as moving it goes. */
export interface LeadPlaceRow {
  readonly campaignKey: number
  readonly state: LeadRecord['state']
  readonly reason?: string | undefined
}

/** Everything that changes leads; each call runs in the writer's transaction. */
export interface LeadWrites {
  place(leadId: LeadId): LeadPlaceRow | undefined
  move(leadId: LeadId, move: LeadMove, state: 'new' | 'retry'): void
  attempted(leadId: LeadId, attempt: { readonly counts: boolean; readonly disposition: Disposition }): void
  importRows(
    importId: string,
    campaignId: CampaignId,
    rows: readonly NewLead[],
  ): { readonly duplicates: readonly number[] }
  activate(importId: string, summary: ImportSummary): void
  discard(importId: string): void
  /** Marks imports that a crash left open as discarded. */
  discardOpen(): void
  /** Deletes some rows of discarded imports; false when there are none left. */
  sweep(): boolean
}

/** Prepares the writes on the writer's connection. */
export function prepareLeadWrites(database: Database): LeadWrites {
  return { ...prepareMoves(database), ...prepareImports(database), ...prepareDiscards(database) }
}

function prepareMoves(database: Database): Pick<LeadWrites, 'place' | 'move' | 'attempted'> {
  const place = database.prepare<[LeadId], { campaignKey: number; state: LeadRecord['state']; reason: string | null }>(
    `SELECT lead.campaignKey, lead.state, reason FROM lead JOIN import USING (importKey)
     WHERE leadId = ? AND import.state = 'active'`,
  )
  const finish = database.prepare<[string, LeadId]>(`UPDATE lead SET state = 'finished', reason = ? WHERE leadId = ?`)
  const rest = database.prepare<[string, InstantMs, string, LeadId]>(
    'UPDATE lead SET state = ?, dialableAt = ?, reason = ? WHERE leadId = ?',
  )
  const attempted = database.prepare<[number, Disposition, LeadId]>(
    'UPDATE lead SET attempts = attempts + ?, lastDisposition = ? WHERE leadId = ?',
  )
  return {
    place(leadId) {
      const row = place.get(leadId)
      return row && { ...row, reason: row.reason ?? undefined }
    },
    move(leadId, { until, reason }, state) {
      if (until === null) finish.run(reason, leadId)
      else rest.run(state, until, reason, leadId)
    },
    attempted(leadId, { counts, disposition }) {
      attempted.run(Number(counts), disposition, leadId)
    },
  }
}

/** An open import's key; one that never began is begun by its first rows. */
function prepareOpenImports(database: Database): {
  find(importId: string): number | undefined
  begin(importId: string, campaignKey: number): number
} {
  const select = database
    .prepare<[string], number>(`SELECT importKey FROM import WHERE importId = ? AND state = 'open'`)
    .pluck()
  const insert = database.prepare<[string, number]>(
    `INSERT INTO import (importId, campaignKey, state) VALUES (?, ?, 'open')`,
  )
  return {
    find: importId => select.get(importId),
    begin: (importId, campaignKey) => select.get(importId) ?? Number(insert.run(importId, campaignKey).lastInsertRowid),
  }
}

type NewRow = [
  campaignKey: number,
  importKey: number,
  number: number,
  priority: number,
  timeZones: string,
  data: string,
]

function prepareImports(database: Database): Pick<LeadWrites, 'importRows' | 'activate'> {
  const campaignKeys = prepareCampaignKeys(database)
  const imports = prepareOpenImports(database)
  // A number whose row waits to be swept away with a discarded import is free: the row is taken over.
  const insert = database.prepare<NewRow>(
    `INSERT INTO lead (campaignKey, importKey, number, priority, state, dialableAt, attempts, timeZones, data)
     VALUES (?, ?, ?, ?, 'new', 0, 0, ?, ?)
     ON CONFLICT (number, campaignKey) DO UPDATE
     SET importKey = excluded.importKey, priority = excluded.priority, timeZones = excluded.timeZones, data = excluded.data
     WHERE lead.importKey IN (SELECT importKey FROM import INDEXED BY importDiscarded WHERE state = 'discarded')`,
  )
  const add = database.prepare<[number, number]>('UPDATE import SET leads = leads + ? WHERE importKey = ?')
  const activate = database.prepare<[string, number, number, number, number, InstantMs, number]>(
    `UPDATE import SET state = 'active', source = ?, rows = ?, imported = ?, duplicates = ?, invalid = ?, activatedAt = ?
     WHERE importKey = ?`,
  )
  return {
    importRows(importId, campaignId, rows) {
      const campaignKey = campaignKeys(campaignId)
      const importKey = imports.begin(importId, campaignKey)
      const duplicates: number[] = []
      rows.forEach((row, position) => {
        const number = numberToInteger(row.number)
        const texts = [joinZones(row.timeZones), JSON.stringify(row.data)] as const
        if (insert.run(campaignKey, importKey, number, row.priority, ...texts).changes === 0) duplicates.push(position)
      })
      add.run(rows.length - duplicates.length, importKey)
      return { duplicates }
    },
    activate(importId, { source, rows, imported, duplicates, invalid }) {
      const importKey = imports.find(importId)
      if (importKey === undefined) throw storeProblems.unknownImport(importId)
      activate.run(source, rows, imported, duplicates, invalid, Date.now(), importKey)
    },
  }
}

function prepareDiscards(database: Database): Pick<LeadWrites, 'discard' | 'discardOpen' | 'sweep'> {
  const imports = prepareOpenImports(database)
  const discard = database.prepare<[number]>(`UPDATE import SET state = 'discarded' WHERE importKey = ?`)
  const discardOpen = database.prepare(`UPDATE import SET state = 'discarded' WHERE state = 'open'`)
  const oldest = database.prepare<[], { importKey: number; campaignKey: number }>(
    `SELECT importKey, campaignKey FROM import INDEXED BY importDiscarded WHERE state = 'discarded' LIMIT 1`,
  )
  // Rows of an import that never was active are all unfinished, so the hopper's index has them.
  const remove = database.prepare<[number, number]>(
    `DELETE FROM lead WHERE leadId IN (
       SELECT leadId FROM lead INDEXED BY leadDialable
       WHERE campaignKey = ? AND importKey = ? AND state <> 'finished' LIMIT 100)`,
  )
  const forget = database.prepare<[number]>('DELETE FROM import WHERE importKey = ?')
  return {
    discard(importId) {
      const importKey = imports.find(importId)
      if (importKey === undefined) throw storeProblems.unknownImport(importId)
      discard.run(importKey)
    },
    discardOpen: () => void discardOpen.run(),
    sweep() {
      const found = oldest.get()
      if (found === undefined) return false
      if (remove.run(found.campaignKey, found.importKey).changes === 0) forget.run(found.importKey)
      return true
    },
  }
}
