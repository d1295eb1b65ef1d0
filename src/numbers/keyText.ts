/**
 * What nobody sees: controls but for tab and line ends, marks of direction, joiners, soft hyphens, byte order marks, variation
 * selectors, blanks that are letters by name only, the frame of a keycap.
 */
const unseen = /[\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]|\u20e3|(?![\t\n\r])\p{Cc}/gu
const plainAscii = /^[\x20-\x7e\t\r\n]*$/
/** Hyphens, dashes and minus signs, and the mark of length that Japanese keyboards have in their place. */
const hyphens = /[\p{Pd}\u2043\u2212\u207b\u208b]|(?<=[\d\s)])[\u30fc\uff70](?=[\d\s(])/gu

/**
 * The text of a field that numbers or names something (a telephone number, a zone, a state, a postal code, an id, a header) in
 * characters that a person would type: without marks that nobody sees, and with spaces, hyphens, digits and wide letters of any
 * script as those of ASCII. Spaces around it stay.
 */
export function plainText(text: string): string {
  if (plainAscii.test(text)) return text
  return text
    .replace(unseen, '')
    .replace(/[\uff01-\uff5e]/g, wide => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    .replace(/(?![0-9])\p{Nd}/gu, digit => String(digitValue(digit)))
    .replace(/[^\S\r\n\t ]/g, ' ')
    .replace(hyphens, '-')
}

/** The same without spaces around it. */
export function keyText(text: string): string {
  return plainText(text).trim()
}

/** Decimal digits of a script stand in a row from 0 to 9 (Unicode Standard, chapter 4.6); those of mathematics in five. */
function digitValue(digit: string): number {
  const code = digit.codePointAt(0) ?? 0
  let zero = code
  while (code - zero < 50 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero -= 1
  return (code - zero) % 10
}
