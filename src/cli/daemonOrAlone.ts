import { loadStoreAccess } from '../config.ts'
import { given } from '../core/given.ts'
import { errorCode } from '../errors.ts'
import type { Store } from '../ports/store.ts'
import { openLedger } from '../store/sqlite/ledgerReader.ts'
import { openSqliteStore } from '../store/sqlite/sqliteStore.ts'
import type { Cli } from './cli.ts'
import type { ApiClient } from './client.ts'

/**
 * The one way in to what a running daemon owns: it is asked, and where none runs, `alone` does the same here. `alone` is given
 * the error that says so, to be thrown where nothing can be done without a daemon.
 */
export async function throughDaemon<Answer>(
  cli: Cli,
  asked: (api: ApiClient) => Promise<Answer>,
  alone: (notRunning: unknown) => Promise<Answer> | Answer,
): Promise<Answer> {
  try {
    return await asked(cli.api())
  } catch (error) {
    if (errorCode(error) !== 'daemon-not-running') throw error
    return alone(error)
  }
}

/**
 * The store under the lock of its database, for as long as `use` runs: a daemon that starts meanwhile, or cannot be reached where it
 * listens, is in nobody's way. A command makes no database and brings none up to date: both are the daemon's.
 * @throws StoreError `in-use`, `no-database`, `older-schema`, and those of opening a store
 */
export async function underLock<Answer>(cli: Cli, use: (store: Store) => Promise<Answer>): Promise<Answer> {
  const { store: kept, journal } = loadStoreAccess(cli.configFile())
  openLedger(kept.path).close()
  const store = await openSqliteStore({ file: kept.path, ...given({ journal: journal?.path }) })
  try {
    return await use(store)
  } finally {
    await store.close()
  }
}
