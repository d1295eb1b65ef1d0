import type { EndCause } from '../../core/vocabulary.ts'

/** What the PBX knows about a leg that has ended. */
export interface LegEnd {
  /** Q.850 cause; 0: none. */
  readonly q850: number
  /** The final SIP code of the INVITE, where there was one. 200: it was answered. */
  readonly sipCode?: number
  /** The 200 was seen. */
  readonly wasAnswered: boolean
  /** We asked the PBX to end it, or let its message end it. */
  readonly endedByUs: boolean
}

/**
 * Final SIP codes of an INVITE that was not answered. RFC 3261 21, RFC 8197 (607), RFC 8688 (608); 484 and 604 say that the
 * number does not exist as 404 and 410 do. A code that is not here follows its class.
 */
const causeBySipCode: Readonly<Record<number, EndCause>> = {
  401: 'failed',
  402: 'failed',
  403: 'rejected',
  404: 'invalid-number',
  405: 'failed',
  406: 'failed',
  407: 'failed',
  408: 'no-answer',
  410: 'invalid-number',
  413: 'failed',
  414: 'failed',
  415: 'failed',
  416: 'failed',
  420: 'failed',
  421: 'failed',
  423: 'failed',
  433: 'rejected',
  480: 'no-answer',
  481: 'failed',
  482: 'failed',
  483: 'failed',
  484: 'invalid-number',
  485: 'invalid-number',
  486: 'busy',
  487: 'no-answer',
  488: 'failed',
  500: 'congestion',
  502: 'congestion',
  503: 'congestion',
  504: 'congestion',
  600: 'busy',
  603: 'rejected',
  604: 'invalid-number',
  606: 'failed',
  607: 'unwanted',
  608: 'rejected',
}

/** Q.850 causes, for ends without a SIP code: the PBX's own time-outs and faults, and trunks that are not SIP. */
const causeByQ850: Readonly<Record<number, EndCause>> = {
  1: 'invalid-number',
  2: 'failed',
  3: 'failed',
  16: 'no-answer',
  17: 'busy',
  18: 'no-answer',
  19: 'no-answer',
  20: 'no-answer',
  21: 'rejected',
  22: 'invalid-number',
  26: 'no-answer',
  27: 'congestion',
  28: 'invalid-number',
  29: 'failed',
  31: 'no-answer',
  34: 'congestion',
  38: 'congestion',
  41: 'congestion',
  42: 'congestion',
  44: 'congestion',
  47: 'congestion',
  102: 'no-answer',
}

/** The final code of an INVITE that was cancelled: it says only that somebody gave up waiting. */
const requestTerminated = 487

/**
 * The disposition's raw material, mapped once. An answered leg that ends was hung up by somebody. One that was not
 * answered ended as the carrier said; where it only confirms that we gave up, or said nothing, we ended it.
 */
export function endCauseOf(end: LegEnd): EndCause {
  if (end.wasAnswered) return end.endedByUs ? 'hung-up-by-us' : 'hung-up-by-peer'
  const said = end.sipCode === undefined ? undefined : expectedEndCauseForSipCode(end.sipCode)
  if (said !== undefined && !(end.endedByUs && end.sipCode === requestTerminated)) return said
  if (end.endedByUs) return 'hung-up-by-us'
  return causeByQ850[end.q850] ?? 'failed'
}

/**
 * How an attempt must have ended when this was the carrier's final code; the demo's witness prints it as a table.
 * Undefined below 300: answered, so the code does not say how it ended. Other codes follow their class (RFC 3261 8.1.3.2).
 */
export function expectedEndCauseForSipCode(sipCode: number): EndCause | undefined {
  if (sipCode < 300) return undefined
  return causeBySipCode[sipCode] ?? causeOfClass(Math.floor(sipCode / 100))
}

function causeOfClass(hundreds: number): EndCause {
  if (hundreds === 5) return 'congestion'
  return hundreds === 6 ? 'rejected' : 'failed'
}

/** The SIP codes that have an entry of their own, for printing. */
export const sipCodesKnown: readonly number[] = Object.keys(causeBySipCode).map(Number)
