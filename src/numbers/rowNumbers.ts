import { type CountryCode, getCountries, getCountryCallingCode, isSupportedCountry } from 'libphonenumber-js/max'
import { countryNamed } from './addresses.ts'
import { createNumberReader, type NumberProblem, type NumberReader, type NumberReading } from './phone.ts'
import { cleanNumber } from './written.ts'

/**
 * What another column of a row says of its number. `country`: a country or the code that is dialed for it. `area`: the code of
 * an area. `prefix`: one of the two codes.
 */
export type HintKind = 'country' | 'area' | 'prefix'

/** How the numbers of one row are read. */
export interface RowHints {
  readonly read: NumberReader
  /** The country that the row names, by its ISO code; absent: none. */
  readonly country?: string
}

/** Rows of one file say the same few things. */
const rememberedMax = 50_000

/**
 * Makes the reader of what rows say beside their numbers: the cells of these kinds, in this order, give the reader of the row's
 * numbers. What contradicts itself or can be read in two ways is refused, never guessed.
 * @throws InputError `unknown-country`: the default country is none
 */
export function createHintReader(
  defaultCountry: string,
  kinds: readonly HintKind[],
): (cells: readonly string[]) => RowHints {
  const readers = createReaders(defaultCountry)
  const known = new Map<string, RowHints>()
  const plain: RowHints = { read: readers.of(readers.home) }
  return cells => {
    if (cells.every(says => says === '')) return plain
    const key = cells.join('\n')
    const found = known.get(key) ?? hintsOf(cells, kinds, readers)
    if (known.size >= rememberedMax) known.clear()
    known.set(key, found)
    return found
  }
}

interface Readers {
  readonly home: CountryCode
  of(country: CountryCode): NumberReader
}

function createReaders(defaultCountry: string): Readers {
  const made = new Map<string, NumberReader>()
  const of = (country: string): NumberReader => {
    const reader = made.get(country) ?? createNumberReader(country)
    made.set(country, reader)
    return reader
  }
  of(defaultCountry)
  // The line above throws where it is none.
  return { home: defaultCountry.toUpperCase() as CountryCode, of }
}

/** What a row says in all its cells together. */
interface Said {
  /** The code that is dialed for the country. */
  readonly code?: string
  readonly country?: CountryCode
  readonly areas: readonly string[]
  readonly prefixes: readonly string[]
}

