import type { Database } from 'better-sqlite3'
import type { AgentId, InstantMs, LeadId } from '../../../../core/ids.ts'
import type { Disposition } from '../../../../core/vocabulary.ts'
import type { LeadRecord } from '../../../../ports/leads.ts'
import type { LeadMove } from '../../../decisions/outcome.ts'
import { storeProblems } from '../../../decisions/problems.ts'
import { prepareForgetPerson } from '../people/forgetPerson.ts'
import { type LeadImports, prepareLeadImports } from './leadImports.ts'
import { prepareOpenImports } from './openImports.ts'

/** A lead as far as moving it goes. */
export interface LeadPlaceRow {
  readonly campaignKey: number
  readonly state: LeadRecord['state']
  readonly reason?: string | undefined
}

/** Everything that changes leads; each call runs in the writer's transaction. */
export interface LeadWrites extends LeadImports {
  place(leadId: LeadId): LeadPlaceRow | undefined
  move(leadId: LeadId, move: LeadMove, state: 'new' | 'retry'): void
  attempted(leadId: LeadId, attempt: { readonly counts: boolean; readonly disposition: Disposition }): void
  /** Who promised to call back; `null`: the promise has been kept, or is anybody's. */
  promise(leadId: LeadId, agentId: AgentId | null): void
  discard(importId: string): void
  /** Marks imports that a crash left open as discarded. */
  discardOpen(): void
  /** Deletes some rows of discarded imports; false when there are none left. */
  sweep(): boolean
}

/** Prepares the writes on the writer's connection. */
export function prepareLeadWrites(database: Database): LeadWrites {
  return { ...prepareMoves(database), ...prepareLeadImports(database), ...prepareDiscards(database) }
}

function prepareMoves(database: Database): Pick<LeadWrites, 'place' | 'move' | 'attempted' | 'promise'> {
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
  const promise = database.prepare<[AgentId | null, LeadId]>('UPDATE lead SET callbackAgentId = ? WHERE leadId = ?')
  return {
    promise: (leadId, agentId) => void promise.run(agentId, leadId),
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

function prepareDiscards(database: Database): Pick<LeadWrites, 'discard' | 'discardOpen' | 'sweep'> {
  const imports = prepareOpenImports(database)
  const discard = database.prepare<[number]>(`UPDATE import SET state = 'discarded' WHERE importKey = ?`)
  const discardOpen = database.prepare(`UPDATE import SET state = 'discarded' WHERE state = 'open'`)
  const oldest = database.prepare<[], { importKey: number; campaignKey: number; firstLeadId: number | null }>(
    `SELECT importKey, campaignKey, firstLeadId FROM import INDEXED BY importDiscarded WHERE state = 'discarded' LIMIT 1`,
  )
  const unfinished = database
    .prepare<[number, number], number>(
      `SELECT leadId FROM lead INDEXED BY leadDialable
       WHERE campaignKey = ? AND importKey = ? AND state <> 'finished' LIMIT 100`,
    )
    .pluck()
  // Leads that were moved in finished are not in the hopper's index; no lead of the import lies before its first.
  const finished = database
    .prepare<[number | null, number], number>('SELECT leadId FROM lead WHERE leadId >= ? AND importKey = ? LIMIT 100')
    .pluck()
  const remove = database.prepare<[LeadId], { personKey: number | null }>(
    'DELETE FROM lead WHERE leadId = ? RETURNING personKey',
  )
  const forgetPerson = prepareForgetPerson(database)
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
      const first = unfinished.all(found.campaignKey, found.importKey)
      const leadIds = first.length > 0 ? first : finished.all(found.firstLeadId, found.importKey)
      for (const leadId of leadIds) {
        const personKey = remove.get(leadId)?.personKey ?? null
        if (personKey !== null) forgetPerson(personKey)
      }
      if (leadIds.length === 0) forget.run(found.importKey)
      return true
    },
  }
}
