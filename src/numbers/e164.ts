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

/** The inverse of {@link numberToInteger}. A negative one stands for a number that was erased: `erased-123`. */
export function integerToNumber(integer: number): PhoneNumber {
  return integer < 0 ? `erased${integer}` : `+${integer}`
}

/** How many digits a number of {@link numberToInteger} has. */
export function integerDigits(integer: number): number {
  let digits = 1
  for (let bound = 10; bound <= integer; bound *= 10) digits += 1
  return digits
}
