import type { InstantMs } from '../core/ids.ts'
import { keyText } from '../numbers/keyText.ts'

/** What dates in files look like: every other way of writing them means another day somewhere. */
export const dateWords = 'a date like 2026-10-01 or an instant like 2026-10-01T09:30:00Z'

const isoDate = /^(\d{4})-(\d\d)-(\d\d)$/
const isoInstant = /^(\d{4})-(\d\d)-(\d\d)[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:?\d\d)$/i

/** Reads a date (its midnight in UTC) or an instant of ISO 8601; `undefined`: it is neither, or no day that exists. */
export function readDate(written: string): InstantMs | undefined {
  const text = keyText(written)
  const match = isoDate.exec(text) ?? isoInstant.exec(text)
  if (match === null) return undefined
  const [, year, month, day] = match.map(Number)
  const last = new Date(Date.UTC(year ?? 0, month ?? 0, 0)).getUTCDate()
  if (month === undefined || month < 1 || month > 12 || day === undefined || day < 1 || day > last) return undefined
  const at = Date.parse(text.replace(' ', 'T'))
  return Number.isFinite(at) ? at : undefined
}
