import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../../../config.ts'
import { errorCode, errorMessage, OperatingError } from '../../../errors.ts'
import { bulkListFolder } from '../../../store/sqlite/bulkListFiles.ts'
import { damageOf } from '../../../store/sqlite/listDamage.ts'
import { isOldList } from '../../../store/sqlite/oldBulkList.ts'
import type { Cli } from '../../cli.ts'
import { plural } from '../../terminal/format.ts'
import { createProgressBar } from '../../terminal/progressBar.ts'
import { verify } from '../ledger/ledger.ts'
import { withPieces } from '../ledger/ledgerSource.ts'
import { type Check, finding, ok } from './checks.ts'
import { type Kept, readKept } from './kept.ts'

/**
 * Reads the ledger and every imported list whole, as `ledger verify` and `dnc lists --verify` do, from the files: a daemon that runs is
 * asked for nothing. A database that is not there, or cannot be opened, is told by others.
 */
export async function wholeChecks(cli: Cli, { store }: Config): Promise<readonly Check[]> {
  const kept = readKept(store.path)
  if (kept.databaseId === undefined) return []
  return [await ledgerCheck(cli), ...(await listChecks(cli, store.path, kept))]
}

async function ledgerCheck(cli: Cli): Promise<Check> {
  const source = { files: [], alsoDatabase: true, what: 'ledger' }
  try {
    const found = await withPieces(cli, source, pieces => verify(pieces, { heads: [], partial: false }))
    const { entries, problem } = found
    if (problem === undefined) return ok('ledger', `${plural(entries, 'entry', 'entries')} follow from each other`)
    const { seq = 0, says } = problem
    return finding('ledger-changed', 'ledger', { says: `entry ${seq}: ${says}`, facts: { entries, seq } })
  } catch (error) {
    if (!(error instanceof OperatingError)) throw error
    return finding('store-broken', 'ledger', { says: errorMessage(error), facts: { error: errorCode(error) } })
  }
}

/** A file that is not there is told by others; one of an older version is rewritten by the next start. */
async function listChecks(cli: Cli, store: string, { lists }: Kept): Promise<readonly Check[]> {
  const there = lists
    .map(({ list, file }) => ({ list, file: join(bulkListFolder(store), file) }))
    .filter(({ file }) => existsSync(file) && !isOldList(file))
  if (there.length === 0) return []
  const unit = ({ done }: { readonly done: number }) => `${done} of ${there.length}`
  const bar = createProgressBar(cli.terminal, { what: 'lists', total: there.length, unit })
  try {
    const damaged: Check[] = []
    for (const one of there) {
      const says = await damageOf(one.file)
      // One that was replaced while it was read is another file by now.
      if (says !== undefined && existsSync(one.file))
        damaged.push(finding('list-damaged', 'lists', { says: `${one.list}: ${says}` }))
      bar.add(1)
    }
    return damaged.length > 0 ? damaged : [ok('lists', `${plural(there.length, 'list')} read whole`)]
  } finally {
    bar.end()
  }
}
