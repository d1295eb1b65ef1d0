import { keyText } from './keyText.ts'

/** Why a text is no number that may be dialed, as far as its characters say so. */
export type WrittenProblem =
  | 'empty'
  | 'spreadsheet-number'
  | 'several-numbers'
  | 'extension'
  | 'letters'
  | 'bad-characters'

/** Of a longer text nobody says that it is a number. */
export const writtenMaxCharacters = 1_000

/** The text without what programs put around and between a number's characters: unseen marks, `'`, `="..."`, `tel:`. */
export function cleanNumber(text: string): string {
  return keyText(text)
    .replace(/^="(.*)"$/s, '$1')
    .replace(/^'/, '')
    .replace(/^tel:/i, '')
    .trim()
}

/** What can be said of a {@link cleanNumber} by looking at its characters; nothing that is refused here is a way to write a number. */
export function writtenProblem(written: string): WrittenProblem | undefined {
  if (written === '') return 'empty'
  if (figures.some(figure => figure.test(written))) return 'spreadsheet-number'
  if (numbersIn(written).length > 1) return 'several-numbers'
  if (/\d\s*(,|;|#|x\.?|ext\.?|extn\.?|extension)[\s:=.]*(ext=)?\d+$/i.test(written) || endsInParentheses(written))
    return 'extension'
  if (/\p{L}/u.test(written)) return 'letters'
  if (!/^\(?\+?[\d\s.()/-]+$/.test(written) || !/\d/.test(written)) return 'bad-characters'
  return undefined
}

/**
 * What a spreadsheet makes of numbers. One full stop stands in a number that people write behind its area code
 * (`202.5550123`, `01234.567890`) and behind the code of its country (`+1.2025550123`), and nowhere else.
 */
const figures: readonly RegExp[] = [
  // 1.60455E+10
  /^[+-]?\d+(?:[.,]\d+)?\s*e\s*[+-]?\s*\d+$/i,
  // 16045551234.0, 202555012.0, 20255501.23
  /^[+-]?\d{7,}[.,]\d+$/,
  /^-?[1-9]\d{4,}[.,]\d+$/,
  /^[+-]?\d{5,}[.,](?:\d{1,2}|0+)$/,
  // 2.025550123
  /^-?\d[.,]\d+$/,
  // 2.025.550.123, 2,025,550,123
  /^-?[1-9]\d?(?:[.,]\d{3}){3,}$/,
  /^-?\d{1,3}(?:,\d{3}){2,}$/,
  // 202,555,012.0
  /^[+-]?\d{1,3}([.,\s])\d{3}(?:\1\d{3})*(?!\1)[.,]\d{1,2}$/,
  /\d[.,]0$/,
  // -5549921
  /^-\s*\d+$/,
]

const wordsBetween =
  /(?<=\d\W*)\b(?:or|oder|ou|of|o|y|u|e|and|und|et|en|ed|bzw|sowie|alt|then|mobile?|cell|home|work|tel|fax)\b(?=\W*\d)/gi
/** Fewer digits than this are no number of their own. */
const digitsMin = 5

/** The texts of the numbers in a text: one, or as many as it holds. */
export function numbersIn(written: string): readonly string[] {
  const pieces = written
    .replace(wordsBetween, '\n')
    // A second number in its international form.
    .replace(/(?<=\d[^\d+]*)(?=\(?\+\s*\d)/g, '\n')
    .split(/[\r\n\t;|&]|,(?!\d{3}(?:,|\.|$))/)
  const whole = pieces.filter(piece => digitsOf(piece).length >= digitsMin)
  if (whole.length > 1) return whole.flatMap(numbersIn)
  // A line break inside of one number is none that people write.
  if (/\d\D*[\r\n\t]\D*\d/.test(written)) return pieces
  return besideEachOther(written) ?? [written]
}

/** Numbers with a stroke, a spaced hyphen or a wide gap between them, where what stands before it is no area code. */
function besideEachOther(written: string): readonly string[] | undefined {
  for (const between of [/\//, /\s-\s/, /\s{2,}/]) {
    const pieces = written.split(between).filter(piece => /\d/.test(piece))
    const [first = '', ...rest] = pieces
    if (rest.length === 0) continue
    const lengths = rest.map(piece => digitsOf(piece).length)
    if (isAreaCode(first)) {
      if (between.source !== '\\/' || lengths.length === 1 || isGrouped(lengths)) continue
      return pieces
    }
    // `0711 1234-56/57` names two extensions: behind a stroke even few digits are another number.
    if (between.source === '\\/' || lengths.some(length => length >= digitsMin)) return pieces
  }
  return undefined
}

/** Whether it may be what comes before the number of a subscriber: `(202)`, `0711`, `033203`, `+49 711`. */
function isAreaCode(text: string): boolean {
  const digits = digitsOf(text)
  if (/^\s*\(?\+/.test(text)) return digits.length <= 8
  if (digits.startsWith('00')) return digits.length <= 10
  return digits.length <= (digits.startsWith('0') ? 6 : 4)
}

/** `06/12/34/56/78`, `02/123/45/67`, `201/555/0123`: groups of one number, by their lengths behind the first. */
function isGrouped(lengths: readonly number[]): boolean {
  const total = lengths.reduce((sum, length) => sum + length, 0)
  return total >= 6 && /^(?:3?(?:2)+|3[34])$/.test(lengths.join(''))
}

/** `030 12345 (67)`: digits in parentheses behind what is a number already; `+353 (0)1` and `0044 (0)20` are none. */
function endsInParentheses(written: string): boolean {
  const at = written.lastIndexOf('(')
  if (at <= 0) return false
  const before = digitsOf(written.slice(0, at)).replace(/^(?:00|011)/, '')
  return before.length >= digitsMin
}

function digitsOf(text: string): string {
  return text.replace(/\D/g, '')
}
