import { language } from './words.ts'

/** Days of a week as the API names them, as people here count them. */
export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const

/** A day of the week by its place, Monday is 0. */
export function dayName(index: number): string {
  // The first of January of 2024 was a Monday.
  return new Intl.DateTimeFormat(language.value, { weekday: 'short', timeZone: 'UTC' }).format(
    Date.UTC(2024, 0, 1 + index),
  )
}

/** Days of the same hours are said together: `Mon, Tue, Wed 17:00–21:00`. */
export function hoursText(days: Readonly<Record<string, readonly string[]>>): string {
  const byHours = new Map<string, string[]>()
  weekdays.forEach((day, index) => {
    const spans = days[day]?.map(span => span.replace('-', '–')).join(', ') ?? ''
    if (spans !== '') byHours.set(spans, [...(byHours.get(spans) ?? []), dayName(index)])
  })
  return [...byHours].map(([spans, names]) => `${names.join(', ')} ${spans}`).join('; ')
}
