import type { DurationTally } from '../../core/tally.ts'
import { errorCode, errorMessage } from '../../errors.ts'
import type { Log } from '../../log.ts'
import type { Clock } from '../../ports/clock.ts'
import { telephonyError } from '../errors.ts'
import { reconnectDelayMs, type Timing } from '../link/timing.ts'
import { type AmiConnection, type AmiOptions, connectAmi } from './connection.ts'
import type { AmiMessage } from './message.ts'

/** The manager interface, kept connected for ever. */
export interface AmiLink {
  start(): void
  /** Rejects with `unreachable` while there is no connection: nothing is held back for later. */
  action(fields: Readonly<Record<string, string>>): Promise<AmiMessage>
  list(fields: Readonly<Record<string, string>>): Promise<readonly AmiMessage[]>
  /** Why it is not up, the last time it was tried. */
  readonly failure: Error | undefined
  close(): void
}

/** Told about the link's life. */
export interface AmiLinkContext {
  readonly clock: Clock
  readonly timing: Timing
  readonly log: Log
  readonly latency?: { readonly ami: DurationTally }
  readonly onUp: () => void
  readonly onDown: () => void
  readonly onEvent: (event: AmiMessage) => void
}

// ContactStatus is a system event, UserEvent a user event. Everything else would be a flood at 100 calls per second.
const eventMask = 'system,user'

/** Makes the link; `start` begins to connect. */
export function createAmiLink(options: AmiOptions, context: AmiLinkContext): AmiLink {
  return new Link(options, context)
}

class Link implements AmiLink {
  readonly #options: AmiOptions
  readonly #context: AmiLinkContext
  #connection: AmiConnection | undefined
  #failures = 0
  #closed = false
  #cancelTimer = () => {}
  failure: Error | undefined

  constructor(options: AmiOptions, context: AmiLinkContext) {
    this.#options = options
    this.#context = context
  }

  start(): void {
    void this.#connect()
  }

  async #connect(): Promise<void> {
    try {
      await this.#open()
    } catch (error) {
      this.#failures += 1
      this.failure = error instanceof Error ? error : undefined
      this.#context.log.warn({ link: 'ami', code: errorCode(error), reason: errorMessage(error) }, 'link not up')
      this.#retryLater()
    }
  }

  async #open(): Promise<void> {
    const connection = await connectAmi(this.#options, {
      ...this.#context,
      onEvent: event => this.#context.onEvent(event),
      onClose: () => this.#lost(connection),
    })
    try {
      await connection.action({ Action: 'Events', EventMask: eventMask })
    } catch (error) {
      connection.close()
      throw error
    }
    if (this.#closed) return connection.close()
    this.#connection = connection
    this.#failures = 0
    this.failure = undefined
    this.#watch(connection)
    this.#context.onUp()
  }

  /** A peer that vanished without a word is only found by asking. */
  #watch(connection: AmiConnection): void {
    const { clock, timing } = this.#context
    this.#cancelTimer = clock.wakeAt(clock.now() + timing.pingEveryMs, () => {
      connection.action({ Action: 'Ping' }).then(
        () => this.#connection === connection && this.#watch(connection),
        () => connection.close(),
      )
    })
  }

  #lost(connection: AmiConnection): void {
    if (this.#connection !== connection) return
    this.#connection = undefined
    this.#cancelTimer()
    if (this.#closed) return
    this.#failures += 1
    this.#retryLater()
    this.#context.onDown()
  }

  #retryLater(): void {
    if (this.#closed) return
    const { clock, timing } = this.#context
    this.#cancelTimer = clock.wakeAt(clock.now() + reconnectDelayMs(this.#failures, timing), () => void this.#connect())
  }

  async action(fields: Readonly<Record<string, string>>): Promise<AmiMessage> {
    return this.#current().action(fields)
  }

  async list(fields: Readonly<Record<string, string>>): Promise<readonly AmiMessage[]> {
    return this.#current().list(fields)
  }

  #current(): AmiConnection {
    if (!this.#connection) throw telephonyError('unreachable', 'There is no AMI connection')
    return this.#connection
  }

  close(): void {
    this.#closed = true
    this.#cancelTimer()
    const connection = this.#connection
    this.#connection = undefined
    connection?.close()
  }
}
