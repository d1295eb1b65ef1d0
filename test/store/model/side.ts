import { createNumberSet } from '../../../src/numberSet/builder.ts'
import { writeNumberSet } from '../../../src/numberSet/write.ts'
import { numberToInteger } from '../../../src/numbers/e164.ts'
import type { ArchiveWrites } from '../../../src/ports/archives.ts'
import type { BulkListVersion } from '../../../src/ports/bulkLists.ts'
import type { PackedLeadStore } from '../../../src/ports/importing/packedLeads.ts'
import type { MoveInStore } from '../../../src/ports/importing/packedMoved.ts'
import type { Store } from '../../../src/ports/store.ts'
import { createMemoryStore, type MemoryStore } from '../../../src/store/memory/memoryStore.ts'
import type { SqliteStore } from '../../../src/store/sqlite/sqliteStore.ts'

/** A bulk list as it is installed: what it is, and what stands in it. */
export interface InstalledList {
  readonly version: Omit<BulkListVersion, 'file'>
  readonly numbers: readonly string[]
  readonly prefixes: readonly string[]
}

/** A store under comparison, with what each does in a way of its own. */
export interface Side {
  readonly store: Store & PackedLeadStore & MoveInStore & ArchiveWrites
  install(list: InstalledList): Promise<void>
  /** Moves the ledger so far to a file, where the store has files; gives the files. */
  rotate(): Promise<readonly string[]>
}

/** The model. */
export function memorySide(store: MemoryStore = createMemoryStore({ now: Date.now })): Side {
  return {
    store,
    install: async ({ version, ...content }) => store.replaceBulkList(version, content),
    rotate: async () => [],
  }
}

/** A store in SQLite. */
export function sqliteSide(store: SqliteStore): Side {
  return {
    store,
    async install({ version, numbers, prefixes }) {
      const set = createNumberSet()
      for (const number of numbers) set.add(numberToInteger(number))
      const file = await store.files.newBulkListFile(version.list)
      writeNumberSet(file, set.groups(), prefixes)
      await store.files.installBulkList({ ...version, file })
    },
    async rotate() {
      const now = Date.now() + 1_000
      const { moved } = await store.files.rotateLedger({ before: now, at: now })
      return moved.map(({ file }) => file)
    },
  }
}
