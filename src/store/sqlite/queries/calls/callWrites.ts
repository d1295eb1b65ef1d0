import type { Database } from 'better-sqlite3'
import type { AttemptEnd, AttemptStart } from '../../../../core/calls/call.ts'
import type { LineFigures } from '../../../../core/calls/lineFigures.ts'
import type { CampaignCounters } from '../../../../core/campaigns/campaign.ts'
import type { CallId } from '../../../../core/ids.ts'
import { numberToInteger } from '../../../../numbers/e164.ts'
import type { WrapUpRecord } from '../../../../ports/attempts.ts'
import {
  countsOf,
  moveAfterEnd,
  moveAfterWrapUp,
  noCounters,
  promiseAfterEnd,
  promiseAfterWrapUp,
  recount,
} from '../../../decisions/outcome.ts'
import { storeProblems } from '../../../decisions/problems.ts'
import { prepareCampaignKeys } from '../campaignKeys.ts'
import type { LeadWrites } from '../leads/leadWrites.ts'
import { prepareAbandonmentCount } from './abandonment.ts'
import { type CallRow, endOfRow, selectCall, wrapUpOfRow } from './callRows.ts'

/** Everything that changes attempts; each call runs in the writer's transaction and, when it throws, has changed nothing. */
export interface CallWrites {
  begin(attempt: AttemptStart): void
  end(end: AttemptEnd): void
  wrapUp(wrapUp: WrapUpRecord): void
  /** False: there is a word already, or nobody whom it is about. */
  line(callId: CallId, line: LineFigures): boolean
  countBlocked(campaignKey: number): void
}

/** Prepares the writes on the writer's connection. */
export function prepareCallWrites(database: Database, leads: LeadWrites): CallWrites {
  const rows = prepareRows(database)
  const count = prepareCount(database)

  const countAbandonment = prepareAbandonmentCount(database)

  function known(callId: CallId): CallRow & { readonly campaignKey: number } {
    const row = rows.find(callId)
    if (row === undefined) throw storeProblems.unknownAttempt(callId)
    return row
  }

  return {
    begin: rows.begin,
    end(end) {
      const row = known(end.callId)
      if (row.endedAt !== null) throw storeProblems.alreadyEnded(end.callId)
      const wrapUp = wrapUpOfRow(row)
      rows.end(end)
      count(row.campaignKey, noCounters(), countsOf(end, wrapUp?.code))
      countAbandonment(end.callId, {}, { end, wrapUpCode: wrapUp?.code })
      leads.attempted(row.leadId, { counts: end.countsAsAttempt, disposition: end.disposition })
      const place = leads.place(row.leadId)
      const move = place && moveAfterEnd(place, end, wrapUp)
      if (move !== undefined) leads.move(row.leadId, move, 'retry')
      const promise = promiseAfterEnd(end, wrapUp)
      if (promise !== undefined) leads.promise(row.leadId, promise)
    },
    wrapUp(wrapUp) {
      const row = known(wrapUp.callId)
      const end = endOfRow(row)
      rows.wrapUp(wrapUp)
      count(row.campaignKey, countsOf(end, row.wrapUpCode ?? undefined), countsOf(end, wrapUp.code))
      const before = { end, wrapUpCode: row.wrapUpCode ?? undefined }
      countAbandonment(wrapUp.callId, before, { end, wrapUpCode: wrapUp.code })
      const place = leads.place(row.leadId)
      const move = place && moveAfterWrapUp(place, wrapUp)
      if (move !== undefined) leads.move(row.leadId, move, 'retry')
      const promise = promiseAfterWrapUp(wrapUp)
      if (promise !== undefined) leads.promise(row.leadId, promise)
    },
    line: (callId, line) => rows.line(known(callId).callId, line),
    countBlocked: campaignKey => count(campaignKey, noCounters(), { ...noCounters(), doNotCallBlocked: 1 }),
  }
}