/** Words by which programs say that there is nothing. */
const nothing = /^(?:|0+|-+|\?|#?n\/a|null|none|nil|nan|unknown|\\n)$/i

function hintsOf(cells: readonly string[], kinds: readonly HintKind[], readers: Readers): RowHints {
  let said: Said = { areas: [], prefixes: [] }
  for (const [index, kind] of kinds.entries()) {
    const text = cleanNumber(cells[index] ?? '')
    if (nothing.test(text)) continue
    const heard = hear(said, kind, text)
    if (typeof heard === 'string') return { read: onlyInternational(heard, readers) }
    said = heard
  }
  const { code, prefixes } = said
  const country = said.country ?? countryOfCode(code, readers.home)
  const ways = prefixes.length === 0 ? [said] : prefixes.flatMap(prefix => waysOf(said, prefix))
  const reads = ways.map(way => readerOf(way, readers))
  const read: NumberReader = text => onlyOne(reads.map(one => one(text)))
  return country === undefined ? { read } : { read, country }
}

/** What is known with one cell more, or why that cannot be. */
function hear(said: Said, kind: HintKind, text: string): Said | NumberProblem {
  const isCode = kind === 'country' || /^(?:\+|00)/.test(text)
  if (isCode) {
    const place = placeSaid(text)
    if (typeof place === 'string') return place
    if (said.code !== undefined && said.code !== place.code) return 'country-differs'
    return { ...said, ...place, areas: [...said.areas, ...place.areas] }
  }
  if (/^[\d\s().-]+$/.test(text) && /\d/.test(text)) {
    const digits = text.replace(/\D/g, '')
    return kind === 'area'
      ? { ...said, areas: [...said.areas, digits] }
      : { ...said, prefixes: [...said.prefixes, digits] }
  }
  // `Dr.` is a prefix as well.
  return kind === 'prefix' && !/\d/.test(text) ? said : 'unknown-country'
}

/** `44`, `+44`, `0044`, `1-242`, `GB`, `GBR`, `United Kingdom`, `United Kingdom (+44)`. */
function placeSaid(text: string): Pick<Said, 'code' | 'country' | 'areas'> | NumberProblem {
  const words = text
    .replace(/\+?\d[\d\s()-]*/g, ' ')
    .replace(/[+()]/g, ' ')
    .trim()
  const named = words === '' ? undefined : countryNamed(words)
  if (words !== '' && (named === undefined || !isSupportedCountry(named))) return 'unknown-country'
  // The line above has looked.
  const country = named as CountryCode | undefined
  const digits = text.replace(/\D/g, '').replace(/^0+(?:11(?=\d))?/, '')
  const island = /^1\d{3}$/.test(digits)
  const code = digits === '' ? country && getCountryCallingCode(country) : island ? '1' : digits
  if (code === undefined || !mainCountries().has(code)) return 'unknown-country'
  if (country !== undefined && getCountryCallingCode(country) !== code) return 'country-differs'
  const areas = island ? [digits.slice(1)] : []
  return country === undefined ? { code, areas } : { code, country, areas }
}

/** The two meanings of a code that may be a country's or an area's. */
function waysOf(said: Said, prefix: string): readonly Said[] {
  const asArea = { ...said, areas: [...said.areas, prefix] }
  const code = prefix.replace(/^0+/, '')
  const fits = mainCountries().has(code) && (said.code === undefined || said.code === code)
  return fits ? [asArea, { ...said, code }] : [asArea]
}

/** Where nobody knows what country the row means, a number with its country's code stands for itself. */
function onlyInternational(problem: NumberProblem, { home, of }: Readers): NumberReader {
  const read = of(home)
  return text => {
    const written = cleanNumber(text)
    const standsAlone = problem === 'unknown-country' && written.startsWith('+')
    return standsAlone || written === '' ? read(text) : { valid: false, problem }
  }
}

function readerOf(said: Said, readers: Readers): NumberReader {
  const { code = getCountryCallingCode(readers.home), areas } = said
  const read = readers.of(said.country ?? countryOfCode(code, readers.home) ?? readers.home)
  const isOfCountry = said.code === undefined ? () => true : (number: string) => number.startsWith(`+${code}`)
  const whole: NumberReader = text => {
    const reading = read(text)
    return reading.valid && !isOfCountry(reading.number) ? { valid: false, problem: 'country-differs' } : reading
  }
  if (areas.length > 0) return text => onlyOne(areas.map(area => readInArea({ area, code, text }, whole)))
  return said.code === undefined || code === '1'
    ? whole
    : text => onlyOne([whole(text), ...withCode(text, code, whole)])
}

/** `442079460123` beside 44: the code stands before the number already. */
function withCode(text: string, code: string, read: NumberReader): readonly NumberReading[] {
  const digits = cleanNumber(text).replace(/[\s().-]/g, '')
  if (!/^\d+$/.test(digits) || !digits.startsWith(code)) return []
  const reading = read(`+${digits}`)
  return reading.valid ? [reading] : []
}

function readInArea(
  { area, code, text }: { readonly area: string; readonly code: string; readonly text: string },
  read: NumberReader,
): NumberReading {
  const whole = read(text)
  const written = cleanNumber(text)
  const isWhole = /^[(+0]/.test(written) || (code === '1' && written.replace(/\D/g, '').length > 7)
  const joined = isWhole || written === '' ? undefined : read(`${area} ${written}`)
  if (whole.valid && isInArea(whole.number, code, area)) return onlyOne([whole, ...(joined?.valid ? [joined] : [])])
  if (joined?.valid) return joined
  return whole.valid ? { valid: false, problem: 'country-differs' } : (joined ?? whole)
}

/** In Argentina and Mexico a digit stands between the country's code and the area's. */
function isInArea(number: string, code: string, area: string): boolean {
  const national = number.slice(1 + code.length)
  const digits = area.replace(/^0+/, '')
  return national.startsWith(digits) || national.startsWith(digits, 1)
}

/** The one number that all valid readings give. */
function onlyOne(readings: readonly NumberReading[]): NumberReading {
  const [first, ...others] = readings.filter(reading => reading.valid)
  if (first === undefined) return readings[0] ?? { valid: false, problem: 'empty' }
  return others.every(other => other.number === first.number) ? first : { valid: false, problem: 'ambiguous' }
}

/** Whose way of writing holds where several countries share a code; it is that of most of its numbers. */
const mainOfShared: readonly CountryCode[] = ['US', 'RU', 'IT', 'GB', 'NO', 'AU', 'MA', 'RE', 'SH', 'FI', 'GP', 'CW']

let mains: ReadonlyMap<string, CountryCode> | undefined

/** A country of each code that is dialed for one. */
export function mainCountries(): ReadonlyMap<string, CountryCode> {
  mains ??= new Map(
    [...getCountries(), ...mainOfShared].map(country => [getCountryCallingCode(country) as string, country]),
  )
  return mains
}

function countryOfCode(code: string | undefined, home: CountryCode): CountryCode | undefined {
  if (code === undefined) return undefined
  return getCountryCallingCode(home) === code ? home : mainCountries().get(code)
}
