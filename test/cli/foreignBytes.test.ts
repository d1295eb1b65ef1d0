import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import { createImporter } from '../../src/import/importer.ts'
import { createMemoryStore } from '../../src/store/memory/memoryStore.ts'
import { dialingRig, startRig, token } from '../http/rig.ts'
import { type Ran, runLine, tempFolder, writeConfig } from './support.ts'

/** Whatever a terminal would obey, but for the ends of lines. */
const obeyed = /(?!\n)[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069\ufeff]/u

/** A command line before a daemon that reads files as it does at work. */
async function importing(t: Test) {
  const store = createMemoryStore()
  const rig = await startRig(t, { importer: createImporter(store) })
  await rig.call('PUT', '/v1/campaigns/spring', { id: 'spring', message: 'sorry' })
  const settings = rig.dialer.gateway.campaign('spring')?.settings
  if (settings !== undefined) await store.saveCampaign(settings)
  const folder = tempFolder(t)
  const config = writeConfig(folder, { port: Number(new URL(rig.url).port), token })
  const dw = (...args: readonly string[]): Promise<Ran> => runLine(['--config', config, ...args])
  return {
    store,
    dw,
    leads: (bytes: string | Uint8Array, name = 'list.csv', ...more: readonly string[]) => {
      writeFileSync(join(folder, name), bytes)
      return dw('leads', 'import', join(folder, name), '--campaign', 'spring', '--without-origin', ...more)
    },
  }
}

t.test('a list in another encoding, dialect or packing comes in, and what was recognised is said', async t => {
  const { store, leads, dw } = await importing(t)
  const western = 'phone;name;city\r\n202-555-0121;M\xfcller;K\xf6ln\r\n202-555-0122;Jos\xe9;Qu\xe9bec\r\n'
  t.match(await leads(Buffer.from(western, 'latin1')), {
    code: 0,
    out: /^2 leads of 2 rows .*\nwarning: no-utf-8: .* Windows-1252.* \(in 2 rows, first in line 2: "Müller"\)\n$/s,
  })
  t.match((await store.leadsByNumber('+12025550122')).at(0)?.data, { name: 'José', city: 'Québec' })
  t.match(await leads(gzipSync('sep=;\r\nphone;name\r\n202-555-0161;Ann\r\n'), 'list.csv.gz'), {
    code: 0,
    out: /^1 lead of 1 row /,
  })
  t.match(await leads(Buffer.from('\ufeffphone\tname\r\n202-555-0162\tÉve\r\n', 'utf16le')), {
    code: 0,
    out: /^1 lead of 1 row .*\nwarning: the file is UTF-16: it was read as that/s,
  })
  t.match(await leads(Buffer.from('PK\x03\x04..............................xl/workbook.xml', 'latin1'), 'a.csv'), {
    code: 1,
    err: /^error: the file is a workbook of a spreadsheet: save it as CSV UTF-8, and import that\n$/,
  })
  t.match(await leads('phone,name\n=CMD,"x"y\n'), { code: 1, err: /^error: the file is broken near line 2: .*\n$/ })
  const consent = join(tempFolder(t), 'consent.csv')
  writeFileSync(consent, Buffer.from('number;how\n2025550122;Formular f\xfcr Anrufe\n', 'latin1'))
  const common = ['--topic', 'spring', '--basis', 'written', '--given', '2020-01-01'] as const
  t.match(await dw('consent', 'import', consent, ...common), {
    code: 0,
    out: /^1 permission of 1 row .*\nwarning: no-utf-8: .*"Formular für Anrufe"/s,
  })
})

t.test('nothing that stands in a list reaches the terminal as it is', async t => {
  const { leads } = await importing(t)
  const hostile = [
    'phone,"na\u001b[2Jme"',
    '2025550163,A\0nn',
    '2025550164,\u001b[2J\u001b]0;owned\u0007Eve',
    '2025550165,\u202eelpmaxE\u202c',
    '2025550166,"two\nlines"',
    '\u001b[2J12,bad row',
    '\u009b31m12,bad row',
    '\u202a20255501\u202c,bad row',
  ].join('\n')
  for (const more of [[], ['--json']]) {
    const ran = await leads(hostile, 'a\u001b]0;x\u0007.csv', ...more)
    t.notMatch(ran.out, obeyed)
    t.notMatch(ran.err, obeyed)
    t.match(ran.out, more.length === 0 ? /\\u202a20255501/ : /"value":"\\u202a20255501/)
  }
})

t.test('what is shown of leads steers nothing and keeps its table', async t => {
  const rig = await dialingRig(t)
  const config = writeConfig(tempFolder(t), { port: Number(new URL(rig.url).port), token })
  const lead = (number: string, name: string) =>
    ({ number, timeZones: ['America/New_York'], priority: 0, data: { name } }) as const
  await rig.store.importLeads('hostile', 'spring', [
    lead('+12025550163', '\u001b[2J\u001b]0;owned\u0007Eve'),
    lead('+12025550164', 'two\nlines'),
    lead('+12025550165', '\u202eelpmaxE\u202c 王'),
  ])
  await rig.store.activateImport('hostile', { source: 'x', rows: 3, imported: 3, duplicates: 0, invalid: 0 })
  for (const line of ['leads list --campaign spring', 'person access +12025550163', 'leads explain +12025550163']) {
    const plain = await runLine(['--config', config, ...line.split(' ')])
    t.equal(plain.code, 0, line)
    t.notMatch(plain.out, obeyed, line)
    const json = await runLine(['--config', config, '--json', ...line.split(' ')])
    t.notMatch(json.out, obeyed, `${line} --json`)
    t.match(JSON.stringify(JSON.parse(json.out)), /\\u001b\[2J/, 'the same JSON')
  }
  const { out } = await runLine(['--config', config, 'leads', 'list', '--campaign', 'spring'])
  t.match(out, /name=two\\u000alines/)
})
