import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { InstantMs, PhoneNumber } from '../../core/ids.ts'
import { integerToNumber } from '../../numbers/e164.ts'
import type { BulkListStore } from '../bulkLists.ts'

/** Takes the numbers of a finished version into memory. */
export type ReplaceList = (list: string, numbers: Iterable<PhoneNumber>, importedAt: InstantMs) => void

/** The importer's way into a store in memory: the file that it builds is read and thrown away. */
export function createMemoryBulkLists(replace: ReplaceList): BulkListStore {
  return {
    newBulkListFile: async () => join(mkdtempSync(join(tmpdir(), 'dialwright-list-')), 'list.db'),
    async installBulkList({ list, file, importedAt }) {
      // Only here: a simulation has no need of the library.
      const { default: Database } = await import('better-sqlite3')
      const database = new Database(file, { readonly: true })
      const numbers = database.prepare<[], number>('SELECT number FROM number').pluck().all()
      database.close()
      rmSync(dirname(file), { recursive: true })
      replace(list, numbers.map(integerToNumber), importedAt)
    },
  }
}
