import { instantOf, localTime } from '../core/compliance/localTime.ts'
import type { Day } from '../core/dialing/dayUse.ts'
import type { InstantMs } from '../core/ids.ts'
import { zoneOffset } from './zoneOffsets.ts'

const noonMs = 12 * 3_600_000

/**
 * The calendar day that an instant belongs to at a place of several zones: a day is over when it is over in all of them, so that none
 * begins while people there are still at work. Without a zone: of UTC.
 */
export function dayIn(zones: readonly string[], at: InstantMs): Day {
  const names = zones.length === 0 ? ['UTC'] : zones
  const midnights = (day: number) => Math.max(...names.map(name => midnightOf(name, day, at)))
  // The latest midnight that has passed: of today or yesterday at the place whose clock is furthest ahead.
  let day = Math.max(...names.map(name => dayOf(name, at)))
  while (midnights(day) > at) day -= 1
  return { from: midnights(day), until: midnights(day + 1) }
}

function dayOf(name: string, at: InstantMs): number {
  const zone = zoneOffset(name, at)
  return zone === undefined ? Math.floor(at / (2 * noonMs)) : localTime(zone, at).day
}

/** When a day begins by the clocks of a zone: by the offset that holds then, not the one that holds now. */
function midnightOf(name: string, day: number, at: InstantMs): InstantMs {
  const guess = day * 2 * noonMs
  const zone = zoneOffset(name, at)
  if (zone === undefined) return guess
  const near = zoneOffset(name, guess - zone.offsetMinutes * 60_000 - noonMs / 4) ?? zone
  return instantOf(near, day, 0)
}
