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

/** Reads a number that is written in the usual ways as ten national digits; `undefined` where the library must look. */
export function nanpDigits(text: string, countryCodeOne: boolean): string | undefined {
  let digits = ''
  let plus = false
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (code >= 0x30 && code <= 0x39) digits += text[index]
    else if (code === 0x2b && index === 0) plus = true
    else if (!isSeparator(code)) return undefined
  }
  if (digits.length === 11 && digits.charCodeAt(0) === 0x31 && (plus || countryCodeOne)) return digits.slice(1)
  return digits.length === 10 && !plus && countryCodeOne ? digits : undefined
}

/** Space, full stop, hyphen, parentheses. */
function isSeparator(code: number): boolean {
  return code === 0x20 || code === 0x2e || code === 0x2d || code === 0x28 || code === 0x29
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
