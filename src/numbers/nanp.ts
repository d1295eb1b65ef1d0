import type { NumberKind } from '../core/compliance/numberKinds.ts'
import type { PhoneNumber } from '../core/ids.ts'
import { areaCodeKinds, areaCodePlaces } from './placeTables.ts'

/**
 * Numbers of the United States and Canada read without the library, which takes 8 us each and learns of new area codes
 * years late. Which numbers are good is decided by our own table of area codes: in these two countries neither exchange
 * nor last digits decide anything (in Barbados and Jamaica they do, and the library knows). A test holds it all against the
 * library.
 */

const firstCode = 200
const codes = 800
const unknown = 0
const good = 1
const ask = 2

/** `2025550123`, `1-202-555-0123`, `+1 (202) 555-0123`, `202.555.0123`: whatever else there is, the library looks at it. */
const usual = /^(?:(\+)?(1)[ -]?)?(?:\(\d{3}\)[ -]?|\d{3}[ -]?)\d{3}[ -]?\d{4}$|^(?:(\+)?(1)\.)?\d{3}\.\d{3}\.\d{4}$/

/** Reads a number that is written in the usual ways as ten national digits; `undefined` where the library must look. */
export function nanpDigits(text: string, countryCodeOne: boolean): string | undefined {
  const match = usual.exec(text)
  if (match === null) return undefined
  const isInternational = (match[1] ?? match[3]) !== undefined
  if (!countryCodeOne && !isInternational) return undefined
  const digits = text.length === 10 ? text : text.replace(/\D/g, '')
  return digits.length === 11 ? digits.slice(1) : digits
}

/**
 * Makes the memory over area codes and exchanges. `isGood` is asked at most once for each pair, with one E.164 number
 * of it. The answer is `true` for numbers that may be dialed; `false` sends the caller on for the reason.
 */
export function createNanpPlan(isGood: (number: string) => boolean): (digits: string) => boolean {
  const memory = new Uint8Array(codes * codes)
  return digits => {
    const area = Number(digits.slice(0, 3)) - firstCode
    const exchange = Number(digits.slice(3, 6)) - firstCode
    if (area < 0 || exchange < 0) return false
    const slot = area * codes + exchange
    if (memory[slot] === unknown) memory[slot] = isGood(`+1${digits}`) ? good : ask
    return memory[slot] === good
  }
}

/** Territories whose exchanges the library knows one by one. */
const territories: ReadonlySet<string> = new Set(['US-PR', 'US-VI', 'US-GU', 'US-AS', 'US-MP'])
/** The exchange that is pay-per-call in every area code of the United States and Canada. */
const payPerCall = '976'

interface AreaCode {
  /** Of the United States or Canada: every exchange is good. */
  readonly ownTable: boolean
  readonly kind?: NumberKind
}

let areaCodes: readonly (AreaCode | undefined)[] | undefined

function areaCodeOf(number: PhoneNumber): AreaCode | undefined {
  areaCodes ??= readAreaCodes()
  return areaCodes[Number(number.slice(2, 5))]
}

function readAreaCodes(): readonly (AreaCode | undefined)[] {
  const found: (AreaCode | undefined)[] = Array.from({ length: 1000 }, () => undefined)
  for (const [code, [first = '']] of areaCodePlaces())
    found[Number(code)] = { ownTable: /^(US|CA)-/.test(first) && !territories.has(first) }
  for (const [code, kind] of areaCodeKinds()) found[Number(code)] = { ownTable: false, kind }
  return found
}

/** Whether our own table says that a number in E.164 is one of the United States or Canada that may be in use. */
export function isInOwnTable(number: PhoneNumber): boolean {
  if (!number.startsWith('+1') || number.length !== 12) return false
  return areaCodeOf(number)?.ownTable === true && number.charCodeAt(5) >= 0x32
}

/** The kind of a number of North America that is not called; `undefined`: a line at a place, or a code that nobody has. */
export function nanpKind(number: PhoneNumber): NumberKind | undefined {
  const area = areaCodeOf(number)
  if (area === undefined) return undefined
  return area.ownTable && number.startsWith(payPerCall, 5) ? 'premium-rate' : area.kind
}
