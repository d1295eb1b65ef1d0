import type { InstantMs } from '../../core/ids.ts'
import type { CarrierFact } from './pbx.ts'

/** What the carrier saw of a run: the truth that a policy is judged by. */
export class CarrierTally {
  attempts = 0
  /** Answered by a person, those taken for machines included. */
  persons = 0
  /** Machines that were answered for a person and reached no agent. */
  machinesAbandoned = 0
  /** Persons who were connected. */
  connected = 0
  readonly #hoursAt: (now: InstantMs) => number
  /** Persons who have answered and have nobody yet, with the hour of their answer. */
  readonly #waiting = new Map<string, number>()
  readonly #machines = new Set<string>()
  readonly #hours: { persons: number; abandoned: number }[] = []

  constructor(hoursAt: (now: InstantMs) => number) {
    this.#hoursAt = hoursAt
  }

  /** By the working hour of the answer. */
  get hours(): readonly { readonly persons: number; readonly abandoned: number }[] {
    return this.#hours
  }

  note(fact: CarrierFact): void {
    switch (fact.kind) {
      case 'originated':
        this.attempts += 1
        return
      case 'screened-person':
        this.#answered(fact.at)
        return
      case 'answered':
        if (fact.by === 'person') this.#waiting.set(fact.callId, this.#answered(fact.at))
        else this.#machines.add(fact.callId)
        return
      case 'connected': {
        this.#machines.delete(fact.callId)
        const hour = this.#waiting.get(fact.callId)
        if (hour === undefined) return
        this.#waiting.delete(fact.callId)
        this.connected += 1
        this.#hour(hour).abandoned -= 1
        return
      }
      case 'ended':
        this.#waiting.delete(fact.callId)
        if (this.#machines.delete(fact.callId)) this.machinesAbandoned += 1
        return
      case 'screened-machine':
        return
    }
  }

  /** A person is abandoned until an agent proves otherwise. */
  #answered(at: InstantMs): number {
    const hour = Math.floor(this.#hoursAt(at))
    const counts = this.#hour(hour)
    this.persons += 1
    counts.persons += 1
    counts.abandoned += 1
    return hour
  }

  #hour(hour: number): { persons: number; abandoned: number } {
    for (let next = this.#hours.length; next <= hour; next += 1) this.#hours.push({ persons: 0, abandoned: 0 })
    return this.#hours[hour] ?? { persons: 0, abandoned: 0 }
  }
}
