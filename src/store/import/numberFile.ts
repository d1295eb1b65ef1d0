import { closeSync, fsyncSync, openSync } from 'node:fs'
import Database from 'better-sqlite3'
import { StoreError } from '../../errors.ts'
import { storeErrorOf } from '../sqlite/problems.ts'

/** Numbers are sorted and written by runs of this length: 64 MB of memory each. */
const runLength = 8_000_000

/** A bulk list's file while it is being built. */
export interface NumberFile {
  add(integer: number): void
  /** Writes what is left, checks the file and flushes it to disk; gives how many different numbers it holds. */
  finish(): number
}

/**
 * Builds the database file of a bulk list at full speed: nobody reads it before it is finished, and one that a crash breaks
 * off is thrown away, so it needs no journal.
 * @throws StoreError
 */
export function createNumberFile(file: string): NumberFile {
  const database = new Database(file)
  database.pragma('journal_mode = OFF')
  database.pragma('synchronous = OFF')
  database.pragma('locking_mode = EXCLUSIVE')
  database.exec('CREATE TABLE number (number INTEGER PRIMARY KEY) STRICT')
  const insert = database.prepare<[number]>('INSERT OR IGNORE INTO number (number) VALUES (?)')
  let run = new Float64Array(65_536)
  let length = 0
  let written = 0

  const insertRun = database.transaction((numbers: Float64Array) => {
    let last = Number.NaN
    for (const number of numbers) {
      if (number !== last) written += insert.run(number).changes
      last = number
    }
  })

  function writeRun(): void {
    try {
      // In the order of the table every insert is an append.
      insertRun(run.subarray(0, length).sort())
    } catch (error) {
      throw storeErrorOf(error, file)
    }
    length = 0
  }

  return {
    add(integer) {
      if (length === runLength) writeRun()
      if (length === run.length) {
        const longer = new Float64Array(Math.min(runLength, run.length * 2))
        longer.set(run)
        run = longer
      }
      run[length] = integer
      length += 1
    },
    finish() {
      writeRun()
      check(database, file, written)
      database.close()
      flush(file)
      return written
    },
  }
}

function check(database: Database.Database, file: string, written: number): void {
  const found = database.prepare<[], number>('SELECT count(*) FROM number').pluck().get()
  const sound = database.pragma('quick_check(1)', { simple: true })
  if (found === written && sound === 'ok') return
  throw new StoreError(
    'damaged',
    `${file} did not come out as it was written: the disk may be failing; nothing was imported`,
  )
}

function flush(file: string): void {
  const descriptor = openSync(file, 'r')
  fsyncSync(descriptor)
  closeSync(descriptor)
}
