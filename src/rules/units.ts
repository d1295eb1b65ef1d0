import { durationMs, formatDuration } from '../config/durations.ts'
import type { HoursSpan, RateWindow } from '../core/compliance/rules.ts'
import type { InstantMs } from '../core/ids.ts'
import { dayMs, hourMs, minuteMs } from '../core/time.ts'
import { zoneOffset } from '../numbers/zoneOffsets.ts'
import { epochDay } from './calendar.ts'

const weekdays: readonly string[] = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

/** A span of years, months and days is as long as the calendar makes it: the stricter side decides which length is meant. */
export type Strictness = 'shortest' | 'longest'

/** Milliseconds of `5y`, `18mo`, `3y31d`: the shortest or longest that any beginning gives. */
export function spanMs(written: string, strictness: Strictness): number {
  const match = /^(?:(\d+)y)?(?:(\d+)mo)?(?:(\d+)d)?$/.exec(written)
  const [years, months, days] = [match?.[1], match?.[2], match?.[3]].map(amount => Number(amount ?? 0))
  return (monthsDays((years ?? 0) * 12 + (months ?? 0), strictness) + (days ?? 0)) * dayMs
}

/** Between centuries the calendar repeats every four years: 48 beginnings give every length that there is. */
function monthsDays(months: number, strictness: Strictness): number {
  const firsts = Array.from({ length: 48 }, (_, start) => {
    const at = (month: number): number => Date.UTC(2024, month, 1) / dayMs
    return at(start + months) - at(start)
  })
  return strictness === 'shortest' ? Math.min(...firsts) : Math.max(...firsts)
}

/** The instant at which a day (`2026-08-11`) begins in a zone; `undefined` where there is no such day or zone. */
export function dayBegins(written: string, zone: string): InstantMs | undefined {
  const [year = 0, month = 0, dayOfMonth = 0] = written.split('-').map(Number)
  const day = epochDay(year, month, dayOfMonth)
  const midnight = (day ?? 0) * dayMs
  const guess = zoneOffset(zone, midnight)
  if (day === undefined || guess === undefined) return undefined
  // The offset at the guessed instant is the one that holds there, unless the clocks change in between.
  const at = midnight - guess.offsetMinutes * minuteMs
  return midnight - (zoneOffset(zone, at)?.offsetMinutes ?? guess.offsetMinutes) * minuteMs
}

/** Whether a text is a day of the calendar. */
export function isDay(written: string): boolean {
  return dayBegins(written, 'UTC') !== undefined
}

/** Reads `rolling 24h`, `successive 30d`, `calendar-month`, `life`. The schema has proved the form. */
export function readRateWindow(written: string): RateWindow {
  const [kind, length = ''] = written.split(' ')
  if (kind === 'rolling' || kind === 'successive') return { kind, lengthMs: durationMs(length) }
  return kind === 'life' ? { kind } : { kind: 'calendar-month' }
}

/** How a window is written in a rule file. */
export function windowText(window: { readonly kind: string; readonly lengthMs?: number }): string {
  return window.lengthMs === undefined ? window.kind : `${window.kind} ${spanText(window.lengthMs)}`
}

/** `72h` as people and the laws say it; longer than that in days. */
export function spanText(ms: number): string {
  return ms <= 72 * hourMs && ms % hourMs === 0 ? `${ms / hourMs}h` : formatDuration(ms)
}

type WrittenHours = Readonly<Record<string, string | readonly string[]>>

/** Hours by weekday, Sunday first, or what is wrong with them: each day is named once, spans are in order and end after they begin. */
export function readHours(written: WrittenHours): readonly (readonly HoursSpan[])[] | string {
  const days = new Map<number, readonly HoursSpan[]>()
  for (const [key, value] of Object.entries(written)) {
    const spans = typeof value === 'string' ? (value === 'none' ? [] : [value]) : value
    const read = spans.map(readSpan)
    const wrong = read.findIndex(
      (span, at) => span.endMinute <= span.startMinute || span.startMinute < (read[at - 1]?.endMinute ?? 0),
    )
    if (wrong !== -1) return `has ${spans[wrong]} for ${key}: spans end after they begin and follow each other in order`
    for (const day of daysOf(key)) {
      if (days.has(day)) return `names ${weekdays[day]} twice: name each weekday once`
      days.set(day, read)
    }
  }
  const missing = weekdays.find((_, day) => !days.has(day))
  if (missing !== undefined) return `does not say when ${missing} is: add it, with hours or none`
  return weekdays.map((_, day) => days.get(day) ?? [])
}

function readSpan(written: string): HoursSpan {
  const [startHour = 0, startMinute = 0, endHour = 0, endMinute = 0] = written.split(/[:-]/).map(Number)
  return { startMinute: startHour * 60 + startMinute, endMinute: endHour * 60 + endMinute }
}

/** `mon`, `mon-fri`, `fri-mon`. */
function daysOf(key: string): readonly number[] {
  const [first = '', last = first] = key.split('-')
  const index = (name: string): number => weekdays.indexOf(name)
  const count = ((index(last) - index(first) + 7) % 7) + 1
  return Array.from({ length: count }, (_, at) => (index(first) + at) % 7)
}

/** Hours by weekday as a rule file writes them: `mon-fri 08:00-20:00, sat 09:00-18:00, sun none`. */
export function hoursText(days: readonly (readonly HoursSpan[])[]): string {
  const texts = days.map(spans => (spans.length === 0 ? 'none' : spans.map(spanOfDay).join(' and ')))
  const groups: { first: number; last: number; text: string }[] = []
  for (const day of [1, 2, 3, 4, 5, 6, 0]) {
    const text = texts[day] ?? 'none'
    const open = groups.at(-1)
    if (open?.text === text) open.last = day
    else groups.push({ first: day, last: day, text })
  }
  return groups.map(({ first, last, text }) => `${dayRange(first, last)} ${text}`).join(', ')
}

function dayRange(first: number, last: number): string {
  return first === last ? `${weekdays[first]}` : `${weekdays[first]}-${weekdays[last]}`
}

function spanOfDay({ startMinute, endMinute }: HoursSpan): string {
  const clock = (minute: number): string =>
    `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
  return `${clock(startMinute)}-${clock(endMinute)}`
}
