import { given } from '../core/given.ts'
import { InputError } from '../errors.ts'
import { decodeLine, type LineEncoding } from './bytes/encoding.ts'
import { type OpenedText, openText } from './bytes/openText.ts'
import { createCellReader, type RowCells } from './csvCells.ts'
import { detectDelimiter } from './leads/header.ts'
import { remark, type TellRemark } from './rowRemark.ts'

/** A row with the line on which it ends; the first line is 1. */
export interface CsvRow extends RowCells {
  readonly line: number
  /** Letters of it cannot be read and stand there as U+FFFD. */
  readonly unreadable?: true
}

/** A table in a file. */
export interface CsvFile {
  readonly rows: AsyncIterable<CsvRow>
  /** What stands between cells. */
  readonly delimiter: string
  /** Whether quotes are no letters. */
  readonly quotes: boolean
  /** When all rows have been read: whether the last one ends with its line. */
  endsWithLine(): boolean
}

/** How a table is read where that is not the usual way. */
export interface CsvOptions {
  /** Between tabs quotes are letters: so databases write them. */
  readonly unquotedTabs?: boolean
}

/** More bytes without an end are no line. */
const lineMaxBytes = 16 * 1024 * 1024
const newline = 0x0a

/**
 * Opens a table, whatever it is packed and written in, and reads its rows as strictly as RFC 4180, only that rows may differ in
 * their number of cells: that is the reader's to judge, row by row. What was recognised is told, row by row.
 * @throws InputError `empty-file`, `not-csv`, and as `unpacked`; while rows are read `broken-csv`, `unknown-encoding`
 */
export async function openCsv(
  stream: AsyncIterable<Uint8Array>,
  tell: TellRemark,
  { unquotedTabs = false }: CsvOptions = {},
): Promise<CsvFile> {
  const opened = await openText(stream)
  refuseOtherTexts(opened.firstLine)
  const delimiter = opened.delimiter ?? detectDelimiter(opened.firstLine) ?? ','
  const quotes = !(unquotedTabs && delimiter === '\t')
  const ending = { newline: true }
  if (opened.remark !== undefined) tell(remark(1, opened.remark, opened.firstLine))
  return {
    rows: rowsOf(opened, { delimiter, quotes, ending, tell }),
    delimiter,
    quotes,
    endsWithLine: () => ending.newline,
  }
}

function refuseOtherTexts(firstLine: string): void {
  const what = /^<[!?a-z]/i.test(firstLine) ? 'HTML or XML' : /^(?:\{|\[\s*[{["])/.test(firstLine) ? 'JSON' : undefined
  if (what !== undefined)
    throw new InputError('not-csv', `the file is ${what}, not CSV: save it as CSV UTF-8, and import that`)
}

interface Reading {
  readonly delimiter: string
  readonly quotes: boolean
  readonly ending: { newline: boolean }
  readonly tell: TellRemark
}

async function* rowsOf({ bytes }: OpenedText, reading: Reading): AsyncIterable<CsvRow> {
  const cells = createCellReader(reading)
  const encodings = createEncodingWatch(reading.tell)
  let line = 0
  for await (const { texts, encodingsOf } of linesIn(bytes, reading.ending)) {
    for (const [index, text] of texts.entries()) {
      line += 1
      encodings.line(encodingsOf?.[index] ?? 'utf-8', text, line)
      const row = cells.take(text, line)
      if (row === undefined) continue
      yield { ...row, line, ...given({ unreadable: encodings.ofRow(row, line) }) }
    }
  }
  cells.end()
}

interface Lines {
  readonly texts: readonly string[]
  /** Absent: all are UTF-8. */
  readonly encodingsOf?: readonly LineEncoding[]
}

async function* linesIn(bytes: AsyncIterable<Uint8Array>, ending: { newline: boolean }): AsyncIterable<Lines> {
  let held: Uint8Array[] = []
  let heldBytes = 0
  let line = 1
  for await (const piece of bytes) {
    if (piece.length === 0) continue
    ending.newline = piece.at(-1) === newline
    const end = piece.lastIndexOf(newline) + 1
    if (end > 0) {
      const lines = decodeLines(Buffer.concat([...held, piece.subarray(0, end)]))
      line += lines.texts.length
      yield lines
      held = []
      heldBytes = 0
    }
    held.push(piece.subarray(end))
    heldBytes += piece.length - end
    if (heldBytes > lineMaxBytes) throw endlessLine(line)
  }
  if (heldBytes > 0) yield decodeLines(Buffer.concat(held))
}

function endlessLine(line: number): InputError {
  return new InputError(
    'broken-csv',
    `line ${line} of the file has more than ${lineMaxBytes} bytes: it is no list; nothing was imported`,
  )
}

function decodeLines(block: Buffer): Lines {
  const whole = decodeLine(block)
  if (whole.encoding === 'utf-8') return { texts: linesOf(whole.text) }
  const lines = []
  for (let from = 0; from < block.length; ) {
    const found = block.indexOf(newline, from)
    const end = found === -1 ? block.length : found
    lines.push(decodeLine(block.subarray(from, end)))
    from = end + 1
  }
  return { texts: lines.map(({ text }) => text), encodingsOf: lines.map(({ encoding }) => encoding) }
}

function linesOf(text: string): readonly string[] {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines
}

const readAs = 'was read as Windows-1252: look whether its letters are right'
const beyondAscii = /\P{ASCII}/u

/** Follows how the lines of a file are written, and tells what was recognised. */
function createEncodingWatch(tell: TellRemark) {
  let utf8Lines = 0
  let otherLines = 0
  let found: LineEncoding = 'utf-8'
  return {
    /** @throws InputError `unknown-encoding` */
    line(encoding: LineEncoding, text: string, line: number): void {
      if (encoding === 'utf-8') {
        if (beyondAscii.test(text)) utf8Lines += 1
        return
      }
      // One odd line among many does not make the file unreadable.
      if (encoding === 'unknown' && utf8Lines <= otherLines) throw unknownEncoding(line, text)
      if (encoding === 'windows-1252') otherLines += 1
      if (found !== 'mixed') found = encoding === 'windows-1252' ? encoding : 'mixed'
    },
    ofRow(row: RowCells, line: number): true | undefined {
      const encoding = found
      found = 'utf-8'
      if (encoding === 'utf-8') return undefined
      if (encoding !== 'windows-1252') return true
      const reason =
        utf8Lines > 0 ? `mixed-encodings: is no UTF-8 as other lines are and ${readAs}` : `no-utf-8: ${readAs}`
      tell(remark(line, reason, row.cells.find(cell => beyondAscii.test(cell)) ?? ''))
      return undefined
    },
  }
}

function unknownEncoding(line: number, text: string): InputError {
  const { value } = remark(line, '', text.trim())
  const message = `the file is neither UTF-8 nor Windows-1252 (line ${line}: ${JSON.stringify(value)}): save it as CSV UTF-8, and import that`
  return new InputError('unknown-encoding', message)
}
