import { AnswerCells } from './answerCells.ts'
import { DurationEstimate } from './durations.ts'
import { clamp } from './math.ts'
import type { PacingObservation } from './pacer.ts'

/** A probability with forgetting: a Beta distribution's two counts. */
interface Beta {
  yes: number
  no: number
}

/** A high prior: to under-estimate answers is to over-dial. */
const prior: Readonly<Beta> = { yes: 9, no: 11 }
/** Dials after which one has lost 63 % of its weight. */
const slowDials = 1_000
const fastDials = 60
/** The change alarm looks for answers this much more likely than believed. */
const suspectedFactor = 1.6
/** Log-likelihood ratio at which the alarm goes off: at 5 a steady world of 20 agents set it off three times a day. */
const alarmAt = 7
const alarmMs = 60_000
/** What the slow estimate still weighs after an alarm, in dials. */
const weightAfterAlarm = 200
/** Standard normal deviate of the upper end of an 80 % interval. */
const upper80 = 1.2816

/** Learns one dial; `answered` is the share of it that was an answer, 0..1. */
function learn(beta: Beta, answered: number, forgetsAfter: number): void {
  const keep = 1 - 1 / forgetsAfter
  beta.yes = beta.yes * keep + answered
  beta.no = beta.no * keep + 1 - answered
}

function mean(beta: Beta): number {
  return beta.yes / (beta.yes + beta.no)
}

function upperEnd(beta: Beta): number {
  const n = beta.yes + beta.no
  const p = beta.yes / n
  return Math.min(1, p + upper80 * Math.sqrt((p * (1 - p)) / (n + 1)))
}

/** What pacing has learned of a campaign's world; shared by every mode, so that a change of mode starts informed. */
export class Estimates {
  /** Originate to answer, of calls that were answered. */
  readonly ring = new DurationEstimate({ meanSec: 11, cv: 0.6, weight: 20, forgetsAfter: 1_500 })
  /** Originate to end, of calls that were not. */
  readonly unanswered = new DurationEstimate({ meanSec: 22, cv: 0.5, weight: 15, forgetsAfter: 1_500 })
  readonly talk = new DurationEstimate({ meanSec: 120, cv: 1, weight: 20, forgetsAfter: 1_500 })
  readonly wrapUp = new DurationEstimate({ meanSec: 20, cv: 0.8, weight: 20, forgetsAfter: 1_500 })
  readonly #slow: Beta = { ...prior }
  readonly #fast: Beta = { ...prior }
  readonly #cells = new AnswerCells()
  #suspicion = 0
  #alarmUntil = Number.NEGATIVE_INFINITY

  /** Learns from what happened. A carrier's fault says nothing about whether people answer. */
  observe(observation: PacingObservation, now: number): void {
    switch (observation.kind) {
      case 'answered':
        this.ring.observe(observation.afterMs / 1000)
        this.#dialed(observation, 1, now)
        return
      case 'not-answered':
        if (observation.carrierFault) return
        this.unanswered.observe(observation.afterMs / 1000)
        this.#dialed(observation, 0, now)
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
    const usual = mean(this.#slow)
    return this.alarmed(now) ? Math.max(usual, upperEnd(this.#fast)) : usual
  }

  /** The same of one kind of lead. */
  answerProbabilityOf(kind: string, now: number): number {
    const usual = mean(this.#slow)
    const believed = this.answerProbability(now)
    return Math.min(1, (this.#cells.probability(kind, usual) * believed) / usual)
  }

  /** More answers than expected were seen within the last minute. */
  alarmed(now: number): boolean {
    return now < this.#alarmUntil
  }

  /** What was learned, as plain JSON. */
  memory() {
    return {
      ring: this.ring.memory(),
      unanswered: this.unanswered.memory(),
      talk: this.talk.memory(),
      wrapUp: this.wrapUp.memory(),
      slow: [this.#slow.yes, this.#slow.no],
      fast: [this.#fast.yes, this.#fast.no],
      cells: this.#cells.memory(),
      suspicion: this.#suspicion,
      alarmUntil: Number.isFinite(this.#alarmUntil) ? this.#alarmUntil : null,
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
    this.#cells.restore(parts.cells)
    restoreBeta(this.#slow, parts.slow)
    restoreBeta(this.#fast, parts.fast)
    if (typeof parts.suspicion === 'number') this.#suspicion = clamp(parts.suspicion, 0, alarmAt)
    if (typeof parts.alarmUntil === 'number') this.#alarmUntil = parts.alarmUntil
  }

  #dialed(observation: { readonly leadKind?: string }, answered: number, now: number): void {
    this.#suspect(answered === 1, now)
    this.#learn(observation, answered)
  }

  #learn({ leadKind }: { readonly leadKind?: string }, answered: number): void {
    learn(this.#slow, answered, slowDials)
    learn(this.#fast, answered, fastDials)
    if (leadKind !== undefined) this.#cells.learn(leadKind, answered)
  }

  /** A censored dial counts by what it would probably have been: an answer later, or none. */
  #withdrawn(observation: { readonly leadKind?: string; readonly afterMs: number }): void {
    const sec = observation.afterMs / 1000
    if (!(sec >= 0)) return
    const p = mean(this.#slow)
    const later = p * (1 - this.ring.at(sec))
    const never = (1 - p) * (1 - this.unanswered.at(sec))
    this.#learn(observation, later + never > 0 ? later / (later + never) : 0)
  }

  /** Page's cumulative sum of the log-likelihood ratio "answers have become more likely" against "as believed". */
  #suspect(answered: boolean, now: number): void {
    const believed = clamp(mean(this.#slow), 0.005, 0.9)
    const suspected = Math.min(0.95, believed * suspectedFactor)
    const evidence = answered ? Math.log(suspected / believed) : Math.log((1 - suspected) / (1 - believed))
    this.#suspicion = Math.max(0, this.#suspicion + evidence)
    if (this.#suspicion < alarmAt) return
    this.#suspicion = 0
    this.#alarmUntil = now + alarmMs
    const excess = (this.#slow.yes + this.#slow.no) / weightAfterAlarm
    if (excess <= 1) return
    this.#slow.yes /= excess
    this.#slow.no /= excess
  }
}

function restoreBeta(beta: Beta, memory: unknown): void {
  if (!Array.isArray(memory)) return
  const [yes, no]: unknown[] = memory
  if (typeof yes !== 'number' || typeof no !== 'number') return
  if (!(yes >= 0 && no >= 0 && yes + no > 0 && Number.isFinite(yes + no))) return
  beta.yes = yes
  beta.no = no
}
