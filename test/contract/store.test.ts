import { join } from 'node:path'
import t from 'tap'
import { createMemoryStore } from '../../src/store/memory/memoryStore.ts'
import { openSqliteStore } from '../../src/store/sqlite/sqliteStore.ts'
import { censusContract } from './census.ts'
import { borderContract } from './due.ts'
import { leadUpkeepContract } from './leadUpkeep.ts'
import { ledgerContract } from './ledger.ts'
import { originContract } from './origins.ts'
import { storeContract } from './store.ts'

t.test('the memory store', async t => {
  const store = createMemoryStore()
  storeContract(t, () => store)
  t.test('leads that wait or are finished', async t => leadUpkeepContract(t, store))
  t.test('calls that no campaign has made', async t => originContract(t, store))
  t.test('the ledger', async t => ledgerContract(t, store))
  t.test('the count of a campaign', async t => censusContract(t, store))
  t.test('borders', async t => borderContract(t, store))
})

t.test('the SQLite store', async t => {
  const store = await openSqliteStore({ file: join(t.testdir(), 'dialwright.db') })
  t.teardown(() => store.close())
  storeContract(t, () => store)
  t.test('leads that wait or are finished', async t => leadUpkeepContract(t, store))
  t.test('calls that no campaign has made', async t => originContract(t, store))
  t.test('the ledger', async t => ledgerContract(t, store))
  t.test('the count of a campaign', async t => censusContract(t, store))
  t.test('borders', async t => borderContract(t, store))
})
