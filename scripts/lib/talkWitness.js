// Whether records of conversations are true, held against the carrier's own log and against what was seen while they lasted.

/** Records of whom nobody had are kept by the PBX in whole seconds; the rest is the way of the packets. */
const TOLERANCE_MS = 1_500
const ANSWERED = ['connected', 'abandoned', 'hung-up-waiting']

/**
 * @typedef {object} TalkRecord
 * @property {string} callId
 * @property {string} [sipCallId]
 * @property {string} [disposition]
 * @property {string} [agentId]
 * @property {string} [answeredAt] ISO 8601, as the others
 * @property {string} [connectedAt]
 * @property {string} [endedAt]
 */

/**
 * What is false, in words, of calls that the carrier saw answered; one line a call at most.
 * @param {readonly TalkRecord[]} records
 * @param {readonly import('./carrierStatistics.js').CarrierCall[]} carrierCalls
 * @param {ReadonlyMap<string, string>} talked which agent had which call, as seen while they talked
 */
export function talksRecordedWrong(records, carrierCalls, talked) {
  const bySip = new Map(records.map(record => [record.sipCallId, record]))
  return carrierCalls.flatMap(call => {
    if (call.answeredAt === undefined || call.endedAt === undefined) return []
    const record = bySip.get(call.sipCallId)
    const wrong = record === undefined ? ['has no record'] : [...falsehoods(record, call, talked.get(record.callId))]
    return wrong.length === 0 ? [] : [`${record?.callId ?? call.sipCallId}: ${wrong.join(', ')}`]
  })
}

/**
 * @param {TalkRecord} record
 * @param {import('./carrierStatistics.js').CarrierCall} call
 * @param {string | undefined} agent
 * @returns {Generator<string>}
 */
function* falsehoods(record, call, agent) {
  const { disposition = 'none', agentId = 'nobody' } = record
  if (!ANSWERED.includes(disposition)) yield `answered, and its record says ${disposition}`
  if (agent !== undefined && (disposition !== 'connected' || agentId !== agent))
    yield `${agent} had it, and its record says ${disposition}, ${agentId}`
  const answeredOff = off(record.answeredAt, call.answeredAt)
  if (answeredOff > TOLERANCE_MS) yield `answered ${answeredOff} ms off`
  const endedOff = off(record.endedAt, call.endedAt)
  if (endedOff > TOLERANCE_MS) yield `ended ${endedOff} ms off`
  if (disposition === 'connected' && !(at(record.connectedAt) >= at(record.answeredAt)))
    yield 'joined before its answer'
  if (!(at(record.endedAt) >= at(record.connectedAt ?? record.answeredAt))) yield 'ended before it began'
}

/** @param {string | undefined} written @param {number | undefined} seenAt */
function off(written, seenAt) {
  const apart = Math.abs(at(written) - (seenAt ?? Number.NaN))
  return Number.isNaN(apart) ? Number.POSITIVE_INFINITY : apart
}

/** @param {string | undefined} written */
function at(written) {
  return Date.parse(written ?? '')
}
