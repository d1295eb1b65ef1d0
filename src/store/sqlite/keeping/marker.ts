import { randomUUID } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs'
import Database from 'better-sqlite3'
import { StoreError } from '../../../errors.ts'
import { checkSchema } from '../migrate.ts'

/** Which database it is, and which run opened it last. */
export interface Identity {
  readonly databaseId: string
  readonly runId: string
}

/** What the file beside a database says of it. `open`: whoever had it last may still have it, or was killed. */
interface Marker extends Identity {
  readonly state: 'open' | 'closed'
  /** The database's file as it was after the log had last been moved into it: it changes at no other time. */
  readonly file: FileTold
}

interface FileTold {
  readonly mtimeMs: number
  readonly size: number
}

/** The file beside a database that says that there is one: what has gone must not begin anew in silence. */
export interface DatabaseMarker {
  /** What the database is to be told that it is, and this run. */
  readonly identity: Identity
  /** Is to be told when the database has its identity, on disk. */
  opened(): void
  /** What was in the log has been moved into the database. */
  moved(): void
  /** Everything that was written is in the database's file, and nothing in its log. */
  closed(): void
}

/** All states of a marker have this length, so that a full disk can take the next one. */
const markerBytes = 512

function markerOf(file: string): string {
  return `${file}-marker`
}

/**
 * Holds the database against what its marker says, before anything is made or changed.
 * @throws StoreError `database-gone`, `database-replaced`, `log-gone`; `not-a-database`, `newer-schema`
 */
export function checkMarker(file: string, { acceptDatabase = false } = {}): DatabaseMarker {
  const marker = acceptDatabase ? undefined : readMarker(file)
  // Before anybody reads: a reader makes an empty one.
  const hasLog = (statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0
  const found = readIdentity(file)
  if (marker !== undefined) refuseWhatIsNotTheSame(file, marker, { found, hasLog })
  const databaseId = (found === 'nothing' ? undefined : found?.databaseId) ?? marker?.databaseId ?? randomUUID()
  const identity = { databaseId, runId: randomUUID() }
  return {
    identity,
    opened: () => writeMarker(file, { ...identity, state: 'open' }),
    moved: () => writeMarker(file, { ...identity, state: 'open' }),
    closed: () => writeMarker(file, { ...identity, state: 'closed' }),
  }
}

const accept = '`dialwright serve --accept-database` takes what is there as it is'

interface Found {
  readonly found: Identity | undefined | 'nothing'
  readonly hasLog: boolean
}

function refuseWhatIsNotTheSame(file: string, marker: Marker, { found, hasLog }: Found): void {
  if (found === 'nothing') {
    const line = `${file} is gone or empty, and there was a database: put it or a backup back (lists of who must not be called were in it)`
    throw new StoreError('database-gone', `${line}; to begin anew without it, ${accept}`)
  }
  if (found !== undefined && found.databaseId !== marker.databaseId) {
    const line = `${file} is another database than the one that was here: put that one or a backup of it back`
    throw new StoreError('database-replaced', `${line}; if this one is right, ${accept}`)
  }
  // A backup is another file, or knows of an earlier run.
  if (marker.state === 'closed' || found?.runId !== marker.runId || !isSame(told(file), marker.file) || hasLog) return
  const line = `${file}-wal is gone, and its daemon was killed: the last seconds of calls and refusals are missing in ${file}`
  throw new StoreError('log-gone', `${line}: put the log or a backup back; to go on without them, ${accept}`)
}

function told(file: string): FileTold {
  const { mtimeMs = 0, size = 0 } = statSync(file, { throwIfNoEntry: false }) ?? {}
  return { mtimeMs, size }
}

/** Who copies a folder with its times may lose parts of a millisecond. */
function isSame(one: FileTold, other: FileTold): boolean {
  return Math.abs(one.mtimeMs - other.mtimeMs) < 1 && one.size === other.size
}

/** `nothing`: no database, or one in which nothing was ever made; `undefined`: one of before there were identities. */
function readIdentity(file: string): Identity | undefined | 'nothing' {
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) === 0) return 'nothing'
  const database = new Database(file, { readonly: true, fileMustExist: true })
  try {
    if (checkSchema(database, file) === 0) return 'nothing'
    const table = database.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'identity'").get()
    if (table === undefined) return undefined
    return database.prepare<[], Identity>('SELECT databaseId, runId FROM identity').get()
  } finally {
    database.close()
  }
}

/** One that cannot be read was never whole, and says nothing. */
function readMarker(file: string): Marker | undefined {
  try {
    const { databaseId, runId, state, file: then } = JSON.parse(readFileSync(markerOf(file), 'utf8'))
    if (typeof databaseId !== 'string' || typeof runId !== 'string') return undefined
    const { mtimeMs, size } = { ...then }
    return { databaseId, runId, state: state === 'closed' ? 'closed' : 'open', file: { mtimeMs, size } }
  } catch {
    return undefined
  }
}

/** In place: it needs no room that was not there. Without room for the first one there is none, as before the first start. */
function writeMarker(file: string, about: Omit<Marker, 'file'>): void {
  const path = markerOf(file)
  const marker: Marker = { ...about, file: told(file) }
  try {
    const descriptor = openSync(path, existsSync(path) ? 'r+' : 'w', 0o600)
    try {
      writeSync(descriptor, `${JSON.stringify(marker)}`.padEnd(markerBytes - 1).concat('\n'), 0)
      fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
  } catch {
    // A marker that says what is no longer true would refuse the next start.
    rmSync(path, { force: true })
  }
}
