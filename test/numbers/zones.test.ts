import { type CountryCode, getCountries, getCountryCallingCode } from 'libphonenumber-js/max'
import t from 'tap'
import { isCountry } from '../../src/numbers/phone.ts'
import { countryZones } from '../../src/numbers/placeTables.ts'
import { canonicalZone, showSameTime, zoneOffset } from '../../src/numbers/zoneOffsets.ts'
import { loadZoneTable, longestPrefix, readZoneTable, zonesOfNumber } from '../../src/numbers/zones.ts'

t.test('a number gives the zones in which its owner may be', async t => {
  const table: readonly (readonly [number: string, ...zones: string[]])[] = [
    ['+12125550123', 'America/New_York'],
    ['+13125550123', 'America/Chicago'],
    ['+16025550123', 'America/Phoenix'],
    ['+18085550123', 'Pacific/Honolulu'],
    ['+17095550123', 'America/Halifax', 'America/St_Johns'],
    ['+12085550123', 'America/Boise', 'America/Los_Angeles'],
    // Area codes that are newer than Google's table.
    ['+14365550123', 'America/New_York'],
    ['+16215550123', 'America/Chicago', 'America/Denver'],
    ['+14575550123', 'America/Chicago'],
    ['+442079460123', 'Europe/London'],
    ['+919876543210', 'Asia/Calcutta'],
    ['+9779812345678', 'Asia/Katmandu'],
    ['+81312345678', 'Asia/Tokyo'],
    ['+817085912345', 'Asia/Tokyo'],
    ['+35312345678', 'Europe/Dublin'],
    ['+61731234567', 'Australia/Brisbane', 'Australia/Sydney'],
  ]
  for (const [number, ...zones] of table) t.strictSame(zonesOfNumber(number), zones, number)
  t.strictSame(zonesOfNumber('+80012345678'), [], 'a number without a place')
})

/** Offsets at an instant, without those that come twice. */
function offsetsOf(zones: readonly string[], at: number): readonly (number | undefined)[] {
  return [...new Set(zones.map(zone => zoneOffset(zone, at)?.offsetMinutes))].sort((a, b) => Number(a) - Number(b))
}

t.test('a number that tells no place carries every clock of its country, in each country that has several', async t => {
  const at = Date.UTC(2026, 6, 15)
  const mobiles: readonly (readonly [country: string, number: string])[] = [
    ['AU', '+61412345678'],
    ['BR', '+5511987654321'],
    ['BR', '+5592987654321'],
    ['CD', '+243812345678'],
    ['CL', '+56961234567'],
    ['EC', '+593991234567'],
    ['ES', '+34612345678'],
    ['ES', '+34722345678'],
    ['FM', '+6919201234'],
    ['GL', '+299221234'],
    ['ID', '+6281234567890'],
    ['KI', '+68672001234'],
    ['MN', '+97699123456'],
    ['MN', '+97688123456'],
    ['MX', '+525512345678'],
    ['MX', '+526641234567'],
    ['NZ', '+64211234567'],
    ['PF', '+68987123456'],
    ['PG', '+67571234567'],
    ['PT', '+351912345678'],
    ['RU', '+79161234567'],
    ['UA', '+380501234567'],
    // May be a mobile's, or is not told by its beginning.
    ['CL', '+56221234567'],
    ['PG', '+6753123456'],
    ['UA', '+380441234567'],
    ['KZ', '+77012345678'],
    ['KZ', '+77172123456'],
  ]
  for (const [country, number] of mobiles)
    t.strictSame(
      offsetsOf(zonesOfNumber(number), at),
      offsetsOf(countryZones().get(country) ?? [], at),
      `${number} in ${country}`,
    )
  const tested = new Set(mobiles.map(([country]) => country))
  const several = [...countryZones()].filter(
    ([country, [first = '', ...others]]) =>
      isCountry(country) &&
      getCountryCallingCode(country as CountryCode) !== '1' &&
      others.some(other => !showSameTime(first, other, at)),
  )
  t.strictSame(
    several.map(([country]) => country).filter(country => !tested.has(country)),
    [],
    'all were looked at',
  )
  t.ok(['Australia/Sydney', 'Australia/Perth'].every(zone => zonesOfNumber('+61412345678').includes(zone)))
})

t.test('a fixed line outside North America keeps to its own place', async t => {
  const table: readonly (readonly [number: string, ...zones: string[]])[] = [
    ['+61212345678', 'Australia/Sydney'],
    ['+61882345678', 'Australia/Adelaide', 'Australia/Darwin', 'Australia/Eucla', 'Australia/Perth'],
    ['+61891641234', 'Indian/Christmas'],
    ['+551132345678', 'America/Sao_Paulo'],
    ['+558132345678', 'America/Noronha', 'America/Recife'],
    ['+559132345678', 'America/Belem'],
    ['+559232345678', 'America/Manaus'],
    ['+62211234567', 'Asia/Jakarta'],
    ['+74951234567', 'Europe/Moscow'],
    ['+74012123456', 'Europe/Kaliningrad'],
    ['+78452123456', 'Europe/Saratov'],
    ['+74232123456', 'Asia/Vladivostok'],
    ['+34911234567', 'Europe/Madrid'],
    ['+34922123456', 'Atlantic/Canary'],
    ['+351212345678', 'Europe/Lisbon'],
    ['+351296123456', 'Atlantic/Azores'],
    ['+6493123456', 'Pacific/Auckland'],
    ['+59322123456', 'America/Guayaquil'],
    ['+97611323456', 'Asia/Ulaanbaatar'],
  ]
  for (const [number, ...zones] of table) t.strictSame(zonesOfNumber(number), zones, number)
})

