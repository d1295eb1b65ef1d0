import type { Database } from 'better-sqlite3'
import type { JournalPlace } from '../../journal/line.ts'

/** Up to where a database has what its journal has; `undefined`: nobody knows. */
export function readJournalPlace(database: Database): JournalPlace | undefined {
  return database.prepare<[], JournalPlace>('SELECT seq, hash FROM journalPlace').get()
}

/** Writes it, on the writer's connection. */
export function prepareKeepJournalPlace(database: Database): (place: JournalPlace) => void {
  const forget = database.prepare('DELETE FROM journalPlace')
  const keep = database.prepare<[number, string]>('INSERT INTO journalPlace (seq, hash) VALUES (?, ?)')
  return ({ seq, hash }) => {
    forget.run()
    keep.run(seq, hash)
  }
}
