import type { Database } from 'better-sqlite3'
import type { AttemptEnd } from '../../../../core/calls/call.ts'
import {
  type AbandonmentCounts,
  abandonmentOf,
  combineCounts,
  noAbandonment,
} from '../../../../core/compliance/abandonment.ts'
import type { CallId } from '../../../../core/ids.ts'
import { dayMs, hourMs } from '../../../../core/time.ts'
import type { Disposition } from '../../../../core/vocabulary.ts'
import { integerToNumber } from '../../../../numbers/e164.ts'
import type { AbandonedCall, AbandonmentSpan, AbandonmentStore } from '../../../../ports/abandonment.ts'
import { storeProblems } from '../../../decisions/problems.ts'
import { blockMs, spanBorders } from '../../../decisions/spanLengths.ts'

const names = Object.keys(noAbandonment) as (keyof AbandonmentCounts)[]

/** What is known of a call; absent: not yet. */
export interface CallStand {
  readonly end?: AttemptEnd | undefined
  readonly wrapUpCode?: string | undefined
}

/**
 * Prepares counting on the writer's connection, in the transaction that writes: what an attempt counts for now, less what it
 * counted for before. The attempt's row is there.
 */
export function prepareAbandonmentCount(
  database: Database,
): (callId: CallId, before: CallStand, after: CallStand) => void {
  const add = database.prepare<[AbandonmentCounts & { callId: CallId; at: number }]>(
    `INSERT INTO abandonmentHour (ownerKey, campaignKey, at, ${names.join(', ')})
     SELECT ownerKey, campaignKey, @at, ${names.map(name => `@${name}`).join(', ')} FROM attempt WHERE callId = @callId
     ON CONFLICT DO UPDATE SET ${names.map(name => `${name} = ${name} + excluded.${name}`).join(', ')}`,
  )
  return (callId, before, after) => {
    const answeredAt = (after.end ?? before.end)?.answeredAt
    if (answeredAt === undefined) return
    const was = abandonmentOf(before.end, before.wrapUpCode)
    const is = abandonmentOf(after.end, after.wrapUpCode)
    const change = combineCounts(is, was, (a, b) => a - b)
    if (names.every(name => change[name] === 0)) return
    add.run({ ...change, callId, at: Math.floor(answeredAt / hourMs) * hourMs })
  }
}

interface Filter {
  readonly sellerId: string | null
  readonly purpose: string | null
  readonly campaignId: string | null
}

const ofOwner = '(@sellerId IS NULL OR sellerId = @sellerId) AND (@purpose IS NULL OR purpose = @purpose)'
const ofWhom = `${ofOwner} AND (@campaignId IS NULL OR campaignId = @campaignId)`

interface CallRow {
  readonly callId: string
  readonly campaignId: string
  readonly sellerId: string
  readonly purpose: AbandonedCall['purpose']
  readonly number: number
  readonly disposition: Disposition
  readonly detail: NonNullable<AttemptEnd['detail']> | null
  readonly originatedAt: number
  readonly ringingAt: number | null
  readonly answeredAt: number
  readonly messageAt: number | null
  readonly endedAt: number
}

/** Prepares the reads. For the reader, never for the loop. */
export function prepareAbandonmentReads(database: Database): {
  readonly spans: (query: Parameters<AbandonmentStore['abandonmentSpans']>[0]) => readonly AbandonmentSpan[]
  readonly calls: (query: Parameters<AbandonmentStore['abandonedCalls']>[0]) => readonly AbandonedCall[]
} {
  // By keys first: a sorter of integers is much quicker than one of names.
  const length = `iif(at >= @hoursSince, ${hourMs}, iif(at >= @daysSince, ${dayMs}, ${blockMs}))`
  const spans = database.prepare<[Filter & { hoursSince: number; daysSince: number }], AbandonmentSpan>(
    `WITH spans AS (
       SELECT ownerKey, campaignKey, at - at % ${length} AS start, ${length} AS length, min(at) AS at,
         ${names.map(name => `sum(${name}) AS ${name}`).join(', ')}
       FROM abandonmentHour
       WHERE ownerKey IN (SELECT ownerKey FROM owner WHERE ${ofOwner})
         AND (${names.map(name => `${name} <> 0`).join(' OR ')})
         AND (@campaignId IS NULL OR campaignKey = (SELECT campaignKey FROM campaign WHERE campaignId = @campaignId))
       GROUP BY ownerKey, campaignKey, start
     )
     SELECT sellerId, purpose, campaignId, min(spans.at) AS at, start + length - min(spans.at) AS lengthMs,
       ${names.map(name => `sum(spans.${name}) AS ${name}`).join(', ')}
     FROM spans JOIN owner ON owner.ownerKey = spans.ownerKey JOIN campaign USING (campaignKey)
     GROUP BY campaignId, sellerId, purpose, start
     ORDER BY min(spans.at), campaignId, sellerId, purpose`,
  )
  const calls = database.prepare<
    [Filter & { since: number; until: number; afterAt: number; afterKey: number; limit: number }],
    CallRow
  >(
    `SELECT callId, campaignId, sellerId, purpose, number, disposition, detail, originatedAt, ringingAt, answeredAt,
       messageAt, endedAt
     FROM attempt INDEXED BY attemptAbandoned JOIN campaign USING (campaignKey)
       JOIN owner ON owner.ownerKey = attempt.ownerKey
     WHERE disposition IN ('abandoned', 'hung-up-waiting') AND answeredAt >= @since AND answeredAt < @until
       AND (answeredAt, attemptKey) > (@afterAt, @afterKey) AND ${ofWhom}
     ORDER BY answeredAt, attemptKey LIMIT @limit`,
  )
  const place = database.prepare<[string], { afterAt: number; afterKey: number }>(
    `SELECT answeredAt AS afterAt, attemptKey AS afterKey FROM attempt
     WHERE callId = ? AND answeredAt IS NOT NULL AND disposition IN ('abandoned', 'hung-up-waiting')`,
  )
  const filterOf = (query: Partial<Filter>): Filter => ({
    sellerId: query.sellerId ?? null,
    purpose: query.purpose ?? null,
    campaignId: query.campaignId ?? null,
  })
  return {
    spans: ({ hoursSince, ...query }) => spans.all({ ...filterOf(query), ...spanBorders(hoursSince) }),
    calls({ since, until, after, limit, ...query }) {
      const behind = after === undefined ? { afterAt: Number.MIN_SAFE_INTEGER, afterKey: 0 } : place.get(after)
      if (behind === undefined) throw storeProblems.unknownCall(after ?? '')
      const when = { since: since ?? Number.MIN_SAFE_INTEGER, until: until ?? Number.MAX_SAFE_INTEGER }
      return calls.all({ ...filterOf(query), ...when, ...behind, limit }).map(callOf)
    },
  }
}

function callOf({ number, disposition, detail, ringingAt, messageAt, ...row }: CallRow): AbandonedCall {
  return {
    ...row,
    number: integerToNumber(number),
    disposition: disposition === 'abandoned' ? 'abandoned' : 'hung-up-waiting',
    ...(detail === null ? {} : { detail }),
    ...(ringingAt === null ? {} : { ringingAt }),
    ...(messageAt === null ? {} : { messageAt }),
  }
}
