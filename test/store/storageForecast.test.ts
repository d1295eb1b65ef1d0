import t from 'tap'
import { storageForecast } from '../../src/store/decisions/storageForecast.ts'

const day = 24 * 3_600_000
const facts = { usedBytes: 1_000, freeBytes: 5_000, entries: 100, entriesLately: 50, spanMs: 5 * day, at: 10 * day }

t.test('a database grows as its entries lately say, and its disk is full on a day', async t => {
  t.same(storageForecast(facts), { bytesPerDay: 100, fullAt: 60 * day })
  t.same(storageForecast({ ...facts, freeBytes: 0 }), { bytesPerDay: 100, fullAt: 10 * day })
  t.same(storageForecast({ ...facts, entriesLately: 0 }), { bytesPerDay: 0 })
  t.same(storageForecast({ ...facts, entries: 0, entriesLately: 0 }), { bytesPerDay: 0 })
})
