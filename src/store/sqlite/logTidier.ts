import { statSync } from 'node:fs'
import type { AnsweringThread } from '../threads.ts'

/** What the tidying thread is started with. */
export interface TidyData {
  readonly file: string
}

/** A write-ahead log longer than this is moved into the database. */
const logMaxBytes = 64 * 1024 * 1024
/** While a reader (a backup) holds the log, it is not tried again all the time. */
const tidyEveryMs = 1_000

/** Keeps the write-ahead log short without anybody who writes an attempt waiting for it. */
export interface LogTidier {
  /** Told after every batch: starts to tidy when the log has grown long. */
  look(): void
  /** While it tidies: resolves when it is done. Imports wait, so that the log can run empty and begin anew. */
  underWay(): Promise<void> | undefined
}

/** Makes the tidier of a database's log; the work is done in a thread of its own. */
export function createLogTidier(file: string, thread: AnsweringThread<'tidy', void>): LogTidier {
  let underWay: Promise<void> | undefined
  let doneAt = Number.NEGATIVE_INFINITY

  function done(): void {
    underWay = undefined
    doneAt = performance.now()
  }

  return {
    look() {
      if (underWay !== undefined || performance.now() < doneAt + tidyEveryMs) return
      const length = statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0
      // What it could not move (a full disk) stays in the log and is tried again.
      if (length > logMaxBytes) underWay = thread.ask('tidy').then(done, done)
    },
    underWay: () => underWay,
  }
}
