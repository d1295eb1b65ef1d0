import { gzipSync } from 'node:zlib'
import t from 'tap'
import { InputError } from '../../src/errors.ts'
import { readDoNotCall } from '../../src/import/doNotCall/doNotCallNumbers.ts'
import { readLeads } from '../../src/import/leads/leadRows.ts'
import { readPermissions } from '../../src/import/permissions/permissionRows.ts'
import type { RowRemark } from '../../src/import/rowRemark.ts'
import { readTable } from '../../src/import/vicidial/table.ts'

type Bytes = string | Uint8Array

/** In pieces of every size: a letter, a line end or a mark may be cut anywhere. */
async function* pieces(text: Bytes, size: number): AsyncIterable<Uint8Array> {
  const bytes = Buffer.from(text)
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size)
}

function latin(text: string): Buffer {
  return Buffer.from(text, 'latin1')
}

function wide(text: string, order: 'le' | 'be' = 'le'): Buffer {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le')
  return order === 'le' ? bytes : bytes.swap16()
}

interface Read {
  readonly rows: readonly string[]
  readonly told: readonly string[]
}

async function leadsOf(text: Bytes, size = 7): Promise<Read> {
  const rows: string[] = []
  const told: string[] = []
  const say = ({ line, reason, value }: RowRemark): void => void told.push(`${line} ${reason.split(':')[0]} ${value}`)
  const options = { defaultCountry: 'US', withoutOrigin: true, personPrefix: 'file' }
  for await (const row of readLeads(pieces(text, size), options, say)) {
    if ('reason' in row) rows.push(`${row.line} ${row.reason.split(':')[0]} ${row.value}`)
    else if ('refused' in row) rows.push(`${row.line} refused ${row.refused}`)
    else {
      for (const warning of row.warnings ?? []) say(warning)
      for (const { number, timeZones, data } of row.leads)
        rows.push([row.line, number, ...Object.values(data)].join(' ').concat(data.zone === '' ? ` ${timeZones}` : ''))
    }
  }
  return { rows, told }
}

async function listOf(text: Bytes, size = 7): Promise<Read> {
  const rows: string[] = []
  const told: string[] = []
  await readDoNotCall(
    pieces(text, size),
    { defaultCountry: 'US' },
    {
      row: () => {},
      number: integer => void rows.push(`+${integer}`),
      prefix: digits => void rows.push(`+${digits}*`),
      bad: (line, reason, value) => void rows.push(`${line} ${reason.split(':')[0]} ${value}`),
      possible: () => {},
      remark: remark => void told.push(remark),
      noUtf8: () => void told.push('no UTF-8'),
    },
  )
  return { rows, told }
}

async function errorOf(read: Promise<unknown>): Promise<InputError> {
  const error = await read.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (error instanceof InputError) return error
  throw new TypeError(`it was read, or ended in ${error}`)
}

const table = 'phone;name;city\r\n202-555-0121;Müller;Köln\r\n202-555-0122;José;Québec\r\n'
const people = ['2 +12025550121 Müller Köln', '3 +12025550122 José Québec']

t.test('letters are read as they were written, and what was recognised is told', async t => {
  for (const size of [1, 2, 3, 7, 1000]) {
    t.same(await leadsOf(table, size), { rows: people, told: [] })
    t.same(await leadsOf(`\ufeff${table}`, size), { rows: people, told: [] })
    t.same(await leadsOf(gzipSync(table), size), { rows: people, told: [] })
    t.same(await leadsOf(latin(table), size), { rows: people, told: ['2 no-utf-8 Müller', '3 no-utf-8 José'] })
    t.same(await leadsOf(gzipSync(latin(table)), size), {
      rows: people,
      told: ['2 no-utf-8 Müller', '3 no-utf-8 José'],
    })
    for (const order of ['le', 'be'] as const) {
      const read = await leadsOf(wide(table, order), size)
      t.same(read.rows, people)
      t.match(read.told, [/^1 the file is UTF-16/])
      t.same((await leadsOf(wide(table.replaceAll(';', '\t'), order), size)).rows, people)
    }
  }
  t.same((await leadsOf(latin('phone;Straße\n2025550121;x\n'))).told, ['1 no-utf-8 Straße'], 'the header too')
  t.same(await leadsOf(latin('phone,name\n2025550121,\x80 5 \x96 Zo\xeb\x92s\n')), {
    rows: ['2 +12025550121 € 5 – Zoë’s'],
    told: ['2 no-utf-8 € 5 – Zoë’s'],
  })
  t.same((await leadsOf(latin('phone,name\n2025550121,äöüÄÖÜß\n2025550122,ÅÄÖ éèê\n'))).rows, [
    '2 +12025550121 äöüÄÖÜß',
    '3 +12025550122 ÅÄÖ éèê',
  ])
})

