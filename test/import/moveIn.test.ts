import t, { type Test } from 'tap'
import { createImporter, type ImportStore } from '../../src/import/importer.ts'
import { readLocalTime } from '../../src/import/vicidial/cells.ts'
import { dispositionOf, statusMeaning } from '../../src/import/vicidial/statuses.ts'
import type { MoveInReport, MoveInRequest } from '../../src/ports/importing/imports.ts'
import type { Store } from '../../src/ports/store.ts'
import { createMemoryStore } from '../../src/store/memory/memoryStore.ts'
import { openSqliteStore } from '../../src/store/sqlite/sqliteStore.ts'
import { someCampaign } from '../contract/store.ts'

const now = Date.UTC(2026, 10, 20)
const provenance = { origin: 'our customers', legalBasis: 'contract' } as const

type Table = readonly [part: string, text: string]

async function* framed(tables: readonly Table[], size = 700): AsyncIterable<Uint8Array> {
  const parts = tables.flatMap(([part, text]) => [
    Buffer.from(`${JSON.stringify({ part, file: `${part}.csv`, bytes: Buffer.byteLength(text) })}\n`),
    Buffer.from(text),
  ])
  const all = Buffer.concat(parts)
  for (let from = 0; from < all.length; from += size) yield all.subarray(from, from + size)
}

const leadColumns =
  'lead_id,entry_date,status,user,vendor_lead_code,source_id,list_id,gmt_offset_now,phone_code,phone_number,first_name,address3,state,postal_code,alt_phone,comments,called_count,last_local_call_time,rank,owner'

const leads = [
  leadColumns,
  '1,2026-01-05 10:00:00,NEW,,V1,WEB,101,-5.00,1,2015550101,Ann,Apt 5,NJ,07030,,,0,,7,1001',
  '2,2026-01-05 10:00:00,NA,VDAD,V2,,101,-5.00,1,2015550102,Bob,,NJ,07030,3125550102,calls at night,3,2026-11-18 10:00:00,0,',
  '3,2026-01-05 10:00:00,SALE,1001,V3,WEB,102,-5.00,1,2015550103,Carl,,NJ,,,,2,,0,',
  '4,2026-01-05 10:00:00,DNC,1001,V4,WEB,102,-5.00,1,2015550104,Dora,,NJ,,,,1,,0,',
  '5,2026-01-05 10:00:00,CBHOLD,1001,V5,WEB,101,-5.00,1,2015550105,Eve,,NJ,,,,1,,999,',
  '6,2026-01-05 10:00:00,CALLBK,1001,V6,WEB,101,-5.00,1,2015550106,Fay,,NJ,,,,1,,0,',
  '7,2026-01-05 10:00:00,VIP,1001,V7,WEB,101,-5.00,1,2015550107,Gus,,NJ,,,,1,,0,',
  '8,2026-01-05 10:00:00,DROP,VDCL,V8,WEB,101,-5.00,1,2015550108,Hal,,NJ,,,,1,2026-11-18 10:00:00,0,',
  '9,2026-01-05 10:00:00,NEW,,V9,WEB,101,-5.00,44,07911123456,Ida,,,,,,0,,0,',
  '10,2026-01-05 10:00:00,NEW,,V10,WEB,101,-5.00,1,12,Joe,,,,,,0,,0,',
  '',
].join('\n')

const callbacks = [
  'callback_id,lead_id,list_id,campaign_id,status,entry_time,callback_time,modify_date,user,recipient,comments',
  '1,5,101,SALES,ACTIVE,2026-11-01 10:00:00,2026-11-24 15:30:00,2026-11-01 10:00:00,1001,USERONLY,after work',
  '2,99,101,SALES,LIVE,2026-11-01 10:00:00,2026-11-24 15:30:00,2026-11-01 10:00:00,1001,ANYONE,',
  '3,1,101,SALES,INACTIVE,2026-11-01 10:00:00,2026-10-24 15:30:00,2026-11-01 10:00:00,1001,ANYONE,',
  '4,1,101,SALES,ACTIVE,2026-11-01 10:00:00,0000-00-00 00:00:00,2026-11-01 10:00:00,1001,ANYONE,',
  '',
].join('\n')

