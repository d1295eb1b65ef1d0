/** Where a PBX sends copies of its SIP messages to: `capture_address` in asterisk-conf's hep.conf. */
export interface SipCaptureAddress {
  readonly host: string
  readonly port: number
}

/** A response to an INVITE, as the PBX has sent or received it. */
export interface InviteResponse {
  readonly sipCallId: string
  /** 100 to 699. */
  readonly code: number
}

/** HEP version 3 (rev. 12), which Asterisk's res_hep speaks: `HEP3`, the whole length, then chunks. */
const magic = 'HEP3'
const headerBytes = 6
const chunkHeaderBytes = 6
/** The captured packet, in the chunks of vendor 0. */
const payloadChunk = 0x000f
const statusLine = 'SIP/2.0 '

/** Reads one datagram; undefined: not HEP, cut short, or no response to an INVITE. */
export function readInviteResponse(datagram: Buffer): InviteResponse | undefined {
  const payload = payloadOf(datagram)
  if (payload === undefined) return undefined
  // Most of what is captured is something else: looked at no further than its first bytes.
  if (payload.toString('latin1', 0, statusLine.length) !== statusLine) return undefined
  const text = payload.toString('latin1')
  const code = Number(text.slice(statusLine.length, statusLine.length + 3))
  const end = text.indexOf('\r\n\r\n')
  const head = end === -1 ? text : text.slice(0, end)
  // RFC 3261 7.3.3: a header may have its compact name, in any case.
  const sipCallId = /\r\n(?:call-id|i)[ \t]*:[ \t]*(\S+)/i.exec(head)?.[1]
  const isInvite = /\r\ncseq[ \t]*:[ \t]*\d+[ \t]+INVITE/i.test(head)
  return isInvite && sipCallId !== undefined && code >= 100 ? { sipCallId, code } : undefined
}

function payloadOf(datagram: Buffer): Buffer | undefined {
  if (datagram.length < headerBytes || datagram.toString('latin1', 0, magic.length) !== magic) return undefined
  const end = Math.min(datagram.length, datagram.readUInt16BE(magic.length))
  for (let at = headerBytes; at + chunkHeaderBytes <= end; ) {
    const length = datagram.readUInt16BE(at + 4)
    if (length < chunkHeaderBytes || at + length > end) return undefined
    if (datagram.readUInt16BE(at) === 0 && datagram.readUInt16BE(at + 2) === payloadChunk)
      return datagram.subarray(at + chunkHeaderBytes, at + length)
    at += length
  }
  return undefined
}
