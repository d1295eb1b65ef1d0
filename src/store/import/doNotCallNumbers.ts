import { isE164, numberToInteger } from '../../numbers/e164.ts'
import { createNumberReader, numberProblems } from '../../numbers/phone.ts'
import { readCsv } from './csv.ts'
import { detectDelimiter, readHeader } from './header.ts'
import { peekFirstLine } from './text.ts'

/** What the lines of a do-not-call list are read by. */
export interface DoNotCallFileOptions {
  readonly defaultCountry: string
  readonly column?: string
}

/** Takes what a list gives, number by number. */
export interface DoNotCallSink {
  number(integer: number): void
  bad(line: number, reason: string, value: string): void
}

const valueMaxCharacters = 60

/**
 * Reads a list of numbers, one a line or a column of a CSV with a header line.
 * @throws InputError `empty-file`, `utf-16`, `no-number-column`, `unknown-column`, `broken-csv`
 */
export async function readDoNotCall(
  stream: AsyncIterable<Uint8Array>,
  options: DoNotCallFileOptions,
  sink: DoNotCallSink,
): Promise<void> {
  const { firstLine, bytes } = await peekFirstLine(stream)
  const take = createTaker(options, sink)
  const delimiter = detectDelimiter(firstLine)
  if (delimiter === undefined && options.column === undefined) await readLines(bytes, take)
  else await readColumn(bytes, { delimiter: delimiter ?? ',', column: options.column }, take)
}

type Taker = (text: string, line: number) => void

/** A number in E.164 is taken as it stands: to block one that is not in use harms nobody, and asking takes time. */
function createTaker(options: DoNotCallFileOptions, sink: DoNotCallSink): Taker {
  const readNumber = createNumberReader(options.defaultCountry)
  return (text, line) => {
    if (isE164(text)) {
      sink.number(numberToInteger(text))
      return
    }
    const reading = readNumber(text)
    if (reading.valid) sink.number(numberToInteger(reading.number))
    else sink.bad(line, `${reading.problem}: ${numberProblems[reading.problem]}`, text.slice(0, valueMaxCharacters))
  }
}

async function readLines(bytes: AsyncIterable<Uint8Array>, take: Taker): Promise<void> {
  const decoder = new TextDecoder()
  let line = 0
  let open = ''

  function takeLine(raw: string): void {
    line += 1
    const text = raw.trim().replace(/^"(.*)"$/, '$1')
    if (text === '') return
    // A first line without a digit is the column's name.
    if (line === 1 && !/\d/.test(text)) return
    take(text, line)
  }

  for await (const chunk of bytes) {
    const lines = (open + decoder.decode(chunk, { stream: true })).split('\n')
    open = lines.pop() ?? ''
    for (const text of lines) takeLine(text)
  }
  takeLine(open + decoder.decode())
}

async function readColumn(
  bytes: AsyncIterable<Uint8Array>,
  how: { readonly delimiter: string; readonly column: string | undefined },
  take: Taker,
): Promise<void> {
  let column: number | undefined
  for await (const { cells, line } of readCsv(bytes, how.delimiter)) {
    if (column === undefined) column = readHeader(cells, how.column === undefined ? {} : { number: how.column }).number
    else take((cells[column] ?? '').trim(), line)
  }
}
