import { given } from '../core/given.ts'
import { dayMs } from '../core/time.ts'

/** Holidays are worked out for these years, both included. */
export const calendarYears = { first: 2020, last: 2040 } as const

const weekdayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const monthNames = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/** Days since 1970-01-01 (UTC's count, which knows no zone). */
export type EpochDay = number

/** On which day beside its own a holiday is kept that falls on a weekend. */
export const observances = ['next-weekday', 'nearest-weekday', 'after-sunday'] as const
/** Where a holiday on a weekend is kept beside. */
export type Observance = (typeof observances)[number]

/** One holiday as a file writes it. Years are those in which it is one. */
export interface HolidayLine {
  readonly name: string
  /** `12-25`, `2022-09-19`, `3rd mon of jan`, `last mon of may`, `mon before 05-25`, `easter-2`. */
  readonly on: string
  /** Where it falls on a weekend: also the next weekday that is none, the nearest one (Friday, Monday), or after a Sunday Monday. */
  readonly observed?: Observance
  readonly from?: number
  readonly until?: number
  readonly except?: readonly number[]
}

/** The day of a holiday in a year; `undefined` in years in which it does not fall at all. */
export type HolidayRule = (year: number) => EpochDay | undefined

/** The day's number. The month counts from 1; `undefined` where there is no such day. */
export function epochDay(year: number, month: number, dayOfMonth: number): EpochDay | undefined {
  const at = new Date(Date.UTC(year, month - 1, dayOfMonth))
  return at.getUTCMonth() === month - 1 && at.getUTCDate() === dayOfMonth ? at.getTime() / dayMs : undefined
}

/** Weekday of a day, Sunday 0. 1970-01-01 was a Thursday. */
export function weekdayOf(day: EpochDay): number {
  return (((day + 4) % 7) + 7) % 7
}

/** Easter Sunday of the Gregorian calendar, by the anonymous algorithm (Meeus, Astronomical Algorithms, ch. 8). */
export function easterSunday(year: number): EpochDay {
  const a = year % 19
  const b = Math.floor(year / 100)
  const c = year % 100
  const g = Math.floor((8 * b + 13) / 25)
  const h = (19 * a + b - Math.floor(b / 4) - g + 15) % 30
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7
  const m = Math.floor((a + 11 * h + 22 * l) / 451)
  const sum = h + l - 7 * m + 114
  return Date.UTC(year, Math.floor(sum / 31) - 1, (sum % 31) + 1) / dayMs
}

/** Reads when a holiday falls; `undefined` where the text says nothing known. */
export function readHolidayRule(on: string): HolidayRule | undefined {
  return fixed(on) ?? dated(on) ?? byEaster(on) ?? nthWeekday(on) ?? besideDay(on)
}

function fixed(on: string): HolidayRule | undefined {
  const match = /^(\d\d)-(\d\d)$/.exec(on)
  const [month, dayOfMonth] = [Number(match?.[1]), Number(match?.[2])]
  // 2024 has a 29th of February.
  if (match === null || epochDay(2024, month, dayOfMonth) === undefined) return undefined
  return year => epochDay(year, month, dayOfMonth)
}

function dated(on: string): HolidayRule | undefined {
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(on)
  const day = match === null ? undefined : epochDay(Number(match[1]), Number(match[2]), Number(match[3]))
  return day === undefined ? undefined : year => (year === Number(match?.[1]) ? day : undefined)
}

function byEaster(on: string): HolidayRule | undefined {
  const match = /^easter(?:([+-])(\d{1,2}))?$/.exec(on)
  if (match === null) return undefined
  const days = Number(match[2] ?? 0) * (match[1] === '-' ? -1 : 1)
  return year => easterSunday(year) + days
}

function nthWeekday(on: string): HolidayRule | undefined {
  const match = /^(1st|2nd|3rd|4th|last) ([a-z]{3}) of ([a-z]{3})$/.exec(on)
  const weekday = weekdayNames.indexOf(match?.[2] ?? '')
  const month = monthNames.indexOf(match?.[3] ?? '') + 1
  if (match === null || weekday === -1 || month === 0) return undefined
  if (match[1] === 'last') return year => weekdayBefore(firstOf(year, month + 1), weekday)
  const nth = Number(match[1]?.charAt(0))
  return year => weekdayBefore(firstOf(year, month), weekday) + 7 * nth
}

function firstOf(year: number, month: number): EpochDay {
  return Date.UTC(year, month - 1, 1) / dayMs
}

function besideDay(on: string): HolidayRule | undefined {
  const match = /^([a-z]{3}) (before|after) (\d\d-\d\d)$/.exec(on)
  const weekday = weekdayNames.indexOf(match?.[1] ?? '')
  const day = fixed(match?.[3] ?? '')
  if (match === null || weekday === -1 || day === undefined) return undefined
  return year => {
    const beside = day(year)
    if (beside === undefined) return undefined
    return match[2] === 'before' ? weekdayBefore(beside, weekday) : weekdayBefore(beside + 1, weekday) + 7
  }
}

/** The last such weekday before a day, that day itself not counted. */
function weekdayBefore(day: EpochDay, weekday: number): EpochDay {
  return day - (((weekdayOf(day) - weekday + 6) % 7) + 1)
}

/**
 * The holidays of {@link calendarYears} in ascending order. A day that is observed on another is closed, and so is the other:
 * nobody minds not being called on the 25th of December.
 */
export function expandHolidays(lines: readonly HolidayLine[]): readonly EpochDay[] {
  const days = new Set<EpochDay>()
  // The neighbours too: a New Year's Day on a Saturday is observed in the year before.
  for (let year = calendarYears.first - 1; year <= calendarYears.last + 1; year += 1) {
    const due = lines.flatMap(line => dayIn(line, year))
    for (const { day } of due) days.add(day)
    for (const { day, observed } of due) if (observed !== undefined) days.add(observedDay(day, observed, days))
  }
  const first = firstOf(calendarYears.first, 1)
  const end = firstOf(calendarYears.last + 1, 1)
  return [...days].filter(day => day >= first && day < end).sort((left, right) => left - right)
}

function dayIn(
  line: HolidayLine,
  year: number,
): readonly (Pick<HolidayLine, 'observed'> & { readonly day: EpochDay })[] {
  const { from = year, until = year, except = [], observed } = line
  const day = year < from || year > until || except.includes(year) ? undefined : readHolidayRule(line.on)?.(year)
  return day === undefined ? [] : [{ day, ...given({ observed }) }]
}

function observedDay(day: EpochDay, how: Observance, taken: ReadonlySet<EpochDay>): EpochDay {
  if (!isWeekend(day) || (how === 'after-sunday' && weekdayOf(day) === 6)) return day
  if (how === 'after-sunday') return day + 1
  if (how === 'nearest-weekday') return weekdayOf(day) === 6 ? day - 1 : day + 1
  let next = day + 1
  while (isWeekend(next) || taken.has(next)) next += 1
  return next
}

function isWeekend(day: EpochDay): boolean {
  return weekdayOf(day) === 0 || weekdayOf(day) === 6
}
