import t from 'tap'
import { readInstant } from '../../src/numbers/instants.ts'

t.test('an instant has an offset or a zone, and a wall time that is none or two is refused', async t => {
  const table: readonly (readonly [written: string, read: string])[] = [
    ['2026-11-25T20:59-05:00', '2026-11-26T01:59:00.000Z'],
    ['2026-11-25 20:59:30.5 -0500', '2026-11-26T01:59:30.500Z'],
    ['2026-11-26T01:59Z', '2026-11-26T01:59:00.000Z'],
    ['2026-11-25T20:59[America/New_York]', '2026-11-26T01:59:00.000Z'],
    ['2026-11-25 20:59 America/New_York', '2026-11-26T01:59:00.000Z'],
    ['2026-11-25T20:59-05:00[America/New_York]', '2026-11-26T01:59:00.000Z'],
    ['2026-07-01T12:00[Asia/Kolkata]', '2026-07-01T06:30:00.000Z'],
    ['2026-11-25T20:59-04:00[America/New_York]', 'contradiction'],
    ['2026-11-25T20:59', 'no-zone'],
    ['2026-11-25', 'form'],
    ['25.11.2026 20:59', 'form'],
    ['tomorrow', 'form'],
    ['2026-02-30T12:00Z', 'calendar'],
    ['2026-11-25T24:00Z', 'calendar'],
    ['2026-11-25T20:60Z', 'calendar'],
    ['2026-11-25T20:59+15:00', 'calendar'],
    ['2026-11-25T20:59+05:61', 'calendar'],
    ['0026-11-25T20:59Z', 'calendar'],
    ['2026-11-25T20:59[America/Nowhere]', 'unknown-zone'],
    ['2026-11-25T20:59[EST]', 'unknown-zone'],
    // Clocks go from 02:00 to 03:00 on the 8th of March and from 02:00 back to 01:00 on the 1st of November.
    ['2026-03-08T01:59[America/New_York]', '2026-03-08T06:59:00.000Z'],
    ['2026-03-08T02:00[America/New_York]', 'skipped'],
    ['2026-03-08T02:59[America/New_York]', 'skipped'],
    ['2026-03-08T03:00[America/New_York]', '2026-03-08T07:00:00.000Z'],
    ['2026-11-01T00:59[America/New_York]', '2026-11-01T04:59:00.000Z'],
    ['2026-11-01T01:00[America/New_York]', 'twice'],
    ['2026-11-01T01:59[America/New_York]', 'twice'],
    ['2026-11-01T01:30-04:00[America/New_York]', '2026-11-01T05:30:00.000Z'],
    ['2026-11-01T01:30-05:00[America/New_York]', '2026-11-01T06:30:00.000Z'],
    ['2026-11-01T02:00[America/New_York]', '2026-11-01T07:00:00.000Z'],
  ]
  for (const [written, wanted] of table) {
    const reading = readInstant(written)
    t.equal('at' in reading ? new Date(reading.at).toISOString() : reading.problem, wanted, written)
  }
})
