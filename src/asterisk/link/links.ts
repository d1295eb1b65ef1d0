import type { NodeId } from '../../core/ids.ts'
import { minuteMs } from '../../core/time.ts'
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
import { hasCode, telephonyError } from '../errors.ts'
import { Claim } from './claim.ts'
import type { LatencyTallies } from './latency.ts'
import type { Owner } from './owner.ts'
import type { Timing } from './timing.ts'

/** Told about the links of one node. */
export interface LinksContext {
  readonly clock: Clock
  readonly timing: Timing
  readonly log: Log
  readonly nodeId: NodeId
  readonly latency?: LatencyTallies
  /** In whose name the PBX is claimed before anything is opened. */
  readonly owner: Owner
  /** All of them are up: time for a resync. */
  readonly onUp: () => void
  /** ARI is lost. Told once, however many follow. */
  readonly onDown: () => void
  /** The manager interface is lost, or back, while the others are up. */
  readonly onManager: (isUp: boolean) => void
  readonly onAriEvent: (event: AriEvent) => void
  readonly onAmiEvent: (event: AmiMessage) => void
}

/** Whoever has taken our application once may do it again: so long that is told. */
const replacedForMs = minuteMs

/**
 * The three links to one PBX (manager interface, REST, events) seen as one. It comes up with all of them, for the records of the PBX
 * are read over AMI first; it stays up without AMI, for conversations need ARI alone.
 */
export class Links {
  readonly ami: AmiLink
  readonly claim: Claim
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
    this.claim = new Claim(context)
    this.ami = createAmiLink(options.ami, {
      ...context,
      onEvent: context.onAmiEvent,
      onUp: () => this.#amiChanged(true),
      onDown: () => this.#amiChanged(false),
    })
    this.#socket = createAriSocket(options.ari, {
      ...context,
      onEvent: context.onAriEvent,
      onUp: () => this.#socketUp(),
      onDown: () => this.#socketDown(),
      beforehand: () => this.#claimed(),
    })
  }

  /**
   * Waits until the PBX is ours. A PBX that cannot be asked is taken later, before its events come.
   * @throws TelephonyError `claimed`: whoever has it lives, or their calls go on without them
   */
  async waitForClaim(): Promise<void> {
    const { clock, timing, log } = this.#context
    let isTold = false
    for (;;) {
      try {
        return await this.#claimed()
      } catch (error) {
        if (!hasCode(error, 'claimed')) return
        if (this.claim.cannotBeWaitedFor || this.#closed) throw error
        if (!isTold) log.warn({ reason: errorMessage(error) }, 'the PBX has an owner: waiting to see whether it lives')
        isTold = true
        await new Promise<void>(resolve => void clock.wakeAt(clock.now() + timing.claimRetryMs, resolve))
      }
    }
  }

  /** The PBX is somebody else's: what was opened in its name is closed, and tried again like any link. */
  lostClaim(): void {
    this.#context.log.error({}, 'another daemon has taken the PBX: nothing more is done there')
    this.#socket.restart()
  }

  /** Says to the PBX that the next daemon comes in a moment. */
  async handOver(limitMs: number): Promise<void> {
    await this.#lastWord(limitMs, ari => this.claim.handOver(ari))
  }

  /** Closes in order: the next daemon need not wait until this one counts as dead. */
  async leave(limitMs: number, handOver: boolean): Promise<void> {
    await this.#lastWord(limitMs, ari => this.claim.leave(ari, handOver))
  }

  async #lastWord(limitMs: number, say: (ari: AriOperations) => Promise<void>): Promise<void> {
    if (this.#operations === undefined) return
    const { clock, log } = this.#context
    const said = say(this.#operations).catch(error => log.debug({ code: errorCode(error) }, 'no word of leaving'))
    let cancel = () => {}
    const late = new Promise<void>(resolve => {
      cancel = clock.wakeAt(clock.now() + limitMs, resolve)
    })
    await Promise.race([said, late])
    cancel()
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
    return hasCode(this.#socket.failure, 'claimed') ? this.#socket.failure : (this.ami.failure ?? this.#socket.failure)
  }

  /** Who has the PBX, or our application there, instead of us, in one line; undefined: nobody. */
  get takenBy(): string | undefined {
    const { failure, replacedAt } = this.#socket
    if (hasCode(failure, 'claimed')) return errorMessage(failure)
    const isRecent = replacedAt !== undefined && this.#context.clock.now() - replacedAt < replacedForMs
    return isRecent ? 'another program has taken our ARI application' : undefined
  }

  #amiChanged(isUp: boolean): void {
    this.#isAmiUp = isUp
    const wasUp = this.#wasUp
    this.#changed()
    if (wasUp && this.#wasUp) this.#context.onManager(isUp)
  }

  #socketUp(): void {
    this.#isSocketUp = true
    this.#changed()
  }

  async #claimed(): Promise<void> {
    await this.claim.take(this.#operations ?? (await this.#describe()))
  }

  /** The description is read once; after a restart of the PBX the operations are still the same. */
  async #describe(): Promise<AriOperations> {
    const { operations, close } = await connectAri(this.#ariOptions, this.#context.timing, this.#context.latency?.ari)
    if (this.#closed) {
      close()
      throw telephonyError('unreachable', 'The links are closed')
    }
    this.#operations = operations
    this.#closeAri = close
    return operations
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
