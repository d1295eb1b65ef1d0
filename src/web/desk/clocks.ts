import type { ClockView } from '../../api/agents/desk.ts'
import { language } from '../parts/words.ts'

/** Clocks that show different times: people in two zones of one time need it once. */
export function differentClocks(clocks: readonly ClockView[]): readonly ClockView[] {
  return clocks.filter(
    ({ offsetMinutes }, at) => clocks.findIndex(other => other.offsetMinutes === offsetMinutes) === at,
  )
}

/** `America/New_York` is New York to people. */
export function placeOf({ zone }: ClockView): string {
  return zone.slice(zone.lastIndexOf('/') + 1).replaceAll('_', ' ')
}

const day = { weekday: 'short', day: 'numeric', month: 'short' } as const
const minute = { hour: '2-digit', minute: '2-digit' } as const

/** What a clock at a place shows: `10:12`. */
export function timeThere(at: number, { offsetMinutes }: ClockView): string {
  return shown(at + offsetMinutes * 60_000, { ...minute, timeZone: 'UTC' })
}

/** The same with its day: `Wed 14 Jan, 10:12`. */
export function momentThere(at: number, { offsetMinutes }: ClockView): string {
  return shown(at + offsetMinutes * 60_000, { ...day, ...minute, timeZone: 'UTC' })
}

/** Day and time here. */
export function momentHere(at: number): string {
  return shown(at, { ...day, ...minute })
}

function shown(at: number, parts: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(language.value, parts).format(at)
}

/** As an input of a date and one of a time take them: day and time that a clock shows. */
export function fieldsOf(at: number, offsetMinutes: number): { readonly day: string; readonly time: string } {
  const text = new Date(at + offsetMinutes * 60_000).toISOString()
  return { day: text.slice(0, 10), time: text.slice(11, 16) }
}

/** Minutes east of UTC here, then. */
export function offsetHere(at: number): number {
  return -new Date(at).getTimezoneOffset()
}
