import type { Worker } from 'node:worker_threads'
import type { Log } from '../../log.ts'
import { startWorker, workerAt } from '../../threads/threads.ts'
import type { Heard } from './captureWorker.ts'
import type { InviteResponse, SipCaptureAddress } from './hep.ts'

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
  /** Idempotent. The last one who closes an address frees its port, and waits for that. */
  close(): Promise<void>
}

/** Calls whose codes are remembered: many more than are in flight at once, agents' lines included. */
const remembered = 20_000

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
  readonly #worker: Worker
  readonly #codes = new Map<string, number>()
  readonly #listeners = new Set<(sipCallId: string, code: number) => void>()
  readonly #onUnused: () => void
  #users = 0

  constructor(address: SipCaptureAddress, parts: { readonly log: Log; readonly onUnused: () => void }) {
    this.#onUnused = parts.onUnused
    const deaf = (code: string, reason: string) =>
      parts.log.warn(
        { ...address, code, reason },
        'no copies of SIP messages: answers that cross our hang-up are not seen',
      )
    // A thread of its own: each copy would wake the one on which people wait.
    this.#worker = startWorker(workerAt('./captureWorker', import.meta.url), address)
    this.#worker.on('message', (heard: Heard) => {
      if (heard.kind === 'deaf') deaf(heard.code, heard.message)
      else for (const response of heard.responses) this.#hear(response)
    })
    this.#worker.on('error', error => deaf('thread-gone', error.message))
    // A capture is nothing that a process lives for.
    this.#worker.unref()
  }

  use(): SipCapture {
    this.#users += 1
    let closed: Promise<void> | undefined
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
        for (const end of own) end()
        closed ??= this.#leave()
        return closed
      },
    }
  }

  async #leave(): Promise<void> {
    this.#users -= 1
    if (this.#users > 0) return
    this.#onUnused()
    await this.#worker.terminate()
  }

  #hear({ sipCallId, code }: InviteResponse): void {
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
