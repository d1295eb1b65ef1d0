import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import Database from 'better-sqlite3'
import { errorCode, StoreError } from '../../errors.ts'
import type { BulkListVersion } from '../bulkLists.ts'

/** The bulk lists in use, one open file each. */
export interface BulkListFiles {
  /** The list that holds the number. */
  listOf(integer: number): BulkListVersion | undefined
  versions(): readonly BulkListVersion[]
  /** A name for a new version in the folder, which is made if need be. */
  newFile(list: string): string
  /** Opens a version and puts it in the place of the one of that name, whose file goes. */
  swap(version: BulkListVersion, commit: () => Promise<void>): Promise<void>
  close(): void
}

interface OpenList {
  readonly version: BulkListVersion
  has(integer: number): boolean
  close(): void
}

/** The folder in which a database's bulk lists lie. */
export function bulkListFolder(databaseFile: string): string {
  return `${databaseFile}-lists`
}

/**
 * Opens the lists that the database names and removes files that nobody names (an import that a crash broke off).
 * @throws StoreError `list-missing`: dialing without a list that was there before would call people on it
 */
export function openBulkLists(databaseFile: string, rows: readonly BulkListVersion[]): BulkListFiles {
  const folder = bulkListFolder(databaseFile)
  const lists = new Map<string, OpenList>()
  for (const row of rows) lists.set(row.list, openList({ ...row, file: join(folder, row.file) }))
  removeStrangers(folder, new Set(rows.map(({ file }) => file)))
  let made = 0

  return {
    listOf(integer) {
      for (const list of lists.values()) if (list.has(integer)) return list.version
      return undefined
    },
    versions: () => [...lists.values()].map(({ version }) => version),
    newFile(list) {
      mkdirSync(folder, { recursive: true })
      made += 1
      const name = list.replace(/[^A-Za-z0-9-]+/g, '-').slice(0, 40)
      return join(folder, `${name}-${Date.now().toString(36)}-${made}.db`)
    },
    async swap(version, commit) {
      const next = openList(version)
      try {
        await commit()
      } catch (error) {
        next.close()
        throw error
      }
      const last = lists.get(version.list)
      lists.set(version.list, next)
      last?.close()
      if (last !== undefined) rmSync(last.version.file, { force: true })
    },
    close() {
      for (const list of lists.values()) list.close()
      lists.clear()
    },
  }
}

function openList(version: BulkListVersion): OpenList {
  try {
    const database = new Database(version.file, { readonly: true, fileMustExist: true })
    // Nobody ever writes it again: one lock for good, instead of two calls of the operating system a look-up.
    database.pragma('locking_mode = EXCLUSIVE')
    database.pragma('mmap_size = 4294967296')
    const has = database.prepare<[number], number>('SELECT 1 FROM number WHERE number = ?').pluck()
    return { version, has: integer => has.get(integer) !== undefined, close: () => void database.close() }
  } catch (error) {
    const { list, file } = version
    const message = `the do-not-call list "${list}" cannot be read (${file}): put the file back from a backup`
    throw new StoreError('list-missing', message, { cause: `${errorCode(error)} ${basename(file)}` })
  }
}

function removeStrangers(folder: string, known: ReadonlySet<string>): void {
  for (const name of readFolder(folder))
    if (!known.has(name)) rmSync(join(folder, name), { force: true, recursive: true })
}

function readFolder(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return []
    throw error
  }
}
