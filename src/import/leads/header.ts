import { given } from '../../core/given.ts'
import { InputError } from '../../errors.ts'
import { keyText } from '../../numbers/keyText.ts'
import type { HintKind } from '../../numbers/rowNumbers.ts'
import type { LeadColumns } from '../../ports/importing/imports.ts'
import { type FlagKind, flagKind, hintKind, isNumberColumn } from '../columns.ts'

/** Delimiters that files come with. */
const delimiters = [',', ';', '\t', '|'] as const

const usualNames = {
  number: ['phone', 'phone_number', 'number', 'tel', 'telephone', 'mobile'],
  timeZone: ['timezone', 'time_zone', 'tz'],
  priority: ['priority'],
  personId: ['person_id', 'personid', 'customer_id', 'customerid'],
  origin: ['origin', 'source'],
  obtainedAt: ['obtained', 'obtained_at'],
  legalBasis: ['legal_basis', 'basis'],
  country: ['country', 'country_code'],
  region: ['state', 'region', 'province'],
  postcode: ['postcode', 'zip', 'zip_code', 'zipcode', 'postal_code', 'postalcode'],
} as const

/** What a column of a file of leads can be. */
export type ColumnRole = keyof typeof usualNames

/** Further numbers of the same person; `mobile` beside `phone` is one only where it is asked for. */
const furtherNumber =
  /^(?:(?:phone|phone_number|number|tel|telephone|mobile)_?[2-9]|(?:alt|alternate|alternative|second|other)_(?:phone|phone_number|number|tel)(?:_?[2-9])?)$/

/** Where a file has what, and what its other columns are called. */
export interface Header extends Readonly<Partial<Record<Exclude<ColumnRole, 'number'>, number>>> {
  readonly number: number
  /** All columns with numbers, the first to be called first. */
  readonly numbers: readonly number[]
  /** All columns that hold a number of the person, whether it is to be called or not: who refuses, refuses for all of them. */
  readonly allNumbers: readonly number[]
  /** Columns that say what country or area the numbers are of. */
  readonly hints: readonly Meant<HintKind>[]
  /** Columns that say whether the person wants no calls. */
  readonly flags: readonly Meant<FlagKind>[]
  /** A name for every column. */
  readonly names: readonly string[]
}

/** A column with what it is by its header. */
interface Meant<Kind> {
  readonly index: number
  readonly kind: Kind
}

/** The delimiter that stands most often in the first line, quoted text aside; `undefined` where none does. */
export function detectDelimiter(line: string): string | undefined {
  const bare = line.replace(/"(?:[^"]|"")*"/g, '')
  const counts = delimiters.map(delimiter => ({ delimiter, count: bare.split(delimiter).length - 1 }))
  const best = counts.reduce((most, next) => (next.count > most.count ? next : most))
  return best.count === 0 ? undefined : best.delimiter
}

/**
 * Finds the columns, by the names that were asked for or by the usual ones; case and spaces do not matter.
 * @throws InputError `no-number-column`, `unknown-column`
 */
export function readHeader(cells: readonly string[], wanted: LeadColumns = {}): Header {
  const numbers = numberColumns(cells, wanted)
  const [number] = numbers
  if (number === undefined) {
    const message = `no column is called ${usualNames.number.join(', ')}; the file has ${listed(cells)}: say which one holds the numbers`
    throw new InputError('no-number-column', message)
  }
  const roles: Partial<Record<ColumnRole, number>> = {}
  // Object.keys cannot say that these are the table's own.
  for (const role of Object.keys(usualNames) as ColumnRole[]) {
    const asked = role === 'timeZone' ? wanted.timeZone : role === 'priority' ? wanted.priority : undefined
    const found = role === 'number' ? undefined : findColumn(cells, usualNames[role], asked)
    if (found !== undefined && !numbers.includes(found)) roles[role] = found
  }
  const plainData = (wanted.data ?? []).map(name => findColumn(cells, [], name))
  const meant = [...cells.keys()].filter(index => !numbers.includes(index) && !plainData.includes(index))
  const hints = meantBy(cells, meant, hintKind)
  const asked = (wanted.doNotCall ?? []).map(name => findColumn(cells, [], name))
  const flags = meantBy(cells, meant, (header, index) => (asked.includes(index) ? 'refusal' : flagKind(header)))
  const country = roles.country ?? hints.find(({ kind }) => kind === 'country')?.index
  const allNumbers = [...new Set([...numbers, ...meant.filter(index => isNumberColumn(cells[index] ?? ''))])]
  return { ...roles, ...given({ country }), number, numbers, allNumbers, hints, flags, names: uniqueNames(cells) }
}

function meantBy<Kind>(
  cells: readonly string[],
  columns: readonly number[],
  kindOf: (header: string, index: number) => Kind | undefined,
): readonly Meant<Kind>[] {
  return columns.flatMap(index => {
    const kind = kindOf(cells[index] ?? '', index)
    return kind === undefined ? [] : [{ index, kind }]
  })
}

function numberColumns(cells: readonly string[], { number, numbers }: LeadColumns): readonly number[] {
  if (numbers !== undefined && numbers.length > 0) {
    const found = numbers.map(name => findColumn(cells, usualNames.number, name))
    return [...new Set(found.filter(index => index !== undefined))]
  }
  const first = findColumn(cells, usualNames.number, number)
  if (first === undefined) return []
  if (number !== undefined) return [first]
  const further = [...cells.keys()].filter(
    index => index !== first && furtherNumber.test(plainName(cells[index] ?? '')),
  )
  return [first, ...further]
}

/**
 * The column that was asked for, else the first with a usual name in the order in which those are preferred.
 * @throws InputError `unknown-column`
 */
export function findColumn(
  cells: readonly string[],
  names: readonly string[],
  wanted: string | undefined,
): number | undefined {
  const plain = cells.map(plainName)
  if (wanted === undefined) {
    const usual = names.find(name => plain.includes(name))
    return usual === undefined ? undefined : plain.indexOf(usual)
  }
  const index = plain.indexOf(plainName(wanted))
  if (index >= 0) return index
  throw new InputError('unknown-column', `there is no column "${wanted}"; the file has ${listed(cells)}`)
}

/** A column's name without case, spaces and hyphens. */
export function plainName(name: string): string {
  return keyText(name)
    .toLowerCase()
    .replace(/[\s-]+/g, '_')
}

const namesListedMax = 20

/** The columns of a file, for a message. */
export function listed(cells: readonly string[]): string {
  const shown = cells.slice(0, namesListedMax).map(name => `"${keyText(name).slice(0, 40)}"`)
  return cells.length > namesListedMax
    ? `${shown.join(', ')} and ${cells.length - namesListedMax} more`
    : shown.join(', ')
}

/** Columns without a name, or with one that an earlier column has, get one of their own: no value is lost. */
function uniqueNames(cells: readonly string[]): readonly string[] {
  const names: string[] = []
  for (const [index, cell] of cells.entries()) {
    const name = keyText(cell) || `column ${index + 1}`
    names.push(names.includes(name) ? `${name} (column ${index + 1})` : name)
  }
  return names
}
