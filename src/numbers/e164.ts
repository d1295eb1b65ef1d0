import type { PhoneNumber } from '../core/ids.ts'

/** `+` and 7 to 15 digits, the first not 0 (ITU-T E.164). */
const e164 = /^\+[1-9]\d{6,14}$/

/** Whether the text has the shape of an E.164 number. Says nothing about whether the number is in use. */
export function isE164(text: string): boolean {
  return e164.test(text)
}

/** The number as an integer without its plus sign: at most 15 digits, exact in a double and small in a database. */
export function numberToInteger(number: PhoneNumber): number {
  return Number(number.slice(1))
}

/** The inverse of {@link numberToInteger}. */
export function integerToNumber(integer: number): PhoneNumber {
  return `+${integer}`
}
