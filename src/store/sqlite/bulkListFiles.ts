import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { type DoNotCallHit, type DoNotCallListState, personKinds } from '../../core/compliance/doNotCall.ts'
import { errorCode, errorMessage, StoreError } from '../../errors.ts'
import { createPrefixSet } from '../../numberSet/prefixes.ts'
import { type NumberSetFile, openNumberSet } from '../../numberSet/read.ts'
import { type BulkListVersion, hitOf, listState } from '../../ports/bulkLists.ts'
import { convertOldList, isOldList } from './oldBulkList.ts'

/** The bulk lists in use, one open file each. */
export interface BulkListFiles {
  /** Every list that holds the number. */
  hitsOf(integer: number): readonly DoNotCallHit[]
  /** The lists that hold people's words, where the number itself stands there. */
  refusalsOf(integer: number): readonly DoNotCallHit[]
  states(): readonly DoNotCallListState[]
  /** The file of the list's present version. */
  fileOf(list: string): string | undefined
  /** A name for a new version in the folder, which is made if need be. */
  newFile(list: string): string
  /** Opens a version and puts it in the place of the one of that name, whose file goes. */
  swap(version: BulkListVersion, commit: () => Promise<void>): Promise<void>
  /** Takes a list out of use and removes its file; false where there is none of that name. */
  drop(list: string, commit: () => Promise<void>): Promise<boolean>
  /** @throws StoreError `unknown-list`, `list-damaged` */
  verify(list: string): Promise<void>
  close(): Promise<void>
}

interface OpenList {
  readonly version: BulkListVersion
  readonly state: DoNotCallListState
  /** The same for every number. */
  readonly hit: DoNotCallHit
  readonly numbers: NumberSetFile
  holds(integer: number): boolean
}

/** The folder in which a database's bulk lists lie. */
export function bulkListFolder(databaseFile: string): string {
  return `${databaseFile}-lists`
}

/** How lists are opened. */
export interface OpeningLists {
  readonly keepStrangers?: boolean
  /** The owner's way to put a version's row (with a name in the folder) in the place of the list's present one. */
  readonly install?: (version: BulkListVersion) => Promise<unknown>
}

/**
 * Opens the lists that the database names and removes files that nobody names (an import that a crash broke off): the
 * owner does; whoever only reads beside the owner keeps them, for an import may be building one.
 * @throws StoreError `list-missing`: dialing without a list that was there before would call people on it
 */
export async function openBulkLists(
  databaseFile: string,
  rows: readonly BulkListVersion[],
  { keepStrangers = false, install }: OpeningLists = {},
): Promise<BulkListFiles> {
  const folder = bulkListFolder(databaseFile)
  const lists = new Map<string, OpenList>()
  try {
    for (const row of rows) {
      const version = { ...row, file: join(folder, row.file) }
      lists.set(row.list, await openList(install === undefined ? version : await upToDate(version, install)))
    }
    const names = [...lists.values()].map(({ version }) => basename(version.file))
    if (!keepStrangers) removeStrangers(folder, new Set(names))
  } catch (error) {
    await closeAll(lists)
    throw error
  }
  return composeLists(folder, lists)
}

function composeLists(folder: string, lists: Map<string, OpenList>): BulkListFiles {
  let made = 0
  let inUse = [...lists.values()]

  async function change(list: string, next: OpenList | undefined): Promise<void> {
    const last = lists.get(list)
    if (next === undefined) lists.delete(list)
    else lists.set(list, next)
    inUse = [...lists.values()].sort((one, other) => (one.version.list < other.version.list ? -1 : 1))
    if (last === undefined) return
    // Taking the name of half a gigabyte away may keep a disk busy for longer than the loop may wait.
    await rm(last.version.file, { force: true })
    await last.numbers.close()
  }

  return {
    hitsOf: integer => inUse.filter(list => list.holds(integer)).map(({ hit }) => hit),
    refusalsOf: integer =>
      inUse.filter(({ hit, numbers }) => personKinds.has(hit.kind) && numbers.has(integer)).map(({ hit }) => hit),
    states: () => inUse.map(({ state }) => state),
    fileOf: list => lists.get(list)?.version.file,
    newFile(list) {
      mkdirSync(folder, { recursive: true })
      made += 1
      const name = list.replace(/[^A-Za-z0-9-]+/g, '-').slice(0, 40)
      return join(folder, `${name}-${Date.now().toString(36)}-${made}.numbers`)
    },
    async swap(version, commit) {
      const next = await openList(version)
      try {
        await commit()
      } catch (error) {
        await next.numbers.close()
        throw error
      }
      await change(version.list, next)
    },
    async drop(list, commit) {
      if (!lists.has(list)) return false
      await commit()
      await change(list, undefined)
      return true
    },
    async verify(list) {
      const found = lists.get(list)
      if (found === undefined) throw new StoreError('unknown-list', `there is no do-not-call list "${list}"`)
      await found.numbers.verify().catch(cause => {
        throw unusable(found.version, cause)
      })
    },
    close: () => closeAll(lists),
  }
}

async function closeAll(lists: Map<string, OpenList>): Promise<void> {
  for (const { numbers } of lists.values()) await numbers.close()
  lists.clear()
}

async function openList(version: BulkListVersion): Promise<OpenList> {
  try {
    const numbers = await openNumberSet(version.file)
    const prefixes = createPrefixSet(numbers.prefixes)
    const holds = (integer: number) => numbers.has(integer) || prefixes.match(integer) !== undefined
    return { version, state: listState(version), hit: hitOf(version), numbers, holds }
  } catch (error) {
    throw unusable(version, error)
  }
}

function unusable({ list, file }: BulkListVersion, cause: unknown): StoreError {
  const isDamaged = cause instanceof StoreError
  const how = isDamaged ? `is damaged: ${errorMessage(cause)}` : `cannot be read: ${errorCode(cause)}`
  const message = `the do-not-call list "${list}" ${how}; put ${file} back from a backup, or import the list again where the daemon still runs`
  return new StoreError(isDamaged ? errorCode(cause) : 'list-missing', message, {
    cause: `${errorCode(cause)} ${basename(file)}`,
  })
}

/** A list of an older version of this program is written anew, once: it may hold people who must not be called. */
async function upToDate(
  version: BulkListVersion,
  install: NonNullable<OpeningLists['install']>,
): Promise<BulkListVersion> {
  try {
    if (!isOldList(version.file)) return version
    const file = `${version.file}.numbers`
    rmSync(file, { force: true })
    const next = { ...version, file, version: convertOldList(version.file, file) }
    await install({ ...next, file: basename(file) })
    return next
  } catch (error) {
    throw unusable(version, error)
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
