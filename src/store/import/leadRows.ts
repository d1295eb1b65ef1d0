import { InputError } from '../../errors.ts'
import { createNumberReader, numberProblems } from '../../numbers/phone.ts'
import { canonicalZone } from '../../numbers/zoneOffsets.ts'
import { zonesOfNumber } from '../../numbers/zones.ts'
import type { LeadImportRequest, NewLead } from '../../ports.ts'
import { readCsv } from './csv.ts'
import { detectDelimiter, type Header, readHeader } from './header.ts'
import { peekFirstLine } from './text.ts'

/** What the rows of a CSV of leads are read by. */
export interface LeadFileOptions {
  readonly defaultCountry: string
  readonly columns?: NonNullable<LeadImportRequest['columns']>
}

/** A row: a lead, or why it is none. */
export type LeadRow =
  | { readonly line: number; readonly lead: NewLead }
  | { readonly line: number; readonly reason: string; readonly value: string }

const priorityMax = 100
const valueMaxCharacters = 60

/**
 * Reads leads from a CSV with a header line.
 * @throws InputError `empty-file`, `utf-16`, `no-number-column`, `unknown-column`, `broken-csv`
 */
export async function* readLeads(stream: AsyncIterable<Uint8Array>, options: LeadFileOptions): AsyncIterable<LeadRow> {
  const { firstLine, bytes } = await peekFirstLine(stream)
  const ending = { newline: true }
  const rows = readCsv(watchEnding(bytes, ending), detectDelimiter(firstLine) ?? ',')
  let read: ((cells: readonly string[], line: number) => LeadRow) | undefined
  let short = false
  for await (const { cells, line } of rows) {
    if (read === undefined) {
      read = createRowReader(readHeader(cells, options.columns), options)
      continue
    }
    const row = read(cells, line)
    short = 'reason' in row && row.reason === rowProblems.tooFewCells
    yield row
  }
  // The last row ends in the middle and no line follows: the rest of the file is missing.
  if (short && !ending.newline)
    throw new InputError('broken-csv', 'the file is cut off in its last line; nothing was imported')
}

async function* watchEnding(bytes: AsyncIterable<Uint8Array>, ending: { newline: boolean }): AsyncIterable<Uint8Array> {
  for await (const chunk of bytes) {
    if (chunk.length > 0) ending.newline = chunk.at(-1) === 0x0a
    yield chunk
  }
}

const rowProblems = {
  tooFewCells: 'column-count: has fewer cells than the header',
  tooManyCells: 'column-count: has more cells than the header',
  timeZone: 'unknown-time-zone: is no IANA zone such as America/New_York',
  priority: `bad-priority: is no whole number from -${priorityMax} to ${priorityMax}`,
} as const

function createRowReader(
  header: Header,
  options: LeadFileOptions,
): (cells: readonly string[], line: number) => LeadRow {
  const readNumber = createNumberReader(options.defaultCountry)
  const special = new Set([header.number, header.timeZone, header.priority])
  const dataColumns = [...header.names.entries()].filter(([index]) => !special.has(index))

  return (cells, line) => {
    const bad = (reason: string, value: string): LeadRow => ({
      line,
      reason,
      value: value.slice(0, valueMaxCharacters),
    })
    if (cells.length < header.names.length) return bad(rowProblems.tooFewCells, cells.join(','))
    if (cells.length > header.names.length) return bad(rowProblems.tooManyCells, cells.join(','))
    const written = cells[header.number] ?? ''
    const reading = readNumber(written)
    if (!reading.valid) return bad(`${reading.problem}: ${numberProblems[reading.problem]}`, written)
    const timeZones = readZones(cellOf(cells, header.timeZone), reading.number)
    if (timeZones === undefined) return bad(rowProblems.timeZone, cellOf(cells, header.timeZone))
    const priority = readPriority(cellOf(cells, header.priority))
    if (priority === undefined) return bad(rowProblems.priority, cellOf(cells, header.priority))
    const data = Object.fromEntries(dataColumns.map(([index, name]) => [name, cells[index] ?? '']))
    return { line, lead: { number: reading.number, timeZones, priority, data } }
  }
}

function cellOf(cells: readonly string[], index: number | undefined): string {
  return index === undefined ? '' : (cells[index] ?? '').trim()
}

/** A zone that the list states wins over what the number's prefix says. */
function readZones(text: string, number: string): readonly string[] | undefined {
  if (text === '') return zonesOfNumber(number)
  const zone = canonicalZone(text)
  return zone === undefined ? undefined : [zone]
}

function readPriority(text: string): number | undefined {
  if (text === '') return 0
  const priority = Number(text)
  return Number.isInteger(priority) && Math.abs(priority) <= priorityMax ? priority : undefined
}
