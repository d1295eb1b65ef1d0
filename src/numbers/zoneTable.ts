import { readFileSync } from 'node:fs'
import type { ZoneOffset } from '../core/compliance/localTime.ts'
import type { InstantMs } from '../core/ids.ts'
import { minuteMs } from '../core/time.ts'

/** From here on the table says nothing. */
export const tableEndsAt = Date.UTC(2038, 0, 1)
/** Before it has begun: as far back as a Date goes. */
const longAgo = -8_640_000_000_000_000

/** Our own zone data: which release of the tz database, and the day on which it was published, `2026-10-29`. */
export interface ZoneRelease {
  readonly version: string
  readonly published: string
}

/** A zone's clock: the stretches of equal offset, in order. */
export interface ZoneClock {
  /** The name that the table has, in its own capitals. */
  readonly name: string
  /** The first of the names that mean this clock. */
  readonly main: string
  /** As shipped; read when it is first asked for. */
  readonly written: string
  spans: readonly ZoneOffset[] | undefined
  /** The stretch that was asked for last: calls are about today. */
  last: ZoneOffset | undefined
}

interface ZoneTable {
  readonly release: ZoneRelease
  readonly zones: ReadonlyMap<string, ZoneClock>
  /** By name in small letters. */
  readonly anyCase: ReadonlyMap<string, ZoneClock>
}

let table: ZoneTable | undefined

function zoneTable(): ZoneTable {
  // The build copies it beside the compiled file.
  table ??= readZoneTable(readFileSync(new URL('./data/zoneClocks.txt', import.meta.url), 'utf8'))
  return table
}

/** Which release of the tz database is shipped. */
export function shippedRelease(): ZoneRelease {
  return zoneTable().release
}

/** The zone's clock by any of its names; `undefined` where the table has none. */
export function zoneClock(name: string): ZoneClock | undefined {
  return zoneTable().zones.get(name)
}

/** The name as the table writes it, whatever its capitals; `undefined` where the table has none. */
export function tableName(name: string): string | undefined {
  return zoneTable().anyCase.get(name.toLowerCase())?.name
}

function readZoneTable(text: string): ZoneTable {
  const zones = new Map<string, ZoneClock>()
  const head: Record<string, string> = {}
  for (const line of text.split('\n')) {
    const [, key, value] = /^# (tz|published) (\S+)$/.exec(line) ?? []
    if (key !== undefined && value !== undefined) head[key] = value
    if (line === '' || line.startsWith('#')) continue
    const bar = line.indexOf('|')
    const [main = '', ...others] = line.slice(0, bar).split('=')
    const written = line.slice(bar + 1)
    for (const name of [main, ...others]) zones.set(name, { name, main, written, spans: undefined, last: undefined })
  }
  const anyCase = new Map([...zones].map(([name, clock]) => [name.toLowerCase(), clock]))
  return { release: { version: head.tz ?? '', published: head.published ?? '' }, zones, anyCase }
}

/** The stretch of equal offset in which an instant lies. */
export function spanAt(clock: ZoneClock, at: InstantMs): ZoneOffset | undefined {
  const { last } = clock
  if (last !== undefined && at >= last.from && at < last.until) return last
  clock.spans ??= readSpans(clock)
  const found = clock.spans.find(span => at < span.until)
  clock.last = found
  return found
}

/** `offsets|order|ends`: see the head of the file. */
function readSpans({ name, written }: ZoneClock): readonly ZoneOffset[] {
  const [offsets = '', order = '', ends = ''] = written.split('|')
  const minutes = offsets.split(' ').map(Number)
  const inOrder = Array.from(order, digit => minutes[Number.parseInt(digit, 36)] ?? Number.NaN)
  const until: number[] = []
  for (const text of ends.split(' ').filter(part => part !== ''))
    until.push((until.at(-1) ?? 0) + Number.parseInt(text, 36) * minuteMs)
  return inOrder.map((offsetMinutes, at) => {
    const [from = longAgo, end = tableEndsAt] = [until[at - 1], until[at]]
    const nextOffsetMinutes = inOrder[at + 1]
    const span = { zone: name, offsetMinutes, from, until: end }
    return nextOffsetMinutes === undefined ? span : { ...span, nextOffsetMinutes }
  })
}
