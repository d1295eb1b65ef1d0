import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import t from 'tap'
import type { JournalEntry } from '../../src/store/journal/entries.ts'
import { lineAfter } from '../../src/store/journal/line.ts'
import { readJournal } from '../../src/store/journal/readJournal.ts'
import { planReplay } from '../../src/store/journal/replay.ts'
import type { WriteOperation, WriteResult } from '../../src/store/operations.ts'
import { openJournalCaughtUp } from '../../src/store/sqlite/keeping/catchUp.ts'
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

t.test('what names no number is not journalled, and stepped over where it was', async t => {
  const folder = t.testdir()
  const [file, journal] = [join(folder, 'live.db'), join(folder, 'journal.jsonl')]
  await opened({ file, journal }, async store => {
    const before = readFileSync(journal, 'utf8')
    await t.rejects(store.addDoNotCall({ ...about, number: 'erased-3' }), { code: 'bad-number' })
    t.equal(readFileSync(journal, 'utf8'), before)
  })
  killedAfter(journal, [refusalOf('erased-3'), refusalOf('erased-4'), refusalOf(lost)])
  const warnings: string[] = []
  const options = { file, journal, warn: (line: string) => void warnings.push(line) }
  await opened(options, async store => t.match(await store.doNotCallEntry(lost), about))
  t.match(warnings, [/2 lines name no number/])
  const { begin } = readJournal(journal)
  const plan = planReplay(journal, { databaseId: begin?.databaseId ?? '', createdAt: noon })
  t.same(plan.entries.slice(1), [refusalOf(lost)])
  t.match(plan.gaps.at(-1), /2 lines name no number/)
})

/** Opens the journal of a database beside a writer that answers each operation so; gives what the writer was asked for. */
async function caughtUp(file: string, journal: string, answer: WriteResult) {
  const database = new Database(file, { readonly: true })
  const asked: WriteOperation[] = []
  const ask = async (operations: readonly WriteOperation[]) => {
    asked.push(...operations)
    return operations.map(() => answer)
  }
  try {
    const databaseId = database.prepare<[], string>('SELECT databaseId FROM identity').pluck().get() ?? ''
    const opened = await openJournalCaughtUp({ database, writer: { ask }, file: journal, databaseId })
    const atOpening = [...asked]
    await opened.close()
    return { atOpening, asked }
  } finally {
    database.close()
  }
}

const about = { list: 'company', source: 'agent', at: noon } as const
const days = [[], [], [], [], [], [], []] as const
const [person, all, erased, lost] = ['+12025550181', '+12025550182', '+12025550183', '+12025550184'] as const
const done: WriteResult = { ok: true, value: undefined }

function refusalOf(number: string): JournalEntry {
  return { kind: 'refusal', number, ...about }
}

const said: readonly (readonly [what: string, entry: JournalEntry, isMissing: boolean])[] = [
  ['a refusal', refusalOf(person), false],
  ['on another list', { ...refusalOf(person), list: 'seller:acme' } as JournalEntry, true],
  ['a wildcard', { kind: 'prefix', prefix: '+1900', source: 'operator', at: noon }, false],
  ['another wildcard', { kind: 'prefix', prefix: '+1901', source: 'operator', at: noon }, true],
  ['a withdrawal', { kind: 'withdrawal', number: person, topic: 'spring', at: noon }, false],
  ['of another topic', { kind: 'withdrawal', number: person, topic: 'autumn', at: noon }, true],
  ['of everything', { kind: 'withdrawal', number: person, at: noon }, true],
  ['at another time', { kind: 'withdrawal', number: person, topic: 'spring', at: noon + 1 }, true],
  ['of a topic after everything', { kind: 'withdrawal', number: all, topic: 'spring', at: noon }, false],
  ['of everything again', { kind: 'withdrawal', number: all, at: noon }, false],
  ['of somebody who was erased', { kind: 'withdrawal', number: erased, at: noon }, false],
  ['the same hours', { kind: 'hours', number: person, days, at: noon }, false],
  ['older hours', { kind: 'hours', number: person, days, at: noon - 1 }, false],
  ['newer hours', { kind: 'hours', number: person, days, at: noon + 1 }, true],
  ['hours of another', { kind: 'hours', number: all, days, at: noon }, true],
]

t.test('a database that has much of its journal', async t => {
  const folder = t.testdir()
  const [file, journal] = [join(folder, 'live.db'), join(folder, 'journal.jsonl')]
  await opened({ file, journal }, async store => {
    await store.addDoNotCall({ ...about, number: person })
    await store.addDoNotCallPrefix({ prefix: '+1900', source: 'operator', at: noon })
    await store.withdrawPermission({ number: person, topic: 'spring', at: noon, how: 'by letter' })
    await store.withdrawPermission({ number: all, at: noon, how: 'by letter' })
    await store.setPersonHours({ number: person, days, how: 'by letter', recordedAt: noon })
    await store.withdrawPermission({ number: erased, at: noon, how: 'by letter' })
    await store.erasePerson({ number: erased, at: noon, by: 'R. Miller' })
  })
  const settled = readFileSync(journal)
  t.beforeEach(() => writeFileSync(journal, settled))

  t.test('opens on a full disk where nothing is missing, and not where somebody is', async t => {
    const full: WriteResult = { ok: false, code: 'disk-full', message: 'the disk is full' }
    t.match(await caughtUp(file, journal, full), { atOpening: [], asked: [{ kind: 'keep-journal-place' }] })
    killedAfter(journal, [refusalOf(lost)])
    await t.rejects(caughtUp(file, journal, full), { code: 'disk-full', message: 'the disk is full' })
    const { atOpening } = await caughtUp(file, journal, done)
    t.match(atOpening, [{ kind: 'add-do-not-call', entry: { number: lost } }, { kind: 'keep-journal-place' }])
  })

  t.test('takes many that are missing in their order, each once', async t => {
    const numbers = Array.from({ length: 201 }, someNumber)
    killedAfter(journal, numbers.map(refusalOf))
    const { atOpening } = await caughtUp(file, journal, done)
    const written = atOpening.flatMap(one => (one.kind === 'add-do-not-call' ? [one.entry.number] : []))
    t.same(written, numbers)
  })

  for (const [what, entry, isMissing] of said)
    t.test(`${isMissing ? 'takes' : 'has'}: ${what}`, async t => {
      killedAfter(journal, [entry])
      t.equal((await caughtUp(file, journal, done)).atOpening.length, isMissing ? 2 : 1)
    })
})
