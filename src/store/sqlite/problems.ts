import { errorCode, errorMessage, StoreError } from '../../errors.ts'

/** What an operator reads of an error that SQLite or the file system gave, by the beginning of its code. */
const lines: readonly (readonly [prefix: string, code: string, line: (file: string) => string])[] = [
  ['SQLITE_FULL', 'disk-full', file => `The disk that holds ${file} is full: free some space, then try again`],
  // Growing the shared index beside a WAL on a full disk.
  ['SQLITE_IOERR_SHMSIZE', 'disk-full', file => `The disk that holds ${file} is full: free some space, then try again`],
  ['ENOSPC', 'disk-full', file => `The disk that holds ${file} is full: free some space, then try again`],
  [
    'SQLITE_READONLY',
    'read-only',
    file => `${file} cannot be written: give this user write access to it and its folder`,
  ],
  ['EROFS', 'read-only', file => `${file} lies on a read-only file system: remount it, or choose another place`],
  ['EACCES', 'read-only', file => `${file} cannot be written: give this user write access to it and its folder`],
  ['SQLITE_BUSY', 'in-use', file => `${file} is locked by another program: close that program, then try again`],
  ['SQLITE_LOCKED', 'in-use', file => `${file} is locked by another program: close that program, then try again`],
  ['SQLITE_NOTADB', 'not-a-database', file => `${file} is no database: name another file, or move this one away`],
  ['SQLITE_CORRUPT', 'damaged', file => `${file} is damaged: stop the daemon and put a backup in its place`],
  [
    'SQLITE_CANTOPEN',
    'cannot-open',
    file => `${file} cannot be opened: check that its folder exists and may be entered`,
  ],
  ['ENOENT', 'cannot-open', file => `${file} cannot be opened: its folder does not exist; create it first`],
  ['EISDIR', 'cannot-open', file => `${file} is a folder: name a file in it`],
  ['ENOTDIR', 'cannot-open', file => `${file} cannot be opened: its folder is a file`],
  [
    'SQLITE_IOERR',
    'disk-error',
    file => `The disk that holds ${file} fails: look at the system log, then restore a backup`,
  ],
]

/** Puts an error of SQLite or the file system into the words of the operator. A StoreError stays as it is. */
export function storeErrorOf(error: unknown, file: string): StoreError {
  if (error instanceof StoreError) return error
  const code = errorCode(error)
  const line = lines.find(([prefix]) => code.startsWith(prefix))
  if (line === undefined) return new StoreError('unexpected', `${file}: ${errorMessage(error)}`, { cause: error })
  return new StoreError(line[1], line[2](file), { cause: error })
}
