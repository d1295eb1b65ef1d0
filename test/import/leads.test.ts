import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { InputError } from '../../src/errors.ts'
import { createImporter, type ImportStore } from '../../src/import/importer.ts'
import { detectDelimiter, readHeader } from '../../src/import/leads/header.ts'
import { readLeads } from '../../src/import/leads/leadRows.ts'
import type { Importer } from '../../src/ports/importing/importer.ts'
import type { ImportReport } from '../../src/ports/importing/importReports.ts'
import type { LeadImportRequest } from '../../src/ports/importing/imports.ts'
import type { Store } from '../../src/ports/store.ts'
import { createMemoryStore } from '../../src/store/memory/memoryStore.ts'
import { openSqliteStore } from '../../src/store/sqlite/sqliteStore.ts'
import { someCampaign } from '../contract/store.ts'

async function* pieces(text: string | Uint8Array, size = 7): AsyncIterable<Uint8Array> {
  const bytes = Buffer.from(text)
  for (let from = 0; from < bytes.length; from += size) {
    await turn()
    yield bytes.subarray(from, from + size)
  }
}

/** The rows of a file as one text each: what a reader of the report would see. */
async function rowsOf(text: string | Uint8Array, columns: LeadImportRequest['columns'] = {}): Promise<string[]> {
  const rows: string[] = []
  const options = { defaultCountry: 'US', columns, withoutOrigin: true, personPrefix: 'file' }
  for await (const row of readLeads(pieces(text), options)) {
    if ('reason' in row) rows.push(`${row.line} ${row.reason.split(':')[0]} ${row.value}`)
    else if ('refused' in row)
      rows.push(`${row.line} refused ${row.refused} ${row.unread.map(({ value }) => value).join('|')}`.trim())
    else
      for (const { number, timeZones, priority, data } of row.leads)
        rows.push(`${row.line} ${number} ${timeZones} ${priority} ${JSON.stringify(data)}`)
  }
  return rows
}

t.test('a CSV is read with whatever delimiter, line end and mark it has', async t => {
  const expected = [
    '2 +12015550101 America/New_York 0 {"Name":"Ann"}',
    '3 +13125550102 America/Chicago 0 {"Name":"Bob"}',
  ]
  const plain = 'Name,Phone\nAnn,2015550101\nBob,(312) 555-0102\n'
  t.strictSame(await rowsOf(plain), expected)
  t.strictSame(await rowsOf(`\ufeff${plain}`), expected, 'byte order mark')
  t.strictSame(await rowsOf(plain.replaceAll('\n', '\r\n')), expected, 'CRLF')
  t.strictSame(await rowsOf(plain.replaceAll(',', ';')), expected, 'semicolons')
  t.strictSame(await rowsOf(plain.replaceAll(',', '\t')), expected, 'tabs')
  t.strictSame(await rowsOf(plain.trimEnd()), expected, 'no line end at the end')
  t.strictSame(await rowsOf('"Name","Phone"\n"Ann","2015550101"\n"Bob","3125550102"\n'), expected, 'quotes')
  t.strictSame(await rowsOf('phone\n2015550101\n\n\n2015550102\n'), [
    '2 +12015550101 America/New_York 0 {}',
    '5 +12015550102 America/New_York 0 {}',
  ])
  t.strictSame(await rowsOf('name;phone\n"Ann; ""A"" \nLee";2015550101\nBob;3125550102'), [
    '3 +12015550101 America/New_York 0 {"name":"Ann; \\"A\\" \\nLee"}',
    '4 +13125550102 America/Chicago 0 {"name":"Bob"}',
  ])
})

t.test('columns are found by the usual names or by those that were asked for', async t => {
  t.match(readHeader([' Phone Number ', 'TIME-ZONE', 'Priority']), { number: 0, timeZone: 1, priority: 2 })
  t.match(readHeader(['mobile', 'id', 'phone']), { number: 2 }, 'phone before mobile')
  t.match(readHeader(['a', 'b', 'phone'], { number: 'B' }), { number: 1 })
  t.strictSame(readHeader(['phone', '', 'x', 'x']).names, ['phone', 'column 2', 'x', 'x (column 4)'])
  t.notOk('timeZone' in readHeader(['phone']))
  t.throws(() => readHeader(['Name', 'City']), { code: 'no-number-column', message: /"Name", "City"/ })
  t.throws(() => readHeader(['phone'], { timeZone: 'zone' }), { code: 'unknown-column', message: /"zone".*"phone"/ })
  t.strictSame(['a,b;c,d', 'a;b', 'a\tb', 'a|b|c,d', '"a,b,c";d', 'a'].map(detectDelimiter), [
    ',',
    ';',
    '\t',
    '|',
    ';',
    undefined,
  ])
})

