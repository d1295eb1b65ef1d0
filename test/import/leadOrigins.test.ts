import { setImmediate as turn } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { readDate } from '../../src/import/dates.ts'
import { createImporter, type ImportStore } from '../../src/import/importer.ts'
import { readHeader } from '../../src/import/leads/header.ts'
import type { LeadImportReport, LeadImportRequest } from '../../src/ports/importing/imports.ts'
import type { Store } from '../../src/ports/store.ts'
import { createMemoryStore } from '../../src/store/memory/memoryStore.ts'
import { openSqliteStore } from '../../src/store/sqlite/sqliteStore.ts'
import { someCampaign } from '../contract/store.ts'

async function* pieces(text: string): AsyncIterable<Uint8Array> {
  const bytes = Buffer.from(text)
  for (let from = 0; from < bytes.length; from += 1_000) {
    await turn()
    yield bytes.subarray(from, from + 1_000)
  }
}

const fair = { origin: 'trade fair Berlin', obtainedAt: Date.UTC(2026, 9, 1), legalBasis: 'consent' } as const

t.test('dates are those of ISO 8601 and exist', async t => {
  t.equal(readDate('2026-10-01'), Date.UTC(2026, 9, 1))
  t.equal(readDate('2024-02-29'), Date.UTC(2024, 1, 29))
  t.equal(readDate('2026-10-01T09:30:00Z'), Date.UTC(2026, 9, 1, 9, 30))
  t.equal(readDate('2026-10-01 09:30+02:00'), Date.UTC(2026, 9, 1, 7, 30))
  for (const bad of ['', '01.10.2026', '10/01/2026', '2026-02-29', '2026-13-01', '2026-10-01T09:30:00', '46296'])
    t.equal(readDate(bad), undefined, bad)
})

t.test('columns with further numbers are found, a mobile beside a phone only where asked for', async t => {
  t.match(readHeader(['phone', 'phone2', 'phone_3', 'Alt Phone', 'mobile']).numbers, [0, 1, 2, 3])
  t.match(readHeader(['phone', 'mobile'], { numbers: ['mobile', 'phone'] }).numbers, [1, 0])
  t.strictSame(readHeader(['phone', 'phone2'], { number: 'phone2' }).numbers, [1])
  t.match(readHeader(['phone', 'customer id', 'zip', 'State', 'basis', 'source']), {
    ...{ personId: 1, postcode: 2, region: 3, legalBasis: 4, origin: 5 },
  })
})

t.test('into SQLite', async t => {
  const store = await openSqliteStore({ file: `${t.testdir()}/dialwright.db` })
  t.teardown(() => store.close())
  await originContract(t, store)
})

t.test('into memory', t => originContract(t, createMemoryStore()))

