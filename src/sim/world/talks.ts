import type { HoldOrder, JoinTargetOrder, TargetOrder } from '../../core/effects.ts'
import type { AgentId, CallId } from '../../core/ids.ts'
import type { EndCause } from '../../core/vocabulary.ts'
import { TelephonyError } from '../../errors.ts'
import type { Clock } from '../../ports/clock.ts'
import type { CustomerLeg } from './legs.ts'
import type { Phones } from './phones.ts'
import type { Wire } from './wire.ts'

/** What conversations on the simulated PBX work with. */
export interface TalksParts {
  readonly clock: Clock
  readonly wire: Wire
  readonly phones: Phones
  /** Ringing until a target answers. */
  readonly answerMs: number
  leg(callId: CallId): CustomerLeg | undefined
}

/** Holds, keys and transfers. Every target answers, but for agents' phones that do not. */
export class Talks {
  readonly #parts: TalksParts

  constructor(parts: TalksParts) {
    this.#parts = parts
  }

  hold({ callId, agentId, on }: HoldOrder): void {
    this.#talk(callId, agentId).held = on
  }

  sendDigits({ callId, digits }: { readonly callId: CallId; readonly digits: string }): void {
    this.#talk(callId).digits += digits
  }

  callTarget({ callId, endpoint }: TargetOrder): void {
    const { clock, wire, phones, answerMs } = this.#parts
    const leg = this.#talk(callId)
    if (leg.target !== undefined) throw new TelephonyError('rejected', `call ${callId} is being transferred already`)
    const target = { state: 'calling' } as const
    leg.target = target
    clock.wakeAt(clock.now() + answerMs, () => {
      if (leg.target !== target) return
      if (phones.answers(endpoint.slice(endpoint.indexOf('/') + 1))) {
        leg.target = { state: 'up' }
        wire.tell({ kind: 'target-up', callId })
      } else this.endTarget(leg, 'no-answer')
    })
  }

  joinTarget({ callId, agentId, to }: JoinTargetOrder): void {
    const leg = this.#talk(callId, agentId)
    if (leg.target === undefined || leg.target.state === 'calling')
      throw new TelephonyError('rejected', `call ${callId} has no target`)
    leg.target.state = to === 'agent' ? 'with-agent' : 'with-person'
    if (to === 'agent') return
    const phone = this.#parts.phones.get(agentId)
    if (phone?.callId === callId) phone.callId = undefined
    leg.agentId = undefined
    leg.held = false
  }

  dropTarget(callId: CallId): void {
    const leg = this.#parts.leg(callId)
    if (leg !== undefined) this.endTarget(leg, 'hung-up-by-us')
  }

  /** The target is gone; nothing where there is none. */
  endTarget(leg: CustomerLeg, cause: EndCause): void {
    if (leg.target === undefined) return
    leg.target = undefined
    this.#parts.wire.tell({ kind: 'target-down', callId: leg.order.attempt.callId, cause })
  }

  /** A conversation of an agent's, or of whoever it is. */
  #talk(callId: CallId, agentId?: AgentId): CustomerLeg {
    this.#parts.wire.require()
    const leg = this.#parts.leg(callId)
    if (leg?.state === 'connected' && (agentId ?? leg.agentId) === leg.agentId) return leg
    throw new TelephonyError('rejected', `call ${callId} is no conversation`)
  }
}
