import type { InstantMs } from '../core/ids.ts'
import { dayMs, hourMs, minuteMs } from '../core/time.ts'
import { canonicalZone, zoneOffset } from './zoneOffsets.ts'

/** Why a text is no instant, with the sentence that says what to write. */
export const instantProblems = {
  form: 'is no instant: write one like 2026-11-25T20:59-05:00, 2026-11-26T01:59Z or 2026-11-25T20:59[America/New_York]',
  calendar: 'is a day or a time that no calendar has',
  'no-zone': 'does not say whose clock it is: add Z, an offset like -05:00, or a zone like [America/New_York]',
  'unknown-zone': 'names a zone that there is not: write one like America/New_York',
  skipped: 'is a time that the clocks of its zone skip: write an offset',
  twice: 'is a time that comes twice in its zone: write the offset too, like 2026-11-01T01:30-04:00',
  contradiction: 'has an offset that does not hold in its zone then: keep one of them',
} as const
/** Why a text is no instant, in one word. */
export type InstantProblem = keyof typeof instantProblems

/** An instant read from a text. */
export type InstantReading = { readonly at: InstantMs } | { readonly problem: InstantProblem }

const form =
  /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,3}))?)?\s?(Z|[+-]\d\d:?\d\d)?(?:\[([^\]]+)\]|\s([A-Za-z_]+\/[A-Za-z0-9_+/-]+))?$/i

/**
 * Reads an instant as RFC 3339 and RFC 9557 write it: with an offset, a zone in brackets or behind a space, or both. A wall time
 * that its zone does not have, or has twice, is refused: an hour decides whether a call is lawful.
 */
export function readInstant(text: string): InstantReading {
  const match = form.exec(text.trim())
  if (match === null) return { problem: 'form' }
  const [, year, month, day, hour, minute, second = '0', fraction = '0', offset, bracketed, named] = match
  const fields = [year, month, day, hour, minute, second].map(Number)
  const [y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0] = fields
  const wall = Date.UTC(y, mo - 1, d, h, mi, s, Number(fraction.padEnd(3, '0')))
  const back = new Date(wall)
  const isDay = back.getUTCFullYear() === y && back.getUTCMonth() === mo - 1 && back.getUTCDate() === d
  if (!isDay || h > 23 || mi > 59 || s > 59 || !isOffset(offset)) return { problem: 'calendar' }
  const written = bracketed ?? named
  if (written === undefined) return offset === undefined ? { problem: 'no-zone' } : { at: wall - offsetMs(offset) }
  return inZone({ wall, zone: canonicalZone(written), offset })
}

/** No clock on earth is further from Greenwich than 14 hours. */
function isOffset(offset = 'Z'): boolean {
  return Math.abs(offsetMs(offset)) <= 14 * hourMs && !/[6-9]\d$/.test(offset)
}

function offsetMs(offset: string): number {
  const [, sign, hours, minutes] = /^([+-])(\d\d):?(\d\d)$/.exec(offset) ?? []
  return (sign === '-' ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * minuteMs
}

/** The instants at which the zone's clocks show this: none where they skip it, two where it comes twice. */
function inZone(parts: {
  readonly wall: number
  readonly zone: string | undefined
  readonly offset: string | undefined
}): InstantReading {
  const { wall, zone, offset } = parts
  if (zone === undefined) return { problem: 'unknown-zone' }
  const offsets = [wall - dayMs, wall + dayMs].map(at => zoneOffset(zone, at)?.offsetMinutes ?? 0)
  const instants = [...new Set(offsets)]
    .map(minutes => ({ minutes, at: wall - minutes * minuteMs }))
    .filter(({ minutes, at }) => zoneOffset(zone, at)?.offsetMinutes === minutes)
  if (offset !== undefined) {
    const at = wall - offsetMs(offset)
    return instants.some(one => one.at === at) ? { at } : { problem: 'contradiction' }
  }
  const [first, second] = instants
  if (first === undefined) return { problem: 'skipped' }
  return second === undefined ? { at: first.at } : { problem: 'twice' }
}
