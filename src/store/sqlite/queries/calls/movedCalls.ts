import type { Database } from 'better-sqlite3'
import type { CallId, CampaignId } from '../../../../core/ids.ts'
import { numberToInteger } from '../../../../numbers/e164.ts'
import { type MovedBatch, type MovedCall, movedEnd, movedFrom } from '../../../../ports/importing/packedMoved.ts'
import { countsOf, noCounters } from '../../../decisions/outcome.ts'
import { prepareCampaignKeys } from '../campaignKeys.ts'
import { type DoNotCallWrites, prepareDoNotCallLookups } from '../people/doNotCall.ts'
import { prepareAbandonmentCount } from './abandonment.ts'
import { type CallRow, endOfRow, selectCall } from './callRows.ts'
import { prepareCount } from './callWrites.ts'

/** Brings in what another dialer knew; each call runs in the writer's transaction. */
export interface MovedWrites {
  /** Gives the positions of what was there already. */
  moveIn(campaignId: CampaignId, batch: MovedBatch): { readonly duplicates: readonly number[] }
  takeBack(campaignId: CampaignId, callIds: readonly CallId[]): void
}

/** Prepares the writes on the writer's connection. */
export function prepareMovedWrites(database: Database, doNotCall: DoNotCallWrites): MovedWrites {
  const campaignKeys = prepareCampaignKeys(database)
  const lookups = prepareDoNotCallLookups(database)
  const count = prepareCount(database)
  const countAbandonment = prepareAbandonmentCount(database)
  const addCall = prepareAddCall(database)
  const find = database.prepare<[CallId], CallRow>(`${selectCall} WHERE callId = ?`)
  const remove = database.prepare<[CallId]>('DELETE FROM attempt WHERE callId = ?')
  return {
    moveIn(campaignId, batch) {
      const campaignKey = campaignKeys(campaignId)
      const duplicates: number[] = []
      if (batch.kind === 'calls') {
        batch.calls.forEach((call, position) => {
          if (!addCall(campaignKey, call)) duplicates.push(position)
          else {
            const end = movedEnd(campaignId, call, 0)
            count(campaignKey, noCounters(), countsOf(end, call.wrapUpCode))
            countAbandonment(call.callId, {}, { end, wrapUpCode: call.wrapUpCode })
          }
        })
        return { duplicates }
      }
      batch.refusals.forEach((entry, position) => {
        const known = lookups.entriesOf(numberToInteger(entry.number)).some(({ list }) => list === entry.list)
        if (known) duplicates.push(position)
        else doNotCall.add(entry)
      })
      return { duplicates }
    },
    takeBack(campaignId, callIds) {
      const campaignKey = campaignKeys(campaignId)
      for (const callId of callIds) {
        const row = find.get(callId)
        if (row === undefined) continue
        const stand = { end: endOfRow(row), wrapUpCode: row.wrapUpCode ?? undefined }
        count(campaignKey, countsOf(stand.end, stand.wrapUpCode), noCounters())
        countAbandonment(callId, stand, {})
        remove.run(callId)
      }
    },
  }
}

/**
 * Adds a call that began and ended; false where its id is known, or calls of its number in its campaign that are no older have left for
 * an archive: it has left with them, and would be counted twice. It belongs to the lead with its number, or to none.
 */
function prepareAddCall(database: Database): (campaignKey: number, call: MovedCall) => boolean {
  const insert = database.prepare(
    `INSERT INTO attempt (callId, campaignKey, ownerKey, leadId, number, nodeId, trunkId, callerId, originatedAt,
       disposition, answeredAt, connectedAt, endedAt, agentId, countsAsAttempt, wrapUpCode, refusal, wrapUpAt)
     SELECT @callId, @campaignKey, coalesce((SELECT ownerKey FROM campaign WHERE campaignKey = @campaignKey), 1),
       coalesce((SELECT leadId FROM lead WHERE number = @integer AND campaignKey = @campaignKey), 0),
       @integer, @from, @from, '', @originatedAt, @disposition, @answeredAt, @connectedAt, @endedAt, @agentId,
       @counts, @wrapUpCode, @refused, @endedAt
     WHERE NOT EXISTS (SELECT 1 FROM attemptsLeft
       WHERE number = @integer AND campaignKey = @campaignKey AND lastAt >= @originatedAt)
     ON CONFLICT (callId) DO NOTHING`,
  )
  const absent = { answeredAt: null, connectedAt: null, agentId: null }
  return (campaignKey, call) => {
    const flags = { counts: Number(call.countsAsAttempt), refused: Number(call.refusal) }
    const integer = numberToInteger(call.number)
    return insert.run({ ...absent, ...call, ...flags, integer, campaignKey, from: movedFrom }).changes > 0
  }
}
