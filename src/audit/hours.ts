import type { Call } from './calls.ts'
import { shippedOffset } from './clocks.ts'
import { type Applying, isIn, profilesOf, rulesFor } from './laws.ts'
import type { PlainRules, Violation } from './types.ts'
import { violation } from './violations.ts'

/** Local wall time. */
export interface Local {
  /** 0 Sunday .. 6 Saturday. */
  readonly weekday: number
  readonly minuteOfDay: number
  /** Days since 1970-01-01 at the place. */
  readonly day: number
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** The wall time in a zone, by the newer of the shipped zone data and Node's. @throws RangeError for a zone that neither knows */
export function localTime(at: number, zone: string): Local {
  const offset = shippedOffset(at, zone)
  return offset === undefined ? localTimeByNode(at, zone) : localTimeByOffset(at, offset)
}

function localTimeByOffset(at: number, offsetMinutes: number): Local {
  const wall = new Date(at + offsetMinutes * 60_000)
  const day = Math.floor(wall.getTime() / 86_400_000)
  return { weekday: wall.getUTCDay(), minuteOfDay: wall.getUTCHours() * 60 + wall.getUTCMinutes(), day }
}

function localTimeByNode(at: number, zone: string): Local {
  const format =
    formats.get(zone) ??
    new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
    })
  formats.set(zone, format)
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]))
  const part = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? Number.NaN
  const midnight = Date.UTC(part('year'), part('month') - 1, part('day'))
  const weekday = new Date(midnight).getUTCDay()
  return { weekday, minuteOfDay: part('hour') * 60 + part('minute'), day: midnight / 86_400_000 }
}

/** No call is originated, and none is answered, outside the hours of any rule in any zone where the person may be. */
export function checkHours(call: Call, book: PlainRules | undefined): readonly Violation[] {
  const zones = call.cleared?.zones ?? []
  if (zones.length === 0)
    return [violation(call, { check: 'hours', says: 'the entry names no time zone of the person' })]
  const moments = [['originated', call.at] as const, ...answers(call)]
  return rulesFor(call, book, 'hours').flatMap(applying =>
    zones.flatMap(zone => moments.flatMap(([what, at]) => outside(call, { applying, zone, book, what, at }))),
  )
}

function answers({ outcomes }: Call): (readonly [string, number])[] {
  return outcomes.flatMap(({ answeredAt }) => (answeredAt === undefined ? [] : [['answered', answeredAt] as const]))
}

interface Moment {
  readonly applying: Applying
  readonly zone: string
  readonly book: PlainRules | undefined
  readonly what: string
  readonly at: number
}

function outside(call: Call, { applying, zone, book, what, at }: Moment): readonly Violation[] {
  const { rule, places } = applying
  let local: Local
  try {
    local = localTime(at, zone)
  } catch {
    return [violation(call, { check: 'hours', says: `nobody here knows a time zone ${zone}` })]
  }
  const off = rule.holidays !== undefined && isHoliday(local.day, { call, places, book })
  const spans = off && rule.holidays === 'closed' ? [] : (rule.days?.[off ? 0 : local.weekday] ?? [])
  if (spans.some(({ startMinute, endMinute }) => startMinute <= local.minuteOfDay && local.minuteOfDay < endMinute))
    return []
  const clock = `${Math.floor(local.minuteOfDay / 60)}:${String(local.minuteOfDay % 60).padStart(2, '0')}`
  const day = off ? 'on a holiday' : `on a ${weekdays[local.weekday]}`
  return [violation(call, { check: 'hours', ruleId: rule.ruleId, says: `${what} at ${clock} ${day} in ${zone}` })]
}

const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const

/**
 * A holiday that the rule goes by: of its own places where the person may be; of all of the person's where it holds by the
 * seller's; where the entry names none, of the rule's places.
 */
function isHoliday(
  day: number,
  { call, places, book }: { readonly call: Call; readonly places: readonly string[]; book: PlainRules | undefined },
): boolean {
  const named = call.cleared?.places ?? places
  const own = [...named, ...named.flatMap(place => profilesOf(place, book))]
  const narrowed = own.filter(place => !own.some(part => part !== place && isIn(part, place)))
  const here = narrowed.filter(place => places.some(around => isIn(place, around)))
  const relevant = here.length > 0 ? here : narrowed
  const isOf = (around: string, place: string) =>
    // The rule's own place around it, or parts of it where nobody knows in which one the person is.
    isIn(place, around) ? around === place || here.length === 0 || places.includes(around) : isIn(around, place)
  return Object.entries(book?.holidays ?? {}).some(
    ([around, days]) => days.includes(day) && relevant.some(place => isOf(around, place)),
  )
}
