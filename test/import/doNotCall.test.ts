import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { deflateRawSync, gzipSync } from 'node:zlib'
import Database from 'better-sqlite3'
import t, { type Test } from 'tap'
import { dayMs as day } from '../../src/core/time.ts'
import { InputError } from '../../src/errors.ts'
import { createImporter, type ImportStore } from '../../src/import/importer.ts'
import type { DoNotCallImportRequest } from '../../src/ports/doNotCall.ts'
import type { FileStore } from '../../src/ports/files.ts'
import type { Store } from '../../src/ports/store.ts'
import { createMemoryStore } from '../../src/store/memory/memoryStore.ts'
import { openSqliteStore } from '../../src/store/sqlite/sqliteStore.ts'
import { withFiles } from '../support/memoryFiles.ts'

async function* pieces(text: string | Uint8Array, size = 7): AsyncIterable<Uint8Array> {
  const bytes = Buffer.from(text)
  for (let from = 0; from < bytes.length; from += size) {
    await turn()
    yield bytes.subarray(from, from + size)
  }
}

const now = Date.UTC(2026, 0, 15)

/** An importer into a store, and short questions about what the store then says. */
function atWork(store: Store & ImportStore) {
  const importer = createImporter(store, { now: () => now })
  return {
    run: (text: string | Uint8Array, more: Partial<DoNotCallImportRequest> = {}) =>
      importer.importDoNotCall({
        ...{ list: 'national', source: 'list.txt', defaultCountry: 'US', stream: pieces(text), ...more },
      }),
    lists: async (number: string) => (await store.doNotCallHits(number)).map(({ list }) => list),
  }
}

const [a, b, c] = ['+12015550101', '+12015550102', '+442079460123'] as const

t.test('lists are imported into SQLite', async t => {
  const folder = t.testdir()
  const store = await openSqliteStore({ file: join(folder, 'x.db') })
  t.teardown(() => store.close())
  await listContract(t, store)
  const files = readdirSync(join(folder, 'x.db-lists'))
  t.equal(files.length, (await store.doNotCallLists()).length, 'refused imports and old versions have left no file')
})

t.test('lists are imported into memory', async t => {
  await listContract(t, withFiles(createMemoryStore(), t.testdir()))
})

