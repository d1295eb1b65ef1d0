import { diskErrorOf, errorCode, StoreError } from '../../errors.ts'

/** What an operator reads of an error that SQLite gave, by the beginning of its code. */
const lines: readonly (readonly [prefix: string, code: string, line: (file: string) => string])[] = [
  ['SQLITE_FULL', 'disk-full', file => `The disk that holds ${file} is full: free some space, then try again`],
  // Growing the shared index beside a WAL on a full disk.
  ['SQLITE_IOERR_SHMSIZE', 'disk-full', file => `The disk that holds ${file} is full: free some space, then try again`],
  [
    'SQLITE_READONLY',
    'read-only',
    file => `${file} cannot be written: give this user write access to it and its folder`,
  ],
  ['SQLITE_BUSY', 'in-use', file => `${file} is locked by another program: close that program, then try again`],
  ['SQLITE_LOCKED', 'in-use', file => `${file} is locked by another program: close that program, then try again`],
  ['SQLITE_NOTADB', 'not-a-database', file => `${file} is no database: name another file, or move this one away`],
  ['SQLITE_CORRUPT', 'damaged', file => `${file} is damaged: stop the daemon and put a backup in its place`],
  [
    'SQLITE_CANTOPEN',
    'cannot-open',
    file => `${file} cannot be opened: check that its folder exists and may be entered`,
  ],
  [
    'SQLITE_IOERR',
    'disk-error',
    file => `The disk that holds ${file} fails: look at the system log, then restore a backup`,
  ],
]

/** Puts an error of SQLite or the file system into the words of the operator. A StoreError stays as it is. */
export function storeErrorOf(error: unknown, file: string): StoreError {
  const code = errorCode(error)
  const line = error instanceof StoreError ? undefined : lines.find(([prefix]) => code.startsWith(prefix))
  return line === undefined ? diskErrorOf(error, file) : new StoreError(line[1], line[2](file), { cause: error })
}
