import { type Census, callsForServing } from '../../core/pacing/limits.ts'
import type { PacingObservation, PacingSnapshot } from '../../core/pacing/pacer.ts'
import type { Rule } from './rival.ts'

/** Where a VICIdial campaign's dial level comes from. */
export interface DialLevel {
  /** Lines per agent who is ready or talking, >= 1. */
  readonly level: number
  /** Learns how many agents are ready and talking from now on. */
  see?(counts: Census, talking: number, now: number): void
  observe?(observation: PacingObservation): void
}

/** Lines are placed in rounds. */
const roundMs = 2_500

/**
 * VICIdial's lines: every 2.5 s, round(level * (ready + talking)) minus the lines that exist, where an agent's conversation is a
 * line too. Agents in wrap-up do not count; nor do those who leave, which is kinder than the original.
 */
export class VicidialLines implements Rule {
  readonly #dial: DialLevel
  #dueAt = Number.NEGATIVE_INFINITY

  constructor(dial: DialLevel) {
    this.#dial = dial
  }

  wish(snapshot: PacingSnapshot, counts: Census, now: number): number {
    const talking = talkingOf(snapshot)
    this.#dial.see?.(counts, talking, now)
    if (now < this.#dueAt) return 0
    const next = this.#dueAt + roundMs
    this.#dueAt = next > now ? next : now + roundMs
    const wanted = Math.round(this.#dial.level * (counts.available + talking))
    return wanted - talking - callsForServing(counts)
  }

  observe(observation: PacingObservation): void {
    this.#dial.observe?.(observation)
  }

  againInMs(now: number): number {
    return this.#dueAt - now
  }
}

/** Agents who stay and have a call, or one on its way to them. */
function talkingOf(snapshot: PacingSnapshot): number {
  let talking = 0
  for (const { state, leaving } of snapshot.agents) {
    if (!leaving && (state === 'on-call' || state === 'reserved')) talking += 1
  }
  return talking
}
