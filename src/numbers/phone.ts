import {
  type CountryCode,
  getCountryCallingCode,
  isSupportedCountry,
  type PhoneNumber as LibraryNumber,
  parsePhoneNumberFromString,
  validatePhoneNumberLength,
} from 'libphonenumber-js/max'
import { type NumberKind, numberKinds } from '../core/compliance/numberKinds.ts'
import type { PhoneNumber } from '../core/ids.ts'
import { InputError } from '../errors.ts'
import { isE164 } from './e164.ts'
import { kindByCountryCode, refusedKind } from './kinds.ts'
import { createNanpPlan, isInOwnTable, nanpDigits, nanpKind } from './nanp.ts'
import { cleanNumber, writtenMaxCharacters, writtenProblem } from './written.ts'

/** Why a text is not a number that may be dialed, with the sentence that says so. */
export const numberProblems = {
  empty: 'there is no number',
  'spreadsheet-number': 'a spreadsheet has turned the number into a figure; format the column as text and export again',
  'several-numbers': 'holds more than one number; put each in a column of its own',
  extension: 'has an extension; extensions cannot be dialed',
  letters: 'contains letters',
  'bad-characters': 'contains characters that no number has',
  'too-short': 'has too few digits',
  'too-long': 'has too many digits',
  emergency: 'is an emergency number',
  'short-code': 'is a short code',
  'unknown-country-code': 'no country has this code',
  'not-in-use': 'lies in a range that its country has not given out',
  'unknown-country': 'stands beside a country, or a code of one, that nobody knows',
  'country-differs': 'is of another country or area than its row says',
  ambiguous: 'can be read as two numbers; write it with + and the code of its country',
  ...numberKinds,
} as const
/** Why something written is no number. */
export type NumberProblem = keyof typeof numberProblems

/** A number read from a text. */
export type NumberReading =
  | { readonly valid: true; readonly number: PhoneNumber }
  | { readonly valid: false; readonly problem: NumberProblem }

/** Reads numbers as they are written in one country. */
export type NumberReader = (text: string) => NumberReading

const emergencyNumbers = new Set([
  '000',
  '100',
  '101',
  '102',
  '108',
  '110',
  '111',
  '112',
  '113',
  '115',
  '117',
  '118',
  '119',
  '120',
  '122',
  '190',
  '191',
  '192',
  '193',
  '911',
  '999',
])
const nanpPlan = createNanpPlan(number => isInOwnTable(number) && nanpKind(number) === undefined)

/**
 * Makes a reader for numbers that stand without a country code in this country (ISO 3166, `US`). The whole metadata of
 * the library is used: the smaller sets know no premium numbers in most countries.
 * @throws InputError `unknown-country`
 */
export function createNumberReader(defaultCountry: string): NumberReader {
  const country = knownCountry(defaultCountry)
  const countryCodeOne = getCountryCallingCode(country) === '1'
  return text => {
    const digits = nanpDigits(text, countryCodeOne)
    if (digits !== undefined && nanpPlan(digits)) return { valid: true, number: `+1${digits}` }
    return readByLibrary(text, country)
  }
}

/**
 * Makes a reader of numbers for lists of refusals: it takes every number that has the shape of one. To block a number that
 * is not in use, or that nobody would call, harms nobody; to lose a refusal does.
 * @throws InputError `unknown-country`
 */
export function createListedNumberReader(defaultCountry: string): NumberReader {
  const read = createNumberReader(defaultCountry)
  const country = knownCountry(defaultCountry)
  return text => {
    const reading = read(text)
    if (reading.valid || !takenOnLists.has(reading.problem)) return reading
    const parsed = parsePhoneNumberFromString(cleanNumber(text), { defaultCountry: country, extract: false })
    const isOne = parsed?.isPossible() === true && isE164(parsed.number)
    return isOne ? { valid: true, number: parsed.number } : reading
  }
}

const takenOnLists: ReadonlySet<string> = new Set(['not-in-use', ...Object.keys(numberKinds)])

/** Whether numbers can be read as they are written there (ISO 3166, `US`). */
export function isCountry(name: string): boolean {
  return isSupportedCountry(name)
}

function knownCountry(name: string): CountryCode {
  const upper = name.toUpperCase()
  if (isSupportedCountry(upper)) return upper
  throw new InputError('unknown-country', `"${name}" is not a country: write its two-letter ISO code, such as US or GB`)
}

/** Reads a number with the library alone; exported for the test that holds the fast path against it. */
export function readByLibrary(text: string, country: CountryCode): NumberReading {
  if (text.length > writtenMaxCharacters) return { valid: false, problem: 'too-long' }
  const written = cleanNumber(text)
  const shape = writtenProblem(written)
  if (shape !== undefined) return { valid: false, problem: shape }
  const parsed = parsePhoneNumberFromString(written, { defaultCountry: country, extract: false })
  const problem = isInUse(parsed) ? kindProblem(parsed.number) : unusedProblem(written, country)
  return problem === undefined && parsed !== undefined
    ? { valid: true, number: parsed.number }
    : { valid: false, problem: problem ?? 'not-in-use' }
}

/** Our own table decides where it speaks; elsewhere the library. */
function isInUse(parsed: LibraryNumber | undefined): parsed is LibraryNumber {
  return parsed !== undefined && (isInOwnTable(parsed.number) || parsed.isValid())
}

function kindProblem(number: PhoneNumber): NumberKind | 'too-short' | undefined {
  return refusedKind(number) ?? (isE164(number) ? undefined : 'too-short')
}

/** Why it is none that is in use. */
function unusedProblem(written: string, country: CountryCode): NumberProblem {
  const kind = kindByCountryCode(written.replace(/[^+\d]/g, ''))
  if (kind !== undefined) return kind
  const digits = written.replace(/\D/g, '')
  if (emergencyNumbers.has(digits)) return 'emergency'
  if (digits.length >= 3 && digits.length <= 6 && !written.includes('+')) return 'short-code'
  switch (validatePhoneNumberLength(written, country)) {
    case 'INVALID_COUNTRY':
      return 'unknown-country-code'
    case 'TOO_SHORT':
      return 'too-short'
    case 'TOO_LONG':
      return 'too-long'
    default:
      return 'not-in-use'
  }
}