async function listContract(t: Test, store: Store & ImportStore & { readonly files: FileStore }): Promise<void> {
  const { run, lists } = atWork(store)

  await t.test('from every form that people have', async t => {
    const forms: readonly (readonly [
      what: string,
      text: string | Uint8Array,
      more?: Partial<DoNotCallImportRequest>,
    ])[] = [
      ['one a line', `${a}\n${b}\n${c}\n`],
      ['national and international forms', '(201) 555-0101\n12015550102\n011 44 20 7946 0123\n'],
      ['a byte order mark, CRLF, empty lines, no last line end', `\ufeff${a}\r\n\r\n${b}\r\n${c}`],
      ['a header and quotes', `number\n"2015550101"\n"201-555-0102"\n"${c}"\n`],
      ['a CSV with a header', `name,Phone\nAnn,2015550101\n"Lee, ""Bob""",2015550102\n"two\nlines",${c}\n`],
      ['semicolons', `id;blocked number\n1;2015550101\n2;2015550102\n3;${c}\n`, { column: 'Blocked-Number' }],
      ['tabs, without a header', `Ann\t2015550101\nBob\t2015550102\nCid\t${c}\n`],
      ['pipes', `phone|x\n2015550101|1\n2015550102|2\n${c}|3\n`],
      ['area code and number', `201,5550101\n201,555-0102\n201,5550101\n${c},\n`.replace(`${c},\n`, ''), {}],
      ['area code and number by name', 'npa,local,date\n201,5550101,2025-01-01\n201,5550102,\n'],
      ['whole numbers beside an area code', 'area_code,phone\n201,2015550101\n201,5550102\n'],
      [
        'several columns with numbers',
        `Name,Phone,Mobile,Other Phone,Country Code\nAda,2015550101,,${c},\nBen,,2015550102,,1\n`,
      ],
      ['a number in the last of them', `Name,Phone,Mobile\nAda,,201-555-0101\nBen,2015550102,${c}\n`],
      ['a code beside the number', 'phone_code,phone_number\n1,2015550101\n1,2015550102\n44,2079460123\n'],
      [
        'area codes in XML',
        "<?xml version='1.0'?>\n<list type='full'>\n<ac val='201'>\n<ph val='5550101' /> <ph val='5550102'/>\n</ac></list>\n",
      ],
      [
        'area codes in XML without an end',
        "<list type='full' level='ac' val='201' />\n<ac val='201'>\n<ph val='5550101' /> <ph val='5550102' />\n</ac>\n",
      ],
      ['gzip', gzipSync(`${a}\n${b}\n${c}\n`)],
    ]
    for (const [what, text, more] of forms) {
      const report = await run(text, { ...more, shrinkOk: true })
      const hasC = !what.includes('area code')
      t.same(
        [await lists(a), await lists(b), await lists(c)],
        [['national'], ['national'], hasC ? ['national'] : []],
        what,
      )
      t.match(report, { invalid: 0, imported: hasC ? 3 : 2, list: { numbers: hasC ? 3 : 2 } }, what)
    }
  })

  await t.test('with kind, place, version and day, which the next version keeps but for the last two', async t => {
    const asOf = now - 40 * day
    const more = { list: 'florida', kind: 'state', place: 'US-FL', version: 'January', asOf } as const
    const report = await run(`${a}\n+1900*\n900555*\n`, more)
    t.match(report, { prefixes: 2, imported: 3, warnings: [/40 days old/] })
    const state = { kind: 'state', place: 'US-FL', version: 'January', importedAt: now, asOf }
    t.strictSame(
      (await store.doNotCallLists()).find(({ name }) => name === 'florida'),
      { name: 'florida', numbers: 1, ...state },
    )
    t.strictSame(
      (await store.doNotCallHits('+19005550100')).filter(({ list }) => list === 'florida'),
      [{ list: 'florida', ...state }],
      'a prefix hits',
    )
    t.same(await lists('+19011234567'), [])
    t.match(await run(`${b}\n`, { list: 'florida' }), {
      list: { kind: 'state', place: 'US-FL', version: /^[0-9a-f]{12}$/ },
    })
    t.match(await run(`${b}\n`, { list: 'florida', asOf: now + day }), { warnings: [/future/] })
    await t.rejects(
      run(`${b}\n`, { list: 'florida', asOf: now + 365 * day }),
      { code: 'bad-date' },
      'it would never be old',
    )
    await run(`${b}\n`, { list: 'spring', kind: 'campaign', campaignId: 'spring' })
    t.match(
      (await store.doNotCallHits(b)).find(({ list }) => list === 'spring'),
      { campaignId: 'spring' },
    )
    t.equal(await store.dropDoNotCallList('spring'), true)
    t.notOk((await lists(b)).includes('spring'))
    await store.files.verifyDoNotCallList('florida')
    await store.dropDoNotCallList('florida')
  })

  await t.test('that are broken change nothing, and say what is wrong', async t => {
    await run(`${a}\n${b}\n`, { shrinkOk: true })
    const before = await store.doNotCallLists()
    const rubbish = Array.from({ length: 100 }, (_, row) =>
      row % 10 === 0 ? `row ${row}` : `20155501${String(row).padStart(2, '0')}`,
    )
    const zip = Buffer.concat([Buffer.from('PK\x03\x04'), deflateRawSync('2015550101\n')])
    const bad: readonly (readonly [code: string, text: string | Uint8Array, more?: Partial<DoNotCallImportRequest>])[] =
      [
        ['empty-file', ''],
        ['empty-file', '\n \n'],
        ['empty-list', 'phone\n'],
        ['utf-16', Buffer.from(`${a}\n`, 'utf16le')],
        ['zip', zip],
        ['cut-off', gzipSync(`${a}\n`.repeat(500)).subarray(0, -12)],
        ['gzip-broken', Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0]), Buffer.alloc(40, 7)])],
        ['cut-off', `${a}\n${b}\n201555`],
        ['cut-off', `${c}\n${c}\n+4420794601`],
        ['cut-off', '201,5550101\n201,5550102\n201,5'],
        ['cut-off', '201,5550101\n201,5550102\n2'],
        ['broken-csv', 'a,phone\n1,"2015550101\n2,2015550102\n'],
        ['no-number-column', 'name,city\nAnn,Rome\n'],
        ['no-number-column', '2015550101,2015550102\n'],
        ['unknown-column', 'phone,x\n2015550101,1\n', { column: 'tel' }],
        ['too-much-rubbish', rubbish.join('\n').concat('\n')],
        ['too-much-rubbish', '1.5E+10\nabc\n2015550101\n'],
        ['list-shrank', '2015550109\n', { list: 'large' }],
        ['unknown-list', `${a}\n`, { list: 'none', delta: 'add' }],
        ['other-list', `${a}\n`, { kind: 'national', place: 'US', delta: 'add' }],
        ['older-content', `${a}\n`, { delta: 'remove', asOf: 1 }],
        ['bad-place', `${a}\n`, { kind: 'national' }],
        ['bad-place', `${a}\n`, { kind: 'state', place: 'US' }],
        ['bad-place', `${a}\n`, { kind: 'other', place: 'US' }],
        ['bad-place', `${a}\n`, { place: 'ZZ' }],
        ['xml', '<html><body>Moved</body></html>\n'],
        ['xml', "<list type='full'><ac val='201'><ph val='5550101'/>2015550102</ac></list>"],
        ['xml', "<list type='full'><ac val='201'><ph val='5550101'/></list></ac>"],
        ['cut-off', "<list type='full'><ac val='201'><ph val='5550101'/><ph va"],
        ['cut-off', "<list type='full'><ac val='201'><ph val='5550101'/></ac>"],
        ['change-file', "<list type='change'><ac val='201'><ph val='5550101' chg='A'/></ac></list>"],
        ['full-file', "<list type='full'><ac val='201'><ph val='5550101'/></ac></list>", { delta: 'changes' }],
        ['bad-campaign', `${a}\n`, { kind: 'campaign' }],
        ['bad-rubbish-max', `${a}\n`, { rubbishMax: 5 }],
        ['unknown-country', `${a}\n`, { defaultCountry: 'UK' }],
        ['reserved-name', `${a}\n`, { list: 'company' }],
        ['reserved-name', `${a}\n`, { list: 'retired' }],
        ['reserved-name', `${a}\n`, { list: 'wrong-person' }],
        ['reserved-name', `${a}\n`, { list: 'deceased' }],
        ['bad-list-name', `${a}\n`, { list: '../x' }],
      ]
    await run('2015550101\n2015550102\n2015550103\n', { list: 'large' })
    for (const [code, text, more] of bad) {
      const error = await run(text, more).then(
        () => 'imported',
        (thrown: unknown) => thrown,
      )
      t.match(error, { code }, `${code}: ${error}`)
      t.ok(error instanceof InputError && !error.message.includes('\n'), 'one line')
    }
    await store.dropDoNotCallList('large')
    t.strictSame(await store.doNotCallLists(), before)
    t.same([await lists(a), await lists(b)], [['national'], ['national']])
    await t.rejects(run(rubbish.join('\n').concat('\n')), {
      message: /10 of 100 rows \(10\.0 %\).*line 1: letters.*\("row 0"\).*line 11:.*and 5 more$/,
    })
  })

  await t.test('with a few bad rows are imported, and those are named', async t => {
    const report = await run(`number\n${a}\nrubbish\n1.5E+10\n${a}\n911\n*\n+*\n${b}\n`, { rubbishMax: 0.8 })
    t.match(report, { rows: 8, imported: 2, duplicates: 1, invalid: 5, problemsLeftOut: 0 })
    t.same(
      report.problems.map(({ line, reason, value }) => `${line} ${reason.split(':')[0]} ${value}`),
      ['3 letters rubbish', '4 spreadsheet-number 1.5E+10', '6 emergency 911', '7 bad-prefix *', '8 bad-prefix +*'],
    )
  })

  await t.test('block what a row may mean that cannot be read, and say so', async t => {
    const rows: readonly (readonly [row: string, ...blocked: string[]])[] = [
      ['"2015550110 / 2015550111"', '+12015550110', '+12015550111'],
      ['201-555-0112 or 201-555-0113', '+12015550112', '+12015550113'],
      ['2015550114/15', '+12015550114', '+12015550115'],
      ['201-555-0116 x12', '+12015550116'],
      ['2015550117.0', '+12015550117'],
      ['-2015550118', '+12015550118'],
      ['12015550119.0', '+12015550119'],
      ['201-555-0120 (home)', '+12015550120'],
      ['call 201-555-0121', '+12015550121'],
      ['201-555-0122?', '+12015550122'],
      ['2015550130 2015550131', '+12015550130', '+12015550131'],
      ['2015550132--2015550133', '+12015550132', '+12015550133'],
      ['201/555-0134 201/555-0135', '+12015550134', '+12015550135'],
      ['201-555-0136 (w) 201-555-0137 (h)', '+12015550136', '+12015550137'],
      ['1-800-FLOWERS', '+18003569377'],
      ['555 555 0123', '+15555550123'],
      ['1.201555E+10', '+12015550199', '+12015549999'],
      ['2.01555012E+09', '+12015550124', '+12015550115'],
      ['1.2015550125E+10', '+12015550125'],
    ]
    for (const [row, ...blocked] of rows) {
      const report = await run(`number\n${row}\n${a}\n`, { list: 'possible', rubbishMax: 1, shrinkOk: true })
      t.match(
        report,
        { rows: 2, invalid: 1, problems: [{ line: 2 }], warnings: [/1 entries cannot be read: the \d+ numbers/] },
        row,
      )
      for (const number of blocked) t.ok((await lists(number)).includes('possible'), `${row} blocks ${number}`)
    }
    t.notOk((await lists('+12015560199')).includes('possible'))
    const unknown = await run(`number\nnobody\n${a}\n`, { list: 'possible', rubbishMax: 1, shrinkOk: true })
    t.match(unknown, { invalid: 1, warnings: [/nobody knows whom they mean/] })
    const removing = await run('2015550101 or 2015550102\n', { list: 'possible', delta: 'remove', rubbishMax: 1 })
    t.match(removing, { invalid: 1, changes: { added: 0, removed: 0 } })
    t.ok((await lists(a)).includes('possible'), 'nobody is taken off by a row that cannot be read')
    const both = `phone,country\n+442079460123,US\n${a},\n`
    t.match(await run(both, { list: 'possible', rubbishMax: 1, shrinkOk: true }), { invalid: 1 })
    t.ok((await lists(c)).includes('possible'), 'a contradiction blocks too')
    await store.dropDoNotCallList('possible')
  })

  await t.test('may be a registry’s changes in XML', async t => {
    await run(`${a}\n${b}\n`, { shrinkOk: true })
    const changes = "<list type='change'><ac val='201'><ph val='5550101' op='D'/><ph val='5550103' op='A'/></ac></list>"
    t.match(await run(changes, { delta: 'changes' }), { changes: { added: 1, removed: 1, kept: 0 } })
    t.same([await lists(a), await lists('+12015550103')], [[], ['national']])
  })

  await t.test('are changed by files that add, remove, or say which', async t => {
    await run(`${a}\n${b}\n+1900*\n`, { shrinkOk: true })
    t.match(await run(`${b}\n${c}\n`, { delta: 'add' }), {
      imported: 1,
      duplicates: 1,
      changes: { added: 1, removed: 0 },
    })
    t.match(await run(`${a}\n+1900*\n2015550199\n`, { delta: 'remove' }), {
      changes: { added: 0, removed: 2, kept: 0 },
    })
    t.same(
      [await lists(a), await lists(b), await lists(c), await lists('+19005550100')],
      [[], ['national'], ['national'], []],
    )
    const signed = `+2015550101\n-${b}\n-442079460123\n++442079460199\n+1900*\n2015550150\n`
    t.match(await run(signed, { delta: 'changes', rubbishMax: 0.2 }), {
      // The row that does not say what it does may add.
      changes: { added: 4, removed: 2, kept: 0 },
      problems: [{ line: 6, reason: /^no-change/ }],
    })
    t.same(
      [await lists(a), await lists(b), await lists(c), await lists('+442079460199')],
      [['national'], [], [], ['national']],
    )
    const columns = 'area_code,number,change\n201,5550101,D\n201,5550102,A\n201,5550103,add\n201,5550104,Delete\n'
    t.match(await run(columns, { delta: 'changes' }), { changes: { added: 2, removed: 1, kept: 0 } })
    t.match(await run('201,5550101,A\n201,5550101,D\n201,5550102,D\n', { delta: 'changes' }), {
      changes: { added: 1, removed: 1, kept: 1 },
    })
    t.same([await lists(a), await lists(b)], [['national'], []], 'named both ways, a number stays on the list')
    await run('2015550101\n2015550103\n2015550150\n442079460199\n'.replace('442', '+442'), { delta: 'remove' })
    t.match(await store.doNotCallLists(), [{ name: 'national', numbers: 0 }], 'a list may become empty by changes')
  })

  await t.test('are one with the last when they are dropped or replaced while a change is read', async t => {
    await run(`${a}\n`, { shrinkOk: true })
    async function* late(): AsyncIterable<Uint8Array> {
      yield Buffer.from(`${b}\n`)
      await store.dropDoNotCallList('national')
      yield Buffer.from(`${c}\n`)
    }
    await t.rejects(run('', { delta: 'add', stream: late() }), { code: 'unknown-list' })
    t.same(await store.doNotCallLists(), [], 'dropped stays dropped')
  })
}

