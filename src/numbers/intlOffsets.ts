import type { ZoneOffset } from '../core/compliance/localTime.ts'
import type { InstantMs } from '../core/ids.ts'
import { dayMs, minuteMs } from '../core/time.ts'

/** No zone changes twice within this time (Morocco's summer time pauses for a month). */
const stepMs = 10 * dayMs
/** Segments are worked out by spans of this length, so that the same instant always gives the same answer. */
const spanMs = 60 * dayMs

interface Zone {
  readonly format: Intl.DateTimeFormat
  readonly segmentsBySpan: Map<number, readonly ZoneOffset[]>
}

const zones = new Map<string, Zone | undefined>()

/** The zone's name as Node writes it; `undefined` where Node knows none of that name. */
export function intlZone(name: string): string | undefined {
  return zoneNamed(name)?.format.resolvedOptions().timeZone
}

/**
 * The zone's offset by Node's own zone data, as {@link ZoneOffset} has it. `until` is at least 60 days ahead unless the
 * clocks change before. `undefined` where Node knows no such zone. Some microseconds the first time in a span of 60
 * days, then one look-up.
 */
export function intlOffset(name: string, at: InstantMs): ZoneOffset | undefined {
  const zone = zoneNamed(name)
  if (zone === undefined) return undefined
  const span = Math.floor(at / spanMs)
  let segments = zone.segmentsBySpan.get(span)
  if (segments === undefined) {
    segments = segmentsOf(name, zone.format, span)
    zone.segmentsBySpan.set(span, segments)
  }
  return segments.find(segment => at < segment.until)
}

function zoneNamed(name: string): Zone | undefined {
  if (!zones.has(name)) zones.set(name, makeZone(name))
  return zones.get(name)
}

function makeZone(name: string): Zone | undefined {
  try {
    const format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset', year: 'numeric' })
    return { format, segmentsBySpan: new Map() }
  } catch (error) {
    // Intl knows no other way to ask whether it has a zone.
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/** The stretches of equal offset from the beginning of a span to the end of the next. */
function segmentsOf(name: string, format: Intl.DateTimeFormat, span: number): readonly ZoneOffset[] {
  const end = (span + 2) * spanMs
  const segments: ZoneOffset[] = []
  let from = span * spanMs
  let offsetMinutes = offsetAt(format, from)
  for (let at = from; at < end; at += stepMs) {
    const next = offsetAt(format, at + stepMs)
    if (next === offsetMinutes) continue
    const until = changeBetween(format, at, at + stepMs)
    segments.push({ zone: name, offsetMinutes, from, until, nextOffsetMinutes: next })
    from = until
    offsetMinutes = next
  }
  segments.push({ zone: name, offsetMinutes, from, until: end })
  return segments
}

/** The first minute of the new offset. */
function changeBetween(format: Intl.DateTimeFormat, start: InstantMs, end: InstantMs): InstantMs {
  const before = offsetAt(format, start)
  let low = start / minuteMs
  let high = end / minuteMs
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (offsetAt(format, middle * minuteMs) === before) low = middle
    else high = middle
  }
  return high * minuteMs
}

function offsetAt(format: Intl.DateTimeFormat, at: InstantMs): number {
  const text = format.formatToParts(at).find(part => part.type === 'timeZoneName')?.value ?? ''
  const match = /^GMT(?:([+-])(\d\d):(\d\d))?/.exec(text)
  const minutes = Number(match?.[2] ?? 0) * 60 + Number(match?.[3] ?? 0)
  return match?.[1] === '-' ? -minutes : minutes
}
