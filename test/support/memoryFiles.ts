import { join } from 'node:path'
import { StoreError } from '../../src/errors.ts'
import { numbersOf } from '../../src/numberSet/groups.ts'
import { openNumberSet } from '../../src/numberSet/read.ts'
import { integerToNumber } from '../../src/numbers/e164.ts'
import type { BulkListVersion } from '../../src/ports/bulkLists.ts'
import type { FileStore } from '../../src/ports/files.ts'
import type { MemoryStore } from '../../src/store/memory/memoryStore.ts'

/** A store in memory whose bulk lists can come in as files, which lie in this folder. It is neither backed up nor rotated. */
export function withFiles(store: MemoryStore, folder: string): MemoryStore & { readonly files: FileStore } {
  const installed = new Map<string, string>()
  let made = 0
  const fileOf = async (list: string) => {
    const lists = await store.doNotCallLists()
    return lists.some(({ name }) => name === list) ? installed.get(list) : undefined
  }
  const notHere = async () => {
    throw new StoreError('no-files', 'a store in memory has no such files')
  }
  return {
    ...store,
    files: {
      archive: notHere,
      backup: notHere,
      trimJournal: notHere,
      rotateLedger: notHere,
      restoration: () => undefined,
      recordRestore: notHere,
      confirmRestore: notHere,
      journalTrouble: () => undefined,
      async verifyDoNotCallList(list) {
        if ((await fileOf(list)) === undefined)
          throw new StoreError('unknown-list', `there is no do-not-call list "${list}"`)
      },
      async newBulkListFile() {
        made += 1
        return join(folder, `list-${made}.numbers`)
      },
      bulkListFile: fileOf,
      async installBulkList(version: BulkListVersion) {
        const set = await openNumberSet(version.file)
        const numbers: string[] = []
        // A group is good until the next one is read.
        for (const group of set.groups()) for (const number of numbersOf(group)) numbers.push(integerToNumber(number))
        await set.close()
        installed.set(version.list, version.file)
        store.replaceBulkList(version, { numbers, prefixes: set.prefixes })
      },
    },
  }
}
