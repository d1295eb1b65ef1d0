// The carrier as an independent witness: every attempt is held against what the carrier's own log says of that SIP
// Call-ID, and the reverse. Two totals subtracted would be no witness.
/**
 * From the answer to the agent, in ms, of the calls that came to one.
 * @param {readonly CallRecord[]} calls
 */
export function connectDelays(calls) {
  return calls.flatMap(({ answeredAt, connectedAt }) =>
    answeredAt === undefined || connectedAt === undefined ? [] : [Date.parse(connectedAt) - Date.parse(answeredAt)],
  )
}

/**
 * An attempt as the engine's API tells it.
 * @typedef {object} CallRecord
 * @property {string} callId
 * @property {string} number
 * @property {string} [sipCallId]
 * @property {string} [disposition]
 * @property {string} [agentId]
 * @property {string} originatedAt ISO 8601, as the others
 * @property {string} [answeredAt]
 * @property {string} [connectedAt]
 */

/**
 * Which dispositions an attempt may have by the carrier's final SIP code. Printed with every summary.
 * @type {Readonly<Record<string, readonly string[]>>}
 */
export const DISPOSITIONS_BY_SIP_CODE = {
  200: ['connected', 'abandoned', 'hung-up-waiting', 'machine'],
  404: ['failed'],
  480: ['no-answer'],
  486: ['busy'],
  487: ['no-answer', 'withdrawn'],
  503: ['congestion'],
  603: ['rejected'],
}

/**
 * Every attempt without its call at the carrier, every call without its attempt, every pair that does not agree.
 * @param {readonly Pick<CallRecord, 'callId' | 'number' | 'sipCallId' | 'disposition'>[]} calls
 * @param {readonly import('./carrierStatistics.js').CarrierCall[]} carrierCalls
 */
export function mismatchesOf(calls, carrierCalls) {
  const unmatched = new Map(carrierCalls.map(call => [call.sipCallId, call]))
  /** @type {string[]} */
  const found = []
  for (const { callId, number, sipCallId, disposition } of calls) {
    const seen = unmatched.get(sipCallId ?? '')
    unmatched.delete(sipCallId ?? '')
    const allowed = DISPOSITIONS_BY_SIP_CODE[seen?.finalCode ?? 'none'] ?? []
    const sameNumber = seen !== undefined && digits(seen.calledNumber) === digits(number)
    if (!sameNumber || !allowed.includes(disposition ?? 'none')) {
      found.push(
        `attempt ${callId}: ${disposition}; the carrier: ${seen === undefined ? 'no such Call-ID' : (seen.finalCode ?? 'no final code')}`,
      )
    }
  }
  for (const { sipCallId, finalCode } of unmatched.values())
    found.push(`the carrier's call ${sipCallId} (${finalCode}) has no attempt`)
  return found
}

/** @param {string} number */
function digits(number) {
  return number.replace(/\D/g, '')
}
