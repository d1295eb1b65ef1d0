import { given } from '../../core/given.ts'
import type { PhoneNumber } from '../../core/ids.ts'
import { InputError } from '../../errors.ts'
import { keyText } from '../../numbers/keyText.ts'
import { type NumberReader, numberProblems } from '../../numbers/phone.ts'
import { createHintReader } from '../../numbers/rowNumbers.ts'
import { zonesOfPerson } from '../../numbers/whereabouts.ts'
import { canonicalZone } from '../../numbers/zoneOffsets.ts'
import type { LeadColumns } from '../../ports/importing/imports.ts'
import type { NewLead } from '../../ports/leads.ts'
import { type CsvRow, openCsv } from '../csv.ts'
import { rowMaxCharacters, valueMaxCharacters } from '../csvCells.ts'
import { type RowRemark, remark, type TellRemark } from '../rowRemark.ts'
import { createAddressReader } from './addressCells.ts'
import { type Header, readHeader } from './header.ts'
import { createOriginReader, type FileOrigin } from './originCells.ts'
import { createRefusalReader, refusedNumbers } from './refusalCells.ts'

/** What the rows of a CSV of leads are read by. */
export interface LeadFileOptions extends FileOrigin {
  readonly defaultCountry: string
  readonly columns?: LeadColumns
  /** Begins the ids of persons for whom the file has none. */
  readonly personPrefix: string
}

/** A row whose person wants no calls. */
export interface RefusedRow {
  readonly line: number
  /** The column that says so. */
  readonly column: string
  /** All that the row holds, or may mean. */
  readonly refused: readonly PhoneNumber[]
  /** Cells of which nobody knows what number they mean. */
  readonly unread: readonly RowRemark[]
}

/** A row: the leads of one person, a refusal, or why it is neither. */
export type LeadRow =
  | { readonly line: number; readonly leads: readonly NewLead[]; readonly warnings?: RowRemark[] }
  | RefusedRow
  | RowRemark

/** The highest priority of a lead; the lowest is its negative. */
export const priorityMax = 100

/**
 * Reads leads from a CSV with a header line. What was recognised of the file beside its rows is told.
 * @throws InputError `no-number-column`, `unknown-column`, `no-origin`, and as `openCsv`
 */
export async function* readLeads(
  stream: AsyncIterable<Uint8Array>,
  options: LeadFileOptions,
  tell: TellRemark = () => {},
): AsyncIterable<LeadRow> {
  const { rows, endsWithLine } = await openCsv(stream, tell)
  let read: ((row: CsvRow) => LeadRow) | undefined
  let short = false
  for await (const row of rows) {
    if (read === undefined) {
      read = createRowReader(readHeader(row.cells, options.columns), options)
      continue
    }
    const lead = read(row)
    short = 'reason' in lead && lead.reason === rowProblems.tooFewCells
    yield lead
  }
  if (short && !endsWithLine()) throw cutOff()
}

const cutWarning = `value-too-long: was cut to ${valueMaxCharacters} characters`

/** The last row ends in the middle and no line follows: the rest of the file is missing. */
export function cutOff(): InputError {
  return new InputError('broken-csv', 'the file is cut off in its last line; nothing was imported')
}

/** Why rows are refused, whatever stands in them. */
export const rowProblems = {
  refusal:
    'refusal-unclear: nobody can tell whether the person wants no calls; write yes or no, or say --data-columns if the column is about something else',
  tooFewCells: 'column-count: has fewer cells than the header',
  tooManyCells: 'column-count: has more cells than the header',
  tooLong: `row-too-long: holds more than ${rowMaxCharacters} characters`,
  unreadable: 'unreadable-letters: holds bytes that are no UTF-8 beside letters that are; write them anew',
  timeZone: 'unknown-time-zone: is no IANA zone such as America/New_York',
  priority: `bad-priority: is no whole number from -${priorityMax} to ${priorityMax}`,
} as const

/**
 * Makes the reader of a file's rows.
 * @throws InputError `no-origin`
 */
