import type { Database } from 'better-sqlite3'
import type { InstantMs } from '../../../../core/ids.ts'
import type { CallRecord } from '../../../../ports/attempts.ts'
import type { LeadRecord } from '../../../../ports/leads.ts'
import { mayAttemptLeave } from '../../../decisions/archive.ts'
import { type CallRow, callOfRow, selectCall } from '../calls/callRows.ts'
import { prepareLeavingLead } from './leavingLeads.ts'

/** So many rows are looked at in one go: a reader must not keep the log from being tidied. */
const pageRows = 500

/** What may leave for an archive, read a page at a time. For a thread of its own: it scans. */
export interface LeavingRowsReads {
  /** How many attempts were begun before the instant, whether they may leave or not. */
  count(before: InstantMs): number
  /** Pages in the order in which the calls were begun; a page may have none that leaves. `looked`: so many were looked at. */
  calls(before: InstantMs): Iterable<{ readonly calls: readonly CallRecord[]; readonly looked: number }>
  leads(before: InstantMs): Iterable<readonly LeadRecord[]>
}

/** Prepares the reads on a connection. */
export function prepareLeavingRows(database: Database): LeavingRowsReads {
  const count = database
    .prepare<[InstantMs], number>('SELECT count(*) FROM attempt INDEXED BY attemptInTime WHERE originatedAt < ?')
    .pluck()
  const page = database.prepare<[{ before: InstantMs; at: InstantMs; key: number }], CallRow>(
    `${selectCall.replace('FROM attempt', 'FROM attempt INDEXED BY attemptInTime')}
     WHERE originatedAt < @before AND (originatedAt, attemptKey) > (@at, @key)
     ORDER BY originatedAt, attemptKey LIMIT ${pageRows}`,
  )
  return {
    count: before => count.get(before) ?? 0,
    *calls(before) {
      let [at, key] = [Number.MIN_SAFE_INTEGER, 0]
      for (;;) {
        const rows = page.all({ before, at, key })
        const last = rows.at(-1)
        if (last === undefined) return
        yield { calls: rows.map(callOfRow).filter(call => mayAttemptLeave(call, before)), looked: rows.length }
        ;[at, key] = [last.originatedAt, last.attemptKey]
      }
    },
    leads: prepareLeads(database),
  }
}

function prepareLeads(database: Database): LeavingRowsReads['leads'] {
  const page = database
    .prepare<[number, InstantMs, InstantMs], number>(
      `SELECT leadId FROM lead
       WHERE leadId > ? AND callbackAgentId IS NULL AND dialableAt < ?
         AND importKey IN (SELECT importKey FROM import WHERE state = 'active' AND activatedAt < ?)
       ORDER BY leadId LIMIT ${pageRows}`,
    )
    .pluck()
  const ofLead = database.prepare<[number, number], CallRow>(
    `${selectCall.replace('FROM attempt', 'FROM attempt INDEXED BY attemptOfNumber')}
     WHERE number = ? AND attempt.campaignKey = ?`,
  )
  const leaving = prepareLeavingLead(database, (campaignKey, number, before) =>
    ofLead.all(number, campaignKey).every(row => mayAttemptLeave(callOfRow(row), before)),
  )
  return function* pages(before) {
    let after = 0
    for (;;) {
      const leadIds = page.all(after, before, before)
      const last = leadIds.at(-1)
      if (last === undefined) return
      yield leadIds.map(leadId => leaving(leadId, before)).filter(lead => lead !== undefined)
      after = last
    }
  }
}
