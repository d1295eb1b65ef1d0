import Database from 'better-sqlite3'
import { serveAnswers } from '../../../threads/threads.ts'
import { storeErrorOf } from '../problems.ts'
import type { TidyData, TidyQuestion } from '../writing/logTidier.ts'

/** A pass leaves what is written during it; each next one finds less. */
const passesMax = 10

interface Passed {
  readonly log: number
  readonly checkpointed: number
}

/** Who writes may be kept waiting so long for a log that is to be empty, once a pass. */
const emptyingMaxMs = 20

/** Cuts the log to nothing; false where somebody reads an older state of the database all the time. */
function isEmptied(database: Database.Database): boolean {
  for (let pass = 0; pass < passesMax; pass += 1) {
    // TRUNCATE gives one row too.
    const [passed] = database.pragma('wal_checkpoint(TRUNCATE)') as { readonly busy: number }[]
    if (passed?.busy !== 0) continue
    // An empty log could be one that was lost: see the marker.
    database.pragma(`user_version = ${database.pragma('user_version', { simple: true })}`)
    return true
  }
  return false
}

/** Moves what is in the write-ahead log into the database, beside the writer; waits for nobody but to empty it. */
serveAnswers<TidyData, TidyQuestion, boolean>(({ file }) => {
  const database = new Database(file, { timeout: emptyingMaxMs })
  // Opens the log: should its name go, what is in it can still be moved.
  database.pragma('user_version')
  return {
    answer(question) {
      try {
        for (let pass = 0; pass < passesMax; pass += 1) {
          // PASSIVE gives one row: whether it was blocked, frames in the log, frames moved.
          const [passed] = database.pragma('wal_checkpoint(PASSIVE)') as Passed[]
          if (passed === undefined || passed.checkpointed === passed.log) break
        }
        return question === 'empty' && isEmptied(database)
      } catch (error) {
        throw storeErrorOf(error, file)
      }
    },
    close: () => void database.close(),
  }
})