async function originContract(t: Test, store: Store & ImportStore): Promise<void> {
  const importer = createImporter(store, { now: () => 5 })
  let campaigns = 0

  /** Imports into a campaign of its own. */
  async function bring(
    text: string,
    more: Partial<LeadImportRequest> = {},
  ): Promise<{ readonly report: LeadImportReport; readonly campaignId: string }> {
    campaigns += 1
    const campaignId = more.campaignId ?? `c${campaigns}`
    await store.saveCampaign(someCampaign(campaignId))
    const request = { source: 'leads.csv', defaultCountry: 'US', stream: pieces(text), provenance: fair }
    return { report: await importer.importLeads({ ...request, ...more, campaignId }), campaignId }
  }

  const leadsOf = (campaignId: string) => store.listLeads({ campaignId, limit: 1_000 })

  await t.test('a file without origin and basis is refused in one line that says what to write', async t => {
    const text = 'phone\n2015550101\n'
    for (const provenance of [{}, { origin: 'fair' }, { legalBasis: 'consent' } as const]) {
      const error = await bring(text, { provenance }).then(
        () => undefined,
        (thrown: unknown) => thrown,
      )
      t.match(error, { code: 'no-origin', message: /--origin 'trade fair Berlin'.*--basis.*--without-origin/ })
    }
    const { campaignId, report } = await bring(text, { provenance: {}, withoutOrigin: true })
    t.match(report, { imported: 1, list: 'leads' })
    const [lead] = await leadsOf(campaignId)
    t.ok(lead !== undefined && !('provenance' in lead), 'the lead says for ever that nobody knows')
  })

  await t.test('rows say it themselves, or the file does; bad ones are refused row by row', async t => {
    const { campaignId, report } = await bring(
      [
        'phone,origin,obtained,legal basis,name',
        '2015550102,web form,2026-09-03,Legitimate interest,Ann',
        '2015550103,,,,Bob',
        '2015550104,web form,03.09.2026,consent,Carl',
        '2015550105,web form,,because,Dora',
        '2015550106,,,other: court order,Eve',
        '',
      ].join('\n'),
      { list: 'autumn' },
    )
    t.match(report, { rows: 5, imported: 3, invalid: 2, list: 'autumn' })
    t.match(report.problems, [
      { line: 4, reason: /^bad-date: .*2026-10-01/, value: '03.09.2026' },
      { line: 5, reason: /^bad-legal-basis: .*consent, contract/, value: 'because' },
    ])
    const leads = await leadsOf(campaignId)
    t.strictSame(
      leads.map(({ provenance }) => provenance),
      [
        { origin: 'web form', legalBasis: 'legitimate-interest', obtainedAt: Date.UTC(2026, 8, 3) },
        { origin: fair.origin, legalBasis: 'consent', obtainedAt: fair.obtainedAt },
        { origin: fair.origin, legalBasis: 'other:court order', obtainedAt: fair.obtainedAt },
      ],
    )
    t.strictSame(leads[0]?.data, { name: 'Ann' })
    t.ok(leads.every(({ list }) => list === 'autumn'))
  })

  await t.test('a row may have several numbers: leads of one person, each a little later', async t => {
    const { campaignId, report } = await bring(
      [
        'customer_id,phone,phone2,alt_phone,priority,name',
        'K-1,2015550110,(312) 555-0110,,5,Ann',
        ',2015550111,2015550112,2015550111,,Bob',
        ',2015550113,letters,,,Carl',
        ',rubbish,,x,,Dora',
        ',,,,,Eve',
        'K-1,2015550114,,,-100,Ann again',
        '',
      ].join('\n'),
    )
    t.match(report, { rows: 6, imported: 6, invalid: 2 })
    t.match(report.problems, [
      { line: 5, reason: /^letters/, value: 'rubbish' },
      { line: 6, reason: /^empty/ },
    ])
    t.match(report.warnings, [/^letters: .*in line 4: "letters"/])
    const leads = await leadsOf(campaignId)
    t.strictSame(
      leads.map(({ number, priority }) => [number, priority]),
      [
        ['+12015550110', 5],
        ['+13125550110', 4],
        ['+12015550111', 0],
        ['+12015550112', -1],
        ['+12015550113', 0],
        ['+12015550114', -100],
      ],
    )
    const [ann, alsoAnn, bob, alsoBob, carl, again] = leads.map(({ personId }) => personId)
    t.strictSame([ann, alsoAnn, again], ['K-1', 'K-1', 'K-1'])
    t.ok(bob !== undefined && bob === alsoBob && bob !== 'K-1', 'a generated one')
    t.equal(carl, undefined, 'one number is the person')
    t.strictSame(
      new Set(await store.numbersOfPerson('+13125550110')),
      new Set(['+13125550110', '+12015550110', '+12015550114']),
    )
  })

  await t.test(
    'an address and a number must both permit, and a stated zone with the address that contradicts it',
    async t => {
      const { campaignId, report } = await bring(
        [
          'phone,state,zip,timezone',
          '2015550120,CA,90001,',
          '2015550121,,,',
          '2015550122,CA,,America/Denver',
          '2015550123,Atlantis,99999999,',
          '2015550124,NJ,07030,',
          '',
        ].join('\n'),
      )
      t.match(report, { rows: 5, imported: 5, invalid: 0 }, 'an unknown place is no reason to refuse the row')
      t.match(report.warnings, [/^unknown-address: .*in line 5: "Atlantis 99999999"/])
      const leads = await leadsOf(campaignId)
      t.strictSame(leads[0]?.timeZones, ['America/New_York', 'America/Los_Angeles'])
      t.strictSame(leads[0]?.places, ['US-CA'])
      t.strictSame([leads[1]?.timeZones, leads[1]?.places], [['America/New_York'], []])
      t.strictSame(
        leads[2]?.timeZones,
        ['America/Denver', 'America/Los_Angeles'],
        'a stated zone that the address contradicts',
      )
      t.strictSame(leads[2]?.places, ['US-CA'])
      t.ok((leads[3]?.timeZones.length ?? 0) > 4, 'every zone of the country')
      t.strictSame(leads[4]?.timeZones, ['America/New_York'])
    },
  )

  await t.test('rubbish of every kind leaves the good rows and names the bad ones', async t => {
    const forms = [
      (n: number) => `(201) 555-${n}`,
      (n: number) => `+1 201 555 ${n}`,
      (n: number) => `1201555${n}`,
      (n: number) => `201.555.${n}`,
      (n: number) => `tel:+1201555${n}`,
    ]
    const rubbish = ['2.01556E+09', 'call me', '12', '+999 123', '2015550101 x5', '']
    const rows = Array.from({ length: 500 }, (_, index) => {
      const number = index % 10 === 9 ? rubbish[((index / 10) % 6) | 0] : forms[index % 5]?.(2_000 + index)
      return `"${number}";Person ${index}`
    })
    const { campaignId, report } = await bring(`\ufeffphone;name\r\n${rows.join('\r\n')}\r\n`)
    t.match(report, { rows: 500, imported: 450, invalid: 50, duplicates: 0 })
    t.match(report.problems.slice(0, 6), [
      { line: 11, reason: /^spreadsheet-number/ },
      { line: 21, reason: /^letters/ },
      { line: 31, reason: /^short-code|^too-short|^emergency/ },
      { line: 41, reason: /^unknown-country-code|^too-short|^not-in-use/ },
      { line: 51, reason: /^extension/ },
      { line: 61, reason: /^empty/ },
    ])
    t.equal((await leadsOf(campaignId)).length, 450)
  })

  await t.test('a file that is cut off brings nothing, and its persons are gone', async t => {
    const rows = Array.from({ length: 300 }, (_, index) => `cut-${index},2015554${String(100 + index)},x,y`)
    const text = `person_id,phone,name,city\n${rows.join('\n')}`
    await t.rejects(bring(text.slice(0, -3), { campaignId: 'cut' }), { code: 'broken-csv' })
    t.strictSame(await leadsOf('cut'), [])
    const { report } = await bring(text, { campaignId: 'cut' })
    t.match(report, { imported: 300, duplicates: 0 }, 'the numbers are free again')
    t.strictSame((await store.leadsByNumber('+12015554100')).length, 1)
  })

  await t.test('the place of a list is a name', async t => {
    await t.rejects(bring('phone\n', { list: '../x' }), { code: 'bad-list-name' })
  })
}
