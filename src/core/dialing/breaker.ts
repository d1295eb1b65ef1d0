import type { CallId, InstantMs } from '../ids.ts'
import { minuteMs, secondMs } from '../time.ts'

/**
 * Whether a trunk may be dialed over. Calls over it say how it does; a carrier that fails is left alone, tried again with one
 * call at a time, and used again when one of those has said the opposite of what it was left for:
 *
 *     closed ---- so many calls that say the same ----> open ---- probeAt has come, a campaign wants a call ----> probing
 *        ^                                               ^                                                          |
 *        |                                               +---- the probe failed: for longer, at most 5 min --------+
 *        +---------------------------- the probe did not fail ------------------------------------------------------+
 */
export interface Breaker {
  phase: BreakerPhase
  /** How often it has opened, probes that failed included, without staying closed for some minutes. */
  openings: number
  /** Since when that is so. */
  failingSince: InstantMs
  /** Originates since the carrier has last brought a call to somebody. */
  unheard: number
  /** Calls in a row that came to nobody: refused, or the number does not exist. */
  refusedInARow: number
  strangersInARow: number
  /** What the last calls came to, oldest first: whether the carrier refused them, whether their answers were false. */
  readonly refused: boolean[]
  readonly falseAnswers: boolean[]
  /** Answered calls since it closed: so many of the lengths count for the share of short ones. */
  answered: number
}

/** What a breaker is doing. */
export type BreakerPhase =
  | { readonly state: 'closed'; readonly since: InstantMs }
  | {
      readonly state: 'open'
      readonly since: InstantMs
      readonly fault: TrunkFault
      /** When one call is tried. */
      readonly probeAt: InstantMs
    }
  | { readonly state: 'probing'; readonly since: InstantMs; readonly fault: TrunkFault; readonly callId: CallId }

/**
 * What a trunk is left alone for: calls end before they ring, numbers do not exist one after the other, answers come before
 * anybody can have answered, answered calls are too short.
 */
export type TrunkFault = 'refusals' | 'unknown-numbers' | 'false-answers' | 'short-calls'

/** What one call has said of its trunk. */
export type Evidence =
  /** Somebody's telephone rang, or was busy, or its network answered for it. */
  | { readonly kind: 'reached' }
  | { readonly kind: 'refused' }
  /** It rang, and then the carrier failed it. */
  | { readonly kind: 'failed-ringing' }
  | { readonly kind: 'unknown-number' }
  | { readonly kind: 'answered'; readonly afterMs: number }
  /** It rang so long and nobody answered. */
  | { readonly kind: 'unanswered'; readonly rangMs: number }
  | { readonly kind: 'talked'; readonly short: boolean; readonly shortRate: number; readonly shortRateMax: number }
  | { readonly kind: 'nothing' }

/** Originates that may be on their way before anything has been heard: a carrier that refuses late gets no more leads than that. */
const unheardMax = 30
const refusedInARowMax = 10
/** A list may have a block of numbers that nobody has: that many in a row are the carrier's mistake rather. */
const strangersInARowMax = 30
const refusedKept = 50
/** Reached at half: a carrier that lets each call ring and then fails it says both of every call. */
const refusedShareMax = 0.5
/** No person takes a call up so soon after its originate: the carrier says answered and has connected nobody. */
const falseAnswerMs = secondMs
const falseAnswersKept = 20
const falseAnswerShareMax = 0.5
/** It is tried first after so long; where each try is a call that is paid for, later. */
const openMinMs: Readonly<Record<TrunkFault, number>> = {
  refusals: 10 * secondMs,
  'unknown-numbers': 10 * secondMs,
  'false-answers': 30 * secondMs,
  'short-calls': minuteMs,
}
/** Then after such a part of the time since it began to fail: agents idle a little longer than the carrier needed. */
const openShare = 1 / 50
const openMaxMs = 5 * minuteMs
/** Closed for so long, it starts from the shortest time again. */
const forgivenAfterMs = 10 * minuteMs

/** A breaker that knows of no fault. */
export function createBreaker(now: InstantMs): Breaker {
  return {
    phase: { state: 'closed', since: now },
    openings: 0,
    failingSince: now,
    unheard: 0,
    refusedInARow: 0,
    strangersInARow: 0,
    answered: 0,
    refused: [],
    falseAnswers: [],
  }
}

/** Calls that may leave now. */
export function departuresLeft({ phase, unheard }: Breaker, now: InstantMs): number {
  if (phase.state === 'closed') return Math.max(0, unheardMax - unheard)
  return phase.state === 'open' && phase.probeAt <= now ? 1 : 0
}

/** A call leaves; true where it is a probe. */
export function depart(breaker: Breaker, callId: CallId, now: InstantMs): boolean {
  const { phase } = breaker
  breaker.unheard += 1
  if (phase.state !== 'open') return false
  breaker.phase = { state: 'probing', since: now, fault: phase.fault, callId }
  return true
}

/** The call did not leave. */
export function takeBack(breaker: Breaker, callId: CallId, now: InstantMs): void {
  breaker.unheard = Math.max(0, breaker.unheard - 1)
  const { phase } = breaker
  if (phase.state === 'probing' && phase.callId === callId)
    breaker.phase = { state: 'open', since: now, fault: phase.fault, probeAt: now }
}

/** Whether calls that come to nobody are the trunk's doing rather than their numbers'. */
export function isSuspect({ phase, refusedInARow, strangersInARow }: Breaker, what: 'refused' | 'unknown-number') {
  const refusing = phase.state !== 'closed' && (phase.fault === 'refusals' || phase.fault === 'unknown-numbers')
  return refusing || refusedInARow + strangersInARow >= (what === 'refused' ? 3 : 10)
}

