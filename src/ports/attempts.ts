import type { AttemptEnd, AttemptStart, WrapUp } from '../core/calls/call.ts'
import type { LineFigures } from '../core/calls/lineFigures.ts'
import type { Clearance } from '../core/compliance/clearance.ts'
import type { Day, DayTotals } from '../core/dialing/dayUse.ts'
import type { CallId, CampaignId, InstantMs, PhoneNumber } from '../core/ids.ts'
import { hourMs } from '../core/time.ts'

/** Attempts and call records. */
export interface AttemptStore {
  /** On disk (synchronous=FULL) when it resolves, with what it was cleared on: the originate may leave. */
  beginAttempt(attempt: AttemptStart, clearance?: Clearance): Promise<void>
  /**
   * Exactly once an attempt (a second end rejects with `already-ended` and changes nothing); moves the lead and counts for
   * the campaign in the same transaction.
   */
  endAttempt(end: AttemptEnd): Promise<void>
  /**
   * The agent's word, before or after the end, a later one replacing it but for its instant; the campaign's counters are
   * corrected (`machine` is no person) and a call-back, a retry or a refusal moves the lead.
   */
  recordWrapUp(wrapUp: WrapUpRecord): Promise<void>
  /**
   * How the agent's line was, as their phone has told. The first word stays: false, where there is one, and where the person of the
   * call has been erased.
   */
  recordLine(callId: CallId, line: LineFigures): Promise<boolean>
  /** Attempts begun and not ended: what a crash left. */
  openAttempts(): Promise<readonly AttemptStart[]>
  /**
   * What calls have come to in a day, by campaign in the order of the ids, those that came in left out: how many were begun in it,
   * and how long people talked in it; a call that is open gives no time. Calls of more than {@link longestCountedMs} are not seen whole.
   */
  dayTotals(day: Day): Promise<readonly DayTotals[]>
  calls(query: CallQuery): Promise<readonly CallRecord[]>
  call(callId: CallId): Promise<CallRecord | undefined>
}

/** A call that was begun longer than this before a day adds nothing to it. */
export const longestCountedMs = 25 * hourMs

/** Which call records; they come newest first. */
export interface CallQuery {
  readonly campaignId?: CampaignId
  readonly number?: PhoneNumber
  readonly since?: InstantMs
  readonly limit: number
  /** Continue behind this call. */
  readonly after?: CallId
}

/** One attempt with its end and the agent's word, where they exist. */
export type CallRecord = AttemptStart & {
  readonly end?: AttemptEnd
  /** Without `callbackAgentId`: who promised to call back stands with the lead. */
  readonly wrapUp?: WrapUpRecord
  /** How the agent's line was; absent: their phone has not told. */
  readonly line?: LineFigures
}

/** The agent's word as kept. `at`: when the first word came; absent where it is not known. */
export interface WrapUpRecord extends WrapUp {
  readonly at?: InstantMs
}
