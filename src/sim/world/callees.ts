import type { OriginateOrder } from '../../core/effects.ts'
import type { InstantMs } from '../../core/ids.ts'
import { dayMs } from '../../core/time.ts'
import type { EndCause } from '../../core/vocabulary.ts'

/** What one called number will do, decided when the call is originated. All times in milliseconds. */
export interface CalleePlan {
  /** Originate to the 180; absent: no ringing is ever heard. */
  readonly ringingAfterMs?: number
  readonly act: CalleeAct
}

/** How the ringing ends, counted from the originate. `rings` goes on until somebody ends it. */
export type CalleeAct =
  | {
      readonly kind: 'answers'
      readonly by: 'person' | 'machine'
      readonly afterMs: number
      /** The PBX listens this long before it hands the call on; part of the person's wait. */
      readonly detectionMs: number
      /** Connected to an agent until the callee hangs up. */
      readonly talkMs: number
      /** Answered and still without an agent, the callee hangs up after this. */
      readonly hangsUpWaitingAfterMs?: number
    }
  /** The PBX takes the callee for a machine and hangs up by itself; the engine never hears of an answer. */
  | {
      readonly kind: 'screened'
      readonly by: 'person' | 'machine'
      readonly afterMs: number
      readonly hungUpAfterMs: number
    }
  | { readonly kind: 'fails'; readonly cause: EndCause; readonly sipCode: number; readonly afterMs: number }
  | { readonly kind: 'rings' }

/** Decides what a called number does. */
export interface Callees {
  plan(order: OriginateOrder, now: InstantMs): CalleePlan
}

const forEverMs = dayMs

function answers(
  afterMs: number,
  more: { readonly hangsUpAfterMs?: number; readonly talkMs?: number } = {},
): CalleeAct {
  const act = { kind: 'answers', by: 'person', afterMs, detectionMs: 0 } as const
  const { hangsUpAfterMs, talkMs = forEverMs } = more
  if (hangsUpAfterMs === undefined) return { ...act, talkMs }
  return { ...act, talkMs: hangsUpAfterMs, hangsUpWaitingAfterMs: hangsUpAfterMs }
}

/** Settings of {@link suffixCallees}. */
export interface SuffixCalleesOptions {
  /** How long a connected person talks; default a day: until we hang up. Milliseconds. */
  readonly talkMs?: number
  /** When a number ending in 0117 answers, after the originate. Milliseconds. */
  readonly answerAfterMs?: number
}

/**
 * Callees who do what the last four digits of their number say, the same as the SIPp carrier of the live tests: 0110 answers
 * after a second, 0111 busy, 0112 never answers, 0113 congestion, 0114 no such number, 0115 declines, 0116 hangs up 0.8 s
 * after answering, 0117 answers at a given time, 0118 answers at once; everybody else answers after a second.
 */
export function suffixCallees(options: SuffixCalleesOptions = {}): Callees {
  const { talkMs = forEverMs, answerAfterMs = 2_000 } = options
  const acts: Readonly<Record<string, CalleePlan>> = {
    '0111': { ringingAfterMs: 50, act: { kind: 'fails', cause: 'busy', sipCode: 486, afterMs: 100 } },
    '0112': { ringingAfterMs: 50, act: { kind: 'rings' } },
    '0113': { act: { kind: 'fails', cause: 'congestion', sipCode: 503, afterMs: 50 } },
    '0114': { act: { kind: 'fails', cause: 'invalid-number', sipCode: 404, afterMs: 50 } },
    '0115': { ringingAfterMs: 50, act: { kind: 'fails', cause: 'rejected', sipCode: 603, afterMs: 200 } },
    '0116': { ringingAfterMs: 50, act: answers(500, { hangsUpAfterMs: 800 }) },
    '0117': { ringingAfterMs: 50, act: answers(answerAfterMs, { talkMs }) },
    '0118': { ringingAfterMs: 1, act: answers(2, { talkMs }) },
  }
  const ordinary: CalleePlan = { ringingAfterMs: 50, act: answers(1_000, { talkMs }) }
  return { plan: order => acts[order.attempt.number.slice(-4)] ?? ordinary }
}
