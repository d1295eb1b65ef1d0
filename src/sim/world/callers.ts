import type { SayOrder } from '../../core/effects.ts'
import type { CallId } from '../../core/ids.ts'
import type { IncomingLeg, InventoryCall } from '../../core/inputs.ts'
import type { EndCause } from '../../core/vocabulary.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Wire } from './wire.ts'

/** What callers need of the simulated PBX. */
export interface CallersContext {
  readonly nodeId: string
  readonly clock: Clock
  readonly wire: Wire
  /** Length of each sound. */
  readonly promptMs: number
}

interface Caller {
  readonly leg: IncomingLeg
  answered: boolean
  /** Ends what is being played, and the PBX's own limit on it. */
  quiet: () => void
}

/** Those who call in: rung, told what the engine says, pressing keys. */
export class Callers {
  readonly #context: CallersContext
  readonly #callers = new Map<CallId, Caller>()

  constructor(context: CallersContext) {
    this.#context = context
  }

  comesIn(callId: CallId, leg: IncomingLeg): void {
    const { wire, nodeId } = this.#context
    // Without an engine the PBX says so and hangs up: nobody is on the line.
    if (!wire.isUp) return
    this.#callers.set(callId, { leg, answered: false, quiet: () => {} })
    wire.tell({ kind: 'call-incoming', callId, nodeId, ...leg })
  }

  presses(callId: CallId, key: string): void {
    if (this.#callers.get(callId)?.answered) this.#context.wire.tell({ kind: 'call-key', callId, key })
  }

  /** Answers whether it was a caller's. */
  end(callId: CallId, cause: EndCause): boolean {
    const caller = this.#callers.get(callId)
    if (caller === undefined) return false
    caller.quiet()
    this.#callers.delete(callId)
    this.#context.wire.tell({ kind: 'call-ended', callId, cause })
    return true
  }

  say({ callId, said, sounds, maxMs }: SayOrder): void {
    const { clock, promptMs, wire } = this.#context
    const caller = this.#callers.get(callId)
    if (caller === undefined) return
    caller.quiet()
    caller.answered = true
    const now = clock.now()
    const played = clock.wakeAt(now + promptMs * sounds.length, () => wire.tell({ kind: 'prompt-ended', callId, said }))
    const tooLong = clock.wakeAt(now + maxMs, () => this.end(callId, 'hung-up-by-us'))
    caller.quiet = () => {
      played()
      tooLong()
    }
  }

  inventory(): readonly InventoryCall[] {
    return [...this.#callers].map(([callId, { leg, answered }]) => {
      return { callId, state: answered ? 'waiting' : 'ringing', incoming: leg }
    })
  }

  close(): void {
    for (const { quiet } of this.#callers.values()) quiet()
  }
}
