import { InputError } from '../../errors.ts'
import { integerDigits, isE164, numberToInteger } from '../../numbers/e164.ts'
import { plainText } from '../../numbers/keyText.ts'
import {
  createListedNumberReader,
  createNumberReader,
  type NumberProblem,
  type NumberReader,
  numberProblems,
} from '../../numbers/phone.ts'
import { possibleNumbers } from '../../numbers/possible.ts'
import { createPrefixReader, prefixProblem } from '../../numbers/prefix.ts'
import { createHintReader } from '../../numbers/rowNumbers.ts'
import type { DoNotCallDelta } from '../../ports/doNotCall.ts'
import { openText } from '../bytes/openText.ts'
import { changeWord, detectLayout, type Layout } from './doNotCallLayout.ts'
import { createRowReader, type DigitRow, type RowSink } from './doNotCallRows.ts'
import { createXmlReader, isXml, xmlLayout } from './doNotCallXml.ts'

/** What the lines of a do-not-call list are read by. */
export interface DoNotCallFileOptions {
  readonly defaultCountry: string
  readonly column?: string
  /** Absent: the file is the list. */
  readonly delta?: DoNotCallDelta
}

/** Takes what a list gives. */
export interface DoNotCallSink {
  /** A row of the list has been read; what it gave has been told. */
  row(): void
  number(integer: number, change: 'add' | 'remove'): void
  /** The digits with which numbers begin. */
  prefix(digits: string, change: 'add' | 'remove'): void
  bad(line: number, reason: string, value: string): void
  /** What was recognised of the file. */
  remark?(text: string): void
  /** A row is no UTF-8: its numbers are read, whatever its letters are. */
  noUtf8?(): void
  /** What a row that cannot be read may mean: it is blocked, because somebody wants no calls. */
  possible(what: { readonly integer: number } | { readonly digits: string }): void
}

const valueMaxCharacters = 60
/** Changes by the one character that stands for them. */
const actions = Array.from({ length: 128 }, (_, byte) => changeWord(String.fromCharCode(byte)))

/**
 * Reads a list of numbers: one a line, columns of a CSV with a header line or without, or a registry's XML. Every column with
 * numbers counts.
 * @throws InputError `no-number-column`, `unknown-column`, `broken-csv`, `cut-off`, and as `openText`
 */
export async function readDoNotCall(
  stream: AsyncIterable<Uint8Array>,
  options: DoNotCallFileOptions,
  sink: DoNotCallSink,
): Promise<void> {
  const { firstLine, delimiter, bytes, remark } = await openText(stream)
  if (remark !== undefined) sink.remark?.(remark)
  // What heads a column is told from a number by the stricter reader: dates and ids have the shape of numbers.
  const readStrictly = createNumberReader(options.defaultCountry)
  const read = createListedNumberReader(options.defaultCountry)
  const xml = isXml(firstLine)
  const isNumber = (text: string) => readStrictly(text).valid
  const layout = xml ? xmlLayout : detectLayout(plainText(firstLine), { column: options.column, delimiter, isNumber })
  const taker = createRowSink({ options, layout, read }, sink)
  const rows = xml ? createXmlReader(taker, options.delta) : createRowReader(layout, taker)
  for await (const piece of bytes) rows.push(piece)
  rows.end()
}

interface Reading {
  readonly options: DoNotCallFileOptions
  readonly layout: Layout
  readonly read: NumberReader
}

function createRowSink({ options, layout, read }: Reading, sink: DoNotCallSink): RowSink {
  const example = read('2025550123')
  const countryCodeOne = example.valid && example.number === '+12025550123'
  const integerOf = createDigitTaker(read, countryCodeOne)
  const { numbers: columns = [layout.number], hints = [] } = layout
  const readHints = createHintReader(
    options.defaultCountry,
    hints.map(({ kind }) => kind),
  )
  const readPrefix = createPrefixReader(options.defaultCountry)
  const { delta } = options
  let digitsMin = Number.POSITIVE_INFINITY

  function take(integer: number, change: 'add' | 'remove'): void {
    digitsMin = Math.min(digitsMin, integerDigits(integer))
    sink.number(integer, change)
  }

  return {
    digits(row) {
      // In a file of changes without a column for them a plus sign means more than one thing.
      const change = delta === 'changes' ? actions[row.action] : (delta ?? 'add')
      const integer = change === undefined ? undefined : integerOf(row)
      if (integer === undefined || change === undefined) return false
      take(integer, change)
      sink.row()
      return true
    },
    noUtf8: () => sink.noUtf8?.(),
    text({ cells: written, line, cutOff }) {
      const cells = written.map(plainText)
      const shown = written.join(layout.delimiter ?? '').slice(0, valueMaxCharacters)
      const { read: readNumber } = readHints(hints.map(({ index }) => cells[index] ?? ''))
      const readCell = createCellReader(readNumber, readPrefix)
      const filled = columns.filter(column => (cells[column] ?? '').trim() !== '')
      for (const column of filled.length === 0 ? columns.slice(0, 1) : filled) {
        const { change, cell } = changeOf(cells, { ...layout, number: column }, delta)
        const found = change === undefined ? noChange : readCell(cell)
        if (cutOff && isShort(found, digitsMin)) throw cutOffAt(line, shown)
        if (found.kind === 'number' && change !== undefined) take(found.integer, change)
        else if (found.kind === 'prefix' && change !== undefined) sink.prefix(found.digits, change)
        else if (found.kind === 'bad') {
          sink.bad(line, found.reason, shown)
          // Whom nobody wants off the list stays on it.
          if (change !== 'remove') block(cells[column] ?? '', readNumber)
        }
      }
      sink.row()
    },
  }

  function block(cell: string, readNumber: NumberReader): void {
    const { numbers, prefixes } = possibleNumbers(cell, readNumber)
    for (const number of numbers) sink.possible({ integer: numberToInteger(number) })
    for (const digits of prefixes) sink.possible({ digits })
  }
}

