import type { InstantMs, PhoneNumber } from '../../core/ids.ts'
import { minuteMs } from '../../core/time.ts'
import type { NumberReading } from '../../numbers/phone.ts'
import { createHintReader } from '../../numbers/rowNumbers.ts'
import { zoneOffset } from '../../numbers/zoneOffsets.ts'

/** Reads a number of VICIdial's with what stands beside it: the telephone code, and where the table has it the country. */
export type PairReader = (hints: { readonly code: string; readonly country?: string }, number: string) => NumberReading

/** Makes the reader; without a code and country the number is read as written in the default one. */
export function createPairReader(defaultCountry: string): PairReader {
  const readHints = createHintReader(defaultCountry, ['country', 'country'])
  return ({ code, country = '' }, number) => readHints([code, country]).read(number)
}

const dateTime = /^(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d))?)?/

/**
 * Reads MySQL's DATETIME as the clock of a zone showed it; a time that the clock showed twice is the later one, one that it
 * skipped the one after the gap. `undefined`: it is none, `0000-00-00` included.
 */
export function readLocalTime(text: string, timeZone: string): InstantMs | undefined {
  const match = dateTime.exec(text)
  if (match === null) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(part => Number(part ?? 0))
  if (year < 1971 || month < 1 || month > 12 || day < 1 || day > 31) return undefined
  const local = Date.UTC(year, month - 1, day, hour, minute, second)
  const before = zoneOffset(timeZone, local - 24 * 60 * minuteMs)?.offsetMinutes ?? 0
  const after = zoneOffset(timeZone, local + 24 * 60 * minuteMs)?.offsetMinutes ?? 0
  const late = local - after * minuteMs
  const isAfter = zoneOffset(timeZone, late)?.offsetMinutes === after
  return isAfter ? late : local - before * minuteMs
}

/** A whole number in a cell; 0 where there is none. */
export function countOf(text: string | undefined): number {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : 0
}

/** A number that an entry blocks, or all that begin so (`312XXXXXXX`). */
export function isWildcard(number: PhoneNumber): boolean {
  return /^\d{1,14}X+$/i.test(number)
}
