import { type CountryCode, type NumberType, parsePhoneNumberFromString } from 'libphonenumber-js/max'
import type { PhoneNumber } from '../core/ids.ts'

/** What the library makes of a valid number. */
export interface Reading {
  /** Absent: of no country. */
  readonly country?: CountryCode
  readonly type?: NumberType
}

/** The first so many digits and the length decide what the library says; a test holds it against the library. */
const decidingDigits = 9
/** More prefixes than people's lists have; beyond it the memory starts anew. */
const rememberedMax = 200_000

const remembered = new Map<string, Reading>()

/** Country and type of a number in E.164 by the library, which takes 10 us, once for its beginning; `undefined`: it is not valid. */
export function readingOf(number: PhoneNumber): Reading | undefined {
  const key = number.length > decidingDigits ? `${number.slice(0, decidingDigits + 1)}${number.length}` : number
  const known = remembered.get(key)
  if (known !== undefined) return known
  const parsed = parsePhoneNumberFromString(number)
  if (!parsed?.isValid()) return undefined
  const [country, type] = [parsed.country, parsed.getType()]
  const reading = { ...(country && { country }), ...(type && { type }) }
  if (remembered.size >= rememberedMax) remembered.clear()
  remembered.set(key, reading)
  return reading
}
