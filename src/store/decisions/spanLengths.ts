import { dayMs, hourMs } from '../../core/time.ts'

/** Older calls matter to the life of a campaign only: 30 days, milliseconds. */
export const blockMs = 30 * dayMs
/** Days of a year and a period more: no window is longer. */
const daysKept = 400

/** Since when counts are told by hours and by days; what is older, by blocks of 30 days. No span is cut by either border. */
export function spanBorders(hoursSince: number): { readonly hoursSince: number; readonly daysSince: number } {
  return {
    hoursSince: Math.floor(hoursSince / dayMs) * dayMs,
    daysSince: Math.floor((hoursSince - daysKept * dayMs) / blockMs) * blockMs,
  }
}

/** The first instant of the hour, day or block in which this hour is told, and its length. */
export function spanAround(
  hour: number,
  { hoursSince, daysSince }: ReturnType<typeof spanBorders>,
): { readonly start: number; readonly lengthMs: number } {
  const lengthMs = hour >= hoursSince ? hourMs : hour >= daysSince ? dayMs : blockMs
  return { start: Math.floor(hour / lengthMs) * lengthMs, lengthMs }
}