t.test('no prefix has the clock of another country', async t => {
  const at = Date.UTC(2026, 0, 1)
  const wrong: string[] = []
  for (const [prefix, zones] of loadZoneTable()) {
    const code = [1, 2, 3].map(length => prefix.slice(0, length)).find(one => countriesOf(one).length > 0)
    // Its bare code's line is used for no country that has several clocks.
    if (code === undefined || code === '1' || code === prefix) continue
    const own = countriesOf(code).flatMap(country => countryZones().get(country) ?? [])
    for (const zone of zones) if (!own.some(one => showSameTime(one, zone, at))) wrong.push(`${prefix} ${zone}`)
  }
  t.strictSame(wrong, [])
})

function countriesOf(code: string): readonly string[] {
  return getCountries().filter(country => getCountryCallingCode(country) === code)
}

t.test('the longest prefix wins, comments and unknown places are left out', async t => {
  const table = readZoneTable('# a comment|x\n1|A/B&C/D\n12|A/B\n800|Etc/Unknown\n\n')
  t.strictSame(
    [...table],
    [
      ['1', ['A/B', 'C/D']],
      ['12', ['A/B']],
      ['800', []],
    ],
  )
})

t.test(
  'every zone of the table is one that this machine knows, and no prefix is longer than is looked for',
  async t => {
    const table = loadZoneTable()
    t.ok(table.size > 1_000)
    t.equal(Math.max(...[...table.keys()].map(prefix => prefix.length)), longestPrefix)
    for (const zone of new Set([...table.values()].flat())) t.ok(canonicalZone(zone), zone)
  },
)

const utc = (text: string) => Date.parse(`${text}Z`)

t.test('an offset changes at the right minute', async t => {
  const changes: readonly (readonly [zone: string, at: string, before: number, after: number])[] = [
    ['America/New_York', '2026-03-08T07:00', -300, -240],
    ['America/New_York', '2026-11-01T06:00', -240, -300],
    ['America/Los_Angeles', '2026-03-08T10:00', -480, -420],
    ['Europe/London', '2026-03-29T01:00', 0, 60],
    ['Europe/London', '2026-10-25T01:00', 60, 0],
    // Half an hour of summer time.
    ['Australia/Lord_Howe', '2026-04-04T15:00', 660, 630],
    ['Australia/Lord_Howe', '2026-10-03T15:30', 630, 660],
    // Summer time pauses for Ramadan.
    ['Africa/Casablanca', '2026-02-15T02:00', 60, 0],
    ['Africa/Casablanca', '2026-03-22T02:00', 0, 60],
  ]
  for (const [zone, text, before, after] of changes) {
    const at = utc(text)
    t.match(
      zoneOffset(zone, at - 1),
      { zone, offsetMinutes: before, until: at, nextOffsetMinutes: after },
      `${zone} ${text}`,
    )
    t.match(zoneOffset(zone, at - 30 * 86_400_000), { offsetMinutes: before, until: at }, `${zone} a month ahead`)
    t.match(zoneOffset(zone, at), { offsetMinutes: after, from: at }, `${zone} after ${text}`)
  }
})

t.test('a zone without summer time has one offset, with a far end and nothing after it', async t => {
  const at = utc('2026-07-01T12:00')
  for (const [zone, offsetMinutes] of [
    ['Asia/Kolkata', 330],
    ['America/Phoenix', -420],
    ['Asia/Kathmandu', 345],
    ['UTC', 0],
  ] as const) {
    const offset = zoneOffset(zone, at)
    t.match(offset, { zone, offsetMinutes })
    t.notOk(offset && 'nextOffsetMinutes' in offset)
    t.ok(offset && offset.from <= at && offset.until > at + 59 * 86_400_000)
  }
})

t.test('the same instant gives the same answer, whatever was asked before', async t => {
  const at = utc('2027-02-10T12:00')
  const first = zoneOffset('Europe/Paris', at)
  for (let days = -200; days < 200; days += 7) zoneOffset('Europe/Paris', at + days * 86_400_000)
  t.strictSame(zoneOffset('Europe/Paris', at), first)
  t.match(zoneOffset('Europe/Paris', 0), { offsetMinutes: 60 }, 'simulated time begins at 0')
})

t.test('offsets agree with what Intl says for a year of half hours', async t => {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: 'Australia/Lord_Howe',
    hourCycle: 'h23',
    dateStyle: 'short',
    timeStyle: 'short',
  })
  for (let at = utc('2026-01-01T00:00'); at < utc('2027-01-01T00:00'); at += 7 * 1_800_000) {
    const offset = zoneOffset('Australia/Lord_Howe', at)?.offsetMinutes ?? Number.NaN
    const local = new Date(at + offset * 60_000).toISOString().slice(11, 16)
    if (!format.format(at).endsWith(local)) t.fail(`${new Date(at).toISOString()} is not ${local}`)
  }
})

t.test('a zone is a place, not an offset', async t => {
  for (const zone of ['America/New_York', 'America/Argentina/Buenos_Aires', 'UTC', 'America/Port-au-Prince'])
    t.equal(canonicalZone(zone), zone)
  t.equal(canonicalZone('america/new_york'), 'America/New_York')
  t.equal(canonicalZone('Asia/Kathmandu'), 'Asia/Kathmandu', 'a newer name is kept')
  for (const no of [
    '',
    'EST',
    '+05:00',
    'GMT+5',
    'Etc/GMT+5',
    'etc/gmt+5',
    'Mars/Olympus',
    'New York',
    'Europe/',
    '../etc',
  ])
    t.equal(canonicalZone(no), undefined, no)
  t.equal(zoneOffset('Mars/Olympus', 0), undefined)
})
