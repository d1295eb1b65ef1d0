/** Why a store cannot write, in one word for programs, and in one line that says what to do. */
export interface StoreTrouble {
  readonly code: string
  readonly says: string
}

/** Whether a store can keep what it is given. */
export interface StoreWatch {
  /** What keeps the store from taking new calls; absent: nothing that is known. */
  trouble(): StoreTrouble | undefined
  /** Told when it comes, changes or goes, until the function returned is called. */
  onTrouble(listener: (trouble: StoreTrouble | undefined) => void): () => void
  /** A write that changes nothing: resolves when it is on disk, rejects with a StoreError as any write would. */
  tryWriting(): Promise<void>
}
