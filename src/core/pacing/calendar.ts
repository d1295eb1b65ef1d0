import { dayMs } from '../time.ts'

/** The civil calendar repeats after 400 years. */
const eraDays = 146_097
/** Days from 0000-03-01 to 1970-01-01. */
const epochDays = 719_468

/**
 * The first instant of the calendar month (`monthsOn` months later, 0: this one) in which `now` lies, at a fixed distance from UTC
 * (positive: east). Milliseconds since the epoch. Proleptic Gregorian calendar; years begin in March, so that the leap day is last.
 */
export function monthStartAt(now: number, utcOffsetMs = 0, monthsOn = 0): number {
  const months = monthOf(Math.floor((now + utcOffsetMs) / dayMs)) + monthsOn
  return daysOf(Math.floor(months / 12), (((months % 12) + 12) % 12) + 1) * dayMs - utcOffsetMs
}

/** The month in which a day lies (days since 1970-01-01), counted from January of the year 0. */
function monthOf(epochDay: number): number {
  const days = epochDay + epochDays
  const era = Math.floor(days / eraDays)
  const dayOfEra = days - era * eraDays
  const leaps = Math.floor(dayOfEra / 1_460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096)
  const yearOfEra = Math.floor((dayOfEra - leaps) / 365)
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const sinceMarch = Math.floor((5 * dayOfYear + 2) / 153)
  return (yearOfEra + era * 400) * 12 + 2 + sinceMarch
}

/** Days from 1970-01-01 to the first day of a month, 1..12. */
function daysOf(year: number, month: number): number {
  const marchYear = month <= 2 ? year - 1 : year
  const era = Math.floor(marchYear / 400)
  const yearOfEra = marchYear - era * 400
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5)
  return (
    era * eraDays + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - epochDays
  )
}
