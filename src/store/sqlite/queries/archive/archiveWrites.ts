import type { Database } from 'better-sqlite3'
import type { CallId, InstantMs, LeadId, PhoneNumber } from '../../../../core/ids.ts'
import { numberToInteger } from '../../../../numbers/e164.ts'
import type { ArchiveReport, LeavingRows } from '../../../../ports/archives.ts'
import { isAsRead, mayAttemptLeave } from '../../../decisions/archive.ts'
import { type CallRow, callOfRow, selectCall } from '../calls/callRows.ts'
import { prepareLeavingLead } from './leavingLeads.ts'

type LeavingRow = CallRow & { readonly campaignKey: number; readonly ownerKey: number }

/** Prepares letting rows go on the writer's connection; it runs in the writer's transaction. */
export function prepareLettingGo(database: Database): (rows: LeavingRows) => ArchiveReport['left'] {
  const attempt = prepareAttempt(database)
  const lead = prepareLead(database)
  return ({ before, attempts, leads }) => {
    // Who is erased later must not be found in a free page: what leaves is overwritten.
    database.pragma('secure_delete = ON')
    try {
      // First, because a lead waits until its attempts have left.
      const left = attempts.filter(one => attempt(one, before)).length
      return { attempts: left, leads: leads.filter(one => lead(one, before)).length }
    } finally {
      database.pragma('secure_delete = OFF')
    }
  }
}

/** Prepares whether a number still has an attempt or a lead: whoever was erased meanwhile has none. */
export function prepareHasRow(database: Database): (number: PhoneNumber) => boolean {
  const find = database.prepare<[{ number: number }]>(
    `SELECT 1 FROM attempt INDEXED BY attemptOfNumber WHERE number = @number
     UNION ALL SELECT 1 FROM lead WHERE number = @number LIMIT 1`,
  )
  return number => find.get({ number: numberToInteger(number) }) !== undefined
}

function prepareAttempt(database: Database) {
  const find = database.prepare<[CallId], LeavingRow>(
    `${selectCall.replace('SELECT', 'SELECT attempt.campaignKey, attempt.ownerKey,')} WHERE callId = ?`,
  )
  const remove = database.prepare<[number]>('DELETE FROM attempt WHERE attemptKey = ?')
  const count = database.prepare<[number, number, number, InstantMs]>(
    `INSERT INTO attemptsLeft (number, campaignKey, ownerKey, attempts, lastAt) VALUES (?, ?, ?, 1, ?)
     ON CONFLICT DO UPDATE SET attempts = attempts + 1, lastAt = max(lastAt, excluded.lastAt)`,
  )
  return ({ callId, code }: LeavingRows['attempts'][number], before: InstantMs): boolean => {
    const row = find.get(callId)
    if (row === undefined || row.wrapUpCode !== (code ?? null) || !mayAttemptLeave(callOfRow(row), before)) return false
    remove.run(row.attemptKey)
    const { number, campaignKey, ownerKey, originatedAt } = row
    if (row.countsAsAttempt === 1 && number > 0) count.run(number, campaignKey, ownerKey, originatedAt)
    return true
  }
}

function prepareLead(database: Database): (read: LeavingRows['leads'][number], before: InstantMs) => boolean {
  const leaving = prepareLeavingLead(database)
  const remove = database.prepare<[LeadId]>('DELETE FROM lead WHERE leadId = ?')
  const uncount = database.prepare<[LeadId]>(
    'UPDATE import SET leads = leads - 1 WHERE importKey = (SELECT importKey FROM lead WHERE leadId = ?)',
  )
  const tie = database.prepare<[LeadId]>(
    `INSERT INTO personLeft (number, personKey, campaignKey, leadId)
     SELECT number, personKey, campaignKey, leadId FROM lead WHERE leadId = ? AND personKey IS NOT NULL
     ON CONFLICT DO NOTHING`,
  )
  return (read, before) => {
    const { leadId } = read
    const lead = leaving(leadId, before)
    if (lead === undefined || !isAsRead(lead, read)) return false
    tie.run(leadId)
    uncount.run(leadId)
    remove.run(leadId)
    return true
  }
}