t.test('one odd line far down changes no other line, and is named', async t => {
  const many = Array.from({ length: 5_000 }, (_, index) => `312555${1000 + index},Jürgen\n`).join('')
  const late = Buffer.concat([Buffer.from(`phone,name\n${many}`), latin('2025550122,José\n2025550123,Zo\xeb\n')])
  const { rows, told } = await leadsOf(late, 65_536)
  t.equal(rows.length, 5_002)
  t.same(rows.slice(-3), ['5001 +13125555999 Jürgen', '5002 +12025550122 José', '5003 +12025550123 Zoë'])
  t.same(told, ['5002 mixed-encodings José', '5003 mixed-encodings Zoë'])
  const cut = Buffer.concat([
    Buffer.from('phone,name\n2025550121,Jürgen M'),
    latin('\xc3\n'),
    Buffer.from('2025550122,Zoë\n'),
  ])
  t.same((await leadsOf(cut)).rows, ['2 unreadable-letters Jürgen M\ufffd', '3 +12025550122 Zoë'])
  const refused = Buffer.concat([Buffer.from('phone,name,dnc\n2025550121,Jürgen M'), latin('\xc3,yes\n')])
  t.same((await leadsOf(refused)).rows, ['2 refused +12025550121'], 'a refusal is a refusal')
  const odd = Buffer.concat([Buffer.from('phone,name\n2025550121,Jürgen\n2025550122,'), latin('\xc8\xe2\xe0\xed\n')])
  t.match((await leadsOf(odd)).rows, ['2 +12025550121 Jürgen', /^3 unreadable-letters/])
})

t.test('what is neither UTF-8 nor Windows-1252 is refused in a line that names the place', async t => {
  const others: Readonly<Record<string, Buffer>> = {
    'Windows-1251': latin('\xc8\xe2\xe0\xed'),
    'Windows-1253': latin('\xc3\xe9\xfe\xf1\xe3\xef\xf2'),
    'Windows-1250': latin('Wa\xb3\xeasa'),
    'Mac Roman, e': latin('Jos\x8e'),
    'Mac Roman, u': latin('M\x9fller'),
    'DOS, u': latin('M\x81ller'),
    'DOS, o': latin('K\x94ln'),
    GBK: latin('\xd5\xc5\xc8\xfd'),
    'Shift-JIS': latin('\x8e\x52\x93\x63'),
  }
  for (const [what, name] of Object.entries(others)) {
    const error = await errorOf(
      leadsOf(Buffer.concat([Buffer.from('phone,name\n2025550121,'), name, Buffer.from('\n')])),
    )
    t.match(error, { code: 'unknown-encoding', message: /\(line 2: ".*"\): save it as CSV UTF-8/ }, what)
  }
})

