import { WebSocket } from 'ws'
import { errorCode, errorMessage } from '../../errors.ts'
import type { Log } from '../../log.ts'
import type { Clock } from '../../ports/clock.ts'
import { telephonyError } from '../errors.ts'
import { reconnectDelayMs, type Timing } from '../link/timing.ts'
import { type AriOptions, basicAuthorization } from './http.ts'
import { type AriEvent, readEvent } from './shapes.ts'

/** The event socket, kept connected for ever. While it is open, our application exists on the PBX. */
export interface AriSocket {
  start(): void
  /** Drops the connection and begins anew: what was missed is unknown. */
  restart(): void
  /** Why it is not up, the last time it was tried. */
  readonly failure: Error | undefined
  /** When another program took our application the last time; absent: none has. */
  readonly replacedAt: number | undefined
  close(): void
}

/** Told about the socket's life. */
export interface AriSocketContext {
  readonly clock: Clock
  readonly timing: Timing
  readonly log: Log
  readonly onUp: () => void
  readonly onDown: () => void
  readonly onEvent: (event: AriEvent) => void
  /** Comes before every try: what rejects keeps the socket from being opened, and is the failure. */
  readonly beforehand?: () => Promise<void>
}

/** An event is some kilobytes; a message beyond this is no event. */
const messageBytesMax = 1_048_576
/** How long the PBX may take to say goodbye. */
const goodbyeMs = 500
/** Another program took our name: two that fight for it would both dial, so this one steps back that many waits. */
const replacedBackoffFailures = 8

/** Makes the socket; `start` begins to connect. */
export function createAriSocket(options: AriOptions, context: AriSocketContext): AriSocket {
  return new EventSocket(options, context)
}

class EventSocket implements AriSocket {
  readonly #options: AriOptions
  readonly #context: AriSocketContext
  #socket: WebSocket | undefined
  #isOpen = false
  #failures = 0
  #closed = false
  #cancelTimer = () => {}
  failure: Error | undefined
  replacedAt: number | undefined

  constructor(options: AriOptions, context: AriSocketContext) {
    this.#options = options
    this.#context = context
  }

  start(): void {
    const { beforehand } = this.#context
    if (beforehand === undefined) this.#open()
    else
      beforehand().then(
        () => this.#open(),
        error => this.#lost(undefined, error instanceof Error ? error : undefined),
      )
  }

  #open(): void {
    if (this.#closed) return
    const socket = new WebSocket(this.#url(), {
      headers: { Authorization: basicAuthorization(this.#options) },
      handshakeTimeout: this.#context.timing.connectTimeoutMs,
      maxPayload: messageBytesMax,
      perMessageDeflate: false,
      followRedirects: false,
    })
    this.#socket = socket
    let reason: Error | undefined
    socket.on('open', () => this.#opened(socket))
    socket.on('message', data => this.#receive(String(data)))
    socket.on('unexpected-response', (_request, response) => {
      reason = refusal(response.statusCode ?? 0, this.#options)
      socket.terminate()
    })
    socket.on('error', error => {
      reason ??= telephonyError(
        'unreachable',
        `Asterisk's ARI cannot be reached at ${this.#options.url}: is it running?`,
        error,
      )
    })
    socket.on('close', () => this.#lost(socket, reason))
  }

  #url(): string {
    const url = new URL(this.#options.url)
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
    url.pathname = `${url.pathname.replace(/\/$/, '')}/events`
    url.search = new URLSearchParams({ app: this.#options.app }).toString()
    return url.href
  }

  #opened(socket: WebSocket): void {
    this.#isOpen = true
    this.#failures = 0
    this.failure = undefined
    this.#watch(socket)
    this.#context.onUp()
  }

  /** A peer that vanished without a word is only found by asking. */
  #watch(socket: WebSocket): void {
    const { clock, timing } = this.#context
    const after = (delayMs: number, then: () => void) => {
      this.#cancelTimer = clock.wakeAt(clock.now() + delayMs, then)
    }
    const ask = () => {
      socket.ping()
      after(timing.pingTimeoutMs, () => socket.terminate())
    }
    socket.on('pong', () => {
      if (this.#socket !== socket) return
      this.#cancelTimer()
      after(timing.pingEveryMs, ask)
    })
    after(timing.pingEveryMs, ask)
  }

  #receive(message: string): void {
    const event = readEvent(message)
    if (event === undefined) return
    if (event.type === 'ApplicationReplaced') this.#replaced()
    else this.#context.onEvent(event)
  }

  #replaced(): void {
    this.#context.log.error(
      { app: this.#options.app },
      'another program has taken our ARI application: is a second daemon running?',
    )
    this.#failures = replacedBackoffFailures
    this.replacedAt = this.#context.clock.now()
    this.#socket?.terminate()
  }

  #lost(socket: WebSocket | undefined, reason: Error | undefined): void {
    if (this.#socket !== socket) return
    this.failure = reason ?? telephonyError('unreachable', 'The ARI event socket was lost')
    const wasOpen = this.#isOpen
    this.#isOpen = false
    this.#socket = undefined
    this.#cancelTimer()
    if (this.#closed) return
    this.#failures += 1
    const { clock, timing, log } = this.#context
    if (!wasOpen)
      log.warn({ link: 'ari', code: errorCode(this.failure), reason: errorMessage(this.failure) }, 'link not up')
    this.#cancelTimer = clock.wakeAt(clock.now() + reconnectDelayMs(this.#failures, timing), () => this.start())
    if (wasOpen) this.#context.onDown()
  }

  restart(): void {
    this.#socket?.terminate()
  }

  close(): void {
    this.#closed = true
    this.#cancelTimer()
    const socket = this.#socket
    if (socket === undefined) return
    // In good order, so that the PBX logs no complaint; without it where the PBX does not answer.
    socket.close()
    const { clock } = this.#context
    const cancel = clock.wakeAt(clock.now() + goodbyeMs, () => socket.terminate())
    socket.once('close', cancel)
  }
}

function refusal(status: number, { url, user }: AriOptions): Error {
  if (status === 401 || status === 403)
    return telephonyError('unauthorized', `ARI refuses user "${user}": check user and password in ari.conf`)
  return telephonyError('rejected', `No ARI events at ${url}: the answer was ${status}`)
}
