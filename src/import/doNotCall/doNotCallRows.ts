import { InputError } from '../../errors.ts'
import { decodeLine } from '../bytes/encoding.ts'
import { type Layout, splitCells } from './doNotCallLayout.ts'

/** A row of digits and nothing else in the columns that matter. One object for all rows: it is read at once. */
export interface DigitRow {
  number: number
  digits: number
  /** A plus sign stands before the number. */
  plus: boolean
  area: number
  areaDigits: number
  /** The byte in the action's column; 0 where there is none. */
  action: number
}

/** Takes the rows of a list. */
export interface RowSink {
  /** False: the row is to be read as text. */
  digits(row: DigitRow): boolean
  /** `cutOff`: the last row, behind which no line ends. */
  /** A row is no UTF-8. */
  noUtf8(): void
  text(row: { readonly cells: readonly string[]; readonly line: number; readonly cutOff: boolean }): void
}

/** Reads rows out of pieces of a file. */
export interface RowReader {
  push(piece: Uint8Array): void
  /** @throws InputError `broken-csv` */
  end(): void
}

/** A row of more bytes is none of a list. */
const rowMaxBytes = 1024 * 1024
const [newline, carriageReturn, quote, plusSign, zero, nine] = [0x0a, 0x0d, 0x22, 0x2b, 0x30, 0x39]

/**
 * Makes the reader of a list's rows. Rows of digits, which is nearly all of a national list, are read from the bytes:
 * a text for each of 250 million rows would take several times as long.
 */
export function createRowReader(layout: Layout, sink: RowSink): RowReader {
  const fast = createDigitReader(layout, sink)
  let rest: Uint8Array = new Uint8Array()
  let line = 1
  let headerDue = layout.header

  function takeText(bytes: Uint8Array, cutOff: boolean): void {
    const { text, encoding } = decodeLine(bytes)
    if (encoding !== 'utf-8') sink.noUtf8()
    if (text.trim() !== '') {
      if (!headerDue) sink.text({ cells: cellsOf(text, layout), line, cutOff })
      headerDue = false
    }
    for (const byte of bytes) if (byte === newline) line += 1
  }

  /** Reads whole rows; gives where the last, unfinished one begins. */
  function readRows(bytes: Uint8Array, from: number): number {
    let at = from
    while (at < bytes.length) {
      const behind = headerDue ? -1 : fast(bytes, at)
      if (behind > 0) {
        line += 1
        at = behind
        continue
      }
      const end = rowEnd(bytes, at, layout)
      if (end === -1) return at
      takeText(bytes.subarray(at, end + 1), false)
      at = end + 1
    }
    return at
  }

  return {
    push(piece) {
      const bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece])
      rest = bytes.subarray(readRows(bytes, 0))
      if (rest.length > rowMaxBytes)
        throw brokenCsv(line, rest.includes(newline) ? unclosed : `it has more than ${rowMaxBytes} bytes`)
    },
    end() {
      if (rest.length === 0) return
      if (rowEnd(Buffer.concat([rest, Uint8Array.of(newline)]), 0, layout) === -1) throw brokenCsv(line, unclosed)
      takeText(rest, true)
    },
  }
}

const unclosed = 'a quote is never closed'

function brokenCsv(line: number, what: string): InputError {
  return new InputError('broken-csv', `the file is broken near line ${line}: ${what}; nothing was imported`)
}

function cellsOf(text: string, { delimiter }: Layout): readonly string[] {
  const row = text.replace(/\r?\n?$/, '')
  return delimiter === undefined ? [row.trim().replace(/^=?"(.*)"$/, '$1')] : splitCells(row, delimiter)
}

/** Where the row's line end stands; one between quotes is none. -1: not in these bytes. */
function rowEnd(bytes: Uint8Array, from: number, { delimiter }: Layout): number {
  const first = bytes.indexOf(newline, from)
  if (delimiter === undefined || first === -1 || !bytes.subarray(from, first).includes(quote))
    return delimiter !== undefined && first === -1 ? -1 : first
  const separator = delimiter.charCodeAt(0)
  let quoted = false
  let cellBegins = true
  for (let at = from; at < bytes.length; at += 1) {
    const byte = bytes[at]
    if (byte === quote && (quoted || cellBegins || bytes[at - 1] === quote)) quoted = !quoted
    else if (byte === newline && !quoted) return at
    cellBegins = byte === separator
  }
  return -1
}

/** Reads a row of digits; gives where the next begins, or -1 where the row is not whole, has more or is not wanted. */
function createDigitReader(layout: Layout, sink: RowSink): (bytes: Uint8Array, from: number) => number {
  const otherHints = layout.hints?.some(({ index }) => index !== layout.area) ?? false
  if (layout.numbers !== undefined || otherHints) return () => -1
  const delimiter = layout.delimiter?.charCodeAt(0) ?? -1
  const { number: numberColumn, area: areaColumn = -1, action: actionColumn = -1 } = layout
  const row: DigitRow = { number: 0, digits: 0, plus: false, area: 0, areaDigits: 0, action: 0 }
  return (bytes, from) => {
    row.digits = 0
    row.areaDigits = 0
    row.plus = false
    row.action = 0
    let column = 0
    let value = 0
    let digits = 0
    for (let at = from; at < bytes.length; at += 1) {
      const byte = bytes[at] ?? 0
      if (byte >= zero && byte <= nine) {
        value = value * 10 + (byte - zero)
        digits += 1
      } else if (byte === delimiter || byte === newline) {
        if (column === numberColumn) {
          row.number = value
          row.digits = digits
        } else if (column === areaColumn) {
          row.area = value
          row.areaDigits = digits
        }
        if (byte === newline) return sink.digits(row) ? at + 1 : -1
        column += 1
        value = 0
        digits = 0
      } else if (byte === quote) return -1
      else if (byte === carriageReturn && bytes[at + 1] === newline) continue
      else if (column === numberColumn) {
        if (byte !== plusSign || digits > 0 || row.plus) return -1
        row.plus = true
      } else if (column === areaColumn) return -1
      else if (column === actionColumn) {
        if (row.action !== 0) return -1
        row.action = byte
      }
    }
    return -1
  }
}
