import { statSync } from 'node:fs'
import { loadStoreAccess } from '../../../config.ts'
import { Defect, InputError } from '../../../errors.ts'
import type { LedgerEntry } from '../../../ports/ledger.ts'
import { readSegment } from '../../../store/ledger/segments.ts'
import { type LedgerReader, openLedger } from '../../../store/sqlite/ledgerReader.ts'
import { storeErrorOf } from '../../../store/sqlite/problems.ts'
import type { Cli } from '../../cli.ts'
import { plural } from '../../terminal/format.ts'
import { createProgressBar, type ProgressBar, type ProgressUnit } from '../../terminal/progressBar.ts'

/** A piece of the ledger, in the order of the command line. */
export interface LedgerPiece {
  /** File, or the database. */
  readonly name: string
  entries(): AsyncIterable<readonly LedgerEntry[]>
}

const databaseBatch = 1_000

/** What is told while entries are read. */
const inEntries: ProgressUnit = ({ done, perSecond }) =>
  `${plural(done, 'entry', 'entries')}  ${Math.round(perSecond)}/s`

/**
 * The database's ledger, for as long as `use` runs: read from the file, beside the daemon. The ledger is evidence about the
 * daemon, so it is not asked for it; and millions of entries would pass through the loop that dials.
 */
export async function withLedger<Answer>(
  cli: Cli,
  use: (reader: LedgerReader, file: string) => Promise<Answer> | Answer,
): Promise<Answer> {
  const file = loadStoreAccess(cli.configFile()).store.path
  const reader = openLedger(file)
  try {
    return await use(reader, file)
  } catch (error) {
    // A damaged database is the operator's news; what is no error of SQLite goes on as it is.
    throw isSqlite(error) ? storeErrorOf(error, file) : error
  } finally {
    reader.close()
  }
}

function isSqlite(error: unknown): boolean {
  return error instanceof Error && error.name === 'SqliteError'
}

/**
 * Hands over the pieces that were named: files, and the database where none was named or `alsoDatabase` says so. A bar shows
 * how far the reading is.
 */
export async function withPieces<Answer>(
  cli: Cli,
  { files, alsoDatabase, what }: { readonly files: readonly string[]; readonly alsoDatabase: boolean; what: string },
  use: (pieces: readonly LedgerPiece[]) => Promise<Answer>,
): Promise<Answer> {
  const total = files.length > 0 ? files.reduce((sum, file) => sum + sizeOf(file), 0) : undefined
  const inFiles = (bar: ProgressBar) => files.map(file => filePiece(file, bytes => bar.add(bytes)))
  if (files.length > 0 && !alsoDatabase) {
    const bar = createProgressBar(cli.terminal, { what, total })
    try {
      return await use(inFiles(bar))
    } finally {
      bar.end()
    }
  }
  return withLedger(cli, async (reader, file) => {
    const bar = createProgressBar(cli.terminal, { what, total: reader.count(), unit: inEntries })
    try {
      const silent = files.map(name => filePiece(name, () => {}))
      return await use([...silent, databasePiece(reader, { file, bar })])
    } finally {
      bar.end()
    }
  })
}

function sizeOf(file: string): number {
  const found = statSync(file, { throwIfNoEntry: false })
  if (found === undefined) throw new InputError('file-unreadable', `there is no file ${file}`)
  if (found.isDirectory()) throw new InputError('file-unreadable', `${file} is a folder: name the files in it`)
  return found.size
}

function filePiece(file: string, onBytes: (bytes: number) => void): LedgerPiece {
  return {
    name: file,
    async *entries() {
      for await (const lines of readSegment(file, onBytes)) {
        yield lines.map(({ line, entry }) => {
          if (entry !== undefined) return entry
          throw new InputError('ledger-line', `${file}, line ${line}: this is no entry as the ledger writes it`)
        })
      }
    },
  }
}

function databasePiece(reader: LedgerReader, { file, bar }: { file: string; bar: ProgressBar }): LedgerPiece {
  return {
    name: file,
    async *entries() {
      let after = -1
      for (;;) {
        const batch = reader.entries(after, databaseBatch)
        const last = batch.at(-1)
        if (last === undefined) return
        if (last.seq <= after) throw new Defect('the ledger is read in a circle')
        bar.add(batch.length)
        yield batch
        after = last.seq
      }
    },
  }
}
