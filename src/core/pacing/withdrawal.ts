import type { CallId } from '../ids.ts'
import { numberOr } from './math.ts'
import type { PacingSettings, PacingSnapshot } from './pacer.ts'
import type { Risk } from './risk.ts'

/** The law's shortest ring: 15 s from the 180 (47 CFR 64.1200(a)(6), 16 CFR 310.4(b)(4)(ii), Ofcom 2016). */
const ringMinMs = 15_000
/** A ringing call is given up when an answer now would find nobody with at least this probability. */
export const withdrawAbove = 0.3
/** How soon to look again while calls could be withdrawn. */
const lookAgainMs = 200

/** Which ringing calls to hang up, and when to look again. */
export interface Withdrawal {
  readonly callIds: readonly CallId[]
  readonly againInMs: number
}

const never: Withdrawal = { callIds: [], againInMs: Number.POSITIVE_INFINITY }

/**
 * Calls that have rung for the legal minimum and that nobody could take if they were answered now: hung up instead of risked.
 * Never one without ringing evidence, never one before its time. `risk` has the snapshot loaded.
 */
export function withdrawal(
  risk: Risk,
  { snapshot, settings }: { readonly snapshot: PacingSnapshot; readonly settings: PacingSettings },
  now: number,
): Withdrawal {
  if (settings.ringWithdrawal !== true) return never
  const afterMs = Math.max(ringMinMs, numberOr(settings.ringWithdrawalAfterMs, ringMinMs))
  const due: CallId[] = []
  let againInMs = Number.POSITIVE_INFINITY
  for (const { callId, state, ringingAt } of snapshot.calls) {
    if (state !== 'ringing' || ringingAt === undefined) continue
    const leftMs = ringingAt + afterMs - now
    if (leftMs > 0) againInMs = Math.min(againInMs, leftMs)
    else due.push(callId)
  }
  if (due.length === 0) return { callIds: due, againInMs }
  if (risk.ofAnswerNow() >= withdrawAbove) return { callIds: due, againInMs }
  return { callIds: [], againInMs: Math.min(againInMs, lookAgainMs) }
}
