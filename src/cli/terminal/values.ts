import { InvalidArgumentError } from 'commander'
import { durationMs, durationPattern } from '../../config/durations.ts'

/** An option that is a whole number of at least 0. */
export function wholeNumber(written: string): number {
  if (isWhole(written)) return Number(written)
  throw new InvalidArgumentError('write a whole number of at least 0.')
}

function isWhole(written: string): boolean {
  return /^\d{1,15}$/.test(written)
}

/** An option that is a number. */
export function anyNumber(written: string): number {
  const value = Number(written)
  if (written.trim() !== '' && Number.isFinite(value)) return value
  throw new InvalidArgumentError('write a number.')
}

/** An option that is a ratio 0..1; percent belongs on screens. */
export function ratio(written: string): number {
  const value = anyNumber(written)
  if (value >= 0 && value <= 1) return value
  throw new InvalidArgumentError('write a ratio from 0 to 1, such as 0.027 for 2.7 %.')
}

/** An option that is a duration, in milliseconds. */
export function duration(written: string): number {
  if (new RegExp(durationPattern).test(written)) return durationMs(written)
  if (/^\d+(\.\d+)?$/.test(written)) return durationMs(Number(written))
  throw new InvalidArgumentError('write a duration such as 5s, 1m or 2h.')
}

/** An option that is an instant or a time span back from now, as ISO 8601. */
export function instantOrAgo(written: string): string {
  if (new RegExp(durationPattern).test(written)) return new Date(Date.now() - durationMs(written)).toISOString()
  const at = Date.parse(written)
  if (Number.isFinite(at)) return new Date(at).toISOString()
  throw new InvalidArgumentError('write a date such as 2026-01-31 or a time span back from now such as 2h.')
}

/** An option that is a whole number within bounds. */
export function wholeNumberFrom(min: number, max: number): (written: string) => number {
  return written => {
    const value = Number(written)
    if (isWhole(written) && value >= min && value <= max) return value
    throw new InvalidArgumentError(`write a whole number from ${min} to ${max}.`)
  }
}

/** An option that may be given several times or with several values, each a ratio 0..1. */
export function ratios(written: string, before: readonly number[] | undefined): readonly number[] {
  return [...(before ?? []), ratio(written)]
}

/** An option that lists whole numbers of at least 1, with commas between them: `8,12,16`. */
export function wholeNumbers(written: string): readonly number[] {
  const parts = written.split(',').map(part => part.trim())
  if (parts.every(part => /^[1-9]\d{0,4}$/.test(part))) return [...new Set(parts.map(Number))]
  throw new InvalidArgumentError('write whole numbers with commas between them, such as 8,12,16.')
}

/** An option that is `on` or `off`. */
export function onOrOff(written: string): boolean {
  if (written === 'on' || written === 'off') return written === 'on'
  throw new InvalidArgumentError('write on or off.')
}

/** An option that lists the law's windows: durations, and `life` for the campaign's whole life. */
export function windows(written: string): { name: string; lengthMs?: number }[] {
  return written.split(',').map(part => {
    const name = part.trim()
    return name === 'life' ? { name } : { name, lengthMs: duration(name) }
  })
}

/** An option that is a day (its beginning in this machine's time zone) or an instant, in milliseconds. */
export function dayOrInstant(written: string): number {
  if (/^\d{4}-\d{2}-\d{2}$/.test(written)) return dayStart(written)
  const at = Date.parse(written)
  if (Number.isFinite(at)) return at
  throw new InvalidArgumentError('write a day such as 2026-01-31 or an instant such as 2026-01-31T14:30:00Z.')
}

/** An option that is a day: its beginning in this machine's time zone, in milliseconds. */
export function dayStart(written: string): number {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(written)
  const [year, month, day] = (match ?? []).slice(1).map(Number)
  if (year !== undefined && month !== undefined && day !== undefined) {
    const start = new Date(year, month - 1, day)
    // The calendar would turn the 31st of February into a day of March.
    if (start.getMonth() === month - 1 && start.getDate() === day) return start.getTime()
  }
  throw new InvalidArgumentError('write a day such as 2026-01-31.')
}

/** An option that is a percentage on the command line and a ratio behind it. */
export function percentage(written: string): number {
  const [, figure] = /^(\d{1,3}(?:\.\d+)?)\s*%?$/.exec(written.trim()) ?? []
  const value = Number(figure) / 100
  if (figure !== undefined && value <= 1) return value
  throw new InvalidArgumentError('write a percentage from 0 to 100.')
}
