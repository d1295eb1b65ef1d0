import { errorCode, errorMessage } from '../../errors.ts'
import type { Log } from '../../log.ts'
import type { Clock } from '../../ports/clock.ts'
import type { AmiOptions } from '../ami/connection.ts'
import { type AmiLink, createAmiLink } from '../ami/link.ts'
import type { AmiMessage } from '../ami/message.ts'
import { connectAri } from '../ari/connect.ts'
import type { AriOptions } from '../ari/http.ts'
import type { AriOperations } from '../ari/operations.ts'
import type { AriEvent } from '../ari/shapes.ts'
import { type AriSocket, createAriSocket } from '../ari/socket.ts'
import { telephonyError } from '../errors.ts'
import type { Timing } from './timing.ts'

/** Told about the links of one node. */
export interface LinksContext {
  readonly clock: Clock
  readonly timing: Timing
  readonly log: Log
  /** All of them are up: time for a resync. */
  readonly onUp: () => void
  /** ARI is lost. Told once, however many follow. */
  readonly onDown: () => void
  /** The manager interface is lost, or back, while the others are up. */
  readonly onManager: (isUp: boolean) => void
  readonly onAriEvent: (event: AriEvent) => void
  readonly onAmiEvent: (event: AmiMessage) => void
}

/**
 * The three links to one PBX (manager interface, REST, events) seen as one. It comes up with all of them, for the records of the PBX
 * are read over AMI first; it stays up without AMI, for conversations need ARI alone.
 */
export class Links {
  readonly ami: AmiLink
  readonly #ariOptions: AriOptions
  readonly #context: LinksContext
  readonly #socket: AriSocket
  #operations: AriOperations | undefined
  #closeAri: (() => void) | undefined
  #isAmiUp = false
  #isSocketUp = false
  #wasUp = false
  #closed = false

  constructor(options: { readonly ami: AmiOptions; readonly ari: AriOptions }, context: LinksContext) {
    this.#ariOptions = options.ari
    this.#context = context
    this.ami = createAmiLink(options.ami, {
      ...context,
      onEvent: context.onAmiEvent,
      onUp: () => this.#amiChanged(true),
      onDown: () => this.#amiChanged(false),
    })
    this.#socket = createAriSocket(options.ari, {
      ...context,
      onEvent: context.onAriEvent,
      onUp: () => void this.#socketUp(),
      onDown: () => this.#socketDown(),
    })
  }

  start(): void {
    this.ami.start()
    this.#socket.start()
  }

  /** The REST operations while events come; throws what keeps them from coming otherwise. */
  ari(): AriOperations {
    if (this.#isSocketUp && this.#operations) return this.#operations
    throw telephonyError('unreachable', 'There is no ARI connection', this.#socket.failure)
  }

  get isManagerUp(): boolean {
    return this.#isAmiUp
  }

  /** Why the node is not up, as far as known. */
  get failure(): Error | undefined {
    return this.ami.failure ?? this.#socket.failure
  }

  #amiChanged(isUp: boolean): void {
    this.#isAmiUp = isUp
    const wasUp = this.#wasUp
    this.#changed()
    if (wasUp && this.#wasUp) this.#context.onManager(isUp)
  }

  async #socketUp(): Promise<void> {
    this.#isSocketUp = true
    if (this.#operations === undefined) await this.#describe()
    this.#changed()
  }

  /** The description is read once; after a restart of the PBX the operations are still the same. */
  async #describe(): Promise<void> {
    const { timing, log } = this.#context
    try {
      const { operations, close } = await connectAri(this.#ariOptions, timing)
      if (this.#closed) return close()
      this.#operations = operations
      this.#closeAri = close
    } catch (error) {
      log.warn({ link: 'ari', code: errorCode(error), reason: errorMessage(error) }, 'link not up')
      this.#socket.restart()
    }
  }

  #socketDown(): void {
    this.#isSocketUp = false
    this.#changed()
  }

  #changed(): void {
    const hasAri = this.#isSocketUp && this.#operations !== undefined && !this.#closed
    const isUp = hasAri && (this.#isAmiUp || this.#wasUp)
    if (isUp === this.#wasUp) return
    this.#wasUp = isUp
    if (isUp) this.#context.onUp()
    else this.#context.onDown()
  }

  close(): void {
    this.#closed = true
    this.ami.close()
    this.#socket.close()
    this.#closeAri?.()
  }
}
