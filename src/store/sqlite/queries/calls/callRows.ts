import type { AttemptEnd, AttemptStart, CallOrigin } from '../../../../core/calls/call.ts'
import type { LineFigures } from '../../../../core/calls/lineFigures.ts'
import { given } from '../../../../core/given.ts'
import type { Disposition } from '../../../../core/vocabulary.ts'
import { integerToNumber } from '../../../../numbers/e164.ts'
import type { CallRecord, WrapUpRecord } from '../../../../ports/attempts.ts'

/** An attempt as it stands in the table, with its campaign's id. */
export interface CallRow {
  readonly attemptKey: number
  readonly callId: string
  readonly campaignId: string
  readonly origin: CallOrigin
  /** 0: none. */
  readonly leadId: number
  /** 0: withheld. */
  readonly number: number
  readonly nodeId: string
  readonly trunkId: string
  readonly callerId: string
  readonly originatedAt: number
  readonly disposition: Disposition | null
  readonly detail: NonNullable<AttemptEnd['detail']> | null
  readonly sipCode: number | null
  readonly sipCallId: string | null
  readonly ringingAt: number | null
  readonly answeredAt: number | null
  readonly connectedAt: number | null
  readonly messageAt: number | null
  readonly transferredAt: number | null
  readonly transferredTo: string | null
  readonly endedAt: number | null
  readonly agentId: string | null
  readonly leadRetryAt: number | null
  readonly countsAsAttempt: number | null
  readonly wrapUpCode: string | null
  readonly wrapUpNote: string | null
  readonly wrapUpForm: string | null
  readonly callbackAt: number | null
  readonly wrapUpRetryAt: number | null
  readonly refusal: number | null
  readonly wrapUpAt: number | null
  readonly line: string | null
}

/** Reads attempts; a WHERE clause follows. */
export const selectCall = `
  SELECT attemptKey, callId, campaignId, leadId, number, nodeId, trunkId, callerId, originatedAt, disposition, detail,
    sipCode, sipCallId, ringingAt, answeredAt, connectedAt, endedAt, agentId, leadRetryAt, countsAsAttempt,
    wrapUpCode, wrapUpNote, callbackAt, wrapUpRetryAt, refusal, wrapUpAt, messageAt, origin,
    transferredAt, transferredTo, wrapUpForm, line
  FROM attempt JOIN campaign USING (campaignKey)`

/** The columns that have a value, under the names of the record. */
function present<Columns extends object>(columns: Columns): { [Name in keyof Columns]?: NonNullable<Columns[Name]> } {
  // Only what is not null is left; the type says just that.
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== null)) as {
    [Name in keyof Columns]?: NonNullable<Columns[Name]>
  }
}

/** The attempt as it was begun. */
export function attemptOfRow(row: CallRow): AttemptStart {
  const { callId, campaignId, origin, leadId, nodeId, trunkId, callerId, originatedAt } = row
  const begun = { callId, campaignId, nodeId, trunkId, callerId, originatedAt }
  const number = integerToNumber(row.number)
  const lead = leadId === 0 ? {} : { leadId }
  if (origin === 'campaign') return { origin, ...begun, leadId, number }
  if (origin === 'manual') return { origin, ...begun, ...lead, number, agentId: row.agentId ?? '' }
  return { origin, ...begun, ...lead, ...(row.number === 0 ? {} : { number }) }
}

/** The attempt's end, where it has ended. */
export function endOfRow(row: CallRow): AttemptEnd | undefined {
  const { callId, campaignId, origin, leadId, disposition, endedAt, leadRetryAt } = row
  if (disposition === null || endedAt === null) return undefined
  const { detail, sipCode, sipCallId, ringingAt, answeredAt, connectedAt, messageAt, agentId } = row
  const { transferredAt, transferredTo } = row
  return {
    callId,
    campaignId,
    origin,
    ...(origin !== 'campaign' && leadId === 0 ? {} : { leadId }),
    ...(row.number === 0 ? {} : { number: integerToNumber(row.number) }),
    disposition,
    ...present({ detail, sipCode, sipCallId, ringingAt, answeredAt, connectedAt, messageAt, agentId }),
    ...present({ transferredAt, transferredTo }),
    endedAt,
    // Whoever calls us leaves the lead where it was.
    ...(origin === 'inbound' || (origin === 'manual' && leadId === 0) ? {} : { leadRetryAt }),
    countsAsAttempt: row.countsAsAttempt === 1,
  }
}

/** The agent's word, where there is one. */
export function wrapUpOfRow(row: CallRow): WrapUpRecord | undefined {
  const { callId, wrapUpCode: code, wrapUpNote: note, callbackAt, wrapUpRetryAt: leadRetryAt, wrapUpAt: at } = row
  if (code === null) return undefined
  const form = row.wrapUpForm === null ? null : JSON.parse(row.wrapUpForm)
  return { callId, code, ...present({ note, form, callbackAt, leadRetryAt, at }), refusal: row.refusal === 1 }
}

/** The record that callers see. */
export function callOfRow(row: CallRow): CallRecord {
  const end = endOfRow(row)
  const wrapUp = wrapUpOfRow(row)
  // It was written by recordLine.
  const line = row.line === null ? undefined : (JSON.parse(row.line) as LineFigures)
  return {
    ...attemptOfRow(row),
    ...given({ end, wrapUp, line }),
  }
}
