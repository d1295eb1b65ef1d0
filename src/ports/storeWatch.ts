import type { DurationCounts } from '../core/tally.ts'

/** Why a store cannot write, in one word for programs, and in one line that says what to do. */
export interface StoreTrouble {
  readonly code: string
  readonly says: string
}

/** What a store has to do. */
export interface StoreLoad {
  /** Writes that were asked for and are not answered yet; `bulk`: of imports, which wait behind all others. */
  readonly queued: { readonly urgent: number; readonly bulk: number }
  /** How long writes have taken since this run began, imports aside, from the asking until they are on disk or refused. */
  readonly writes: DurationCounts
}

/** Whether a store can keep what it is given. */
export interface StoreWatch {
  /** What keeps the store from taking new calls; absent: nothing that is known. */
  trouble(): StoreTrouble | undefined
  /** Told when it comes, changes or goes, until the function returned is called. */
  onTrouble(listener: (trouble: StoreTrouble | undefined) => void): () => void
  /** What the store has to do. Absent: it writes at once. */
  load?(): StoreLoad
  /** A write that changes nothing: resolves when it is on disk, rejects with a StoreError as any write would. */
  tryWriting(): Promise<void>
}
