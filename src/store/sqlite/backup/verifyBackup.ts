import { closeSync, openSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { StoreError } from '../../../errors.ts'
import { openNumberSet } from '../../../numberSet/read.ts'
import { readSegment, segmentSpan } from '../../ledger/segments.ts'
import { createChainCheck, type LedgerProblem } from '../../ledger/verify.ts'
import { checkSchema } from '../migrate.ts'
import { storeErrorOf } from '../problems.ts'
import { prepareLedgerLookups } from '../queries/ledgerReads.ts'
import { prepareDoNotCallLookups } from '../queries/people/doNotCall.ts'
import { type BackupManifest, backupLayout, readWhole } from './manifest.ts'

/** What was found in a backup that is whole. */
export interface VerifiedBackup {
  readonly ledgerEntries: number
  readonly lists: number
  readonly segments: number
}

type Told = (bytes: number) => void

/**
 * Reads a backup whole: each file against its checksum, the database by SQLite's own check, the lists that it names, and the ledger
 * from its first segment to its head.
 * @throws StoreError `backup-damaged`, `newer-schema`, `list-damaged`
 */
export async function verifyBackup(folder: string, manifest: BackupManifest, told: Told): Promise<VerifiedBackup> {
  checkSums(folder, manifest, told)
  const file = join(folder, backupLayout.database)
  const database = openCopy(file)
  try {
    checkSchema(database, file)
    const [damage] = database.pragma('integrity_check(1)') as { readonly integrity_check: string }[]
    if (damage?.integrity_check !== 'ok') throw damaged(folder, `its database: ${damage?.integrity_check}`)
    const lists = prepareDoNotCallLookups(database).bulkLists()
    for (const list of lists) await checkList(folder, list.file)
    const problem = (says: string) => damaged(folder, `its ledger: ${says}`)
    const ledger = await followLedger(database, {
      folder: join(folder, backupLayout.ledger),
      head: manifest.ledger,
      problem,
    })
    return { lists: lists.length, ...ledger }
  } catch (error) {
    throw storeErrorOf(error, file)
  } finally {
    database.close()
  }
}

function openCopy(file: string): Database.Database {
  try {
    return new Database(file, { readonly: true, fileMustExist: true })
  } catch (error) {
    throw storeErrorOf(error, file)
  }
}

function damaged(folder: string, why: string): StoreError {
  return new StoreError('backup-damaged', `the backup ${folder} is not whole: ${why}; take another one`)
}

function checkSums(folder: string, { files }: BackupManifest, told: Told): void {
  for (const { name, bytes, sha256 } of files) {
    const descriptor = open(folder, name)
    try {
      const found = readWhole(descriptor, piece => told(piece.length))
      if (found.bytes !== bytes || found.sha256 !== sha256)
        throw damaged(folder, `${name} is not as it was written (${found.bytes} bytes, ${bytes} were written)`)
    } finally {
      closeSync(descriptor)
    }
  }
}

function open(folder: string, name: string): number {
  try {
    return openSync(join(folder, name), 'r')
  } catch {
    throw damaged(folder, `${name} is missing or cannot be read`)
  }
}

async function checkList(folder: string, name: string): Promise<void> {
  const file = join(folder, backupLayout.lists, name)
  try {
    const set = await openNumberSet(file)
    try {
      await set.verify()
    } finally {
      await set.close()
    }
  } catch (cause) {
    if (cause instanceof StoreError) throw damaged(folder, `the do-not-call list ${name}: ${cause.message}`)
    throw damaged(folder, `the do-not-call list ${name} is missing or cannot be read`)
  }
}

/**
 * Follows the ledger from the first segment that is there to the database's head, and looks that it has a head of before.
 * @throws what `problem` makes of the first entry that is not as it was written
 */
export async function followLedger(
  database: Database.Database,
  {
    folder,
    head,
    problem,
  }: {
    /** Of the segments. */
    readonly folder: string
    readonly head: BackupManifest['ledger']
    readonly problem: (says: string) => StoreError
  },
): Promise<Pick<VerifiedBackup, 'ledgerEntries' | 'segments'>> {
  const lookups = prepareLedgerLookups(database)
  const segments = segmentsIn(folder)
  // What an operator has put away elsewhere is not missing here.
  const check = createChainCheck({ heads: [head], partial: true })
  const take = (found: LedgerProblem | undefined) => {
    if (found !== undefined) throw problem(`entry ${found.seq}: ${found.says}`)
  }
  for (const name of leadingTo(segments, lookups.first()?.seq ?? 0)) {
    for await (const lines of readSegment(join(folder, name)))
      for (const { line, entry } of lines)
        if (entry === undefined) throw problem(`${name}, line ${line}: no entry`)
        else take(check.take(entry))
  }
  for (const entry of lookups.all(-1)) take(check.take(entry))
  take(check.finish())
  return { ledgerEntries: check.entries(), segments: segments.length }
}

function segmentsIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter(name => segmentSpan(name) !== undefined)
  } catch {
    return []
  }
}

/** The segments that follow each other up to the first entry of the database, in their order. */
function leadingTo(names: readonly string[], firstSeq: number): readonly string[] {
  const byEnd = new Map(names.map(name => [segmentSpan(name)?.toSeq, name]))
  const found: string[] = []
  for (let end: number | undefined = firstSeq; end !== undefined; ) {
    const name = byEnd.get(end)
    const span = name === undefined ? undefined : segmentSpan(name)
    if (name !== undefined) found.unshift(name)
    end = span && span.fromSeq - 1
  }
  return found
}
