import type { Stats } from 'node:fs'
import { access, constants, stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { errorCode, type StoreError } from '../../../errors.ts'
import type { StoreTrouble } from '../../../ports/storeWatch.ts'
import { storeErrorOf } from '../problems.ts'

/** What a look at the files behind the open handles has shown. */
export interface PlaceLook {
  /** The file or its log is no longer the one that is open: this does not pass while it is open. */
  readonly lost?: StoreTrouble
  /** The file may not be written. */
  readonly refused?: StoreTrouble
  /** Bytes that may still be written on its disk. */
  readonly freeBytes: number
}

/** Looks at the files of an open database from outside: no handle tells that its name has gone. */
export interface FilePlace {
  look(): Promise<PlaceLook>
}

type Told = Pick<Stats, 'dev' | 'ino' | 'size'>

/** The place of a database that is open now. */
export async function createFilePlace(file: string): Promise<FilePlace> {
  const log = `${file}-wal`
  const opened = { file: await told(file), log: await told(log) }
  let size = opened.file?.size ?? 0

  async function lost(): Promise<StoreTrouble | undefined> {
    const now = { file: await told(file), log: await told(log) }
    if (now.file === undefined) return troubles.gone(file)
    // It is never made shorter by us.
    if (!isSame(now.file, opened.file) || now.file.size < size) return troubles.replaced(file)
    size = now.file.size
    return isSame(now.log, opened.log) ? undefined : troubles.logGone(log)
  }

  return {
    async look() {
      const found = await lost()
      const refused = await access(file, constants.W_OK).then(
        () => undefined,
        // Whether it is there has been seen.
        error => (errorCode(error) === 'ENOENT' ? undefined : troubleOf(storeErrorOf(error, file))),
      )
      const { bavail, bsize } = await statfs(dirname(file))
      return { freeBytes: bavail * bsize, ...(found && { lost: found }), ...(refused && { refused }) }
    },
  }
}

async function told(path: string): Promise<Told | undefined> {
  try {
    return await stat(path)
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined
    throw error
  }
}

function isSame(now: Told | undefined, then: Told | undefined): boolean {
  return now?.dev === then?.dev && now?.ino === then?.ino
}

/** An error of the store as what stands in its way. */
export function troubleOf({ code, message }: Pick<StoreError, 'code' | 'message'>): StoreTrouble {
  return { code, says: message }
}

const troubles = {
  gone: (file: string): StoreTrouble => ({
    code: 'database-gone',
    says: `${file} was removed under the running daemon, which alone still has what was in it: stop it, and put the rescued copy or a backup in its place`,
  }),
  replaced: (file: string): StoreTrouble => ({
    code: 'database-replaced',
    says: `${file} was exchanged or cut under the running daemon, which goes on with the old one: stop it, and put the rescued copy or a backup in its place`,
  }),
  logGone: (log: string): StoreTrouble => ({
    code: 'log-gone',
    says: `${log} was removed under the running daemon: start the daemon anew`,
  }),
} as const