// As `mysql -B` writes it: tabs, no header, quotes as they are.
const calls = [
  [
    '1763478000.11',
    '2',
    '101',
    'SALES',
    '2025-11-18 10:00:00',
    '1763478000',
    '1763478020',
    '20',
    'NA',
    '1',
    '2015550102',
    'VDAD',
  ],
  [
    '1763478100.12',
    '3',
    '102',
    'SALES',
    '2025-11-18 10:01:40',
    '1763478100',
    '1763478190',
    '90',
    'SALE',
    '1',
    '2015550103',
    '1001',
  ],
  [
    '1763478200.13',
    '8',
    '101',
    'SALES',
    '2025-11-18 10:03:20',
    '1763478200',
    '1763478204',
    '4',
    'DROP',
    '1',
    '2015550108',
    'VDCL',
  ],
  ['1763478300.14', '7', '101', 'SALES', '2025-11-18 10:05:00', 'NULL', 'NULL', '8', 'A', '1', '2015550107', 'VDAD'],
  [
    '1763478400.15',
    '7',
    '101',
    'OTHER',
    '2025-11-18 10:06:40',
    '1763478400',
    '1763478410',
    '10',
    'VIP',
    '1',
    '2015550107',
    '1001',
  ],
  [
    '1763478500.16',
    '7',
    '101',
    'SALES',
    '2025-11-18 10:08:20',
    '1763478500',
    '1763478510',
    '10',
    'ODD',
    '1',
    '2015550107',
    'VDAD',
  ],
  ['', '7', '101', 'SALES', '2025-11-18 10:08:20', '1763478500', '1763478510', '10', 'A', '1', '2015550107', 'VDAD'],
]
  .map(cells => [...cells, 'a "quoted\\tword"', 'N', 'ADMIN', 'NONE', 'MAIN', '1'].join('\t'))
  .join('\n')

const dnc = 'phone_number\n2015550104\n2015550199\n212XXXXXXX\nnonsense\n'
const everything: readonly Table[] = [
  ['callbacks', callbacks],
  ['leads', leads],
  ['calls', `${calls}\n`],
  ['dnc', dnc],
]

t.test('times of a zone are its clock’s, on the days it changes too', async t => {
  const zone = 'America/New_York'
  t.equal(readLocalTime('2026-07-01 12:00:00', zone), Date.UTC(2026, 6, 1, 16))
  t.equal(readLocalTime('2026-01-05', zone), Date.UTC(2026, 0, 5, 5))
  t.equal(readLocalTime('2026-03-08 01:59:00', zone), Date.UTC(2026, 2, 8, 6, 59))
  t.equal(readLocalTime('2026-03-08 03:00:00', zone), Date.UTC(2026, 2, 8, 7, 0))
  t.equal(readLocalTime('2026-11-01 00:30:00', zone), Date.UTC(2026, 10, 1, 4, 30))
  t.equal(readLocalTime('2026-11-01 01:30:00', zone), Date.UTC(2026, 10, 1, 6, 30), 'the later of two')
  t.equal(readLocalTime('2026-11-01 02:30:00', zone), Date.UTC(2026, 10, 1, 7, 30))
  for (const bad of ['', '0000-00-00 00:00:00', 'soon', '2026-13-01 00:00:00'])
    t.equal(readLocalTime(bad, zone), undefined)
})

t.test('statuses mean what VICIdial means by them, or what the operator says', async t => {
  const said = { termReason: 'NONE', agentId: undefined }
  for (const [status, lead, disposition] of [
    ['NEW', 'new', undefined],
    ['B', 'retry', 'busy'],
    ['NA', 'retry', 'no-answer'],
    ['AA', 'retry', 'machine'],
    ['PDROP', 'retry', 'abandoned'],
    ['SALE', 'finished', 'connected'],
    ['NI', 'finished', 'connected'],
    ['DNC', 'do-not-call', 'connected'],
    ['CBHOLD', 'callback', 'connected'],
  ] as const) {
    t.equal(statusMeaning(status)?.lead, lead, status)
    t.equal(dispositionOf({ status, ...said }), disposition, status)
  }
  t.equal(statusMeaning('VIP'), undefined)
  t.match(statusMeaning('VIP', { VIP: 'retry' }), { lead: 'retry' })
  t.match(statusMeaning('SALE', { SALE: 'retry' }), { lead: 'retry', disposition: 'connected' })
  t.equal(dispositionOf({ ...said, status: 'VIP', agentId: '1001' }), 'connected')
  t.equal(dispositionOf({ status: 'NA', termReason: 'ABANDON', agentId: undefined }), 'abandoned')
})

