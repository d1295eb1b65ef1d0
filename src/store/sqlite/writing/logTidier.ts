import { statSync } from 'node:fs'
import type { AnsweringThread } from '../../../threads/threads.ts'

/** What the tidying thread is started with. */
export interface TidyData {
  readonly file: string
}

/** Move what is in the log into the database, or empty the log as well: whether it is empty. */
export type TidyQuestion = 'tidy' | 'empty'

/** A write-ahead log longer than this is moved into the database. */
const logMaxBytes = 64 * 1024 * 1024
/** How often its length is looked at; while a reader (a backup) holds the log, it is not tried again all the time. */
const lookEveryMs = 1_000
/** What has been written stands in the database's own file after so long at the latest: a log can be lost. */
const behindMaxMs = 10_000

/** Keeps the write-ahead log short without anybody who writes an attempt waiting for it. */
export interface LogTidier {
  /** Told after every batch: starts to tidy when the log has grown long, or old. */
  look(): void
  /** Moves what is in the log now; rejects where it cannot. */
  move(): Promise<void>
  /** While it tidies: resolves when it is done. Imports wait, so that the log can run empty and begin anew. */
  underWay(): Promise<void> | undefined
  /** Leaves nothing of what has been deleted in the log; where a reader (a backup) holds it, after one of the next batches. */
  empty(): Promise<void>
  close(): void
}

/** Makes the tidier of a database's log; the work is done in a thread of its own. */
export function createLogTidier(
  file: string,
  thread: AnsweringThread<TidyQuestion, boolean>,
  { behindMs = behindMaxMs, moved = (): void => {} } = {},
): LogTidier {
  let underWay: Promise<void> | undefined
  let lookedAt = Number.NEGATIVE_INFINITY
  let mustBeEmpty = false
  let behind: NodeJS.Timeout | undefined

  function done(): void {
    underWay = undefined
    moved()
    lookedAt = performance.now()
  }

  /** What it could not move (a full disk) stays in the log and is tried again. */
  function tidy(): void {
    clearTimeout(behind)
    behind = undefined
    underWay ??= thread.ask('tidy').then(done, done)
  }

  async function empty(): Promise<void> {
    mustBeEmpty = true
    while (underWay !== undefined) await underWay
    // What comes meanwhile is emptied by the next one.
    mustBeEmpty = false
    underWay = thread.ask('empty').then(emptied => {
      mustBeEmpty ||= !emptied
      done()
    }, done)
    await underWay
  }

  return {
    empty,
    async move() {
      await thread.ask('tidy')
    },
    look() {
      behind ??= setTimeout(tidy, behindMs).unref()
      const now = performance.now()
      if (underWay !== undefined || now < lookedAt + lookEveryMs) return
      lookedAt = now
      if (mustBeEmpty) {
        void empty()
        return
      }
      const length = statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0
      if (length > logMaxBytes) tidy()
    },
    underWay: () => underWay,
    close: () => clearTimeout(behind),
  }
}
