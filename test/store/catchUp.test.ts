import { appendFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { JournalEntry } from '../../src/store/journal/entries.ts'
import { lineAfter } from '../../src/store/journal/line.ts'
import { readJournal } from '../../src/store/journal/readJournal.ts'
import { openLedger } from '../../src/store/sqlite/ledgerReader.ts'
import { openSqliteStore, type SqliteStore, type SqliteStoreOptions } from '../../src/store/sqlite/sqliteStore.ts'
import { someNumber } from '../contract/store.ts'

const noon = Date.UTC(2026, 5, 17, 16, 0)

async function opened<Value>(options: SqliteStoreOptions, use: (store: SqliteStore) => Promise<Value>): Promise<Value> {
  const store = await openSqliteStore(options)
  try {
    return await use(store)
  } finally {
    await store.close()
  }
}

/** As a process leaves it that is killed before the database has what the journal has. */
function killedAfter(journal: string, entries: readonly JournalEntry[]): void {
  let { last } = readJournal(journal)
  for (const entry of entries) {
    const line = lineAfter(last, entry)
    appendFileSync(journal, line.text)
    last = line
  }
}

t.test('what only the journal has is in the database before anything else, and once', async t => {
  const folder = t.testdir()
  const [file, journal] = [join(folder, 'live.db'), join(folder, 'journal.jsonl')]
  const [lost, back, early, told, withdrawn, busy, undone] = Array.from({ length: 7 }, someNumber)
  if (!lost || !back || !early || !told || !withdrawn || !busy || !undone) throw new TypeError('seven numbers')
  const about = { list: 'company', source: 'agent', at: noon } as const
  const days = [[], [], [], [], [], [], []] as const
  await opened({ file, journal }, async store => {
    await store.addDoNotCall({ ...about, number: early })
    await store.addDoNotCall({ ...about, number: told, note: 'call c1' })
  })
  await opened({ file }, async store => {
    await store.removeDoNotCall(early, 'R. Miller')
    await store.addDoNotCall({ ...about, number: undone })
    await store.removeDoNotCall(undone, 'R. Miller')
  })
  killedAfter(journal, [
    { kind: 'refusal', number: told, ...about },
    { kind: 'refusal', number: lost, ...about },
    { kind: 'refusal', number: undone, ...about },
    { kind: 'refusal', number: back, ...about },
    { kind: 'refusal-removed', number: back, list: 'company', at: noon + 1 },
    { kind: 'prefix', prefix: '+1900', source: 'operator', at: noon },
    { kind: 'withdrawal', number: withdrawn, topic: 'spring', at: noon },
    { kind: 'hours', number: busy, days, at: noon },
  ])
  const before = readFileSync(journal, 'utf8')
  await opened({ file, journal }, async store => {
    t.match(await store.doNotCallEntry(lost), about, 'a refusal')
    t.match(await store.doNotCallEntry(undone), about, 'a refusal whose removal the journal has not heard of')
    t.match(await store.doNotCallEntry('+19005550100'), { list: 'company' }, 'a prefix')
    t.match(await store.permissionsOf(withdrawn), [{ withdrawnAt: noon, topics: ['spring'] }], 'a withdrawal')
    t.match(await store.personHoursOf(busy), { recordedAt: noon }, 'hours')
    t.equal(await store.doNotCallEntry(back), undefined, 'what was taken back is')
    t.equal(await store.doNotCallEntry(early), undefined, 'what the database has had is not looked at')
    t.match(await store.doNotCallEntry(told), { note: 'call c1' })
  })
  t.equal(readFileSync(journal, 'utf8'), before, 'nothing is journalled twice')
  await opened({ file }, store => store.removeDoNotCall(lost, 'R. Miller'))
  await opened({ file, journal }, async store => t.equal(await store.doNotCallEntry(lost), undefined, 'once'))
  const ledger = openLedger(file)
  t.equal(ledger.ofKind('opt-out').length, 5, 'each stands in the ledger once for each time that it came onto the list')
  ledger.close()
})
