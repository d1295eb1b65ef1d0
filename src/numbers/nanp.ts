/**
 * Numbers of the United States and Canada read without the library, which takes 8 us each. Which numbers are good is
 * decided by the library once per area code and exchange and remembered: in these two countries the last four digits
 * decide nothing (in Barbados and Jamaica they do). A test holds it all against the library.
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
 * of it. The answer is `true` for numbers that may be dialed; `false` sends the caller to the library for the reason.
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
