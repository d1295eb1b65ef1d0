/** How far a piece of work is that takes a while. */
export interface Progress {
  /** What is counted, in the plural: `leads`, `rows`. */
  readonly what: string
  readonly done: number
  /** Absent: nobody knows how many there are. */
  readonly total?: number
}

/** Who waits for a piece of work that takes a while. */
export interface Waiter {
  /** Aborted when nobody waits any more: work that changes nothing then stops. */
  readonly signal?: AbortSignal
  /** Told now and then. */
  readonly onProgress?: (progress: Progress) => void
}
