import type { NumberType } from 'libphonenumber-js/max'
import type { NumberKind } from '../core/compliance/numberKinds.ts'
import type { PhoneNumber } from '../core/ids.ts'
import { nanpKind } from './nanp.ts'
import { placesOfNumber } from './places.ts'
import { readingOf } from './readings.ts'

/** Country codes of no country (ITU-T E.164, list of assigned codes); the library knows only some of them. */
const codesOfNoCountry: Readonly<Record<string, NumberKind>> = {
  '800': 'toll-free',
  '808': 'shared-cost',
  '870': 'satellite',
  '878': 'personal-number',
  '881': 'satellite',
  '882': 'international-network',
  '883': 'international-network',
  '888': 'international-network',
  '979': 'premium-rate',
  '991': 'international-network',
}

const kindsByType: Readonly<Partial<Record<NonNullable<NumberType>, NumberKind>>> = {
  PREMIUM_RATE: 'premium-rate',
  SHARED_COST: 'shared-cost',
  TOLL_FREE: 'toll-free',
  PERSONAL_NUMBER: 'personal-number',
  PAGER: 'pager',
  VOICEMAIL: 'voicemail',
}

/**
 * The kind of a number that may not be called whatever else is known of the person; `undefined`: a line at a place. In the
 * United States and Canada by our own table of area codes, elsewhere by the library, once for the number's beginning.
 */
export function refusedKind(number: PhoneNumber): NumberKind | undefined {
  if (number.startsWith('+1')) return nanpKind(number) ?? placeless(number)
  const ofNoCountry = kindByCountryCode(number)
  if (ofNoCountry !== undefined) return ofNoCountry
  const type = readingOf(number)?.type
  return (type && kindsByType[type]) ?? placeless(number)
}

/** What the country code of a number with its plus sign says, whether the rest of it is in use or not. */
export function kindByCountryCode(number: string): NumberKind | undefined {
  return number.startsWith('+') ? codesOfNoCountry[number.slice(1, 4)] : undefined
}

function placeless(number: PhoneNumber): NumberKind | undefined {
  return placesOfNumber(number).length === 0 ? 'no-place' : undefined
}
