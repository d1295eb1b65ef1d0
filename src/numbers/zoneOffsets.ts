import { readFileSync } from 'node:fs'
import type { ZoneOffset } from '../core/compliance/localTime.ts'
import type { InstantMs } from '../core/ids.ts'
import { intlOffset, intlZone } from './intlOffsets.ts'
import { keyText } from './keyText.ts'
import {
  shippedRelease,
  spanAt,
  tableEndsAt,
  tableName,
  type ZoneClock,
  type ZoneRelease,
  zoneClock,
} from './zoneTable.ts'

/** Zone data in force: which release, whose, and since when it has been public at the latest. */
export interface ZoneData extends ZoneRelease {
  readonly from: 'dialwright' | 'node'
}

/** A release's name is its year and a letter, so that they stand in order: `2025c`, `2026a`. Nobody says how old Node's is. */
export function newerZoneData(shipped: ZoneRelease, node: string | undefined): ZoneData {
  const isRelease = node !== undefined && /^\d{4}[a-z]+$/.test(node)
  if (!isRelease || node <= shipped.version) return { ...shipped, from: 'dialwright' }
  const yearBegins = `${node.slice(0, 4)}-01-01`
  return { version: node, published: yearBegins > shipped.published ? yearBegins : shipped.published, from: 'node' }
}

/** Governments change clocks at a few weeks' notice: data that are more than a year old call people at the wrong hour. */
export function isZoneDataOld({ published }: Pick<ZoneData, 'published'>, now: InstantMs): boolean {
  const [year = 0, month = 1, day = 1] = published.split('-').map(Number)
  return now > Date.UTC(year + 1, month - 1, day)
}

/** The newer of the zone data that is shipped and Node's. */
export const zoneData: ZoneData = newerZoneData(shippedRelease(), process.versions.tz)

/**
 * The zone's name as IANA writes it, or `undefined` where it is none. Fixed offsets (`+05:00`, `EST`, `Etc/GMT+5`) are
 * refused: a person lives in a place, and places change their clocks. `UTC` is taken.
 */
export function canonicalZone(written: string): string | undefined {
  const name = keyText(written)
  if (name === 'UTC' || name === 'Etc/UTC') return name
  if (!/^[A-Za-z_]+(\/[A-Za-z0-9_+-]+)+$/.test(name) || /^etc\//i.test(name)) return undefined
  const known = tableName(name)
  if (known !== undefined) return known
  const resolved = intlZone(name)
  return resolved?.toLowerCase() === name.toLowerCase() ? resolved : resolved && name
}

/**
 * The zone's offset from UTC at an instant, with the span in which it holds and the offset after it, right to the minute.
 * `until` is at least 60 days ahead unless the clocks change before. `undefined` where there is no such zone. It goes by
 * {@link zoneData}; of a zone of which it is unsure what its clocks show see {@link zoneClocks}.
 */
export function zoneOffset(name: string, at: InstantMs): ZoneOffset | undefined {
  return offsetOf(name, zoneClock(name), at)
}

function offsetOf(name: string, clock: ZoneClock | undefined, at: InstantMs): ZoneOffset | undefined {
  const ours = clock !== undefined && zoneData.from === 'dialwright' && at < tableEndsAt
  return ours ? spanAt(clock, at) : intlOffset(name, at)
}

/** Every clock that people in the zone may go by at an instant: one, or two where a change is announced and unsure. Empty: no such zone. */
export function zoneClocks(name: string, at: InstantMs): readonly ZoneOffset[] {
  const clock = zoneClock(name)
  const offset = offsetOf(name, clock, at)
  if (offset === undefined) return []
  const doubt = unsureClocks().get(clock?.main ?? name)
  if (doubt === undefined || at < doubt.since) return [offset]
  const other = zoneOffset(doubt.other, at)
  return other === undefined || other.offsetMinutes === offset.offsetMinutes ? [offset] : [offset, other]
}

interface UnsureClock {
  readonly since: InstantMs
  readonly other: string
}

let unsure: ReadonlyMap<string, UnsureClock> | undefined

function unsureClocks(): ReadonlyMap<string, UnsureClock> {
  unsure ??= readUnsureClocks(readFileSync(new URL('./data/unsureClocks.txt', import.meta.url), 'utf8'))
  return unsure
}

function readUnsureClocks(text: string): ReadonlyMap<string, UnsureClock> {
  const lines = text.split('\n').filter(line => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map(line => {
      const [zone = '', since = '', other = ''] = line.split('|')
      return [zone, { since: Date.parse(since), other }]
    }),
  )
}

/** Whether two zones' clocks show the same from an instant on, for a year at least; names that nobody knows do not. */
export function showSameTime(one: string, other: string, from: InstantMs): boolean {
  if (one === other) return true
  for (let at = from; at < from + yearMs; ) {
    const [first, second] = [zoneOffset(one, at), zoneOffset(other, at)]
    if (first === undefined || second === undefined || first.offsetMinutes !== second.offsetMinutes) return false
    at = Math.min(first.until, second.until)
  }
  return true
}

const yearMs = 366 * 86_400_000
