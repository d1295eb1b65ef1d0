import type { PhoneNumber } from '../core/ids.ts'
import { createListedNumberReader, createNumberReader } from './phone.ts'

/**
 * Makes a reader for numbers as carriers hand them over with a call: with a plus sign, with an international prefix, as in this
 * country (ISO 3166), or in E.164 without the plus. What is in use goes before what only looks like a number.
 * @throws InputError `unknown-country`
 */
export function createIncomingNumberReader(defaultCountry: string): (written: string) => PhoneNumber | undefined {
  const read = createNumberReader(defaultCountry)
  const readAny = createListedNumberReader(defaultCountry)
  return written => {
    for (const reading of [read(written), read(`+${written}`), readAny(written)])
      if (reading.valid) return reading.number
    return undefined
  }
}
