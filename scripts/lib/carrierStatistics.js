import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'

/**
 * One call as the carrier saw it; instants in epoch ms; what did not happen is absent.
 * @typedef {object} CarrierCall
 * @property {string} sipCallId
 * @property {string} calledNumber
 * @property {string} [callerNumber]
 * @property {string} [behaviour]
 * @property {number} inviteAt
 * @property {number} [ringingAt]
 * @property {number} [cancelledAt]
 * @property {number} [finalCode]
 * @property {number} [answeredAt]
 * @property {number} [endedAt]
 * @property {'carrier' | 'dialer'} [byeFrom]
 * @property {number} [rtpPort] the dialer's audio port of this call: the key in an RtpWitness's `legs`
 *
 * @typedef {object} CarrierStatistics
 * @property {number} invites
 * @property {number} answered
 * @property {Readonly<Record<string, number>>} bySipCode final codes; `none` counts calls without one
 * @property {readonly CarrierCall[]} calls
 *
 * @typedef {object} Carrier
 * @property {string} messageLog
 * @property {() => Promise<CarrierStatistics>} statistics
 * @property {() => Promise<void>} stop
 *
 * @typedef {{ at: number, sent: boolean, lines: readonly string[] }} Message
 * @typedef {(name: string) => string | undefined} HeaderOf
 */

// SIPp's message log is a list of blocks: a line of dashes with the time, a line "UDP message sent|received ...", an
// empty line, the message. It is read as a stream: 20 000 calls are some 100 MB.
const BLOCK_START = /^-{20,}\s*(\d{4}-\d\d-\d\d[ T\t]\d\d:\d\d:\d\d\.\d{3})/
const DIRECTION = /^UDP message (sent|received)/

/**
 * What the carrier saw, from its own message log: the independent witness.
 * @param {string} messageLog
 * @returns {Promise<CarrierStatistics>}
 */
export async function carrierStatistics(messageLog) {
  /** @type {Map<string, CarrierCall>} */
  const calls = new Map()
  for await (const message of messages(messageLog)) record(calls, message)
  return summary([...calls.values()])
}

/**
 * @param {string} file
 * @returns {AsyncGenerator<Message>}
 */
async function* messages(file) {
  /** @type {{ at: number, sent: boolean | undefined, lines: string[] } | undefined} */
  let block
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    const at = BLOCK_START.exec(line)?.[1]
    if (at !== undefined) {
      if (block?.sent !== undefined) yield { ...block, sent: block.sent }
      block = { at: Date.parse(`${at.replace(/[ \t]/, 'T')}Z`), sent: undefined, lines: [] }
    } else if (block && block.sent === undefined) {
      const direction = DIRECTION.exec(line)
      if (direction) block.sent = direction[1] === 'sent'
    } else if (block && (line !== '' || block.lines.length > 0)) block.lines.push(line)
  }
  if (block?.sent !== undefined) yield { ...block, sent: block.sent }
}

/**
 * @param {Map<string, CarrierCall>} calls
 * @param {Message} message
 */
function record(calls, { at, sent, lines }) {
  /** @type {HeaderOf} */
  const header = name =>
    lines
      .find(line => line.toLowerCase().startsWith(`${name}:`))
      ?.slice(name.length + 1)
      .trim()
  const sipCallId = header('call-id')
  const [, method] = (header('cseq') ?? '').split(' ')
  if (!sipCallId || !method) return
  const first = lines[0] ?? ''
  const code = /^SIP\/2\.0 (\d{3})/.exec(first)?.[1]
  const call = calls.get(sipCallId) ?? newCall({ sipCallId, at, first, header, lines })
  if (!calls.has(sipCallId)) {
    if (code || method !== 'INVITE') return
    calls.set(sipCallId, call)
  }
  if (code) recordResponse(call, { at, sent, code: Number(code), method, header })
  else recordRequest(call, { at, sent, method })
}

/**
 * @param {{ sipCallId: string, at: number, first: string, header: HeaderOf, lines: readonly string[] }} message
 * @returns {CarrierCall}
 */
function newCall({ sipCallId, at, first, header, lines }) {
  /** @param {string | undefined} text */
  const user = text => /sips?:([^@>;]*)@/.exec(text ?? '')?.[1]
  const rtpPort = /^m=audio (\d+)/.exec(lines.find(line => line.startsWith('m=audio')) ?? '')?.[1]
  const callerNumber = user(header('from'))
  /** @type {CarrierCall} */
  const call = { sipCallId, calledNumber: user(first) ?? '', inviteAt: at }
  if (callerNumber !== undefined) call.callerNumber = callerNumber
  if (rtpPort) call.rtpPort = Number(rtpPort)
  return call
}

// Only what the carrier sent counts, and only its first sending: a repeated 200 is the same answer.
/**
 * @param {CarrierCall} call
 * @param {{ at: number, sent: boolean, code: number, method: string, header: HeaderOf }} message
 */
function recordResponse(call, { at, sent, code, method, header }) {
  if (!sent || method !== 'INVITE' || call.finalCode !== undefined) return
  const behaviour = header('x-behaviour')
  if (behaviour !== undefined) call.behaviour ??= behaviour
  if (code === 180 || code === 183) call.ringingAt ??= at
  if (code < 200) return
  call.finalCode = code
  if (code < 300) call.answeredAt = at
  else call.endedAt = at
}

/**
 * @param {CarrierCall} call
 * @param {{ at: number, sent: boolean, method: string }} message
 */
function recordRequest(call, { at, sent, method }) {
  if (method === 'CANCEL') call.cancelledAt ??= at
  if (method !== 'BYE' || call.byeFrom) return
  call.byeFrom = sent ? 'carrier' : 'dialer'
  call.endedAt = at
}

/** @param {readonly CarrierCall[]} calls */
function summary(calls) {
  /** @type {Record<string, number>} */
  const bySipCode = {}
  for (const { finalCode } of calls) {
    const key = finalCode === undefined ? 'none' : String(finalCode)
    bySipCode[key] = (bySipCode[key] ?? 0) + 1
  }
  return { invites: calls.length, answered: bySipCode['200'] ?? 0, bySipCode, calls }
}
