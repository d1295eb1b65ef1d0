// The demo's summary.
import { connectDelays, DISPOSITIONS_BY_SIP_CODE, mismatchesOf } from '../lib/witness.js'

/** @import { CallRecord } from '../lib/witness.js' */
/** @import { CarrierStatistics } from '../lib/carrierStatistics.js' */

/**
 * @typedef {{ invalid: number }} Imported
 * @typedef {import('./board.js').Status['campaigns'][number]['counters']} Counters
 * @typedef {ReturnType<typeof summarise>} Summary
 */

/**
 * Puts the records of the engine and of the carrier side by side.
 * @param {{ calls: readonly CallRecord[], carrier: CarrierStatistics, imported: Imported, before: Counters, after: Counters,
 *   occupancy: number, instead?: import('./simulated.js').Instead }} seen
 */
export function summarise({ calls, carrier, imported, before, after, occupancy, instead }) {
  const answeredByPerson = after.answeredByPerson - before.answeredByPerson
  const abandoned = after.abandoned - before.abandoned
  const atCarrier = new Set(carrier.calls.map(({ sipCallId }) => sipCallId))
  // A call that left after all has no attempt then, and is a mismatch.
  const neverSent = calls.filter(call => call.disposition === 'failed' && !atCarrier.has(call.sipCallId ?? ''))
  const sent = calls.filter(call => !neverSent.includes(call))
  const found = mismatchesOf(sent, carrier.calls)
  return {
    attempts: calls.length,
    neverSent: neverSent.length,
    dispositions: countBy(calls, call => call.disposition ?? 'none'),
    answeredByPerson,
    conversations: answeredByPerson - abandoned,
    connected: after.connected - before.connected,
    abandoned,
    abandonmentRate: round(answeredByPerson === 0 ? 0 : abandoned / answeredByPerson, 4),
    occupancy: round(occupancy, 4),
    progressiveSimulated:
      instead === undefined ? null : { occupancy: round(instead.occupancy, 4), conversations: instead.conversations },
    connectDelayMs: delays(calls),
    doNotCallBlocked: after.doNotCallBlocked - before.doNotCallBlocked,
    invalidRows: imported.invalid,
    carrier: { invites: carrier.invites, answered: carrier.answered, bySipCode: carrier.bySipCode },
    mismatches: found.length,
    firstMismatches: found.length === 0 ? undefined : found.slice(0, 10),
  }
}

/** @param {readonly CallRecord[]} calls */
function delays(calls) {
  const sorted = connectDelays(calls).sort((one, other) => one - other)
  /** @param {number} share */
  const at = share => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? null
  return { p50: at(0.5), p99: at(0.99) }
}

/**
 * @template Item
 * @param {readonly Item[]} items
 * @param {(item: Item) => string} nameOf
 */
function countBy(items, nameOf) {
  /** @type {Record<string, number>} */
  const counts = {}
  for (const item of items) counts[nameOf(item)] = (counts[nameOf(item)] ?? 0) + 1
  return counts
}

/**
 * @param {number} value
 * @param {number} places
 */
function round(value, places) {
  return Number(value.toFixed(places))
}

/**
 * Prints the summary as a person reads it, in a terminal broken between words.
 * @param {Summary} summary
 */
export async function printSummary(summary, out = process.stdout) {
  const { wrap } = await import('#dialwright/cli/terminal/format.js')
  const { carrier, dispositions } = summary
  /** @param {number} ratio */
  const percent = ratio => `${(ratio * 100).toFixed(1)} %`
  /** @param {Readonly<Record<string, number>>} counts */
  const list = counts =>
    Object.entries(counts)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ')
  /** @type {[name: string, value: string | number][]} */
  const rows = [
    ['attempts', `${summary.attempts}: ${list(dispositions)}`],
    ['answered by persons', summary.answeredByPerson],
    ['connected', `${summary.connected}, ${summary.conversations} of them with people and the others with machines`],
    ['abandoned', `${summary.abandoned} (${percent(summary.abandonmentRate)} of the persons who answered)`],
    ['occupancy', percent(summary.occupancy)],
    ['progressive instead', insteadWords(summary)],
    ['answer to agent', `median ${summary.connectDelayMs.p50} ms, 99 % within ${summary.connectDelayMs.p99} ms`],
    ['do-not-call', `${summary.doNotCallBlocked} leads kept back`],
    ['invalid rows', summary.invalidRows],
    [
      'the carrier saw',
      `${carrier.invites} calls, ${carrier.answered} answered; by SIP code: ${list(carrier.bySipCode)}`,
    ],
    ...(summary.neverSent === 0 ? [] : [neverSentRow(summary.neverSent)]),
    ['mismatches', summary.mismatches === 0 ? '0: every attempt agrees with the carrier' : summary.mismatches],
  ]
  const table = Object.entries(DISPOSITIONS_BY_SIP_CODE).map(([code, names]) => `${code} ${names.join(' or ')}`)
  const width = out.isTTY === true ? out.columns : Number.POSITIVE_INFINITY
  /** @param {string} text @param {string} indent */
  const lines = (text, indent) => wrap(text, { width, indent })
  const valueIndent = ' '.repeat(23)
  /** @type {(name: string, value: string | number) => string} */
  const row = (name, value) => `  ${name.padEnd(20)} ${lines(String(value), valueIndent).trimStart()}`
  out.write(`\nSummary\n${rows.map(([name, value]) => row(name, value)).join('')}\n`)
  out.write(lines(`Held against the carrier's own log by this table: ${table.join('; ')}.`, '  '))
  for (const line of summary.firstMismatches ?? []) out.write(`  ${line}\n`)
}

/**
 * @param {number} count
 * @returns {[name: string, value: string]}
 */
function neverSentRow(count) {
  return ['never sent', `${count} of the failed: the PBX had too much to do to send them in time`]
}

/** @param {Summary} summary */
function insteadWords({ progressiveSimulated: instead, conversations }) {
  if (instead === null) return 'too few calls to tell'
  const busy = `${(instead.occupancy * 100).toFixed(1)} %`
  return `${busy} occupancy, ${instead.conversations} conversations instead of ${conversations} (simulated, with people like these)`
}