t.test('what is no text is refused by its content, in every door', async t => {
  const zip = (name: string): Buffer => Buffer.concat([latin('PK\x03\x04'), Buffer.alloc(26, 1), Buffer.from(name)])
  const files: readonly (readonly [what: string, bytes: Buffer, code: string, says: RegExp])[] = [
    ['.xlsx', zip('[Content_Types].xml'), 'workbook', /save it as CSV UTF-8/],
    ['.xlsx', zip('xl/workbook.xml'), 'workbook', /save it as CSV UTF-8/],
    ['.ods', zip('mimetypeapplication/vnd.oasis.opendocument.spreadsheet'), 'workbook', /save it as CSV UTF-8/],
    ['.zip', zip('leads.csv'), 'zip', /unpack it/],
    ['.xls', latin('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'.padEnd(600, '\0')), 'workbook', /\.xls/],
    ['.pdf', latin('%PDF-1.7\n%\xe2\xe3\n'), 'not-text', /PDF/],
    ['.png', latin('\x89PNG\r\n\x1a\n\0\0'), 'not-text', /picture/],
    ['.jpg', latin('\xff\xd8\xff\xe0\0\x10JFIF'), 'not-text', /picture/],
    ['.7z', latin('7z\xbc\xaf\x27\x1c\0\x04'), 'packed', /7z/],
    ['UTF-16 without a mark', wide(table).subarray(2), 'utf-16', /save it as CSV UTF-8/],
    ['UTF-16 the other way', wide(table, 'be').subarray(2), 'utf-16', /save it as CSV UTF-8/],
    ['UTF-32', latin('\xff\xfe\0\0p\0\0\0'), 'utf-32', /UTF-32/],
    ['a program', latin('\x7fELF\x02\x01\x01'.padEnd(64, '\0')), 'not-text', /no text/],
    ['gzip twice', gzipSync(gzipSync(table)), 'packed', /twice/],
    ['.xlsx in gzip', gzipSync(zip('xl/workbook.xml')), 'workbook', /save it/],
    ['gzip, damaged', Buffer.concat([gzipSync(table).subarray(0, 20), Buffer.alloc(40, 7)]), 'gzip-broken', /damaged/],
  ]
  const permission = { defaultCountry: 'US', topics: [], basis: 'express', how: 'x', givenAt: 1, now: 5 } as const
  for (const [what, bytes, code, says] of files) {
    const size = bytes.length > 100 ? 1000 : 3
    const errors = [
      await errorOf(leadsOf(bytes, size)),
      await errorOf(listOf(bytes, size)),
      await errorOf(drained(readPermissions(pieces(bytes, size), permission, () => {}))),
      await errorOf(drained(readTable('leads', pieces(bytes, size), () => {}))),
    ]
    for (const error of errors) {
      t.match(error, { code, message: says }, what)
      t.notMatch(error.message, '\n')
    }
  }
  const bomb = gzipSync(Buffer.concat([Buffer.from('phone\n'), Buffer.alloc(80 * 1024 * 1024, '\n')]))
  for (const read of [leadsOf, listOf]) {
    t.match(await errorOf(read(wide(table).subarray(0, -1))), { code: 'broken-text', message: /UTF-16 and broken/ })
    t.match(await errorOf(read(gzipSync(table).subarray(0, -9))), { code: 'cut-off', message: /cut off/ })
    t.match(await errorOf(read(bomb, 1000)), { code: 'gzip-bomb', message: /far more/ })
  }
  for (const text of [
    '<!DOCTYPE html>\n<table>',
    '<?xml version="1.0"?>\n',
    '[{"phone":"2025550121"}]\n',
    '{"phone":1}\n',
  ])
    t.match(await errorOf(leadsOf(text)), { code: 'not-csv', message: /save it as CSV/ })
})

async function drained(rows: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of rows);
}

t.test('dialects of spreadsheets are read', async t => {
  const expected = ['2 +12025550168 A', '3 +12025550169 B, C']
  const forms: readonly string[] = [
    'phone,name\n="2025550168",A\n="2025550169","B, C"\n',
    'phone,name\n="2025550168",="A"\n="2025550169",="B, C"\n',
    'phone,name\n"=""2025550168""",A\n"=""2025550169""","=""B, C"""\n',
    'phone;name\n2025550168;A\n2025550169;B, C\n',
    '\ufeff"phone";"name"\r\n"2025550168";"A"\r\n"2025550169";"B, C"\r\n',
    'phone\tname\r2025550168\tA\r2025550169\tB, C\r',
    'phone;name\r2025550168;A\r2025550169;B, C',
    'phone;name\n2025550168;A\n2025550169;B, C\n\x1a',
  ]
  for (const form of forms) {
    for (const size of [1, 5, 1000]) t.same((await leadsOf(form, size)).rows, expected, JSON.stringify(form))
    t.same((await leadsOf(wide(form))).rows, expected, JSON.stringify(form))
  }
  const named = ['3 +12025550161 Ann', '4 +12025550162 B']
  for (const form of [
    'sep=;\r\nphone;name\r\n202-555-0161;Ann\r\n202-555-0162;B\r\n',
    '"sep=;"\nphone;name\n202-555-0161;Ann\n202-555-0162;B\n',
    'SEP=\t\nphone\tname\n202-555-0161\tAnn\n202-555-0162\tB\n',
    'sep=^\nphone^name\n202-555-0161^Ann\n202-555-0162^B\n',
    '\ufeffsep=,\rphone,name\r202-555-0161,Ann\r202-555-0162,B\r',
  ]) {
    for (const size of [1, 5, 1000]) t.same((await leadsOf(form, size)).rows, named, JSON.stringify(form))
    t.same((await listOf(form, 3)).rows, ['+12025550161', '+12025550162'], JSON.stringify(form))
  }
  t.same((await leadsOf('phone,name\n4.42E+11,A\n4.42079E+11,B\n')).rows, [
    '2 spreadsheet-number 4.42E+11',
    '3 spreadsheet-number 4.42079E+11',
  ])
  t.match(await errorOf(leadsOf('sep=;\n')), { code: 'empty-file' })
})

