// How a file of leads would be understood, before any of it is imported.
import { gzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import { type Rig, startRig, token } from './rig.ts'

const origin = 'origin=fair&legalBasis=consent'

async function previewRig(t: Test) {
  const rig = await startRig(t)
  await rig.call('PUT', '/v1/campaigns/spring', { id: 'spring', message: 'sorry' })
  return rig
}

async function preview({ url }: Rig, body: string | Uint8Array<ArrayBuffer>, query = origin) {
  const response = await fetch(`${url}/v1/campaigns/spring/leads/preview?${query}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'text/csv' },
    body,
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

t.test('columns, leads and bad rows are told, and nothing is imported', async t => {
  const rig = await previewRig(t)
  const file = 'Name;Phone;TZ;Opted out\nAnn;202 555 0111;America/New_York;no\nBob;12;;no\nCarol;2025550113;;yes\n'
  const { body } = await preview(rig, file)
  t.match(body, {
    delimiter: ';',
    columns: [
      { name: 'Name', use: 'data', samples: ['Ann', 'Bob', 'Carol'] },
      { name: 'Phone', use: 'number' },
      { name: 'TZ', use: 'timeZone' },
      { name: 'Opted out', use: 'refusal' },
    ],
    ...{ rows: 3, leads: 1, invalid: 1, refused: 1, lacking: [] },
    examples: [{ line: 2, number: '+12025550111', timeZones: ['America/New_York'], data: { Name: 'Ann' } }],
    problems: [{ line: 3, value: '12' }],
  })
  t.match(await rig.call('GET', '/v1/campaigns/spring'), { body: { leads: { total: 0 } } })
})

t.test('what is lacking is named, and what is there is shown all the same', async t => {
  const rig = await previewRig(t)
  const noOrigin = await preview(rig, 'phone\n2025550111\n', '')
  t.match(noOrigin.body, { leads: 1, lacking: [{ code: 'no-origin' }] })
  const noColumn = await preview(rig, 'who,ring\nAnn,2025550111\n')
  t.match(noColumn.body, { columns: [{ name: 'who' }, { name: 'ring' }], lacking: [{ code: 'no-number-column' }] })
  t.match((await preview(rig, 'who,ring\nAnn,2025550111\n', `${origin}&numberColumn=ring`)).body, {
    lacking: [],
    leads: 1,
  })
  t.match((await preview(rig, '2025550111,Ann\n2025550112,Bob\n')).body, { lacking: [{ code: 'no-header' }, {}] })
})

t.test('files of every kind are understood, or refused in one line', async t => {
  const rig = await previewRig(t)
  const wide = await preview(rig, new Uint8Array(Buffer.from('\ufeffphone\tname\n2025550111\tZoë\n', 'utf16le')))
  t.match(wide.body, { delimiter: '\t', examples: [{ data: { name: 'Zoë' } }], warnings: [/UTF-16/] })
  const western = await preview(rig, new Uint8Array(Buffer.from('phone,name\n2025550111,Zoë\n', 'latin1')))
  t.match(western.body, { examples: [{ data: { name: 'Zoë' } }], warnings: [/Windows-1252/] })
  const workbook = 'PK\u0003\u0004 [Content_Types].xml xl/workbook.xml'
  t.match(await preview(rig, workbook), { status: 422, body: { error: { code: 'workbook' } } })
  t.match(await preview(rig, '\u0001\u0002\u0003\u0004\u0005\u0006'), {
    status: 422,
    body: { error: { code: 'not-text' } },
  })
  t.match(await preview(rig, ' \n'), { status: 422, body: { error: { code: 'empty-file' } } })
  t.match(await preview(rig, 'phone,'.repeat(200_000)), { body: { rows: 0 } }, 'a line without an end')
})

t.test('a beginning is enough, packed or not: its last row is not whole, and is left out', async t => {
  const rig = await previewRig(t)
  const rows = Array.from(
    { length: 40_000 },
    (_, at) => `+1202555${String(at % 10_000).padStart(4, '0')},"A ""person"" ${at}"`,
  )
  const file = `phone,name\n${rows.join('\n')}\n`
  for (const body of [file, new Uint8Array(gzipSync(file).subarray(0, 100_000))]) {
    const { body: found } = await preview(rig, body)
    t.ok(Number(found.rows) > 1_000)
    t.match(found, { invalid: 0, problems: [], lacking: [] })
  }
})
