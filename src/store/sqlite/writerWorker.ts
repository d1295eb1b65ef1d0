import { statSync } from 'node:fs'
import { serveAnswers } from '../threads.ts'
import type { WriteOperation, WriteResult } from './operations.ts'
import { openWriter } from './writer.ts'

/** What the writer's thread is started with. */
export interface WriterData {
  readonly file: string
}

/** A write-ahead log longer than this is moved into the database as soon as it can be. */
const logMaxBytes = 64 * 1024 * 1024

/** While a reader (a backup) holds the log, it is not tried again all the time. */
const tidyEveryMs = 1_000

serveAnswers<WriterData, readonly WriteOperation[], readonly WriteResult[]>(({ file }) => {
  const writer = openWriter(file)
  let tidiedAt = 0

  function tidyLog(): void {
    const length = statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0
    if (length <= logMaxBytes || performance.now() < tidiedAt + tidyEveryMs) return
    writer.tidyLog()
    tidiedAt = performance.now()
  }

  return {
    answer: batch => writer.apply(batch),
    idle() {
      tidyLog()
      return writer.sweep()
    },
    close: () => writer.close(),
  }
})
