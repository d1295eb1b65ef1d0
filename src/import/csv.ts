import { Readable } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import { InputError } from '../errors.ts'
import { inUtf8 } from './text.ts'

/** A row of more characters than this is a quote that was never closed. */
const rowMaxCharacters = 64 * 1024

/** A row with the line on which it ends; the first line is 1. */
export interface CsvRow {
  readonly cells: readonly string[]
  readonly line: number
}

/**
 * Reads rows in UTF-8, or where a line is none in Windows-1252, as strictly as RFC 4180, only that rows may differ in their number of cells: that is the reader's to judge,
 * row by row. Slow readers slow the stream down.
 * @throws InputError `broken-csv`
 */
export async function* readCsv(
  bytes: AsyncIterable<Uint8Array>,
  delimiter: string,
  options: { readonly unquoted?: boolean } = {},
): AsyncIterable<CsvRow> {
  const parser = parse({
    // Databases write quotes as they are between tabs.
    ...(options.unquoted === true ? { quote: null } : {}),
    bom: true,
    delimiter,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: rowMaxCharacters,
  })
  const input = Readable.from(inUtf8(bytes), { objectMode: false })
  input.on('error', error => parser.destroy(error))
  input.pipe(parser)
  try {
    // With `info` every item is a row with the parser's place.
    for await (const item of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      yield { cells: item.record, line: item.info.lines }
    }
  } catch (error) {
    throw brokenCsv(error)
  } finally {
    input.destroy()
  }
}

function brokenCsv(error: unknown): unknown {
  if (!(error instanceof CsvError)) return error
  const line = 'lines' in error ? ` near line ${error.lines}` : ''
  const what =
    error.code === 'CSV_QUOTE_NOT_CLOSED' || error.code === 'CSV_MAX_RECORD_SIZE'
      ? 'a quote is never closed'
      : error.message
  return new InputError('broken-csv', `the file is broken${line}: ${what}; nothing was imported`, { cause: error })
}
