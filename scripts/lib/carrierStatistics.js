import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'

// SIPp's message log is a list of blocks: a line of dashes with the time, a line "UDP message sent|received ...", an
// empty line, the message. It is read as a stream: 20 000 calls are some 100 MB.
const BLOCK_START = /^-{20,}\s*(\d{4}-\d\d-\d\d[ T\t]\d\d:\d\d:\d\d\.\d{3})/
const DIRECTION = /^UDP message (sent|received)/

/**
 * What the carrier saw, from its own message log: the independent witness.
 * @returns {Promise<{invites: number, answered: number, bySipCode: Record<string, number>, calls: object[]}>} calls:
 * `{sipCallId, calledNumber, callerNumber, behaviour, finalCode, inviteAt, ringingAt, cancelledAt, answeredAt, endedAt,
 * byeFrom, rtpPort}`; instants in epoch ms, absent what did not happen. `byeFrom` is `carrier` or `dialer`; `rtpPort`
 * is the dialer's audio port of this call.
 */
export async function carrierStatistics(messageLog) {
  const calls = new Map()
  for await (const message of messages(messageLog)) record(calls, message)
  return summary([...calls.values()])
}

async function* messages(file) {
  let block
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    const start = BLOCK_START.exec(line)
    if (start) {
      if (block?.sent !== undefined) yield block
      block = { at: Date.parse(`${start[1].replace(/[ \t]/, 'T')}Z`), sent: undefined, lines: [] }
    } else if (block && block.sent === undefined) {
      const direction = DIRECTION.exec(line)
      if (direction) block.sent = direction[1] === 'sent'
    } else if (block && (line !== '' || block.lines.length > 0)) block.lines.push(line)
  }
  if (block?.sent !== undefined) yield block
}

function record(calls, { at, sent, lines }) {
  const header = name =>
    lines
      .find(line => line.toLowerCase().startsWith(`${name}:`))
      ?.slice(name.length + 1)
      .trim()
  const sipCallId = header('call-id')
  const [, method] = (header('cseq') ?? '').split(' ')
  if (!sipCallId || !method) return
  const first = lines[0]
  const code = /^SIP\/2\.0 (\d{3})/.exec(first)?.[1]
  if (!calls.has(sipCallId)) {
    if (code || method !== 'INVITE') return
    calls.set(sipCallId, newCall({ sipCallId, at, first, header, lines }))
  }
  const call = calls.get(sipCallId)
  if (code) recordResponse(call, { at, sent, code: Number(code), method, header })
  else recordRequest(call, { at, sent, method })
}

function newCall({ sipCallId, at, first, header, lines }) {
  const user = text => /sips?:([^@>;]*)@/.exec(text ?? '')?.[1]
  const rtpPort = /^m=audio (\d+)/.exec(lines.find(line => line.startsWith('m=audio')) ?? '')?.[1]
  const call = { sipCallId, calledNumber: user(first), callerNumber: user(header('from')), inviteAt: at }
  return rtpPort ? { ...call, rtpPort: Number(rtpPort) } : call
}

// Only what the carrier sent counts, and only its first sending: a repeated 200 is the same answer.
function recordResponse(call, { at, sent, code, method, header }) {
  if (!sent || method !== 'INVITE' || call.finalCode !== undefined) return
  call.behaviour ??= header('x-behaviour')
  if (code === 180 || code === 183) call.ringingAt ??= at
  if (code < 200) return
  call.finalCode = code
  if (code < 300) call.answeredAt = at
  else call.endedAt = at
}

function recordRequest(call, { at, sent, method }) {
  if (method === 'CANCEL') call.cancelledAt ??= at
  if (method !== 'BYE' || call.byeFrom) return
  call.byeFrom = sent ? 'carrier' : 'dialer'
  call.endedAt = at
}

function summary(calls) {
  const bySipCode = {}
  for (const { finalCode } of calls) {
    const key = finalCode === undefined ? 'none' : String(finalCode)
    bySipCode[key] = (bySipCode[key] ?? 0) + 1
  }
  return { invites: calls.length, answered: bySipCode['200'] ?? 0, bySipCode, calls }
}
