import t from 'tap'
import { createMemoryStore } from '../../src/store/memoryStore.ts'
import { storeContract } from './store.ts'

t.test('the memory store', async t => {
  const store = createMemoryStore()
  storeContract(t, () => store)
})
