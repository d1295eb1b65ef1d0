import type { PhoneNumber } from '../core/ids.ts'
import { isE164 } from './e164.ts'
import type { NumberReader } from './phone.ts'
import { cleanNumber, numbersIn, writtenMaxCharacters } from './written.ts'

/** What a text may mean that is no number: numbers, and digits with which numbers begin. */
export interface Possible {
  readonly numbers: readonly PhoneNumber[]
  readonly prefixes: readonly string[]
}

/**
 * The numbers that somebody may have meant who refuses calls. To block one too many harms nobody; where nothing can be told,
 * or it could be more than a hundred thousand, it is none. Wildcards come of figures in countries with the code 1 alone.
 */
export function possibleNumbers(text: string, read: NumberReader): Possible {
  const written = cleanNumber(text.slice(0, writtenMaxCharacters))
  const figure = readFigure(written)
  if (figure === undefined) return { numbers: numbersOf(variantsOf(written), read), prefixes: [] }
  if ('exact' in figure) return { numbers: numbersOf([figure.exact], read), prefixes: [] }
  if (!isPlan1(read) || figure.digits < 10 || figure.digits > 11) return { numbers: [], prefixes: [] }
  const prefixes = figure.beginnings.map(digits => (figure.digits === 10 ? `1${digits}` : digits))
  const known = prefixes.filter(prefix => /^1[2-9]/.test(prefix))
  const isWhole = (prefix: string) => prefix.length === 11
  return {
    numbers: known.filter(isWhole).map(digits => `+${digits}`),
    prefixes: known.filter(prefix => !isWhole(prefix)),
  }
}

function numbersOf(variants: readonly string[], read: NumberReader): readonly PhoneNumber[] {
  const numbers = new Set<PhoneNumber>()
  for (const variant of variants) {
    const number = readLoosely(variant, read)
    if (number !== undefined) numbers.add(number)
  }
  return [...numbers]
}

/** A number that is not in use may be so tomorrow. */
function readLoosely(text: string, read: NumberReader): PhoneNumber | undefined {
  const reading = read(text)
  if (reading.valid) return reading.number
  const plain = text.replace(/[\s().-]/g, '')
  if (plain.startsWith('+') && isE164(plain)) return !plain.startsWith('+1') || plain.length === 12 ? plain : undefined
  const [, national] = /^1?([2-9]\d{9})$/.exec(plain) ?? []
  return national !== undefined && isPlan1(read) ? `+1${national}` : undefined
}

function isPlan1(read: NumberReader): boolean {
  const example = read('2025550123')
  return example.valid && example.number === '+12025550123'
}

function variantsOf(written: string): readonly string[] {
  const several = numbersIn(written).map(one => one.trim())
  const [first = '', ...others] = several
  // `2025550123/24`
  const endings = others.filter(other => /^\d{1,4}$/.test(other)).map(other => first.slice(0, -other.length) + other)
  const beforeExtension = /^(.*?\d{5,})\s*[^\d\s.()/-].*$/.exec(first)?.[1] ?? first
  return [
    ...several,
    ...endings,
    ...sideBySide(written),
    beforeExtension,
    // A label or an extension in letters, `202-555-0123 (home)`, `202-555-0123x12`.
    ...several.map(one => one.replace(/\s*\(?\p{L}.*$/u, '')),
    ...several.map(one => one.replace(/^\P{N}*\p{L}[^\d+(]*/u, '')),
    ...several.map(lettersDialed),
    ...several.map(one => one.replace(/(?!^\+)[^\d]/g, '')),
    // `030 12345 (67)`
    first.replace(/\s*\([^()]*\)?\s*$/, ''),
  ]
}

/** Parts of a text with more digits than one number has, cut wherever people leave a gap. */
function sideBySide(written: string): readonly string[] {
  const parts = written.split(/[^\d\s().+/-]+/).filter(part => /\d/.test(part))
  const gaps = parts.flatMap(part => [...part.matchAll(/[\s/-]+/g)].map(({ index }) => ({ part, index })))
  return [...parts, ...gaps.flatMap(({ part, index }) => [part.slice(0, index), part.slice(index)])].map(part =>
    part.replace(/^[\s./-]+|[\s./(-]+$/g, ''),
  )
}

const keys = ['abc', 'def', 'ghi', 'jkl', 'mno', 'pqrs', 'tuv', 'wxyz'] as const

/** `1-800-FLOWERS` as it is dialed. */
function lettersDialed(text: string): string {
  return text.toLowerCase().replace(/[a-z]/g, letter => String(keys.findIndex(key => key.includes(letter)) + 2))
}

type Figure =
  | { readonly exact: string }
  /** The first digits of all numbers that the figure may stand for, and how many digits those have. */
  | { readonly beginnings: readonly string[]; readonly digits: number }

/** Fewer digits than these leave more open than can be blocked. */
const knownDigitsMin = 6

/** What a spreadsheet's figure was before: it rounds to the digits that it shows. */
function readFigure(written: string): Figure | undefined {
  const exponential = /^[+-]?(\d)(?:[.,](\d+))?\s*e\s*\+?\s*(\d{1,2})$/i.exec(written)
  if (exponential !== null) {
    const [, whole = '', fraction = '', exponent = ''] = exponential
    return rounded(`${whole}${fraction}`, Number(exponent) + 1)
  }
  const [, digits] = /^[+-]?(\d{5,})(?:[.,]\d*)?$/.exec(written) ?? []
  if (digits !== undefined && /^[+-]|[.,]/.test(written) && !/^\+\d+$/.test(written))
    return { exact: written.startsWith('+') ? `+${digits}` : digits }
  const thousands = /^[+-]?\d{1,3}(?:([.,\s])\d{3})(?:\1\d{3})*(?:(?!\1)[.,]\d*)?$/.exec(written)
  if (thousands === null || !/[.,]/.test(written)) return undefined
  return { exact: written.replace(new RegExp(`[^\\d${thousands[1]}].*$`), '').replace(/\D/g, '') }
}

function rounded(known: string, digits: number): Figure {
  if (known.length >= digits) return { exact: known.slice(0, digits) }
  if (known.length < knownDigitsMin) return { beginnings: [], digits }
  // Half a step down to half a step up: ten beginnings with one digit more.
  const first = Number(known) * 10 - 5
  return { beginnings: Array.from({ length: 10 }, (_, step) => String(first + step)), digits }
}
