import { InputError } from '../../errors.ts'
import type { LeadImportRequest } from '../../ports.ts'

/** Delimiters that files come with. */
const delimiters = [',', ';', '\t', '|'] as const

const usualNames = {
  number: ['phone', 'phone_number', 'number', 'tel', 'telephone', 'mobile'],
  timeZone: ['timezone', 'time_zone', 'tz'],
  priority: ['priority'],
} as const

/** What a column can be asked for. */
export type ColumnRole = keyof typeof usualNames

/** Where a file has what, and what its other columns are called. */
export interface Header {
  readonly number: number
  readonly timeZone?: number
  readonly priority?: number
  /** A name for every column. */
  readonly names: readonly string[]
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
export function readHeader(cells: readonly string[], wanted: NonNullable<LeadImportRequest['columns']> = {}): Header {
  const names = uniqueNames(cells)
  const number = findColumn(cells, 'number', wanted.number)
  if (number === undefined) {
    const message = `no column is called ${usualNames.number.join(', ')}; the file has ${listed(cells)}: say which one holds the numbers`
    throw new InputError('no-number-column', message)
  }
  const timeZone = findColumn(cells, 'timeZone', wanted.timeZone)
  const priority = findColumn(cells, 'priority', wanted.priority)
  return {
    number,
    names,
    ...(timeZone === undefined ? {} : { timeZone }),
    ...(priority === undefined ? {} : { priority }),
  }
}

/** The column that was asked for, else the first with a usual name in the order in which those are preferred. */
function findColumn(cells: readonly string[], role: ColumnRole, wanted: string | undefined): number | undefined {
  const plain = cells.map(plainName)
  if (wanted === undefined) {
    const usual = usualNames[role].find(name => plain.includes(name))
    return usual === undefined ? undefined : plain.indexOf(usual)
  }
  const index = plain.indexOf(plainName(wanted))
  if (index >= 0) return index
  throw new InputError('unknown-column', `there is no column "${wanted}"; the file has ${listed(cells)}`)
}

function plainName(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_')
}

const namesListedMax = 20

function listed(cells: readonly string[]): string {
  const shown = cells.slice(0, namesListedMax).map(name => `"${name.trim().slice(0, 40)}"`)
  return cells.length > namesListedMax
    ? `${shown.join(', ')} and ${cells.length - namesListedMax} more`
    : shown.join(', ')
}

/** Columns without a name, or with one that an earlier column has, get one of their own: no value is lost. */
function uniqueNames(cells: readonly string[]): readonly string[] {
  const names: string[] = []
  for (const [index, cell] of cells.entries()) {
    const name = cell.trim() === '' ? `column ${index + 1}` : cell.trim()
    names.push(names.includes(name) ? `${name} (column ${index + 1})` : name)
  }
  return names
}
