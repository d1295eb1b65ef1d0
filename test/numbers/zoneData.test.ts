import t from 'tap'
import { intlOffset } from '../../src/numbers/intlOffsets.ts'
import { countryZones } from '../../src/numbers/placeTables.ts'
import { newerZoneData, showSameTime, zoneClocks, zoneData, zoneOffset } from '../../src/numbers/zoneOffsets.ts'
import { shippedRelease, tableEndsAt, zoneClock } from '../../src/numbers/zoneTable.ts'

const utc = (text: string) => Date.parse(`${text}Z`)
const minuteMs = 60_000

t.test('the newer of the shipped zone data and those of Node is in force, and has an age', async t => {
  const shipped = { version: '2026b', published: '2026-04-25' }
  const table: readonly (readonly [node: string | undefined, from: string, version: string, published: string])[] = [
    ['2025c', 'dialwright', '2026b', '2026-04-25'],
    ['2026a', 'dialwright', '2026b', '2026-04-25'],
    ['2026b', 'dialwright', '2026b', '2026-04-25'],
    // Nobody says when Node's was published: not before ours, not before its year.
    ['2026c', 'node', '2026c', '2026-04-25'],
    ['2027a', 'node', '2027a', '2027-01-01'],
    [undefined, 'dialwright', '2026b', '2026-04-25'],
    ['unknown', 'dialwright', '2026b', '2026-04-25'],
  ]
  for (const [node, from, version, published] of table)
    t.strictSame(newerZoneData(shipped, node), { from, version, published }, `Node with ${node}`)
})

t.test('the shipped zone data say which they are, and are no older than the changes of 2026', async t => {
  const { version, published } = shippedRelease()
  t.match(version, /^20\d\d[a-z]$/)
  t.match(published, /^20\d\d-\d\d-\d\d$/)
  t.ok(version >= '2026b', version)
  t.ok(zoneData.version >= version)
})

t.test('clocks of 2026 that Node may not know yet', async t => {
  const table: readonly (readonly [zone: string, at: string, offsetMinutes: number])[] = [
    // British Columbia has stayed at -07 since its clocks went forward on 2026-03-08.
    ['America/Vancouver', '2026-03-08T09:59', -480],
    ['America/Vancouver', '2026-03-08T10:00', -420],
    ['America/Vancouver', '2026-11-01T08:59', -420],
    ['America/Vancouver', '2026-11-01T09:00', -420],
    ['America/Vancouver', '2027-01-15T12:00', -420],
    ['Canada/Pacific', '2027-01-15T12:00', -420],
    ['America/Los_Angeles', '2027-01-15T12:00', -480],
    // Morocco has ended its summer time with its pauses.
    ['Africa/Casablanca', '2026-09-20T00:59', 60],
    ['Africa/Casablanca', '2026-09-20T01:00', 0],
    ['Africa/Casablanca', '2027-06-15T12:00', 0],
    ['America/Inuvik', '2026-12-15T12:00', -360],
  ]
  for (const [zone, at, offsetMinutes] of table)
    t.equal(zoneOffset(zone, utc(at))?.offsetMinutes, offsetMinutes, `${zone} ${at}`)
})

t.test('where a change is announced and unsure, both clocks count from the instant on at which they part', async t => {
  const table: readonly (readonly [zone: string, at: string, ...offsets: number[]])[] = [
    ['America/Edmonton', '2026-01-15T12:00', -420],
    ['America/Edmonton', '2026-07-15T12:00', -360],
    ['America/Edmonton', '2026-11-01T07:59', -360],
    ['America/Edmonton', '2026-11-01T08:00', -360, -420],
    ['America/Edmonton', '2026-12-15T12:00', -360, -420],
    ['America/Edmonton', '2027-03-14T08:59', -360, -420],
    ['America/Edmonton', '2027-03-14T09:00', -360],
    ['America/Yellowknife', '2026-12-15T12:00', -360, -420],
    ['Canada/Mountain', '2026-12-15T12:00', -360, -420],
    ['America/Denver', '2026-12-15T12:00', -420],
    ['America/Vancouver', '2026-12-15T12:00', -420],
  ]
  for (const [zone, at, ...offsets] of table) {
    const found = zoneClocks(zone, utc(at))
    t.strictSame(
      found.map(({ offsetMinutes }) => offsetMinutes).sort((a, b) => b - a),
      offsets,
      `${zone} ${at}`,
    )
  }
  t.strictSame(zoneClocks('Mars/Olympus', 0), [])
})

t.test('for the years that are settled the table says what Node says, at every change to the minute', async t => {
  const wrong: string[] = []
  let changes = 0
  for (const zone of new Set([...countryZones().values()].flat())) {
    // Later releases have put its past right, by an hour's beginning.
    if (zone === 'Europe/Chisinau') continue
    t.ok(zoneClock(zone), `the table has ${zone}`)
    const end = utc('2025-06-01T00:00')
    for (let at = utc('2008-01-01T00:00'); at < end; ) {
      const span = zoneOffset(zone, at)
      if (span === undefined) throw new RangeError(zone)
      const last = Math.min(span.until, end) - minuteMs
      for (const instant of [at, Math.floor((at + last) / 2 / minuteMs) * minuteMs, last])
        if (intlOffset(zone, instant)?.offsetMinutes !== span.offsetMinutes)
          wrong.push(`${zone} ${new Date(instant).toISOString()}`)
      changes += 1
      at = span.until
    }
  }
  t.ok(changes > 3_000, `${changes} stretches`)
  t.strictSame(wrong, [])
})

t.test('beyond the table Node is asked', async t => {
  const summer = utc('2040-07-15T12:00')
  t.ok(summer > tableEndsAt)
  t.equal(zoneOffset('America/New_York', summer)?.offsetMinutes, intlOffset('America/New_York', summer)?.offsetMinutes)
})

t.test('two zones show the same time when nothing parts them for a year', async t => {
  const from = utc('2026-11-29T00:00')
  for (const [one, other, same] of [
    ['America/New_York', 'America/Detroit', true],
    ['America/New_York', 'US/Eastern', true],
    ['America/Phoenix', 'America/Denver', false],
    ['America/Vancouver', 'America/Los_Angeles', false],
    ['Europe/Berlin', 'Europe/Paris', true],
    ['Asia/Kolkata', 'Asia/Calcutta', true],
    ['Mars/Olympus', 'Europe/Paris', false],
  ] as const)
    t.equal(showSameTime(one, other, from), same, `${one} ${other}`)
})