t.test('a long value is cut with a warning, a long row is refused alone, an open quote is what it is', async t => {
  const note = 'call log. '.repeat(7_000)
  for (const quote of ['"', '']) {
    const { rows, told } = await leadsOf(
      `phone,name,notes\n2025550171,Ann,${quote}${note}${quote}\n2025550172,Bob,short\n`,
      65_536,
    )
    t.same(rows, [`2 +12025550171 Ann ${note.slice(0, 65_536)}`, '3 +12025550172 Bob short'])
    t.same(told, ['2 value-too-long notes'])
  }
  const lines = 'so it went "on"\r\n'.repeat(40_000)
  t.same((await leadsOf(`phone,notes\n2025550171,"${lines.replaceAll('"', '""')}"\n2025550172,short\n`, 65_536)).rows, [
    `40002 +12025550171 ${lines.slice(0, 65_536)}`,
    '40003 +12025550172 short',
  ])
  const wideRow = Array.from({ length: 6 }, () => 'x'.repeat(60_000))
  t.match((await leadsOf(`phone,a,b,c,d,e,f\n2025550171,${wideRow}\n2025550172,1,2,3,4,5,6\n`, 65_536)).rows, [
    /^2 row-too-long 2025550171,xx/,
    '3 +12025550172 1 2 3 4 5 6',
  ])
  t.match((await leadsOf(`phone,a\n2025550171${','.repeat(5_000)}\n2025550172,1\n`, 65_536)).rows, [
    /^2 row-too-long/,
    '3 +12025550172 1',
  ])
  t.match(await errorOf(leadsOf(`phone,a\n2025550171,x\n2025550172,"${'x\n'.repeat(50_000)}`, 65_536)), {
    code: 'broken-csv',
    message: /near line 3: a quote that is opened there is never closed/,
  })
  t.match(await errorOf(leadsOf(`phone,a\n2025550171,${'x'.repeat(17 * 1024 * 1024)}`, 65_536)), {
    code: 'broken-csv',
    message: /line 2 of the file has more than/,
  })
  t.same((await leadsOf(`phone,a\n${'9'.repeat(60_000)},x\n2025550172,1\n`, 65_536)).rows, [
    `2 too-long ${'9'.repeat(60)}`,
    '3 +12025550172 1',
  ])
  t.same((await leadsOf(`phone,a\n${'2025550172/'.repeat(5_000)},x\n`, 65_536)).rows, [
    `2 too-long ${'2025550172/'.repeat(6).slice(0, 60)}`,
  ])
  t.same((await listOf(`phone,notes\n2025550171,"${note}"\n2025550172,x\n`, 65_536)).rows, [
    '+12025550171',
    '+12025550172',
  ])
})

t.test('lists of refusals are read in whatever they are written in', async t => {
  const wanted = ['+12025550121', '+442079460123']
  const list = 'téléphone;nom\n2025550121;Hélène\n+442079460123;x\n'
  t.same(await listOf(latin(list)), { rows: wanted, told: ['no UTF-8'] })
  const utf16 = await listOf(wide(list))
  t.same(utf16.rows, wanted)
  t.match(utf16.told, [/UTF-16/])
  t.same((await listOf(wide('2025550121\r\n+442079460123', 'be'))).rows, wanted)
  t.same((await listOf(list.replaceAll('\n', '\r'))).rows, wanted)
  t.same((await listOf('\n\nphone\n="2025550121"\n="+442079460123"\n')).rows, wanted, 'behind empty lines')
  t.same((await listOf('="phone"\n="2025550121"\n="+442079460123"\n')).rows, wanted)
  const cyrillic = Buffer.concat([Buffer.from('phone;x\n2025550121;'), latin('\xc8\xe2\xe0\xed\n+442079460123;y\n')])
  t.same((await listOf(cyrillic)).rows, wanted, 'numbers count whatever the letters are')
})