/** Whether an answer so soon after the originate is nobody's. */
export function isFalseAnswer({ phase, falseAnswers }: Breaker, afterMs: number): boolean {
  if (afterMs >= falseAnswerMs) return false
  const open = phase.state !== 'closed' && phase.fault === 'false-answers'
  return open || (falseAnswers.length >= 3 && falseAnswers.slice(-3).every(isFalse => isFalse))
}

/** Takes what a call says into account; true where the breaker's state has changed. */
export function hear(
  breaker: Breaker,
  { callId, evidence }: { readonly callId: CallId; readonly evidence: Evidence },
  now: InstantMs,
): boolean {
  remember(breaker, evidence)
  const { phase } = breaker
  if (phase.state === 'closed') {
    const fault = faultIn(breaker, evidence)
    if (fault !== undefined) open(breaker, fault, now)
    return fault !== undefined
  }
  // Calls that left before it opened change nothing any more.
  if (phase.state === 'open' || phase.callId !== callId) return false
  const says = probeSays(phase.fault, evidence)
  if (says === 'goes-on') return false
  if (says === 'well') close(breaker, now)
  else if (says === 'ill') open(breaker, phase.fault, now)
  else breaker.phase = { state: 'open', since: now, fault: phase.fault, probeAt: now }
  return says !== 'nothing'
}

function remember(breaker: Breaker, evidence: Evidence): void {
  switch (evidence.kind) {
    case 'reached':
      Object.assign(breaker, { unheard: 0, refusedInARow: 0, strangersInARow: 0 })
      push(breaker.refused, false, refusedKept)
      return
    case 'refused':
      breaker.refusedInARow += 1
      push(breaker.refused, true, refusedKept)
      return
    case 'failed-ringing':
      push(breaker.refused, true, refusedKept)
      return
    case 'unknown-number':
      breaker.strangersInARow += 1
      // Somebody has looked the number up; only a long row of them is the carrier's fault.
      breaker.unheard = Math.max(0, breaker.unheard - 1)
      push(breaker.refused, false, refusedKept)
      return
    case 'answered':
      push(breaker.falseAnswers, evidence.afterMs < falseAnswerMs, falseAnswersKept)
      return
    case 'talked':
      breaker.answered += 1
      return
    case 'unanswered':
    case 'nothing':
      return
  }
}

function push(kept: boolean[], value: boolean, max: number): void {
  kept.push(value)
  if (kept.length > max) kept.shift()
}

function faultIn(breaker: Breaker, evidence: Evidence): TrunkFault | undefined {
  const { refused, falseAnswers, refusedInARow, strangersInARow } = breaker
  switch (evidence.kind) {
    case 'refused':
      return refusedInARow >= refusedInARowMax || isOver(refused, { kept: refusedKept, max: refusedShareMax })
        ? 'refusals'
        : undefined
    case 'failed-ringing':
      return isOver(refused, { kept: refusedKept, max: refusedShareMax }) ? 'refusals' : undefined
    case 'unknown-number':
      return refusedInARow + strangersInARow >= strangersInARowMax ? 'unknown-numbers' : undefined
    case 'answered':
      return isOver(falseAnswers, { kept: falseAnswersKept, max: falseAnswerShareMax }) ? 'false-answers' : undefined
    case 'talked':
      return evidence.shortRate > evidence.shortRateMax ? 'short-calls' : undefined
    case 'reached':
    case 'unanswered':
    case 'nothing':
      return undefined
  }
}

function isOver(seen: readonly boolean[], { kept, max }: { readonly kept: number; readonly max: number }): boolean {
  return seen.length >= kept && shareOf(seen) >= max
}

/** The share 0..1 of those that are true; 0 of none. */
export function shareOf(seen: readonly boolean[]): number {
  return seen.length === 0 ? 0 : seen.filter(one => one).length / seen.length
}

/** What a probe says of the fault for which the trunk was left alone. */
function probeSays(fault: TrunkFault, evidence: Evidence): 'well' | 'ill' | 'nothing' | 'goes-on' {
  switch (evidence.kind) {
    case 'refused':
    case 'unknown-number':
      return 'ill'
    case 'nothing':
      return 'nothing'
    case 'reached':
      return fault === 'refusals' || fault === 'unknown-numbers' ? 'well' : 'goes-on'
    case 'answered':
      if (fault !== 'false-answers') return 'goes-on'
      return evidence.afterMs < falseAnswerMs ? 'ill' : 'well'
    case 'failed-ringing':
      return 'nothing'
    case 'unanswered':
      return fault === 'false-answers' && evidence.rangMs >= falseAnswerMs ? 'well' : 'nothing'
    case 'talked':
      return evidence.short ? 'ill' : 'well'
  }
}

function open(breaker: Breaker, fault: TrunkFault, now: InstantMs): void {
  const { phase } = breaker
  if (phase.state === 'closed' && now - phase.since >= forgivenAfterMs) breaker.openings = 0
  if (breaker.openings === 0) breaker.failingSince = now
  breaker.openings += 1
  const openMs = Math.min(openMaxMs, Math.max(openMinMs[fault], (now - breaker.failingSince) * openShare))
  breaker.phase = { state: 'open', since: now, fault, probeAt: now + openMs }
}

function close(breaker: Breaker, now: InstantMs): void {
  breaker.phase = { state: 'closed', since: now }
  Object.assign(breaker, { unheard: 0, refusedInARow: 0, strangersInARow: 0, answered: 0 })
  breaker.refused.length = 0
  breaker.falseAnswers.length = 0
}
