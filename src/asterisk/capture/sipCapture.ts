import { createSocket, type Socket } from 'node:dgram'
import { errorCode, errorMessage } from '../../errors.ts'
import type { Log } from '../../log.ts'
import { readInviteResponse } from './hep.ts'

/** Where a PBX sends copies of its SIP messages to: `capture_address` in asterisk-conf's hep.conf. */
export interface SipCaptureAddress {
  readonly host: string
  readonly port: number
}

/**
 * The carrier's answers to our INVITEs, from the copies of its SIP messages that the PBX sends (res_hep).
 *
 * Why not from ARI or AMI: a channel that is hung up before it is answered is gone as soon as its CANCEL has left
 * (chan_pjsip cuts session and channel apart), so what the carrier says to that CANCEL is told to nobody. Where it is a 200
 * that crossed it, the PBX acknowledges it and hangs up at once (RFC 5407 3.1.2): a person has answered and met silence.
 */
export interface SipCapture {
  /** The last code that was seen for this SIP Call-ID; undefined: none, so the PBX may not be capturing. */
  codeOf(sipCallId: string): number | undefined
  /** Tells every code from now on. Gives what ends that. */
  listen(listener: (sipCallId: string, code: number) => void): () => void
  /** Idempotent. The last one who closes an address frees its port. */
  close(): void
}

/** Calls whose codes are remembered: many more than are in flight at once, agents' lines included. */
const remembered = 20_000
const bufferBytes = 1024 * 1024

/** Of this process, by address: the nodes of one daemon share a port. */
const open = new Map<string, Capture>()

/**
 * Listens at an address, with whoever does so already. A port that cannot be had is logged, and nothing is heard then: the
 * adapter works without, and takes a call that it gave up for unanswered.
 */
export function openSipCapture(address: SipCaptureAddress, log: Log): SipCapture {
  const key = `${address.host}:${address.port}`
  const capture = open.get(key) ?? new Capture(address, { log, onUnused: () => open.delete(key) })
  open.set(key, capture)
  return capture.use()
}

class Capture {
  readonly #socket: Socket
  readonly #codes = new Map<string, number>()
  readonly #listeners = new Set<(sipCallId: string, code: number) => void>()
  readonly #onUnused: () => void
  #users = 0

  constructor({ host, port }: SipCaptureAddress, parts: { readonly log: Log; readonly onUnused: () => void }) {
    this.#onUnused = parts.onUnused
    this.#socket = createSocket({ type: 'udp4', recvBufferSize: bufferBytes })
    this.#socket.on('message', datagram => this.#hear(datagram))
    this.#socket.on('error', error =>
      parts.log.warn(
        { host, port, code: errorCode(error), reason: errorMessage(error) },
        'no copies of SIP messages: answers that cross our hang-up are not seen',
      ),
    )
    this.#socket.bind(port, host)
    // A capture is nothing that a process lives for.
    this.#socket.unref()
  }

  use(): SipCapture {
    this.#users += 1
    let isOpen = true
    const own = new Set<() => void>()
    return {
      codeOf: sipCallId => this.#codes.get(sipCallId),
      listen: listener => {
        this.#listeners.add(listener)
        const end = () => void this.#listeners.delete(listener)
        own.add(end)
        return end
      },
      close: () => {
        if (!isOpen) return
        isOpen = false
        for (const end of own) end()
        this.#leave()
      },
    }
  }

  #leave(): void {
    this.#users -= 1
    if (this.#users > 0) return
    this.#onUnused()
    this.#socket.close()
  }

  #hear(datagram: Buffer): void {
    const response = readInviteResponse(datagram)
    if (response === undefined) return
    const { sipCallId, code } = response
    // Set anew, a key stands last: the oldest is always the first.
    this.#codes.delete(sipCallId)
    this.#codes.set(sipCallId, code)
    if (this.#codes.size > remembered) {
      const [oldest] = this.#codes.keys()
      if (oldest !== undefined) this.#codes.delete(oldest)
    }
    for (const listener of this.#listeners) listener(sipCallId, code)
  }
}