t.test('bad rows have their line and a reason, the time zone of the row wins', async t => {
  const text = [
    'phone,tz,priority,name',
    '2015550101,America/Denver,5,',
    '1.5E+10,,,Ann',
    '2015550102,EST,,Bob',
    '2015550103,,high,Cid',
    '2015550104,,101,Dan',
    '2015550105,,-3',
    '2015550106,,-3,Eve,more',
    '9005550100,,,Fay',
    ',,,Gus',
    '2015550107,america/phoenix,-3,Hal',
    '2015550108,UTC,,Ida',
  ].join('\r\n')
  t.strictSame(await rowsOf(`${text}\r\n`), [
    '2 +12015550101 America/Denver 5 {"name":""}',
    '3 spreadsheet-number 1.5E+10',
    '4 unknown-time-zone EST',
    '5 bad-priority high',
    '6 bad-priority 101',
    '7 column-count 2015550105,,-3',
    '8 column-count 2015550106,,-3,Eve,more',
    '9 premium-rate 9005550100',
    '10 empty ',
    '11 +12015550107 America/Phoenix -3 {"name":"Hal"}',
    '12 unknown-time-zone UTC',
  ])
})

t.test(
  'a number is read with the country and the codes of its row, and refused where they contradict each other',
  async t => {
    const codes = 'vendor_lead_code,phone_code,phone_number\nA1,44,2079460123\nA2,49,17604069000\nA3,1,2025550144\n'
    t.match(await rowsOf(codes), [/^2 \+442079460123 /, /^3 \+4917604069000 /, /^4 \+12025550144 /])
    const countries =
      'Phone,Name,Country\n2079460178,Gwen,United Kingdom\n5512345699,Hugo,Mexico\n020 7946 0188,Ivy,United Kingdom\n'
    t.match(await rowsOf(countries), [/^2 \+442079460178 /, /^3 \+525512345699 /, /^4 \+442079460188 /])
    const headers = [
      ...[
        'phone_code',
        'Phone Code',
        'PhoneCode',
        'country_code',
        'CountryCode',
        'Country Code',
        'country calling code',
      ],
      ...[
        'Dial Code',
        'dialling_code',
        'ISD',
        'Country',
        'MailingCountry',
        'Mailing Country',
        'Country/Region',
        'Land',
      ],
      ...[
        'Ländercode',
        'Landesvorwahl',
        'Pays',
        'Indicatif pays',
        'País',
        'Código de país',
        'Prefijo',
        'Vorwahl',
        '国家',
      ],
    ]
    for (const header of headers)
      t.match(await rowsOf(`phone,${header}\n2079460123,+44\n`), [/^2 \+442079460123 /], header)
    const wrong =
      'phone,phone_code,country\n+442079460123,1,\n+442079460123,,US\n2079460123,1,GB\n2025550144,,Atlantis\n'
    t.strictSame(await rowsOf(wrong), [
      '2 country-differs +442079460123',
      '3 country-differs +442079460123',
      '4 country-differs 2079460123',
      '5 unknown-country 2025550144',
    ])
    t.match(await rowsOf('phone,land\n2025550144,5 acres\n', { data: ['land'] }), [/^2 \+12025550144 /])
    t.match(await rowsOf('Vorwahl,tel\n+49 711,123456\n'), [/^2 /])
  },
)

t.test('whom a row refuses is no lead, with all numbers of the row', async t => {
  const list = 'First Name,Phone,Mobile,Do Not Call\nAda,202-555-0174,202-555-0164,0\nBen,202-555-0175,202-555-0165,1\n'
  t.match(await rowsOf(list), [/^2 \+12025550174 /, '3 refused +12025550175,+12025550165'])
  const two = 'phone,dnc,opt_out\n2025550174,no,yes\n2025550175,yes,what\n2025550176,what,no\n2025550177,,\n'
  t.match(await rowsOf(two), [
    '2 refused +12025550174',
    '3 refused +12025550175',
    '4 refusal-unclear dnc: what',
    /^5 \+12025550177 /,
  ])
  const unread = 'phone,mobile,dnc\n2025550174.0,,x\n,,x\n202-555-0175 or 202-555-0176,nobody,x\n'
  t.strictSame(await rowsOf(unread), [
    '2 refused +12025550174 2025550174.0',
    '3 refused',
    '4 refused +12025550175,+12025550176 202-555-0175 or 202-555-0176|nobody',
  ])
  t.match(await rowsOf('phone,keep away\n2025550174,yes\n', { doNotCall: ['Keep Away'] }), ['2 refused +12025550174'])
  t.match(await rowsOf('phone,consent\n2025550174,no\n', { data: ['consent'] }), [/^2 \+12025550174 /])
  await t.rejects(rowsOf('phone\n2025550174\n', { doNotCall: ['none'] }), { code: 'unknown-column' })
  await t.rejects(rowsOf('phone\n2025550174\n', { data: ['none'] }), { code: 'unknown-column' })
})

t.test('a file that is no UTF-8 is read as Windows writes it', async t => {
  const text = 'phone;name;D\xe9sinscrit\n2025550121;M\xfcller;non\n2025550122;Jos\xe9;oui\n'
  const latin = Buffer.from(text, 'latin1')
  t.match(await rowsOf(latin), [/"name":"Müller"/, '3 refused +12025550122'])
  const mixed = Buffer.concat([
    Buffer.from('phone;name\n2025550121;Jürgen\n'),
    Buffer.from('2025550122;Jos\xe9\n', 'latin1'),
  ])
  t.match(await rowsOf(mixed), [/"name":"Jürgen"/, /"name":"José"/])
})

