import Database from 'better-sqlite3'
import { serveAnswers } from '../threads.ts'
import type { TidyData } from './logTidier.ts'
import { storeErrorOf } from './problems.ts'

/** A pass leaves what is written during it; each next one finds less. */
const passesMax = 10

interface Passed {
  readonly log: number
  readonly checkpointed: number
}

/** Moves what is in the write-ahead log into the database, beside the writer; never waits for anybody. */
serveAnswers<TidyData, 'tidy', void>(({ file }) => {
  const database = new Database(file)
  return {
    answer() {
      try {
        for (let pass = 0; pass < passesMax; pass += 1) {
          // PASSIVE gives one row: whether it was blocked, frames in the log, frames moved.
          const [passed] = database.pragma('wal_checkpoint(PASSIVE)') as Passed[]
          if (passed === undefined || passed.checkpointed === passed.log) return
        }
      } catch (error) {
        throw storeErrorOf(error, file)
      }
    },
    close: () => void database.close(),
  }
})
