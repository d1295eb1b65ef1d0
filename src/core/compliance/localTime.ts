import type { InstantMs } from '../ids.ts'
import { minuteMs } from '../time.ts'

const dayMinutes = 24 * 60

/** A zone's offset from UTC around now: valid in [from, until). */
export interface ZoneOffset {
  readonly zone: string
  readonly offsetMinutes: number
  readonly from: InstantMs
  readonly until: InstantMs
  /** The offset that follows at `until`, where there is one. */
  readonly nextOffsetMinutes?: number
}

/** Local wall time at an instant. */
export interface LocalTime {
  /** Days since 1970-01-01 at the place. */
  readonly day: number
  /** 0..1439 */
  readonly minuteOfDay: number
  /** 0..6, Sunday first. */
  readonly weekday: number
}

/** The offset in force at an instant, minutes east of UTC. */
export function offsetAt(zone: ZoneOffset, at: InstantMs): number {
  return at >= zone.until && zone.nextOffsetMinutes !== undefined ? zone.nextOffsetMinutes : zone.offsetMinutes
}

/** Wall time in a zone. */
export function localTime(zone: ZoneOffset, at: InstantMs): LocalTime {
  const localMinutes = Math.floor(at / minuteMs) + offsetAt(zone, at)
  const day = Math.floor(localMinutes / dayMinutes)
  return { day, minuteOfDay: localMinutes - day * dayMinutes, weekday: weekdayOf(day) }
}

/** 0..6, Sunday first: 1970-01-01 was a Thursday. */
export function weekdayOf(day: number): number {
  return (((day + 4) % 7) + 7) % 7
}

/** The instant of a wall time; one that the clocks skip is the moment of the change, one that comes twice the first. */
export function instantOf(zone: ZoneOffset, day: number, minuteOfDay: number): InstantMs {
  const wall = (day * dayMinutes + minuteOfDay) * minuteMs
  const first = wall - zone.offsetMinutes * minuteMs
  if (first < zone.until || zone.nextOffsetMinutes === undefined) return first
  const later = wall - zone.nextOffsetMinutes * minuteMs
  return Math.max(later, zone.until)
}
