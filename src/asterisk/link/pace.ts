import type { NodeContext } from '../context.ts'

/** A question is asked so long after the answer to the one before. */
const everyMs = 500
/** An open question is looked at this often: a PBX that does not answer is slow before it has answered. */
const lookMs = 100
/** Told in steps, each twice the one before: what changes less is no news. Quicker than the first is quick. */
const stepsMs = [150, 300, 600, 1_200, 2_400, 4_800] as const
/** Not slower than the slowest of so many answers, for joins that have to know how long a request may take. */
const remembered = 4

/** Measures how long the PBX takes to answer. Its questions are the only requests that no call makes: two a second. */
export class Pace {
  readonly #context: NodeContext
  readonly #recent: number[] = []
  #told = 0
  #askedAt: number | undefined
  #era = 0
  #cancelTimer = () => {}

  constructor(context: NodeContext) {
    this.#context = context
  }

  start(): void {
    this.stop()
    this.#ask(this.#era)
  }

  stop(): void {
    this.#era += 1
    this.#cancelTimer()
    this.#recent.length = 0
    this.#told = 0
    this.#askedAt = undefined
  }

  /** So long a request may take, as far as the last ones tell. */
  expectedMs(): number {
    const openMs = this.#askedAt === undefined ? 0 : this.#context.clock.now() - this.#askedAt
    return Math.max(0, openMs, ...this.#recent)
  }

  #ask(era: number): void {
    const { clock } = this.#context
    const askedAt = clock.now()
    this.#askedAt = askedAt
    this.#watch(era)
    const answered = () => {
      if (era !== this.#era) return
      this.#cancelTimer()
      this.#askedAt = undefined
      const answerMs = clock.now() - askedAt
      this.#recent.push(answerMs)
      if (this.#recent.length > remembered) this.#recent.shift()
      this.#tell(answerMs)
      this.#cancelTimer = clock.wakeAt(clock.now() + everyMs, () => this.#ask(era))
    }
    // A question that fails was answered too, or took its whole time limit: both say how quick the PBX is.
    this.#ping().then(answered, answered)
  }

  async #ping(): Promise<void> {
    await this.#context.ari().ping()
  }

  #watch(era: number): void {
    const { clock } = this.#context
    this.#cancelTimer = clock.wakeAt(clock.now() + lookMs, () => {
      if (era !== this.#era || this.#askedAt === undefined) return
      const openMs = clock.now() - this.#askedAt
      if (stepOf(openMs) > this.#told) this.#tell(openMs)
      this.#watch(era)
    })
  }

  #tell(answerMs: number): void {
    const step = stepOf(answerMs)
    if (step === this.#told) return
    this.#told = step
    const { nodeId, clock, emit } = this.#context
    emit({ kind: 'node-pace', nodeId, answerMs: step, at: clock.now() })
  }
}

/** The greatest step that it has reached; 0: none. */
function stepOf(answerMs: number): number {
  return stepsMs.findLast(step => answerMs >= step) ?? 0
}