t.test('a version is swapped while the list is being asked, and survives a restart', async t => {
  const folder = t.testdir()
  const file = join(folder, 'x.db')
  const store = await openSqliteStore({ file })
  const { run, lists } = atWork(store)
  const rows = Array.from({ length: 60_000 }, (_, row) => `201${2_000_000 + row * 7}`)
  await run(`${rows.join('\n')}\n`, { stream: pieces(`${rows.join('\n')}\n`, 60_000) })
  let importing = true
  const importsDone = (async () => {
    for (let round = 0; round < 3; round += 1) {
      const text = `${[...rows, `20295501${10 + round}`].join('\n')}\n`
      await run('', { stream: pieces(text, 60_000) })
    }
    importing = false
  })()
  let asked = 0
  let missed = 0
  while (importing) {
    for (let round = 0; round < 50; round += 1) {
      missed += (await lists(`+1${rows[(asked * 31) % rows.length]}`)).length === 1 ? 0 : 1
      asked += 1
    }
    await turn()
  }
  await importsDone
  t.ok(asked > 1_000)
  t.equal(missed, 0, `of ${asked} questions none fell between two versions`)
  const state = await store.doNotCallLists()
  await store.close()
  const again = await openSqliteStore({ file })
  t.strictSame(await again.doNotCallLists(), state)
  t.same((await again.doNotCallHits('+12012000007')).length, 1)
  await again.close()
})

