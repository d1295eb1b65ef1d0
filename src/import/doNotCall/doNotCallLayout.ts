import { given } from '../../core/given.ts'
import { InputError } from '../../errors.ts'
import { plainText } from '../../numbers/keyText.ts'
import type { HintKind } from '../../numbers/rowNumbers.ts'
import { hintKind, isNumberColumn } from '../columns.ts'
import { detectDelimiter } from '../leads/header.ts'

/** Where the lines of a do-not-call list have what. */
export interface Layout {
  /** Absent: the line is the number. */
  readonly delimiter?: string
  /** Column of the numbers, from 0; the first of them where there are several. */
  readonly number: number
  /** All columns with numbers, where there are several. */
  readonly numbers?: readonly number[]
  /** Columns that say what country or area a number is of. */
  readonly hints?: readonly { readonly index: number; readonly kind: HintKind }[]
  /** Column of the area code, where the number's column has only what follows it. */
  readonly area?: number
  /** Column that says whether the row adds or removes. */
  readonly action?: number
  /** The first line names the columns. */
  readonly header: boolean
}

/** What is known before the file is looked at. */
export interface LayoutWishes {
  /** Header of the column with the numbers. */
  readonly column?: string | undefined
  /** Named by the file itself. */
  readonly delimiter?: string | undefined
  /** Whether a text is a number. */
  readonly isNumber: (text: string) => boolean
}

const usualNames = {
  number: [
    ...['phone', 'phone_number', 'phonenumber', 'number', 'tel', 'telephone', 'telephone_number', 'mobile', 'msisdn'],
    ...['local', 'local_number'],
  ],
  area: ['area_code', 'areacode', 'npa', 'area'],
  action: ['action', 'change', 'change_type', 'add_delete', 'operation', 'op', 'type'],
} as const

const usualNumbers: ReadonlySet<string> = new Set(usualNames.number)

const changeWords: Readonly<Record<string, 'add' | 'remove'>> = {
  a: 'add',
  add: 'add',
  '+': 'add',
  i: 'add',
  insert: 'add',
  d: 'remove',
  del: 'remove',
  delete: 'remove',
  '-': 'remove',
  r: 'remove',
  remove: 'remove',
}

/** What a cell of an action column says. */
export function changeWord(cell: string): 'add' | 'remove' | undefined {
  return changeWords[cell.trim().toLowerCase()]
}

/**
 * Tells from the first line how the file is laid out.
 * @throws InputError `no-number-column`, `unknown-column`
 */
export function detectLayout(firstLine: string, wishes: LayoutWishes): Layout {
  const found = wishes.delimiter ?? detectDelimiter(firstLine)
  if (found === undefined && wishes.column === undefined) return { number: 0, header: !/[\d*]/.test(firstLine) }
  const delimiter = found ?? ','
  const cells = splitCells(firstLine, delimiter)
  return { delimiter, ...(isHeader(cells, wishes) ? byNames(cells, wishes) : byLooks(cells, wishes)) }
}

function isHeader(cells: readonly string[], { column }: LayoutWishes): boolean {
  const known: readonly string[] = [...usualNames.number, ...usualNames.area]
  const isName = (cell: string) => known.includes(plainName(cell)) || isNumberColumn(cell)
  return column !== undefined || cells.some(isName) || !cells.some(hasDigits)
}

function hasDigits(cell: string): boolean {
  return /\d.*\d.*\d|\*/.test(cell)
}

function byNames(cells: readonly string[], { column }: LayoutWishes): Layout {
  const names = cells.map(plainName)
  const find = (usual: readonly string[]) => usual.map(name => names.indexOf(name)).find(at => at >= 0)
  const isNumber = (name: string, at: number) => isNumberColumn(cells[at] ?? '') || usualNumbers.has(name)
  const all = column === undefined ? [...names.entries()].filter(([at, name]) => isNumber(name, at)) : []
  const numbers = all.map(([at]) => at)
  const number =
    column === undefined ? (find(usualNames.number) ?? numbers[0]) : names.indexOf(plainName(plainText(column)))
  const shown = cells.map(cell => `"${cell.trim().slice(0, 40)}"`).slice(0, 20)
  if (number === undefined) {
    const message = `no column is called ${usualNames.number.slice(0, 4).join(', ')}; the file has ${shown.join(', ')}: name the one with the numbers (--column)`
    throw new InputError('no-number-column', message)
  }
  if (number === -1)
    throw new InputError('unknown-column', `there is no column "${column}"; the file has ${shown.join(', ')}`)
  const area = find(usualNames.area)
  const action = find(usualNames.action)
  const hints = [...cells.keys()].flatMap(index => {
    const kind = index === area ? 'area' : hintKind(cells[index] ?? '')
    return kind === undefined || index === number || numbers.includes(index) ? [] : [{ index, kind }]
  })
  return {
    number,
    header: true,
    ...given({ numbers: numbers.length > 1 ? numbers : undefined, hints: hints.length > 0 ? hints : undefined }),
    ...(area === undefined || area === number ? {} : { area }),
    ...(action === undefined || action === number ? {} : { action }),
  }
}

/** Without names: an area code beside a local number, as the registry of the United States ships them, or one number. */
function byLooks(cells: readonly string[], { isNumber }: LayoutWishes): Layout {
  const bare = cells.map(cell => cell.trim())
  const at = bare.findIndex(cell => changeWord(cell) !== undefined)
  const action = at === -1 ? {} : { action: at }
  const area = bare.findIndex(
    (cell, index) => /^\d{3}$/.test(cell) && /^(\d{7}|\d{3}-\d{4})$/.test(bare[index + 1] ?? ''),
  )
  if (area !== -1) {
    const hints = [{ index: area, kind: 'area' }] as const
    return { area, number: area + 1, hints, header: false, ...action }
  }
  const numbers = [...bare.entries()].filter(([, cell]) => cell.endsWith('*') || isNumber(cell))
  const [first, second] = numbers
  if (first !== undefined && second === undefined) return { number: first[0], header: false, ...action }
  const why = first === undefined ? 'no column of the first line holds a number' : 'several columns hold numbers'
  throw new InputError('no-number-column', `${why}: give the file a header line, and name the column (--column)`)
}

function plainName(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_')
}

/** The cells of one line, with quotes as RFC 4180 has them. */
export function splitCells(line: string, delimiter: string): readonly string[] {
  if (!line.includes('"')) return line.split(delimiter)
  const cells: string[] = []
  let cell = ''
  let quoted = false
  for (let at = 0; at < line.length; at += 1) {
    const character = line[at] ?? ''
    if (quoted && character === '"' && line[at + 1] === '"') {
      cell += '"'
      at += 1
    } else if (character === '"' && (quoted || cell.trim() === '')) quoted = !quoted
    else if (character === delimiter && !quoted) {
      cells.push(cell)
      cell = ''
    } else cell += character
  }
  cells.push(cell)
  // By which spreadsheets are told to keep zeros.
  return cells.map(one => one.replace(/^="(.*)"$/, '$1'))
}
