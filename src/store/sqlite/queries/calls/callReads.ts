import type { Database } from 'better-sqlite3'
import type { AttemptStart } from '../../../../core/calls/call.ts'
import type { Day, DayTotals } from '../../../../core/dialing/dayUse.ts'
import type { CallId } from '../../../../core/ids.ts'
import { numberToInteger } from '../../../../numbers/e164.ts'
import { type CallQuery, type CallRecord, longestCountedMs } from '../../../../ports/attempts.ts'
import { movedFrom } from '../../../../ports/importing/packedMoved.ts'
import { storeProblems } from '../../../decisions/problems.ts'
import { attemptOfRow, type CallRow, callOfRow, selectCall } from './callRows.ts'

/** Look-ups of single calls. */
export interface CallLookups {
  call(callId: CallId): CallRecord | undefined
  openAttempts(): readonly AttemptStart[]
}

/** Prepares the look-ups on a connection. */
export function prepareCallLookups(database: Database): CallLookups {
  const byId = database.prepare<[CallId], CallRow>(`${selectCall} WHERE callId = ?`)
  const open = database.prepare<[], CallRow>(`${selectCall} WHERE endedAt IS NULL ORDER BY attemptKey`)
  return {
    call(callId) {
      const row = byId.get(callId)
      return row && callOfRow(row)
    },
    openAttempts: () => open.all().map(attemptOfRow),
  }
}

interface CallFilter {
  readonly campaignId: string | null
  readonly number: number | null
  readonly since: number | null
  readonly afterAt: number
  readonly afterKey: number
  readonly limit: number
}

/** Pages of call records, newest first, each query by the index that fits. For the reader, never for the loop. */
export function prepareCallPages(database: Database): (query: CallQuery) => readonly CallRecord[] {
  const page = (index: string, filter: string) =>
    database.prepare<[CallFilter], CallRow>(
      `${selectCall.replace('FROM attempt', `FROM attempt INDEXED BY ${index}`)}
       WHERE ${filter} (originatedAt, attemptKey) < (@afterAt, @afterKey) AND originatedAt >= coalesce(@since, -9e15)
       ORDER BY originatedAt DESC, attemptKey DESC LIMIT @limit`,
    )
  const campaignIs = 'attempt.campaignKey = (SELECT campaignKey FROM campaign WHERE campaignId = @campaignId) AND'
  const ofNumber = page('attemptOfNumber', 'number = @number AND (@campaignId IS NULL OR campaignId = @campaignId) AND')
  const ofCampaign = page('attemptOfCampaign', campaignIs)
  const ofAll = page('attemptInTime', '')
  const place = database.prepare<[CallId], { afterAt: number; afterKey: number }>(
    'SELECT originatedAt AS afterAt, attemptKey AS afterKey FROM attempt WHERE callId = ?',
  )

  function placeOf(after: CallId | undefined): { readonly afterAt: number; readonly afterKey: number } {
    if (after === undefined) return { afterAt: Number.MAX_SAFE_INTEGER, afterKey: 0 }
    const found = place.get(after)
    if (found === undefined) throw storeProblems.unknownCall(after)
    return found
  }

  return ({ campaignId, number, since, limit, after }) => {
    const integer = number === undefined ? null : numberToInteger(number)
    const filter = { campaignId: campaignId ?? null, number: integer, since: since ?? null, limit, ...placeOf(after) }
    const statement = number !== undefined ? ofNumber : campaignId !== undefined ? ofCampaign : ofAll
    return statement.all(filter).map(callOfRow)
  }
}

interface DayRow {
  readonly campaignId: string
  readonly attempts: number
  readonly talkMs: number
}

/** Prepares what a day's calls have come to; `decisions/dayTotals.ts` says the same in words. */
export function prepareDayTotals(database: Database): (day: Day) => readonly DayTotals[] {
  const since = "iif(detail = 'recovered', min(originatedAt, answeredAt), answeredAt)"
  const talk = `iif(answeredAt IS NULL OR endedAt IS NULL, 0, max(0, min(endedAt, @until) - max(${since}, @from)))`
  const totals = database.prepare<[Day & { begunSince: number }], DayRow>(
    `SELECT campaignId, sum(originatedAt >= @from) AS attempts, sum(${talk}) AS talkMs
     FROM attempt INDEXED BY attemptInTime JOIN campaign USING (campaignKey)
     WHERE originatedAt >= @begunSince AND originatedAt < @until AND origin <> 'inbound' AND nodeId <> '${movedFrom}'
     GROUP BY campaignId HAVING sum(originatedAt >= @from) > 0 OR sum(${talk}) > 0 ORDER BY campaignId`,
  )
  return ({ from, until }) => totals.all({ from, until, begunSince: from - longestCountedMs })
}
