import { parsePhoneNumberFromString } from 'libphonenumber-js/max'
import type { PhoneNumber } from '../core/ids.ts'

/** Whether whoever calls the number pays nothing, by the numbering plan of its country. */
export function isTollFree(number: PhoneNumber): boolean {
  return parsePhoneNumberFromString(number)?.getType() === 'TOLL_FREE'
}