function cutOffAt(line: number, shown: string): InputError {
  const message = `the file is cut off in its last line (line ${line}: "${shown}"); nothing was imported: get it again, or end the line if it is right`
  return new InputError('cut-off', message)
}

type Found =
  | { readonly kind: 'number'; readonly integer: number }
  | { readonly kind: 'prefix'; readonly digits: string }
  | { readonly kind: 'bad'; readonly reason: string; readonly problem?: NumberProblem }

const badPrefix: Found = { kind: 'bad', reason: `bad-prefix: ${prefixProblem}` }
const noChange: Found = { kind: 'bad', reason: 'no-change: does not say whether the number is added or removed' }
const shortProblems: ReadonlySet<NumberProblem | undefined> = new Set(['too-short', 'short-code', 'emergency', 'empty'])

/** Whether the last line may be the beginning of one: too short for a number, or shorter than all before it. */
function isShort(found: Found, digitsMin: number): boolean {
  if (found.kind === 'number') return digitsMin !== Number.POSITIVE_INFINITY && integerDigits(found.integer) < digitsMin
  return found.kind === 'bad' && shortProblems.has(found.problem)
}

/** What the row asks for, and the text of its number without a sign that says so. */
function changeOf(cells: readonly string[], layout: Layout, delta: DoNotCallDelta | undefined) {
  const cell = (cells[layout.number] ?? '').trim()
  if (delta !== 'changes') return { change: delta ?? 'add', cell } as const
  if (layout.action !== undefined) return { change: changeWord(cells[layout.action] ?? ''), cell } as const
  const rest = cell.slice(1).trim()
  // `+442079460123` adds, and may mean the international form as well: what is left may need its plus sign again.
  const number = rest.startsWith('+') || rest.endsWith('*') ? rest : `?${rest}`
  return { change: changeWord(cell.slice(0, 1)), cell: number } as const
}

/** Reads rows of digits. A number in E.164 is taken as it stands: to block one that is not in use harms nobody. */
function createDigitTaker(read: NumberReader, countryCodeOne: boolean): (row: DigitRow) => number | undefined {
  const [unknown, good, ask] = [0, 1, 2]
  // By area code and exchange, as the plan of the United States and Canada gives them out.
  const exchanges = new Uint8Array(1_000_000)

  function national(integer: number): number | undefined {
    const exchange = Math.floor(integer / 10_000)
    if (exchanges[exchange] === unknown) exchanges[exchange] = read(`+1${integer}`).valid ? good : ask
    return exchanges[exchange] === good ? 10_000_000_000 + integer : undefined
  }

  return ({ number, digits, plus, area, areaDigits }) => {
    if (plus) {
      const isLong = digits >= 7 && digits <= 15 && number >= 10 ** (digits - 1)
      const isNanp = digits > 0 && Math.floor(number / 10 ** (digits - 1)) === 1
      return isLong && (!isNanp || digits === 11) ? number : undefined
    }
    if (!countryCodeOne) return undefined
    if (digits === 7 && areaDigits === 3 && area >= 200) return national(area * 10_000_000 + number)
    if (digits === 10 && number >= 2_000_000_000) return national(number)
    if (digits === 11 && number >= 12_000_000_000 && number < 20_000_000_000) return national(number - 10_000_000_000)
    return undefined
  }
}

/** Reads everything else. */
function createCellReader(
  read: NumberReader,
  readPrefix: (text: string) => string | undefined,
): (cell: string) => Found {
  const readText = (text: string): Found => {
    const reading = read(text)
    if (reading.valid) return { kind: 'number', integer: numberToInteger(reading.number) }
    const { problem } = reading
    // What stands in E.164 is taken as it stands: to block a number that is not in use harms nobody.
    const isPlain = isE164(text) && (!text.startsWith('+1') || text.length === 12)
    if (isPlain && problem !== 'country-differs') return { kind: 'number', integer: numberToInteger(text) }
    return { kind: 'bad', problem, reason: `${problem}: ${numberProblems[problem]}` }
  }
  return cell => {
    if (cell.endsWith('*')) {
      const digits = readPrefix(cell)
      return digits === undefined ? badPrefix : { kind: 'prefix', digits }
    }
    if (!cell.startsWith('?')) return readText(cell)
    const found = readText(cell.slice(1))
    return found.kind === 'bad' && isE164(`+${cell.slice(1)}`) ? readText(`+${cell.slice(1)}`) : found
  }
}
