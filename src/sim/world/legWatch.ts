import type { MediaLeg } from '../../ports/media.ts'

/** What becomes of a leg for those who listen to it. */
export type LegLoss = 'leg-gone' | 'lost'

/** Tells those who hang on a leg of its end. */
export class LegWatch {
  readonly #parts: { isLinked(): boolean; isUp(leg: MediaLeg): boolean }
  readonly #waiting = new Map<string, Set<(loss: LegLoss) => void>>()

  constructor(parts: { isLinked(): boolean; isUp(leg: MediaLeg): boolean }) {
    this.#parts = parts
  }

  get isLinked(): boolean {
    return this.#parts.isLinked()
  }

  /** There is something to hear: a person's leg from its answer to its end, an agent's while the phone is up. */
  isUp(leg: MediaLeg): boolean {
    return this.#parts.isUp(leg)
  }

  /** Calls back once, when the leg ends or the link to the PBX does; the function returned forgets it. */
  whenGone(leg: MediaLeg, then: (loss: LegLoss) => void): () => void {
    const key = keyOf(leg)
    const waiting = this.#waiting.get(key) ?? new Set()
    this.#waiting.set(key, waiting)
    waiting.add(then)
    return () => {
      waiting.delete(then)
      if (waiting.size === 0 && this.#waiting.get(key) === waiting) this.#waiting.delete(key)
    }
  }

  gone(leg: MediaLeg): void {
    // Nearly always: the simulator runs millions of calls and listens to none.
    if (this.#waiting.size === 0) return
    this.#tell(keyOf(leg), 'leg-gone')
  }

  lost(): void {
    for (const key of [...this.#waiting.keys()]) this.#tell(key, 'lost')
  }

  #tell(key: string, loss: LegLoss): void {
    const waiting = this.#waiting.get(key) ?? []
    this.#waiting.delete(key)
    for (const then of waiting) then(loss)
  }
}

function keyOf(leg: MediaLeg): string {
  return leg.kind === 'agent' ? `agent ${leg.agentId}` : `person ${leg.callId}`
}