function prepareRows(database: Database) {
  const campaignKeys = prepareCampaignKeys(database)
  const find = database.prepare<[CallId], CallRow & { campaignKey: number }>(
    `${selectCall.replace('SELECT', 'SELECT campaignKey,')} WHERE callId = ?`,
  )
  const insert = database.prepare(
    `INSERT INTO attempt (callId, campaignKey, ownerKey, leadId, number, nodeId, trunkId, callerId, originatedAt,
       origin, agentId)
     VALUES (@callId, @campaignKey, coalesce((SELECT ownerKey FROM campaign WHERE campaignKey = @campaignKey), 1),
       @leadId, @integer, @nodeId, @trunkId, @callerId, @originatedAt, @origin, @agentId)
     ON CONFLICT (callId) DO NOTHING`,
  )
  const end = database.prepare(
    `UPDATE attempt SET disposition = @disposition, detail = @detail, sipCode = @sipCode, sipCallId = @sipCallId,
       ringingAt = @ringingAt, answeredAt = @answeredAt, connectedAt = @connectedAt, endedAt = @endedAt,
       agentId = @agentId, leadRetryAt = @leadRetryAt, countsAsAttempt = @counts, messageAt = @messageAt,
       transferredAt = @transferredAt, transferredTo = @transferredTo
     WHERE callId = @callId AND endedAt IS NULL`,
  )
  const wrapUp = database.prepare(
    `UPDATE attempt SET wrapUpCode = @code, wrapUpNote = iif(number < 0, NULL, @note), wrapUpForm = iif(number < 0, NULL, @formText),
       callbackAt = @callbackAt, wrapUpRetryAt = @leadRetryAt,
       refusal = @refused, wrapUpAt = coalesce(wrapUpAt, @at)
     WHERE callId = @callId`,
  )
  const line = database.prepare<[string, CallId]>(
    'UPDATE attempt SET line = ? WHERE callId = ? AND line IS NULL AND number >= 0',
  )
  const noEnd = { detail: null, sipCode: null, sipCallId: null, ringingAt: null, answeredAt: null, connectedAt: null }
  return {
    find: (callId: CallId) => find.get(callId),
    begin(attempt: AttemptStart): void {
      const campaignKey = campaignKeys(attempt.campaignId)
      const integer = attempt.number === undefined ? 0 : numberToInteger(attempt.number)
      const { changes } = insert.run({ leadId: 0, agentId: null, ...attempt, campaignKey, integer })
      if (changes === 0) throw storeProblems.alreadyBegun(attempt.callId)
    },
    end: (ended: AttemptEnd) =>
      end.run({
        ...noEnd,
        agentId: null,
        messageAt: null,
        transferredAt: null,
        transferredTo: null,
        leadRetryAt: null,
        ...ended,
        counts: Number(ended.countsAsAttempt),
      }),
    line: (callId: CallId, figures: LineFigures) => line.run(JSON.stringify(figures), callId).changes === 1,
    wrapUp: (word: WrapUpRecord) =>
      wrapUp.run({
        note: null,
        callbackAt: null,
        leadRetryAt: null,
        at: null,
        ...word,
        formText: word.form === undefined ? null : JSON.stringify(word.form),
        refused: Number(word.refusal),
      }),
  }
}

/** Counts for a campaign what a call counts for now, less what it counted for before. */
export function prepareCount(database: Database) {
  const add = database.prepare<[CampaignCounters & { campaignKey: number }]>(
    `UPDATE campaign SET attempts = attempts + @attempts, answered = answered + @answered,
       answeredByPerson = answeredByPerson + @answeredByPerson, connected = connected + @connected,
       abandoned = abandoned + @abandoned, doNotCallBlocked = doNotCallBlocked + @doNotCallBlocked
     WHERE campaignKey = @campaignKey`,
  )
  return (campaignKey: number, before: CampaignCounters, after: CampaignCounters): void => {
    const change = noCounters()
    recount(change, before, after)
    if (Object.values(change).some(value => value !== 0)) add.run({ ...change, campaignKey })
  }
}