t.test('from VICIdial into SQLite', async t => {
  const store = await openSqliteStore({ file: `${t.testdir()}/dialwright.db` })
  t.teardown(() => store.close())
  await moveInContract(t, store)
})

t.test('from VICIdial into memory', t => moveInContract(t, createMemoryStore()))

async function moveInContract(t: Test, store: Store & ImportStore): Promise<void> {
  const importer = createImporter(store, { now: () => now })
  await store.saveCampaign(someCampaign('spring'))
  const bring = (tables: readonly Table[], more: Partial<MoveInRequest> = {}): Promise<MoveInReport> => {
    const request = { campaignId: 'spring', source: 'VICIdial', defaultCountry: 'US', timeZone: 'America/New_York' }
    return importer.moveIn({ ...request, provenance, stream: framed(tables), ...more })
  }
  const part = (report: MoveInReport, name: string) => report.parts.find(one => one.part === name)

  await t.test('a dry run reports and writes nothing', async t => {
    const report = await bring(everything, { dryRun: true })
    t.match(part(report, 'leads'), { rows: 10, imported: 10, invalid: 1 }, 'one lead has two numbers')
    t.strictSame(await store.leadCounts('spring'), { total: 0, dialable: 0, finished: 0 })
    t.strictSame(await store.calls({ limit: 10 }), [])
    t.equal(await store.doNotCallEntry('+12015550104'), undefined)
  })

  await t.test('what cannot be moved leaves nothing behind', async t => {
    const cut = calls.slice(0, -20)
    await t.rejects(bring([...everything.slice(0, 2), ['calls', cut]]), { code: 'broken-csv' })
    await t.rejects(bring(everything, { provenance: {} }), { code: 'no-origin', message: /--basis/ })
    await t.rejects(bring(everything, { timeZone: 'EST' }), { code: 'unknown-time-zone' })
    await t.rejects(
      bring([
        ['dnc', 'phone_number\n2015550188\n'],
        ['leads', leads],
      ]),
      { code: 'bad-frame' },
    )
    await t.rejects(bring([['leads', 'name,city\nAnn,Rome\n']]), { code: 'columns-missing', message: /phone_number/ })
    await t.rejects(bring([], { stream: short() }), { code: 'stream-broken' })
    t.strictSame(await store.leadCounts('spring'), { total: 0, dialable: 0, finished: 0 })
    t.strictSame(await store.calls({ limit: 10 }), [], 'calls that were written have been taken back')
    t.match(await store.doNotCallEntry('+12015550188'), { list: 'company' }, 'but a refusal is never taken back')
    t.match(await store.campaigns(), [{ counters: { attempts: 0, abandoned: 0, connected: 0 } }])
  })

  await t.test('everything comes over, with the reasons of what does not', async t => {
    const report = await bring(everything)
    t.match(part(report, 'leads'), { rows: 10, imported: 10, duplicates: 0, invalid: 1 })
    t.match(part(report, 'leads')?.problems, [{ line: 11, reason: /^too-short/, value: '12' }])
    const warnings = part(report, 'leads')?.warnings.join('\n') ?? ''
    for (const warning of [/unknown-status: VIP.*--status VIP=retry/, /no-callback/, /refused/, /rank: .*"999"/])
      t.match(warnings, warning)
    t.match(part(report, 'callbacks'), { rows: 4, imported: 1, invalid: 1 })
    t.strictSame(part(report, 'callbacks')?.skipped, { 'done already': 1, 'their lead did not come over': 1 })
    t.match(part(report, 'calls'), { rows: 7, imported: 6, invalid: 1 })
    t.match(part(report, 'calls')?.warnings, [/unknown-status: ODD/])
    t.match(part(report, 'dnc'), { rows: 4, imported: 1, duplicates: 1, invalid: 2 })
    t.match(part(report, 'dnc')?.problems, [
      { line: 2 },
      { line: 4, reason: /^wildcard/ },
      { line: 5, reason: /^letters/ },
    ])
  })

  await t.test('leads stand where they stood', async t => {
    const lead = async (number: string) => (await store.leadsByNumber(number))[0]
    t.match(await lead('+12015550101'), {
      ...{ state: 'new', attempts: 0, priority: 7, list: 'vicidial-101', places: ['US-NJ'] },
      provenance: { origin: 'WEB', legalBasis: 'contract', obtainedAt: Date.UTC(2026, 0, 5, 15) },
      data: { first_name: 'Ann', address3: 'Apt 5', vendor_lead_code: 'V1', owner: '1001' },
    })
    const [bob, bobAgain] = [await lead('+12015550102'), await lead('+13125550102')]
    t.match(bob, { state: 'retry', attempts: 3, lastDisposition: 'no-answer', provenance: { origin: 'our customers' } })
    t.ok(bob?.personId !== undefined && bob.personId === bobAgain?.personId, 'two numbers, one person')
    t.match(await lead('+12015550103'), { state: 'finished', lastDisposition: 'connected', list: 'vicidial-102' })
    t.match(await lead('+12015550104'), { state: 'finished', reason: 'do-not-call' })
    t.match(await store.doNotCallEntry('+12015550104'), { list: 'company', source: 'import', at: now })
    t.match(await store.doNotCallEntry('+12015550199'), { list: 'company' })
    t.match(await lead('+12015550105'), {
      ...{ state: 'retry', dialableAt: Date.UTC(2026, 10, 24, 20, 30), callbackAgentId: '1001', priority: 100 },
      data: { 'callback comments': 'after work' },
    })
    t.match(await lead('+12015550106'), { state: 'finished' }, 'a call-back without its time')
    t.match(await lead('+12015550107'), { state: 'finished' }, 'a status that nobody knows')
    t.match(await lead('+12015550108'), { state: 'retry', dialableAt: Date.UTC(2026, 10, 18, 15) + 96 * 3_600_000 })
    t.match(await lead('+447911123456'), { state: 'new' }, 'the zero behind the country code')
  })

  await t.test('the log fills the windows', async t => {
    const [call] = await store.calls({ number: '+12015550103', limit: 1 })
    t.match(call, {
      ...{ callId: 'vicidial-1763478100-12', campaignId: 'spring', originatedAt: 1_763_478_100_000 },
      end: { disposition: 'connected', endedAt: 1_763_478_190_000, agentId: '1001', countsAsAttempt: true },
      wrapUp: { code: 'SALE', refusal: false },
    })
    const [dropped] = await store.calls({ number: '+12015550108', limit: 1 })
    t.match(dropped?.end, { disposition: 'abandoned', answeredAt: 1_763_478_200_000 })
    const [machine] = (await store.calls({ number: '+12015550107', limit: 5 })).filter(
      one => one.end?.disposition === 'machine',
    )
    t.equal(machine?.originatedAt, Date.UTC(2025, 10, 18, 15, 5), 'without an epoch, the clock of the other dialer')
    t.match(await store.campaigns(), [
      { counters: { attempts: 6, answered: 4, answeredByPerson: 3, connected: 2, abandoned: 1 } },
    ])
    const [lead] = await store.leadsByNumber('+12015550107')
    const facts = await store.facts({ campaignId: 'spring', leadId: lead?.leadId ?? 0, now })
    t.equal(facts.history.length, 3)
  })

  await t.test('a second time adds nothing', async t => {
    const counts = await store.leadCounts('spring')
    const report = await bring(everything)
    t.match(part(report, 'leads'), { imported: 0, duplicates: 10 })
    t.match(part(report, 'calls'), { imported: 0, duplicates: 6 })
    t.match(part(report, 'dnc'), { imported: 0, duplicates: 2 })
    t.strictSame(await store.leadCounts('spring'), counts)
    t.match(await store.campaigns(), [{ counters: { attempts: 6 } }])
  })

  await t.test('one campaign of the other dialer, and statuses of one’s own', async t => {
    await store.saveCampaign(someCampaign('autumn'))
    const more = { campaignId: 'autumn', fromCampaign: 'OTHER', statuses: { VIP: 'retry' } } as const
    const report = await bring(
      [
        ['leads', leads],
        ['calls', `${calls.replaceAll('17634', '17635')}\n`],
      ],
      more,
    )
    t.match(part(report, 'calls'), { imported: 1 })
    t.strictSame(part(report, 'calls')?.skipped, { 'of another campaign': 6 })
    const vip = (await store.leadsByNumber('+12015550107')).find(({ campaignId }) => campaignId === 'autumn')
    t.match(vip, { state: 'retry', attempts: 1 })
  })
}

/** Ends in the middle of a table. */
async function* short(): AsyncIterable<Uint8Array> {
  yield Buffer.from(`${JSON.stringify({ part: 'leads', file: 'x', bytes: 100_000 })}\n${leads}`)
}