t.test('a file that is broken, cut off or no CSV at all is refused in one line', async t => {
  const broken: readonly (readonly [text: string | Uint8Array, code: string])[] = [
    ['', 'empty-file'],
    ['\n\n', 'empty-file'],
    [Buffer.from('phone\n2015550101\n', 'utf16le'), 'utf-16'],
    ['name,city\nAnn,Rome\n', 'no-number-column'],
    ['phone,name\n2015550101,"Ann\n2015550102,Bob\n', 'broken-csv'],
    ['phone,name\n2015550101,"Ann" x\n', 'broken-csv'],
    ['phone,name\n2015550101,Ann\n20155', 'broken-csv'],
  ]
  for (const [text, code] of broken) {
    const error = await rowsOf(text).then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    t.match(error, { code }, `${code}: ${error}`)
    t.ok(error instanceof InputError && !error.message.includes('\n'))
  }
})

t.test('imports into SQLite', async t => {
  const folder = t.testdir()
  const store = await openSqliteStore({ file: join(folder, 'dialwright.db') })
  t.teardown(() => store.close())
  await importContract(t, store)
})

t.test('imports into memory', async t => {
  await importContract(t, createMemoryStore())
})

async function importContract(t: Test, store: Store & ImportStore): Promise<void> {
  const importer: Importer = createImporter(store, { now: () => 5 })
  await store.saveCampaign(someCampaign('spring'))
  const leads = (text: string, more: Partial<LeadImportRequest> = {}): Promise<ImportReport> =>
    importer.importLeads({
      campaignId: 'spring',
      source: 'leads.csv',
      defaultCountry: 'US',
      stream: pieces(text),
      withoutOrigin: true,
      ...more,
    })

  await t.test('report what came over and what did not', async t => {
    const rows = Array.from({ length: 250 }, (_, index) => `Person ${index},+1312555${String(1000 + index)}`)
    const report = await leads(['name,phone', ...rows, 'Twin,+13125551000', 'Nobody,abc', ''].join('\n'))
    t.match(report, { source: 'leads.csv', rows: 252, imported: 250, duplicates: 1, invalid: 1, problemsLeftOut: 0 })
    t.match(report.problems, [
      { line: 252, reason: /^duplicate: /, value: '+13125551000' },
      { line: 253, reason: /^letters: /, value: 'abc' },
    ])
    t.strictSame(await store.leadCounts('spring'), { total: 250, dialable: 250, finished: 0 })
    const [lead] = await store.leadsByNumber('+13125551249')
    t.match(lead, { campaignId: 'spring', timeZones: ['America/Chicago'], data: { name: 'Person 249' } })
  })

  await t.test('bring nothing twice, and name no more than 100 problems', async t => {
    const rows = Array.from({ length: 150 }, (_, index) => `+1312555${String(1000 + index)}`)
    const report = await leads(['phone', ...rows, '+13125559999', ''].join('\n'))
    t.match(report, { rows: 151, imported: 1, duplicates: 150, problemsLeftOut: 50 })
    t.equal(report.problems.length, 100)
  })

  await t.test('of many rows in large pieces go through', async t => {
    const rows = Array.from({ length: 4_000 }, (_, index) => `+1415555${String(1000 + index)},Person ${index}`)
    const stream = pieces(['phone,name', ...rows, ''].join('\n'), 60_000)
    t.match(await leads('', { stream }), { rows: 4_000, imported: 4_000, duplicates: 0, invalid: 0 })
  })

  await t.test('that fail leave nothing', async t => {
    const before = await store.leadCounts('spring')
    const good = Array.from({ length: 300 }, (_, index) => `+1303555${String(1000 + index)},x`).join('\n')
    await t.rejects(leads(`phone,name\n${good}\n+13035559999,"never closed`), { code: 'broken-csv' })
    async function* broken(): AsyncIterable<Uint8Array> {
      yield Buffer.from(`phone,name\n${good}\n`)
      await turn()
      throw new InputError('socket', 'the client has gone')
    }
    await t.rejects(leads('', { stream: broken() }), { code: 'stream-broken', message: /nothing was imported/ })
    await t.rejects(leads('phone\n', { campaignId: 'autumn' }), { code: 'unknown-campaign' })
    await t.rejects(leads('phone\n', { defaultCountry: 'UK' }), { code: 'unknown-country' })
    t.strictSame(await store.leadCounts('spring'), before)
    t.match(await leads(`phone,name\n${good}\n`), { imported: 300 }, 'and hinder nothing')
  })

  await t.test('tell how far they are', async t => {
    const told: number[] = []
    await leads('phone\n2015550190\n', { onProgress: ({ bytes }) => told.push(bytes) })
    t.ok(told.length > 0 && told.every(bytes => bytes > 0))
    t.match(await leads('phone\n'), { rows: 0, imported: 0 }, 'a header alone is an empty list')
  })
}
