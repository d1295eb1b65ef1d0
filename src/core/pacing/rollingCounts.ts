import { dayMs, hourMs } from '../time.ts'
import type { CountedSpan } from './pacer.ts'

/** Longer windows than this count by days, shorter ones by hours. */
const hoursUpToMs = 7 * dayMs

interface Bucket {
  readonly at: number
  answers: number
  abandoned: number
}

/**
 * Answers and abandonments of a window that ends now, counted by hours or days (UTC). Compared with the exact window, answers
 * are never too many and abandonments never too few: a bucket's answers leave with its first instant, its abandonments with its
 * last.
 */
export class RollingCounts {
  readonly #lengthMs: number
  readonly #bucketMs: number
  /** In the order of time; those before `#answersFrom` have no say in the answers any more. */
  #buckets: Bucket[] = []
  #answersFrom = 0
  #answers = 0
  #abandoned = 0

  /** A window of this length, milliseconds. */
  constructor(lengthMs: number) {
    this.#lengthMs = lengthMs
    this.#bucketMs = lengthMs > hoursUpToMs ? dayMs : hourMs
  }

  /** See the constructor. */
  get lengthMs(): number {
    return this.#lengthMs
  }

  /** Persons' calls in the window, those abandoned among them. */
  get answers(): number {
    return this.#answers
  }

  /** Calls abandoned in the window. */
  get abandoned(): number {
    return this.#abandoned
  }

  /** Counts one call at this instant, which never lies before the last. */
  settle(abandoned: boolean, now: number): void {
    this.add({ at: now, lengthMs: 0, answers: 1, abandoned: abandoned ? 1 : 0 })
  }

  /** Counts many at once. Spans longer than a bucket lie outside any window that has such buckets. */
  add({ at, answers, abandoned }: CountedSpan): void {
    const start = Math.floor(at / this.#bucketMs) * this.#bucketMs
    let last = this.#buckets.at(-1)
    if (last === undefined || start > last.at) {
      last = { at: start, answers: 0, abandoned: 0 }
      this.#buckets.push(last)
    }
    last.answers += answers
    last.abandoned += abandoned
    this.#answers += answers
    this.#abandoned += abandoned
  }

  /**
   * Takes one call that was not abandoned out of the newest bucket that has one. Not in an older one than its own can it be: so
   * no window that begins later ever shows an answer too many.
   */
  uncount(): void {
    for (let index = this.#buckets.length - 1; index >= this.#answersFrom; index -= 1) {
      const bucket = this.#buckets[index]
      if (bucket === undefined || bucket.answers <= bucket.abandoned) continue
      bucket.answers -= 1
      this.#answers -= 1
      return
    }
  }

  /** Lets go what has left the window that ends at `now`: whatever lies at `now - lengthMs` or before. */
  roll(now: number): void {
    const from = now - this.#lengthMs
    for (;;) {
      const next = this.#buckets[this.#answersFrom]
      if (next === undefined || next.at > from) break
      this.#answers -= next.answers
      this.#answersFrom += 1
    }
    let gone = 0
    for (;;) {
      const next = this.#buckets[gone]
      if (next === undefined || next.at + this.#bucketMs > from) break
      this.#abandoned -= next.abandoned
      gone += 1
    }
    if (gone === 0) return
    this.#buckets = this.#buckets.slice(gone)
    this.#answersFrom -= gone
  }

  #letGo(buckets: number): void {
    for (const { answers } of this.#buckets.slice(0, buckets)) this.#answers -= answers
    this.#answersFrom = Math.min(buckets, this.#buckets.length)
  }

  /** As plain JSON: length, and instant, answers and abandonments of each bucket. */
  memory() {
    const buckets = this.#buckets.map(({ at, answers, abandoned }) => [at, answers, abandoned])
    return { lengthMs: this.#lengthMs, answersFrom: this.#answersFrom, buckets }
  }

  /** The counts that a memory tells of; undefined where it tells of none. */
  static restored(memory: unknown): RollingCounts | undefined {
    if (typeof memory !== 'object' || memory === null) return undefined
    const parts: Readonly<Record<string, unknown>> = { ...memory }
    const { lengthMs, buckets, answersFrom } = parts
    if (typeof lengthMs !== 'number' || !Number.isFinite(lengthMs) || !Array.isArray(buckets)) return undefined
    const counts = new RollingCounts(lengthMs)
    for (const bucket of buckets as readonly unknown[]) {
      if (!Array.isArray(bucket) || bucket.length !== 3 || !bucket.every(Number.isFinite)) continue
      const [at, answers, abandoned] = bucket as [number, number, number]
      counts.add({ at, lengthMs: 0, answers: Math.max(0, answers), abandoned: Math.max(0, abandoned) })
    }
    if (typeof answersFrom === 'number') counts.#letGo(answersFrom)
    return counts
  }
}
