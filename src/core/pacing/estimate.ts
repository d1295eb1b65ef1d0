import { AnswerCells } from './answerCells.ts'
import { AnswerRate } from './answerRate.ts'
import { DurationEstimate } from './durations.ts'
import type { PacingObservation } from './pacer.ts'

/** What pacing has learned of a campaign's world; shared by every mode, so that a change of mode starts informed. */
export class Estimates {
  /** Originate to answer, of calls that were answered. */
  readonly ring = new DurationEstimate({ meanSec: 11, cv: 0.6, weight: 20, forgetsAfter: 1_500 })
  /** Originate to end, of calls that were not. */
  readonly unanswered = new DurationEstimate({ meanSec: 22, cv: 0.5, weight: 15, forgetsAfter: 1_500 })
  readonly talk = new DurationEstimate({ meanSec: 120, cv: 1, weight: 20, forgetsAfter: 1_500 })
  readonly wrapUp = new DurationEstimate({ meanSec: 20, cv: 0.8, weight: 20, forgetsAfter: 1_500 })
  readonly #rate = new AnswerRate()
  readonly #kinds = new AnswerCells()

  /** Learns from what happened. A carrier's fault says nothing about whether people answer. */
  observe(observation: PacingObservation, now: number): void {
    switch (observation.kind) {
      case 'answered':
        this.ring.observe(observation.afterMs / 1000)
        this.#dialed(observation, true, now)
        return
      case 'not-answered':
        if (observation.carrierFault) return
        this.unanswered.observe(observation.afterMs / 1000)
        this.#dialed(observation, false, now)
        return
      case 'withdrawn':
        this.#withdrawn(observation)
        return
      case 'talk-ended':
        this.talk.observe(observation.talkMs / 1000)
        return
      case 'wrap-up-ended':
        this.wrapUp.observe(observation.wrapUpMs / 1000)
        return
      case 'settled':
      case 'coded-machine':
        return
    }
  }

  /** Probability 0..1 that a call is answered; while the alarm is on, the upper end of what the last calls allow. */
  answerProbability(now: number): number {
    return this.#rate.probability(now)
  }

  /** How many times as often as the campaign's mean a lead of this kind is answered. */
  answerFactor(kind: string): number {
    return this.#kinds.factor(kind, this.#rate.usual)
  }

  /** More answers than expected were seen within the last minute. */
  alarmed(now: number): boolean {
    return this.#rate.alarmed(now)
  }

  /** What was learned, as plain JSON. */
  memory() {
    return {
      ring: this.ring.memory(),
      unanswered: this.unanswered.memory(),
      talk: this.talk.memory(),
      wrapUp: this.wrapUp.memory(),
      rate: this.#rate.memory(),
      kinds: this.#kinds.memory(),
    }
  }

  /** Brings the distributions up to date now, as those restored from {@link memory} are. */
  settle(): void {
    for (const duration of [this.ring, this.unanswered, this.talk, this.wrapUp]) duration.settle()
  }

  /** Takes up what earlier estimates had learned; what is malformed is ignored. */
  restore(memory: unknown): void {
    if (typeof memory !== 'object' || memory === null) return
    const parts: Readonly<Record<string, unknown>> = { ...memory }
    this.ring.restore(parts.ring)
    this.unanswered.restore(parts.unanswered)
    this.talk.restore(parts.talk)
    this.wrapUp.restore(parts.wrapUp)
    // An earlier version kept the rate's counts beside the others, and other cells.
    this.#rate.restore(parts.rate ?? { slow: parts.slow, fast: parts.fast })
    this.#kinds.restore(parts.kinds)
  }

  #dialed({ leadKind }: { readonly leadKind?: string }, answered: boolean, now: number): void {
    const expected = this.#rate.lately
    this.#rate.learn(answered, now)
    if (leadKind !== undefined) this.#kinds.learn(leadKind, { answered: answered ? 1 : 0, expected })
  }

  /** A censored dial counts by what it would probably have been: an answer later, or none. */
  #withdrawn({ afterMs, leadKind }: { readonly leadKind?: string; readonly afterMs: number }): void {
    const sec = afterMs / 1000
    if (!(sec >= 0)) return
    const { usual, lately } = this.#rate
    const later = usual * (1 - this.ring.at(sec))
    const never = (1 - usual) * (1 - this.unanswered.at(sec))
    const answered = later + never > 0 ? later / (later + never) : 0
    this.#rate.learnShare(answered)
    if (leadKind !== undefined) this.#kinds.learn(leadKind, { answered, expected: lately })
  }
}