t.test(
  'what a crash left is removed; a damaged file keeps the store shut, and a list read whole tells of it',
  async t => {
    const folder = t.testdir()
    const file = join(folder, 'x.db')
    const store = await openSqliteStore({ file })
    const { run } = atWork(store)
    const rows = Array.from({ length: 9_000 }, (_, row) => `201${2_000_000 + row}`)
    await run('', { stream: pieces(`${rows.join('\n')}\n`, 60_000) })
    const lists = join(folder, 'x.db-lists')
    const [name = ''] = readdirSync(lists)
    const list = join(lists, name)
    const whole = readFileSync(list)
    const altered = Buffer.from(whole)
    altered[300] = (altered[300] ?? 0) ^ 0x10
    writeFileSync(list, altered)
    await t.rejects(store.files.verifyDoNotCallList('national'), {
      code: 'list-damaged',
      message: /"national" is damaged/,
    })
    writeFileSync(list, whole)
    await store.files.verifyDoNotCallList('national')
    await store.close()

    writeFileSync(join(lists, 'broken-off.numbers'), whole.subarray(0, 500))
    appendFileSync(list, 'x')
    await t.rejects(openSqliteStore({ file }), { code: 'list-damaged', message: /"national" is damaged.*backup/ })
    t.ok(existsSync(join(lists, 'broken-off.numbers')), 'nothing is removed by a start that fails')
    writeFileSync(list, whole)
    const again = await openSqliteStore({ file })
    t.same(readdirSync(lists), [name])
    await again.close()
  },
)

t.test('a list that an older version kept in a database is written anew at the next start', async t => {
  const folder = t.testdir()
  const file = join(folder, 'x.db')
  const store = await openSqliteStore({ file })
  await atWork(store).run(`${a}\n`)
  await store.close()
  const lists = join(folder, 'x.db-lists')
  const [name = ''] = readdirSync(lists)
  rmSync(join(lists, name))
  const old = new Database(join(lists, name))
  old.exec(
    `CREATE TABLE number (number INTEGER PRIMARY KEY) STRICT; INSERT INTO number VALUES (12015550102), (442079460123)`,
  )
  old.close()
  for (const start of ['first', 'second']) {
    const again = await openSqliteStore({ file })
    const found = await Promise.all([a, b, c].map(atWork(again).lists))
    t.same(found, [[], ['national'], ['national']], `${start} start`)
    await again.close()
  }
  t.equal(readdirSync(lists).length, 1)
})

t.test('into a store without files no list comes, and one line says so', async t => {
  await t.rejects(atWork(createMemoryStore()).run(`${a}\n`), { code: 'no-files', message: /keeps no files/ })
})
