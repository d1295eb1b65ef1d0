import type Database from 'better-sqlite3'
import { errorMessage } from '../../../errors.ts'
import type { LogTidier } from '../writing/logTidier.ts'
import type { DatabaseMarker } from './marker.ts'

/** An open database of which a file has gone. */
export interface LosingDatabase {
  readonly file: string
  readonly database: Pick<Database.Database, 'backup'>
  readonly tidier: Pick<LogTidier, 'move'>
  readonly marker: Pick<DatabaseMarker, 'closed'>
}

/** Saves what the open handles still have, and says where it is. Without its log, the database's own file takes it; else a new file does. */
export async function rescue({ file, database, tidier, marker }: LosingDatabase, code: string): Promise<string> {
  try {
    if (code === 'log-gone') {
      await tidier.move()
      marker.closed()
      return 'what was in it has been moved into the database'
    }
    const copy = `${file}-rescued-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`
    await database.backup(copy)
    return `rescued copy: ${copy}`
  } catch (error) {
    return `nothing could be rescued: ${errorMessage(error)}`
  }
}