export function createRowReader(header: Header, options: LeadFileOptions): (row: CsvRow) => LeadRow {
  const readHints = createHintReader(
    options.defaultCountry,
    header.hints.map(({ kind }) => kind),
  )
  const readRefusal = createRefusalReader(header)
  const readNumbers = createNumbersReader(header)
  const readOrigin = createOriginReader(header, options)
  const readAddress = createAddressReader(header, options.defaultCountry)
  const dataColumns = dataColumnsOf(header)

  return row => {
    const { cells, line } = row
    const bad = (reason: string, value: string): LeadRow => remark(line, reason, value)
    if (row.tooLong) return bad(rowProblems.tooLong, cells.join(','))
    if (cells.length < header.names.length) return bad(rowProblems.tooFewCells, cells.join(','))
    if (cells.length > header.names.length) return bad(rowProblems.tooManyCells, cells.join(','))
    const hints = readHints(header.hints.map(({ index }) => cellOf(cells, index)))
    const refusal = readRefusal(cells)
    if (refusal !== 'none' && refusal.kind === 'refused') {
      const { numbers, unread } = refusedNumbers(header, hints, cells)
      const remarks = unread.map(({ reason, value }) => remark(line, `refusal-unread: ${reason}`, value))
      return { line, column: refusal.column, refused: numbers, unread: remarks }
    }
    if (refusal !== 'none') return bad(rowProblems.refusal, `${refusal.column}: ${refusal.value}`)
    if (row.unreadable) return bad(rowProblems.unreadable, cells.find(cell => cell.includes('\ufffd')) ?? '')
    const { numbers, problems } = readNumbers(hints.read, cells, line)
    const [problem] = problems
    if (numbers.length === 0) return problem ?? bad('empty: there is no number', '')
    const stated = readZone(cellOf(cells, header.timeZone))
    if (stated === undefined) return bad(rowProblems.timeZone, cellOf(cells, header.timeZone))
    const priority = readPriority(cellOf(cells, header.priority))
    if (priority === undefined) return bad(rowProblems.priority, cellOf(cells, header.priority))
    const origin = readOrigin(cells)
    if ('reason' in origin) return bad(origin.reason, origin.value)
    const address = readAddress?.(cells, hints.country)
    const personId = personOf(cellOf(cells, header.personId), numbers.length, `${options.personPrefix}-${line}`)
    const data = Object.fromEntries(dataColumns.map(([index, name]) => [name, cells[index] ?? '']))
    const shared = {
      ...origin,
      ...personId,
      ...(address === undefined || address.places.length === 0 ? {} : { places: address.places }),
    }
    const leads = numbers.map((number, index): NewLead => {
      const timeZones = zonesOfPerson({ number, ...given({ stated: stated[0], address }) })
      return { number, timeZones, priority: Math.max(-priorityMax, priority - index), data, ...shared }
    })
    const warnings = [
      ...problems,
      ...(row.cut ?? []).map(index => remark(line, cutWarning, header.names[index] ?? '')),
      ...(address?.warning === undefined ? [] : [remark(line, address.warning, addressText(cells, header))]),
    ]
    return warnings.length === 0 ? { line, leads } : { line, leads, warnings }
  }
}

/** Columns that are shown as they are; the address is data too. */
function dataColumnsOf(header: Header): readonly (readonly [index: number, name: string])[] {
  const { numbers, timeZone, priority, personId, origin, obtainedAt, legalBasis } = header
  const special = new Set([...numbers, timeZone, priority, personId, origin, obtainedAt, legalBasis])
  return [...header.names.entries()].filter(([index]) => !special.has(index))
}

interface RowNumbers {
  readonly numbers: readonly string[]
  readonly problems: RowRemark[]
}

function createNumbersReader(
  header: Header,
): (read: NumberReader, cells: readonly string[], line: number) => RowNumbers {
  const { numbers: columns } = header
  return (read, cells, line) => {
    const numbers: string[] = []
    const problems: RowRemark[] = []
    for (const column of columns) {
      const written = cells[column] ?? ''
      if (columns.length > 1 && written.trim() === '') continue
      const reading = read(written)
      if (!reading.valid) problems.push(remark(line, `${reading.problem}: ${numberProblems[reading.problem]}`, written))
      else if (!numbers.includes(reading.number)) numbers.push(reading.number)
    }
    return { numbers, problems }
  }
}

function personOf(stated: string, numbers: number, generated: string): { readonly personId?: string } {
  if (stated !== '') return { personId: stated }
  return numbers > 1 ? { personId: generated } : {}
}

function cellOf(cells: readonly string[], index: number | undefined): string {
  return index === undefined ? '' : keyText(cells[index] ?? '')
}

function addressText(cells: readonly string[], { country, region, postcode }: Header): string {
  return [country, region, postcode]
    .map(index => cellOf(cells, index))
    .filter(cell => cell !== '')
    .join(' ')
}

/** The zone that the row states; empty: it states none. */
function readZone(text: string): readonly string[] | undefined {
  if (text === '') return []
  const zone = canonicalZone(text)
  // Nobody lives in UTC: it is what programs write that know no zone, and it would stand for a place.
  return zone === undefined || /^(?:Etc\/)?UTC$/.test(zone) ? undefined : [zone]
}

function readPriority(text: string): number | undefined {
  if (text === '') return 0
  const priority = Number(text)
  return Number.isInteger(priority) && Math.abs(priority) <= priorityMax ? priority : undefined
}
