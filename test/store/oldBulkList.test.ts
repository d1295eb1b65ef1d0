import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import t from 'tap'
import { openNumberSet } from '../../src/numberSet/read.ts'
import type { BulkListVersion } from '../../src/ports/bulkLists.ts'
import { bulkListFolder, openBulkLists } from '../../src/store/sqlite/bulkListFiles.ts'
import { convertOldList, isOldList } from '../../src/store/sqlite/oldBulkList.ts'

const noon = Date.UTC(2026, 5, 17, 16, 0)
const numbers = [12015550101, 12015550102, 442079460000]

const oldList: BulkListVersion = {
  ...{ list: 'national', kind: 'national', version: 'before', numbers: numbers.length, source: 'a file' },
  ...{ file: 'national.list', importedAt: noon, asOf: noon },
}

/** A list as versions before 0003 kept it. */
function writeOldList(file: string): void {
  const database = new Database(file)
  database.exec('CREATE TABLE number (number INTEGER PRIMARY KEY) WITHOUT ROWID')
  const insert = database.prepare('INSERT INTO number VALUES (?)')
  for (const number of numbers) insert.run(number)
  database.close()
}

t.test('a list of an older version is told from one of this version and from what is none', async t => {
  const file = join(t.testdir(), 'list')
  writeOldList(file)
  t.equal(isOldList(file), true)
  convertOldList(file, `${file}.numbers`)
  t.equal(isOldList(`${file}.numbers`), false)
  for (const [index, content] of ['', 'SQLite format 4\0', 'x'.repeat(200)].entries()) {
    writeFileSync(`${file}-${index}`, content)
    t.equal(isOldList(`${file}-${index}`), false, content.slice(0, 20))
  }
})

t.test('whoever stood on it stands on it: it is written anew once, under its own name, before it is used', async t => {
  const databaseFile = join(t.testdir(), 'dialwright.db')
  const folder = bulkListFolder(databaseFile)
  mkdirSync(folder)
  writeOldList(join(folder, 'national.list'))
  const installed: BulkListVersion[] = []
  const lists = await openBulkLists(databaseFile, [oldList], {
    install: async version => {
      installed.push(version)
    },
  })
  for (const number of numbers) t.match(lists.hitsOf(number), [{ list: 'national' }])
  t.same(lists.hitsOf(12015550103), [])
  await lists.close()
  t.match(installed, [{ list: 'national', file: 'national.list.numbers', asOf: noon }])
  t.not(installed[0]?.version, 'before', 'it is named by its content')
  t.same(readdirSync(folder), ['national.list.numbers'], 'the old file goes')
  const set = await openNumberSet(join(folder, 'national.list.numbers'))
  t.equal(set.numbers, numbers.length)
  await set.close()

  const again = await openBulkLists(databaseFile, installed, { install: async () => t.fail('once') })
  t.match(again.hitsOf(442079460000), [{ list: 'national' }])
  await again.close()
})

t.test('what stands of an attempt that a crash broke off does not keep it from being written', async t => {
  const databaseFile = join(t.testdir(), 'dialwright.db')
  const folder = bulkListFolder(databaseFile)
  mkdirSync(folder)
  writeOldList(join(folder, 'national.list'))
  writeFileSync(join(folder, 'national.list.numbers'), 'half of one')
  const lists = await openBulkLists(databaseFile, [oldList], { install: async () => {} })
  t.match(lists.hitsOf(12015550101), [{ list: 'national' }])
  await lists.close()
})
