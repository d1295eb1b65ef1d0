import type { Config } from '../config.ts'
import { given } from '../core/given.ts'
import { checkAddress } from '../http/server.ts'
import type { Log } from '../log.ts'
import { openSqliteStore, type SqliteStore } from '../store/sqlite/sqliteStore.ts'
import { isInOffice, loadStoreThreads, type StoreThreads } from '../store/sqlite/storeThreads.ts'
import { readAhead } from './telephonies.ts'

/** How long a call's records wait for others' commit: nobody waits for them, and an originate leaves that much later. */
const gatherMs = 10

/** Room on the disk for refusals and ends of calls when it is full; a small disk keeps less. */
const reserveMaxBytes = 16 * 1024 * 1024

/** A daemon that has said that it hands over joins who is being joined (2.5 s), closes (1.5 s), or is ended. */
const ownerGoneMaxMs = 10_000

/** How a daemon comes by its database. */
export interface StoreWishes {
  readonly log: Log
  /** The database that is there, or none, is right, whatever was there before. */
  readonly acceptDatabase?: boolean | undefined
  /**
   * Asks the daemon that has the database to hand over; resolves once it lets go. Asked when all is ready that can be, so that nobody is
   * without a daemon for longer than it takes to open the database. Absent: a database that another daemon has is refused.
   */
  readonly handOver?: (() => Promise<void>) | undefined
}

/**
 * Opens the configuration's store, from the hands of the daemon that has it where it is asked to hand over. Until it is asked nothing
 * has changed for that one: whatever fails before leaves it in office.
 * @throws StoreError as `openSqliteStore`
 */
export async function openStore(config: Config, { log, acceptDatabase, handOver }: StoreWishes): Promise<SqliteStore> {
  const file = config.store.path
  const isNext = handOver !== undefined && isInOffice(file)
  const threads = isNext ? await loadStoreThreads() : undefined
  try {
    if (isNext) {
      // Before: once the other has let go, nobody dials until all is here.
      await readAhead()
      await handOver()
    }
    return await openSqliteStore({
      file,
      gatherMs,
      reserveMaxBytes,
      beforehand: () => beforeOpening(config),
      warn: line => log.warn(line),
      ...given({ acceptDatabase, journal: config.journal?.path, threads }),
      ownerGoneMaxMs: isNext ? ownerGoneMaxMs : 0,
    })
  } catch (error) {
    await endAll(threads)
    throw error
  }
}

function beforeOpening({ api }: Config): Promise<void> {
  // The store's threads are waited for in any case.
  void readAhead()
  return checkAddress(api)
}

async function endAll(threads: StoreThreads | undefined): Promise<void> {
  await Promise.all(Object.values(threads ?? {}).map(thread => thread.terminate()))
}
