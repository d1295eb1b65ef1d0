import type { AgentSettings } from '../../core/agents/agent.ts'
import type { AgentId, CallId, NodeId } from '../../core/ids.ts'
import type { EndCause } from '../../core/vocabulary.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Wire } from './wire.ts'

/** An agent's phone and its leg on the simulated PBX. */
export interface Phone {
  up: boolean
  flowing: boolean
  callId: CallId | undefined
  /** The sounds that it was told last. */
  told: readonly string[]
  /** It is being called; the function stops that. */
  ringing: (() => void) | undefined
}

/** What the phones of a node work with. */
export interface PhonesParts {
  readonly nodeId: NodeId
  readonly clock: Clock
  readonly wire: Wire
  /** Order to call an agent -> the leg is up. */
  readonly answerMs: number
  /** An agent's leg has ended. */
  gone(agentId: AgentId): void
}

/** The agents' phones of one simulated PBX. */
export class Phones {
  readonly #parts: PhonesParts
  readonly #phones = new Map<AgentId, Phone>()
  readonly #deaf = new Set<AgentId>()

  constructor(parts: PhonesParts) {
    this.#parts = parts
  }

  get(agentId: AgentId): Phone | undefined {
    return this.#phones.get(agentId)
  }

  ids(): readonly AgentId[] {
    return [...this.#phones.keys()]
  }

  upIds(): readonly AgentId[] {
    return [...this.#phones].filter(([, phone]) => phone.up).map(([agentId]) => agentId)
  }

  watch(agents: readonly AgentSettings[]): void {
    for (const { agentId, nodeId } of agents) {
      if (nodeId !== this.#parts.nodeId || this.#phones.has(agentId)) continue
      this.#phone(agentId)
      this.#tellRegistered(agentId)
    }
  }

  forget(agentId: AgentId): void {
    if (this.#phones.get(agentId)?.up === false) this.#phones.delete(agentId)
  }

  tell(agentId: AgentId, sounds: readonly string[]): void {
    const phone = this.#phones.get(agentId)
    if (phone?.up && phone.callId === undefined) phone.told = sounds
  }

  tellRegistrations(): void {
    for (const agentId of this.#phones.keys()) this.#tellRegistered(agentId)
  }

  call(agentId: AgentId): void {
    const phone = this.#phone(agentId)
    if (phone.up || phone.ringing !== undefined) return
    const { clock, wire, answerMs } = this.#parts
    const answers = !this.#deaf.has(agentId)
    phone.ringing = clock.wakeAt(clock.now() + answerMs, () => {
      phone.ringing = undefined
      if (answers) this.pickUp(agentId, 'engine')
      else wire.tell({ kind: 'agent-leg-down', agentId, cause: 'no-answer' })
    })
  }

  /** The leg is up: the agent dialed in, or answered us. */
  pickUp(agentId: AgentId, by: 'agent' | 'engine'): void {
    const phone = this.#phone(agentId)
    if (phone.up) return
    phone.up = true
    const { wire, nodeId } = this.#parts
    wire.tell({ kind: 'agent-leg-up', agentId, nodeId, by })
  }

  /** With the agent's leg gone the customer stays alone in the bridge until somebody ends the call. */
  hangUp(agentId: AgentId, cause: EndCause): void {
    const phone = this.#phone(agentId)
    phone.ringing?.()
    phone.ringing = undefined
    if (!phone.up) return
    phone.up = false
    phone.callId = undefined
    this.#parts.wire.tell({ kind: 'agent-leg-down', agentId, cause })
    this.#parts.gone(agentId)
  }

  press(agentId: AgentId, key: string): void {
    this.#parts.wire.tell({ kind: 'agent-key', agentId, key })
  }

  setFlowing(agentId: AgentId, flowing: boolean): void {
    this.#phone(agentId).flowing = flowing
    this.#parts.wire.tell({ kind: 'agent-media', agentId, flowing })
  }

  /** Whether somebody takes a call on a phone: everybody does who was not told otherwise. */
  answers(agentId: AgentId): boolean {
    return !this.#deaf.has(agentId)
  }

  setAnswers(agentId: AgentId, answers: boolean): void {
    if (answers) this.#deaf.delete(agentId)
    else this.#deaf.add(agentId)
  }

  /** Nobody's phone rings any more. */
  close(): void {
    for (const phone of this.#phones.values()) phone.ringing?.()
  }

  #phone(agentId: AgentId): Phone {
    const known = this.#phones.get(agentId)
    if (known !== undefined) return known
    const phone: Phone = { up: false, flowing: true, callId: undefined, told: [], ringing: undefined }
    this.#phones.set(agentId, phone)
    return phone
  }

  #tellRegistered(agentId: AgentId): void {
    this.#parts.wire.tell({ kind: 'agent-registration', agentId, registered: true })
  }
}
