import { type CountryCode, getCountryCallingCode } from 'libphonenumber-js/max'
import { keyText } from './keyText.ts'

/** What is wrong with a text that is no prefix. */
export const prefixProblem = 'is no prefix such as +1900*: a plus sign, 1 to 14 digits and a star'

/**
 * Makes a reader of prefixes written as `+1900*`: gives the digits with which numbers in E.164 begin, or `undefined`.
 * Without a plus sign a prefix is understood in countries with the code 1 alone (`1900*`, `900*`): elsewhere nothing
 * tells a national prefix from an international one.
 */
export function createPrefixReader(defaultCountry: string): (text: string) => string | undefined {
  // The country has been checked by whoever made the reader of numbers.
  const countryCodeOne = getCountryCallingCode(defaultCountry.toUpperCase() as CountryCode) === '1'
  return text => {
    const written = keyText(text).replace(/[\s().-]/g, '')
    const [, plus, digits] = /^(\+?)([1-9]\d{0,13})\*$/.exec(written) ?? []
    if (digits === undefined || (plus === '' && !countryCodeOne)) return undefined
    return plus === '' && !digits.startsWith('1') ? `1${digits}` : digits
  }
}
