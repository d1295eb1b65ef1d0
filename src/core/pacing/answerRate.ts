import { clamp } from './math.ts'

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
/** A change alarm looks for answers this much more likely, or less, than believed. */
const suspectedFactor = 1.6
/** Log-likelihood ratio at which a rise is believed: at 5 a steady world of 20 agents set the alarm off three times a day. */
const riseAt = 7
/** A fall waits for more: it costs nobody a call to silence, and believing one that was chance does. */
const fallAt = 20
/** So long after a rise the upper end of what the last calls allow is believed. */
const alarmMs = 60_000
/** What was believed before a change still weighs so many dials: an alarm goes off where chance has added to the change. */
const weightAfterAlarm = 120
/** Standard normal deviate of the upper end of an 80 % interval. */
const upper80 = 1.2816

/**
 * The share of calls that are answered: a level that drifts, and sometimes jumps. Learned slowly as long as the dials agree with it;
 * where they have not since some moment (Page 1954, a cumulative sum each way), anew from that moment on.
 */
export class AnswerRate {
  readonly #slow: Beta = { ...prior }
  readonly #fast: Beta = { ...prior }
  readonly #more = new Suspicion({ factor: suspectedFactor, believedAt: riseAt })
  readonly #less = new Suspicion({ factor: 1 / suspectedFactor, believedAt: fallAt })
  #alarmUntil = Number.NEGATIVE_INFINITY

  /** Learns one dial's outcome. */
  learn(answered: boolean, now: number): void {
    this.#suspect(answered, now)
    this.learnShare(answered ? 1 : 0)
  }

  /** Learns a dial of which only the probability 0..1 is known that it would have been an answer. */
  learnShare(answered: number): void {
    learn(this.#slow, answered, slowDials)
    learn(this.#fast, answered, fastDials)
  }

  /** Probability 0..1 that a call is answered, whatever was seen within the last minute. */
  get usual(): number {
    return mean(this.#slow)
  }

  /** The share of the last dials that was answered, 0..1. */
  get lately(): number {
    return mean(this.#fast)
  }

  /** Probability 0..1 that a call is answered; while the alarm is on, the upper end of what the last calls allow. */
  probability(now: number): number {
    return this.alarmed(now) ? Math.max(this.usual, upperEnd(this.#fast)) : this.usual
  }

  /** More answers than expected were seen within the last minute. */
  alarmed(now: number): boolean {
    return now < this.#alarmUntil
  }

  /** As plain JSON. */
  memory() {
    return {
      slow: [this.#slow.yes, this.#slow.no],
      fast: [this.#fast.yes, this.#fast.no],
      more: this.#more.memory(),
      less: this.#less.memory(),
      alarmUntil: Number.isFinite(this.#alarmUntil) ? this.#alarmUntil : null,
    }
  }

  /** Takes up what was learned earlier; what is malformed is ignored. */
  restore(memory: unknown): void {
    if (typeof memory !== 'object' || memory === null) return
    const parts: Readonly<Record<string, unknown>> = { ...memory }
    restoreBeta(this.#slow, parts.slow)
    restoreBeta(this.#fast, parts.fast)
    this.#more.restore(parts.more)
    this.#less.restore(parts.less)
    if (typeof parts.alarmUntil === 'number') this.#alarmUntil = parts.alarmUntil
  }

  #suspect(answered: boolean, now: number): void {
    const believed = clamp(this.usual, 0.005, 0.9)
    const more = this.#more.see(answered, believed)
    const less = this.#less.see(answered, believed)
    if (!more && !less) return
    if (more) this.#alarmUntil = now + alarmMs
    this.#relearn(more ? this.#more.since : this.#less.since)
    this.#more.forget()
    this.#less.forget()
  }

  #relearn({ yes, no }: Readonly<Beta>): void {
    const { usual } = this
    const weight = Math.min(weightAfterAlarm, this.#slow.yes + this.#slow.no)
    this.#slow.yes = weight * usual + yes
    this.#slow.no = weight * (1 - usual) + no
  }
}

/** Page's cumulative sum of the log-likelihood ratio "answers have become so many times as likely" against "as believed". */
class Suspicion {
  readonly #factor: number
  readonly #believedAt: number
  #sum = 0
  /** What was seen since the sum began to rise: since the change, if it is one. */
  readonly since: Beta = { yes: 0, no: 0 }

  constructor({ factor, believedAt }: { readonly factor: number; readonly believedAt: number }) {
    this.#factor = factor
    this.#believedAt = believedAt
  }

  /** Takes up a dial; `believed`: the probability 0..1 that it would be answered. Whether the alarm goes off. */
  see(answered: boolean, believed: number): boolean {
    const suspected = Math.min(0.95, believed * this.#factor)
    this.#sum += answered ? Math.log(suspected / believed) : Math.log((1 - suspected) / (1 - believed))
    if (this.#sum <= 0) {
      this.forget()
      return false
    }
    if (answered) this.since.yes += 1
    else this.since.no += 1
    return this.#sum >= this.#believedAt
  }

  forget(): void {
    this.#sum = 0
    this.since.yes = 0
    this.since.no = 0
  }

  memory() {
    return [this.#sum, this.since.yes, this.since.no] as const
  }

  restore(memory: unknown): void {
    if (!Array.isArray(memory)) return
    const [sum, yes, no]: readonly unknown[] = memory
    if (typeof sum !== 'number' || !(sum >= 0 && sum <= this.#believedAt)) return
    restoreBeta(this.since, [yes, no])
    this.#sum = sum
  }
}

/** Learns one dial; `answered` is the share of it that was an answer, 0..1. */
function learn(beta: Beta, answered: number, forgetsAfter: number): void {
  const keep = 1 - 1 / forgetsAfter
  beta.yes = beta.yes * keep + answered
  beta.no = beta.no * keep + 1 - answered
}

function mean({ yes, no }: Readonly<Beta>): number {
  return yes / (yes + no)
}

function upperEnd(beta: Readonly<Beta>): number {
  const n = beta.yes + beta.no
  const p = mean(beta)
  return Math.min(1, p + upper80 * Math.sqrt((p * (1 - p)) / (n + 1)))
}

function restoreBeta(beta: Beta, memory: unknown): void {
  if (!Array.isArray(memory)) return
  const [yes, no]: readonly unknown[] = memory
  if (typeof yes !== 'number' || typeof no !== 'number') return
  if (!(yes >= 0 && no >= 0 && yes + no > 0 && Number.isFinite(yes + no))) return
  beta.yes = yes
  beta.no = no
}