t.test('marks that nobody sees change no number, zone, place, id, code or header', async t => {
  const dressed = (text: string): readonly string[] => [
    `\u202a${text}\u202c`,
    `\u200e${text}`,
    `${text}\u200b`,
    `\u00a0${text}\u00a0`,
    `\ufeff${text}`,
    `\u2066${text}\u2069`,
    `\u001f${text}`,
    `${text.slice(0, 1)}\u00ad${text.slice(1)}`,
    `\u3164${text}\u2800`,
    `${text}\ufe0f`,
  ]
  for (const number of dressed('2025550190')) {
    t.same((await leadsOf(`phone,name\n${number},x\n`)).rows, ['2 +12025550190 x'], JSON.stringify(number))
    t.same((await listOf(`${number}\n`)).rows, ['+12025550190'], JSON.stringify(number))
  }
  for (const number of [
    '２０２５５５０１９０',
    '٢٠٢٥٥٥٠١٩٠',
    '۲۰۲۵۵۵۰۱۹۰',
    '२०२५५५०१९०',
    '𝟐𝟎𝟐𝟓𝟓𝟓𝟎𝟏𝟗𝟎',
    '202–555—0190',
    '202‑555−0190',
    '202 555 0190',
    '（202）555－0190',
    '202ー555ー0190',
    '2️⃣0️⃣2️⃣5️⃣5️⃣5️⃣0️⃣1️⃣9️⃣0️⃣',
  ])
    t.same((await leadsOf(`phone,name\n${number},x\n`)).rows, ['2 +12025550190 x'], number)
  for (const zone of dressed('America/Denver'))
    t.same(
      (await rawLeads(`phone,time_zone\n2025550190,${zone}\n`)).map(({ timeZones }) => timeZones),
      [['America/Denver']],
      JSON.stringify(zone),
    )
  for (const state of dressed('Texas'))
    t.same(
      (
        await rawLeads(`phone,state,country\n2025550190,${state},${state.replace('T', 'U').replace(/e.*s/u, 'S')}\n`)
      ).map(({ places }) => places),
      [['US-TX']],
      JSON.stringify(state),
    )
  for (const zip of dressed('77001'))
    t.same(
      (await rawLeads(`phone,zip\n2025550190,${zip}\n`)).map(({ places }) => places),
      [['US-TX']],
      JSON.stringify(zip),
    )
  for (const id of dressed('C17'))
    t.same(
      (await rawLeads(`phone,customer_id\n2025550190,${id}\n`)).map(({ personId }) => personId),
      ['C17'],
      JSON.stringify(id),
    )
  for (const [index, header] of dressed('Do Not Call').entries()) {
    const phone = dressed('Phone')[index]
    t.same(
      (await leadsOf(`${phone},${header}\n2025550190,yes\n`)).rows,
      ['2 refused +12025550190'],
      JSON.stringify(header),
    )
    t.same((await listOf(`name,${phone}\nx,2025550190\n`)).rows, ['+12025550190'], JSON.stringify(phone))
  }
  for (const yes of dressed('yes'))
    t.same((await leadsOf(`phone,dnc\n2025550190,${yes}\n`)).rows, ['2 refused +12025550190'], JSON.stringify(yes))
  for (const code of dressed('44'))
    t.same(
      (await rawLeads(`phone_code,phone\n${code},2079460123\n`)).map(({ number }) => number),
      ['+442079460123'],
    )
  for (const wildcard of dressed('+1900*')) t.same((await listOf(`2025550190\n${wildcard}\n`)).rows.at(-1), '+1900*')
})

async function rawLeads(text: string) {
  const found = []
  const options = { defaultCountry: 'US', withoutOrigin: true, personPrefix: 'file' }
  for await (const row of readLeads(pieces(text, 9), options)) if ('leads' in row) found.push(...row.leads)
  return found
}
