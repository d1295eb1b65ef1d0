import { Readable } from 'node:stream'
import t from 'tap'
import { readDoNotCall } from '../../src/import/doNotCall/doNotCallNumbers.ts'
import { readLeads } from '../../src/import/leads/leadRows.ts'

t.test(
  'leads of area codes that are new are taken, with the zones of their states; other kinds are refused',
  async t => {
    const csv = [
      'phone,name,time_zone,zip',
      '+14365550101,Ohio,,',
      '(621) 555-0102,Texas,,',
      '457-555-0103,Louisiana,,',
      '212-555-0104,Two coasts,America/New_York,90001',
      '212-555-0105,Moved,America/Los_Angeles,',
      '800-555-0106,Shop,,10001',
      '+8816 2123 45678,Ship,,33101',
      '',
    ].join('\n')
    const options = { defaultCountry: 'US', personPrefix: 'p', withoutOrigin: true }
    const rows = []
    for await (const row of readLeads(Readable.from([Buffer.from(csv)]), options)) rows.push(row)
    const zones = rows.map(row =>
      'leads' in row ? row.leads.map(({ timeZones }) => [...timeZones].sort()) : 'reason' in row && row.reason,
    )
    t.strictSame(zones.slice(0, 5), [
      [['America/New_York']],
      [['America/Chicago', 'America/Denver']],
      [['America/Chicago']],
      [['America/Los_Angeles', 'America/New_York']],
      [['America/Los_Angeles']],
    ])
    t.match(zones[5], /^toll-free: /)
    t.match(zones[6], /^satellite: /)
  },
)

t.test("a registry's file of one new area code, or of codes that nobody has, is taken whole", async t => {
  const read = async (text: string) => {
    const found: (number | string)[] = []
    await readDoNotCall(
      Readable.from([Buffer.from(text)]),
      { defaultCountry: 'US' },
      {
        row: () => {},
        possible: () => {},
        number: integer => void found.push(integer),
        prefix: digits => void found.push(digits),
        bad: (line, reason) => void found.push(`${line} ${reason}`),
      },
    )
    return found
  }
  t.strictSame(await read('436,5550101\n436,5550102\n'), [14365550101, 14365550102])
  t.strictSame(await read('4365550101\n5555550101\n9005550101\n'), [14365550101, 15555550101, 19005550101])
  t.match(await read('4365550101\n43655501\n4365550102\n'), [14365550101, /^2 too-short/, 14365550102])
})
